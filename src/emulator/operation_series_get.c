/* operation_series_get: GetTimeseriesData: the points of one series, both ways, a page at a time. */
#include "emulator/operation.h"
#include "emulator/points_page.h"
#include "emulator/points_view.h"
#include "emulator/proto.h"
#include "emulator/read_answer.h"
#include "emulator/series_id.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/bytes.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

enum { GET_TOKEN_KIND = 2, GET_TOKEN_BYTES = 9, GET_SCRATCH = 64 * 1024 };

/* A read under way. Times of points are from `first_us` to `last_us`, both included. */
struct series_get {
    const struct store_table *points;
    struct points_view view;
    bool forward;
    struct slice series; /* as stored */
    int64_t first_us;
    int64_t last_us;
    struct row_cursor cursor;
};

/* [assumed] Without a bound there is none; a specific time stands for both. */
static int get_read_times(struct visit *visit, const Ots__GetTimeseriesDataRequest *request,
                          struct series_get *get)
{
    int64_t begin_us = request->has_begin_time ? request->begin_time : 0;
    int64_t end_us = request->has_end_time ? request->end_time : INT64_MAX;
    if (request->has_specific_time) {
        begin_us = request->specific_time;
        end_us = begin_us == INT64_MAX ? begin_us : begin_us + 1;
    }
    if (begin_us < 0 || begin_us >= end_us)
        return refusal_set(&visit->refusal, INVALID, "Invalid time range: [%lld, %lld).", (long long)begin_us,
                           (long long)end_us);
    get->first_us = begin_us;
    get->last_us = end_us - 1;
    return 0;
}

/* [assumed] The token is opaque: here a kind, and the time of the next point. */
static int get_read_token(struct visit *visit, const Ots__GetTimeseriesDataRequest *request,
                          struct series_get *get)
{
    struct slice token = request->has_token ? proto_slice(request->token) : SLICE("");
    if (token.len == 0)
        return 0;
    int64_t time_us = -1;
    if (token.len == GET_TOKEN_BYTES && token.at[0] == GET_TOKEN_KIND)
        time_us = (int64_t)bytes_get_u64(token.at + 1);
    if (time_us < get->first_us || time_us > get->last_us)
        return refusal_set(&visit->refusal, INVALID, "Invalid token.");
    if (get->forward)
        get->first_us = time_us;
    else
        get->last_us = time_us;
    return 0;
}

static struct slice get_pack_token(int64_t time_us, struct arena *arena)
{
    char *at = arena_take(arena, GET_TOKEN_BYTES);
    at[0] = GET_TOKEN_KIND;
    bytes_put_u64(at + 1, (uint64_t)time_us);
    return slice_of(at, GET_TOKEN_BYTES);
}

static int get_read(struct visit *visit, const Ots__GetTimeseriesDataRequest *request, struct series_get *get)
{
    struct series_id id;
    get->forward = !request->has_backward || !request->backward;
    if (series_id_read(&id, request->time_series_key, &visit->arena, &visit->refusal) != 0 ||
        series_id_check(&id, &visit->refusal) != 0 || get_read_times(visit, request, get) != 0 ||
        get_read_token(visit, request, get) != 0)
        return -1;
    get->series = series_id_encode(&id, &visit->arena);
    return points_view_make(&get->view, request->fields_to_get, request->n_fields_to_get, &visit->refusal);
}

/* ---- points ---- */

/* NULL when the node is past the end: of another series, or time. */
static const struct row_node *get_within(const struct series_get *get, const struct row_node *node)
{
    if (node == NULL || !slice_equal(series_id_of_point(row_index_key(node)), get->series))
        return NULL;
    int64_t time_us = series_id_time_us(row_index_key(node));
    return time_us >= get->first_us && time_us <= get->last_us ? node : NULL;
}

static const struct row_node *get_first(struct series_get *get, struct arena *arena)
{
    const struct row_index *rows = &get->points->rows;
    struct slice start =
        series_id_encode_point(get->series, get->forward ? get->first_us : get->last_us, arena);
    return get_within(get, get->forward ? row_index_at_least(rows, start, &get->cursor)
                                        : row_index_at_most(rows, start, &get->cursor));
}

static const struct row_node *get_next(struct series_get *get)
{
    const struct row_index *rows = &get->points->rows;
    return get_within(get,
                      get->forward ? row_index_next(rows, &get->cursor) : row_index_prev(rows, &get->cursor));
}

static void get_answer(struct visit *visit, const struct points_page *page, const struct row_node *next)
{
    Ots__GetTimeseriesDataResponse answer = OTS__GET_TIMESERIES_DATA_RESPONSE__INIT;
    read_answer_cost(visit, page->read_bytes);
    answer.rows_data = proto_bytes(points_page_bytes(page));
    answer.has_next_token = next != NULL;
    if (next != NULL)
        answer.next_token =
            proto_bytes(get_pack_token(series_id_time_us(row_index_key(next)), &visit->arena));
    proto_pack(&answer.base, &visit->answer);
}

static void get_run(struct visit *visit, struct series_get *get, int32_t limit)
{
    struct arena scratch;
    struct points_page page;
    arena_init(&scratch, GET_SCRATCH);
    points_page_init(&page, limit, &scratch);
    const struct row_node *node = get_first(get, &visit->arena);
    while (node != NULL && points_page_add(&page, &get->view, node))
        node = get_next(get);
    get_answer(visit, &page, node);
    points_page_fini(&page);
    arena_fini(&scratch);
}

int operation_get_timeseries_data(struct visit *visit)
{
    const Ots__GetTimeseriesDataRequest *request = visit->message;
    struct series_get get = {.forward = true};
    if (get_read(visit, request, &get) != 0)
        return -1;
    get.points = visit_points(visit, request->table_name);
    if (get.points == NULL)
        return -1;
    points_view_aim(&get.view, get.points, visit->ground->now_ms);
    get_run(visit, &get, request->has_limit ? request->limit : 0);
    return 0;
}
