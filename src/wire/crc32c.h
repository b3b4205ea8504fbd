/* crc32c: CRC-32C (Castagnoli; reflected 0x82f63b78, start and end inverted), the checksum of the rows of
 * time series (tablestore-protocol.md 5.1). The processor's instruction where it has it, else slice-by-8. */
#ifndef WIRE_CRC32C_H
#define WIRE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *at, size_t bytes);

/* What any processor can. */
uint32_t crc32c_plain(const void *at, size_t bytes);

#endif
