/* operation_range: GetRange, both ways, a page at a time. */
#include "base/check.h"
#include "emulator/change.h"
#include "emulator/filter.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/read_answer.h"
#include "emulator/read_token.h"
#include "emulator/read_view.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

enum { RANGE_SCRATCH = 64 * 1024, RANGE_MEMORY_MOST = 16 * LIMIT_RANGE_BYTES };

/* A range under way: where it is, where it ends, what it has found. */
struct read_range {
    const struct store_table *table;
    struct read_view view;
    bool forward;
    uint32_t limit;
    struct read_token token; /* of the row at the start */
    struct row_cursor cursor;
    struct row first; /* where it begins, as it was sent */
    struct row last;
    struct slice start; /* the same, encoded */
    struct slice end;
    struct buffer rows;      /* PlainBuffer under one header */
    struct slice next_token; /* at NULL: the last row is whole */
    size_t read_bytes;       /* of rows given or not, as the service counts sizes */
    uint32_t count;          /* rows given */
};

static int range_check(struct visit *visit, const Ots__GetRangeRequest *request, struct read_range *range)
{
    struct read_wishes wishes = {.columns = request->columns_to_get,
                                 .column_count = request->n_columns_to_get,
                                 .time_range = request->time_range,
                                 .has_max_versions = request->has_max_versions,
                                 .max_versions = request->max_versions,
                                 .filter = proto_slice(request->filter),
                                 .start_column = request->start_column,
                                 .end_column = request->end_column};
    if ((unsigned)request->direction > OTS__DIRECTION__BACKWARD)
        return refusal_set(&visit->refusal, INVALID, "Invalid direction.");
    if (request->has_limit && request->limit < 1)
        return refusal_set(&visit->refusal, INVALID, "The limit must be greater than 0.");
    range->forward = request->direction == OTS__DIRECTION__FORWARD;
    range->limit =
        request->has_limit && request->limit < LIMIT_RANGE_ROWS ? (uint32_t)request->limit : LIMIT_RANGE_ROWS;
    if (read_token_read(proto_slice(request->token), &range->token, &visit->refusal) != 0)
        return -1;
    return read_view_make(&range->view, &wishes, &visit->arena, &visit->refusal);
}

static int range_read_bounds(struct visit *visit, const Ots__GetRangeRequest *request,
                             struct read_range *range)
{
    if (change_read_key(proto_slice(request->inclusive_start_primary_key), true, &range->first, &visit->arena,
                        &visit->refusal) != 0)
        return -1;
    return change_read_key(proto_slice(request->exclusive_end_primary_key), true, &range->last, &visit->arena,
                           &visit->refusal);
}

static int range_match_bounds(struct visit *visit, struct read_range *range)
{
    if (change_match_key(&range->first, range->table, &visit->refusal) != 0 ||
        change_match_key(&range->last, range->table, &visit->refusal) != 0)
        return -1;
    range->start = row_key_encode(range->first.keys, range->first.key_count, &visit->arena);
    range->end = row_key_encode(range->last.keys, range->last.key_count, &visit->arena);
    int order = slice_compare(range->start, range->end);
    if (range->forward ? order >= 0 : order <= 0)
        return refusal_set(&visit->refusal, INVALID, "Begin key must %s than end key in %s",
                           range->forward ? "less" : "more", range->forward ? "FORWARD" : "BACKWARD");
    return 0;
}

/* NULL when the node is past the end. */
static const struct row_node *range_within(const struct read_range *range, const struct row_node *node)
{
    if (node == NULL)
        return NULL;
    int order = slice_compare(row_index_key(node), range->end);
    return (range->forward ? order < 0 : order > 0) ? node : NULL;
}

static const struct row_node *range_first(struct read_range *range)
{
    const struct row_index *rows = &range->table->rows;
    const struct row_node *node =
        range_within(range, range->forward ? row_index_at_least(rows, range->start, &range->cursor)
                                           : row_index_at_most(rows, range->start, &range->cursor));
    if (node == NULL || !slice_equal(row_index_key(node), range->start))
        range->token.name.at = NULL; /* the row it was made for is gone */
    return node;
}

