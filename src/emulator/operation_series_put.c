/* operation_series_put: PutTimeseriesData. What cannot be read, or is too much, refuses the whole request; a
 * row that breaks a rule is its own failure, its neighbours are stored (tablestore-protocol.md 5.7). Rows of
 * one series and time are applied in the order of the request. [assumed] the last one stays. */
#include <math.h>

#include "base/error.h"
#include "emulator/operation.h"
#include "emulator/operation_write.h"
#include "emulator/proto.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"
#include "emulator/series_id.h"
#include "emulator/series_known.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/crc32c.h"
#include "wire/series_read.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* [assumed] What is known about a series is written anew after so long, not with every point. */
enum { PUT_FRESH_S = 600 };

/* ---- a row by itself ---- */

static bool put_is_taken(struct slice name)
{
    static const struct slice taken[] = {SLICE("_m_name"), SLICE("_data_source"),      SLICE("_tags"),
                                         SLICE("_time"),   SLICE("_meta_update_time"), SLICE("_attributes")};
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        if (slice_equal(name, taken[i]))
            return true;
    return false;
}

static bool put_good_name(struct slice name)
{
    if (name.len == 0 || name.len > SERIES_NAME_MOST || (name.at[0] >= '0' && name.at[0] <= '9'))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return !put_is_taken(name);
}

/* [assumed] The rules of values are those of data tables. */
static int put_check_field(const struct cell *field, struct refusal *refusal)
{
    bool bytes = field->type == CELL_STRING || field->type == CELL_BINARY;
    if (!put_good_name(field->name))
        return refusal_set(refusal, INVALID, "Invalid field name: '%.*s'.", SLICE_ARG(field->name));
    if (field->type == CELL_DOUBLE && !isfinite(field->number))
        return refusal_set(refusal, INVALID, "The double of field '%.*s' is NaN or infinite.",
                           SLICE_ARG(field->name));
    if (bytes && field->bytes.len > LIMIT_VALUE_BYTES)
        return refusal_set(refusal, INVALID, "The length of field '%.*s' exceeds the MaxLength:%d with %zu.",
                           SLICE_ARG(field->name), LIMIT_VALUE_BYTES, field->bytes.len);
    return 0;
}

/* [assumed] A point has a field: SDKs send one without any. */
static int put_check_fields(const struct row *row, struct refusal *refusal)
{
    if (row->cell_count == 0)
        return refusal_set(refusal, INVALID, "The row has no field.");
    if (row->cell_count > LIMIT_CELLS)
        return refusal_set(refusal, INVALID,
                           "The number of fields exceeds the limit, limit count: %d, field count: %u.",
                           LIMIT_CELLS, row->cell_count);
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (put_check_field(&row->cells[i], refusal) != 0)
            return -1;
    return 0;
}

static int put_check_row(const struct row *row, const struct series_id *id, struct refusal *refusal)
{
    if (series_id_check(id, refusal) != 0)
        return -1;
    if (series_time_us(row) < 0)
        return refusal_set(refusal, INVALID, "Invalid time: %lld.", (long long)series_time_us(row));
    return put_check_fields(row, refusal);
}

/* So that the key says what it is where it is shown without its table. */
static void put_name_keys(const struct row *row)
{
    row->keys[SERIES_MEASUREMENT].name = SLICE("_m_name");
    row->keys[SERIES_SOURCE].name = SLICE("_data_source");
    row->keys[row->key_count - 1].name = SLICE("_time");
}

static void put_read_row(struct visit *visit, struct slice table, const struct series_row *from)
{
    struct change *change = &visit->changes[visit->change_count++];
    struct series_id id = series_id_of_row(&from->row);
    struct refusal refusal = {.status = 0};
    *change =
        (struct change){.table = table, .row = from->row, .point = true, .meta_time_s = from->meta_time_s};
    change->bytes = row_cells_size_of_row(&change->row);
    put_name_keys(&change->row);
    if (put_check_row(&change->row, &id, &refusal) != 0) {
        visit_refuse_change(visit, change, &refusal);
        return;
    }
    struct slice series = series_id_encode(&id, &visit->arena);
    change->key = series_id_encode_point(series, series_time_us(&change->row), &visit->arena);
    change->key_hash = row_key_hash(table, change->key);
}

/* ---- the request ---- */

/* [assumed] Who sends no checksum does not want one looked at. */
static int put_check_crc(struct visit *visit, const Ots__TimeseriesRows *rows)
{
    struct slice bytes = proto_slice(rows->rows_data);
    if (rows->has_flatbuffer_crc32c && (uint32_t)rows->flatbuffer_crc32c != crc32c(bytes.at, bytes.len))
        return refusal_set(&visit->refusal, INVALID, "The checksum of the rows does not match: crc32c.");
    return 0;
}

