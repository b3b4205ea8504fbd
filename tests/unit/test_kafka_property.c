/* kafka/property, kafka/jaas, kafka/conf: what users write, as librdkafka takes it, and what is refused with
 * which words. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/log.h"
#include "kafka/conf.h"
#include "kafka/jaas.h"
#include "kafka/property.h"

static const struct consumer_topic orders = {"orders", 0};

static struct consumer_options options_with(const struct consumer_property *properties, size_t count)
{
    return (struct consumer_options){.brokers = "127.0.0.1:9092",
                                     .group = "connect-orders",
                                     .topics = &orders,
                                     .topic_count = 1,
                                     .lane_count = 1,
                                     .properties = properties,
                                     .property_count = count};
}

/* "name=value;..." of what comes out. */
static void translated(const struct consumer_property *properties, size_t count, char text[1000])
{
    struct property_list list;
    struct error err;
    property_list_init(&list);
    if (property_translate(&list, properties, count, &err) != 0)
        fail_msg("%s", err.text);
    text[0] = 0;
    for (size_t i = 0; i < list.count; i++) {
        size_t len = strlen(text);
        snprintf(text + len, 1000 - len, "%s=%s;", list.items[i].name, list.items[i].value);
    }
    property_list_fini(&list);
}

static void assert_becomes(const char *name, const char *value, const char *wanted)
{
    char text[1000];
    struct consumer_property property = {name, value, NULL};
    translated(&property, 1, text);
    assert_string_equal(text, wanted);
}

