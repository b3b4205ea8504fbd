/* change: from bytes to a row that is known to be well-formed (tablestore-protocol.md 2.3, 4.4, 4.6, 7). */
#include "emulator/change.h"

#include <math.h>

#include "base/error.h"
#include "emulator/filter.h"
#include "emulator/proto.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

static int change_read_row(struct slice plainbuffer, struct row *row, struct arena *arena,
                           struct refusal *refusal)
{
    struct plainbuffer_reader reader;
    struct row second;
    struct error err;
    if (plainbuffer_open(&reader, plainbuffer, arena, &err) != 0)
        return refusal_set(refusal, INVALID, "%s", err.text);
    int found = plainbuffer_next(&reader, row, &err);
    if (found == 0)
        return refusal_set(refusal, INVALID, "The row is missing.");
    if (found == 1)
        found = plainbuffer_next(&reader, &second, &err);
    if (found < 0)
        return refusal_set(refusal, INVALID, "%s", err.text);
    if (found == 1)
        return refusal_set(refusal, INVALID, "More than one row where one is expected.");
    return 0;
}

static int change_check_name(struct slice name, struct refusal *refusal)
{
    if (!limits_name(name))
        return refusal_set(refusal, INVALID, "Invalid column name: '%.*s'.", SLICE_ARG(name));
    return 0;
}

static bool change_has_bytes(const struct cell *cell)
{
    return cell->type == CELL_STRING || cell->type == CELL_BINARY;
}

/* As the service calls the types. */
static const char *change_type_name(enum cell_type type)
{
    static const char *const names[] = {"VT_INTEGER", "VT_DOUBLE",         "VT_BOOLEAN", "VT_STRING",
                                        "VT_BLOB",    "VT_AUTO_INCREMENT", "VT_INF_MIN", "VT_INF_MAX"};
    return names[type];
}

static int change_refuse_length(const char *kind, const struct cell *cell, int most, struct refusal *refusal)
{
    return refusal_set(refusal, INVALID,
                       "The length of %s column: '%.*s' exceeds the MaxLength:%d with CurrentLength:%zu.",
                       kind, SLICE_ARG(cell->name), most, cell->bytes.len);
}

static int change_check_key(const struct cell *key, bool placeholder, bool bounds, struct refusal *refusal)
{
    bool usual = key->type == CELL_INTEGER || change_has_bytes(key);
    bool bound = key->type == CELL_INF_MIN || key->type == CELL_INF_MAX;
    if (change_check_name(key->name, refusal) != 0)
        return -1;
    if (key->op != CELL_PUT || key->has_timestamp)
        return refusal_set(refusal, INVALID, "A primary key column has a name and a value only.");
    if (!usual && !(placeholder && key->type == CELL_AUTO_INCREMENT) && !(bounds && bound))
        return refusal_set(refusal, INVALID, "%s is an invalid type for the primary key.",
                           change_type_name(key->type));
    if (change_has_bytes(key) && key->bytes.len > LIMIT_KEY_BYTES)
        return change_refuse_length("primary key", key, LIMIT_KEY_BYTES, refusal);
    return 0;
}

static int change_check_keys(const struct row *row, bool placeholder, bool bounds, struct refusal *refusal)
{
    if (row->key_count == 0 || row->key_count > LIMIT_KEYS)
        return refusal_set(refusal, INVALID, "The number of primary key columns must be in range: [1, %d].",
                           LIMIT_KEYS);
    for (uint32_t i = 0; i < row->key_count; i++)
        if (change_check_key(&row->keys[i], placeholder, bounds, refusal) != 0)
            return -1;
    return 0;
}

