/* emulator: the whole service over HTTP on one loop with a client: signatures both ways, the faults and what
 * is left in the table after each, the counters that tests from outside rely on, and the journal. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "emulator/change.h"
#include "emulator/emulator.h"
#include "http/client.h"
#include "loop/loop.h"
#include "support/peer.h"
#include "wire/sign.h"
#include "wire/tablestore.pb-c.h"
#include "wire/write_request.h"

enum { EXCHANGES = 4, GUARD_MS = 30000, BODY_MOST = 1 << 20 };

struct place;

struct sent {
    struct place *place;
    struct http_exchange *exchange;
    char *body;
    char path[64];
    bool answered;
    enum http_outcome outcome;
    int status;
    char reply[65536];
    size_t reply_len;
    bool signature_good;
};

struct place {
    struct loop *loop;
    struct clock_timer guard;
    struct emulator *emulator;
    struct http_client *client;
    struct signer *signer;
    struct sent sent[EXCHANGES];
    int open;           /* requests without a reply */
    char applied[1024]; /* keys in the order applied, "!" before a refused one */
    char journal[64];
    const char *await_applied;
};

static void on_guard(void *arg, struct clock_timer *timer)
{
    (void)arg;
    (void)timer;
    fail_msg("what was awaited did not come");
}

static void on_change(void *arg, const struct change *change, const struct refusal *refusal)
{
    struct place *place = arg;
    struct slice key = change->row.keys[0].bytes;
    size_t at = strlen(place->applied);
    snprintf(place->applied + at, sizeof(place->applied) - at, "%s%.*s=%lld ", refusal == NULL ? "" : "!",
             SLICE_ARG(key), (long long)(change->row.cell_count > 0 ? change->row.cells[0].integer : 0));
    if (place->await_applied != NULL && strcmp(place->applied, place->await_applied) == 0)
        loop_stop(place->loop);
}

static void on_reply(void *arg, struct http_exchange *exchange, const struct http_reply *reply)
{
    struct sent *sent = arg;
    (void)exchange;
    sent->answered = true;
    sent->outcome = reply->outcome;
    sent->status = reply->status;
    sent->reply_len = reply->body.len < sizeof(sent->reply) ? reply->body.len : sizeof(sent->reply) - 1;
    memcpy(sent->reply, reply->body.at == NULL ? "" : reply->body.at, sent->reply_len);
    sent->reply[sent->reply_len] = 0;
    struct sign_header headers[32];
    struct error err;
    struct sign_answer answer = {.path = slice_text(sent->path),
                                 .access_key_id = SLICE("testid"),
                                 .access_key_secret = SLICE("testsecret"),
                                 .headers = headers,
                                 .body = reply->body};
    for (size_t i = 0; i < reply->header_count && i < 32; i++)
        headers[answer.header_count++] =
            (struct sign_header){reply->headers[i].name, reply->headers[i].value};
    answer.authorization = sign_find(headers, answer.header_count, SLICE("Authorization"));
    sent->signature_good =
        reply->outcome == HTTP_ANSWERED && signer_verify(sent->place->signer, &answer, &err) == 0;
    if (--sent->place->open == 0)
        loop_stop(sent->place->loop);
}

static struct place *place_open(struct emulator_options options)
{
    struct place *place = calloc(1, sizeof(*place));
    struct http_client_options client = {.connections_most = EXCHANGES, .reply_most = BODY_MOST};
    struct error err;
    options.on_change = on_change;
    options.arg = place;
    place->loop = loop_create();
    place->emulator = emulator_create(place->loop, &options, &err);
    assert_non_null(place->emulator);
    place->client = http_client_create(place->loop, &client, &err);
    place->signer = signer_create();
    for (int i = 0; i < EXCHANGES; i++) {
        place->sent[i].place = place;
        place->sent[i].exchange = http_exchange_create(place->client, on_reply, &place->sent[i]);
    }
    clock_timer_init(&place->guard, on_guard, place);
    clock_start(loop_clock(place->loop), &place->guard, GUARD_MS);
    return place;
}

static int setup(void **state)
{
    *state = place_open((struct emulator_options){.control = true});
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    clock_stop(loop_clock(place->loop), &place->guard);
    for (int i = 0; i < EXCHANGES; i++) {
        http_exchange_destroy(place->sent[i].exchange);
        free(place->sent[i].body);
    }
    http_client_destroy(place->client);
    signer_destroy(place->signer);
    emulator_destroy(place->emulator);
    loop_destroy(place->loop);
    if (place->journal[0] != 0)
        unlink(place->journal);
    free(place);
    return 0;
}

