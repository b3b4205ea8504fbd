/* settings: what files become: defaults of both forms, Connect's rules of merging, and what is printed reads
 * back. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "channel/settings.h"
#include "channel/settings_reader.h"

static void on_mistake(void *arg, enum settings_severity severity, const char *line)
{
    static const char *const words[] = {"", "warning: ", "note: "};
    buffer_print(arg, "%s%s\n", words[severity], line);
}

static struct settings *read_all(const struct settings_source *sources, size_t count)
{
    struct buffer said;
    buffer_init(&said, 1 << 20);
    struct settings *settings =
        settings_read_sources(sources, count, SETTINGS_COMPAT_OF_FILE, on_mistake, &said);
    if (settings == NULL)
        fail_msg("%.*s", (int)said.len, said.at);
    buffer_fini(&said);
    return settings;
}

static struct settings *read_compat(const char *name, const char *text, enum settings_compat compat)
{
    struct settings_source source = {name, slice_text(text)};
    struct buffer said;
    buffer_init(&said, 1 << 20);
    struct settings *settings = settings_read_sources(&source, 1, compat, on_mistake, &said);
    if (settings == NULL)
        fail_msg("%.*s", (int)said.len, said.at);
    buffer_fini(&said);
    return settings;
}

static struct settings *read_yaml(const char *text)
{
    return read_all(&(struct settings_source){"test.yaml", slice_text(text)}, 1);
}

static struct settings *read_connect(const char *worker, const char *connector)
{
    struct settings_source sources[] = {{"worker.properties", slice_text(worker)},
                                        {"connector.properties", slice_text(connector)}};
    return read_all(sources, 2);
}

#define YAML_TOP                                                                                             \
    "name: n\nkafka.brokers: b:1\ntablestore: {endpoint: \"https://h\", instance: i, access_key_id: a, "     \
    "access_key_secret: s3cret}\n"
#define WORKER                                                                                               \
    "bootstrap.servers=b:1\nkey.converter=org.apache.kafka.connect.json.JsonConverter\n"                     \
    "value.converter=org.apache.kafka.connect.json.JsonConverter\nvalue.converter.schemas.enable=false\n"
#define CONNECTOR                                                                                            \
    "name=n\ntablestore.endpoint=https://h\ntablestore.instance.name=i\ntablestore.access.key.id=a\n"        \
    "tablestore.access.key.secret=s3cret\n"

static void test_yaml_presets(void **state)
{
    (void)state;
    struct settings *settings = read_yaml(YAML_TOP "kafka.topics: [t]\n");
    const struct settings_table *table = &settings->tables[0];
    assert_string_equal(settings->kafka.group, "connect-n");
    assert_int_equal(settings->commit_interval_ms, 5000);
    assert_int_equal(settings->drain_ms, 20000);
    assert_int_equal(settings->memory_bytes, 3 << 20);
    assert_int_equal(settings->statistics_interval_ms, 10000);
    assert_int_equal(settings->kafka_session_ms, 45000);
    assert_int_equal(settings->tolerance, ERRORS_NONE);
    assert_int_equal(settings->convert_tolerance, ERRORS_NONE);
    assert_int_equal(settings->ots.http.connect_timeout_ms, 10000);
    assert_int_equal(settings->ots.http.stall_timeout_ms, 30000);
    assert_int_equal(settings->ots.http.total_timeout_ms, 60000);
    assert_null(settings->ots.http.ca_file);
    assert_true(settings->ots.http.connections_most >= 200);
    assert_int_equal(settings->table_count, 1);
    assert_int_equal(table->plan.key_mode, KEY_MODE_KAFKA);
    assert_int_equal(table->plan.key_count, 2);
    assert_true(slice_equal(table->plan.keys[0].name, SLICE("topic_partition")));
    assert_int_equal(table->plan.keys[1].type, CELL_INTEGER);
    assert_int_equal(table->plan.map_values, MAP_VALUES_TYPED);
    assert_int_equal(table->plan.nested, NESTED_TEXT);
    assert_int_equal(table->key_format, CONVERT_STRING);
    assert_int_equal(table->value_format, CONVERT_JSON);
    assert_true(table->bucket.ordered);
    assert_int_equal(table->bucket.concurrency, 0);
    assert_int_equal(table->bucket.linger_ms, 10);
    assert_int_equal(table->bucket.settle_ms, 2000);
    assert_int_equal(table->bucket.backoff_first_ms, 100);
    assert_int_equal(table->bucket.backoff_most_ms, 30000);
    assert_int_equal(table->request, WRITE_BULK_IMPORT);
    assert_true(table->same_key);
    assert_false(table->create.auto_create);
    assert_int_equal(table->create.ttl_s, -1);
    assert_int_equal(table->create.max_versions, 1);
    assert_ptr_equal(table->create.plan, &table->plan);
    settings_destroy(settings);
}

static void test_the_manuals_presets(void **state)
{
    (void)state;
    struct settings *settings = read_connect(WORKER, CONNECTOR "topics=t\n");
    const struct settings_table *table = &settings->tables[0];
    assert_int_equal(settings->commit_interval_ms, 60000);
    assert_int_equal(table->plan.map_values, MAP_VALUES_BINARY);
    assert_int_equal(table->plan.nested, NESTED_ERROR);
    assert_int_equal(table->bucket.concurrency, 0);
    assert_int_equal(table->bucket.linger_ms, 10);
    assert_int_equal(table->key_format, CONVERT_JSON_ENVELOPE);
    assert_int_equal(table->value_format, CONVERT_JSON);
    assert_true(table->create.define_columns);
    settings_destroy(settings);
}

static void test_lanes_are_tables_and_routes_go_before_the_top(void **state)
{
    (void)state;
    struct settings *settings = read_yaml(
        YAML_TOP "kafka.topics: [x, c]\nwrite: {linger: 1s, ordered: false}\ntable: k_<topic>\n"
                 "routes:\n  - topics: [a, b]\n    table: t\n    write: {linger: 2s}\n    primary_key:\n"
                 "      mode: record_key\n      columns: [{name: id, type: string}]\n  - topic: c\n");
    assert_int_equal(settings->table_count, 3);
    assert_int_equal(settings->kafka.lane_count, 3);
    assert_int_equal(settings->kafka.topic_count, 4);
    assert_int_equal(settings_lane(settings, SLICE("a")), 0);
    assert_int_equal(settings_lane(settings, SLICE("b")), 0);
    assert_int_equal(settings_lane(settings, SLICE("c")), 1);
    assert_int_equal(settings_lane(settings, SLICE("x")), 2);
    assert_int_equal(settings_lane(settings, SLICE("y")), -1);
    assert_true(slice_equal(settings->tables[0].plan.table, SLICE("t")));
    assert_true(slice_equal(settings->tables[1].plan.table, SLICE("k_c")));
    assert_int_equal(settings->tables[0].bucket.linger_ms, 2000);
    assert_int_equal(settings->tables[2].bucket.linger_ms, 1000);
    assert_false(settings->tables[0].bucket.ordered);
    assert_int_equal(settings->tables[0].key_format, CONVERT_JSON);
    assert_int_equal(settings->tables[1].key_format, CONVERT_STRING);
    for (size_t i = 0; i < settings->kafka.topic_count; i++)
        assert_int_equal(settings_lane(settings, slice_text(settings->kafka.topics[i].name)),
                         settings->kafka.topics[i].lane);
    settings_destroy(settings);
}

static void test_connect_tables_are_named_by_assignment_then_format(void **state)
{
    (void)state;
    struct settings *settings = read_connect(
        WORKER, CONNECTOR
        "topics= a , b,,a, c\ntable.name.format=<topic>_kafka\ntopics.assign.tables = a : t , c:b_kafka\n"
        "primarykey.mode=Record_Value\ntablestore.t.primarykey.name=A,B\ntablestore.t.primarykey.type=string,"
        " Auto_Increment\n"
        "tablestore.b_kafka.primarykey.name=C\ntablestore.b_kafka.primarykey.type=BINARY\n"
        "tablestore.t.columns.whitelist.name=x , y\ntablestore.t.columns.whitelist.type=double,boolean\n");
    assert_int_equal(settings->table_count, 2);
    assert_true(slice_equal(settings->tables[0].plan.table, SLICE("t")));
    assert_true(slice_equal(settings->tables[1].plan.table, SLICE("b_kafka")));
    assert_int_equal(settings->tables[1].topic_count, 2);
    assert_int_equal(settings->tables[0].plan.keys[1].type, CELL_AUTO_INCREMENT);
    assert_int_equal(settings->tables[1].plan.keys[0].type, CELL_BINARY);
    assert_int_equal(settings->tables[0].plan.column_count, 2);
    assert_true(slice_equal(settings->tables[0].plan.columns[1].name, SLICE("y")));
    assert_int_equal(settings->tables[0].plan.columns[1].type, CELL_BOOLEAN);
    assert_int_equal(settings->tables[1].plan.column_count, 0);
    settings_destroy(settings);
}

static void test_a_connectors_converter_replaces_the_workers_with_its_settings(void **state)
{
    (void)state;
    struct settings *settings =
        read_connect(WORKER, CONNECTOR "topics=t\nvalue.converter=JsonConverter\nkey.converter=org.apache."
                                       "kafka.connect.storage.StringConverter\n");
    assert_int_equal(settings->tables[0].value_format, CONVERT_JSON_ENVELOPE);
    assert_int_equal(settings->tables[0].key_format, CONVERT_STRING);
    settings_destroy(settings);
    settings = read_connect(WORKER, CONNECTOR "topics=t\nvalue.converter.schemas.enable=true\n");
    assert_int_equal(settings->tables[0].value_format, CONVERT_JSON);
    settings_destroy(settings);
}

static void test_the_class_that_is_told_of_an_error_is_the_one_of_the_file(void **state)
{
    (void)state;
    static const char *const classes[] = {
        "json.JsonConverter",          "storage.StringConverter",   "converters.ByteArrayConverter",
        "converters.BooleanConverter", "converters.ShortConverter", "converters.IntegerConverter",
        "converters.LongConverter",    "converters.FloatConverter", "converters.DoubleConverter"};
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        char text[1000], class[100];
        snprintf(class, sizeof(class), "org.apache.kafka.connect.%s", classes[i]);
        snprintf(text, sizeof(text), "%stopics=t\nprimarykey.mode=kafka\nvalue.converter=%s\n", CONNECTOR,
                 class);
        struct settings *settings = read_connect(WORKER, text);
        assert_string_equal(convert_format_class(settings->tables[0].value_format), class);
        settings_destroy(settings);
    }
    assert_string_equal(convert_format_class(CONVERT_JSON), "org.apache.kafka.connect.json.JsonConverter");
}

static void test_both_spellings_of_the_flush_interval(void **state)
{
    (void)state;
    struct settings *settings = read_connect(WORKER, CONNECTOR "topics=t\nflush.Interval=10000\n");
    assert_int_equal(settings->tables[0].bucket.linger_ms, 10000);
    settings_destroy(settings);
    settings = read_connect(WORKER, CONNECTOR "topics=t\nflush.interval=200\n");
    assert_int_equal(settings->tables[0].bucket.linger_ms, 200);
    settings_destroy(settings);
}

static const char *property(const struct settings *settings, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < settings->kafka.property_count; i++)
        if (strcmp(settings->kafka.properties[i].name, name) == 0)
            value = settings->kafka.properties[i].value;
    return value;
}

static void test_client_properties_come_from_the_weakest_to_the_strongest(void **state)
{
    (void)state;
    struct settings *settings = read_connect(
        WORKER "security.protocol=SSL\nssl.ca.location=/"
               "ca\nconsumer.client.id=w\nconsumer.security.protocol=SASL_SSL\n"
               "consumer.group.id=g\n",
        CONNECTOR "topics=t\nconsumer.override.client.id=c\nconsumer.override.session.timeout.ms=9000\n");
    assert_string_equal(property(settings, "security.protocol"), "SASL_SSL");
    assert_string_equal(property(settings, "ssl.ca.location"), "/ca");
    assert_string_equal(property(settings, "client.id"), "c");
    assert_string_equal(settings->kafka.group, "g");
    assert_null(property(settings, "group.id"));
    assert_int_equal(settings->kafka_session_ms, 9000);
    assert_string_equal(settings->kafka.properties[0].place, "worker.properties:5:19");
    settings_destroy(settings);
    settings =
        read_connect(WORKER "consumer.group.id=g\n", CONNECTOR "topics=t\nconsumer.override.group.id=h\n");
    assert_string_equal(settings->kafka.group, "h");
    settings_destroy(settings);
}

static void test_error_topics_have_the_clusters_security_and_properties_of_their_own(void **state)
{
    (void)state;
    struct settings *settings = read_connect(
        WORKER "security.protocol=SSL\nconsumer.client.id=c\nproducer.compression.type=lz4\n",
        CONNECTOR "topics=t\nruntime.error.tolerance=all\nruntime.error.mode=KAFKA\n"
                  "runtime.error.topic.name=bad\nerrors.tolerance=all\nproducer.override.linger.ms=1\n"
                  "errors.deadletterqueue.topic.name=dead\n"
                  "errors.deadletterqueue.context.headers.enable=true\n");
    const struct producer_options *topic = &settings->errors.topic;
    assert_int_equal(settings->errors.sink, ERRORS_TO_TOPIC);
    assert_string_equal(topic->topic, "bad");
    assert_int_equal(topic->headers, ERROR_HEADERS_OWN);
    assert_int_equal(topic->replication, 0);
    assert_string_equal(topic->brokers, settings->kafka.brokers);
    assert_int_equal(topic->property_count, 3);
    assert_string_equal(topic->properties[0].name, "security.protocol");
    assert_string_equal(topic->properties[1].name, "compression.type");
    assert_string_equal(topic->properties[2].name, "linger.ms");
    topic = &settings->convert_errors.topic;
    assert_int_equal(settings->convert_errors.sink, ERRORS_TO_TOPIC);
    assert_string_equal(topic->topic, "dead");
    assert_int_equal(topic->headers, ERROR_HEADERS_CONNECT);
    assert_int_equal(topic->replication, 3);
    assert_true(settings->kafka.headers);
    settings_destroy(settings);
    settings = read_connect(WORKER "security.protocol=SSL\n",
                            CONNECTOR "topics=t\nruntime.error.tolerance=all\nruntime.error.mode=kafka\n"
                                      "runtime.error.topic.name=bad\n"
                                      "runtime.error.bootstrap.servers=other:9092\n"
                                      "errors.deadletterqueue.topic.name=\n");
    assert_string_equal(settings->errors.topic.brokers, "other:9092");
    assert_int_equal(settings->errors.topic.property_count, 0);
    assert_int_equal(settings->convert_errors.sink, ERRORS_IGNORED);
    settings_destroy(settings);
    settings = read_yaml(YAML_TOP "kafka.topics: t\nerrors: {tolerance: all, sink: topic, topic: bad}\n");
    assert_int_equal(settings->convert_errors.sink, ERRORS_AS_OTHERS);
    assert_true(settings->kafka.headers);
    settings_destroy(settings);
    settings = read_yaml(YAML_TOP "kafka.topics: t\n");
    assert_false(settings->kafka.headers);
    settings_destroy(settings);
}

static void test_tolerances(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum errors_tolerance runtime, convert;
    } cases[] = {
        {"topics=t\n", ERRORS_NONE, ERRORS_NONE},
        {"topics=t\nruntime.error.tolerance=ALL\n", ERRORS_ALL, ERRORS_NONE},
        {"topics=t\nerrors.tolerance=all\n", ERRORS_ALL, ERRORS_ALL},
        {"topics=t\nerrors.tolerance=all\nruntime.error.tolerance=none\n", ERRORS_NONE, ERRORS_ALL},
    };
    for (size_t i = 0; i < 4; i++) {
        char text[1000];
        snprintf(text, sizeof(text), "%s%s", CONNECTOR, cases[i].text);
        struct settings *settings = read_connect(WORKER, text);
        assert_int_equal(settings->tolerance, cases[i].runtime);
        assert_int_equal(settings->convert_tolerance, cases[i].convert);
        settings_destroy(settings);
    }
    struct settings *settings = read_yaml(YAML_TOP "kafka.topics: t\nerrors.tolerance: all\n");
    assert_int_equal(settings->convert_tolerance, ERRORS_ALL);
    settings_destroy(settings);
    settings = read_yaml(YAML_TOP "kafka.topics: t\nerrors: {tolerance: all, convert_tolerance: none}\n");
    assert_int_equal(settings->tolerance, ERRORS_ALL);
    assert_int_equal(settings->convert_tolerance, ERRORS_NONE);
    settings_destroy(settings);
}

static void expect_reads_back(const struct settings *settings)
{
    struct buffer first;
    struct buffer second;
    buffer_init(&first, 1 << 20);
    buffer_init(&second, 1 << 20);
    settings_print(settings, &first);
    struct settings *again = read_all(&(struct settings_source){"again.yaml", buffer_slice(&first)}, 1);
    settings_print(again, &second);
    buffer_add(&first, "", 1);
    buffer_add(&second, "", 1);
    assert_string_equal(first.at, second.at);
    assert_null(strstr(first.at, "s3cret"));
    settings_destroy(again);
    buffer_fini(&first);
    buffer_fini(&second);
}

static void test_what_is_printed_reads_back_and_holds_no_secret(void **state)
{
    (void)state;
    struct settings *settings = read_yaml(
        YAML_TOP
        "kafka:\n  topics: [t, u]\n  properties: {sasl.password: s3cret, client.id: \"a b\\\"c$${x}\\x01\"}\n"
        "write: {max_in_flight: 7, linger: 90s, delete_mode: none}\nmemory: 1500KB\n"
        "new_table: {time_to_live: 30d}\nroutes:\n  - topic: t\n    primary_key:\n      mode: record_value\n"
        "      columns: [{name: id, type: string}]\n    columns: [{name: x, type: boolean}]\n");
    expect_reads_back(settings);
    settings_destroy(settings);
    settings =
        read_connect(WORKER "consumer.sasl.jaas.config=x password=\"s3cret\";\n", CONNECTOR "topics=t\n");
    expect_reads_back(settings);
    settings_destroy(settings);
}

/* What libyaml would refuse or change if it stood there as it is. */
static void test_any_character_of_a_value_is_printed_so_that_it_reads_back(void **state)
{
    (void)state;
    static const char *const characters[] = {"\\u0001",        "\\u007f", "\\u0085", "\\u2028",
                                             "\\ufeff",        "\\ufffd", "\\ufffe", "\\uffff",
                                             "\\ud83f\\udffe", "\\\\",    "\\t",     "\\n"};
    for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
        char text[1000];
        snprintf(text, sizeof(text), "%stopics=t\nconsumer.override.group.id=a %s b\n", CONNECTOR,
                 characters[i]);
        struct settings *settings = read_connect(WORKER, text);
        expect_reads_back(settings);
        settings_destroy(settings);
    }
}

