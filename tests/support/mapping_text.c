/* mapping_text: see the header. */
#include "support/mapping_text.h"

#include "base/number.h"
#include "record/series.h"

static void text_hex(struct buffer *to, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        buffer_print(to, "%02x", (unsigned)(unsigned char)bytes.at[i]);
}

static void text_double(struct buffer *to, double number)
{
    char text[40];
    buffer_add(to, text, number_print_double(number, text));
}

static void text_field_value(struct buffer *to, const struct value_field *field)
{
    if (field->is_null)
        buffer_print(to, "null");
    else if (field->type >= VALUE_INT8 && field->type <= VALUE_INT64)
        buffer_print(to, "%lld", (long long)field->integer);
    else if (field->type == VALUE_FLOAT32 || field->type == VALUE_FLOAT64)
        text_double(to, field->number);
    else if (field->type == VALUE_BOOLEAN)
        buffer_print(to, field->boolean ? "true" : "false");
    else if (field->type == VALUE_BYTES && !field->decimal)
        text_hex(to, field->text);
    else
        buffer_add_slice(to, field->text);
}

static void text_field(struct buffer *to, const struct value_field *field)
{
    static const char *const names[] = {"untyped", "int8",   "int16", "int32", "int64", "float",  "double",
                                        "boolean", "string", "bytes", "array", "map",   "struct", "big"};
    if (field->name.at != NULL)
        buffer_print(to, "%.*s:", SLICE_ARG(field->name));
    buffer_print(to, "%s=", field->decimal ? "decimal" : names[field->type]);
    text_field_value(to, field);
}

const char *mapping_text_value(struct buffer *to, const struct value *value)
{
    static const char *const shapes[] = {"none", "struct", "map", "scalar"};
    to->len = 0;
    buffer_print(to, "%s%s", value->schemaless ? "schemaless " : "", shapes[value->shape]);
    for (uint32_t i = 0; i < value->count && value->shape != SHAPE_NONE; i++) {
        buffer_print(to, i == 0 ? "{" : " ");
        text_field(to, &value->fields[i]);
    }
    if (value->shape != SHAPE_NONE)
        buffer_print(to, value->count == 0 ? "{}" : "}");
    buffer_add(to, "", 1);
    return to->at;
}

static void text_cell_value(struct buffer *to, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INTEGER:
        buffer_print(to, "i%lld", (long long)cell->integer);
        return;
    case CELL_DOUBLE:
        buffer_print(to, "d");
        text_double(to, cell->number);
        return;
    case CELL_BOOLEAN:
        buffer_print(to, "b%s", cell->boolean ? "true" : "false");
        return;
    case CELL_STRING:
        buffer_print(to, "s\"%.*s\"", SLICE_ARG(cell->bytes));
        return;
    case CELL_BINARY:
        buffer_print(to, "x");
        text_hex(to, cell->bytes);
        return;
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    buffer_print(to, "auto");
}

static void text_cell(struct buffer *to, const struct cell *cell)
{
    buffer_print(to, " %.*s=", SLICE_ARG(cell->name));
    if (cell->op == CELL_DELETE_ALL)
        buffer_print(to, "del");
    else
        text_cell_value(to, cell);
}

const char *mapping_text_row(struct buffer *to, const struct row *row)
{
    static const char *const ops[] = {"", "put", "update", "delete"};
    to->len = 0;
    buffer_print(to, "%s", ops[row->op]);
    for (uint32_t i = 0; i < row->key_count; i++)
        text_cell(to, &row->keys[i]);
    buffer_print(to, " |");
    for (uint32_t i = 0; i < row->cell_count; i++)
        text_cell(to, &row->cells[i]);
    buffer_add(to, "", 1);
    return to->at;
}

const char *mapping_text_series(struct buffer *to, const struct row *row)
{
    to->len = 0;
    buffer_print(to, "%.*s ", SLICE_ARG(row->keys[SERIES_MEASUREMENT].bytes));
    buffer_print(to, "\"%.*s\" {", SLICE_ARG(row->keys[SERIES_SOURCE].bytes));
    for (uint32_t i = 0; i < series_tag_count(row); i++) {
        const struct cell *tag = &row->keys[SERIES_TAGS + i];
        buffer_print(to, "%s%.*s=", i == 0 ? "" : " ", SLICE_ARG(tag->name));
        buffer_print(to, "\"%.*s\"", SLICE_ARG(tag->bytes));
    }
    buffer_print(to, "} @%lld |", (long long)series_time_us(row));
    for (uint32_t i = 0; i < row->cell_count; i++)
        text_cell(to, &row->cells[i]);
    buffer_add(to, "", 1);
    return to->at;
}
