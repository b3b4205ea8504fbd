/* visit_rig_series: see visit_rig_series.h. */
#include "support/cmocka_all.h"

#include "base/error.h"
#include "support/visit_rig_series.h"
#include "wire/plainbuffer.h"

enum { TAGS_MOST = 64 };

static char *copy(struct visit_rig *rig, const char *text)
{
    return (char *)(uintptr_t)arena_copy(&rig->arena, slice_text(text)).at;
}

void visit_rig_make_series_table(struct visit_rig *rig, const char *name, int32_t ttl_s)
{
    Ots__CreateTimeseriesTableRequest request = OTS__CREATE_TIMESERIES_TABLE_REQUEST__INIT;
    Ots__TimeseriesTableMeta meta = OTS__TIMESERIES_TABLE_META__INIT;
    Ots__TimeseriesTableOptions options = OTS__TIMESERIES_TABLE_OPTIONS__INIT;
    meta.table_name = copy(rig, name);
    meta.table_options = &options;
    options.has_time_to_live = true;
    options.time_to_live = ttl_s;
    request.table_meta = &meta;
    assert_int_equal(visit_rig_run(rig, "CreateTimeseriesTable", &request), 200);
}

static void series_tags(struct visit_rig *rig, char *text, Ots__TimeseriesKey *key)
{
    key->tag_list = arena_take(&rig->arena, TAGS_MOST * sizeof(key->tag_list[0]));
    for (char *rest = NULL, *one = strtok_r(text, ",", &rest); one != NULL;
         one = strtok_r(NULL, ",", &rest)) {
        Ots__TimeseriesTag *tag = arena_take(&rig->arena, sizeof(*tag));
        char *sign = strchr(one, '=');
        ots__timeseries_tag__init(tag);
        assert_true(sign != NULL && key->n_tag_list < TAGS_MOST);
        *sign = 0;
        tag->name = one;
        tag->value = sign + 1;
        key->tag_list[key->n_tag_list++] = tag;
    }
}

Ots__TimeseriesKey *visit_rig_series(struct visit_rig *rig, const char *measurement, const char *source,
                                     const char *tags)
{
    Ots__TimeseriesKey *key = arena_take(&rig->arena, sizeof(*key));
    ots__timeseries_key__init(key);
    key->measurement = copy(rig, measurement);
    key->source = copy(rig, source);
    if (tags != NULL && tags[0] == '[')
        key->tags = copy(rig, tags);
    else if (tags != NULL)
        series_tags(rig, copy(rig, tags), key);
    return key;
}

static Ots__TimeseriesField *series_field(struct visit_rig *rig, const struct cell *cell)
{
    Ots__TimeseriesField *field = arena_take(&rig->arena, sizeof(*field));
    ots__timeseries_field__init(field);
    field->field_name = (char *)(uintptr_t)arena_copy(&rig->arena, cell->name).at;
    field->has_value_int = cell->type == CELL_INTEGER;
    field->value_int = field->has_value_int ? cell->integer : 0;
    field->has_value_double = cell->type == CELL_DOUBLE;
    field->value_double = field->has_value_double ? cell->number : 0;
    field->has_value_bool = cell->type == CELL_BOOLEAN;
    field->value_bool = field->has_value_bool && cell->boolean;
    field->has_value_binary = cell->type == CELL_BINARY;
    if (field->has_value_binary)
        field->value_binary = proto_bytes(cell->bytes);
    if (cell->type == CELL_STRING)
        field->value_string = (char *)(uintptr_t)arena_copy(&rig->arena, cell->bytes).at;
    return field;
}

static Ots__TimeseriesRow *series_row(struct visit_rig *rig, const struct visit_rig_point *point)
{
    Ots__TimeseriesRow *row = arena_take(&rig->arena, sizeof(*row));
    ots__timeseries_row__init(row);
    row->timeseries_key = visit_rig_series(rig, point->measurement, point->source, point->tags);
    row->has_time = true;
    row->time = point->time_us;
    row->has_meta_cache_update_time = true;
    row->meta_cache_update_time = point->meta_time_s;
    row->n_fields = point->field_count;
    row->fields = arena_take(&rig->arena, point->field_count * sizeof(row->fields[0]));
    for (size_t i = 0; i < point->field_count; i++)
        row->fields[i] = series_field(rig, &point->fields[i]);
    return row;
}

