/* crc32c: the instruction takes a new word each turn, but its answer takes three; so three runs of bytes go
 * side by side, and what they give is put together by a table that knows what RUN zero bytes do to a
 * checksum. */
#include "wire/crc32c.h"

#include "wire/bytes.h"
#include "wire/crc_table.h"

/* crc32c_table[n][b]: the checksum of byte b with n zero bytes behind it. */
static const uint32_t crc32c_table[8][256] = {
    CRC_TABLE(0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf, 0x105ec76f, 0x20bd8ede, 0x417b1dbc, 0x82f63b78),
    CRC_TABLE(0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8, 0x3fc5f181, 0x7f8be302, 0xff17c604, 0xfbc3faf9),
    CRC_TABLE(0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5, 0x70a27d8a, 0xe144fb14, 0xc76580d9, 0x8b277743),
    CRC_TABLE(0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6, 0xe964b13d, 0xd725148b, 0xaba65fe7, 0x52a0c93f),
    CRC_TABLE(0x38116fac, 0x7022df58, 0xe045beb0, 0xc5670b91, 0x8f2261d3, 0x1ba8b557, 0x37516aae, 0x6ea2d55c),
    CRC_TABLE(0xef306b19, 0xdb8ca0c3, 0xb2f53777, 0x6006181f, 0xc00c303e, 0x85f4168d, 0x0e045beb, 0x1c08b7d6),
    CRC_TABLE(0x68032cc8, 0xd0065990, 0xa5e0c5d1, 0x4e2dfd53, 0x9c5bfaa6, 0x3d5b83bd, 0x7ab7077a, 0xf56e0ef4),
    CRC_TABLE(0x493c7d27, 0x9278fa4e, 0x211d826d, 0x423b04da, 0x847609b4, 0x0d006599, 0x1a00cb32, 0x34019664),
};

/* Without the inversions. */
static uint32_t crc32c_tail(uint32_t crc, const char *at, size_t bytes)
{
    for (; bytes > 0; at++, bytes--)
        crc = crc >> 8 ^ crc32c_table[0][(crc ^ (uint8_t)*at) & 0xff];
    return crc;
}

uint32_t crc32c_plain(const void *from, size_t bytes)
{
    const char *at = from;
    uint32_t crc = UINT32_MAX;
    for (; bytes >= 8; at += 8, bytes -= 8) {
        uint64_t word = bytes_get_u64(at) ^ crc;
        crc = 0;
        for (int i = 0; i < 8; i++)
            crc ^= crc32c_table[7 - i][word >> 8 * i & 0xff];
    }
    return ~crc32c_tail(crc, at, bytes);
}

#if defined(__x86_64__)
#include <nmmintrin.h>

#define SSE42 __attribute__((target("sse4.2")))

enum { RUN = 1024, THREE_RUNS = 3 * RUN };

/* crc32c_far[n][b]: what becomes of byte n of a checksum, b, when RUN zero bytes follow. */
static const uint32_t crc32c_far[4][256] = {
    CRC_TABLE(0xfe314258, 0xf98ef241, 0xf6f19273, 0xe80f5217, 0xd5f2d2df, 0xae09d34f, 0x59ffd06f, 0xb3ffa0de),
    CRC_TABLE(0x6213374d, 0xc4266e9a, 0x8da0abc5, 0x1ead217b, 0x3d5a42f6, 0x7ab485ec, 0xf5690bd8, 0xef3e6141),
    CRC_TABLE(0xdb90b473, 0xb2cd1e17, 0x60764adf, 0xc0ec95be, 0x84355d8d, 0x0d86cdeb, 0x1b0d9bd6, 0x361b37ac),
    CRC_TABLE(0x6c366f58, 0xd86cdeb0, 0xb535cb91, 0x6f87e1d3, 0xdf0fc3a6, 0xbbf3f1bd, 0x720b958b, 0xe4172b16),
};

static inline uint64_t crc32c_shift(uint64_t crc)
{
    return crc32c_far[0][crc & 0xff] ^ crc32c_far[1][crc >> 8 & 0xff] ^ crc32c_far[2][crc >> 16 & 0xff] ^
           crc32c_far[3][crc >> 24 & 0xff];
}

SSE42 static uint64_t crc32c_three_runs(uint64_t crc, const char *at)
{
    uint64_t second = 0;
    uint64_t third = 0;
    for (size_t i = 0; i < RUN; i += 8) {
        crc = _mm_crc32_u64(crc, bytes_get_u64(at + i));
        second = _mm_crc32_u64(second, bytes_get_u64(at + RUN + i));
        third = _mm_crc32_u64(third, bytes_get_u64(at + RUN + RUN + i));
    }
    return crc32c_shift(crc32c_shift(crc) ^ second) ^ third;
}

SSE42 static uint32_t crc32c_sse42(const char *at, size_t bytes)
{
    uint64_t crc = UINT32_MAX;
    for (; bytes >= THREE_RUNS; at += THREE_RUNS, bytes -= THREE_RUNS)
        crc = crc32c_three_runs(crc, at);
    for (; bytes >= 8; at += 8, bytes -= 8)
        crc = _mm_crc32_u64(crc, bytes_get_u64(at));
    return ~crc32c_tail((uint32_t)crc, at, bytes);
}

uint32_t crc32c(const void *at, size_t bytes)
{
    return __builtin_cpu_supports("sse4.2") ? crc32c_sse42(at, bytes) : crc32c_plain(at, bytes);
}

#else

uint32_t crc32c(const void *at, size_t bytes)
{
    return crc32c_plain(at, bytes);
}

#endif