static const struct row_node *range_next(struct read_range *range)
{
    const struct row_index *rows = &range->table->rows;
    range->token.name.at = NULL;
    return range_within(range, range->forward ? row_index_next(rows, &range->cursor)
                                              : row_index_prev(rows, &range->cursor));
}

/* False: the page is full and the row is not on it. The first row always is, or as much of it as fits. */
static bool range_add(struct visit *visit, struct read_range *range, struct row *row)
{
    read_token_skip(&range->token, row);
    if (range->count == 0)
        range->next_token = read_token_cut(row, LIMIT_RANGE_BYTES, &visit->arena);
    size_t bytes = plainbuffer_row_size(row);
    if (range->count > 0 && range->rows.len + bytes > LIMIT_RANGE_BYTES)
        return false;
    size_t header = range->count == 0 ? 4 : 0;
    char *at = buffer_reserve(&range->rows, header + bytes);
    CHECK(at != NULL);
    if (header > 0)
        at = plainbuffer_put_header(at);
    CHECK(plainbuffer_put_row(row, at) == at + bytes);
    range->rows.len += header + bytes;
    range->count++;
    return true;
}

/* The page has no room for another row, read or given. */
static bool range_is_full(const struct read_range *range, uint32_t seen)
{
    bool slow = range->view.filter != NULL && filter_cost(range->view.filter) > FILTER_COST_MOST / 2;
    return seen == LIMIT_RANGE_ROWS || range->count == range->limit || range->next_token.at != NULL || slow;
}

/* Answers the node to go on from, NULL when the range is finished. Rows that are not given count as read. */
static const struct row_node *range_run(struct visit *visit, struct read_range *range, struct arena *scratch)
{
    const struct row_node *node = range_first(range);
    for (uint32_t seen = 0; node != NULL && !range_is_full(range, seen); seen++) {
        struct row row;
        size_t bytes;
        arena_reset(scratch);
        bool given = read_view_row(&range->view, node, &row, &bytes, scratch);
        if (seen > 0 && range->read_bytes + bytes > LIMIT_RANGE_BYTES)
            break;
        if (given && !range_add(visit, range, &row))
            break;
        range->read_bytes += bytes;
        if (range->next_token.at == NULL)
            node = range_next(range);
    }
    return node;
}

static void range_answer(struct visit *visit, const struct read_range *range, const struct row_node *next)
{
    Ots__GetRangeResponse answer = OTS__GET_RANGE_RESPONSE__INIT;
    answer.consumed = read_answer_cost(visit, range->read_bytes);
    answer.rows = proto_bytes(range->count == 0 ? SLICE("") : buffer_slice(&range->rows));
    answer.has_data_block_type = true;
    answer.has_compress_type = true;
    answer.has_next_token = range->next_token.at != NULL;
    answer.next_token = proto_bytes(range->next_token);
    if (next != NULL) {
        struct row row = {.op = ROW_PUT};
        read_view_key(range->table, next, &row, &visit->arena);
        answer.has_next_start_primary_key = true;
        answer.next_start_primary_key = proto_bytes(read_answer_pack(visit, &row));
    }
    proto_pack(&answer.base, &visit->answer);
}

static void range_read(struct visit *visit, struct read_range *range)
{
    struct arena scratch;
    arena_init(&scratch, RANGE_SCRATCH);
    buffer_init(&range->rows, RANGE_MEMORY_MOST);
    const struct row_node *next = range_run(visit, range, &scratch);
    range_answer(visit, range, next);
    buffer_fini(&range->rows);
    arena_fini(&scratch);
}

/* [assumed] cache_blocks, the type hints and return_entire_primary_keys are hints: answers are PlainBuffer
 * with whole keys. */
int operation_get_range(struct visit *visit)
{
    const Ots__GetRangeRequest *request = visit->message;
    struct read_range range = {.count = 0};
    if (range_check(visit, request, &range) != 0 || range_read_bounds(visit, request, &range) != 0)
        return -1;
    struct store_table *table = visit_table(visit, request->table_name);
    range.table = table;
    if (table == NULL || range_match_bounds(visit, &range) != 0 ||
        visit_join(visit, request->transaction_id) != 0 ||
        visit_lend_range(visit, table, &range.first, &range.last) != 0)
        return -1;
    read_view_aim(&range.view, range.table, visit->ground->now_ms);
    range_read(visit, &range);
    return 0;
}
