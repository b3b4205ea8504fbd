/* operation_series_meta: UpdateTimeseriesMeta and DeleteTimeseriesMeta. A series that breaks a rule is its
 * own failure, its neighbours are done; series are done in the order of the request. */
#include <stdlib.h>

#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/schema.h"
#include "emulator/series_id.h"
#include "emulator/series_known.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "record/series.h"
#include "wire/series_tags.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* [assumed] Names and values of all attributes of a series together, as of tags; and the series of a request,
 * as of rows. */
enum { META_ATTRIBUTES_BYTES_MOST = SERIES_TAGS_BYTES_MOST, META_SERIES_MOST = LIMIT_BATCH_ROWS };

static int meta_check_count(struct visit *visit, size_t count)
{
    if (count == 0)
        return refusal_set(&visit->refusal, INVALID, "No series is specified in %s.", visit->operation->name);
    if (count > META_SERIES_MOST)
        return refusal_set(&visit->refusal, INVALID, "Series count exceeds the upper limit: %d.",
                           META_SERIES_MOST);
    return 0;
}

/* The stored series that a request names. -1 and why. */
static int meta_read_series(struct visit *visit, const Ots__TimeseriesKey *from, struct slice *series,
                            struct refusal *refusal)
{
    struct series_id id;
    if (series_id_read(&id, from, &visit->arena, refusal) != 0 || series_id_check(&id, refusal) != 0)
        return -1;
    *series = series_id_encode(&id, &visit->arena);
    return 0;
}

static Ots__FailedRowInfo *meta_fail(struct visit *visit, size_t row, const struct refusal *refusal)
{
    Ots__FailedRowInfo *info = arena_take(&visit->arena, sizeof(*info));
    struct refusal *kept = arena_take(&visit->arena, sizeof(*kept));
    *kept = *refusal;
    ots__failed_row_info__init(info);
    info->row_index = (int32_t)row;
    info->error_code = kept->code;
    info->error_message = kept->message;
    return info;
}

/* ---- attributes ---- */

static int meta_by_name(const void *a, const void *b)
{
    const struct cell *one = a;
    const struct cell *other = b;
    return slice_compare(one->name, other->name);
}

/* [assumed] The rules of attributes are those of tags, but for what a name is made of. */
static int meta_check_attributes(const struct cell *cells, size_t count, struct refusal *refusal)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += cells[i].name.len + cells[i].bytes.len;
        if (cells[i].name.len == 0 || cells[i].bytes.len == 0 ||
            memchr(cells[i].bytes.at, '=', cells[i].bytes.len) != NULL)
            return refusal_set(refusal, INVALID, "Invalid attribute '%.*s': '%.*s'.",
                               SLICE_ARG(cells[i].name), SLICE_ARG(cells[i].bytes));
        if (i > 0 && slice_equal(cells[i].name, cells[i - 1].name))
            return refusal_set(refusal, INVALID, "The attribute '%.*s' is there twice.",
                               SLICE_ARG(cells[i].name));
    }
    if (bytes > META_ATTRIBUTES_BYTES_MOST)
        return refusal_set(refusal, INVALID,
                           "The length of attributes exceeds the limit, limit length: %d, length: %zu.",
                           META_ATTRIBUTES_BYTES_MOST, bytes);
    return 0;
}

/* In order, as they are stored; in the arena. */
static struct slice meta_print_attributes(const struct cell *cells, size_t count, struct arena *arena)
{
    struct buffer text;
    buffer_init(&text, SIZE_MAX);
    CHECK(series_tags_put(&text, cells, count) == 0);
    struct slice attributes = arena_copy(arena, buffer_slice(&text));
    buffer_fini(&text);
    return attributes;
}

