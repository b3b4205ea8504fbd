/* bench_emulator: BulkImport of 200 rows a request into the real emulator, rows kept in memory or also in a
 * file. Over real sockets, the server a process of its own on one core and the client on the other; or by
 * visits, the service without HTTP and signatures. Requests are made and signed before the clock starts. Told
 * are rows a second of wall time and of the server's CPU time, and the server's peak memory; with a file also
 * its size and how long reading it again takes. Usage: bench_emulator [ROWS [FOLDER]]; the file is made in
 * FOLDER (/tmp) and removed. */
#include <arpa/inet.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/chance.h"
#include "base/check.h"
#include "base/error.h"
#include "emulator/data.h"
#include "emulator/emulator.h"
#include "emulator/operation.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "loop/loop.h"
#include "wire/sign.h"
#include "wire/write_request.h"

enum { ROWS = 1000000, BATCH = 200, CONNECTIONS = 4, BODY_MOST = 1 << 20, SERVER_CORE = 0, CLIENT_CORE = 1 };

enum bench_way { OVER_HTTP, BY_VISITS };
enum bench_keys { IN_ORDER, RANDOM };
enum bench_storing { IN_MEMORY, WITH_DATA, WITH_JOURNAL };

struct bench {
    enum bench_way way;
    enum bench_keys keys;
    enum bench_storing storing;
    int columns;
    int value_bytes;
    int passes; /* over the same rows: from the second on they are overwritten */
};

/* A row of two key columns and small values, then one of about 200 bytes in all. */
static const struct bench benches[] = {
    {BY_VISITS, IN_ORDER, IN_MEMORY, 3, 8, 1},  {BY_VISITS, RANDOM, IN_MEMORY, 3, 8, 1},
    {BY_VISITS, IN_ORDER, WITH_DATA, 3, 8, 1},  {BY_VISITS, RANDOM, WITH_DATA, 3, 8, 1},
    {BY_VISITS, RANDOM, WITH_DATA, 3, 8, 4},    {OVER_HTTP, IN_ORDER, IN_MEMORY, 3, 8, 1},
    {OVER_HTTP, RANDOM, IN_MEMORY, 3, 8, 1},    {OVER_HTTP, IN_ORDER, WITH_DATA, 3, 8, 1},
    {OVER_HTTP, RANDOM, WITH_DATA, 3, 8, 1},    {OVER_HTTP, RANDOM, WITH_DATA, 3, 8, 4},
    {OVER_HTTP, RANDOM, WITH_JOURNAL, 3, 8, 1}, {OVER_HTTP, RANDOM, IN_MEMORY, 8, 17, 1},
    {OVER_HTTP, RANDOM, WITH_DATA, 8, 17, 1}};
enum { BENCHES = sizeof(benches) / sizeof(benches[0]) };

struct bench_request {
    char *at;
    size_t len;
};

/* What the server's process tells at its end. */
struct bench_cost {
    uint64_t rows;
    double wall_s; /* by visits only */
    double user_s;
    double system_s;
    long peak_kb;
    off_t file_bytes;
    double load_s;
    uint64_t loaded;
};

static int rows_wanted = ROWS;
static char data_file[4096];

static double bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void bench_pin(int core)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    sched_setaffinity(0, sizeof(cores), &cores); /* where there is such a core */
}

static void bench_remove_data(void)
{
    char name[4200];
    unlink(data_file);
    snprintf(name, sizeof(name), "%s-wal", data_file);
    unlink(name);
}

/* ---- cost ---- */

/* Of this process image: getrusage() would carry the parent's peak over exec. */
static long bench_peak_kb(void)
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

static double bench_seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static void bench_measure(struct bench_cost *cost)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    cost->user_s = bench_seconds(usage.ru_utime);
    cost->system_s = bench_seconds(usage.ru_stime);
    cost->peak_kb = bench_peak_kb();
}

