/* random_row: rows by chance, of every operation, type and edge that the bytes can carry. */
#ifndef SUPPORT_RANDOM_ROW_H
#define SUPPORT_RANDOM_ROW_H

#include "base/chance.h"
#include "record/row.h"

struct arena;

void random_row(struct chance *chance, struct arena *arena, struct row *row);

/* Equal as far as bytes can tell: an update reads back as a put. */
void random_row_assert_equal(const struct row *sent, const struct row *read);

#endif
