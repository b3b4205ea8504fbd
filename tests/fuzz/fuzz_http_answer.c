/* fuzz_http_answer: a server that answers a request with any bytes and hangs up; the first byte says in what
 * packets. The client hears of it exactly once and within bounds, and of what it takes for an answer there is
 * a verdict. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"
#include "http/client.h"
#include "loop/loop.h"
#include "ots/answer.h"
#include "wire/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPLY_MOST = 3000, REQUEST_MOST = 65536, PACKETS_MOST = 16, FIN_IN = 8 };

struct host {
    struct loop *loop;
    struct signer *signer;
    struct clock_timer turn;
    uint16_t port;
    int listening;
    int guest; /* -1: nobody has come yet */
    bool asked;
    bool reset;        /* hangs up with a reset */
    struct slice says; /* not yet sent */
    size_t packet;
    unsigned heard;
};

/* ---- the server ---- */

static void host_listen(struct host *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(address);
    host->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(host->listening >= 0 && bind(host->listening, (struct sockaddr *)&address, len) == 0);
    CHECK(listen(host->listening, 1) == 0);
    CHECK(getsockname(host->listening, (struct sockaddr *)&address, &len) == 0);
    host->port = ntohs(address.sin_port);
}

/* In most cases with a reset: an end from this side leaves a connection behind in the kernel for a minute,
 * and there are thousands. */
static void host_hang_up(struct host *host)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (host->guest < 0)
        return;
    if (host->reset)
        setsockopt(host->guest, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(host->guest);
    host->guest = -1;
}

/* Nothing is said before the whole request has come: what lies unread would turn an end into a reset. */
static void host_hear(struct host *host)
{
    char request[REQUEST_MOST];
    ssize_t got = recv(host->guest, request, sizeof(request), MSG_DONTWAIT | MSG_PEEK);
    host->asked = got > 0 && memmem(request, (size_t)got, "\r\n\r\nbody", 8) != NULL;
    if (host->asked)
        CHECK(recv(host->guest, request, (size_t)got, MSG_DONTWAIT) == got);
}

static void host_say(struct host *host)
{
    size_t len = host->says.len < host->packet ? host->says.len : host->packet;
    ssize_t sent = send(host->guest, host->says.at, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    size_t left = sent < 0 ? 0 : host->says.len - (size_t)sent;
    host->says = slice_of(host->says.at + (host->says.len - left), left);
    if (left == 0)
        host_hang_up(host);
}

static void on_turn(void *arg, struct clock_timer *timer)
{
    struct host *host = arg;
    if (!host->asked && host->guest < 0)
        host->guest = accept4(host->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    else if (!host->asked)
        host_hear(host);
    else if (host->guest >= 0)
        host_say(host);
    clock_start(loop_clock(host->loop), timer, 0);
}

/* ---- the client ---- */

static void classify(const struct host *host, const struct http_reply *reply)
{
    struct ots_question question = {.signer = host->signer,
                                    .operation = "BulkImport",
                                    .host = "host:1",
                                    .path = SLICE("/BulkImport"),
                                    .access_key_id = SLICE("testid"),
                                    .access_key_secret = SLICE("testsecret")};
    struct ots_answer answer;
    int64_t wall_ms;
    ots_answer_read(&question, reply, &answer);
    CHECK((answer.outcome == OTS_OK) == (answer.error.text[0] == 0));
    ots_answer_wall_ms(reply, &wall_ms);
}

static void on_reply(void *arg, struct http_exchange *exchange, const struct http_reply *reply)
{
    struct host *host = arg;
    (void)exchange;
    CHECK(host->asked && host->heard++ == 0 && reply->outcome != HTTP_UNSENT);
    CHECK(reply->body.len <= REPLY_MOST && reply->first_byte_ms <= reply->total_ms);
    CHECK(reply->outcome == HTTP_ANSWERED || reply->words[0] != 0);
    classify(host, reply);
    loop_stop(host->loop);
}

static void begin(struct host *host)
{
    host->loop = loop_create();
    host->signer = signer_create();
    clock_timer_init(&host->turn, on_turn, host);
    host_listen(host);
}

/* A client of its own, so that it keeps no connection. */
static struct http_client *client_of(const struct host *host)
{
    struct http_client_options options = {.connections_most = 4,
                                          .connect_timeout_ms = 10000,
                                          .stall_timeout_ms = 30000,
                                          .total_timeout_ms = 60000,
                                          .reply_most = REPLY_MOST};
    struct error err;
    struct http_client *client = http_client_create(host->loop, &options, &err);
    CHECK(client != NULL);
    return client;
}

static void ask(struct host *host)
{
    static const char *const lines[] = {"x-ots-date: 2024-01-02T03:04:05.678Z"};
    char url[64];
    struct http_request request = {.url = url, .lines = lines, .line_count = 1, .body = SLICE("body")};
    struct http_client *client = client_of(host);
    struct http_exchange *exchange = http_exchange_create(client, on_reply, host);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/BulkImport", host->port);
    clock_start(loop_clock(host->loop), &host->turn, 0);
    http_send(exchange, &request);
    loop_run(host->loop);
    CHECK(host->heard == 1);
    clock_stop(loop_clock(host->loop), &host->turn);
    http_exchange_destroy(exchange);
    http_client_destroy(client);
    host_hang_up(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct host host;
    if (size == 0)
        return 0;
    if (host.loop == NULL)
        begin(&host);
    host.guest = -1;
    host.asked = false;
    host.heard = 0;
    host.reset = size % FIN_IN != 0;
    host.says = slice_of(data + 1, size - 1);
    host.packet = data[0] > size / PACKETS_MOST ? data[0] : size / PACKETS_MOST + 1;
    ask(&host);
    return 0;
}
