/* row_line_read: a line of JSON from outside, back into a row. Unknown is never guessed: a type, an operation
 * or a member that is not known is an error, and so is a number that would have to be changed to fit. */
#include <math.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/error.h"
#include "base/json.h"
#include "wire/row_line.h"

enum {
    MEMBERS_MOST = 32,
    NAME_SHOWN = 60,
    CELL_PARTS_MOST = 4 /* name, type, value, version */
};

static const int64_t double_exact_most = 1LL << 53;

/* The members that are looked at. */
struct line_parts {
    struct json_value table, op, primary_key, columns, result, error;
    bool unanswered;
};

/* A cell as it stands in the line, before its type is known. */
struct cell_parts {
    struct json_value at[CELL_PARTS_MOST];
    int count;
};

static struct slice line_text(struct arena *arena, const struct json_value *value)
{
    if (!value->escaped)
        return value->text;
    char *to = arena_take(arena, value->text.len + 1);
    return slice_of(to, json_unescape(value->text, to));
}

static bool line_is(const struct json_value *value, const char *text)
{
    return value->kind == JSON_STRING && slice_equal(value->text, slice_text(text));
}

static int line_shown(struct slice name)
{
    return name.len > NAME_SHOWN ? NAME_SHOWN : (int)name.len;
}

static int cell_refuse(struct slice name, const char *what, struct error *err)
{
    return error_set(err, ERROR_RECORD, "%.*s: %s", line_shown(name), name.at, what);
}

static int cell_double(const struct json_value *value, struct cell *cell, struct error *err)
{
    if (value->kind == JSON_DOUBLE && isfinite(value->number))
        cell->number = value->number;
    else if (value->kind == JSON_INTEGER && value->integer >= -double_exact_most &&
             value->integer <= double_exact_most)
        cell->number = (double)value->integer;
    else if (line_is(value, "NaN"))
        cell->number = NAN;
    else if (line_is(value, "Infinity"))
        cell->number = INFINITY;
    else if (line_is(value, "-Infinity"))
        cell->number = -INFINITY;
    else
        return cell_refuse(cell->name, "no number that a double holds", err);
    return 0;
}

static int cell_binary(const struct json_value *value, struct arena *arena, struct cell *cell,
                       struct error *err)
{
    if (value->kind != JSON_STRING)
        return cell_refuse(cell->name, "a text in base64 was expected", err);
    struct slice text = line_text(arena, value);
    char *bytes = arena_take(arena, text.len + 1);
    ssize_t len = base64_decode(text, bytes);
    if (len < 0)
        return cell_refuse(cell->name, "this is no base64", err);
    cell->bytes = slice_of(bytes, (size_t)len);
    return 0;
}

static int cell_integer(const struct json_value *value, struct cell *cell, struct error *err)
{
    if (value->kind != JSON_INTEGER)
        return cell_refuse(cell->name, "an integer within 64 bits was expected", err);
    cell->integer = value->integer;
    return 0;
}

/* What stands as the type; `value` is filled in by its type. */
static int cell_value(const struct json_value *type, const struct json_value *value, struct arena *arena,
                      struct cell *cell, struct error *err)
{
    if (line_is(type, "integer")) {
        cell->type = CELL_INTEGER;
        return cell_integer(value, cell, err);
    }
    if (line_is(type, "double")) {
        cell->type = CELL_DOUBLE;
        return cell_double(value, cell, err);
    }
    if (line_is(type, "binary")) {
        cell->type = CELL_BINARY;
        return cell_binary(value, arena, cell, err);
    }
    if (line_is(type, "boolean")) {
        cell->type = CELL_BOOLEAN;
        cell->boolean = value->kind == JSON_TRUE;
        return value->kind == JSON_TRUE || value->kind == JSON_FALSE
                   ? 0
                   : cell_refuse(cell->name, "true or false was expected", err);
    }
    if (!line_is(type, "string"))
        return cell_refuse(cell->name, "its type is not known", err);
    cell->type = CELL_STRING;
    if (value->kind != JSON_STRING)
        return cell_refuse(cell->name, "a text was expected", err);
    cell->bytes = line_text(arena, value);
    return 0;
}

