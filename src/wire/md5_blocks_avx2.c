/* md5_blocks_avx2: eight bodies, one in each 32-bit lane of a 256-bit register. */
#include "wire/md5_blocks.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "wire/md5_rounds.h"

#define AVX2 __attribute__((target("avx2")))

typedef uint32_t eight_words __attribute__((vector_size(32)));

bool md5_blocks_has_eight(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}

AVX2 static inline __m256i load(const char *at)
{
    return _mm256_loadu_si256((const __m256i_u *)(const void *)at);
}

/* Eight bytes runs of 32 at `offset`: out comes word n of all eight in words[n]. */
AVX2 static inline void transpose(const char *const at[8], size_t offset, eight_words words[8])
{
    __m256i pairs[8];
    __m256i fours[8];
    for (int i = 0; i < 8; i += 2) {
        __m256i even = load(at[i] + offset);
        __m256i odd = load(at[i + 1] + offset);
        pairs[i] = _mm256_unpacklo_epi32(even, odd);
        pairs[i + 1] = _mm256_unpackhi_epi32(even, odd);
    }
    for (int i = 0; i < 8; i += 4) {
        fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
        fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
        fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        words[i] = (eight_words)_mm256_permute2x128_si256(fours[i], fours[i + 4], 0x20);
        words[i + 4] = (eight_words)_mm256_permute2x128_si256(fours[i], fours[i + 4], 0x31);
    }
}

#define STEP_EIGHT(f, a, b, c, d, word, shift, constant)                                                     \
    a += words[word] + (constant) + f(b, c, d);                                                              \
    a = MD5_ROTATE(a, shift) + b;

AVX2 static inline eight_words gather(uint32_t *const states[8], int word)
{
    eight_words words = {0};
    for (int i = 0; i < 8; i++)
        words[i] = states[i][word];
    return words;
}

AVX2 static inline void scatter(uint32_t *const states[8], int word, eight_words words)
{
    for (int i = 0; i < 8; i++)
        states[i][word] = words[i];
}

AVX2 void md5_blocks_eight(uint32_t *const states[8], const char *const at[8], size_t blocks)
{
    eight_words a = gather(states, 0);
    eight_words b = gather(states, 1);
    eight_words c = gather(states, 2);
    eight_words d = gather(states, 3);
    for (size_t offset = 0; offset < blocks * MD5_BLOCK; offset += MD5_BLOCK) {
        eight_words words[16];
        eight_words a0 = a, b0 = b, c0 = c, d0 = d;
        transpose(at, offset, words);
        transpose(at, offset + 32, words + 8);
        MD5_ROUNDS(STEP_EIGHT)
        a += a0;
        b += b0;
        c += c0;
        d += d0;
    }
    scatter(states, 0, a);
    scatter(states, 1, b);
    scatter(states, 2, c);
    scatter(states, 3, d);
}

#else

#include "base/check.h"

bool md5_blocks_has_eight(void)
{
    return false;
}

void md5_blocks_eight(uint32_t *const states[8], const char *const at[8], size_t blocks)
{
    (void)states;
    (void)at;
    (void)blocks;
    CHECK(md5_blocks_has_eight());
}

#endif