static struct settings *read_sample(const char *a, const char *b)
{
    const char *files[2] = {a, b};
    struct buffer said;
    buffer_init(&said, 1 << 20);
    setenv("TABLESTORE_ACCESS_KEY_ID", "a", 1);
    setenv("TABLESTORE_ACCESS_KEY_SECRET", "s3cret", 1);
    struct settings *settings =
        settings_read(files, b == NULL ? 1 : 2, SETTINGS_COMPAT_OF_FILE, on_mistake, &said);
    if (said.len > 0)
        fail_msg("%.*s", (int)said.len, said.at);
    buffer_fini(&said);
    return settings;
}

static void test_the_samples_have_no_mistake(void **state)
{
    (void)state;
    static const char *const samples[][2] = {
        {TESTS_DIR "/../configs/minimal.yaml", NULL},
        {TESTS_DIR "/../configs/kafka_to_table.yaml", NULL},
        {TESTS_DIR "/../configs/kafka_to_timeseries.yaml", NULL},
        {TESTS_DIR "/../configs/connect/worker.properties",
         TESTS_DIR "/../configs/connect/orders.properties"},
        {TESTS_DIR "/../configs/connect/worker.properties", TESTS_DIR "/../configs/connect/orders.json"},
        {TESTS_DIR "/manual/quickstart/connect-standalone.properties",
         TESTS_DIR "/manual/quickstart/connect-tablestore-sink-quickstart.properties"},
        {TESTS_DIR "/manual/quickstart/connect-distributed.properties",
         TESTS_DIR "/manual/quickstart/connect-tablestore-sink-quickstart.json"},
        {TESTS_DIR "/manual/timeseries/connect-standalone.properties",
         TESTS_DIR "/manual/timeseries/connect-tablestore-sink-quickstart.properties"},
        {TESTS_DIR "/manual/timeseries/connect-distributed.properties",
         TESTS_DIR "/manual/timeseries/connect-tablestore-sink-quickstart.json"},
    };
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        struct settings *settings = read_sample(samples[i][0], samples[i][1]);
        expect_reads_back(settings);
        settings_destroy(settings);
    }
}