static int cell_version(const struct cell_parts *parts, struct cell *cell, struct error *err)
{
    cell->has_timestamp = parts->count == CELL_PARTS_MOST;
    if (!cell->has_timestamp)
        return 0;
    if (parts->at[3].kind != JSON_INTEGER || parts->at[3].integer < 0)
        return cell_refuse(cell->name, "a version is a number of milliseconds from 0 up", err);
    cell->timestamp_ms = parts->at[3].integer;
    return 0;
}

/* A deletion has a null for its value; of one version it has that, of all versions none. */
static int cell_deletion(const struct cell_parts *parts, enum cell_op op, struct cell *cell,
                         struct error *err)
{
    cell->op = op;
    if (parts->at[2].kind != JSON_NULL)
        return cell_refuse(cell->name, "a deletion has null for its value", err);
    if (cell->has_timestamp != (op == CELL_DELETE_ONE))
        return cell_refuse(cell->name, "delete_one needs a version, delete_all takes none", err);
    return 0;
}

/* A column; only an update may hold operations. */
static int cell_column(const struct cell_parts *parts, struct arena *arena, bool update, struct cell *cell,
                       struct error *err)
{
    const struct json_value *type = &parts->at[1];
    if (cell_version(parts, cell, err) != 0)
        return -1;
    if (update && line_is(type, "delete_all"))
        return cell_deletion(parts, CELL_DELETE_ALL, cell, err);
    if (update && line_is(type, "delete_one"))
        return cell_deletion(parts, CELL_DELETE_ONE, cell, err);
    if (update && line_is(type, "increment")) {
        cell->op = CELL_INCREMENT;
        cell->type = CELL_INTEGER;
        return cell->has_timestamp ? cell_refuse(cell->name, "an increment takes no version", err)
                                   : cell_integer(&parts->at[2], cell, err);
    }
    return cell_value(type, &parts->at[2], arena, cell, err);
}

static int cell_key(const struct cell_parts *parts, struct arena *arena, struct cell *cell, struct error *err)
{
    const struct json_value *type = &parts->at[1];
    if (parts->count == CELL_PARTS_MOST)
        return cell_refuse(cell->name, "a key column takes no version", err);
    if (line_is(type, "auto_increment")) {
        cell->type = CELL_AUTO_INCREMENT;
        return parts->at[2].kind == JSON_NULL
                   ? 0
                   : cell_refuse(cell->name, "auto_increment has null for its value", err);
    }
    if (line_is(type, "double") || line_is(type, "boolean"))
        return cell_refuse(cell->name, "a key column is string, integer or binary", err);
    return cell_value(type, &parts->at[2], arena, cell, err);
}

static int cell_split(const struct json_value *value, struct arena *arena, struct cell_parts *parts,
                      struct cell *cell, struct error *err)
{
    struct json_fault fault = {0};
    parts->count =
        value->kind == JSON_ARRAY ? json_array(value->text, 0, parts->at, CELL_PARTS_MOST, &fault) : -1;
    if (parts->count < 3 || parts->at[0].kind != JSON_STRING)
        return error_set(err, ERROR_RECORD,
                         "a column is [name, type, value] or [name, type, value, version]");
    *cell = (struct cell){.name = line_text(arena, &parts->at[0])};
    return 0;
}

/* The elements of a list of cells; -1 when it is none or has more than `most`. */
static int line_cells(const struct json_value *value, int most, struct json_value *cells)
{
    struct json_fault fault = {0};
    return value->kind == JSON_ARRAY ? json_array(value->text, 0, cells, most, &fault) : -1;
}