static void bench_load(struct bench_cost *cost)
{
    struct error err;
    struct store store;
    struct stat about;
    CHECK(stat(data_file, &about) == 0);
    store_init(&store);
    double from = bench_now();
    struct data *data = data_open(data_file, &err);
    CHECK(data != NULL && data_attach(data, "local", &store, &err) == 0);
    cost->load_s = bench_now() - from;
    cost->file_bytes = about.st_size;
    cost->loaded = store.tables[0]->rows.count;
    data_close(data);
    store_fini(&store);
}

/* ---- the server's process ---- */

static void bench_on_signal(void *arg, int signal)
{
    (void)signal;
    loop_stop(arg);
}

/* Tells its port and runs until SIGTERM. */
static void bench_serve_http(const struct bench *bench, int out, struct bench_cost *cost)
{
    struct error err;
    struct loop *loop = loop_create();
    struct emulator_options options = {.journal_file = bench->storing == WITH_JOURNAL ? "/dev/null" : NULL,
                                       .data_file = bench->storing == WITH_DATA ? data_file : NULL};
    struct emulator *emulator = emulator_create(loop, &options, &err);
    CHECK(emulator != NULL && loop_on_signals(loop, bench_on_signal, loop, &err) == 0);
    uint16_t port = emulator_port(emulator);
    CHECK(write(out, &port, sizeof(port)) == sizeof(port));
    loop_run(loop);
    bench_measure(cost);
    cost->rows = emulator_counters(emulator)->rows;
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

struct bench_rows {
    const struct bench *bench;
    struct chance chance;
    int64_t count;
};

static void bench_first_row(struct bench_rows *rows, const struct bench *bench)
{
    *rows = (struct bench_rows){.bench = bench};
    chance_init(&rows->chance, 1);
}

static char *bench_put_row(struct bench_rows *rows, char *to)
{
    static const char *const names[] = {"city",   "name",   "price",  "state",
                                        "amount", "colour", "weight", "remark"};
    const struct bench *bench = rows->bench;
    char id[32];
    char value[256];
    struct cell keys[2] = {{.name = SLICE("user"), .type = CELL_STRING},
                           {.name = SLICE("seq"), .type = CELL_INTEGER}};
    struct cell cells[8] = {{.op = CELL_PUT}};
    int64_t number = rows->count++;
    uint64_t high = bench->keys == RANDOM ? chance_next(&rows->chance) >> 32 : (uint64_t)number;
    snprintf(id, sizeof(id), "user-%08llx", (unsigned long long)high);
    keys[0].bytes = slice_text(id);
    keys[1].integer = bench->keys == RANDOM ? (int64_t)chance_next(&rows->chance) : number;
    memset(value, 'x', sizeof(value));
    for (int i = 0; i < bench->columns; i++)
        cells[i] = (struct cell){.name = slice_text(names[i]),
                                 .type = CELL_STRING,
                                 .bytes = slice_of(value, (size_t)bench->value_bytes)};
    struct row row = {
        .op = ROW_PUT, .keys = keys, .key_count = 2, .cells = cells, .cell_count = (uint32_t)bench->columns};
    return write_request_put_row(WRITE_BULK_IMPORT, &row, to);
}

/* The next request's body, in `room` of BODY_MOST bytes. */
static struct slice bench_body(struct bench_rows *rows, char *room)
{
    char *first = room + WRITE_REQUEST_PREFIX;
    char *to = first;
    for (int i = 0; i < BATCH; i++)
        to = bench_put_row(rows, to);
    return write_request_finish(WRITE_BULK_IMPORT, SLICE("t"), first, (size_t)(to - first));
}

/* name t; key user STRING, seq INTEGER; throughput 0/0; time to live -1, one version. */
static struct slice bench_create_body(char room[128])
{
    static const char body[] =
        "\x0a\x18\x0a\x01t\x12\x08\x0a\x04user\x10\x02\x12\x07\x0a\x03seq\x10\x01\x12\x02\x0a\x00"
        "\x1a\x0d\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x01";
    memcpy(room, body, sizeof(body));
    room[1] = 3 + 10 + 9;
    return slice_of(room, sizeof(body) - 1);
}

/* ---- by visits ---- */

static void bench_visit(struct visit *visit, const char *path, struct slice body)
{
    visit_begin(visit, operation_find(slice_text(path)), body);
    CHECK(visit_prepare(visit) == 0 && visit_execute(visit) == 0);
}

static double bench_cpu(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void bench_visit_rows(const struct bench *bench, struct visit *visit, struct bench_cost *cost)
{
    struct bench_rows rows;
    char *room = check_memory(malloc(BODY_MOST));
    bench_first_row(&rows, bench);
    for (int i = 0; i < rows_wanted / BATCH; i++) {
        struct slice body = bench_body(&rows, room);
        double wall = bench_now();
        double cpu = bench_cpu();
        bench_visit(visit, "/BulkImport", body);
        cost->user_s += bench_cpu() - cpu;
        cost->wall_s += bench_now() - wall;
        cost->rows += BATCH;
    }
    free(room);
}

static void bench_serve_visits(const struct bench *bench, struct bench_cost *cost)
{
    char room[128];
    struct error err;
    struct store store;
    struct visit_ground ground = {.store = &store, .now_ms = 1700000000000};
    struct visit visit;
    struct data *data = NULL;
    store_init(&store);
    visit_init(&visit, &ground);
    if (bench->storing == WITH_DATA) {
        data = data_open(data_file, &err);
        CHECK(data != NULL && data_attach(data, "local", &store, &err) == 0);
    }
    bench_visit(&visit, "/CreateTable", bench_create_body(room));
    for (int pass = 0; pass < bench->passes; pass++)
        bench_visit_rows(bench, &visit, cost);
    cost->peak_kb = bench_peak_kb();
    if (data != NULL)
        data_close(data);
    visit_fini(&visit);
    store_fini(&store);
}

/* bench_emulator --serve NUMBER FD ROWS FILE: a process of its own, that nobody else's memory is counted to.
 */
static int bench_serve(char **argv)
{
    const struct bench *bench = &benches[atoi(argv[2])];
    int out = atoi(argv[3]);
    struct bench_cost cost = {.rows = 0};
    rows_wanted = atoi(argv[4]);
    snprintf(data_file, sizeof(data_file), "%s", argv[5]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bench_pin(SERVER_CORE);
    if (bench->way == OVER_HTTP)
        bench_serve_http(bench, out, &cost);
    else
        bench_serve_visits(bench, &cost);
    if (bench->storing == WITH_DATA)
        bench_load(&cost);
    CHECK(write(out, &cost, sizeof(cost)) == sizeof(cost));
    return 0;
}

static pid_t bench_start(int number, int out)
{
    char texts[3][16];
    pid_t child = fork();
    CHECK(child >= 0);
    if (child > 0)
        return child;
    snprintf(texts[0], sizeof(texts[0]), "%d", number);
    snprintf(texts[1], sizeof(texts[1]), "%d", out);
    snprintf(texts[2], sizeof(texts[2]), "%d", rows_wanted);
    char *argv[] = {
        (char[]){"bench_emulator"}, (char[]){"--serve"}, texts[0], texts[1], texts[2], data_file, NULL};
    execv("/proc/self/exe", argv);
    _exit(1);
}

/* ---- the client ---- */

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

static void bench_create_table(int fd, struct signer *signer)
{
    char room[128];
    struct bench_request request = bench_sign(signer, "CreateTable", bench_create_body(room));
    bench_send(fd, &request);
    bench_receive(fd);
    free(request.at);
}

static void bench_make(const struct bench *bench, struct signer *signer, struct bench_request *requests,
                       size_t count)
{
    struct bench_rows rows;
    char *room = check_memory(malloc(BODY_MOST));
    bench_first_row(&rows, bench);
    for (size_t i = 0; i < count; i++)
        requests[i] = bench_sign(signer, "BulkImport", bench_body(&rows, room));
    free(room);
}

/* One request in flight on each connection. */
static double bench_blast(const int *fds, const struct bench_request *requests, size_t count)
{
    double from = bench_now();
    for (size_t i = 0; i < count + CONNECTIONS; i++) {
        if (i >= CONNECTIONS)
            bench_receive(fds[i % CONNECTIONS]);
        if (i < count)
            bench_send(fds[i % CONNECTIONS], &requests[i]);
    }
    return bench_now() - from;
}

static double bench_send_all(const struct bench *bench, uint16_t port)
{
    int fds[CONNECTIONS];
    size_t count = (size_t)rows_wanted / BATCH;
    double seconds = 0;
    struct signer *signer = signer_create();
    struct bench_request *requests = check_memory(calloc(count, sizeof(*requests)));
    bench_make(bench, signer, requests, count);
    for (int i = 0; i < CONNECTIONS; i++)
        fds[i] = bench_connect(port);
    bench_create_table(fds[0], signer);
    for (int pass = 0; pass < bench->passes; pass++)
        seconds += bench_blast(fds, requests, count);
    for (int i = 0; i < CONNECTIONS; i++)
        close(fds[i]);
    for (size_t i = 0; i < count; i++)
        free(requests[i].at);
    free(requests);
    signer_destroy(signer);
    return seconds;
}

static void bench_tell(const struct bench *bench, const struct bench_cost *cost)
{
    static const char *const ways[] = {"http", "visits"};
    static const char *const keys[] = {"in order", "random"};
    static const char *const storing[] = {"memory", "data", "journal"};
    double cpu = cost->user_s + cost->system_s;
    printf("%-6s  %-8s  %-7s  %d x %2d bytes  passes %d  rows %llu  rows/s %.0f  rows/cpu-s %.0f  us/row "
           "%.2f (system %.2f)  "
           "peak %ld MB",
           ways[bench->way], keys[bench->keys], storing[bench->storing], bench->columns, bench->value_bytes,
           bench->passes, (unsigned long long)cost->rows, (double)cost->rows / cost->wall_s,
           (double)cost->rows / cpu, cpu * 1e6 / (double)cost->rows,
           cost->system_s * 1e6 / (double)cost->rows, cost->peak_kb / 1024);
    if (bench->storing == WITH_DATA)
        printf("  file %lld MB  loaded %llu rows in %.2f s", (long long)cost->file_bytes >> 20,
               (unsigned long long)cost->loaded, cost->load_s);
    printf("\n");
    fflush(stdout);
}

static void bench_run(int number)
{
    const struct bench *bench = &benches[number];
    struct bench_cost cost;
    int ends[2];
    uint16_t port = 0;
    double seconds = 0;
    CHECK(pipe(ends) == 0);
    pid_t child = bench_start(number, ends[1]);
    if (bench->way == OVER_HTTP) {
        CHECK(read(ends[0], &port, sizeof(port)) == sizeof(port));
        seconds = bench_send_all(bench, port);
        kill(child, SIGTERM);
    }
    CHECK(read(ends[0], &cost, sizeof(cost)) == sizeof(cost));
    waitpid(child, NULL, 0);
    cost.wall_s += seconds;
    bench_tell(bench, &cost);
    close(ends[0]);
    close(ends[1]);
    bench_remove_data();
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "--serve") == 0)
        return bench_serve(argv);
    if (argc > 1)
        rows_wanted = atoi(argv[1]);
    snprintf(data_file, sizeof(data_file), "%s/bench_emulator.%d", argc > 2 ? argv[2] : "/tmp",
             (int)getpid());
    bench_pin(CLIENT_CORE);
    for (int i = 0; i < BENCHES; i++)
        if (argc <= 3 || atoi(argv[3]) == i)
            bench_run(i);
    return 0;
}
