/* look: what is in an instance: the bodies of requests that look into it or take something out, and what
 * their answers hold. Pure: bytes in, bytes out. Bodies replace what the buffer had. */
#ifndef OTS_LOOK_H
#define OTS_LOOK_H

#include "mapping/plan.h"
#include "wire/plainbuffer.h"

struct Ots__DescribeTableResponse;

void ots_look_put_list(struct buffer *body);
void ots_look_put_describe(struct slice table, struct buffer *body);
void ots_look_put_delete_table(struct slice table, struct buffer *body);

/* What is wanted of each row. */
struct ots_look_columns {
    char **names;
    size_t count;         /* 0: all */
    int32_t max_versions; /* at least 1 */
};

/* Keys are rows of key columns only, in the table's order. */
void ots_look_put_row(struct slice table, const struct row *key, const struct ots_look_columns *columns,
                      struct buffer *body);
void ots_look_put_delete_row(struct slice table, const struct row *key, struct buffer *body);

/* From `start`, PlainBuffer, up to before `end`, which is below `start` when it goes backward. */
struct ots_look_range {
    struct slice table;
    struct slice start;
    struct slice end;
    bool backward;
    int32_t limit; /* rows; 0: as many as the service likes */
    const struct ots_look_columns *columns;
};
void ots_look_put_range(const struct ots_look_range *range, struct buffer *body);

/* A key as bytes, in the arena. */
struct slice ots_look_key(const struct row *key, struct arena *arena);

/* What answers hold is in the arena or a view into the answer. Errors are ERROR_RETRY: the answer is
 * worthless. */
int ots_look_tables(struct slice answer, struct arena *arena, char ***names, size_t *count,
                    struct error *err);
struct Ots__DescribeTableResponse *ots_look_description(struct slice answer, struct arena *arena,
                                                        struct error *err);

/* The table's name, key columns and defined columns. -1: more key columns than a table has, or of types that
 * nobody knows. */
int ots_look_schema(const struct Ots__DescribeTableResponse *description, struct arena *arena,
                    struct mapping_plan *schema, struct error *err);

/* 1: the row; 0: there is none with this key. */
int ots_look_row(struct slice answer, struct arena *arena, struct row *row, struct error *err);

/* Rows one by one with plainbuffer_next(); `next` at NULL: the range is finished. */
struct ots_look_page {
    struct plainbuffer_reader rows;
    struct slice next;
};
int ots_look_page(struct slice answer, struct arena *arena, struct ots_look_page *page, struct error *err);

#endif