static int line_keys(const struct json_value *value, struct arena *arena, struct row *row, struct error *err)
{
    struct json_value found[ROW_LINE_KEYS_MOST];
    int count = line_cells(value, ROW_LINE_KEYS_MOST, found);
    if (count < 1)
        return error_set(err, ERROR_RECORD, "primary_key: a list of 1 to %d columns was expected",
                         ROW_LINE_KEYS_MOST);
    row->keys = arena_take(arena, (size_t)count * sizeof(*row->keys));
    row->key_count = (uint32_t)count;
    for (int i = 0; i < count; i++) {
        struct cell_parts parts = {.count = 0};
        if (cell_split(&found[i], arena, &parts, &row->keys[i], err) != 0 ||
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
    int count = line_cells(value, ROW_LINE_CELLS_MOST, found);
    if (count < 0)
        return error_set(err, ERROR_RECORD, "columns: a list of at most %d columns was expected",
                         ROW_LINE_CELLS_MOST);
    if (row->op == ROW_DELETE && count > 0)
        return error_set(err, ERROR_RECORD, "columns: a deletion of a row has none");
    row->cells = arena_take(arena, ((size_t)count + 1) * sizeof(*row->cells));
    row->cell_count = (uint32_t)count;
    for (int i = 0; i < count; i++) {
        struct cell_parts parts = {.count = 0};
        if (cell_split(&found[i], arena, &parts, &row->cells[i], err) != 0 ||
            cell_column(&parts, arena, row->op == ROW_UPDATE, &row->cells[i], err) != 0)
            return error_wrap(err, "columns");
    }
    return 0;
}

/* Of two members with one name the last counts, as everywhere. */
static int line_member(const struct json_member *member, struct line_parts *parts, struct error *err)
{
    static const char *const around[] = {"topic",   "partition", "offset", "seq",   "time_ms",
                                         "request", "reason",    "stage",  "column"};
    struct slice name = member->name;
    struct {
        const char *name;
        struct json_value *to;
    } wanted[] = {
        {"table", &parts->table},     {"op", &parts->op},         {"primary_key", &parts->primary_key},
        {"columns", &parts->columns}, {"result", &parts->result}, {"error", &parts->error}};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (slice_equal(name, slice_text(wanted[i].name))) {
            *wanted[i].to = member->value;
            return 0;
        }
    for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++)
        if (slice_equal(name, slice_text(around[i])))
            return 0;
    if (slice_equal(name, SLICE("event")) && line_is(&member->value, "unanswered")) {
        parts->unanswered = true;
        return 0;
    }
    return error_set(err, ERROR_RECORD, "\"%.*s\" is no member of a row", line_shown(name), name.at);
}

static bool line_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static int line_split(struct slice line, struct line_parts *parts, struct error *err)
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
        if (line_is(op, names[i])) {
            *to = (enum row_op)i;
            return 0;
        }
    return error_set(err, ERROR_RECORD, "op: \"put\", \"update\" or \"delete\" was expected");
}

/* `explain` could not make a row of its record: its words are the error. */
static int line_explained(const struct line_parts *parts, struct arena *arena, struct error *err)
{
    struct slice words =
        parts->error.kind == JSON_STRING ? line_text(arena, &parts->error) : SLICE("no reason");
    return error_set(err, ERROR_RECORD, "it was no row already: %.*s", words.len > 300 ? 300 : (int)words.len,
                     words.at);
}

int row_line_read(struct slice line, struct arena *arena, struct row_line *to, struct error *err)
{
    struct line_parts parts = {0};
    if (line_split(line, &parts, err) != 0)
        return -1;
    if (parts.unanswered || line_is(&parts.op, "skip") ||
        (parts.result.kind == JSON_STRING && !line_is(&parts.result, "ok")))
        return 0;
    if (line_is(&parts.op, "error"))
        return line_explained(&parts, arena, err);
    *to = (struct row_line){{NULL, 0}, {.op = ROW_PUT}};
    if (line_op(&parts.op, &to->row.op, err) != 0 ||
        line_keys(&parts.primary_key, arena, &to->row, err) != 0 ||
        line_columns(&parts.columns, arena, &to->row, err) != 0)
        return -1;
    if (parts.table.kind == JSON_STRING)
        to->table = line_text(arena, &parts.table);
    else if (parts.table.kind != JSON_NULL)
        return error_set(err, ERROR_RECORD, "table: a text was expected");
    return 1;
}
