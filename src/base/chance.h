/* chance: numbers from a seed, the same on every machine (splitmix64). For jitter and for tests; not for
 * secrets. */
#ifndef BASE_CHANCE_H
#define BASE_CHANCE_H

#include <stdint.h>

struct chance {
    uint64_t state;
};

void chance_init(struct chance *chance, uint64_t seed);

/* A seed from the system: different in every process. */
uint64_t chance_seed(void);

uint64_t chance_next(struct chance *chance);

/* 0 .. below-1; 0 when below is 0. */
uint64_t chance_below(struct chance *chance, uint64_t below);

/* 0.0 <= x < 1.0 */
double chance_fraction(struct chance *chance);

#endif
