/* table_key: texts of the command line into cells, by the types that the table says: integers in decimal,
 * strings as they are, binary as hex:00ff or base64:AP8=. */
#ifndef CLI_TABLE_KEY_H
#define CLI_TABLE_KEY_H

#include "cli/table_words.h"
#include "mapping/plan.h"

struct arena;
struct error;

/* The cells are in the arena, their names the schema's, their texts argv's. Errors are ERROR_CONFIG. */

/* One value of a column; op is CELL_PUT. */
int table_key_cell(struct slice name, enum cell_type type, const char *text, struct arena *arena,
                   struct cell *cell, struct error *err);

/* A whole key. */
int table_key_read(const struct mapping_plan *schema, const struct word_list *texts, struct arena *arena,
                   struct row *key, struct error *err);

/* Where a scan begins and ends, by --from, --to, --key, --prefix and --reverse. Going backward the start is
 * part of a range and the end is not, so for a prefix of the last column the bounds say too much: rows above
 * `begins` in that column are passed over, the first one below is the end. */
struct table_key_range {
    struct row start, end;
    bool checked;        /* each row by table_key_place() */
    struct slice begins; /* what the last key column begins with */
};
int table_key_range(const struct mapping_plan *schema, const struct table_words *words, struct arena *arena,
                    struct table_key_range *range, struct error *err);
/* 0: the row is in the range; 1: not yet; -1: not any more. */
int table_key_place(const struct table_key_range *range, const struct row *row);

/* "id string, n auto_increment" */
struct buffer;
void table_key_print(const struct mapping_plan *schema, struct buffer *to);
const char *table_key_type_name(enum cell_type type);

/* "id:string,n:auto_increment", as `create` takes it; `keys` of the schema. The text is cut to pieces. */
int table_key_declare(char *text, struct mapping_plan *schema, struct error *err);

#endif