static void read_text(const char *name, struct buffer *text)
{
    FILE *file = fopen(name, "r");
    if (file == NULL)
        fail_msg("%s is missing", name);
    char part[4096];
    for (size_t len = fread(part, 1, sizeof(part), file); len > 0; len = fread(part, 1, sizeof(part), file))
        buffer_add(text, part, len);
    buffer_add(text, "", 1);
    fclose(file);
}

/* But keys of the other kind of table. */
static void expect_named(const struct config_key *keys, unsigned others, const char *name, const char *sample)
{
    for (; keys->type != NULL; keys++) {
        char word[100];
        const char *dot = strrchr(keys->yaml, '.');
        snprintf(word, sizeof(word), "%s:", dot == NULL ? keys->yaml : dot + 1);
        if ((keys->flags & others) == 0 && strstr(sample, word) == NULL)
            fail_msg("%s is not in configs/%s", keys->yaml, name);
    }
}

static void expect_complete(const char *name, unsigned others)
{
    char path[300];
    struct buffer sample;
    buffer_init(&sample, 1 << 20);
    snprintf(path, sizeof(path), TESTS_DIR "/../configs/%s", name);
    read_text(path, &sample);
    expect_named(settings_keys, others, name, sample.at);
    expect_named(settings_table_keys, others, name, sample.at);
    expect_named(settings_route_keys, others, name, sample.at);
    buffer_fini(&sample);
}

