/* row_line_read: a line of JSON from outside, back into a row. Unknown is never guessed: a type, an operation
 * or a member that is not known is an error, and so is a number that would have to be changed to fit. */
#include "base/arena.h"
#include "base/error.h"
#include "wire/row_line_private.h"

enum { MEMBERS_MOST = 32 };

static int cell_version(const struct row_line_cell *parts, struct cell *cell, struct error *err)
{
    cell->has_timestamp = parts->count == ROW_LINE_PARTS_MOST;
    if (!cell->has_timestamp)
        return 0;
    if (parts->at[3].kind != JSON_INTEGER || parts->at[3].integer < 0)
        return row_line_refuse(cell->name, "a version is a number of milliseconds from 0 up", err);
    cell->timestamp_ms = parts->at[3].integer;
    return 0;
}

/* A deletion has a null for its value; of one version it has that, of all versions none. */
static int cell_deletion(const struct row_line_cell *parts, enum cell_op op, struct cell *cell,
                         struct error *err)
{
    cell->op = op;
    if (parts->at[2].kind != JSON_NULL)
        return row_line_refuse(cell->name, "a deletion has null for its value", err);
    if (cell->has_timestamp != (op == CELL_DELETE_ONE))
        return row_line_refuse(cell->name, "delete_one needs a version, delete_all takes none", err);
    return 0;
}

/* A column; only an update may hold operations. */
static int cell_column(const struct row_line_cell *parts, struct arena *arena, bool update, struct cell *cell,
                       struct error *err)
{
    const struct json_value *type = &parts->at[1];
    if (cell_version(parts, cell, err) != 0)
        return -1;
    if (update && row_line_is(type, "delete_all"))
        return cell_deletion(parts, CELL_DELETE_ALL, cell, err);
    if (update && row_line_is(type, "delete_one"))
        return cell_deletion(parts, CELL_DELETE_ONE, cell, err);
    if (update && row_line_is(type, "increment")) {
        cell->op = CELL_INCREMENT;
        cell->type = CELL_INTEGER;
        return cell->has_timestamp ? row_line_refuse(cell->name, "an increment takes no version", err)
                                   : row_line_integer(&parts->at[2], cell, err);
    }
    return row_line_value(type, &parts->at[2], arena, cell, err);
}

static int cell_key(const struct row_line_cell *parts, struct arena *arena, struct cell *cell,
                    struct error *err)
{
    const struct json_value *type = &parts->at[1];
    if (parts->count == ROW_LINE_PARTS_MOST)
        return row_line_refuse(cell->name, "a key column takes no version", err);
    if (row_line_is(type, "auto_increment")) {
        cell->type = CELL_AUTO_INCREMENT;
        return parts->at[2].kind == JSON_NULL
                   ? 0
                   : row_line_refuse(cell->name, "auto_increment has null for its value", err);
    }
    if (row_line_is(type, "double") || row_line_is(type, "boolean"))
        return row_line_refuse(cell->name, "a key column is string, integer or binary", err);
    return row_line_value(type, &parts->at[2], arena, cell, err);
}

static int line_keys(const struct json_value *value, struct arena *arena, struct row *row, struct error *err)
{
    struct json_value found[ROW_LINE_KEYS_MOST];
    int count = row_line_cells(value, ROW_LINE_KEYS_MOST, found);
    if (count < 1)
        return error_set(err, ERROR_RECORD, "primary_key: a list of 1 to %d columns was expected",
                         ROW_LINE_KEYS_MOST);
    row->keys = arena_take(arena, (size_t)count * sizeof(*row->keys));
    row->key_count = (uint32_t)count;
    for (int i = 0; i < count; i++) {
        struct row_line_cell parts = {.count = 0};
        if (row_line_split(&found[i], arena, &parts, &row->keys[i], err) != 0 ||
            cell_key(&parts, arena, &row->keys[i], err) != 0)
            return error_wrap(err, "primary_key");
        row->placeholder |= row->keys[i].type == CELL_AUTO_INCREMENT;
    }
    return 0;
}

static int line_columns(const struct json_value *value, struct arena *arena, struct row *row,
                        struct error *err)
{
    if (value->kind == JSON_NULL)
        return 0;
    struct json_value *found = arena_take(arena, ROW_LINE_CELLS_MOST * sizeof(*found));
    int count = row_line_cells(value, ROW_LINE_CELLS_MOST, found);
    if (count < 0)
        return error_set(err, ERROR_RECORD, "columns: a list of at most %d columns was expected",
                         ROW_LINE_CELLS_MOST);
    if (row->op == ROW_DELETE && count > 0)
        return error_set(err, ERROR_RECORD, "columns: a deletion of a row has none");
    row->cells = arena_take(arena, ((size_t)count + 1) * sizeof(*row->cells));
    row->cell_count = (uint32_t)count;
    for (int i = 0; i < count; i++) {
        struct row_line_cell parts = {.count = 0};
        if (row_line_split(&found[i], arena, &parts, &row->cells[i], err) != 0 ||
            cell_column(&parts, arena, row->op == ROW_UPDATE, &row->cells[i], err) != 0)
            return error_wrap(err, "columns");
    }
    return 0;
}