/* No text, or a text of none: no attributes. -1 and why. */
static int meta_read_attributes(struct visit *visit, struct slice text, struct slice *attributes,
                                struct refusal *refusal)
{
    int64_t count = series_tags_count(text);
    size_t at = 0;
    if (count < 0)
        return refusal_set(refusal, INVALID,
                           "The text of the attributes is not of the form [\"name=value\",...].");
    *attributes = SLICE("");
    if (count == 0)
        return 0;
    struct cell *cells = arena_take(&visit->arena, (size_t)count * sizeof(*cells));
    for (int64_t i = 0; i < count; i++) {
        cells[i] = (struct cell){.type = CELL_STRING};
        CHECK(series_tags_next(text, &at, &cells[i].name, &cells[i].bytes) == 1);
    }
    qsort(cells, (size_t)count, sizeof(*cells), meta_by_name);
    if (meta_check_attributes(cells, (size_t)count, refusal) != 0)
        return -1;
    *attributes = meta_print_attributes(cells, (size_t)count, &visit->arena);
    return 0;
}

/* ---- UpdateTimeseriesMeta ---- */

/* [assumed] All attributes are replaced, none are left when none are given; a series that was not known is
 * known then; an update time in the request is not looked at. */
static int meta_update(struct visit *visit, struct store_table *table, const Ots__TimeseriesMeta *from,
                       struct refusal *refusal)
{
    struct slice series;
    int64_t now_ms = visit->ground->now_ms;
    struct series_known known = {.updated_us = now_ms * 1000};
    struct slice text = slice_text(from->attributes == NULL ? "" : from->attributes);
    if (meta_read_series(visit, from->time_series_key, &series, refusal) != 0 ||
        meta_read_attributes(visit, text, &known.attributes, refusal) != 0)
        return -1;
    series_known_set(table, series, &known, now_ms, &visit->arena);
    return 0;
}

int operation_update_timeseries_meta(struct visit *visit)
{
    const Ots__UpdateTimeseriesMetaRequest *request = visit->message;
    Ots__UpdateTimeseriesMetaResponse answer = OTS__UPDATE_TIMESERIES_META_RESPONSE__INIT;
    Ots__FailedRowInfo *failed[META_SERIES_MOST];
    struct store_table *series = visit_series(visit, request->table_name);
    if (series == NULL || meta_check_count(visit, request->n_timeseries_meta) != 0)
        return -1;
    if (!schema_allows_attributes(series->series_meta->table_meta))
        return refusal_set(&visit->refusal, INVALID, "The table does not allow to update attributes.");
    answer.failed_rows = failed;
    for (size_t i = 0; i < request->n_timeseries_meta; i++) {
        struct refusal refusal = {.status = 0};
        if (meta_update(visit, series, request->timeseries_meta[i], &refusal) != 0)
            failed[answer.n_failed_rows++] = meta_fail(visit, i, &refusal);
    }
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

/* ---- DeleteTimeseriesMeta ---- */

/* The points stay. [assumed] A series that is not known is no failure. */
static int meta_delete(struct visit *visit, struct store_table *table, const Ots__TimeseriesKey *from,
                       struct refusal *refusal)
{
    struct slice series;
    if (meta_read_series(visit, from, &series, refusal) != 0)
        return -1;
    struct row_node *node = row_index_find(&table->rows, series);
    if (node != NULL)
        store_remove_row(table, node);
    return 0;
}

int operation_delete_timeseries_meta(struct visit *visit)
{
    const Ots__DeleteTimeseriesMetaRequest *request = visit->message;
    Ots__DeleteTimeseriesMetaResponse answer = OTS__DELETE_TIMESERIES_META_RESPONSE__INIT;
    Ots__FailedRowInfo *failed[META_SERIES_MOST];
    struct store_table *series = visit_series(visit, request->table_name);
    if (series == NULL || meta_check_count(visit, request->n_timeseries_key) != 0)
        return -1;
    answer.failed_rows = failed;
    for (size_t i = 0; i < request->n_timeseries_key; i++) {
        struct refusal refusal = {.status = 0};
        if (meta_delete(visit, series, request->timeseries_key[i], &refusal) != 0)
            failed[answer.n_failed_rows++] = meta_fail(visit, i, &refusal);
    }
    proto_pack(&answer.base, &visit->answer);
    return 0;
}
