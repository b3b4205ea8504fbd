/* read_ops: GetRow and GetRange. Filters, column ranges, tokens and transactions are refused by name. */
#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* What a reader wants of each row. */
struct read_view {
    char *const *columns;
    size_t column_count; /* 0: all */
    bool keeps_row;      /* a key column is named: the row is given even without any of the columns */
    uint32_t max_versions;
    int64_t from_ms;  /* versions from here ... */
    int64_t until_ms; /* ... to before here */
};

static int read_time(struct visit *visit, const Ots__TimeRange *range, struct read_view *view)
{
    view->from_ms = 0;
    view->until_ms = INT64_MAX;
    if (range == NULL)
        return 0;
    if (range->has_specific_time && (range->has_start_time || range->has_end_time))
        return refusal_set(&visit->refusal, INVALID,
                           "A time range has a specific time or a start and an end.");
    if (range->has_specific_time) {
        view->from_ms = range->specific_time;
        view->until_ms = range->specific_time == INT64_MAX ? INT64_MAX : range->specific_time + 1;
    } else {
        view->from_ms = range->start_time;
        view->until_ms = range->end_time;
    }
    if (view->from_ms < 0 || view->from_ms >= view->until_ms)
        return refusal_set(&visit->refusal, INVALID, "Invalid time range: [%lld, %lld).",
                           (long long)view->from_ms, (long long)view->until_ms);
    return 0;
}

static int read_versions(struct visit *visit, const Ots__TimeRange *range, bool given, int32_t most,
                         struct read_view *view)
{
    if (!given && range == NULL)
        return refusal_set(&visit->refusal, INVALID, "No version condition is specified while querying row.");
    if (given && most < 1)
        return refusal_set(&visit->refusal, INVALID, "Invalid max versions: %d.", most);
    view->max_versions = given ? (uint32_t)most : UINT32_MAX;
    return read_time(visit, range, view);
}

static int read_columns(struct visit *visit, char *const *names, size_t count, struct read_view *view)
{
    if (count > LIMIT_COLUMNS_TO_GET)
        return refusal_set(&visit->refusal, INVALID, "The number of columns to get exceeds the limit: %d.",
                           LIMIT_COLUMNS_TO_GET);
    for (size_t i = 0; i < count; i++)
        if (!limits_name(slice_text(names[i])))
            return refusal_set(&visit->refusal, INVALID, "Invalid column name: '%s'.", names[i]);
    view->columns = names;
    view->column_count = count;
    return 0;
}

static int read_refuse(struct visit *visit, const char *what)
{
    return refusal_set(&visit->refusal, INVALID, "This emulator does not know %s in reads.", what);
}

static bool read_names(const struct read_view *view, struct slice name)
{
    for (size_t i = 0; i < view->column_count; i++)
        if (slice_equal(slice_text(view->columns[i]), name))
            return true;
    return view->column_count == 0;
}

static void read_note_keys(const struct store_table *table, struct read_view *view)
{
    for (uint32_t i = 0; view->column_count > 0 && i < table->key_count; i++)
        if (read_names(view, table->keys[i].name))
            view->keeps_row = true;
}

static void read_cells(const struct row_node *node, const struct read_view *view, struct row *row,
                       struct arena *arena)
{
    struct slice packed = row_index_cells(node);
    uint32_t count = row_cells_count(packed);
    uint32_t versions = 0;
    struct cell *cells = arena_take(arena, count * sizeof(cells[0]));
    row_cells_unpack(packed, cells);
    row->cells = cells;
    for (uint32_t i = 0; i < count; i++) {
        struct cell cell = cells[i];
        bool in_time = cell.timestamp_ms >= view->from_ms && cell.timestamp_ms < view->until_ms;
        if (!in_time || !read_names(view, cell.name))
            continue;
        bool again = row->cell_count > 0 && slice_equal(cells[row->cell_count - 1].name, cell.name);
        versions = again ? versions + 1 : 1;
        if (versions <= view->max_versions)
            cells[row->cell_count++] = cell;
    }
}

static void read_key(const struct row_node *node, const struct store_table *table, struct row *row,
                     struct arena *arena)
{
    row->key_count = table->key_count;
    row->keys = arena_take(arena, table->key_count * sizeof(row->keys[0]));
    for (uint32_t i = 0; i < table->key_count; i++)
        row->keys[i] = (struct cell){.name = table->keys[i].name};
    row_key_decode(row_index_key(node), row->keys, table->key_count, arena);
}

