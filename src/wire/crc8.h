/* crc8: Tablestore's checksum, polynomial 0x07, start 0, no reflection (tablestore-protocol.md 4.5).
 * Slice-by-8. */
#ifndef WIRE_CRC8_H
#define WIRE_CRC8_H

#include <stddef.h>
#include <stdint.h>

uint8_t crc8(uint8_t crc, const void *at, size_t bytes);

/* Copies and goes on with the checksum in one pass. The two places do not overlap. */
uint8_t crc8_copy(uint8_t crc, void *to, const void *from, size_t bytes);

/* crc8_table[n][b]: the checksum of byte b with n zero bytes behind it. */
extern const uint8_t crc8_table[8][256] __attribute__((visibility("hidden")));

static inline uint8_t crc8_byte(uint8_t crc, uint8_t byte)
{
    return crc8_table[0][crc ^ byte];
}

/* Eight bytes, the first in the lowest bits: eight look-ups, of which only one waits for the checksum so far.
 */
static inline uint8_t crc8_word(uint8_t crc, uint64_t word)
{
    uint32_t rest = (uint32_t)(crc8_table[6][word >> 8 & 0xff] ^ crc8_table[5][word >> 16 & 0xff] ^
                               crc8_table[4][word >> 24 & 0xff] ^ crc8_table[3][word >> 32 & 0xff] ^
                               crc8_table[2][word >> 40 & 0xff] ^ crc8_table[1][word >> 48 & 0xff] ^
                               crc8_table[0][word >> 56]);
    __asm__("" : "+r"(rest)); /* or gcc would begin with the one that waits and hang all others behind it */
    return (uint8_t)(crc8_table[7][(word & 0xff) ^ crc] ^ rest);
}

#endif
