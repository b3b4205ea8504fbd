/* wake: the way in is rd_kafka_sasl_set_credentials(): it keeps two texts, then wakes every broker thread,
 * and nothing more. A few hundred calls a second at a million records a second: too cheap to see. */
#include "kafka/wake.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static char *wake_property(const rd_kafka_conf_t *conf, const char *name)
{
    size_t bytes = 0;
    if (rd_kafka_conf_get(conf, name, NULL, &bytes) != RD_KAFKA_CONF_OK)
        return check_memory(strdup("none"));
    char *value = check_memory(malloc(bytes));
    CHECK(rd_kafka_conf_get(conf, name, value, &bytes) == RD_KAFKA_CONF_OK);
    return value;
}

static size_t wake_number(const rd_kafka_conf_t *conf, const char *name)
{
    char *value = wake_property(conf, name);
    size_t number = strtoul(value, NULL, 10);
    free(value);
    return number;
}

void wake_init(struct wake *wake, const rd_kafka_conf_t *conf)
{
    *wake = (struct wake){.username = wake_property(conf, "sasl.username"),
                          .password = wake_property(conf, "sasl.password"),
                          .some_messages = wake_number(conf, "queued.min.messages") / 2,
                          .some_bytes = wake_number(conf, "queued.max.messages.kbytes") * 1024 / 2};
}

void wake_start(struct wake *wake, rd_kafka_t *rk)
{
    wake->rk = rk;
}

static void wake_forget(char *secret)
{
    explicit_bzero(secret, strlen(secret));
    free(secret);
}

void wake_fini(struct wake *wake)
{
    wake_forget(wake->username);
    wake_forget(wake->password);
}

#if RD_KAFKA_VERSION < 0x020200ff

static void wake_brokers(struct wake *wake)
{
    wake->count++;
    rd_kafka_error_t *error = rd_kafka_sasl_set_credentials(wake->rk, wake->username, wake->password);
    CHECK(error == NULL); /* it refuses NULL only */
}

/* A queue only grows between two takes: what is found is the most there was. When that was little, and all of
 * it was taken, nobody sleeps: a trickle of records wakes no thread. */
void wake_after_take(struct wake *wake, struct wake_mark *mark, size_t taken, size_t bytes, size_t left)
{
    if (left > 0 || taken >= wake->some_messages || bytes >= wake->some_bytes)
        mark->armed = true;
    if (taken + left > mark->high)
        mark->high = taken + left;
    if (!mark->armed || left > mark->high / 2)
        return;
    mark->armed = left > 0;
    mark->high = left;
    wake_brokers(wake);
}

#else

/* fetch.queue.backoff.ms does it (kafka/conf.c). */
void wake_after_take(struct wake *wake, struct wake_mark *mark, size_t taken, size_t bytes, size_t left)
{
    (void)wake;
    (void)mark;
    (void)taken;
    (void)bytes;
    (void)left;
}

#endif
