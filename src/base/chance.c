/* chance: splitmix64, Sebastiano Vigna's public constants. */
#include "base/chance.h"

#include <sys/random.h>

#include "base/check.h"

void chance_init(struct chance *chance, uint64_t seed)
{
    chance->state = seed;
}

uint64_t chance_seed(void)
{
    uint64_t seed = 0;
    CHECK(getrandom(&seed, sizeof(seed), 0) == (ssize_t)sizeof(seed));
    return seed;
}

uint64_t chance_next(struct chance *chance)
{
    uint64_t x = chance->state += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint64_t chance_below(struct chance *chance, uint64_t below)
{
    return (uint64_t)(((unsigned __int128)chance_next(chance) * below) >> 64);
}

double chance_fraction(struct chance *chance)
{
    return (double)(chance_next(chance) >> 11) * 0x1.0p-53;
}
