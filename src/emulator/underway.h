/* underway: the keys of write requests that are being delayed, so that a second request with one of them is
 * noticed. Counts of 64-bit hashes in open addressing; grows, and never shrinks. */
#ifndef EMULATOR_UNDERWAY_H
#define EMULATOR_UNDERWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct underway_key {
    uint64_t hash;
    uint32_t count; /* 0: a free place */
};

struct underway {
    struct underway_key *keys; /* owned */
    size_t room;               /* a power of two, or 0 */
    size_t used;
};

void underway_init(struct underway *underway);
void underway_fini(struct underway *underway);

bool underway_has(const struct underway *underway, uint64_t hash);
void underway_add(struct underway *underway, uint64_t hash);
void underway_remove(struct underway *underway, uint64_t hash); /* must have been added */

#endif
