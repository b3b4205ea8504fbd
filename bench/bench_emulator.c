/* bench_emulator: BulkImport of 200 rows a request into the real emulator over real sockets, rows kept. The
 * emulator is a process of its own; its CPU time and memory are what is told: rows a second of its one core,
 * bytes a row. Requests are made and signed before the clock starts. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/chance.h"
#include "base/check.h"
#include "base/error.h"
#include "emulator/emulator.h"
#include "loop/loop.h"
#include "wire/sign.h"
#include "wire/write_request.h"

enum { ROWS = 1000000, BATCH = 200, CONNECTIONS = 4, BODY_MOST = 1 << 20 };

struct bench {
    const char *name;
    int columns;
    int value_bytes;
    bool journal;
};

struct bench_request {
    char *at;
    size_t len;
};

static void bench_on_signal(void *arg, int signal)
{
    (void)signal;
    loop_stop(arg);
}

/* The emulator's process: tells its port, runs until SIGTERM, tells its cost. */
static void bench_serve(const struct bench *bench, int out)
{
    struct error err;
    struct rusage usage;
    struct loop *loop = loop_create();
    struct emulator_options options = {.journal_file = bench->journal ? "/dev/null" : NULL};
    struct emulator *emulator = emulator_create(loop, &options, &err);
    CHECK(emulator != NULL && loop_on_signals(loop, bench_on_signal, loop, &err) == 0);
    uint16_t port = emulator_port(emulator);
    CHECK(write(out, &port, sizeof(port)) == sizeof(port));
    loop_run(loop);
    getrusage(RUSAGE_SELF, &usage);
    uint64_t rows = emulator_counters(emulator)->rows;
    CHECK(write(out, &rows, sizeof(rows)) == sizeof(rows) &&
          write(out, &usage, sizeof(usage)) == sizeof(usage));
    emulator_destroy(emulator);
    loop_destroy(loop);
}

