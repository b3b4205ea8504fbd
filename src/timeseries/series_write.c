/* series_write: points as they arrived become PutTimeseriesData when they are sent; only then is it looked up
 * when the meta of each series was last written down, since answers come in between. */
#include "timeseries/series_write.h"

#include <stdlib.h>

#include "base/check.h"
#include "loop/clock.h"
#include "ots/sender.h"
#include "timeseries/meta_cache.h"
#include "wire/series_piece.h"
#include "wire/series_reply.h"
#include "wire/series_request.h"

enum {
    FILL_MOST = 4 * 1024 * 1024 - SERIES_REQUEST_PREFIX, /* the documented limit of a request */
    /* One row of 4 MB of names and values is larger on the wire: 1,024 fields' references and padding. */
    BYTES_MOST = FILL_MOST + 64 * 1024
};

struct series_sink {
    struct ots_sender sender;
    struct meta_cache metas;
    bool ignore_meta;
    struct series_reply reply; /* the one that is being read */
};

static struct series_sink *series_of(struct sink *sink)
{
    return LIST_OWNER(sink, struct series_sink, sender.sink);
}

static size_t series_row_size(struct sink *sink, const struct row *row)
{
    (void)sink;
    return series_piece_size(row);
}

static char *series_put_row(struct sink *sink, const struct row *row, char *to)
{
    (void)sink;
    return series_piece_put(row, to);
}

static char *series_piece(const struct batch *batch, uint32_t row)
{
    return batch->body.at + SERIES_REQUEST_PREFIX + batch->rows[row].at;
}

/* A row's key is its series and its time. */
static uint64_t series_hash(const struct batch *batch, uint32_t row)
{
    return batch->rows[row].key_hash ^ series_time_mix(series_piece_time_us(series_piece(batch, row)));
}

static uint32_t series_now_s(const struct series_sink *series)
{
    return (uint32_t)(ots_client_clock(series->sender.client)->now_ms / 1000);
}

/* What is not spoken of was written. */
static int series_read_reply(struct ots_reading *reading, struct slice body, struct error *err)
{
    struct series_sink *series = series_of(&reading->sender->sink);
    struct batch *batch = reading->batch;
    struct series_reply *reply = &series->reply;
    if (series_reply_read(body, batch->count, reply, err) != 0)
        return -1;
    for (uint32_t i = 0; i < batch->count; i++)
        ots_sender_wrote(reading, i);
    for (uint32_t i = 0; i < reply->failure_count; i++)
        ots_sender_refused(reading, reply->failures[i].row, reply->failures[i].code,
                           reply->failures[i].message);
    for (uint32_t i = 0; i < reply->meta_count; i++)
        meta_cache_put(&series->metas, series_hash(batch, reply->meta_rows[i]), reply->meta_times_s[i],
                       series_now_s(series));
    return 0;
}

static void series_send(struct sink *sink, struct batch *batch)
{
    struct series_sink *series = series_of(sink);
    uint32_t at[SERIES_ROWS_MOST];
    uint32_t now_s = series_now_s(series);
    CHECK(batch->count <= SERIES_ROWS_MOST && batch->body.len > SERIES_REQUEST_PREFIX);
    for (uint32_t i = 0; i < batch->count; i++) {
        at[i] = batch->rows[i].at;
        series_piece_set_meta(series_piece(batch, i),
                              meta_cache_find(&series->metas, series_hash(batch, i), now_s));
    }
    struct series_request request = {slice_text(series->sender.table), series->ignore_meta, at, batch->count};
    struct slice body = series_request_finish(&request, batch->body.at + SERIES_REQUEST_PREFIX,
                                              batch->body.len - SERIES_REQUEST_PREFIX);
    ots_sender_send(&series->sender, batch, "PutTimeseriesData", body);
}

static const struct sink_class series_class = {
    .row_size = series_row_size,
    .put_row = series_put_row,
    .send = series_send,
    .cut = ots_sender_cut,
    .forget = ots_sender_forget,
};

struct sink *series_write_create(struct ots_client *client, const struct series_write_options *options)
{
    struct series_sink *series = check_memory(calloc(1, sizeof(*series)));
    CHECK(options->rows_most >= 1 && options->rows_most <= SERIES_ROWS_MOST);
    ots_sender_init(&series->sender, client, options->table, series_read_reply);
    meta_cache_init(&series->metas, options->series_most);
    series->ignore_meta = options->ignore_meta;
    series->sender.sink = (struct sink){
        .class = &series_class,
        .rows_most = options->rows_most,
        .bytes_most = BYTES_MOST,
        .fill_most = FILL_MOST,
        .prefix_bytes = SERIES_REQUEST_PREFIX,
        .same_key = false, /* what the service makes of two points of one time is not known */
    };
    return &series->sender.sink;
}

void series_write_destroy(struct sink *sink)
{
    struct series_sink *series = series_of(sink);
    meta_cache_fini(&series->metas);
    free(series);
}
