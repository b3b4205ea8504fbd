/* bench_consumer: the consumer alone: messages a second, CPU a message on the loop's thread and in the whole
 * process, peak memory. Usage: bench_consumer BROKERS TOPIC MESSAGES [NAME=VALUE...]. Reads from the
 * beginning, commits nothing; what it reads is looked at (one byte of each), then forgotten. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "kafka/consumer.h"
#include "loop/loop.h"

enum { PROPERTIES_MOST = 32, TAKE_MOST = 200 };

struct measure {
    struct loop *loop;
    struct source *source;
    struct clock_timer turn;
    uint64_t messages, wanted, bytes;
    unsigned looked_at;
    int64_t wall_ns, thread_ns, process_ns; /* at the first message; then the difference */
};

static int64_t read_ns(clockid_t which)
{
    struct timespec time;
    CHECK(clock_gettime(which, &time) == 0);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void read_clocks(struct measure *measure, int sign)
{
    measure->wall_ns = sign * measure->wall_ns + read_ns(CLOCK_MONOTONIC);
    measure->thread_ns = sign * measure->thread_ns + read_ns(CLOCK_THREAD_CPUTIME_ID);
    measure->process_ns = sign * measure->process_ns + read_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static void on_message(void *arg, const struct message *message)
{
    struct measure *measure = arg;
    if (measure->messages++ == 0)
        read_clocks(measure, 1);
    measure->bytes += message->value.len;
    measure->looked_at +=
        message->value.len > 0 ? (unsigned char)message->value.at[message->value.len - 1] : 0;
}

/* As the channel does: one batch a turn. */
static void on_turn(void *arg, struct clock_timer *timer)
{
    struct measure *measure = arg;
    uint32_t taken = source_take(measure->source, 0, TAKE_MOST, on_message, measure);
    if (measure->messages >= measure->wanted) {
        read_clocks(measure, -1);
        loop_stop(measure->loop);
    } else if (taken > 0) {
        clock_start(loop_clock(measure->loop), timer, 0);
    }
}

static void on_ready(void *arg, uint32_t lane)
{
    struct measure *measure = arg;
    (void)lane;
    clock_start(loop_clock(measure->loop), &measure->turn, 0);
}

static void on_assign(void *arg, const struct source_partition *partitions, size_t count)
{
    (void)arg;
    (void)partitions;
    (void)count;
}

static void on_revoke(void *arg)
{
    struct measure *measure = arg;
    source_release(measure->source);
}

static void on_lost(void *arg)
{
    (void)arg;
}

static void on_error(void *arg, const struct error *err)
{
    (void)arg;
    fprintf(stderr, "%s\n", err->text);
}

static void on_trouble(void *arg, const char *what, const struct error *err)
{
    (void)arg;
    fprintf(stderr, "%s: %s\n", what, err == NULL ? "over" : err->text);
}

/* Not getrusage(): its maximum counts what the process was before exec(), which may be a large parent's copy.
 */
static double peak_rss_kb(void)
{
    char line[256];
    double peak_kb = 0;
    FILE *status = check_memory(fopen("/proc/self/status", "r"));
    while (fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak_kb = strtod(line + 6, NULL);
    }
    fclose(status);
    return peak_kb;
}

static void print(const struct measure *measure)
{
    double count = (double)measure->messages;
    printf(
        "%.0f bytes: %.2f M messages/s, %.0f MB/s, %.0f ns loop thread, %.0f ns process, peak RSS %.1f MB\n",
        (double)measure->bytes / count, count / (double)measure->wall_ns * 1e3,
        (double)measure->bytes / (double)measure->wall_ns * 1e3, (double)measure->thread_ns / count,
        (double)measure->process_ns / count, peak_rss_kb() / 1024);
}

int main(int argc, char **argv)
{
    struct consumer_property properties[PROPERTIES_MOST];
    struct error err;
    if (argc < 4)
        return fprintf(stderr, "usage: bench_consumer BROKERS TOPIC MESSAGES [NAME=VALUE...]\n"), 2;
    struct consumer_topic topic = {argv[2], 0};
    struct consumer_options options = {.brokers = argv[1],
                                       .group = "bench-consumer",
                                       .topics = &topic,
                                       .topic_count = 1,
                                       .lane_count = 1,
                                       .properties = properties};
    for (int i = 4; i < argc && options.property_count < PROPERTIES_MOST; i++) {
        char *value = strchr(argv[i], '=');
        CHECK(value != NULL);
        *value = 0;
        properties[options.property_count++] = (struct consumer_property){argv[i], value + 1, NULL};
    }
    struct measure measure = {.loop = loop_create(), .wanted = strtoull(argv[3], NULL, 10)};
    struct source_events events = {.arg = &measure,
                                   .on_assign = on_assign,
                                   .on_revoke = on_revoke,
                                   .on_lost = on_lost,
                                   .on_ready = on_ready,
                                   .on_error = on_error,
                                   .on_trouble = on_trouble};
    clock_timer_init(&measure.turn, on_turn, &measure);
    measure.source = consumer_create(measure.loop, &options, &events, &err);
    if (measure.source == NULL)
        return fprintf(stderr, "%s\n", err.text), 2;
    loop_run(measure.loop);
    print(&measure);
    clock_stop(loop_clock(measure.loop), &measure.turn);
    consumer_destroy(measure.source);
    loop_destroy(measure.loop);
    return measure.looked_at == 0;
}