/* Always on a connection of its own: curl must not repeat what a fault cut. */
static struct sent *send_bytes(struct place *place, int slot, const char *path, struct slice body,
                               const char *secret)
{
    struct sent *sent = &place->sent[slot];
    char url[128];
    const char *lines[SIGN_LINES];
    snprintf(sent->path, sizeof(sent->path), "%s", path);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", emulator_port(place->emulator), path);
    free(sent->body);
    sent->body = malloc(body.len + 1);
    memcpy(sent->body, body.at, body.len);
    struct sign_request sign = {.path = slice_text(path),
                                .instance = SLICE("local"),
                                .access_key_id = SLICE("testid"),
                                .access_key_secret = slice_text(secret),
                                .body = slice_of(sent->body, body.len),
                                .wall_ms = loop_clock(place->loop)->wall_ms};
    struct http_request request = {.url = url,
                                   .lines = lines,
                                   .line_count = signer_request(place->signer, &sign, lines),
                                   .body = sign.body};
    sent->answered = false;
    place->open++;
    http_send(sent->exchange, &request);
    return sent;
}

static void await_replies(struct place *place)
{
    while (place->open > 0)
        loop_run(place->loop);
}

static void on_tick(void *arg, struct clock_timer *timer)
{
    (void)timer;
    loop_stop(((struct place *)arg)->loop);
}

/* A little of the loop, for conditions that stop nothing by themselves. */
static void turn(struct place *place)
{
    struct clock_timer tick;
    clock_timer_init(&tick, on_tick, place);
    clock_start(loop_clock(place->loop), &tick, 1);
    loop_run(place->loop);
    clock_stop(loop_clock(place->loop), &tick);
}

/* Until the changes that were told are these. */
static void await_applied(struct place *place, const char *applied)
{
    place->await_applied = applied;
    while (strcmp(place->applied, applied) != 0)
        loop_run(place->loop);
    place->await_applied = NULL;
}

static void create_table(struct place *place)
{
    Ots__PrimaryKeySchema key = OTS__PRIMARY_KEY_SCHEMA__INIT;
    Ots__PrimaryKeySchema *keys[] = {&key};
    Ots__TableMeta meta = OTS__TABLE_META__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ReservedThroughput throughput = OTS__RESERVED_THROUGHPUT__INIT;
    Ots__CreateTableRequest request = OTS__CREATE_TABLE_REQUEST__INIT;
    uint8_t body[256];
    key.name = (char *)(uintptr_t) "k";
    key.type = OTS__PRIMARY_KEY_TYPE__STRING;
    meta.table_name = (char *)(uintptr_t) "t";
    meta.n_primary_key = 1;
    meta.primary_key = keys;
    options.has_time_to_live = options.has_max_versions = true;
    options.time_to_live = -1;
    options.max_versions = 1;
    throughput.capacity_unit = &unit;
    request.table_meta = &meta;
    request.table_options = &options;
    request.reserved_throughput = &throughput;
    struct slice bytes = slice_of(body, ots__create_table_request__pack(&request, body));
    const struct sent *sent = send_bytes(place, 0, "/CreateTable", bytes, "testsecret");
    await_replies(place);
    assert_int_equal(sent->status, 200);
    assert_true(sent->signature_good);
}

/* BulkImport of one row for each letter of `keys`, all with the cell v = value. */
static struct sent *send_rows(struct place *place, int slot, const char *keys, int64_t value)
{
    char room[16384];
    char *first = room + WRITE_REQUEST_PREFIX;
    char *to = first;
    for (const char *letter = keys; *letter != 0; letter++) {
        struct cell key = {.name = SLICE("k"), .type = CELL_STRING, .bytes = slice_of(letter, 1)};
        struct cell cell = {.name = SLICE("v"), .type = CELL_INTEGER, .integer = value};
        struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1, .cells = &cell, .cell_count = 1};
        to = write_request_put_row(WRITE_BULK_IMPORT, &row, to);
    }
    struct slice body = write_request_finish(WRITE_BULK_IMPORT, SLICE("t"), first, (size_t)(to - first));
    return send_bytes(place, slot, "/BulkImport", body, "testsecret");
}

static void set_faults(struct place *place, const char *json)
{
    struct error err;
    if (emulator_set_faults(place->emulator, slice_text(json), &err) != 0)
        fail_msg("%s", err.text);
}

