/* series_reply: one pass; rows that are not spoken of were written. */
#include "wire/series_reply.h"

#include "base/check.h"
#include "base/error.h"
#include "wire/proto_field.h"

/* Which rows were spoken of. */
struct row_marks {
    uint64_t words[(SERIES_ROWS_MOST + 63) / 64];
    uint32_t rows;
};

/* false: no row of the request, or one that has its mark already. */
static bool mark_row(struct row_marks *marks, uint64_t row)
{
    if (row >= marks->rows)
        return false;
    uint64_t bit = 1ull << row % 64;
    bool fresh = (marks->words[row / 64] & bit) == 0;
    marks->words[row / 64] |= bit;
    return fresh;
}

/* A FailedRowInfo. */
static int read_failure(struct slice rest, struct row_marks *marks, struct series_reply_failure *failure)
{
    struct proto_field field;
    uint64_t row = UINT64_MAX;
    bool broken = false;
    int more;
    *failure = (struct series_reply_failure){.row = 0};
    while ((more = proto_field_next(&rest, &field)) > 0 && !broken) {
        if (proto_field_is(&field, 1, PROTO_FIELD_VARINT, &broken))
            row = field.varint;
        else if (proto_field_is(&field, 2, PROTO_FIELD_BYTES, &broken))
            failure->code = field.bytes;
        else if (proto_field_is(&field, 3, PROTO_FIELD_BYTES, &broken))
            failure->message = field.bytes;
    }
    if (more != 0 || broken || !mark_row(marks, row))
        return -1;
    failure->row = (uint32_t)row;
    return 0;
}

/* A list of numbers as far as there is room; `count` is how many there are. */
struct number_list {
    uint32_t *at;
    uint64_t count;
};

static void list_add(struct number_list *list, uint64_t number)
{
    if (list->count < SERIES_ROWS_MOST)
        list->at[list->count] = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    list->count++;
}

/* Elements come one a field, or packed into one. */
static int read_numbers(const struct proto_field *field, struct number_list *list)
{
    struct slice rest = field->bytes;
    uint64_t number;
    if (field->type == PROTO_FIELD_VARINT)
        list_add(list, field->varint);
    else if (field->type != PROTO_FIELD_BYTES)
        return -1;
    while (rest.len > 0) {
        if (!proto_field_varint(&rest, &number))
            return -1;
        list_add(list, number);
    }
    return 0;
}

/* A MetaUpdateStatus. Of a message that is there twice, the parts are one list, as protobuf joins them. */
static int read_meta(struct slice rest, struct number_list *rows, struct number_list *times)
{
    struct proto_field field;
    int more;
    while ((more = proto_field_next(&rest, &field)) > 0) {
        struct number_list *list = field.number == 1 ? rows : field.number == 2 ? times : NULL;
        if (list != NULL && read_numbers(&field, list) != 0)
            return -1;
    }
    return more;
}

static uint32_t meta_count(const struct number_list *rows, const struct number_list *times, uint32_t sent)
{
    struct row_marks marks = {.rows = sent};
    if (rows->count != times->count || rows->count > sent)
        return 0;
    for (uint64_t i = 0; i < rows->count; i++)
        if (!mark_row(&marks, rows->at[i]))
            return 0;
    return (uint32_t)rows->count;
}

int series_reply_read(struct slice answer, uint32_t rows, struct series_reply *reply, struct error *err)
{
    struct row_marks marks = {.rows = rows};
    struct number_list meta_rows = {.at = reply->meta_rows};
    struct number_list meta_times = {.at = reply->meta_times_s};
    struct proto_field field;
    bool broken = false;
    int more;
    CHECK(rows <= SERIES_ROWS_MOST);
    reply->failure_count = 0;
    while ((more = proto_field_next(&answer, &field)) > 0 && !broken) {
        if (proto_field_is(&field, 1, PROTO_FIELD_BYTES, &broken)) {
            struct series_reply_failure failure;
            if (read_failure(field.bytes, &marks, &failure) != 0)
                return error_set(err, ERROR_RETRY,
                                 "a failure in it is of no row that was sent, or the second one of a row");
            reply->failures[reply->failure_count++] = failure; /* no more than rows: each has one mark */
        } else if (proto_field_is(&field, 2, PROTO_FIELD_BYTES, &broken)) {
            broken = read_meta(field.bytes, &meta_rows, &meta_times) != 0;
        }
    }
    if (more != 0 || broken)
        return error_set(err, ERROR_RETRY, "it is not a PutTimeseriesDataResponse");
    reply->meta_count = meta_count(&meta_rows, &meta_times, rows);
    return 0;
}