/* False: the row has none of the columns that were asked for. */
static bool read_row(const struct row_node *node, const struct store_table *table,
                     const struct read_view *view, struct row *row, struct arena *arena)
{
    *row = (struct row){.op = ROW_PUT};
    read_cells(node, view, row, arena);
    if (row->cell_count == 0 && view->column_count > 0 && !view->keeps_row)
        return false;
    read_key(node, table, row, arena);
    return true;
}

static size_t read_size(const struct row *row)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < row->key_count; i++)
        bytes += row_cells_size_of(&row->keys[i]);
    for (uint32_t i = 0; i < row->cell_count; i++)
        bytes += row_cells_size_of(&row->cells[i]);
    return bytes;
}

static struct slice read_pack(const struct row *row, struct arena *arena)
{
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(arena, bytes);
    CHECK(plainbuffer_put(row, at) == at + bytes);
    return slice_of(at, bytes);
}

struct read_cost {
    Ots__CapacityUnit unit;
    Ots__ConsumedCapacity consumed;
};

static void read_fill_cost(struct visit *visit, struct read_cost *cost, size_t bytes)
{
    ots__capacity_unit__init(&cost->unit);
    ots__consumed_capacity__init(&cost->consumed);
    cost->unit.has_read = true;
    cost->unit.read = change_units(bytes);
    cost->unit.has_write = true;
    cost->consumed.capacity_unit = &cost->unit;
    visit->read_units += cost->unit.read;
}

static int get_row_check(struct visit *visit, const Ots__GetRowRequest *request, struct read_view *view)
{
    if (request->has_filter && request->filter.len > 0)
        return read_refuse(visit, "filters");
    if (request->start_column != NULL || request->end_column != NULL)
        return read_refuse(visit, "column ranges");
    if (request->has_token && request->token.len > 0)
        return read_refuse(visit, "tokens");
    if (request->transaction_id != NULL)
        return read_refuse(visit, "local transactions");
    if (read_columns(visit, request->columns_to_get, request->n_columns_to_get, view) != 0)
        return -1;
    return read_versions(visit, request->time_range, request->has_max_versions, request->max_versions, view);
}

static void get_row_answer(struct visit *visit, const struct row *row)
{
    Ots__GetRowResponse answer = OTS__GET_ROW_RESPONSE__INIT;
    struct read_cost cost;
    read_fill_cost(visit, &cost, row == NULL ? 0 : read_size(row));
    answer.consumed = &cost.consumed;
    answer.row = proto_bytes(row == NULL ? SLICE("") : read_pack(row, &visit->arena));
    proto_pack(&answer.base, &visit->answer);
}

int operation_get_row(struct visit *visit)
{
    const Ots__GetRowRequest *request = visit->message;
    struct read_view view = {.columns = NULL};
    struct row asked;
    struct row found;
    if (get_row_check(visit, request, &view) != 0 ||
        change_read_key(proto_slice(request->primary_key), false, &asked, &visit->arena, &visit->refusal) !=
            0)
        return -1;
    struct store_table *table = visit_table(visit, request->table_name);
    if (table == NULL || change_match_key(&asked, table, &visit->refusal) != 0)
        return -1;
    read_note_keys(table, &view);
    struct slice key = row_key_encode(asked.keys, asked.key_count, &visit->arena);
    const struct row_node *node = row_index_find(&table->rows, key);
    bool given = node != NULL && read_row(node, table, &view, &found, &visit->arena);
    get_row_answer(visit, given ? &found : NULL);
    return 0;
}

/* A range under way: where it is, where it ends, what it has found. */
struct read_range {
    struct store_table *table;
    struct read_view view;
    bool forward;
    uint32_t limit;
    struct row_cursor cursor;
    struct row first; /* where it begins, as it was sent */
    struct row last;
    struct slice start; /* the same, encoded */
    struct slice end;
    struct buffer rows; /* PlainBuffer under one header */
    size_t bytes;       /* of rows, as the service counts sizes */
    uint32_t count;
};

