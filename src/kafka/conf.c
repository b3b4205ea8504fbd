/* conf: the defaults and why, and every check that needs no connection. */
#include "kafka/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/number.h"
#include "config/nearest.h"
#include "kafka/property.h"

/* The queues of all lanes together, and the least of one. Small, for kafka/wake keeps them full: a tenth of
 * it is as fast. */
enum { QUEUE_MESSAGES = 5000, QUEUE_MESSAGES_LEAST = 500, QUEUE_KB = 4096, QUEUE_KB_LEAST = 512 };

enum { TOPIC_NAME_MOST = 249 };

/* engineering.md sections 1.1 and 2 say where these come from. */
static const struct consumer_property conf_defaults[] = {
    {"client.id", "otspipe", NULL},
    {"enable.auto.commit", "false", NULL},
    {"enable.auto.offset.store", "false", NULL},
    {"auto.offset.reset", "earliest", NULL},
    {"partition.assignment.strategy", "range", NULL},
    {"isolation.level", "read_uncommitted", NULL}, /* as in Java; the library's own is read_committed */
    {"session.timeout.ms", "45000", NULL},
    {"socket.nagle.disable", "true", NULL},
    {"check.crcs", "true", NULL},
    {"fetch.max.bytes", "1048576", NULL}, /* a larger record still comes: at least one batch always does */
    {"fetch.message.max.bytes", "1048576", NULL},
    {"topic.metadata.refresh.interval.ms", "30000",
     NULL}, /* a missing topic is found soon after it was made */
};

/* The library reads a number that passes 2^31 as another one, without a word. */
static bool conf_is_wide(const char *value)
{
    int64_t number = 0;
    struct slice text = slice_text(value);
    size_t digits = strspn(value[0] == '-' ? value + 1 : value, "0123456789");
    if (digits == 0 || digits != text.len - (value[0] == '-'))
        return false;
    return !number_int64(text, &number) || number > INT32_MAX || number < INT32_MIN;
}

static bool conf_is_number(const rd_kafka_conf_t *conf, const char *name)
{
    char value[16];
    size_t bytes = sizeof(value);
    if (rd_kafka_conf_get(conf, name, value, &bytes) != RD_KAFKA_CONF_OK || bytes > sizeof(value))
        return false;
    return value[0] != 0 && value[strspn(value, "-0123456789")] == 0;
}

static int conf_refuse_unknown(const rd_kafka_conf_t *conf, const struct property *property,
                               struct error *err)
{
    size_t count = 0;
    const char *name = NULL;
    const char **pairs = rd_kafka_conf_dump((rd_kafka_conf_t *)(uintptr_t)conf, &count);
    struct config_nearest nearest = config_nearest_begin(property->name);
    for (size_t i = 0; i < count; i += 2)
        config_nearest_try(&nearest, pairs[i]);
    for (size_t i = 0; (name = property_java_name(i)) != NULL; i++)
        config_nearest_try(&nearest, name);
    property_refuse(err, property->place, property->name, "librdkafka %s has no such property%s%s%s",
                    rd_kafka_version_str(), nearest.name == NULL ? "" : "; did you mean ",
                    nearest.name == NULL ? "" : nearest.name, nearest.name == NULL ? "" : "?");
    rd_kafka_conf_dump_free(pairs, count);
    return -1;
}

static int conf_set(rd_kafka_conf_t *conf, const struct property *property, struct error *err)
{
    char words[256] = "";
    if (conf_is_wide(property->value) && conf_is_number(conf, property->name))
        return property_refuse(err, property->place, property->name, "%.40s is too large", property->value);
    rd_kafka_conf_res_t rc = rd_kafka_conf_set(conf, property->name, property->value, words, sizeof(words));
    if (rc == RD_KAFKA_CONF_OK)
        return 0;
    if (rc == RD_KAFKA_CONF_UNKNOWN)
        return conf_refuse_unknown(conf, property, err);
    return property_refuse(err, property->place, property->name, "%s", words);
}

static bool conf_is_file(const char *name)
{
    static const char *const files[] = {"ssl.ca.location",       "ssl.certificate.location",
                                        "ssl.key.location",      "ssl.crl.location",
                                        "ssl.keystore.location", "sasl.kerberos.keytab"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (strcmp(name, files[i]) == 0)
            return true;
    }
    return false;
}

static int conf_check_file(const struct property *property, struct error *err)
{
    if (!conf_is_file(property->name) || strcmp(property->value, "probe") == 0)
        return 0;
    if (access(property->value, R_OK) == 0)
        return 0;
    return property_refuse(err, property->place, property->name, "%.200s: %s", property->value,
                           strerror(errno));
}