static void assert_refused(const char *name, const char *value, const char *words)
{
    struct error err = {0};
    struct consumer_property property = {name, value, "worker.properties:7:1"};
    struct consumer_options options = options_with(&property, 1);
    if (consumer_check(&options, &err) == 0)
        fail_msg("%s=%s was taken", name, value);
    assert_int_equal(err.kind, ERROR_CONFIG);
    if (strstr(err.text, words) == NULL || strstr(err.text, "worker.properties:7:1: ") != err.text)
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void assert_taken(const char *name, const char *value)
{
    struct error err = {0};
    struct consumer_property property = {name, value, NULL};
    struct consumer_options options = options_with(&property, 1);
    if (consumer_check(&options, &err) != 0)
        fail_msg("%s", err.text);
}

static void test_names_of_the_java_client_are_translated(void **state)
{
    (void)state;
    assert_becomes("fetch.max.wait.ms", "7", "fetch.wait.max.ms=7;");
    assert_becomes("request.timeout.ms", "7", "socket.timeout.ms=7;");
    assert_becomes("receive.buffer.bytes", "-1", "socket.receive.buffer.bytes=0;");
    assert_becomes("send.buffer.bytes", "65536", "socket.send.buffer.bytes=65536;");
    assert_becomes("auto.offset.reset", "none", "auto.offset.reset=error;");
    assert_becomes("auto.offset.reset", "latest", "auto.offset.reset=latest;");
    assert_becomes("security.protocol", "SASL_SSL", "security.protocol=sasl_ssl;");
    assert_becomes("ssl.endpoint.identification.algorithm", "",
                   "ssl.endpoint.identification.algorithm=none;");
    assert_becomes("metadata.max.age.ms", "10000",
                   "topic.metadata.refresh.interval.ms=10000;metadata.max.age.ms=30000;");
    assert_becomes("metadata.max.age.ms", "2147483647",
                   "topic.metadata.refresh.interval.ms=3600000;metadata.max.age.ms=10800000;");
    assert_becomes("max.poll.records", "500", "");
    assert_becomes("key.deserializer", "org.example.Any", "");
    assert_becomes("enable.auto.commit", "False", "");
    assert_becomes("statistics.interval.ms", "5", "statistics.interval.ms=5;");
}

static void test_every_translated_property_is_one_of_the_library(void **state)
{
    (void)state;
    assert_taken("fetch.max.wait.ms", "7");
    assert_taken("request.timeout.ms", "30000");
    assert_taken("receive.buffer.bytes", "65536");
    assert_taken("send.buffer.bytes", "-1");
    assert_taken("metadata.max.age.ms", "2147483647");
    assert_taken("auto.offset.reset", "none");
    assert_taken("ssl.endpoint.identification.algorithm", "");
    assert_taken("security.protocol", "SASL_PLAINTEXT");
    assert_taken("sasl.mechanism", "SCRAM-SHA-256");
    assert_taken("isolation.level", "read_committed");
    assert_taken("max.partition.fetch.bytes", "2097152");
    assert_taken("group.instance.id", "99999999999");
}

static void test_only_eager_assignors_are_left(void **state)
{
    (void)state;
    assert_becomes("partition.assignment.strategy",
                   "org.apache.kafka.clients.consumer.RangeAssignor, "
                   "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
                   "partition.assignment.strategy=range;");
    assert_becomes("partition.assignment.strategy", "roundrobin,range",
                   "partition.assignment.strategy=roundrobin,range;");
    assert_refused("partition.assignment.strategy", "cooperative-sticky", rd_kafka_version_str());
    assert_refused("partition.assignment.strategy", "org.apache.kafka.clients.consumer.StickyAssignor",
                   "range");
    assert_refused("group.protocol", "consumer", "classic");
}

static void test_what_would_break_a_promise_is_refused(void **state)
{
    (void)state;
    assert_refused("enable.auto.commit", "true", "when their records are written");
    assert_refused("enable.auto.offset.store", "true", "when their records are written");
    assert_refused("log.queue", "true", "must be false");
}

static void test_mistakes_are_told_with_their_place_and_the_nearest_name(void **state)
{
    (void)state;
    assert_refused("sesion.timeout.ms", "7", "did you mean session.timeout.ms?");
    assert_refused("fetch.max.wait.sm", "7", "did you mean fetch.max.wait.ms?");
    assert_refused("no.such.thing.at.all", "7", "has no such property");
    assert_refused("session.timeout.ms", "soon", "session.timeout.ms");
    assert_refused("session.timeout.ms", "4294967297", "too large"); /* the library would read 1 */
    assert_refused("session.timeout.ms", "-99999999999999999999", "too large");
    assert_refused("metadata.max.age.ms", "x", "not a time");
    assert_refused("ssl.ca.location", "/nowhere/ca.pem", "No such file");
    assert_refused("ssl.cipher.suites", "TLS_AES_128_GCM_SHA256", "OpenSSL");
}

static void test_login_modules_become_names_and_passwords(void **state)
{
    (void)state;
    assert_becomes("sasl.jaas.config",
                   "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"al\\\"ice\" "
                   "password=\"a;b=c \\\\d\";",
                   "sasl.username=al\"ice;sasl.password=a;b=c \\d;");
    assert_becomes(
        "sasl.jaas.config",
        " org.apache.kafka.common.security.scram.ScramLoginModule  required\n username=bob  // who\n"
        " tokenauth=true /* so */ password='p\\tw' ; ",
        "sasl.username=bob;sasl.password=p\tw;");
    assert_becomes("sasl.jaas.config",
                   "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true keyTab=\"/k\" "
                   "principal=\"p@R\";",
                   "sasl.kerberos.principal=p@R;sasl.kerberos.keytab=/k;");
    assert_becomes(
        "sasl.jaas.config", "x.OAuthBearerLoginModule required clientId=a clientSecret='b' scope=\"c d\";",
        "sasl.oauthbearer.method=oidc;sasl.oauthbearer.client.id=a;sasl.oauthbearer.client.secret=b;"
        "sasl.oauthbearer.scope=c d;");
    assert_refused("sasl.jaas.config", "org.example.OtherModule required a=\"b\";", "not known");
    assert_refused("sasl.jaas.config", "x.PlainLoginModule required username=\"u\";", "password=");
}

static void test_broken_login_texts_are_refused_without_their_secret(void **state)
{
    (void)state;
    static const char *const broken[] = {"",
                                         "x.PlainLoginModule",
                                         "x.PlainLoginModule required",
                                         "x.PlainLoginModule required password=\"hunter2\"",
                                         "x.PlainLoginModule required password=\"hunter2;",
                                         "x.PlainLoginModule required password=\"hunter2\\",
                                         "x.PlainLoginModule required password hunter2;",
                                         "x.PlainLoginModule required password=;hunter2",
                                         "x.PlainLoginModule required =hunter2;",
                                         "x.PlainLoginModule required /* hunter2",
                                         ";hunter2"};
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct consumer_property property = {"sasl.jaas.config", broken[i], NULL};
        struct property_list list;
        struct error err = {0};
        property_list_init(&list);
        assert_int_equal(property_translate(&list, &property, 1, &err), -1);
        assert_int_equal(err.kind, ERROR_CONFIG);
        assert_null(strstr(err.text, "hunter2"));
        property_list_fini(&list);
    }
}

