/* crc8: Tablestore's checksum, polynomial 0x07, start 0, no reflection (tablestore-protocol.md 4.5). Slice-by-8. */
#ifndef WIRE_CRC8_H
#define WIRE_CRC8_H

#include <stddef.h>
#include <stdint.h>

uint8_t crc8(uint8_t crc, const void *at, size_t bytes);

/* Copies and goes on with the checksum in one pass. */
uint8_t crc8_copy(uint8_t crc, void *to, const void *from, size_t bytes);

#endif