static void test_the_complete_samples_name_every_key(void **state)
{
    (void)state;
    expect_complete("kafka_to_table.yaml", SETTINGS_SERIES);
    expect_complete("kafka_to_timeseries.yaml", SETTINGS_DATA);
}

static void test_the_reference_in_docs_is_current(void **state)
{
    (void)state;
    struct buffer wanted;
    struct buffer page;
    buffer_init(&wanted, 1 << 20);
    buffer_init(&page, 1 << 20);
    settings_reference(&wanted);
    buffer_add(&wanted, "", 1);
    read_text(TESTS_DIR "/../docs/configuration.md", &page);
    assert_string_equal(page.at, wanted.at); /* otspipe check --reference >docs/configuration.md */
    buffer_fini(&wanted);
    buffer_fini(&page);
}

/* ---- time-series tables ---- */

#define SERIES_YAML YAML_TOP "mode: timeseries\nkafka.topics: [metrics]\n"

static void test_the_presets_of_a_time_series_table(void **state)
{
    (void)state;
    struct settings *settings =
        read_yaml(SERIES_YAML "timeseries: {measurement: {field: m}, time: {field: at, unit: us}}\n");
    const struct settings_table *table = &settings->tables[0];
    const struct series_plan *plan = &table->series;
    assert_true(table->timeseries);
    assert_true(slice_equal(plan->table, SLICE("metrics")));
    assert_int_equal(plan->measurement, SERIES_MEASUREMENT_FIELD);
    assert_true(slice_equal(plan->measurement_name, SLICE("m")));
    assert_int_equal(plan->source.len, 0);
    assert_int_equal(plan->tag_count, 0);
    assert_false(plan->tags_required);
    assert_true(slice_equal(plan->time, SLICE("at")));
    assert_int_equal(plan->unit, SERIES_MICROSECONDS);
    assert_false(plan->time_truncate);
    assert_int_equal(plan->field_count, 0);
    assert_true(plan->map_all);
    assert_true(plan->lowercase);
    assert_int_equal(plan->same_name, SERIES_SAME_NAME_ERROR);
    assert_false(plan->integers_as_doubles);
    assert_int_equal(table->rows_most, 200);
    assert_true(table->update_meta);
    assert_int_equal(table->series_most, 100000);
    assert_int_equal(table->key_format, CONVERT_STRING);
    assert_int_equal(table->value_format, CONVERT_JSON);
    assert_int_equal(table->plan.key_count, 0);
    settings_destroy(settings);
}