static void test_a_login_text_has_room_for_many_options_and_no_more(void **state)
{
    (void)state;
    char text[1000] = "m f";
    struct jaas jaas;
    struct error err;
    for (int i = 0; i < JAAS_OPTIONS_MOST; i++)
        snprintf(text + strlen(text), 30, " a%d=%d", i, i);
    size_t len = strlen(text);
    snprintf(text + len, 10, ";");
    assert_int_equal(jaas_read(&jaas, text, &err), 0);
    assert_string_equal(jaas_find(&jaas, "a31"), "31");
    assert_null(jaas_find(&jaas, "a32"));
    jaas_fini(&jaas);
    snprintf(text + len, 10, " b=1;");
    assert_int_equal(jaas_read(&jaas, text, &err), -1);
}

static void test_key_and_trust_stores(void **state)
{
    (void)state;
    static const struct consumer_property pem[] = {
        {"ssl.truststore.location", "/t/store", NULL}, {"ssl.truststore.type", "pem", NULL},
        {"ssl.keystore.location", "/t/keys", NULL},    {"ssl.keystore.type", "PEM", NULL},
        {"ssl.keystore.password", "unused", NULL},     {"ssl.key.password", "secret", NULL}};
    static const struct consumer_property pkcs12[] = {{"ssl.keystore.location", "/t/keys.p12", NULL},
                                                      {"ssl.keystore.password", "secret", NULL}};
    char text[1000];
    translated(pem, 6, text);
    assert_string_equal(text,
                        "ssl.ca.location=/t/store;ssl.certificate.location=/t/keys;ssl.key.location=/t/keys;"
                        "ssl.key.password=secret;");
    translated(pkcs12, 2, text);
    assert_string_equal(text, "ssl.keystore.location=/t/keys.p12;ssl.keystore.password=secret;");
    assert_becomes("ssl.truststore.location", "/t/ca.pem", "ssl.ca.location=/t/ca.pem;");
    assert_becomes("ssl.truststore.certificates", "-----BEGIN", "ssl.ca.pem=-----BEGIN;");
    assert_refused("ssl.truststore.location", "/t/trust.jks", "keytool");
    assert_refused("ssl.keystore.location", "/t/keys.jks", "PKCS12");
}

static void test_the_last_value_wins_over_ours(void **state)
{
    (void)state;
    static const struct consumer_property twice[] = {{"queued.min.messages", "7", NULL},
                                                     {"queued.min.messages", "9", NULL},
                                                     {"group.id", "other", NULL},
                                                     {"enable.partition.eof", "false", NULL}};
    struct consumer_options options = options_with(twice, 4);
    struct error err;
    char value[32];
    size_t bytes = sizeof(value);
    options.tell_ends = true;
    rd_kafka_conf_t *conf = conf_create(&options, &err);
    assert_non_null(conf);
    assert_int_equal(rd_kafka_conf_get(conf, "queued.min.messages", value, &bytes), RD_KAFKA_CONF_OK);
    assert_string_equal(value, "9");
    bytes = sizeof(value);
    assert_int_equal(rd_kafka_conf_get(conf, "group.id", value, &bytes), RD_KAFKA_CONF_OK);
    assert_string_equal(value, "other");
    bytes = sizeof(value);
    assert_int_equal(rd_kafka_conf_get(conf, "enable.partition.eof", value, &bytes), RD_KAFKA_CONF_OK);
    assert_string_equal(value, "true");
    bytes = sizeof(value);
    assert_int_equal(rd_kafka_conf_get(conf, "isolation.level", value, &bytes), RD_KAFKA_CONF_OK);
    assert_string_equal(value, "read_uncommitted");
    rd_kafka_conf_destroy(conf);
}

static void assert_property(const rd_kafka_conf_t *conf, const char *name, const char *wanted)
{
    char value[64];
    size_t bytes = sizeof(value);
    assert_int_equal(rd_kafka_conf_get(conf, name, value, &bytes), RD_KAFKA_CONF_OK);
    assert_string_equal(value, wanted);
}

/* An offset moves when the error topic has confirmed its record: that must mean what it says. */
static void test_a_confirmation_of_the_error_topic_cannot_be_made_cheaper(void **state)
{
    (void)state;
    static const struct consumer_property cheaper[] = {{"enable.idempotence", "false", NULL},
                                                       {"acks", "1", NULL},
                                                       {"message.timeout.ms", "1000", NULL},
                                                       {"linger.ms", "77", NULL}};
    struct producer_options options = {
        .brokers = "h:1", .topic = "errors", .pipeline = "p", .properties = cheaper, .property_count = 4};
    struct error err;
    rd_kafka_conf_t *conf = conf_create_producer(&options, &err);
    assert_non_null(conf);
    assert_property(conf, "enable.idempotence", "true");
    assert_property(conf, "acks", "-1");
    assert_property(conf, "message.timeout.ms", "0");
    assert_property(conf, "linger.ms", "77");
    rd_kafka_conf_destroy(conf);
}

