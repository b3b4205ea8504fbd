/* row_line: one row as members of a JSON object. */
#include "wire/row_line.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/json.h"
#include "record/series.h"

static const char *op_name(enum row_op op)
{
    switch (op) {
    case ROW_PUT:
        return "put";
    case ROW_UPDATE:
        return "update";
    case ROW_DELETE:
        break;
    }
    return "delete";
}

/* What stands as the type: of a value, or of an operation that is not a put. */
static const char *type_name(const struct cell *cell)
{
    static const char *const types[] = {
        [CELL_INTEGER] = "integer", [CELL_DOUBLE] = "double",  [CELL_BOOLEAN] = "boolean",
        [CELL_STRING] = "string",   [CELL_BINARY] = "binary",  [CELL_AUTO_INCREMENT] = "auto_increment",
        [CELL_INF_MIN] = "inf_min", [CELL_INF_MAX] = "inf_max"};
    static const char *const ops[] = {
        [CELL_DELETE_ALL] = "delete_all", [CELL_DELETE_ONE] = "delete_one", [CELL_INCREMENT] = "increment"};
    return cell->op == CELL_PUT ? types[cell->type] : ops[cell->op];
}

static void put_text(struct buffer *to, const char *text)
{
    buffer_add(to, text, strlen(text));
}

static void put_base64(struct buffer *to, struct slice bytes)
{
    size_t len = (bytes.len + 2) / 3 * 4;
    put_text(to, "\"");
    char *at = buffer_reserve(to, len + 1);
    if (at != NULL)
        to->len += base64_encode(bytes, at);
    put_text(to, "\"");
}

static void put_value(struct buffer *to, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INTEGER:
        json_put_integer(to, cell->integer);
        return;
    case CELL_DOUBLE:
        json_put_double(to, cell->number);
        return;
    case CELL_BOOLEAN:
        put_text(to, cell->boolean ? "true" : "false");
        return;
    case CELL_STRING:
        json_put_string(to, cell->bytes);
        return;
    case CELL_BINARY:
        put_base64(to, cell->bytes);
        return;
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    put_text(to, "null");
}

static void put_cell(struct buffer *to, const struct cell *cell)
{
    bool has_value = cell->op == CELL_PUT || cell->op == CELL_INCREMENT;
    put_text(to, "[");
    json_put_string(to, cell->name);
    put_text(to, ",\"");
    put_text(to, type_name(cell));
    put_text(to, "\",");
    if (has_value)
        put_value(to, cell);
    else
        put_text(to, "null");
    if (cell->has_timestamp) {
        put_text(to, ",");
        json_put_integer(to, cell->timestamp_ms);
    }
    put_text(to, "]");
}

static void put_cells(struct buffer *to, const char *member, const struct cell *cells, uint32_t count)
{
    put_text(to, member);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            put_text(to, ",");
        put_cell(to, &cells[i]);
    }
    put_text(to, "]");
}

void row_line_put_key(struct buffer *to, const struct row *row)
{
    put_cells(to, "[", row->keys, row->key_count);
}

void row_line_put(struct buffer *to, struct slice table, const struct row *row)
{
    put_text(to, "\"table\":");
    json_put_string(to, table);
    put_text(to, ",\"op\":\"");
    put_text(to, op_name(row->op));
    put_cells(to, "\",\"primary_key\":[", row->keys, row->key_count);
    put_cells(to, ",\"columns\":[", row->cells, row->op == ROW_DELETE ? 0 : row->cell_count);
}

static void put_tags(struct buffer *to, const struct cell *tags, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put_text(to, i > 0 ? ",[" : "[");
        json_put_string(to, tags[i].name);
        put_text(to, ",");
        json_put_string(to, tags[i].bytes);
        put_text(to, "]");
    }
}

void row_line_put_series(struct buffer *to, struct slice table, const struct row *row)
{
    put_text(to, "\"table\":");
    json_put_string(to, table);
    put_text(to, ",\"op\":\"timeseries\",\"measurement\":");
    json_put_string(to, row->keys[SERIES_MEASUREMENT].bytes);
    put_text(to, ",\"data_source\":");
    json_put_string(to, row->keys[SERIES_SOURCE].bytes);
    put_text(to, ",\"tags\":[");
    put_tags(to, &row->keys[SERIES_TAGS], series_tag_count(row));
    put_text(to, "],\"time_us\":");
    json_put_integer(to, series_time_us(row));
    put_cells(to, ",\"fields\":[", row->cells, row->cell_count);
}