/* [assumed] The service calls its strings UTF-8 and says nowhere that it looks; neither does this. */
static int change_check_value(const struct cell *cell, struct refusal *refusal)
{
    if (cell->type > CELL_BINARY)
        return refusal_set(refusal, INVALID, "Invalid type of column: '%.*s'.", SLICE_ARG(cell->name));
    if (cell->type == CELL_DOUBLE && !isfinite(cell->number))
        return refusal_set(refusal, INVALID, "The double of column '%.*s' is NaN or infinite.",
                           SLICE_ARG(cell->name));
    if (change_has_bytes(cell) && cell->bytes.len > LIMIT_VALUE_BYTES)
        return change_refuse_length("attribute", cell, LIMIT_VALUE_BYTES, refusal);
    if (cell->op == CELL_INCREMENT && cell->type != CELL_INTEGER)
        return refusal_set(refusal, INVALID, "Only an integer can be incremented: '%.*s'.",
                           SLICE_ARG(cell->name));
    return 0;
}

static int change_check_time(const struct cell *cell, struct refusal *refusal)
{
    if (cell->op == CELL_DELETE_ONE && !cell->has_timestamp)
        return refusal_set(refusal, INVALID, "Deleting one version needs its timestamp.");
    if ((cell->op == CELL_DELETE_ALL || cell->op == CELL_INCREMENT) && cell->has_timestamp)
        return refusal_set(refusal, INVALID, "This cell operation takes no timestamp.");
    if (cell->has_timestamp && (cell->timestamp_ms < 0 || cell->timestamp_ms >= INT64_MAX / 1000))
        return refusal_set(refusal, INVALID, "Timestamp must be in range [0, INT64_MAX/1000).");
    return 0;
}

static int change_check_cell(const struct row *row, const struct cell *cell, struct refusal *refusal)
{
    bool has_value = cell->op == CELL_PUT || cell->op == CELL_INCREMENT;
    if (change_check_name(cell->name, refusal) != 0)
        return -1;
    for (uint32_t i = 0; i < row->key_count; i++)
        if (slice_equal(row->keys[i].name, cell->name))
            return refusal_set(refusal, INVALID,
                               "The attribute column has the name of a primary key column: '%.*s'.",
                               SLICE_ARG(cell->name));
    if (row->op == ROW_PUT && cell->op != CELL_PUT)
        return refusal_set(refusal, INVALID, "PutRow takes no cell operation.");
    if (has_value && change_check_value(cell, refusal) != 0)
        return -1;
    return change_check_time(cell, refusal);
}

static int change_check_cells(const struct row *row, struct refusal *refusal)
{
    if (row->op == ROW_UPDATE && row->cell_count == 0)
        return refusal_set(refusal, INVALID, "No attribute column is specified to update the row.");
    if (row->op == ROW_DELETE && row->cell_count > 0)
        return refusal_set(refusal, INVALID, "DeleteRow takes no attribute column.");
    if (row->cell_count > LIMIT_CELLS)
        return refusal_set(
            refusal, INVALID,
            "The number of attribute columns exceeds the limit, limit count: %d, column count: %u.",
            LIMIT_CELLS, row->cell_count);
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (change_check_cell(row, &row->cells[i], refusal) != 0)
            return -1;
    return 0;
}

static size_t change_size(const struct row *row)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < row->key_count; i++)
        bytes += row_cells_size_of(&row->keys[i]);
    for (uint32_t i = 0; i < row->cell_count; i++) {
        const struct cell *cell = &row->cells[i];
        bool has_value = cell->op == CELL_PUT || cell->op == CELL_INCREMENT;
        bytes += has_value ? row_cells_size_of(cell) : cell->name.len;
        bytes += cell->op == CELL_PUT && cell->has_timestamp ? 8 : 0;
    }
    return bytes;
}

static int change_check_condition(struct change *change, const Ots__Condition *condition, struct arena *arena,
                                  struct refusal *refusal)
{
    if (condition == NULL)
        return 0;
    change->expect = (enum change_expect)condition->row_existence;
    if ((unsigned)condition->row_existence > CHANGE_NOT_EXISTS)
        return refusal_set(refusal, INVALID, "Invalid row existence expectation.");
    if (!condition->has_column_condition || condition->column_condition.len == 0)
        return 0;
    change->filter =
        filter_read(proto_slice(condition->column_condition), FILTER_OF_CONDITION, arena, refusal);
    return change->filter == NULL ? -1 : 0;
}