static void assert_queue(uint32_t lanes, const char *messages, const char *kilobytes)
{
    struct consumer_options options = options_with(NULL, 0);
    struct error err;
    char value[16];
    size_t bytes = sizeof(value);
    options.lane_count = lanes;
    rd_kafka_conf_t *conf = conf_create(&options, &err);
    assert_non_null(conf);
    assert_int_equal(rd_kafka_conf_get(conf, "queued.min.messages", value, &bytes), RD_KAFKA_CONF_OK);
    assert_string_equal(value, messages);
    bytes = sizeof(value);
    assert_int_equal(rd_kafka_conf_get(conf, "queued.max.messages.kbytes", value, &bytes), RD_KAFKA_CONF_OK);
    assert_string_equal(value, kilobytes);
    rd_kafka_conf_destroy(conf);
}

static void test_lanes_share_the_queue(void **state)
{
    (void)state;
    assert_queue(1, "5000", "4096");
    assert_queue(4, "1250", "1024");
    assert_queue(100, "500", "512");
}

static void assert_topics_refused(const struct consumer_topic *topics, size_t count, const char *words)
{
    struct consumer_options options = options_with(NULL, 0);
    struct error err = {0};
    options.topics = topics;
    options.topic_count = count;
    assert_int_equal(consumer_check(&options, &err), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_non_null(strstr(err.text, words));
}

static void test_brokers_group_and_topics_are_needed(void **state)
{
    (void)state;
    static const struct consumer_topic twice[] = {{"orders", 0}, {"orders", 0}};
    static const struct consumer_topic pattern[] = {{"^orders", 0}};
    char wide[300];
    memset(wide, 'a', sizeof(wide));
    wide[250] = 0;
    const struct consumer_topic long_name[] = {{wide, 0}};
    struct consumer_options options = options_with(NULL, 0);
    struct error err = {0};
    options.brokers = "";
    assert_int_equal(consumer_check(&options, &err), -1);
    assert_non_null(strstr(err.text, "bootstrap.servers"));
    options = options_with(NULL, 0);
    options.group = NULL;
    assert_int_equal(consumer_check(&options, &err), -1);
    assert_non_null(strstr(err.text, "group.id"));
    assert_topics_refused(NULL, 0, "no topics");
    assert_topics_refused(twice, 2, "twice");
    assert_topics_refused(pattern, 1, "patterns are not supported");
    assert_topics_refused(long_name, 1, "not the name of a topic");
}

static void keep_line(void *arg, enum log_level level, struct slice line)
{
    struct buffer *lines = arg;
    (void)level;
    buffer_add_slice(lines, line);
}

static void test_what_has_no_effect_is_said(void **state)
{
    (void)state;
    struct buffer lines;
    buffer_init(&lines, 4096);
    log_set_output(keep_line, &lines);
    assert_taken("interceptor.classes", "org.example.Secret");
    log_set_output(NULL, NULL);
    buffer_add(&lines, "", 1);
    assert_non_null(strstr(lines.at, "interceptor.classes"));
    buffer_fini(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_the_java_client_are_translated),
        cmocka_unit_test(test_every_translated_property_is_one_of_the_library),
        cmocka_unit_test(test_only_eager_assignors_are_left),
        cmocka_unit_test(test_what_would_break_a_promise_is_refused),
        cmocka_unit_test(test_mistakes_are_told_with_their_place_and_the_nearest_name),
        cmocka_unit_test(test_login_modules_become_names_and_passwords),
        cmocka_unit_test(test_broken_login_texts_are_refused_without_their_secret),
        cmocka_unit_test(test_a_login_text_has_room_for_many_options_and_no_more),
        cmocka_unit_test(test_key_and_trust_stores),
        cmocka_unit_test(test_the_last_value_wins_over_ours),
        cmocka_unit_test(test_a_confirmation_of_the_error_topic_cannot_be_made_cheaper),
        cmocka_unit_test(test_lanes_share_the_queue),
        cmocka_unit_test(test_brokers_group_and_topics_are_needed),
        cmocka_unit_test(test_what_has_no_effect_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