static int on_row(void *arg, uint32_t index, const struct write_reply_row *row)
{
    char *text = arg;
    (void)index;
    snprintf(text + strlen(text), 512 - strlen(text), "%s%.*s", index == 0 ? "" : " ",
             row->ok ? 2 : (int)row->code.len, row->ok ? "ok" : row->code.at);
    return 0;
}

static void assert_rows(const struct sent *sent, uint32_t count, const char *expected)
{
    char text[512] = "";
    struct error err;
    assert_int_equal(sent->outcome, HTTP_ANSWERED);
    assert_int_equal(sent->status, 200);
    assert_true(sent->signature_good);
    struct slice reply = slice_of(sent->reply, sent->reply_len);
    assert_int_equal(write_reply_walk(WRITE_BULK_IMPORT, reply, count, on_row, text, &err), 0);
    assert_string_equal(text, expected);
}

/* ---- cases ---- */

static void test_rows_are_written_and_answers_are_signed(void **state)
{
    struct place *place = *state;
    create_table(place);
    const struct sent *sent = send_rows(place, 0, "ab", 1);
    await_replies(place);
    assert_rows(sent, 2, "ok ok");
    assert_string_equal(place->applied, "a=1 b=1 ");
    const struct counters *counters = emulator_counters(place->emulator);
    assert_int_equal(counters->requests, 2);
    assert_int_equal(counters->rows, 2);
    assert_int_equal(counters->in_flight, 0);
}

static void test_a_wrong_secret_is_refused_with_a_signed_error(void **state)
{
    struct place *place = *state;
    struct slice code;
    struct slice message;
    const struct sent *sent = send_bytes(place, 0, "/ListTable", SLICE(""), "another secret");
    await_replies(place);
    assert_int_equal(sent->status, 403);
    assert_true(sent->signature_good); /* by the emulator's own key */
    assert_int_equal(write_reply_fault(slice_of(sent->reply, sent->reply_len), &code, &message), 0);
    assert_true(slice_equal(code, SLICE("OTSAuthFailed")));
    sent = send_bytes(place, 0, "/DropEverything", SLICE(""), "testsecret");
    await_replies(place);
    assert_int_equal(sent->status, 400);
    assert_int_equal(write_reply_fault(slice_of(sent->reply, sent->reply_len), &code, &message), 0);
    assert_true(slice_equal(message, SLICE("Unsupported operation: DropEverything.")));
}

static void test_a_row_error_fails_its_row_and_is_not_applied(void **state)
{
    struct place *place = *state;
    create_table(place);
    set_faults(place,
               "{\"rules\":[{\"action\":\"row_error\",\"key\":\"b\",\"code\":\"OTSTimeout\",\"count\":1}]}");
    const struct sent *sent = send_rows(place, 0, "abc", 1);
    await_replies(place);
    assert_rows(sent, 3, "ok OTSTimeout ok");
    sent = send_rows(place, 0, "b", 2);
    await_replies(place);
    assert_rows(sent, 1, "ok");
    assert_string_equal(place->applied, "a=1 !b=1 c=1 b=2 ");
    assert_int_equal(emulator_counters(place->emulator)->faults, 1);
}

static void test_a_whole_error_applies_nothing_and_need_not_be_protobuf(void **state)
{
    struct place *place = *state;
    struct slice code;
    struct slice message;
    create_table(place);
    set_faults(place,
               "{\"rules\":[{\"action\":\"error\",\"code\":\"OTSServerUnavailable\",\"count\":1},"
               "{\"action\":\"error\",\"status\":502,\"body\":\"<html>bad gateway</html>\",\"count\":1}]}");
    const struct sent *sent = send_rows(place, 0, "a", 1);
    await_replies(place);
    assert_int_equal(sent->status, 503);
    assert_int_equal(write_reply_fault(slice_of(sent->reply, sent->reply_len), &code, &message), 0);
    assert_true(slice_equal(code, SLICE("OTSServerUnavailable")));
    sent = send_rows(place, 0, "b", 1);
    await_replies(place);
    assert_int_equal(sent->status, 502);
    assert_string_equal(sent->reply, "<html>bad gateway</html>");
    assert_string_equal(place->applied, "!a=1 !b=1 ");
}

static void test_cut_before_applies_nothing_and_cut_after_applies(void **state)
{
    struct place *place = *state;
    create_table(place);
    set_faults(
        place,
        "{\"rules\":[{\"action\":\"cut_before\",\"count\":1},{\"action\":\"cut_after\",\"count\":1}]}");
    const struct sent *sent = send_rows(place, 0, "a", 1);
    await_replies(place);
    assert_int_equal(sent->outcome, HTTP_CUT);
    assert_string_equal(place->applied, "");
    sent = send_rows(place, 0, "b", 1);
    await_replies(place);
    assert_int_equal(sent->outcome, HTTP_CUT);
    assert_string_equal(place->applied, "b=1 ");
    assert_int_equal(emulator_counters(place->emulator)->cut, 2);
}

