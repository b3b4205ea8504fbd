/* random_series: points of time series by chance, of every type, count and edge that the bytes can carry. */
#ifndef SUPPORT_RANDOM_SERIES_H
#define SUPPORT_RANDOM_SERIES_H

#include "base/chance.h"
#include "record/series.h"

struct arena;

/* At most `fields_most` fields; none at times. key_hash is 0. */
void random_series(struct chance *chance, struct arena *arena, uint32_t fields_most, struct row *row);

void random_series_assert_equal(const struct row *wanted, const struct row *found);

#endif
