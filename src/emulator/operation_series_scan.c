/* operation_series_scan: SplitTimeseriesScanTask and ScanTimeseriesData: all points of a table, or of a part
 * of its series, in the order of series and time, a page at a time. */
#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/points_page.h"
#include "emulator/points_view.h"
#include "emulator/proto.h"
#include "emulator/read_answer.h"
#include "emulator/row_key.h"
#include "emulator/series_id.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/bytes.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

enum {
    SCAN_TOKEN_KIND = 4,
    SCAN_SPLIT_KIND = 5,
    SCAN_SPLIT_HEAD = 9,        /* the kind, how many splits, which one; the measurement follows */
    SCAN_SPLITS_MOST = 1000,    /* [assumed] */
    SCAN_SKIPPED_MOST = 100000, /* places passed over for one answer, a matter of 0.1 s */
    SCAN_SCRATCH = 64 * 1024
};

/* Which series: those of a measurement (empty: of all) whose hash falls to `index` of `count`. */
struct scan_split {
    uint32_t count;
    uint32_t index;
    struct slice measurement;
};

/* A scan under way. Times of points are from `first_us` to `last_us`, both included. */
struct series_scan {
    const struct store_table *points;
    struct points_view view;
    struct scan_split split;
    int64_t first_us;
    int64_t last_us;
    struct slice from;   /* a stored point, or what is left of one; empty: the first */
    struct slice wanted; /* the series that was wanted last */
    struct row_cursor cursor;
    uint32_t skipped;
    struct arena scratch;
};

/* ---- SplitTimeseriesScanTask ---- */

/* [assumed] Opaque to clients. */
static struct slice split_pack(const struct scan_split *split, struct arena *arena)
{
    size_t bytes = SCAN_SPLIT_HEAD + split->measurement.len;
    char *at = arena_take(arena, bytes);
    at[0] = SCAN_SPLIT_KIND;
    char *name = bytes_put_u32(bytes_put_u32(at + 1, split->count), split->index);
    bytes_copy(name, split->measurement.at, split->measurement.len);
    return slice_of(at, bytes);
}

static int split_read(struct slice bytes, struct scan_split *split, struct refusal *refusal)
{
    *split = (struct scan_split){.count = 1, .measurement = SLICE("")};
    if (bytes.len == 0)
        return 0;
    if (bytes.len >= SCAN_SPLIT_HEAD && bytes.at[0] == SCAN_SPLIT_KIND) {
        split->count = bytes_get_u32(bytes.at + 1);
        split->index = bytes_get_u32(bytes.at + 5);
        split->measurement = slice_of(bytes.at + SCAN_SPLIT_HEAD, bytes.len - SCAN_SPLIT_HEAD);
        if (split->count > 0 && split->count <= SCAN_SPLITS_MOST && split->index < split->count)
            return 0;
    }
    return refusal_set(refusal, INVALID, "Invalid split info.");
}

