/* series_read_proto: rows as a TimeseriesPBRows message (tablestore-protocol.md 5.3). A row is walked twice:
 * to count its tags and fields, and to read them. */
#include "base/arena.h"
#include "base/error.h"
#include "wire/bytes.h"
#include "wire/proto_field.h"
#include "wire/series_read_private.h"

enum { ROWS_ROW = 1 };
enum { ROW_KEY = 1, ROW_TIME = 2, ROW_FIELD = 3, ROW_META_TIME = 4 };
enum { KEY_MEASUREMENT = 1, KEY_SOURCE = 2, KEY_TAGS = 3, KEY_TAG = 4 };
enum { TAG_NAME = 1, TAG_VALUE = 2 };
enum {
    FIELD_NAME = 1,
    FIELD_INTEGER = 2,
    FIELD_STRING = 3,
    FIELD_BOOLEAN = 4,
    FIELD_DOUBLE = 5,
    FIELD_BINARY = 6
};

static int not_a_message(struct series_read *read, const char *what)
{
    return series_read_bad(read, "what should be %s is none", what);
}

/* The key of a row: the tags are a text or a list. */
struct key {
    struct slice measurement;
    struct slice source;
    struct slice tags;
    size_t listed;
};

static int read_key(struct series_read *read, struct slice rest, struct key *key)
{
    struct proto_field field;
    bool broken = false;
    int more;
    *key = (struct key){SLICE(""), SLICE(""), SLICE(""), 0};
    while ((more = proto_field_next(&rest, &field)) > 0 && !broken) {
        if (proto_field_is(&field, KEY_MEASUREMENT, PROTO_FIELD_BYTES, &broken))
            key->measurement = field.bytes;
        else if (proto_field_is(&field, KEY_SOURCE, PROTO_FIELD_BYTES, &broken))
            key->source = field.bytes;
        else if (proto_field_is(&field, KEY_TAGS, PROTO_FIELD_BYTES, &broken))
            key->tags = field.bytes;
        else if (proto_field_is(&field, KEY_TAG, PROTO_FIELD_BYTES, &broken))
            key->listed++;
    }
    return more == 0 && !broken ? 0 : not_a_message(read, "a key");
}

static int read_tag(struct series_read *read, struct slice rest, struct cell *tag)
{
    struct proto_field field;
    struct slice name = {NULL, 0};
    struct slice value = {NULL, 0};
    bool broken = false;
    int more;
    while ((more = proto_field_next(&rest, &field)) > 0 && !broken) {
        if (proto_field_is(&field, TAG_NAME, PROTO_FIELD_BYTES, &broken))
            name = field.bytes;
        else if (proto_field_is(&field, TAG_VALUE, PROTO_FIELD_BYTES, &broken))
            value = field.bytes;
    }
    if (more != 0 || broken || name.at == NULL || value.at == NULL)
        return not_a_message(read, "a tag");
    return series_read_tag(read, name, value, tag);
}

/* The message was walked before: it is one. */
static int read_tag_list(struct series_read *read, struct slice rest, struct cell *tags)
{
    struct proto_field field;
    while (proto_field_next(&rest, &field) > 0) {
        if (field.number == KEY_TAG && read_tag(read, field.bytes, tags++) != 0)
            return -1;
    }
    return 0;
}

static int read_double(struct slice bytes, struct cell *cell)
{
    uint64_t bits = bytes_get_u64(bytes.at);
    cell->type = CELL_DOUBLE;
    memcpy(&cell->number, &bits, sizeof(bits));
    return 0;
}

static int read_integer(uint64_t varint, struct cell *cell)
{
    cell->type = CELL_INTEGER;
    cell->integer = (int64_t)varint;
    return 0;
}

static int read_bytes(struct series_read *read, struct slice bytes, enum cell_type type, struct cell *cell)
{
    cell->type = type;
    cell->bytes = bytes;
    return type == CELL_STRING ? series_read_text(read, bytes, "a string") : series_read_bytes(read, bytes);
}

/* 1: the field of the message was a value, and is read. */
static int read_value(struct series_read *read, const struct proto_field *field, struct cell *cell,
                      bool *broken)
{
    if (proto_field_is(field, FIELD_INTEGER, PROTO_FIELD_VARINT, broken))
        return read_integer(field->varint, cell) == 0;
    if (proto_field_is(field, FIELD_DOUBLE, PROTO_FIELD_FIXED64, broken))
        return read_double(field->bytes, cell) == 0;
    if (proto_field_is(field, FIELD_STRING, PROTO_FIELD_BYTES, broken))
        return read_bytes(read, field->bytes, CELL_STRING, cell) == 0 ? 1 : -1;
    if (proto_field_is(field, FIELD_BINARY, PROTO_FIELD_BYTES, broken))
        return read_bytes(read, field->bytes, CELL_BINARY, cell) == 0 ? 1 : -1;
    if (!proto_field_is(field, FIELD_BOOLEAN, PROTO_FIELD_VARINT, broken))
        return 0;
    cell->type = CELL_BOOLEAN;
    cell->boolean = field->varint != 0;
    return 1;
}