static struct bench_request bench_sign(struct signer *signer, const char *operation, struct slice body)
{
    char path[64];
    const char *lines[SIGN_LINES];
    struct timespec now;
    struct buffer text;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(path, sizeof(path), "/%s", operation);
    struct sign_request request = {.path = slice_text(path),
                                   .instance = SLICE("local"),
                                   .access_key_id = SLICE("testid"),
                                   .access_key_secret = SLICE("testsecret"),
                                   .body = body,
                                   .wall_ms = (int64_t)now.tv_sec * 1000};
    size_t count = signer_request(signer, &request, lines);
    buffer_init(&text, 2 * BODY_MOST);
    buffer_print(&text, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n", path, body.len);
    for (size_t i = 0; i < count; i++)
        buffer_print(&text, "%s\r\n", lines[i]);
    buffer_add_slice(&text, SLICE("\r\n"));
    buffer_add_slice(&text, body);
    return (struct bench_request){text.at, text.len};
}

static char *bench_put_row(const struct bench *bench, struct chance *chance, char *to)
{
    static const char *const names[] = {"city",   "name",   "price",  "state",
                                        "amount", "colour", "weight", "remark"};
    char id[32];
    char value[256];
    struct cell keys[2] = {{.name = SLICE("user"), .type = CELL_STRING},
                           {.name = SLICE("seq"), .type = CELL_INTEGER}};
    struct cell cells[8] = {{.op = CELL_PUT}};
    snprintf(id, sizeof(id), "user-%08llx", (unsigned long long)(chance_next(chance) >> 32));
    keys[0].bytes = slice_text(id);
    keys[1].integer = (int64_t)chance_next(chance);
    memset(value, 'x', sizeof(value));
    for (int i = 0; i < bench->columns; i++)
        cells[i] = (struct cell){.name = slice_text(names[i]),
                                 .type = CELL_STRING,
                                 .bytes = slice_of(value, (size_t)bench->value_bytes)};
    struct row row = {
        .op = ROW_PUT, .keys = keys, .key_count = 2, .cells = cells, .cell_count = (uint32_t)bench->columns};
    return write_request_put_row(WRITE_BULK_IMPORT, &row, to);
}

static struct bench_request bench_make(const struct bench *bench, struct chance *chance,
                                       struct signer *signer)
{
    char *body = check_memory(malloc(BODY_MOST));
    char *first = body + WRITE_REQUEST_PREFIX;
    char *to = first;
    for (int i = 0; i < BATCH; i++)
        to = bench_put_row(bench, chance, to);
    struct slice whole = write_request_finish(WRITE_BULK_IMPORT, SLICE("t"), first, (size_t)(to - first));
    struct bench_request request = bench_sign(signer, "BulkImport", whole);
    free(body);
    return request;
}

static int bench_connect(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
    return fd;
}

static void bench_send(int fd, const struct bench_request *request)
{
    for (size_t done = 0; done < request->len;) {
        ssize_t sent = send(fd, request->at + done, request->len - done, MSG_NOSIGNAL);
        CHECK(sent > 0);
        done += (size_t)sent;
    }
}

/* Reads one whole answer; the server sends its head and body so that Content-Length is enough. */
static void bench_receive(int fd)
{
    char text[65536];
    size_t len = 0;
    size_t wanted = SIZE_MAX;
    while (len < wanted) {
        ssize_t got = recv(fd, text + len, sizeof(text) - 1 - len, 0);
        CHECK(got > 0);
        len += (size_t)got;
        text[len] = 0;
        const char *end = strstr(text, "\r\n\r\n");
        const char *length = strcasestr(text, "content-length: ");
        if (end != NULL && length != NULL)
            wanted = (size_t)(end - text) + 4 + (size_t)atol(length + 16);
    }
    CHECK(strncmp(text, "HTTP/1.1 200", 12) == 0);
}

/* name t; key user STRING, seq INTEGER; throughput 0/0; time to live -1, one version. */
static void bench_create_table(int fd, struct signer *signer)
{
    static const char body[] =
        "\x0a\x18\x0a\x01t\x12\x08\x0a\x04user\x10\x02\x12\x07\x0a\x03seq\x10\x01\x12\x02\x0a\x00"
        "\x1a\x0d\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x01";
    char fixed[sizeof(body)];
    memcpy(fixed, body, sizeof(body));
    fixed[1] = 3 + 10 + 9;
    struct bench_request request = bench_sign(signer, "CreateTable", slice_of(fixed, sizeof(body) - 1));
    bench_send(fd, &request);
    bench_receive(fd);
    free(request.at);
}

static double bench_blast(const int *fds, const struct bench_request *requests, size_t count)
{
    struct timespec from;
    struct timespec to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (size_t i = 0; i < count + CONNECTIONS; i++) {
        if (i >= CONNECTIONS)
            bench_receive(fds[i % CONNECTIONS]);
        if (i < count)
            bench_send(fds[i % CONNECTIONS], &requests[i]);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
}

static void bench_tell(const struct bench *bench, int in, double seconds)
{
    uint64_t rows = 0;
    struct rusage usage;
    CHECK(read(in, &rows, sizeof(rows)) == sizeof(rows) && read(in, &usage, sizeof(usage)) == sizeof(usage));
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    printf("%-28s rows %llu  wall %.2f s  rows/s %.0f  rows/cpu-s %.0f (user %.2f s, system %.2f s)  peak "
           "%ld MB\n",
           bench->name, (unsigned long long)rows, seconds, (double)rows / seconds, (double)rows / cpu,
           (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec * 1e-6,
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec * 1e-6, usage.ru_maxrss / 1024);
}

static void bench_run(const struct bench *bench)
{
    int ends[2];
    int fds[CONNECTIONS];
    uint16_t port = 0;
    struct chance chance;
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        bench_serve(bench, ends[1]);
        _exit(0);
    }
    struct signer *signer = signer_create();
    size_t count = ROWS / BATCH;
    struct bench_request *requests = check_memory(calloc(count, sizeof(*requests)));
    chance_init(&chance, 1);
    for (size_t i = 0; i < count; i++)
        requests[i] = bench_make(bench, &chance, signer);
    CHECK(read(ends[0], &port, sizeof(port)) == sizeof(port));
    for (int i = 0; i < CONNECTIONS; i++)
        fds[i] = bench_connect(port);
    bench_create_table(fds[0], signer);
    double seconds = bench_blast(fds, requests, count);
    kill(child, SIGTERM);
    bench_tell(bench, ends[0], seconds);
    waitpid(child, NULL, 0);
    for (size_t i = 0; i < count; i++)
        free(requests[i].at);
    for (int i = 0; i < CONNECTIONS; i++)
        close(fds[i]);
    free(requests);
    signer_destroy(signer);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    static const struct bench benches[] = {{"3 columns of 8 bytes", 3, 8, false},
                                           {"3 columns of 8, journal", 3, 8, true},
                                           {"8 columns, 200 bytes a row", 8, 17, false}};
    for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++)
        bench_run(&benches[i]);
    return 0;
}
