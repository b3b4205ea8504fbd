/* fuzz_data_file: a data file of the emulator that somebody else has made. The first byte picks: any bytes as
 * the whole file, or a sound file whose tables and pieces are any bytes: records of a byte (a table, a piece,
 * a piece whose checksum is put right), two bytes of length, and the body. It is refused in words, or all of
 * it can be read through the service, changed, kept, and is the same when it is opened again. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "emulator/data.h"
#include "emulator/operation.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "support/store_dump.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TABLE, PIECE, PIECE_MENDED, KINDS, FIRST_PIECE = 1, RECORDS_MOST = 64 };

static char folder[64], file[100], log_file[120];
static struct buffer sound, before, after; /* `sound`: a file with an instance and nothing in it */

static void quiet(void *arg, enum log_level level, struct slice line)
{
    (void)arg;
    (void)level;
    (void)line;
}

/* ---- files ---- */

static void forget(void)
{
    unlink(file);
    unlink(log_file);
}

static void leave(void)
{
    forget();
    rmdir(folder);
}

static void put_file(struct slice bytes)
{
    forget();
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len && close(fd) == 0);
}

static void take_file(struct buffer *to)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;
    CHECK(fd >= 0);
    do {
        to->len += (size_t)got;
        got = read(fd, buffer_reserve(to, 65536), 65536);
    } while (got > 0);
    CHECK(got == 0 && close(fd) == 0);
}

static struct data *open_file(struct store *store, struct error *err)
{
    store_init(store);
    struct data *data = data_open(file, err);
    if (data != NULL && data_attach(data, "local", store, err) == 0)
        return data;
    CHECK(err->kind == ERROR_CONFIG && strncmp(err->text, file, strlen(file)) == 0);
    if (data != NULL)
        data_close(data);
    store_fini(store);
    return NULL;
}

