/* fuzz_series_reply: any bytes as the answer to PutTimeseriesData; the first byte is the count of rows. What
 * was read keeps its promises; and where protobuf-c reads the bytes too, both read the same. (protobuf-c is
 * the laxer one in texts, and takes a number of any wire type.) */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/error.h"
#include "wire/series_reply.h"
#include "wire/tablestore.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_rows(const uint32_t *rows, uint32_t count, uint32_t sent)
{
    bool seen[SERIES_ROWS_MOST] = {false};
    CHECK(count <= sent);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(rows[i] < sent && !seen[rows[i]]);
        seen[rows[i]] = true;
    }
}

static void check_promises(const struct series_reply *reply, uint32_t sent)
{
    uint32_t rows[SERIES_ROWS_MOST];
    CHECK(reply->failure_count <= sent);
    for (uint32_t i = 0; i < reply->failure_count; i++)
        rows[i] = reply->failures[i].row;
    check_rows(rows, reply->failure_count, sent);
    check_rows(reply->meta_rows, reply->meta_count, sent);
}

/* protobuf-c ends a text at its first zero byte. */
static void check_text(struct slice ours, const char *theirs)
{
    CHECK((ours.at == NULL) == (theirs == NULL));
    CHECK(theirs == NULL || (ours.len >= strlen(theirs) && memcmp(ours.at, theirs, strlen(theirs)) == 0));
}

static void check_same(const struct series_reply *reply, const Ots__PutTimeseriesDataResponse *theirs)
{
    const Ots__MetaUpdateStatus *status = theirs->meta_update_status;
    CHECK(theirs->n_failed_rows == reply->failure_count);
    for (uint32_t i = 0; i < reply->failure_count; i++) {
        CHECK(theirs->failed_rows[i]->row_index == (int32_t)reply->failures[i].row);
        check_text(reply->failures[i].code, theirs->failed_rows[i]->error_code);
        check_text(reply->failures[i].message, theirs->failed_rows[i]->error_message);
    }
    if (reply->meta_count == 0)
        return;
    CHECK(status != NULL && status->n_row_ids == reply->meta_count &&
          status->n_meta_update_times == reply->meta_count);
    CHECK(memcmp(status->row_ids, reply->meta_rows, reply->meta_count * sizeof(uint32_t)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct series_reply reply;
    struct error err = {0};
    if (size < 1)
        return 0;
    uint32_t rows = data[0] % (SERIES_ROWS_MOST + 1);
    /* The copy ends where its memory ends. */
    char *edge = check_memory(malloc(size));
    memcpy(edge, data + 1, size - 1);
    int rc = series_reply_read(slice_of(edge, size - 1), rows, &reply, &err);
    CHECK(rc == 0 || (err.kind == ERROR_RETRY && err.text[0] != 0));
    Ots__PutTimeseriesDataResponse *theirs =
        ots__put_timeseries_data_response__unpack(NULL, size - 1, (const uint8_t *)edge);
    if (rc == 0)
        check_promises(&reply, rows);
    if (rc == 0 && theirs != NULL)
        check_same(&reply, theirs);
    if (theirs != NULL)
        ots__put_timeseries_data_response__free_unpacked(theirs, NULL);
    free(edge);
    return 0;
}
