/* series_read_flat: rows in FlatBuffers (tablestore-protocol.md 5.2): groups of rows with one measurement and
 * one list of fields; a row takes its values one after the other from the lists of their types. */
#include "base/arena.h"
#include "base/error.h"
#include "wire/bytes.h"
#include "wire/flatbuffer.h"
#include "wire/series_read_private.h"

/* Slots. */
enum { ROWS_GROUPS = 0 };
enum { GROUP_MEASUREMENT = 0, GROUP_FIELD_NAMES = 1, GROUP_FIELD_TYPES = 2, GROUP_ROWS = 3 };
enum { ROW_SOURCE = 0, ROW_TAGS = 1, ROW_TIME = 2, ROW_VALUES = 3, ROW_META_TIME = 4, ROW_TAG_LIST = 5 };
enum { TAG_NAME = 0, TAG_VALUE = 1 };
enum { BYTES_VALUE = 0 };

/* DataType; the slot of a type's list in FieldValues is one less. */
enum { TYPE_LONG = 1, TYPE_BOOLEAN = 2, TYPE_DOUBLE = 3, TYPE_STRING = 4, TYPE_BINARY = 5, TYPES = 5 };

enum { OFFSET = 4 };
static const size_t element_bytes[TYPES] = {8, 1, 8, OFFSET, OFFSET};
static const enum cell_type cell_types[TYPES] = {CELL_INTEGER, CELL_BOOLEAN, CELL_DOUBLE, CELL_STRING,
                                                 CELL_BINARY};

struct group {
    struct slice measurement;
    struct cell *fields; /* names and types */
    uint32_t field_count;
};

/* The five lists of a row, and how many of each are taken. */
struct values {
    struct flatbuffer_vector lists[TYPES];
    uint32_t taken[TYPES];
};

static int open_values(struct series_read *read, const struct flatbuffer_table *row, struct values *values)
{
    struct flatbuffer_table table;
    *values = (struct values){.taken = {0}};
    int found = flatbuffer_table(row, ROW_VALUES, &table, read->err);
    for (unsigned i = 0; i < TYPES && found > 0; i++) {
        if (flatbuffer_vector(&table, i, element_bytes[i], &values->lists[i], read->err) != 0)
            return -1;
    }
    return found < 0 ? -1 : 0;
}

static int read_boolean(struct series_read *read, const char *at, struct cell *cell)
{
    if ((uint8_t)*at > 1)
        return series_read_bad(read, "a boolean that is neither 0 nor 1");
    cell->boolean = *at == 1;
    return 0;
}

static int read_string(struct series_read *read, const struct flatbuffer_vector *list, uint32_t index,
                       struct cell *cell)
{
    if (flatbuffer_vector_text(list, index, &cell->bytes, read->err) != 0)
        return series_read_wrap(read);
    return series_read_text(read, cell->bytes, "a string");
}

static int read_binary(struct series_read *read, const struct flatbuffer_vector *list, uint32_t index,
                       struct cell *cell)
{
    struct flatbuffer_table table;
    struct flatbuffer_vector bytes;
    if (flatbuffer_vector_table(list, index, &table, read->err) != 0 ||
        flatbuffer_vector(&table, BYTES_VALUE, 1, &bytes, read->err) != 0)
        return series_read_wrap(read);
    cell->bytes = slice_of(bytes.buffer.at + bytes.at, bytes.count);
    return series_read_bytes(read, cell->bytes);
}

/* The next unused value of the cell's type. */
static int read_value(struct series_read *read, struct values *values, unsigned type, struct cell *cell)
{
    const struct flatbuffer_vector *list = &values->lists[type];
    uint32_t index = values->taken[type]++;
    if (index >= list->count)
        return series_read_bad(read, "more fields of type %u than values", type + 1);
    const char *at = list->buffer.at + list->at + index * element_bytes[type];
    uint64_t bits;
    switch (type + 1) {
    case TYPE_LONG:
        cell->integer = (int64_t)bytes_get_u64(at);
        return 0;
    case TYPE_BOOLEAN:
        return read_boolean(read, at, cell);
    case TYPE_DOUBLE:
        bits = bytes_get_u64(at);
        memcpy(&cell->number, &bits, sizeof(cell->number));
        return 0;
    case TYPE_STRING:
        return read_string(read, list, index, cell);
    default:
        return read_binary(read, list, index, cell);
    }
}

static unsigned type_of(enum cell_type cell_type)
{
    unsigned type = 0;
    while (cell_types[type] != cell_type)
        type++;
    return type;
}

static int read_values(struct series_read *read, const struct flatbuffer_table *row, struct cell *fields,
                       size_t count)
{
    struct values values;
    if (open_values(read, row, &values) != 0)
        return series_read_wrap(read);
    for (size_t i = 0; i < count; i++) {
        if (read_value(read, &values, type_of(fields[i].type), &fields[i]) != 0)
            return -1;
    }
    for (unsigned i = 0; i < TYPES; i++) {
        if (values.taken[i] != values.lists[i].count)
            return series_read_bad(read, "more values of type %u than fields", i + 1);
    }
    return 0;
}