/* Of two members with one name the last counts, as everywhere. */
static int line_member(const struct json_member *member, struct row_line_parts *parts, struct error *err)
{
    static const char *const around[] = {"topic",   "partition", "offset", "seq",   "time_ms",
                                         "request", "reason",    "stage",  "column"};
    struct slice name = member->name;
    struct slice of_both;
    struct {
        const char *name;
        struct json_value *to;
        struct slice *of;
    } wanted[] = {{"table", &parts->table, &of_both},
                  {"op", &parts->op, &of_both},
                  {"primary_key", &parts->primary_key, &parts->of_data},
                  {"columns", &parts->columns, &parts->of_data},
                  {"measurement", &parts->measurement, &parts->of_series},
                  {"data_source", &parts->data_source, &parts->of_series},
                  {"tags", &parts->tags, &parts->of_series},
                  {"time_us", &parts->time_us, &parts->of_series},
                  {"fields", &parts->fields, &parts->of_series},
                  {"result", &parts->result, &of_both},
                  {"error", &parts->error, &of_both}};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (slice_equal(name, slice_text(wanted[i].name))) {
            *wanted[i].to = member->value;
            *wanted[i].of = name;
            return 0;
        }
    for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++)
        if (slice_equal(name, slice_text(around[i])))
            return 0;
    if (slice_equal(name, SLICE("event")) && row_line_is(&member->value, "unanswered")) {
        parts->unanswered = true;
        return 0;
    }
    return error_set(err, ERROR_RECORD, "\"%.*s\" is no member of a row", row_line_shown(name), name.at);
}

static bool line_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static int line_split(struct slice line, struct row_line_parts *parts, struct error *err)
{
    struct json_member members[MEMBERS_MOST];
    struct json_fault fault = {0};
    size_t end = 0;
    int count = json_object_at(line, 0, members, MEMBERS_MOST, &end, &fault);
    if (count < 0)
        return error_set(err, ERROR_RECORD, "column %zu: no row in JSON: %s", fault.at + 1, fault.what);
    for (; end < line.len; end++)
        if (!line_is_blank(line.at[end]))
            return error_set(err, ERROR_RECORD, "column %zu: something follows the row", end + 1);
    for (int i = 0; i < count; i++)
        if (line_member(&members[i], parts, err) != 0)
            return -1;
    return 0;
}

static int line_op(const struct json_value *op, enum row_op *to, struct error *err)
{
    static const char *const names[] = {[ROW_PUT] = "put", [ROW_UPDATE] = "update", [ROW_DELETE] = "delete"};
    for (int i = ROW_PUT; i <= ROW_DELETE; i++)
        if (row_line_is(op, names[i])) {
            *to = (enum row_op)i;
            return 0;
        }
    return error_set(err, ERROR_RECORD, "op: \"put\", \"update\", \"delete\" or \"timeseries\" was expected");
}

/* `explain` could not make a row of its record: its words are the error. */
static int line_explained(const struct row_line_parts *parts, struct arena *arena, struct error *err)
{
    struct slice words =
        parts->error.kind == JSON_STRING ? row_line_text(arena, &parts->error) : SLICE("no reason");
    return error_set(err, ERROR_RECORD, "it was no row already: %.*s", words.len > 300 ? 300 : (int)words.len,
                     words.at);
}

static int line_stranger(struct slice name, const char *where, struct error *err)
{
    return error_set(err, ERROR_RECORD, "\"%.*s\" is no member of a row of a %s table", row_line_shown(name),
                     name.at, where);
}

static int line_series(const struct row_line_parts *parts, struct arena *arena, struct row *row,
                       struct error *err)
{
    if (parts->of_data.at != NULL)
        return line_stranger(parts->of_data, "time-series", err);
    return row_line_series(parts, arena, row, err);
}

static int line_data(const struct row_line_parts *parts, struct arena *arena, struct row *row,
                     struct error *err)
{
    if (line_op(&parts->op, &row->op, err) != 0)
        return -1;
    if (parts->of_series.at != NULL)
        return line_stranger(parts->of_series, "data", err);
    if (line_keys(&parts->primary_key, arena, row, err) != 0)
        return -1;
    return line_columns(&parts->columns, arena, row, err);
}

int row_line_read(struct slice line, struct arena *arena, struct row_line *to, struct error *err)
{
    struct row_line_parts parts = {0};
    if (line_split(line, &parts, err) != 0)
        return -1;
    if (parts.unanswered || row_line_is(&parts.op, "skip") ||
        (parts.result.kind == JSON_STRING && !row_line_is(&parts.result, "ok")))
        return 0;
    if (row_line_is(&parts.op, "error"))
        return line_explained(&parts, arena, err);
    *to = (struct row_line){.row = {.op = ROW_PUT}, .series = row_line_is(&parts.op, "timeseries")};
    if ((to->series ? line_series(&parts, arena, &to->row, err) : line_data(&parts, arena, &to->row, err)) !=
        0)
        return -1;
    if (parts.table.kind == JSON_STRING)
        to->table = row_line_text(arena, &parts.table);
    else if (parts.table.kind != JSON_NULL)
        return error_set(err, ERROR_RECORD, "table: a text was expected");
    return 1;
}
