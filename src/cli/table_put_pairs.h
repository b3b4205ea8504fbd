/* table_put_pairs: the row of NAME=VALUE words. */
#ifndef CLI_TABLE_PUT_PAIRS_H
#define CLI_TABLE_PUT_PAIRS_H

#include "cli/table_words.h"
#include "mapping/plan.h"

struct arena;
struct error;

/* NAME=VALUE or NAME:TYPE=VALUE, not a file's name. */
bool table_put_pairs_has(const char *text);

/* A type that is not said is the table's, for a column that it knows, else string. An auto-increment key
 * column may be left out. The texts are cut to pieces. ERROR_CONFIG. */
int table_put_pairs_read(const struct mapping_plan *schema, const struct word_list *pairs, bool update,
                         struct arena *arena, struct row *row, struct error *err);

#endif