static void test_every_key_of_a_time_series_table(void **state)
{
    (void)state;
    struct settings *settings = read_yaml(
        SERIES_YAML "timeseries:\n"
                    "  measurement: {const: weather}\n"
                    "  data_source: station\n"
                    "  tags: [region, Level]\n"
                    "  tags_required: true\n"
                    "  time: {field: at, unit: Nanoseconds, truncate: true}\n"
                    "  fields: [{name: Cpu, type: double}, {name: raw, type: binary}]\n"
                    "  map_all: false\n  same_name: last\n  integers: double\n  update_meta: false\n"
                    "  series_cache: 7\n"
                    "write.max_batch_rows: 3\nauto_create: true\nnew_table.time_to_live: 3d\n");
    const struct settings_table *table = &settings->tables[0];
    const struct series_plan *plan = &table->series;
    assert_int_equal(plan->measurement, SERIES_MEASUREMENT_FIXED);
    assert_true(slice_equal(plan->measurement_name, SLICE("weather")));
    assert_true(slice_equal(plan->source, SLICE("station")));
    assert_int_equal(plan->tag_count, 2);
    assert_true(slice_equal(plan->tags[1], SLICE("Level")));
    assert_true(plan->tags_required);
    assert_int_equal(plan->unit, SERIES_NANOSECONDS);
    assert_true(plan->time_truncate);
    assert_int_equal(plan->field_count, 2);
    assert_true(slice_equal(plan->fields[0].name, SLICE("Cpu")));
    assert_int_equal(plan->fields[1].type, CELL_BINARY);
    assert_false(plan->map_all);
    assert_int_equal(plan->same_name, SERIES_SAME_NAME_LAST);
    assert_true(plan->integers_as_doubles);
    assert_false(table->update_meta);
    assert_int_equal(table->series_most, 7);
    assert_int_equal(table->rows_most, 3);
    assert_true(table->create.auto_create);
    assert_int_equal(table->create.ttl_s, 3 * 86400);
    expect_reads_back(settings);
    settings_destroy(settings);
}