static void test_a_late_request_is_applied_after_its_connection_was_cut(void **state)
{
    struct place *place = *state;
    create_table(place);
    set_faults(place, "{\"rules\":[{\"action\":\"late\",\"ms\":50,\"key\":\"a\",\"count\":1}]}");
    const struct sent *late = send_rows(place, 0, "a", 1);
    await_replies(place);
    assert_int_equal(late->outcome, HTTP_CUT);
    const struct sent *next = send_rows(place, 1, "a", 2); /* too early: this is what the counter is for */
    await_replies(place);
    assert_int_equal(next->status, 200);
    await_applied(place, "a=2 a=1 ");
    assert_int_equal(emulator_counters(place->emulator)->keys_in_flight_twice, 1);
    const struct sent *after = send_rows(place, 1, "a", 3);
    await_replies(place);
    assert_int_equal(after->status, 200);
    assert_int_equal(emulator_counters(place->emulator)->keys_in_flight_twice, 1);
}

static void test_keys_under_way_twice_are_counted_once_for_each_row(void **state)
{
    struct place *place = *state;
    create_table(place);
    set_faults(place, "{\"rules\":[{\"action\":\"delay\",\"ms\":30}]}");
    send_rows(place, 0, "abb", 1); /* within one request a key may repeat */
    send_rows(place, 1, "cd", 1);
    await_replies(place);
    assert_int_equal(emulator_counters(place->emulator)->keys_in_flight_twice, 0);
    assert_int_equal(emulator_counters(place->emulator)->most_in_flight, 2);
    send_rows(place, 0, "ab", 1);
    send_rows(place, 1, "bca", 2);
    await_replies(place);
    assert_int_equal(emulator_counters(place->emulator)->keys_in_flight_twice, 2);
    assert_int_equal(emulator_counters(place->emulator)->in_flight, 0);
}

static void test_latency_delays_rows_but_not_tables(void **state)
{
    struct place *place = *state;
    teardown((void **)&place);
    place = place_open((struct emulator_options){.latency_ms = 20});
    *state = place;
    int64_t before_ms = loop_clock(place->loop)->now_ms;
    create_table(place);
    send_rows(place, 0, "a", 1);
    send_rows(place, 1, "b", 1);
    await_replies(place);
    assert_true(loop_clock(place->loop)->now_ms - before_ms >= 20);
    assert_int_equal(emulator_counters(place->emulator)->most_in_flight, 2);
}

static void test_a_hung_request_is_cut_by_a_reset(void **state)
{
    struct place *place = *state;
    create_table(place);
    set_faults(place, "{\"rules\":[{\"action\":\"hang\",\"key\":\"a\"}]}");
    const struct sent *hung = send_rows(place, 0, "a", 1);
    const struct sent *other = send_rows(place, 1, "b", 1);
    while (!other->answered || emulator_counters(place->emulator)->faults == 0)
        turn(place);
    assert_false(hung->answered);
    assert_int_equal(emulator_counters(place->emulator)->in_flight, 1);
    emulator_reset(place->emulator);
    await_replies(place);
    assert_int_equal(hung->outcome, HTTP_CUT);
    assert_string_equal(place->applied, "b=1 ");
}

/* ---- the control path ---- */

static void test_the_control_path_sets_faults_and_tells_counters(void **state)
{
    struct place *place = *state;
    create_table(place);
    const struct sent *sent =
        send_bytes(place, 0, "/_control/faults", SLICE("{\"rules\":[{\"action\":\"row_error\"}]}"), "");
    await_replies(place);
    assert_int_equal(sent->status, 200);
    send_rows(place, 0, "a", 1);
    await_replies(place);
    assert_string_equal(place->applied, "!a=1 ");
    sent = send_bytes(place, 0, "/_control/faults", SLICE("{\"rules\":[{}]}"), "");
    await_replies(place);
    assert_int_equal(sent->status, 400);
    assert_non_null(
        strstr(sent->reply, "{\"error\":\"line 1, column 11: rules[0]: action is missing; one of "));
    sent = send_bytes(place, 0, "/_control/faults", SLICE(""), "");
    await_replies(place);
    send_rows(place, 0, "a", 2);
    await_replies(place);
    assert_string_equal(place->applied, "!a=1 a=2 ");
    sent = send_bytes(place, 0, "/_control/counters", SLICE(""), ""); /* a POST */
    await_replies(place);
    assert_int_equal(sent->status, 405);
    sent = send_bytes(place, 0, "/_control/nothing", SLICE(""), "");
    await_replies(place);
    assert_int_equal(sent->status, 404);
}

