/* check_kafka: every address that is written down, then every one that the brokers give themselves: a
 * consumer has to reach those. Topics and group are asked for at the first that answers; the error topics as
 * the producer would, on their own cluster and with their own properties. */
#include <stdio.h>

#include "cli/check_connect.h"
#include "kafka/visit.h"

enum { WAIT_MS = 2000, ADDRESS_MOST = 280, NAME_MOST = 320 };

static struct kafka_visit *kafka_open(const struct settings *settings, const char *address,
                                      const char *origin, unsigned *wrong)
{
    struct error err;
    char what[NAME_MOST];
    struct kafka_visit *visit = kafka_visit_open(&settings->kafka, address, WAIT_MS, &err);
    snprintf(what, sizeof(what), "broker %.280s", address);
    *wrong += visit == NULL;
    if (visit == NULL)
        check_mark_put(CHECK_WRONG, what, "%s%s", err.text, origin);
    else
        check_mark_put(CHECK_GOOD, what, "answers%s", origin);
    return visit;
}

/* "a:1,b:2": the next of them; answers where the rest begins, or NULL. */
static const char *kafka_next_address(const char *list, char address[ADDRESS_MOST])
{
    list += strspn(list, ", \t");
    size_t len = strcspn(list, ", \t");
    if (len == 0)
        return NULL;
    snprintf(address, ADDRESS_MOST, "%.*s", (int)len, list);
    return list + len;
}

static struct kafka_visit *kafka_open_all(const struct settings *settings, unsigned *wrong)
{
    char address[ADDRESS_MOST];
    struct kafka_visit *first = NULL;
    const char *rest = settings->kafka.brokers;
    while ((rest = kafka_next_address(rest, address)) != NULL) {
        struct kafka_visit *visit = kafka_open(settings, address, "", wrong);
        if (first == NULL)
            first = visit;
        else if (visit != NULL)
            kafka_visit_close(visit);
    }
    return first;
}

static bool kafka_is_listed(const char *list, const char *wanted)
{
    char address[ADDRESS_MOST];
    while ((list = kafka_next_address(list, address)) != NULL) {
        const char *scheme = strstr(address, "://");
        if (strcmp(scheme == NULL ? address : scheme + 3, wanted) == 0)
            return true;
    }
    return false;
}

static void kafka_look_advertised(const struct settings *settings, struct kafka_visit *visit, unsigned *wrong)
{
    const char *address;
    for (size_t i = 0; (address = kafka_visit_broker(visit, i)) != NULL; i++) {
        if (kafka_is_listed(settings->kafka.brokers, address))
            continue;
        struct kafka_visit *other =
            kafka_open(settings, address, " (an address of the brokers' advertised.listeners)", wrong);
        if (other != NULL)
            kafka_visit_close(other);
    }
}

static void kafka_look_topics(const struct settings *settings, struct kafka_visit *visit, unsigned *wrong)
{
    for (size_t i = 0; i < settings->kafka.topic_count; i++) {
        struct error err;
        char what[NAME_MOST];
        int partitions = 0;
        const char *topic = settings->kafka.topics[i].name;
        snprintf(what, sizeof(what), "topic %.280s", topic);
        if (kafka_visit_topic(visit, topic, &partitions, &err) == 0) {
            check_mark_put(CHECK_GOOD, what, "%d partition%s, may be read", partitions,
                           partitions == 1 ? "" : "s");
            continue;
        }
        check_mark_put(CHECK_WRONG, what, "%s", err.text);
        ++*wrong;
    }
}

static void kafka_look_group(const struct settings *settings, struct kafka_visit *visit, unsigned *wrong)
{
    struct error err;
    int64_t offset;
    char what[NAME_MOST];
    snprintf(what, sizeof(what), "group %.280s", settings->kafka.group);
    if (kafka_visit_group(visit, settings->kafka.topics[0].name, &offset, &err) != 0) {
        check_mark_put(CHECK_WRONG, what, "%s", err.text);
        ++*wrong;
    } else if (offset < 0) {
        check_mark_put(CHECK_GOOD, what, "may be used; nothing is committed yet");
    } else {
        check_mark_put(CHECK_GOOD, what, "may be used; goes on at offset %lld of %s, partition 0",
                       (long long)offset, settings->kafka.topics[0].name);
    }
}

/* The first broker that answers will do. The addresses are said already, unless the error topic has a cluster
 * of its own. */
static struct kafka_visit *kafka_open_errors(const struct producer_options *options, struct error *err)
{
    char address[ADDRESS_MOST];
    struct kafka_visit *visit = NULL;
    const char *rest = options->brokers;
    while (visit == NULL && (rest = kafka_next_address(rest, address)) != NULL)
        visit = kafka_visit_open_errors(options, address, WAIT_MS, err);
    return visit;
}

static void kafka_tell_error_topic(const struct producer_options *options, const char *what, int partitions)
{
    if (partitions > 0)
        check_mark_put(CHECK_GOOD, what, "is there, %d partition%s", partitions, partitions == 1 ? "" : "s");
    else if (options->replication > 0)
        check_mark_put(CHECK_GOOD, what, "does not exist; 'run' creates it, replicas=%u",
                       options->replication);
    else
        check_mark_put(CHECK_WARNING, what,
                       "does not exist; create it, or set errors.replication, unless the cluster makes "
                       "topics by itself (auto.create.topics.enable)");
}

static void kafka_look_error_topic(const struct producer_options *options, const char *what, unsigned *wrong)
{
    int partitions = 0;
    struct error err = {.text = "no brokers are given"};
    struct kafka_visit *visit = kafka_open_errors(options, &err);
    if (visit != NULL && kafka_visit_error_topic(visit, options, &partitions, &err) == 0) {
        kafka_tell_error_topic(options, what, partitions);
    } else {
        check_mark_put(CHECK_WRONG, what, "%s", err.text);
        ++*wrong;
    }
    if (visit != NULL)
        kafka_visit_close(visit);
}

/* False: nobody answers. */
static bool kafka_look(const struct settings *settings, unsigned *wrong)
{
    struct kafka_visit *visit = kafka_open_all(settings, wrong);
    if (visit == NULL) {
        check_mark_put(CHECK_WARNING, "topics, group", "not looked at: no broker answers");
        return false;
    }
    kafka_look_advertised(settings, visit, wrong);
    kafka_look_topics(settings, visit, wrong);
    kafka_look_group(settings, visit, wrong);
    kafka_visit_close(visit);
    return true;
}

static void kafka_look_errors(const struct settings_aside *aside, const char *silent, unsigned *wrong)
{
    char what[NAME_MOST];
    if (aside->sink != ERRORS_TO_TOPIC)
        return;
    snprintf(what, sizeof(what), "error topic %.280s", aside->topic.topic);
    if (silent != NULL && strcmp(aside->topic.brokers, silent) == 0)
        check_mark_put(CHECK_WARNING, what, "not looked at: no broker answers");
    else
        kafka_look_error_topic(&aside->topic, what, wrong);
}

void check_connect_kafka(const struct settings *settings, unsigned *wrong)
{
    const char *silent = kafka_look(settings, wrong) ? NULL : settings->kafka.brokers;
    kafka_look_errors(&settings->errors, silent, wrong);
    kafka_look_errors(&settings->convert_errors, silent, wrong);
}
