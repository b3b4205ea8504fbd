/* bench_http: our client against our server, each a process: requests a second and CPU a request on each
 * side. Usage: bench_http [REQUESTS]. Answers are 2 KB with eight headers, as Tablestore's are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <signal.h>

#include "base/check.h"
#include "base/error.h"
#include "http/client.h"
#include "http/server.h"
#include "loop/loop.h"

enum { LINES = 8, ANSWER = 2048, IN_FLIGHT_MOST = 64 };

static const char *const lines[LINES] = {
    "x-ots-date: 2024-01-02T03:04:05.678Z",
    "x-ots-apiversion: 2015-12-31",
    "x-ots-accesskeyid: LTAI0123456789abcdef",
    "x-ots-instancename: bench",
    "x-ots-contentmd5: 1B2M2Y8AsgTpgAmY7PhCfg==",
    "x-ots-signature: 0123456789abcdef0123456789ab",
    "x-ots-sdk-traceid: 0e1f6a2c-0000-1111-2222-333344445555",
    "x-ots-request-compress-type: none",
};

struct measure {
    size_t body_bytes;
    int in_flight;
    bool later; /* the server answers from its next turn */
};

struct server_side {
    struct clock *clock;
    struct clock_timer timer;
    struct http_call *waiting[IN_FLIGHT_MOST];
    int count;
};

static void server_answer(struct http_call *call)
{
    static const char answer[ANSWER];
    const struct http_header headers[] = {
        {SLICE("x-ots-requestid"), SLICE("0005a1b2-c3d4-e5f6-0123-456789abcdef")},
        {SLICE("x-ots-date"), SLICE("2024-01-02T03:04:05.678Z")},
        {SLICE("x-ots-contentmd5"), SLICE("1B2M2Y8AsgTpgAmY7PhCfg==")},
        {SLICE("x-ots-contenttype"), SLICE("protocol buffer")},
        {SLICE("Authorization"), SLICE("OTS LTAI0123456789abcdef:0123456789abcdef0123456789ab")},
    };
    http_answer(call, 200, headers, sizeof(headers) / sizeof(headers[0]), slice_of(answer, sizeof(answer)));
}

static void server_on_call(void *arg, struct http_call *call, const struct http_call_request *request)
{
    struct server_side *side = arg;
    if (request->query.len == 0) {
        server_answer(call);
        return;
    }
    side->waiting[side->count++] = call;
    clock_start(side->clock, &side->timer, 0);
}

static void server_on_turn(void *arg, struct clock_timer *timer)
{
    struct server_side *side = arg;
    (void)timer;
    for (int i = 0; i < side->count; i++)
        server_answer(side->waiting[i]);
    side->count = 0;
}

static void server_on_signal(void *arg, int signal)
{
    (void)signal;
    loop_stop(arg);
}

/* Of this process image alone: what getrusage() and wait4() tell begins with the parent's peak. */
static long server_peak_kb(void)
{
    char line[256];
    long kb = 0;
    FILE *status = fopen("/proc/self/status", "r");
    CHECK(status != NULL);
    while (fgets(line, sizeof(line), status) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = atol(line + 6);
    fclose(status);
    return kb;
}

/* bench_http --serve FD */
static int server_main(int tell)
{
    const struct http_server_options options = {.host = "127.0.0.1", .body_most = 8 << 20};
    struct error err;
    struct server_side side = {0};
    struct loop *loop = loop_create();
    side.clock = loop_clock(loop);
    clock_timer_init(&side.timer, server_on_turn, &side);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    CHECK(loop_on_signals(loop, server_on_signal, loop, &err) == 0);
    struct http_server *server = http_server_create(loop, &options, server_on_call, &side, &err);
    CHECK(server != NULL);
    uint16_t port = http_server_port(server);
    CHECK(write(tell, &port, sizeof(port)) == sizeof(port));
    loop_run(loop);
    http_server_destroy(server);
    loop_destroy(loop);
    long kb = server_peak_kb();
    CHECK(write(tell, &kb, sizeof(kb)) == sizeof(kb));
    return 0;
}

static pid_t server_start(int tell)
{
    char text[16];
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid > 0)
        return pid;
    snprintf(text, sizeof(text), "%d", tell);
    execl("/proc/self/exe", "bench_http", "--serve", text, NULL);
    _exit(1);
}

