/* error_table: a row is encoded when the record is put; the record's bytes are looked at again only when the
 * service refuses that row: then only its coordinates and the reason are written. */
#include "channel/error_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/chance.h"
#include "base/check.h"
#include "base/utf8.h"
#include "bucket/bucket.h"

enum {
    CELL_MOST = 2 << 20,               /* bytes that a column may have */
    ROW_MOST = (4 << 20) - (64 << 10), /* key and value together, below what a request may have */
    WHY_MOST = 2000,
    INFO_MOST = 3 * WHY_MOST + 400,
    LINGER_MS = 10,
    SETTLE_MS = 0, /* a row that is written late is the same row */
    RETRY_FIRST_MS = 100,
    RETRY_MOST_MS = 30000,
    REQUESTS = 2
};

struct error_table {
    struct aside aside; /* first: what others hold */
    struct receipt_book book;
    struct window *window; /* its own: the records count in their tables' windows */
    struct window_table share;
    struct bucket *bucket;
    char name[300];
};

static struct error_table *error_table_of(struct aside *aside)
{
    return (struct error_table *)aside;
}

bool error_table_options(const struct settings *settings, struct mapping_plan *plan,
                         struct ots_table_options *options)
{
    if (settings->errors.sink != ERRORS_TO_TABLE)
        return false;
    *plan = (struct mapping_plan){
        .table = slice_text(settings->errors.table), .key_mode = KEY_MODE_KAFKA, .key_count = 2};
    plan->keys[0] = (struct mapping_column){SLICE("topic_partition"), CELL_STRING};
    plan->keys[1] = (struct mapping_column){SLICE("offset"), CELL_INTEGER};
    *options = (struct ots_table_options){.plan = plan, .ttl_s = -1, .max_versions = 1};
    for (size_t i = 0; i < settings->table_count; i++)
        options->auto_create |= settings->tables[i].create.auto_create;
    return true;
}

/* --- the row --- */

struct error_row {
    struct cell keys[2];
    struct cell cells[3];
    uint32_t cell_count;
    char place[300]; /* topic_partition */
    char info[INFO_MOST];
};

static void error_row_add(struct error_row *row, struct slice name, enum cell_type type, struct slice bytes)
{
    if (bytes.at != NULL)
        row->cells[row->cell_count++] = (struct cell){.name = name, .type = type, .bytes = bytes};
}

/* The reason, well-formed, and what was cut. */
static struct slice error_row_info(struct error_row *row, const struct aside_record *record, struct slice key,
                                   struct slice value)
{
    const struct message *message = &record->message;
    struct slice why = slice_of(record->why.at, record->why.len < WHY_MOST ? record->why.len : WHY_MOST);
    size_t len = utf8_mend(why, row->info);
    if (key.len < message->key.len || value.len < message->value.len)
        len += (size_t)snprintf(row->info + len, sizeof(row->info) - len,
                                " [cut: key: %zu of %zu bytes; value: %zu of %zu bytes]", key.len,
                                message->key.len, value.len, message->value.len);
    return slice_of(row->info, len);
}

static struct slice error_row_fit(struct slice bytes, bool document, size_t *room)
{
    size_t most = *room < CELL_MOST ? *room : CELL_MOST;
    if (bytes.len > most)
        bytes = document ? (struct slice){NULL, 0} : slice_of(bytes.at, most);
    *room -= bytes.len;
    return bytes;
}

static void error_row_make(struct error_row *row, const struct aside_record *record)
{
    const struct message *message = &record->message;
    size_t room = record->room;
    struct slice key = error_row_fit(message->key, record->documents, &room);
    struct slice value = error_row_fit(message->value, record->documents, &room);
    snprintf(row->place, sizeof(row->place), "%.*s_%d", SLICE_ARG(message->topic), message->partition);
    row->keys[0] =
        (struct cell){.name = SLICE("topic_partition"), .type = CELL_STRING, .bytes = slice_text(row->place)};
    row->keys[1] = (struct cell){.name = SLICE("offset"), .type = CELL_INTEGER, .integer = message->offset};
    row->cell_count = 0;
    error_row_add(row, SLICE("key"), CELL_BINARY, record->room == 0 ? (struct slice){NULL, 0} : key);
    error_row_add(row, SLICE("value"), CELL_BINARY, record->room == 0 ? (struct slice){NULL, 0} : value);
    error_row_add(row, SLICE("error_info"), CELL_STRING, error_row_info(row, record, key, value));
}

