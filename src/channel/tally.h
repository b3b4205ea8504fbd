/* tally: how many records have errors, and whether that is too many: in all, out of the last thousand, or all
 * of them. */
#ifndef CHANNEL_TALLY_H
#define CHANNEL_TALLY_H

#include <stdbool.h>
#include <stdint.h>

enum { TALLY_STRETCH = 1000, TALLY_ALL_BAD = 100, TALLY_SAY_AGAIN_MS = 60000 };

struct tally {
    uint64_t errors;
    uint64_t stretch_from; /* records before the stretch of at most TALLY_STRETCH that is looked at */
    uint64_t stretch_errors;
    uint64_t streak_from; /* records before the first error since a row was written */
    uint64_t streak_errors;
    uint64_t streak_written; /* rows written when it began */
    int64_t said_ms;         /* that all are bad; 0: not yet */
};

/* One more. `records`: taken so far, this one included; `written`: rows acknowledged so far. */
void tally_add(struct tally *tally, uint64_t records, uint64_t written);

/* `most`: errors in all, 0: no limit; `percent`: of a stretch, 100: no limit. */
bool tally_is_too_many(const struct tally *tally, uint32_t most, uint32_t percent);

/* Not one of many records is good. True once a minute. */
bool tally_says_all_bad(struct tally *tally, uint64_t records, int64_t now_ms);

#endif
