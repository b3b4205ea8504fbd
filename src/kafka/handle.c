/* handle: what consumer and producer have in common about a librdkafka handle: its log and its end. */
#include "kafka/handle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/log.h"

enum { DESTROY_MOST_S = 5 };

struct handle_end {
    rd_kafka_t *rk;
    int flags;
};

static void *handle_end(void *arg)
{
    struct handle_end end = *(struct handle_end *)arg;
    free(arg);
    rd_kafka_destroy_flags(end.rk, end.flags);
    return NULL;
}

bool handle_destroy(rd_kafka_t *rk, int flags)
{
    pthread_t thread;
    struct timespec until;
    struct handle_end *end = check_memory(malloc(sizeof(*end)));
    *end = (struct handle_end){rk, flags};
    CHECK(pthread_create(&thread, NULL, handle_end, end) == 0);
    CHECK(clock_gettime(CLOCK_REALTIME, &until) == 0);
    until.tv_sec += DESTROY_MOST_S;
    if (pthread_timedjoin_np(thread, NULL, &until) == 0)
        return true;
    pthread_detach(thread);
    log_warn("kafka: the client library did not end within %d s and is left behind", DESTROY_MOST_S);
    return false;
}

/* Levels are syslog's. What comes as an error too is said there: one failure, one line. */
void handle_on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    if (strcmp(facility, "FAIL") == 0 || strcmp(facility, "FATAL") == 0 || strcmp(facility, "REQTMOUT") == 0)
        return;
    enum log_level ours = level <= 2 ? LOG_ERROR : level <= 4 ? LOG_WARN : level == 5 ? LOG_INFO : LOG_DEBUG;
    log_line(ours, "librdkafka: %s: %s", facility, text);
}