static int range_check(struct visit *visit, const Ots__GetRangeRequest *request, struct read_range *range)
{
    if (request->has_filter && request->filter.len > 0)
        return read_refuse(visit, "filters");
    if (request->start_column != NULL || request->end_column != NULL)
        return read_refuse(visit, "column ranges");
    if (request->has_token && request->token.len > 0)
        return read_refuse(visit, "tokens");
    if (request->transaction_id != NULL)
        return read_refuse(visit, "local transactions");
    if ((unsigned)request->direction > OTS__DIRECTION__BACKWARD)
        return refusal_set(&visit->refusal, INVALID, "Invalid direction.");
    if (request->has_limit && request->limit < 1)
        return refusal_set(&visit->refusal, INVALID, "The limit must be greater than 0.");
    range->forward = request->direction == OTS__DIRECTION__FORWARD;
    range->limit =
        request->has_limit && request->limit < LIMIT_RANGE_ROWS ? (uint32_t)request->limit : LIMIT_RANGE_ROWS;
    if (read_columns(visit, request->columns_to_get, request->n_columns_to_get, &range->view) != 0)
        return -1;
    return read_versions(visit, request->time_range, request->has_max_versions, request->max_versions,
                         &range->view);
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
        return refusal_set(&visit->refusal, INVALID, "Begin key must be %s than end key in %s.",
                           range->forward ? "less" : "greater", range->forward ? "FORWARD" : "BACKWARD");
    return 0;
}

/* NULL when the node is past the end. */
static struct row_node *range_within(const struct read_range *range, struct row_node *node)
{
    if (node == NULL)
        return NULL;
    int order = slice_compare(row_index_key(node), range->end);
    return (range->forward ? order < 0 : order > 0) ? node : NULL;
}

static struct row_node *range_first(struct read_range *range)
{
    const struct row_index *rows = &range->table->rows;
    return range_within(range, range->forward ? row_index_at_least(rows, range->start, &range->cursor)
                                              : row_index_at_most(rows, range->start, &range->cursor));
}

static struct row_node *range_next(struct read_range *range)
{
    const struct row_index *rows = &range->table->rows;
    return range_within(range, range->forward ? row_index_next(rows, &range->cursor)
                                              : row_index_prev(rows, &range->cursor));
}

/* False: the answer is full and the row is not in it. The first row always fits. */
static bool range_add(struct read_range *range, const struct row *row)
{
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
    range->bytes += read_size(row);
    range->count++;
    return true;
}

/* Answers the node to go on from, NULL when the range is finished. Rows without the columns asked for count
 * as read. */
static struct row_node *range_run(struct read_range *range, struct arena *scratch)
{
    struct row_node *node = range_first(range);
    for (uint32_t seen = 0; node != NULL && seen < LIMIT_RANGE_ROWS && range->count < range->limit; seen++) {
        struct row row;
        arena_reset(scratch);
        if (read_row(node, range->table, &range->view, &row, scratch) && !range_add(range, &row))
            break;
        node = range_next(range);
    }
    return node;
}

static void range_answer(struct visit *visit, const struct read_range *range, const struct row_node *next)
{
    Ots__GetRangeResponse answer = OTS__GET_RANGE_RESPONSE__INIT;
    struct read_cost cost;
    read_fill_cost(visit, &cost, range->bytes);
    answer.consumed = &cost.consumed;
    answer.rows = proto_bytes(range->count == 0 ? SLICE("") : buffer_slice(&range->rows));
    answer.has_data_block_type = true;
    answer.has_compress_type = true;
    if (next != NULL) {
        struct row row = {.op = ROW_PUT};
        read_key(next, range->table, &row, &visit->arena);
        answer.has_next_start_primary_key = true;
        answer.next_start_primary_key = proto_bytes(read_pack(&row, &visit->arena));
    }
    proto_pack(&answer.base, &visit->answer);
}

static void range_read(struct visit *visit, struct read_range *range)
{
    struct arena scratch;
    arena_init(&scratch, (size_t)64 * 1024);
    buffer_init(&range->rows, (size_t)16 * LIMIT_RANGE_BYTES);
    const struct row_node *next = range_run(range, &scratch);
    range_answer(visit, range, next);
    buffer_fini(&range->rows);
    arena_fini(&scratch);
}

int operation_get_range(struct visit *visit)
{
    const Ots__GetRangeRequest *request = visit->message;
    struct read_range range = {.count = 0};
    if (range_check(visit, request, &range) != 0 || range_read_bounds(visit, request, &range) != 0)
        return -1;
    range.table = visit_table(visit, request->table_name);
    if (range.table == NULL || range_match_bounds(visit, &range) != 0)
        return -1;
    read_note_keys(range.table, &range.view);
    range_read(visit, &range);
    return 0;
}
