/* series_id: read, judged, stored. */
#include "emulator/series_id.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/check.h"
#include "emulator/refusal.h"
#include "emulator/row_key.h"
#include "record/series.h"
#include "wire/series_tags.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

enum { ID_COLUMNS = 3, ID_TIME_BYTES = 9 /* of a stored point, at its end */ };

struct series_id series_id_of_row(const struct row *row)
{
    return (struct series_id){.measurement = row->keys[SERIES_MEASUREMENT].bytes,
                              .source = row->keys[SERIES_SOURCE].bytes,
                              .tags = &row->keys[SERIES_TAGS],
                              .tag_count = series_tag_count(row)};
}

/* ---- from requests ---- */

static int id_by_name(const void *a, const void *b)
{
    const struct cell *one = a;
    const struct cell *other = b;
    return slice_compare(one->name, other->name);
}

static int id_settle(struct series_id *id, struct cell *tags, size_t count, struct refusal *refusal)
{
    if (count > 1)
        qsort(tags, count, sizeof(tags[0]), id_by_name);
    for (size_t i = 1; i < count; i++)
        if (slice_equal(tags[i].name, tags[i - 1].name))
            return refusal_set(refusal, INVALID, "The tag '%.*s' is there twice.", SLICE_ARG(tags[i].name));
    id->tags = tags;
    id->tag_count = (uint32_t)count;
    return 0;
}

static int id_read_list(struct series_id *id, const Ots__TimeseriesKey *from, struct arena *arena,
                        struct refusal *refusal)
{
    struct cell *tags = arena_take(arena, from->n_tag_list * sizeof(tags[0]));
    for (size_t i = 0; i < from->n_tag_list; i++)
        tags[i] = (struct cell){.name = slice_text(from->tag_list[i]->name),
                                .type = CELL_STRING,
                                .bytes = slice_text(from->tag_list[i]->value)};
    return id_settle(id, tags, from->n_tag_list, refusal);
}

static int id_read_text(struct series_id *id, struct slice text, struct arena *arena, struct refusal *refusal)
{
    int64_t count = series_tags_count(text);
    size_t at = 0;
    if (count < 0)
        return refusal_set(refusal, INVALID, "The text of the tags is not of the form [\"name=value\",...].");
    struct cell *tags = arena_take(arena, (size_t)count * sizeof(tags[0]));
    for (int64_t i = 0; i < count; i++) {
        tags[i] = (struct cell){.type = CELL_STRING};
        CHECK(series_tags_next(text, &at, &tags[i].name, &tags[i].bytes) == 1);
    }
    return id_settle(id, tags, (size_t)count, refusal);
}

int series_id_read(struct series_id *id, const Ots__TimeseriesKey *from, struct arena *arena,
                   struct refusal *refusal)
{
    struct slice text = slice_text(from->tags == NULL ? "" : from->tags);
    id->measurement = slice_text(from->measurement == NULL ? "" : from->measurement);
    id->source = slice_text(from->source == NULL ? "" : from->source);
    if (from->n_tag_list > 0 && text.len > 0) /* [assumed] */
        return refusal_set(refusal, INVALID, "Tags are given as a list or as a text, not both.");
    return from->n_tag_list > 0 ? id_read_list(id, from, arena, refusal)
                                : id_read_text(id, text, arena, refusal);
}

/* ---- rules ---- */

/* [assumed] Of the invisible characters those of ASCII are refused. */
static bool id_good_measurement(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] <= ' ' || name.at[i] == '#' || name.at[i] == 0x7f)
            return false;
    return name.len > 0 && name.len <= SERIES_MEASUREMENT_MOST;
}

static bool id_good_tag_text(struct slice text)
{
    return text.len > 0 && memchr(text.at, '"', text.len) == NULL && memchr(text.at, '=', text.len) == NULL;
}

static bool id_good_tag_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] < '!' || name.at[i] > '~')
            return false;
    return id_good_tag_text(name);
}

static int id_check_tags(const struct series_id *id, struct refusal *refusal)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < id->tag_count; i++) {
        const struct cell *tag = &id->tags[i];
        bytes += tag->name.len + tag->bytes.len;
        if (!id_good_tag_name(tag->name))
            return refusal_set(refusal, INVALID, "Invalid name of tag: '%.*s'.", SLICE_ARG(tag->name));
        if (!id_good_tag_text(tag->bytes))
            return refusal_set(refusal, INVALID, "Invalid value of tag '%.*s': '%.*s'.", SLICE_ARG(tag->name),
                               SLICE_ARG(tag->bytes));
    }
    if (bytes > SERIES_TAGS_BYTES_MOST)
        return refusal_set(refusal, INVALID,
                           "The length of tags exceeds the limit, limit length: %d, length: %zu.",
                           SERIES_TAGS_BYTES_MOST, bytes);
    return 0;
}

int series_id_check(const struct series_id *id, struct refusal *refusal)
{
    if (!id_good_measurement(id->measurement))
        return refusal_set(refusal, INVALID, "Invalid measurement name: '%.*s'.", SLICE_ARG(id->measurement));
    if (id->source.len > SERIES_SOURCE_MOST)
        return refusal_set(refusal, INVALID,
                           "The length of data source exceeds the limit, limit length: %d, length: %zu.",
                           SERIES_SOURCE_MOST, id->source.len);
    return id_check_tags(id, refusal);
}

/* ---- as stored ---- */

static struct cell id_column(struct slice text)
{
    return (struct cell){.type = CELL_STRING, .bytes = text};
}

struct slice series_id_encode(const struct series_id *id, struct arena *arena)
{
    struct buffer tags;
    buffer_init(&tags, SIZE_MAX);
    CHECK(series_tags_put(&tags, id->tags, id->tag_count) == 0);
    struct cell columns[ID_COLUMNS] = {id_column(id->measurement), id_column(id->source),
                                       id_column(buffer_slice(&tags))};
    struct slice series = row_key_encode(columns, ID_COLUMNS, arena);
    buffer_fini(&tags);
    return series;
}

struct slice series_id_encode_point(struct slice series, int64_t time_us, struct arena *arena)
{
    struct cell column = {.type = CELL_INTEGER, .integer = time_us};
    struct slice time = row_key_encode(&column, 1, arena);
    CHECK(time.len == ID_TIME_BYTES);
    char *at = arena_take(arena, series.len + time.len);
    memcpy(at, series.at, series.len);
    memcpy(at + series.len, time.at, time.len);
    return slice_of(at, series.len + time.len);
}

struct slice series_id_of_point(struct slice point)
{
    return slice_of(point.at, point.len - ID_TIME_BYTES);
}

int64_t series_id_time_us(struct slice point)
{
    struct cell column;
    row_key_decode(slice_of(point.at + point.len - ID_TIME_BYTES, ID_TIME_BYTES), &column, 1, NULL);
    return column.integer;
}

struct series_id_texts series_id_decode(struct slice series, struct arena *arena)
{
    struct cell columns[ID_COLUMNS];
    row_key_decode(series, columns, ID_COLUMNS, arena);
    return (struct series_id_texts){columns[0].bytes, columns[1].bytes, columns[2].bytes};
}