static size_t error_table_push(struct error_table *table, struct aside_record *record)
{
    struct error_row made = {.cell_count = 0};
    size_t held = table->share.held;
    error_row_make(&made, record);
    struct row row = {
        .op = ROW_PUT, .keys = made.keys, .key_count = 2, .cells = made.cells, .cell_count = made.cell_count};
    struct receipt receipt = {&table->book, (uint64_t)(uintptr_t)record};
    bucket_push(table->bucket, &row, receipt, record->message.offset, NULL);
    bucket_turn(table->bucket);
    return table->share.held - held;
}

static size_t error_table_put(struct aside *aside, struct aside_record *record)
{
    record->room = ROW_MOST;
    return error_table_push(error_table_of(aside), record);
}

/* --- what becomes of it --- */

static void error_table_done(struct error_table *table, uint64_t run, bool confirmed)
{
    struct aside_record *record = (struct aside_record *)(uintptr_t)run;
    table->aside.events.on_done(table->aside.events.arg, record, confirmed);
}

/* Every record is a run of its own. */
static void error_table_settle(struct receipt_book *book, uint64_t run, uint32_t count, enum fate fate)
{
    struct error_table *table = LIST_OWNER(book, struct error_table, book);
    CHECK(count == 1);
    error_table_done(table, run, fate != FATE_DROPPED);
}

static void error_table_on_reject(void *arg, const struct bucket_rejection *rejection)
{
    struct error_table *table = arg;
    struct aside_record *record = (struct aside_record *)(uintptr_t)rejection->receipt.run;
    struct error err;
    if (record->room > 0) {
        record->room = 0;
        error_table_push(table, record);
        return;
    }
    error_set(&err, ERROR_FATAL,
              "a record can neither be written nor set aside: topic=%.*s partition=%d offset=%lld: %s",
              SLICE_ARG(record->message.topic), record->message.partition, (long long)record->message.offset,
              rejection->why);
    table->aside.events.on_trouble(table->aside.events.arg, &table->aside, &err);
    error_table_done(table, rejection->receipt.run, false);
}

static void error_table_on_trouble(void *arg, const struct error *err)
{
    struct error_table *table = arg;
    struct error words;
    if (err != NULL) {
        words = *err;
        words.kind = ERROR_RETRY; /* what a person mends goes on by itself */
    }
    table->aside.events.on_trouble(table->aside.events.arg, &table->aside, err == NULL ? NULL : &words);
}

static void error_table_on_nothing(void *arg)
{
    (void)arg;
}

static void error_table_cut(struct aside *aside)
{
    struct error_table *table = error_table_of(aside);
    bucket_drop(table->bucket);
    bucket_cut(table->bucket);
}

static uint32_t error_table_in_flight(const struct aside *aside)
{
    struct bucket_state state;
    bucket_read_state(((const struct error_table *)aside)->bucket, &state);
    return state.in_flight;
}

static const struct aside_class error_table_class = {
    .put = error_table_put, .cut = error_table_cut, .in_flight = error_table_in_flight};

struct aside *error_table_create(struct clock *clock, struct sink *sink, const char *name)
{
    static const struct bucket_options options = {.concurrency = REQUESTS,
                                                  .linger_ms = LINGER_MS,
                                                  .settle_ms = SETTLE_MS,
                                                  .backoff_first_ms = RETRY_FIRST_MS,
                                                  .backoff_most_ms = RETRY_MOST_MS};
    struct error_table *table = check_memory(calloc(1, sizeof(*table)));
    struct bucket_options seeded = options;
    seeded.seed = chance_seed();
    snprintf(table->name, sizeof(table->name), "error table %.255s", name);
    table->aside.class = &error_table_class;
    table->aside.name = table->name;
    table->book.settle = error_table_settle;
    table->window = window_create(0);
    window_join(table->window, &table->share, (size_t)16 << 20);
    struct bucket_events events = {.arg = table,
                                   .on_reject = error_table_on_reject,
                                   .on_room = error_table_on_nothing,
                                   .on_trouble = error_table_on_trouble,
                                   .on_idle = error_table_on_nothing};
    table->bucket = bucket_create(clock, sink, &table->share, &seeded, &events);
    return &table->aside;
}

void error_table_destroy(struct aside *aside)
{
    if (aside == NULL)
        return;
    struct error_table *table = error_table_of(aside);
    bucket_drop(table->bucket);
    bucket_destroy(table->bucket);
    window_leave(&table->share);
    window_destroy(table->window);
    free(table);
}