static void test_a_route_has_a_measurement_of_its_own(void **state)
{
    (void)state;
    struct settings *settings =
        read_yaml(YAML_TOP "timeseries: {measurement: {const: x}, data_source: d, time: "
                           "{field: at, unit: s}}\n"
                           "routes:\n"
                           "  - {topic: a, mode: timeseries, timeseries: {measurement: "
                           "{topic: true}, data_source: }}\n"
                           "  - {topic: b, mode: timeseries}\n"
                           "  - {topic: c, key_columns: true}\n");
    assert_int_equal(settings->tables[0].series.measurement, SERIES_MEASUREMENT_TOPIC);
    assert_int_equal(settings->tables[0].series.source.len, 0);
    assert_int_equal(settings->tables[1].series.measurement, SERIES_MEASUREMENT_FIXED);
    assert_true(slice_equal(settings->tables[1].series.source, SLICE("d")));
    assert_false(settings->tables[2].timeseries);
    assert_int_equal(settings->tables[2].plan.key_count, 2);
    expect_reads_back(settings);
    settings_destroy(settings);
}

#define SERIES_CONNECTOR                                                                                     \
    CONNECTOR "topics=t\ntablestore.mode=TimeSeries\ntablestore.timeseries.t.measurement=<Topic>\n"          \
              "tablestore.timeseries.t.time=at\ntablestore.timeseries.t.time.unit=MicroSeconds\n"

