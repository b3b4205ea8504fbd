/* vector: recorded exchanges under tests/vectors (format: index.json there). Everything lives in the arena of
 * the test. */
#ifndef SUPPORT_VECTOR_H
#define SUPPORT_VECTOR_H

#include "base/json.h"
#include "record/row.h"
#include "wire/sign.h"

struct arena;

enum { VECTOR_HEADERS_MOST = 40 };

struct vector {
    const char *name;  /* "node/014_list_table.json" */
    struct slice json; /* the whole object */
    struct slice operation;
    struct slice path;
    struct sign_header headers[VECTOR_HEADERS_MOST];
    size_t header_count;
    struct slice body;  /* as sent */
    struct slice input; /* requests: the object of that name */
};

typedef void vector_fn(const struct vector *vector, struct arena *arena);

/* Every file of a folder of tests/vectors whose operation is one of those that tables and rows need; answers
 * how many. */
size_t vector_each(const char *folder, vector_fn *run);

/* The same for one operation, whatever it is. */
size_t vector_each_of(const char *folder, const char *operation, vector_fn *run);

/* Members of an object; JSON_NULL for one that is not there. */
struct json_value vector_get(struct slice object, const char *member);
bool vector_has(struct slice object, const char *member);
struct slice vector_object(struct slice object, const char *member);
struct slice vector_text(struct arena *arena, struct slice object,
                         const char *member);                                       /* at NULL: not there */
int64_t vector_integer(struct slice object, const char *member, int64_t otherwise); /* numbers or texts */

/* The elements of an array member (none when it is not there), their texts, and the text of one. */
size_t vector_array(struct arena *arena, struct slice object, const char *member, struct json_value **values);
size_t vector_values(struct arena *arena, struct slice array, struct json_value **values);
struct slice vector_string(struct arena *arena, struct json_value value);

/* The row that an input describes: primary_key with columns or updates. */
void vector_row(struct arena *arena, struct slice input, enum row_op op, struct row *row);

/* Key columns only, from an array of typed values. */
void vector_key(struct arena *arena, struct slice array, struct row *row);

/* A row of PutTimeseriesData, in the form of record/series.h; answers its meta_cache_update_time. */
uint32_t vector_series_row(struct arena *arena, struct slice input, struct row *row);

/* One typed value. */
void vector_cell(struct arena *arena, struct slice object, struct cell *cell);

#endif