static int read_tag_list(struct series_read *read, const struct flatbuffer_vector *list, struct cell *tags)
{
    for (uint32_t i = 0; i < list->count; i++) {
        struct flatbuffer_table table;
        struct slice name;
        struct slice value;
        if (flatbuffer_vector_table(list, i, &table, read->err) != 0 ||
            flatbuffer_text(&table, TAG_NAME, &name, read->err) != 0 ||
            flatbuffer_text(&table, TAG_VALUE, &value, read->err) != 0)
            return series_read_wrap(read);
        if (series_read_tag(read, name, value, &tags[i]) != 0)
            return -1;
    }
    return 0;
}

/* Everything of a row that lies in its own table. */
struct row_table {
    struct slice tags;
    struct flatbuffer_vector tag_list;
    struct series_row_parts parts;
};

static int open_row(struct series_read *read, const struct flatbuffer_table *table, struct row_table *row)
{
    uint64_t time = 0;
    if (flatbuffer_text(table, ROW_SOURCE, &row->parts.source, read->err) != 0 ||
        flatbuffer_text(table, ROW_TAGS, &row->tags, read->err) != 0 ||
        flatbuffer_u64(table, ROW_TIME, &time, read->err) != 0 ||
        flatbuffer_u32(table, ROW_META_TIME, &row->parts.meta_time_s, read->err) != 0 ||
        flatbuffer_vector(table, ROW_TAG_LIST, OFFSET, &row->tag_list, read->err) != 0)
        return series_read_wrap(read);
    row->parts.time_us = (int64_t)time;
    if (series_read_count_tags(read, row->tags, &row->parts.tag_count) != 0)
        return -1;
    if (row->parts.tag_count > 0 && row->tag_list.count > 0)
        return series_read_bad(read, "tags both as a list and as a text");
    row->parts.tag_count += row->tag_list.count;
    return 0;
}

static int read_row(struct series_read *read, const struct group *group, const struct flatbuffer_table *table)
{
    struct row_table open = {.parts = {.measurement = group->measurement, .field_count = group->field_count}};
    if (open_row(read, table, &open) != 0)
        return -1;
    open.parts.fields = series_read_cells(read, group->field_count);
    if (open.parts.fields == NULL)
        return -1;
    memcpy(open.parts.fields, group->fields, group->field_count * sizeof(*group->fields));
    if (read_values(read, table, open.parts.fields, group->field_count) != 0)
        return -1;
    struct series_row *row = series_read_add(read, &open.parts);
    if (row == NULL || read_tag_list(read, &open.tag_list, row->row.keys + SERIES_TAGS) != 0 ||
        series_read_tags(read, open.tags, row->row.keys + SERIES_TAGS) != 0)
        return -1;
    return series_read_sort(read, row);
}

static int read_field(struct series_read *read, const struct flatbuffer_vector *names, uint32_t index,
                      uint8_t type, struct cell *field)
{
    if (type == 0 || type > TYPES)
        return series_read_bad(read, "a field of the unknown type %u", (unsigned)type);
    field->type = cell_types[type - 1];
    if (flatbuffer_vector_text(names, index, &field->name, read->err) != 0)
        return series_read_wrap(read);
    return series_read_text(read, field->name, "the name of a field");
}

static int read_fields(struct series_read *read, const struct flatbuffer_table *table, struct group *group)
{
    struct flatbuffer_vector names;
    struct flatbuffer_vector types;
    if (flatbuffer_text(table, GROUP_MEASUREMENT, &group->measurement, read->err) != 0 ||
        flatbuffer_vector(table, GROUP_FIELD_NAMES, OFFSET, &names, read->err) != 0 ||
        flatbuffer_vector(table, GROUP_FIELD_TYPES, 1, &types, read->err) != 0)
        return series_read_wrap(read);
    if (names.count != types.count)
        return series_read_bad(read, "%u names of fields and %u types", names.count, types.count);
    group->field_count = names.count;
    group->fields = series_read_cells(read, names.count);
    for (uint32_t i = 0; i < names.count && group->fields != NULL; i++) {
        uint8_t type = (uint8_t)types.buffer.at[types.at + i];
        if (read_field(read, &names, i, type, &group->fields[i]) != 0)
            return -1;
    }
    return group->fields == NULL ? -1 : 0;
}

static int read_group(struct series_read *read, const struct flatbuffer_table *table)
{
    struct group group;
    struct flatbuffer_vector rows;
    if (read_fields(read, table, &group) != 0)
        return -1;
    if (flatbuffer_vector(table, GROUP_ROWS, OFFSET, &rows, read->err) != 0)
        return series_read_wrap(read);
    for (uint32_t i = 0; i < rows.count; i++) {
        struct flatbuffer_table row;
        if (flatbuffer_vector_table(&rows, i, &row, read->err) != 0)
            return series_read_wrap(read);
        if (read_row(read, &group, &row) != 0)
            return -1;
    }
    return 0;
}

int series_read_flat(struct series_read *read, struct slice bytes)
{
    struct flatbuffer_table root;
    struct flatbuffer_vector groups;
    if (flatbuffer_root(bytes, &root, read->err) != 0 ||
        flatbuffer_vector(&root, ROWS_GROUPS, OFFSET, &groups, read->err) != 0)
        return -1;
    for (uint32_t i = 0; i < groups.count; i++) {
        struct flatbuffer_table group;
        if (flatbuffer_vector_table(&groups, i, &group, read->err) != 0)
            return series_read_wrap(read);
        if (read_group(read, &group) != 0)
            return -1;
    }
    return 0;
}