static void test_connect_files_of_a_time_series_table(void **state)
{
    (void)state;
    struct settings *settings = read_connect(
        WORKER, SERIES_CONNECTOR
        "tablestore.timeseries.t.dataSource= d \ntablestore.timeseries.t.tags= region , level ,\n"
        "tablestore.timeseries.t.field.name= cpu , io\n"
        "tablestore.timeseries.t.field.type=DOUBLE, integer \n"
        "tablestore.timeseries.mapAll=false\ntablestore.timeseries.toLowerCase=false\n"
        "tablestore.timeseries.rowsPerBatch=50\n");
    const struct settings_table *table = &settings->tables[0];
    const struct series_plan *plan = &table->series;
    assert_true(table->timeseries);
    assert_int_equal(plan->measurement, SERIES_MEASUREMENT_TOPIC);
    assert_true(slice_equal(plan->source, SLICE("d")));
    assert_int_equal(plan->tag_count, 2);
    assert_true(slice_equal(plan->tags[0], SLICE("region")));
    assert_true(slice_equal(plan->tags[1], SLICE("level")));
    assert_int_equal(plan->unit, SERIES_MICROSECONDS);
    assert_int_equal(plan->field_count, 2);
    assert_true(slice_equal(plan->fields[1].name, SLICE("io")));
    assert_int_equal(plan->fields[1].type, CELL_INTEGER);
    assert_false(plan->map_all);
    assert_false(plan->lowercase);
    assert_false(plan->integers_as_doubles);
    assert_int_equal(table->rows_most, 50);
    expect_reads_back(settings);
    settings_destroy(settings);
}

static void test_the_java_connectors_time_series(void **state)
{
    (void)state;
    struct settings *settings = read_connect(WORKER, SERIES_CONNECTOR "compat=connector-1.1\n");
    const struct series_plan *plan = &settings->tables[0].series;
    assert_int_equal(plan->source.len, 0);
    assert_int_equal(plan->tag_count, 0);
    assert_true(plan->integers_as_doubles);
    assert_true(plan->time_truncate);
    settings_destroy(settings);
}

/* ---- whose behaviour is followed ---- */

static void assert_plan(struct settings *settings, enum mapping_map_values map_values,
                        enum mapping_nested nested, bool key_columns, bool define_columns)
{
    const struct settings_table *table = &settings->tables[0];
    assert_int_equal(table->plan.map_values, map_values);
    assert_int_equal(table->plan.nested, nested);
    assert_int_equal(table->plan.key_columns, key_columns);
    assert_int_equal(table->create.define_columns, define_columns);
    settings_destroy(settings);
}

#define YAML_ONE YAML_TOP "kafka.topics: [t]\n"
#define CONNECT_ONE WORKER CONNECTOR "topics=t\nconnector.class=TableStoreSinkConnector\n"
#define ONE_FILE "one.properties"
#define JAVA "connector-1.1"

static void test_compat_changes_presets_and_nothing_that_is_given(void **state)
{
    (void)state;
    assert_plan(read_compat("a.yaml", YAML_ONE, SETTINGS_COMPAT_OF_FILE), MAP_VALUES_TYPED, NESTED_TEXT,
                false, true);
    assert_plan(read_compat(ONE_FILE, CONNECT_ONE, SETTINGS_COMPAT_OF_FILE), MAP_VALUES_BINARY, NESTED_ERROR,
                false, true);
    assert_plan(read_compat("a.yaml", YAML_ONE "compat: " JAVA "\n", SETTINGS_COMPAT_OF_FILE),
                MAP_VALUES_STRING, NESTED_TEXT_IN_MAPS, true, false);
    assert_plan(read_compat(ONE_FILE, CONNECT_ONE "compat=" JAVA "\n", SETTINGS_COMPAT_OF_FILE),
                MAP_VALUES_STRING, NESTED_TEXT_IN_MAPS, true, false);
    assert_plan(read_compat(ONE_FILE, CONNECT_ONE "compat = Connector-1.1\nmap.values=typed\nnested=error\n",
                            SETTINGS_COMPAT_OF_FILE),
                MAP_VALUES_TYPED, NESTED_ERROR, true, false);
    assert_plan(
        read_compat("a.yaml", YAML_ONE "compat: " JAVA "\nkey_columns: false\n", SETTINGS_COMPAT_OF_FILE),
        MAP_VALUES_STRING, NESTED_TEXT_IN_MAPS, false, false);
}

static void test_compat_on_the_command_line_goes_before_the_files(void **state)
{
    (void)state;
    assert_plan(read_compat(ONE_FILE, CONNECT_ONE, SETTINGS_COMPAT_JAVA), MAP_VALUES_STRING,
                NESTED_TEXT_IN_MAPS, true, false);
    assert_plan(read_compat(ONE_FILE, CONNECT_ONE "compat=" JAVA "\n", SETTINGS_COMPAT_NONE),
                MAP_VALUES_BINARY, NESTED_ERROR, false, true);
}

/* What settings_compare() says, and how many lines. */
static void assert_compared(struct settings *settings, unsigned lines, const char *words)
{
    struct buffer said;
    unsigned is = 0;
    buffer_init(&said, 1 << 20);
    settings_compare(settings, on_mistake, &said);
    buffer_add(&said, "", 1);
    for (const char *at = said.at; *at != 0; at++)
        is += *at == '\n';
    if (is != lines || strstr(said.at, words) == NULL)
        fail_msg("%u lines, %u were expected, with \"%s\":\n%s", is, lines, words, said.at);
    buffer_fini(&said);
    settings_destroy(settings);
}

