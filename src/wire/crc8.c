/* crc8: eight bytes a step. A short tail is moved to the end of a word of zeros: zeros in front leave a
 * checksum of zero as it is, so that one step serves any length. */
#include "wire/crc8.h"

#include "wire/bytes.h"
#include "wire/crc_table.h"

const uint8_t crc8_table[8][256] = {
    CRC_TABLE(0x07, 0x0e, 0x1c, 0x38, 0x70, 0xe0, 0xc7, 0x89),
    CRC_TABLE(0x15, 0x2a, 0x54, 0xa8, 0x57, 0xae, 0x5b, 0xb6),
    CRC_TABLE(0x6b, 0xd6, 0xab, 0x51, 0xa2, 0x43, 0x86, 0x0b),
    CRC_TABLE(0x16, 0x2c, 0x58, 0xb0, 0x67, 0xce, 0x9b, 0x31),
    CRC_TABLE(0x62, 0xc4, 0x8f, 0x19, 0x32, 0x64, 0xc8, 0x97),
    CRC_TABLE(0x29, 0x52, 0xa4, 0x4f, 0x9e, 0x3b, 0x76, 0xec),
    CRC_TABLE(0xdf, 0xb9, 0x75, 0xea, 0xd3, 0xa1, 0x45, 0x8a),
    CRC_TABLE(0x13, 0x26, 0x4c, 0x98, 0x37, 0x6e, 0xdc, 0xbf),
};

/* The bytes (0 to 7) of `word` from its lowest bits on. */
static uint8_t crc8_some(uint8_t crc, uint64_t word, size_t bytes)
{
    if (bytes == 0)
        return crc;
    return crc8_word(0, (word ^ crc) << (64 - 8 * bytes));
}

uint8_t crc8(uint8_t crc, const void *from, size_t bytes)
{
    const char *at = from;
    for (; bytes >= 8; at += 8, bytes -= 8)
        crc = crc8_word(crc, bytes_get_u64(at));
    return crc8_some(crc, bytes_get_some(at, bytes), bytes);
}

static uint8_t crc8_copy_short(uint8_t crc, char *to, const char *at, size_t bytes)
{
    bytes_copy(to, at, bytes);
    return crc8_some(crc, bytes_get_some(at, bytes), bytes);
}

uint8_t crc8_copy(uint8_t crc, void *into, const void *from, size_t bytes)
{
    const char *at = from;
    char *to = into;
    if (bytes < 8)
        return crc8_copy_short(crc, to, at, bytes);
    for (; bytes >= 8; at += 8, bytes -= 8) {
        uint64_t word = bytes_get_u64(at);
        to = bytes_put_u64(to, word);
        crc = crc8_word(crc, word);
    }
    /* The rest together with bytes that were copied already: one load and one store instead of seven. */
    uint64_t last = bytes_get_u64(at + bytes - 8);
    bytes_put_u64(to + bytes - 8, last);
    return crc8_some(crc, bytes == 0 ? 0 : last >> (64 - 8 * bytes), bytes);
}