static void prepare(void)
{
    struct store store;
    struct error err;
    if (folder[0] != 0)
        return;
    log_set_output(quiet, NULL);
    snprintf(folder, sizeof(folder), "%s/fuzz_data.XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    CHECK(mkdtemp(folder) != NULL && atexit(leave) == 0);
    snprintf(file, sizeof(file), "%s/data", folder);
    snprintf(log_file, sizeof(log_file), "%s-wal", file);
    buffer_init(&sound, SIZE_MAX);
    buffer_init(&before, SIZE_MAX);
    buffer_init(&after, SIZE_MAX);
    struct data *data = open_file(&store, &err);
    CHECK(data != NULL);
    data_close(data);
    store_fini(&store);
    take_file(&sound);
}

/* ---- a sound file with strange things in it ---- */

static void insert(sqlite3 *to, const char *sql, int64_t number, struct slice bytes)
{
    sqlite3_stmt *statement;
    CHECK(sqlite3_prepare_v2(to, sql, -1, &statement, NULL) == SQLITE_OK);
    sqlite3_bind_int64(statement, 1, number);
    sqlite3_bind_blob64(statement, 2, bytes.at, bytes.len, SQLITE_STATIC);
    CHECK(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_finalize(statement);
}

static void insert_record(sqlite3 *to, int kind, int64_t number, struct slice body)
{
    char *edge = check_memory(malloc(body.len + 4));
    uint32_t sum = (uint32_t)crc32_z(0, (const Bytef *)body.at, body.len);
    memcpy(edge + 4, body.at, body.len);
    for (int i = 0; i < 4; i++)
        edge[i] = (char)(sum >> 8 * i);
    if (kind == TABLE)
        insert(to,
               "INSERT INTO ots_table (id, instance, name, request, last_number, created_us, raised_us, "
               "lowered_us, streamed_us) VALUES (?1, 1, 't' || ?1, ?2, ?1, -?1, ?1 << 62, ?1 << 63, 0)",
               number, body);
    else
        insert(to, "INSERT INTO piece (id, rows) VALUES ((1 << 40) + ?1, ?2)", number,
               kind == PIECE ? body : slice_of(edge, body.len + 4));
    free(edge);
}

static void put_strange(const uint8_t *at, size_t left)
{
    sqlite3 *to;
    put_file(buffer_slice(&sound));
    CHECK(sqlite3_open(file, &to) == SQLITE_OK);
    CHECK(sqlite3_exec(to, "PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL) == SQLITE_OK);
    for (int64_t number = 1; number <= RECORDS_MOST && left >= 3; number++) {
        size_t len = (size_t)at[1] | (size_t)at[2] << 8;
        len = len > left - 3 ? left - 3 : len;
        insert_record(to, at[0] % KINDS, number, slice_of(at + 3, len));
        at += 3 + len;
        left -= 3 + len;
    }
    CHECK(sqlite3_exec(to, "COMMIT", NULL, NULL, NULL) == SQLITE_OK && sqlite3_close(to) == SQLITE_OK);
}

/* ---- used ---- */

static void ask(struct visit *visit, const char *path, const ProtobufCMessage *request)
{
    struct buffer body;
    buffer_init(&body, SIZE_MAX);
    proto_pack(request, &body);
    visit_begin(visit, operation_find(slice_text(path)), buffer_slice(&body));
    if (visit_prepare(visit) == 0)
        visit_execute(visit);
    buffer_fini(&body);
}

static void look_at_rows(struct visit *visit, const struct store_table *table, char *name)
{
    Ots__GetRangeRequest range = OTS__GET_RANGE_REQUEST__INIT;
    struct cell low[LIMIT_KEYS], high[LIMIT_KEYS];
    struct row least = {.op = ROW_PUT, .keys = low, .key_count = table->key_count};
    struct row most = {.op = ROW_PUT, .keys = high, .key_count = table->key_count};
    char bytes[2][2048];
    for (uint32_t i = 0; i < table->key_count; i++) {
        low[i] = (struct cell){.name = table->keys[i].name, .type = CELL_INF_MIN};
        high[i] = (struct cell){.name = table->keys[i].name, .type = CELL_INF_MAX};
    }
    CHECK(plainbuffer_size(&least) <= sizeof(bytes[0]));
    range.table_name = name;
    range.has_max_versions = true;
    range.max_versions = 3;
    range.inclusive_start_primary_key = (ProtobufCBinaryData){
        .len = (size_t)(plainbuffer_put(&least, bytes[0]) - bytes[0]), .data = (uint8_t *)bytes[0]};
    range.exclusive_end_primary_key = (ProtobufCBinaryData){
        .len = (size_t)(plainbuffer_put(&most, bytes[1]) - bytes[1]), .data = (uint8_t *)bytes[1]};
    ask(visit, "/GetRange", &range.base);
}

static void look(struct store *store)
{
    struct visit_ground ground = {.store = store, .now_ms = 1704164645678};
    struct visit visit;
    visit_init(&visit, &ground);
    for (uint32_t i = 0; i < store->count; i++) {
        Ots__DescribeTableRequest describe = OTS__DESCRIBE_TABLE_REQUEST__INIT;
        char name[300];
        snprintf(name, sizeof(name), "%.*s", SLICE_ARG(store->tables[i]->name));
        describe.table_name = name;
        ask(&visit, "/DescribeTable", &describe.base);
        CHECK(visit.refusal.status == 0);
        look_at_rows(&visit, store->tables[i], name);
    }
    visit_fini(&visit);
}

/* The first row of each table goes. */
static void change(struct store *store)
{
    struct refusal refusal;
    for (uint32_t i = 0; i < store->count; i++) {
        struct row_cursor cursor;
        struct row_node *node = row_index_at_least(&store->tables[i]->rows, SLICE(""), &cursor);
        if (node != NULL)
            store_remove_row(store->tables[i], node);
    }
    store_commit(store, &refusal);
}

static void use(void)
{
    struct store store;
    struct error err;
    struct data *data = open_file(&store, &err);
    if (data == NULL)
        return;
    look(&store);
    change(&store);
    store_dump(&store, &before);
    data_close(data);
    store_fini(&store);
    data = open_file(&store, &err);
    CHECK(data != NULL);
    store_dump(&store, &after);
    CHECK(slice_equal(buffer_slice(&before), buffer_slice(&after)));
    data_close(data);
    store_fini(&store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    prepare();
    if (size == 0)
        return 0;
    if (data[0] % 2 == 0)
        put_file(slice_of(data + 1, size - 1));
    else
        put_strange(data + 1, size - 1);
    use();
    return 0;
}