static int change_check_placeholder(const struct change *change, struct refusal *refusal)
{
    if (change->row.placeholder && change->expect != CHANGE_ANY)
        return refusal_set(refusal, INVALID,
                           "An auto-increment placeholder goes without an existence condition.");
    return 0;
}

static const struct cell *change_find_counter(const struct row *row, struct slice name)
{
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (row->cells[i].op == CELL_INCREMENT && slice_equal(row->cells[i].name, name))
            return &row->cells[i];
    return NULL;
}

/* [assumed] A column is counted once and not touched otherwise: in which order would it be? */
static int change_check_counters(const struct row *row, struct refusal *refusal)
{
    bool counts = false;
    for (uint32_t i = 0; i < row->cell_count; i++)
        counts |= row->cells[i].op == CELL_INCREMENT;
    for (uint32_t i = 0; counts && i < row->cell_count; i++) {
        const struct cell *counter = change_find_counter(row, row->cells[i].name);
        if (counter != NULL && counter != &row->cells[i])
            return refusal_set(refusal, INVALID, "The column to increment is in the row twice: '%.*s'.",
                               SLICE_ARG(counter->name));
    }
    return 0;
}

/* The official SDK's own tests have it so: only what was counted comes back, and names are for that alone. */
static int change_check_returns(const struct change *change, struct refusal *refusal)
{
    const Ots__ReturnContent *returns = change->returns;
    if (returns == NULL || !returns->has_return_type)
        return 0;
    if ((unsigned)returns->return_type > OTS__RETURN_TYPE__RT_AFTER_MODIFY)
        return refusal_set(refusal, INVALID, "Invalid return type: %d.", (int)returns->return_type);
    if (returns->return_type == OTS__RETURN_TYPE__RT_PK && returns->n_return_column_names > 0)
        return refusal_set(refusal, INVALID, "Columns are returned with RT_AFTER_MODIFY only.");
    for (size_t i = 0;
         returns->return_type == OTS__RETURN_TYPE__RT_AFTER_MODIFY && i < returns->n_return_column_names; i++)
        if (change_find_counter(&change->row, slice_text(returns->return_column_names[i])) == NULL)
            return refusal_set(refusal, INVALID, "The column to return is not incremented: '%s'.",
                               returns->return_column_names[i]);
    return 0;
}

/* The marker and the operation must say the same. */
static int change_check_marker(const struct row *row, enum row_op op, struct refusal *refusal)
{
    if (op == ROW_DELETE && row->op != ROW_DELETE)
        return refusal_set(refusal, INVALID, "The delete marker is missing.");
    if (op != ROW_DELETE && row->op == ROW_DELETE)
        return refusal_set(refusal, INVALID, "A delete marker is only for DeleteRow.");
    return 0;
}

static bool change_has_placeholder(const struct row *row)
{
    for (uint32_t i = 0; i < row->key_count; i++)
        if (row->keys[i].type == CELL_AUTO_INCREMENT)
            return true;
    return false;
}

int change_read(struct change *change, const struct change_source *source, struct arena *arena,
                struct refusal *refusal)
{
    struct row *row = &change->row;
    *change = (struct change){.table = source->table, .returns = source->returns};
    if (change_read_row(source->plainbuffer, row, arena, refusal) != 0 ||
        change_check_marker(row, source->op, refusal) != 0)
        return -1;
    row->op = source->op;
    row->placeholder = change_has_placeholder(row);
    if (change_check_keys(row, row->op == ROW_PUT, false, refusal) != 0 ||
        change_check_cells(row, refusal) != 0 || change_check_counters(row, refusal) != 0 ||
        change_check_returns(change, refusal) != 0)
        return -1;
    change->bytes = change_size(row);
    if (change->bytes > LIMIT_ROW_BYTES)
        return refusal_set(
            refusal, INVALID,
            "The total data size of the row exceeds the limit, limit size: %d, data size: %zu.",
            LIMIT_ROW_BYTES, change->bytes);
    if (!row->placeholder) {
        change->key = row_key_encode(row->keys, row->key_count, arena);
        change->key_hash = row_key_hash(change->table, change->key);
    }
    if (change_check_condition(change, source->condition, arena, refusal) != 0)
        return -1;
    return change_check_placeholder(change, refusal);
}