static void test_only_differences_that_matter_are_told(void **state)
{
    (void)state;
    assert_compared(read_compat("a.yaml", YAML_ONE, SETTINGS_COMPAT_OF_FILE), 0, "");
    assert_compared(read_compat("a.yaml", YAML_ONE "compat: " JAVA "\n", SETTINGS_COMPAT_OF_FILE), 4,
                    "(map.values): here string; ");
    assert_compared(read_compat(ONE_FILE, CONNECT_ONE, SETTINGS_COMPAT_OF_FILE), 4,
                    "note: compat: table t: values of a Map, or of JSON without a schema (map.values): here "
                    "binary; manual: binary; Java connector 1.1: string\n");
    assert_compared(read_compat(ONE_FILE,
                                CONNECT_ONE
                                "primarykey.mode=record_key\nkey.converter=StringConverter\n"
                                "tablestore.t.primarykey.name=k\ntablestore.t.primarykey.type=string\n"
                                "tablestore.t.columns.whitelist.name=a\n"
                                "tablestore.t.columns.whitelist.type=string\n",
                                SETTINGS_COMPAT_OF_FILE),
                    1, "a null value: here overwrites or deletes");
    assert_compared(read_compat(ONE_FILE,
                                CONNECT_ONE "auto.create=true\ntablestore.t.columns.whitelist.name=a\n"
                                            "tablestore.t.columns.whitelist.type=string\n",
                                SETTINGS_COMPAT_OF_FILE),
                    2, "as defined columns: here yes; manual: yes; Java connector 1.1: no");
}

#define SERIES_ONE                                                                                           \
    CONNECT_ONE "tablestore.mode=timeseries\ntablestore.timeseries.t.measurement=m\n"                        \
                "tablestore.timeseries.t.dataSource=d\ntablestore.timeseries.t.time=at\n"                    \
                "tablestore.timeseries.t.tags=a\n"
#define SERIES_FIELD "tablestore.timeseries.t.field.name=cpu\ntablestore.timeseries.t.field.type=double\n"

static void test_only_differences_of_time_series_that_matter_are_told(void **state)
{
    (void)state;
    assert_compared(read_compat(ONE_FILE,
                                SERIES_ONE SERIES_FIELD "tablestore.timeseries.t.time.unit=SECONDS\n"
                                                        "tablestore.timeseries.mapAll=false\n",
                                SETTINGS_COMPAT_OF_FILE),
                    2, "a tag's value that is empty, or has = or \" in it: here an error of the record; ");
    assert_compared(
        read_compat(ONE_FILE, SERIES_ONE "tablestore.timeseries.t.time.unit=NANOSECONDS\n",
                    SETTINGS_COMPAT_OF_FILE),
        6, "(time.truncate): here an error of the record; manual: not said; Java connector 1.1: cut\n");
    assert_compared(read_compat(ONE_FILE,
                                SERIES_ONE SERIES_FIELD "tablestore.timeseries.t.time.unit=s\n"
                                                        "compat=connector-1.1\n",
                                SETTINGS_COMPAT_OF_FILE),
                    4, "(tablestore.timeseries.integers): here double; manual: not said; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml_presets),
        cmocka_unit_test(test_the_manuals_presets),
        cmocka_unit_test(test_lanes_are_tables_and_routes_go_before_the_top),
        cmocka_unit_test(test_connect_tables_are_named_by_assignment_then_format),
        cmocka_unit_test(test_a_connectors_converter_replaces_the_workers_with_its_settings),
        cmocka_unit_test(test_the_class_that_is_told_of_an_error_is_the_one_of_the_file),
        cmocka_unit_test(test_both_spellings_of_the_flush_interval),
        cmocka_unit_test(test_client_properties_come_from_the_weakest_to_the_strongest),
        cmocka_unit_test(test_tolerances),
        cmocka_unit_test(test_error_topics_have_the_clusters_security_and_properties_of_their_own),
        cmocka_unit_test(test_compat_changes_presets_and_nothing_that_is_given),
        cmocka_unit_test(test_compat_on_the_command_line_goes_before_the_files),
        cmocka_unit_test(test_only_differences_that_matter_are_told),
        cmocka_unit_test(test_only_differences_of_time_series_that_matter_are_told),
        cmocka_unit_test(test_what_is_printed_reads_back_and_holds_no_secret),
        cmocka_unit_test(test_any_character_of_a_value_is_printed_so_that_it_reads_back),
        cmocka_unit_test(test_the_samples_have_no_mistake),
        cmocka_unit_test(test_the_complete_samples_name_every_key),
        cmocka_unit_test(test_the_reference_in_docs_is_current),
        cmocka_unit_test(test_the_presets_of_a_time_series_table),
        cmocka_unit_test(test_every_key_of_a_time_series_table),
        cmocka_unit_test(test_a_route_has_a_measurement_of_its_own),
        cmocka_unit_test(test_connect_files_of_a_time_series_table),
        cmocka_unit_test(test_the_java_connectors_time_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