struct client_side {
    struct loop *loop;
    struct http_request request;
    int left;   /* to send */
    int flying; /* unanswered */
};

static void client_on_reply(void *arg, struct http_exchange *exchange, const struct http_reply *reply)
{
    struct client_side *side = arg;
    CHECK(reply->outcome == HTTP_ANSWERED && reply->status == 200 && reply->body.len == ANSWER);
    if (side->left > 0) {
        side->left--;
        http_send(exchange, &side->request);
    } else if (--side->flying == 0) {
        loop_stop(side->loop);
    }
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double cpu_of(const struct rusage *usage)
{
    return seconds_of(usage->ru_utime) + seconds_of(usage->ru_stime);
}

static double wall_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void client_run(uint16_t port, const struct measure *measure, int requests)
{
    const struct http_client_options options = {.connections_most = IN_FLIGHT_MOST,
                                                .connect_timeout_ms = 10000,
                                                .stall_timeout_ms = 30000,
                                                .total_timeout_ms = 60000,
                                                .reply_most = 1 << 20};
    struct error err;
    struct http_exchange *exchanges[IN_FLIGHT_MOST];
    char url[64];
    char *body = check_memory(calloc(1, measure->body_bytes));
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/BulkImport%s", port, measure->later ? "?later" : "");
    struct client_side side = {
        .loop = loop_create(), .left = requests - measure->in_flight, .flying = measure->in_flight};
    side.request = (struct http_request){.url = url, .lines = lines, .line_count = LINES};
    side.request.body = slice_of(body, measure->body_bytes);
    struct http_client *client = http_client_create(side.loop, &options, &err);
    CHECK(client != NULL);
    for (int i = 0; i < measure->in_flight; i++) {
        exchanges[i] = http_exchange_create(client, client_on_reply, &side);
        http_send(exchanges[i], &side.request);
    }
    loop_run(side.loop);
    for (int i = 0; i < measure->in_flight; i++)
        http_exchange_destroy(exchanges[i]);
    http_client_destroy(client);
    loop_destroy(side.loop);
    free(body);
}

static void measure_run(const struct measure *measure, int requests)
{
    int ends[2];
    uint16_t port;
    long peak_kb;
    struct rusage before, after, server;
    CHECK(pipe(ends) == 0);
    pid_t pid = server_start(ends[1]);
    CHECK(read(ends[0], &port, sizeof(port)) == sizeof(port));
    getrusage(RUSAGE_SELF, &before);
    double began = wall_now();
    client_run(port, measure, requests);
    double seconds = wall_now() - began;
    getrusage(RUSAGE_SELF, &after);
    kill(pid, SIGTERM);
    CHECK(read(ends[0], &peak_kb, sizeof(peak_kb)) == sizeof(peak_kb));
    CHECK(wait4(pid, NULL, 0, &server) == pid);
    printf("http post bytes=%zu in_flight=%d answer=%s requests=%d per_s=%.0f mb_per_s=%.0f client_us=%.1f "
           "server_us=%.1f "
           "server_peak_kb=%ld\n",
           measure->body_bytes, measure->in_flight, measure->later ? "later" : "at_once", requests,
           requests / seconds, (double)measure->body_bytes * requests / seconds / 1e6,
           (cpu_of(&after) - cpu_of(&before)) * 1e6 / requests, cpu_of(&server) * 1e6 / requests, peak_kb);
    fflush(stdout);
    close(ends[0]);
    close(ends[1]);
}

int main(int argc, char **argv)
{
    static const struct measure measures[] = {
        {4 << 10, 10, false},  {40 << 10, 10, false},  {40 << 10, 10, true},
        {40 << 10, 64, false}, {200 << 10, 10, false}, {1 << 20, 10, false},
    };
    if (argc == 3 && strcmp(argv[1], "--serve") == 0)
        return server_main(atoi(argv[2]));
    int requests = argc > 1 ? atoi(argv[1]) : 20000;
    for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++)
        measure_run(&measures[i], measures[i].body_bytes > 100000 ? requests / 10 : requests);
    return 0;
}
