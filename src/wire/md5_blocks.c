/* md5_blocks: one body, and two side by side. */
#include "wire/md5_blocks.h"

#include "wire/bytes.h"
#include "wire/md5_rounds.h"

#define WORD(at, n) bytes_get_u32((at) + (size_t)4 * (n))

#define STEP_ONE(f, a, b, c, d, word, shift, constant)                                                       \
    a += (constant) + WORD(at, word) + f(b, c, d);                                                           \
    a = MD5_ROTATE(a, shift) + b;

void md5_blocks_one(uint32_t state[MD5_WORDS], const char *at, size_t blocks)
{
    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];
    for (; blocks > 0; blocks--, at += MD5_BLOCK) {
        MD5_ROUNDS(STEP_ONE)
        state[0] = a += state[0];
        state[1] = b += state[1];
        state[2] = c += state[2];
        state[3] = d += state[3];
    }
}

#define STEP_TWO(f, a, b, c, d, word, shift, constant)                                                       \
    a##0 += (constant) + WORD(at0, word) + f(b##0, c##0, d##0);                                              \
    a##1 += (constant) + WORD(at1, word) + f(b##1, c##1, d##1);                                              \
    a##0 = MD5_ROTATE(a##0, shift) + b##0;                                                                   \
    a##1 = MD5_ROTATE(a##1, shift) + b##1;

void md5_blocks_two(uint32_t *const states[2], const char *const at[2], size_t blocks)
{
    const char *at0 = at[0];
    const char *at1 = at[1];
    uint32_t *s0 = states[0];
    uint32_t *s1 = states[1];
    uint32_t a0 = s0[0], b0 = s0[1], c0 = s0[2], d0 = s0[3];
    uint32_t a1 = s1[0], b1 = s1[1], c1 = s1[2], d1 = s1[3];
    for (; blocks > 0; blocks--, at0 += MD5_BLOCK, at1 += MD5_BLOCK) {
        MD5_ROUNDS(STEP_TWO)
        s0[0] = a0 += s0[0];
        s1[0] = a1 += s1[0];
        s0[1] = b0 += s0[1];
        s1[1] = b1 += s1[1];
        s0[2] = c0 += s0[2];
        s1[2] = c1 += s1[2];
        s0[3] = d0 += s0[3];
        s1[3] = d1 += s1[3];
    }
}