static void test_without_control_there_is_no_control_path(void **state)
{
    struct place *place = *state;
    teardown((void **)&place);
    place = place_open((struct emulator_options){.port = 0});
    *state = place;
    const struct sent *sent = send_bytes(place, 0, "/_control/reset", SLICE(""), "testsecret");
    await_replies(place);
    assert_int_equal(sent->status, 400);
    assert_true(sent->signature_good);
}

/* ---- the journal ---- */

static void read_journal(const struct place *place, char *text, size_t room)
{
    FILE *file = fopen(place->journal, "r");
    assert_non_null(file);
    text[fread(text, 1, room - 1, file)] = 0;
    fclose(file);
}

static void test_the_journal_has_each_change_in_the_order_applied(void **state)
{
    struct place *place = *state;
    char journal[] = "/tmp/otspipe-journal-XXXXXX";
    char text[4096];
    int fd = mkstemp(journal);
    assert_true(fd >= 0);
    close(fd);
    teardown((void **)&place);
    place = place_open((struct emulator_options){.journal_file = journal});
    *state = place;
    snprintf(place->journal, sizeof(place->journal), "%s", journal);
    create_table(place);
    set_faults(place, "{\"rules\":[{\"action\":\"row_error\",\"key\":\"b\"}]}");
    send_rows(place, 0, "ab", 1);
    await_replies(place);
    emulator_flush(place->emulator);
    read_journal(place, text, sizeof(text));
    const char *second = strchr(text, '\n') + 1;
    assert_int_equal(strncmp(text, "{\"seq\":1,\"time_ms\":", 19), 0);
    assert_int_equal(strncmp(second, "{\"seq\":2,\"time_ms\":", 19), 0);
    assert_non_null(strstr(text, ",\"table\":\"t\",\"op\":\"put\",\"primary_key\":[[\"k\",\"string\",\"a\"]],"
                                 "\"columns\":[[\"v\",\"integer\",1]],\"result\":\"ok\"}\n"));
    assert_non_null(strstr(second, "\"result\":\"OTSServerBusy\"}\n"));
}

/* ---- bad clients ---- */

static void *talk_badly(void *arg)
{
    static const char *const texts[] = {
        "",
        "\0\0\0\0",
        "GET\r\n\r\n",
        "POST /BulkImport HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /BulkImport HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nshort",
        "POST /PutRow HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        "POST //// HTTP/9.9\r\n\r\n"};
    uint16_t port = *(const uint16_t *)arg;
    for (size_t i = 0; i < 40; i++) {
        int fd = peer_connect(port);
        peer_say(fd, texts[i % 7]);
        peer_reset(fd);
    }
    return NULL;
}

static void test_bad_clients_do_not_stop_a_good_one(void **state)
{
    struct place *place = *state;
    pthread_t thread;
    uint16_t port = emulator_port(place->emulator);
    create_table(place);
    assert_int_equal(pthread_create(&thread, NULL, talk_badly, &port), 0);
    for (int i = 0; i < 40; i++) {
        const struct sent *sent = send_rows(place, 0, "a", i);
        await_replies(place);
        assert_rows(sent, 1, "ok");
    }
    pthread_join(thread, NULL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_rows_are_written_and_answers_are_signed),
        CASE(test_a_wrong_secret_is_refused_with_a_signed_error),
        CASE(test_a_row_error_fails_its_row_and_is_not_applied),
        CASE(test_a_whole_error_applies_nothing_and_need_not_be_protobuf),
        CASE(test_cut_before_applies_nothing_and_cut_after_applies),
        CASE(test_a_late_request_is_applied_after_its_connection_was_cut),
        CASE(test_keys_under_way_twice_are_counted_once_for_each_row),
        CASE(test_latency_delays_rows_but_not_tables),
        CASE(test_a_hung_request_is_cut_by_a_reset),
        CASE(test_the_control_path_sets_faults_and_tells_counters),
        CASE(test_without_control_there_is_no_control_path),
        CASE(test_the_journal_has_each_change_in_the_order_applied),
        CASE(test_bad_clients_do_not_stop_a_good_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
