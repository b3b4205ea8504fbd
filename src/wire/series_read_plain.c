/* series_read_plain: rows in PlainBuffer as the answers of GetTimeseriesData and ScanTimeseriesData have them
 * (tablestore-protocol.md 5.4). No client puts rows so; that they would have this form is [assumed]. Columns
 * of tables with key columns of their own are not known here. */
#include "base/error.h"
#include "wire/plainbuffer.h"
#include "wire/series_read_private.h"

/* The key columns in their order; the hash in front of them may be missing. */
enum { KEY_MEASUREMENT, KEY_SOURCE, KEY_TAGS, KEY_TIME, KEYS };
static const char *const key_names[KEYS] = {"_m_name", "_data_source", "_tags", "_time"};
static const char hash_name[] = "_#h";

static const struct cell *find_keys(struct series_read *read, const struct row *row)
{
    const struct cell *keys = row->keys;
    uint32_t count = row->key_count;
    if (count > 0 && slice_equal(keys[0].name, slice_text(hash_name))) {
        keys++;
        count--;
    }
    bool right = count == KEYS;
    for (uint32_t i = 0; i < KEYS && right; i++) {
        enum cell_type type = i == KEY_TIME ? CELL_INTEGER : CELL_STRING;
        right = keys[i].type == type && slice_equal(keys[i].name, slice_text(key_names[i]));
    }
    if (!right)
        series_read_bad(read, "the key columns are not _m_name, _data_source, _tags, _time");
    return right ? keys : NULL;
}

/* <name>:<type>; the type is known from the value. */
static struct slice field_name(struct slice name)
{
    const char *colon = name.len == 0 ? NULL : memchr(name.at, ':', name.len);
    return colon == NULL ? name : slice_of(name.at, (size_t)(colon - name.at));
}

static int read_fields(struct series_read *read, const struct row *row, struct cell *fields)
{
    for (uint32_t i = 0; i < row->cell_count; i++) {
        struct cell *field = &fields[i];
        if (row->cells[i].op != CELL_PUT || row->cells[i].has_timestamp)
            return series_read_bad(read, "a field with an operation or a version");
        *field = row->cells[i];
        field->name = field_name(field->name);
        field->name_crc_known = false;
        if (series_read_text(read, field->name, "the name of a field") != 0 ||
            (field->type == CELL_STRING && series_read_text(read, field->bytes, "a string") != 0))
            return -1;
    }
    return 0;
}

static int read_row(struct series_read *read, const struct row *row)
{
    const struct cell *keys = find_keys(read, row);
    if (keys == NULL)
        return -1;
    struct series_row_parts parts = {.measurement = keys[KEY_MEASUREMENT].bytes,
                                     .source = keys[KEY_SOURCE].bytes,
                                     .time_us = keys[KEY_TIME].integer,
                                     .field_count = row->cell_count};
    if (row->op == ROW_DELETE)
        return series_read_bad(read, "a deletion");
    if (series_read_count_tags(read, keys[KEY_TAGS].bytes, &parts.tag_count) != 0)
        return -1;
    parts.fields = series_read_cells(read, row->cell_count);
    if (parts.fields == NULL || read_fields(read, row, parts.fields) != 0)
        return -1;
    struct series_row *made = series_read_add(read, &parts);
    if (made == NULL || series_read_tags(read, keys[KEY_TAGS].bytes, made->row.keys + SERIES_TAGS) != 0)
        return -1;
    return series_read_sort(read, made);
}

int series_read_plain(struct series_read *read, struct slice bytes)
{
    struct plainbuffer_reader reader;
    struct row row;
    int more;
    if (plainbuffer_open(&reader, bytes, read->arena, read->err) != 0)
        return -1;
    while ((more = plainbuffer_next(&reader, &row, read->err)) > 0) {
        if (read_row(read, &row) != 0)
            return -1;
    }
    return more < 0 ? series_read_wrap(read) : 0;
}