int change_read_key(struct slice plainbuffer, bool bounds, struct row *row, struct arena *arena,
                    struct refusal *refusal)
{
    if (change_read_row(plainbuffer, row, arena, refusal) != 0)
        return -1;
    if (row->op == ROW_DELETE || row->cell_count > 0)
        return refusal_set(refusal, INVALID, "A primary key of a read has key columns only.");
    return change_check_keys(row, false, bounds, refusal);
}

static int change_match_column(const struct cell *key, const struct store_column *column,
                               struct refusal *refusal)
{
    bool bound = key->type == CELL_INF_MIN || key->type == CELL_INF_MAX;
    bool given = key->type == CELL_AUTO_INCREMENT && column->auto_increment;
    if (!slice_equal(key->name, column->name))
        return refusal_set(refusal, "OTSInvalidPK", "Validate PK name fail. Input: %.*s, Meta: %.*s.",
                           SLICE_ARG(key->name), SLICE_ARG(column->name));
    if (!given && !bound && key->type != column->type)
        return refusal_set(refusal, "OTSInvalidPK", "Validate PK type fail. Input: %s, Meta: %s.",
                           change_type_name(key->type), change_type_name(column->type));
    return 0;
}

int change_match_partition(const struct row *row, const struct store_table *table, struct refusal *refusal)
{
    return change_match_column(&row->keys[0], &table->keys[0], refusal);
}

int change_match_key(const struct row *row, const struct store_table *table, struct refusal *refusal)
{
    if (row->key_count != table->key_count)
        return refusal_set(refusal, "OTSInvalidPK", "Validate PK size fail. Input: %u, Meta: %u.",
                           row->key_count, table->key_count);
    for (uint32_t i = 0; i < row->key_count; i++)
        if (change_match_column(&row->keys[i], &table->keys[i], refusal) != 0)
            return -1;
    return 0;
}

static int change_match_cell(const struct cell *cell, const struct store_table *table, int64_t now_ms,
                             struct refusal *refusal)
{
    bool has_value = cell->op == CELL_PUT || cell->op == CELL_INCREMENT;
    int64_t away_ms = cell->timestamp_ms > now_ms ? cell->timestamp_ms - now_ms : now_ms - cell->timestamp_ms;
    if (cell->op == CELL_PUT && cell->has_timestamp && away_ms > table->deviation_ms)
        return refusal_set(refusal, INVALID, "The timestamp %lld is too far from now.",
                           (long long)cell->timestamp_ms);
    for (uint32_t i = 0; has_value && i < table->defined_count; i++)
        if (slice_equal(table->defined[i].name, cell->name) && table->defined[i].type != cell->type)
            return refusal_set(refusal, INVALID, "The type of column '%.*s' is not the defined one.",
                               SLICE_ARG(cell->name));
    return 0;
}

int change_match(const struct change *change, const struct store_table *table, int64_t now_ms,
                 struct refusal *refusal)
{
    const struct row *row = &change->row;
    if (change_match_key(row, table, refusal) != 0)
        return -1;
    if (row->op == ROW_UPDATE && table->no_update) /* [assumed] the code */
        return refusal_set(refusal, INVALID, "The table does not allow UpdateRow: allow_update is false.");
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (change_match_cell(&row->cells[i], table, now_ms, refusal) != 0)
            return -1;
    return 0;
}

int32_t change_units(size_t bytes)
{
    size_t units = (bytes + LIMIT_CAPACITY_UNIT_BYTES - 1) / LIMIT_CAPACITY_UNIT_BYTES;
    return units == 0 ? 1 : (int32_t)units;
}