int operation_split_timeseries_scan_task(struct visit *visit)
{
    const Ots__SplitTimeseriesScanTaskRequest *request = visit->message;
    Ots__SplitTimeseriesScanTaskResponse answer = OTS__SPLIT_TIMESERIES_SCAN_TASK_RESPONSE__INIT;
    ProtobufCBinaryData infos[SCAN_SPLITS_MOST];
    int32_t count = request->split_count_hint;
    const char *measurement = request->measurement_name == NULL ? "" : request->measurement_name;
    if (visit_points(visit, request->table_name) == NULL)
        return -1;
    if (count < 1 || count > SCAN_SPLITS_MOST)
        return refusal_set(&visit->refusal, INVALID, "Invalid split count hint: %d.", count);
    answer.split_infos = infos;
    answer.n_split_infos = (size_t)count;
    for (int32_t i = 0; i < count; i++) {
        struct scan_split split = {(uint32_t)count, (uint32_t)i, slice_text(measurement)};
        infos[i] = proto_bytes(split_pack(&split, &visit->arena));
    }
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

/* ---- ScanTimeseriesData ---- */

/* [assumed] Without a bound there is none. */
static int scan_read_times(struct visit *visit, const Ots__ScanTimeseriesDataRequest *request,
                           struct series_scan *scan)
{
    int64_t begin_us = request->has_start_time_us ? request->start_time_us : 0;
    int64_t end_us = request->has_end_time_us ? request->end_time_us : INT64_MAX;
    if (begin_us < 0 || begin_us >= end_us)
        return refusal_set(&visit->refusal, INVALID, "Invalid time range: [%lld, %lld).", (long long)begin_us,
                           (long long)end_us);
    scan->first_us = begin_us;
    scan->last_us = end_us - 1;
    return 0;
}

/* [assumed] The token is opaque: here a kind, and the stored point that comes next. */
static int scan_read_token(struct visit *visit, const Ots__ScanTimeseriesDataRequest *request,
                           struct series_scan *scan)
{
    struct slice token = request->has_token ? proto_slice(request->token) : SLICE("");
    if (token.len > 0 && (token.len == 1 || token.at[0] != SCAN_TOKEN_KIND))
        return refusal_set(&visit->refusal, INVALID, "Invalid token.");
    scan->from = token.len == 0 ? SLICE("") : slice_of(token.at + 1, token.len - 1);
    return 0;
}

static int scan_read(struct visit *visit, const Ots__ScanTimeseriesDataRequest *request,
                     struct series_scan *scan)
{
    struct slice split = request->has_split_info ? proto_slice(request->split_info) : SLICE("");
    if (request->has_data_serialize_type &&
        request->data_serialize_type != OTS__ROWS_SERIALIZE_TYPE__RST_PLAIN_BUFFER)
        return refusal_set(&visit->refusal, INVALID,
                           "This emulator scans with data_serialize_type RST_PLAIN_BUFFER only.");
    if (split_read(split, &scan->split, &visit->refusal) != 0 || scan_read_times(visit, request, scan) != 0 ||
        scan_read_token(visit, request, scan) != 0)
        return -1;
    return points_view_make(&scan->view, request->fields_to_get, request->n_fields_to_get, &visit->refusal);
}

static bool scan_is_in(const struct scan_split *split, struct slice series, struct arena *arena)
{
    if (split->count > 1 && row_key_hash(SLICE(""), series) % split->count != split->index)
        return false;
    return split->measurement.len == 0 ||
           slice_equal(series_id_decode(series, arena).measurement, split->measurement);
}

static bool scan_wants(struct series_scan *scan, struct slice series)
{
    if (slice_equal(series, scan->wanted))
        return true;
    if (!scan_is_in(&scan->split, series, &scan->scratch))
        return false;
    scan->wanted = series;
    return true;
}

/* The first point from this one of this series, or of one behind it. */
static const struct row_node *scan_seek(struct series_scan *scan, struct slice series, int64_t time_us)
{
    struct slice point = series_id_encode_point(series, time_us, &scan->scratch);
    return row_index_at_least(&scan->points->rows, point, &scan->cursor);
}

static const struct row_node *scan_next_series(struct series_scan *scan, struct slice series)
{
    const struct row_node *node = scan_seek(scan, series, INT64_MAX);
    if (node != NULL && slice_equal(series_id_of_point(row_index_key(node)), series))
        node = row_index_next(&scan->points->rows, &scan->cursor);
    return node;
}

/* From this node on, the first whose series and time are wanted; NULL: none. After many that are not, any
 * node: the answer ends there. */
static const struct row_node *scan_find(struct series_scan *scan, const struct row_node *node)
{
    while (node != NULL && scan->skipped < SCAN_SKIPPED_MOST) {
        struct slice series = series_id_of_point(row_index_key(node));
        int64_t time_us = series_id_time_us(row_index_key(node));
        arena_reset(&scan->scratch);
        if (time_us > scan->last_us || !scan_wants(scan, series))
            node = scan_next_series(scan, series);
        else if (time_us < scan->first_us)
            node = scan_seek(scan, series, scan->first_us);
        else
            return node;
        scan->skipped++;
    }
    return node;
}

static void scan_answer(struct visit *visit, const struct points_page *page, const struct row_node *next)
{
    Ots__ScanTimeseriesDataResponse answer = OTS__SCAN_TIMESERIES_DATA_RESPONSE__INIT;
    read_answer_cost(visit, page->read_bytes);
    answer.has_data_serialize_type = true;
    answer.data_serialize_type = OTS__ROWS_SERIALIZE_TYPE__RST_PLAIN_BUFFER;
    answer.data = proto_bytes(points_page_bytes(page));
    answer.has_next_token = next != NULL;
    if (next != NULL) {
        struct slice key = row_index_key(next);
        char *token = arena_take(&visit->arena, key.len + 1);
        token[0] = SCAN_TOKEN_KIND;
        memcpy(token + 1, key.at, key.len);
        answer.next_token = proto_bytes(slice_of(token, key.len + 1));
    }
    proto_pack(&answer.base, &visit->answer);
}

static void scan_run(struct visit *visit, struct series_scan *scan, int32_t limit)
{
    struct arena arena;
    struct points_page page;
    arena_init(&arena, SCAN_SCRATCH);
    arena_init(&scan->scratch, SCAN_SCRATCH);
    points_page_init(&page, limit, &arena);
    const struct row_index *rows = &scan->points->rows;
    const struct row_node *node = scan_find(scan, row_index_at_least(rows, scan->from, &scan->cursor));
    while (node != NULL && scan->skipped < SCAN_SKIPPED_MOST && points_page_add(&page, &scan->view, node))
        node = scan_find(scan, row_index_next(rows, &scan->cursor));
    scan_answer(visit, &page, node);
    points_page_fini(&page);
    arena_fini(&scan->scratch);
    arena_fini(&arena);
}

int operation_scan_timeseries_data(struct visit *visit)
{
    const Ots__ScanTimeseriesDataRequest *request = visit->message;
    struct series_scan scan = {.skipped = 0};
    if (scan_read(visit, request, &scan) != 0)
        return -1;
    scan.points = visit_points(visit, request->table_name);
    if (scan.points == NULL)
        return -1;
    points_view_aim(&scan.view, scan.points, visit->ground->now_ms);
    scan_run(visit, &scan, request->has_limit ? request->limit : 0);
    return 0;
}