static int put_read_rows(struct visit *visit, const Ots__PutTimeseriesDataRequest *request,
                         struct series_rows *rows)
{
    struct error err;
    if (put_check_crc(visit, request->rows_data) != 0)
        return -1;
    if (series_read(request->rows_data->type, proto_slice(request->rows_data->rows_data), &visit->arena, rows,
                    &err) != 0)
        return refusal_set(&visit->refusal, INVALID, "%s", err.text);
    if (rows->count == 0)
        return refusal_set(&visit->refusal, INVALID, "No row is specified in PutTimeseriesData.");
    if (rows->count > LIMIT_BATCH_ROWS)
        return refusal_set(&visit->refusal, INVALID, "Rows count exceeds the upper limit: %d.",
                           LIMIT_BATCH_ROWS);
    return 0;
}

static int put_count_bytes(struct visit *visit)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < visit->change_count; i++)
        bytes += visit->changes[i].bytes;
    if (bytes > LIMIT_BATCH_BYTES)
        return refusal_set(
            &visit->refusal, INVALID,
            "The total data size of %s request exceeds the limit, limit size: %d, data size: %zu.",
            visit->operation->name, LIMIT_BATCH_BYTES, bytes);
    return 0;
}

int operation_put_timeseries_data_read(struct visit *visit)
{
    const Ots__PutTimeseriesDataRequest *request = visit->message;
    struct series_rows rows;
    if ((unsigned)request->meta_update_mode > OTS__META_UPDATE_MODE__MUM_IGNORE)
        return refusal_set(&visit->refusal, INVALID, "Invalid meta update mode: %d.",
                           (int)request->meta_update_mode);
    if (put_read_rows(visit, request, &rows) != 0)
        return -1;
    operation_write_make_room(visit, rows.count);
    for (uint32_t i = 0; i < rows.count; i++)
        put_read_row(visit, slice_text(request->table_name), &rows.at[i]);
    return put_count_bytes(visit);
}

/* ---- what is known about the series ---- */

struct put_status {
    uint32_t rows[LIMIT_BATCH_ROWS];
    uint32_t times_s[LIMIT_BATCH_ROWS];
    size_t count;
    struct slice id; /* of the row before, mostly the same series */
    int64_t updated_s;
};

/* The series' update time, after it was made or refreshed when that is due. */
static int64_t put_touch_series(struct visit *visit, struct store_table *series, struct slice id)
{
    int64_t now_ms = visit->ground->now_ms;
    struct series_known known;
    bool found = series_known_find(series, id, now_ms, &known);
    if (!found || known.updated_us / 1000000 + PUT_FRESH_S <= now_ms / 1000) {
        known.attributes = found ? known.attributes : SLICE("");
        known.updated_us = now_ms * 1000;
        series_known_set(series, id, &known, now_ms, &visit->arena);
    }
    return known.updated_us / 1000000;
}

static void put_look_at_series(struct visit *visit, struct store_table *series, uint32_t row,
                               struct put_status *status)
{
    const struct change *change = &visit->changes[row];
    struct slice id = series_id_of_point(change->key);
    if (!slice_equal(id, status->id)) {
        status->updated_s = put_touch_series(visit, series, id);
        status->id = id;
    }
    if (change->meta_time_s >= status->updated_s)
        return;
    status->rows[status->count] = row;
    status->times_s[status->count++] = (uint32_t)status->updated_s;
}

/* ---- the answer ---- */

static Ots__FailedRowInfo *put_failed_row(struct visit *visit, uint32_t row)
{
    struct refusal *refusal = visit->changes[row].refusal;
    Ots__FailedRowInfo *info = arena_take(&visit->arena, sizeof(*info));
    ots__failed_row_info__init(info);
    info->row_index = (int32_t)row;
    info->error_code = refusal->code;
    info->error_message = refusal->message;
    return info;
}

static void put_answer(struct visit *visit, struct put_status *status)
{
    Ots__PutTimeseriesDataResponse answer = OTS__PUT_TIMESERIES_DATA_RESPONSE__INIT;
    Ots__MetaUpdateStatus meta = OTS__META_UPDATE_STATUS__INIT;
    Ots__FailedRowInfo *failed[LIMIT_BATCH_ROWS];
    answer.failed_rows = failed;
    for (uint32_t i = 0; i < visit->change_count; i++)
        if (visit->changes[i].refusal != NULL)
            failed[answer.n_failed_rows++] = put_failed_row(visit, i);
    meta.n_row_ids = meta.n_meta_update_times = status->count;
    meta.row_ids = status->rows;
    meta.meta_update_times = status->times_s;
    answer.meta_update_status = status->count > 0 ? &meta : NULL;
    proto_pack(&answer.base, &visit->answer);
}

int operation_put_timeseries_data(struct visit *visit)
{
    const Ots__PutTimeseriesDataRequest *request = visit->message;
    struct store_table *points = visit_points(visit, request->table_name);
    struct store_table *series = visit_series(visit, request->table_name);
    struct put_status status = {.count = 0};
    if (points == NULL)
        return -1;
    bool ignore = request->meta_update_mode == OTS__META_UPDATE_MODE__MUM_IGNORE;
    for (uint32_t i = 0; i < visit->change_count; i++) {
        struct change *change = &visit->changes[i];
        if (change->refusal == NULL && visit_apply(visit, change, points, false) == 0 && !ignore)
            put_look_at_series(visit, series, i, &status);
    }
    put_answer(visit, &status);
    return 0;
}