static ProtobufCBinaryData series_pack(struct visit_rig *rig, const struct visit_rig_point *points,
                                       size_t count)
{
    Ots__TimeseriesPBRows rows = OTS__TIMESERIES_PBROWS__INIT;
    rows.n_rows = count;
    rows.rows = arena_take(&rig->arena, count * sizeof(rows.rows[0]));
    for (size_t i = 0; i < count; i++)
        rows.rows[i] = series_row(rig, &points[i]);
    uint8_t *at = arena_take(&rig->arena, ots__timeseries_pbrows__get_packed_size(&rows));
    return (ProtobufCBinaryData){ots__timeseries_pbrows__pack(&rows, at), at};
}

static int series_put(struct visit_rig *rig, const char *table, const struct visit_rig_point *points,
                      size_t count, Ots__MetaUpdateMode mode)
{
    Ots__PutTimeseriesDataRequest request = OTS__PUT_TIMESERIES_DATA_REQUEST__INIT;
    Ots__TimeseriesRows rows = OTS__TIMESERIES_ROWS__INIT;
    request.table_name = copy(rig, table);
    request.rows_data = &rows;
    request.has_meta_update_mode = true;
    request.meta_update_mode = mode;
    rows.type = OTS__ROWS_SERIALIZE_TYPE__RST_PROTO_BUFFER;
    rows.rows_data = series_pack(rig, points, count);
    return visit_rig_run(rig, "PutTimeseriesData", &request);
}

int visit_rig_put_points(struct visit_rig *rig, const char *table, const struct visit_rig_point *points,
                         size_t count)
{
    return series_put(rig, table, points, count, OTS__META_UPDATE_MODE__MUM_NORMAL);
}

int visit_rig_put_points_only(struct visit_rig *rig, const char *table, const struct visit_rig_point *points,
                              size_t count)
{
    return series_put(rig, table, points, count, OTS__META_UPDATE_MODE__MUM_IGNORE);
}

void visit_rig_put_at(struct visit_rig *rig, const char *table, int64_t time_us, int64_t v)
{
    struct cell field = visit_rig_number("v", v);
    struct visit_rig_point point = {
        .measurement = "cpu", .source = "host", .time_us = time_us, .fields = &field, .field_count = 1};
    assert_int_equal(visit_rig_put_points(rig, table, &point, 1), 200);
    const Ots__PutTimeseriesDataResponse *answer =
        visit_rig_answer(rig, &ots__put_timeseries_data_response__descriptor);
    assert_int_equal(answer->n_failed_rows, 0);
}

size_t visit_rig_rows(struct visit_rig *rig, ProtobufCBinaryData bytes, struct row *rows, size_t most)
{
    struct plainbuffer_reader reader;
    struct error err;
    size_t count = 0;
    int found = 0;
    if (bytes.len == 0)
        return 0;
    assert_int_equal(plainbuffer_open(&reader, proto_slice(bytes), &rig->arena, &err), 0);
    while (count < most && (found = plainbuffer_next(&reader, &rows[count], &err)) == 1)
        count++;
    assert_int_equal(found, count < most ? 0 : 1);
    return count;
}

struct visit_rig_point visit_rig_a_point(void)
{
    static const struct cell one_field[] = {{.name = SLICE("v"), .type = CELL_INTEGER, .integer = 7}};
    return (struct visit_rig_point){.measurement = "cpu",
                                    .source = "host",
                                    .tags = "os=linux,region=cn",
                                    .time_us = 1000000000,
                                    .fields = one_field,
                                    .field_count = 1};
}

const Ots__PutTimeseriesDataResponse *
visit_rig_put_answered(struct visit_rig *rig, const struct visit_rig_point *points, size_t count)
{
    assert_int_equal(visit_rig_put_points(rig, "m", points, count), 200);
    return visit_rig_answer(rig, &ots__put_timeseries_data_response__descriptor);
}

uint64_t visit_rig_count_points(const struct visit_rig *rig)
{
    return store_find(&rig->store, SLICE("m"))->rows.count;
}

uint64_t visit_rig_count_series(const struct visit_rig *rig)
{
    return store_find_series(&rig->store, SLICE("m"))->rows.count;
}

int visit_rig_setup_series(void **state)
{
    struct visit_rig *rig = visit_rig_create();
    visit_rig_make_series_table(rig, "m", -1);
    *state = rig;
    return 0;
}

int visit_rig_teardown(void **state)
{
    visit_rig_destroy(*state);
    return 0;
}