static int read_field(struct series_read *read, struct slice rest, struct cell *cell)
{
    struct proto_field field;
    unsigned values = 0;
    bool broken = false;
    int more;
    cell->name = SLICE("");
    while ((more = proto_field_next(&rest, &field)) > 0 && !broken) {
        if (proto_field_is(&field, FIELD_NAME, PROTO_FIELD_BYTES, &broken)) {
            cell->name = field.bytes;
            continue;
        }
        int value = read_value(read, &field, cell, &broken);
        if (value < 0)
            return -1;
        values += (unsigned)value;
    }
    if (more != 0 || broken)
        return not_a_message(read, "a field");
    if (values != 1)
        return series_read_bad(read, "a field with %u values", values);
    return series_read_text(read, cell->name, "the name of a field");
}

static int read_fields(struct series_read *read, struct slice rest, struct cell *cells)
{
    struct proto_field field;
    while (proto_field_next(&rest, &field) > 0) {
        if (field.number == ROW_FIELD && read_field(read, field.bytes, cells++) != 0)
            return -1;
    }
    return 0;
}

/* Everything of a row but its tags and fields, which are counted. A key that comes twice is not merged. */
static int open_row(struct series_read *read, struct slice rest, struct slice *key,
                    struct series_row_parts *parts)
{
    struct proto_field field;
    bool broken = false;
    int more;
    while ((more = proto_field_next(&rest, &field)) > 0 && !broken) {
        if (proto_field_is(&field, ROW_KEY, PROTO_FIELD_BYTES, &broken)) {
            broken |= key->at != NULL;
            *key = field.bytes;
        } else if (proto_field_is(&field, ROW_TIME, PROTO_FIELD_VARINT, &broken)) {
            parts->time_us = (int64_t)field.varint;
        } else if (proto_field_is(&field, ROW_FIELD, PROTO_FIELD_BYTES, &broken)) {
            parts->field_count++;
        } else if (proto_field_is(&field, ROW_META_TIME, PROTO_FIELD_VARINT, &broken)) {
            parts->meta_time_s = (uint32_t)field.varint;
        }
    }
    return more == 0 && !broken ? 0 : not_a_message(read, "a row");
}

static int open_key(struct series_read *read, struct slice bytes, struct key *key,
                    struct series_row_parts *parts)
{
    if (read_key(read, bytes, key) != 0 || series_read_count_tags(read, key->tags, &parts->tag_count) != 0)
        return -1;
    if (parts->tag_count > 0 && key->listed > 0)
        return series_read_bad(read, "tags both as a list and as a text");
    parts->measurement = key->measurement;
    parts->source = key->source;
    parts->tag_count += key->listed;
    return 0;
}

static int read_row(struct series_read *read, struct slice bytes)
{
    struct slice key_bytes = {NULL, 0};
    struct key key;
    struct series_row_parts parts = {.time_us = 0};
    if (open_row(read, bytes, &key_bytes, &parts) != 0 || open_key(read, key_bytes, &key, &parts) != 0)
        return -1;
    parts.fields = series_read_cells(read, parts.field_count);
    if (parts.fields == NULL || read_fields(read, bytes, parts.fields) != 0)
        return -1;
    struct series_row *row = series_read_add(read, &parts);
    if (row == NULL || read_tag_list(read, key_bytes, row->row.keys + SERIES_TAGS) != 0 ||
        series_read_tags(read, key.tags, row->row.keys + SERIES_TAGS) != 0)
        return -1;
    return series_read_sort(read, row);
}

int series_read_proto(struct series_read *read, struct slice bytes)
{
    struct proto_field field;
    bool broken = false;
    int more;
    while ((more = proto_field_next(&bytes, &field)) > 0 && !broken) {
        if (proto_field_is(&field, ROWS_ROW, PROTO_FIELD_BYTES, &broken) && read_row(read, field.bytes) != 0)
            return -1;
    }
    if (more != 0 || broken)
        return error_set(read->err, ERROR_RETRY, "the rows are not a TimeseriesPBRows message");
    return 0;
}
