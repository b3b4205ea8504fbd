/* tally: counts only; judged at each error, so that good records cost nothing. */
#include "channel/tally.h"

void tally_add(struct tally *tally, uint64_t records, uint64_t written)
{
    tally->errors++;
    if (records - tally->stretch_from > TALLY_STRETCH) {
        tally->stretch_from = records - 1;
        tally->stretch_errors = 0;
    }
    tally->stretch_errors++;
    if (tally->streak_errors == 0 || tally->streak_written != written) {
        tally->streak_from = records - 1;
        tally->streak_errors = 0;
        tally->streak_written = written;
    }
    tally->streak_errors++;
}

bool tally_is_too_many(const struct tally *tally, uint32_t most, uint32_t percent)
{
    if (most > 0 && tally->errors > most)
        return true;
    return percent < 100 && tally->stretch_errors * 100 > (uint64_t)percent * TALLY_STRETCH;
}

/* Rows of records that were taken since may be under way still: less than half of them, for all to be bad. */
bool tally_says_all_bad(struct tally *tally, uint64_t records, int64_t now_ms)
{
    if (tally->streak_errors < TALLY_ALL_BAD || tally->streak_errors * 2 <= records - tally->streak_from)
        return false;
    if (tally->said_ms != 0 && now_ms - tally->said_ms < TALLY_SAY_AGAIN_MS)
        return false;
    tally->said_ms = now_ms;
    return true;
}