static int conf_set_all(rd_kafka_conf_t *conf, const struct property_list *list, struct error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        if (conf_set(conf, &list->items[i], err) != 0 || conf_check_file(&list->items[i], err) != 0)
            return -1;
    }
    return 0;
}

int conf_set_users(rd_kafka_conf_t *conf, const struct consumer_property *properties, size_t count,
                   struct error *err)
{
    struct property_list list;
    property_list_init(&list);
    int rc = property_translate(&list, properties, count, err);
    if (rc == 0)
        rc = conf_set_all(conf, &list, err);
    property_list_fini(&list);
    return rc;
}

void conf_set_ours(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    CHECK(rd_kafka_conf_set(conf, name, value, NULL, 0) == RD_KAFKA_CONF_OK);
}

/* The library's limits are for each queue, and a lane has one of its own. */
static void conf_set_share(rd_kafka_conf_t *conf, const char *name, uint32_t total, uint32_t least,
                           uint32_t lanes)
{
    char text[16];
    uint32_t share = total / lanes;
    snprintf(text, sizeof(text), "%u", share < least ? least : share);
    conf_set_ours(conf, name, text);
}

static void conf_set_defaults(rd_kafka_conf_t *conf, const struct consumer_options *options)
{
    for (size_t i = 0; i < sizeof(conf_defaults) / sizeof(conf_defaults[0]); i++)
        conf_set_ours(conf, conf_defaults[i].name, conf_defaults[i].value);
    conf_set_share(conf, "queued.min.messages", QUEUE_MESSAGES, QUEUE_MESSAGES_LEAST, options->lane_count);
    conf_set_share(conf, "queued.max.messages.kbytes", QUEUE_KB, QUEUE_KB_LEAST, options->lane_count);
    if (rd_kafka_version() >= 0x020200ff) /* see kafka/wake.h */
        conf_set_ours(conf, "fetch.queue.backoff.ms", "2");
    if (options->brokers != NULL)
        conf_set_ours(conf, "bootstrap.servers", options->brokers);
    if (options->group != NULL)
        conf_set_ours(conf, "group.id", options->group);
    if (options->tell_ends)
        conf_set_ours(conf, "enable.partition.eof", "true");
}

bool conf_has(const rd_kafka_conf_t *conf, const char *name)
{
    size_t bytes = 0;
    return rd_kafka_conf_get(conf, name, NULL, &bytes) == RD_KAFKA_CONF_OK && bytes > 1;
}

int conf_check_topic_name(const char *name, struct error *err)
{
    static const char legal[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = strlen(name);
    if (len > 0 && len <= TOPIC_NAME_MOST && strspn(name, legal) == len)
        return 0;
    return error_set(
        err, ERROR_CONFIG,
        "topic \"%.260s\": not the name of a topic: 1 to %d letters, digits, dots, underscores and "
        "hyphens (patterns are not supported)",
        name, TOPIC_NAME_MOST);
}

static int conf_check_topic(const struct consumer_options *options, size_t index, struct error *err)
{
    const struct consumer_topic *topic = &options->topics[index];
    CHECK(topic->lane < options->lane_count);
    if (conf_check_topic_name(topic->name, err) != 0)
        return -1;
    for (size_t i = 0; i < index; i++) {
        if (strcmp(options->topics[i].name, topic->name) == 0)
            return error_set(err, ERROR_CONFIG, "topic %s is given twice", topic->name);
    }
    return 0;
}

static int conf_check(const rd_kafka_conf_t *conf, const struct consumer_options *options, struct error *err)
{
    if (!conf_has(conf, "metadata.broker.list"))
        return error_set(err, ERROR_CONFIG,
                         "no brokers are given: bootstrap.servers is needed, as host:port,...");
    if (!conf_has(conf, "group.id"))
        return error_set(err, ERROR_CONFIG, "no consumer group is given: group.id is needed");
    if (options->topic_count == 0)
        return error_set(err, ERROR_CONFIG, "no topics are given");
    for (size_t i = 0; i < options->topic_count; i++) {
        if (conf_check_topic(options, i, err) != 0)
            return -1;
    }
    return 0;
}

rd_kafka_conf_t *conf_create(const struct consumer_options *options, struct error *err)
{
    CHECK(options->lane_count > 0);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    conf_set_defaults(conf, options);
    if (conf_set_users(conf, options->properties, options->property_count, err) == 0 &&
        conf_check(conf, options, err) == 0)
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}
