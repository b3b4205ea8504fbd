/* row_line_cell: a cell of a line, [name, type, value] and at times a version, before anything is known of
 * the kind of row it stands in. */
#include <math.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/error.h"
#include "wire/row_line_private.h"

enum { NAME_SHOWN = 60 };

static const int64_t double_exact_most = 1LL << 53;

struct slice row_line_text(struct arena *arena, const struct json_value *value)
{
    if (!value->escaped)
        return value->text;
    char *to = arena_take(arena, value->text.len + 1);
    return slice_of(to, json_unescape(value->text, to));
}

bool row_line_is(const struct json_value *value, const char *text)
{
    return value->kind == JSON_STRING && slice_equal(value->text, slice_text(text));
}

int row_line_shown(struct slice name)
{
    return name.len > NAME_SHOWN ? NAME_SHOWN : (int)name.len;
}

int row_line_refuse(struct slice name, const char *what, struct error *err)
{
    return error_set(err, ERROR_RECORD, "%.*s: %s", row_line_shown(name), name.at, what);
}

static int cell_double(const struct json_value *value, struct cell *cell, struct error *err)
{
    if (value->kind == JSON_DOUBLE && isfinite(value->number))
        cell->number = value->number;
    else if (value->kind == JSON_INTEGER && value->integer >= -double_exact_most &&
             value->integer <= double_exact_most)
        cell->number = (double)value->integer;
    else if (row_line_is(value, "NaN"))
        cell->number = NAN;
    else if (row_line_is(value, "Infinity"))
        cell->number = INFINITY;
    else if (row_line_is(value, "-Infinity"))
        cell->number = -INFINITY;
    else
        return row_line_refuse(cell->name, "no number that a double holds", err);
    return 0;
}

static int cell_binary(const struct json_value *value, struct arena *arena, struct cell *cell,
                       struct error *err)
{
    if (value->kind != JSON_STRING)
        return row_line_refuse(cell->name, "a text in base64 was expected", err);
    struct slice text = row_line_text(arena, value);
    char *bytes = arena_take(arena, text.len + 1);
    ssize_t len = base64_decode(text, bytes);
    if (len < 0)
        return row_line_refuse(cell->name, "this is no base64", err);
    cell->bytes = slice_of(bytes, (size_t)len);
    return 0;
}

int row_line_integer(const struct json_value *value, struct cell *cell, struct error *err)
{
    if (value->kind != JSON_INTEGER)
        return row_line_refuse(cell->name, "an integer within 64 bits was expected", err);
    cell->integer = value->integer;
    return 0;
}

/* What stands as the type; `value` is filled in by its type. */
int row_line_value(const struct json_value *type, const struct json_value *value, struct arena *arena,
                   struct cell *cell, struct error *err)
{
    if (row_line_is(type, "integer")) {
        cell->type = CELL_INTEGER;
        return row_line_integer(value, cell, err);
    }
    if (row_line_is(type, "double")) {
        cell->type = CELL_DOUBLE;
        return cell_double(value, cell, err);
    }
    if (row_line_is(type, "binary")) {
        cell->type = CELL_BINARY;
        return cell_binary(value, arena, cell, err);
    }
    if (row_line_is(type, "boolean")) {
        cell->type = CELL_BOOLEAN;
        cell->boolean = value->kind == JSON_TRUE;
        return value->kind == JSON_TRUE || value->kind == JSON_FALSE
                   ? 0
                   : row_line_refuse(cell->name, "true or false was expected", err);
    }
    if (!row_line_is(type, "string"))
        return row_line_refuse(cell->name, "its type is not known", err);
    cell->type = CELL_STRING;
    if (value->kind != JSON_STRING)
        return row_line_refuse(cell->name, "a text was expected", err);
    cell->bytes = row_line_text(arena, value);
    return 0;
}

int row_line_split(const struct json_value *value, struct arena *arena, struct row_line_cell *parts,
                   struct cell *cell, struct error *err)
{
    struct json_fault fault = {0};
    parts->count =
        value->kind == JSON_ARRAY ? json_array(value->text, 0, parts->at, ROW_LINE_PARTS_MOST, &fault) : -1;
    if (parts->count < 3 || parts->at[0].kind != JSON_STRING)
        return error_set(err, ERROR_RECORD,
                         "a column is [name, type, value] or [name, type, value, version]");
    *cell = (struct cell){.name = row_line_text(arena, &parts->at[0])};
    return 0;
}

/* The elements of a list of cells; -1 when it is none or has more than `most`. */
int row_line_cells(const struct json_value *value, int most, struct json_value *cells)
{
    struct json_fault fault = {0};
    return value->kind == JSON_ARRAY ? json_array(value->text, 0, cells, most, &fault) : -1;
}
