/* settings_keys: every word of the configuration. Adding a key is adding a line here (and a field in
 * settings.h). */
#include "channel/settings_reader.h"
#include "record/series.h"

#define AT(field) offsetof(struct settings, field)
#define TABLE_AT(field) offsetof(struct settings_table, field)
#define UNIT_TOO_LARGE                                                                                       \
    "time is not counted in so large a unit here; s, ms, us or ns was expected (seconds, milliseconds, "     \
    "microseconds, nanoseconds)"
#define END                                                                                                  \
    {                                                                                                        \
        .type = NULL                                                                                         \
    }

enum { SECOND_MS = 1000, HOUR_MS = 3600 * SECOND_MS, SERIES_REMEMBERED_MOST = 10000000 };

static const struct config_choice tolerances[] = {
    {"none", ERRORS_NONE, NULL}, {"all", ERRORS_ALL, NULL}, {0}};
static const struct config_choice formats[] = {{"json", CONVERT_JSON, NULL},
                                               {"json_envelope", CONVERT_JSON_ENVELOPE, NULL},
                                               {"json_envelope_nulls", CONVERT_JSON_ENVELOPE_NULLS, NULL},
                                               {"string", CONVERT_STRING, NULL},
                                               {"bytes", CONVERT_BYTES, NULL},
                                               {"boolean", CONVERT_BOOLEAN, NULL},
                                               {"int16", CONVERT_INT16, NULL},
                                               {"int32", CONVERT_INT32, NULL},
                                               {"int64", CONVERT_INT64, NULL},
                                               {"float32", CONVERT_FLOAT32, NULL},
                                               {"float64", CONVERT_FLOAT64, NULL},
                                               {0}};
static const struct config_choice key_modes[] = {{"kafka", KEY_MODE_KAFKA, NULL},
                                                 {"record_key", KEY_MODE_RECORD_KEY, NULL},
                                                 {"record_value", KEY_MODE_RECORD_VALUE, NULL},
                                                 {"search", KEY_MODE_SEARCH, NULL},
                                                 {0}};
static const struct config_choice insert_modes[] = {
    {"put", INSERT_PUT, NULL}, {"update", INSERT_UPDATE, NULL}, {0}};
static const struct config_choice delete_modes[] = {{"none", DELETE_NONE, NULL},
                                                    {"row", DELETE_ROW, NULL},
                                                    {"column", DELETE_COLUMN, NULL},
                                                    {"row_and_column", DELETE_ROW_AND_COLUMN, NULL},
                                                    {0}};
static const struct config_choice map_values[] = {{"binary", MAP_VALUES_BINARY, NULL},
                                                  {"string", MAP_VALUES_STRING, NULL},
                                                  {"typed", MAP_VALUES_TYPED, NULL},
                                                  {0}};
static const struct config_choice nested[] = {{"error", NESTED_ERROR, NULL},
                                              {"text", NESTED_TEXT, NULL},
                                              {"text_in_maps", NESTED_TEXT_IN_MAPS, NULL},
                                              {0}};
static const struct config_choice times[] = {
    {"kafka", TIME_OF_RECORD, NULL}, {"local", TIME_OF_WRITING, NULL}, {0}};
static const struct config_choice error_sinks[] = {
    {"ignore", ERRORS_IGNORED, NULL}, {"topic", ERRORS_TO_TOPIC, NULL},      {"kafka", ERRORS_TO_TOPIC, NULL},
    {"table", ERRORS_TO_TABLE, NULL}, {"tablestore", ERRORS_TO_TABLE, NULL}, {0}};
static const struct config_choice convert_sinks[] = {{"same", ERRORS_AS_OTHERS, NULL},
                                                     {"ignore", ERRORS_IGNORED, NULL},
                                                     {"topic", ERRORS_TO_TOPIC, NULL},
                                                     {0}};
static const struct config_choice error_formats[] = {
    {"original", ERRORS_ORIGINAL, NULL}, {"json_envelope", ERRORS_JSON_ENVELOPE, NULL}, {0}};
static const struct config_choice error_headers[] = {
    {"own", ERROR_HEADERS_OWN, NULL},    {"connect", ERROR_HEADERS_CONNECT, NULL},
    {"none", ERROR_HEADERS_NONE, NULL},  {"true", ERROR_HEADERS_CONNECT, NULL},
    {"false", ERROR_HEADERS_NONE, NULL}, {0}};
static const struct config_choice error_logs[] = {{"few", ERRORS_LOG_FEW, NULL},
                                                  {"all", ERRORS_LOG_ALL, NULL},
                                                  {"false", ERRORS_LOG_FEW, NULL},
                                                  {"true", ERRORS_LOG_ALL, NULL},
                                                  {0}};
static const struct config_choice requests[] = {
    {"bulk_import", WRITE_BULK_IMPORT, NULL}, {"batch_write_row", WRITE_BATCH_WRITE_ROW, NULL}, {0}};
static const struct config_choice table_kinds[] = {{"normal", 0, NULL}, {"timeseries", 1, NULL}, {0}};
static const struct config_choice units[] = {{"s", SERIES_SECONDS, NULL},
                                             {"ms", SERIES_MILLISECONDS, NULL},
                                             {"us", SERIES_MICROSECONDS, NULL},
                                             {"ns", SERIES_NANOSECONDS, NULL},
                                             {"seconds", SERIES_SECONDS, NULL},
                                             {"milliseconds", SERIES_MILLISECONDS, NULL},
                                             {"microseconds", SERIES_MICROSECONDS, NULL},
                                             {"nanoseconds", SERIES_NANOSECONDS, NULL},
                                             {"minutes", 0, UNIT_TOO_LARGE},
                                             {"hours", 0, UNIT_TOO_LARGE},
                                             {"days", 0, UNIT_TOO_LARGE},
                                             {0}};
static const struct config_choice same_names[] = {
    {"error", SERIES_SAME_NAME_ERROR, NULL}, {"last", SERIES_SAME_NAME_LAST, NULL}, {0}};
static const struct config_choice integers[] = {{"integer", 0, NULL}, {"double", 1, NULL}, {0}};

const struct config_choice settings_compats[] = {
    {"none", SETTINGS_COMPAT_NONE, NULL}, {"connector-1.1", SETTINGS_COMPAT_JAVA, NULL}, {0}};
const struct config_choice settings_key_types[] = {{"integer", CELL_INTEGER, NULL},
                                                   {"string", CELL_STRING, NULL},
                                                   {"binary", CELL_BINARY, NULL},
                                                   {"auto_increment", CELL_AUTO_INCREMENT, NULL},
                                                   {0}};
const struct config_choice settings_column_types[] = {
    {"integer", CELL_INTEGER, NULL}, {"double", CELL_DOUBLE, NULL}, {"boolean", CELL_BOOLEAN, NULL},
    {"string", CELL_STRING, NULL},   {"binary", CELL_BINARY, NULL}, {0}};

const struct config_key settings_keys[] = {
    {"name", "name", &config_string, AT(name), .flags = CONFIG_REQUIRED, .example = "orders-to-tablestore",
     .help =
         "the name of the pipeline; the consumer group is connect-<name> unless kafka.group says otherwise"},
    {"kafka.brokers", "bootstrap.servers", &config_hosts, AT(kafka.brokers), .flags = CONFIG_REQUIRED,
     .example = "localhost:9092", .help = "where to find the Kafka cluster: host:port, one or several"},
    {"kafka.topics", "topics", &config_names, 0, .flags = CONFIG_OWN, .example = "[orders, payments]",
     .help = "the topics to read; those of routes need not be repeated here"},
    {"kafka.group", NULL, &config_string, AT(kafka.group), .flags = CONFIG_OWN, .example = "connect-orders",
     .help = "the consumer group; connect-<name> when not given. Connect files: consumer.override.group.id"},
    {"compat", "compat", &config_choosing, 0, "none", .choices = settings_compats, .flags = CONFIG_OWN,
     .help = "connector-1.1: presets are those of the newest Java connector wherever it differs from the "
             "manual; what is given outright stays. The option --compat goes before it"},
    {"tablestore.endpoint", "tablestore.endpoint", &config_url, AT(ots.endpoint), .flags = CONFIG_REQUIRED,
     .example = "https://my-instance.cn-hangzhou.ots.aliyuncs.com",
     .help = "the address of the Tablestore instance"},
    {"tablestore.instance", "tablestore.instance.name", &config_string, AT(ots.instance),
     .flags = CONFIG_REQUIRED, .example = "my-instance", .help = "the name of the Tablestore instance"},
    {"tablestore.access_key_id", "tablestore.access.key.id", &config_string, AT(ots.access_key_id),
     .flags = CONFIG_REQUIRED, .example = "${TABLESTORE_ACCESS_KEY_ID}", .help = "the AccessKey ID"},
    {"tablestore.access_key_secret", "tablestore.access.key.secret", &config_secret,
     AT(ots.access_key_secret), .flags = CONFIG_REQUIRED, .example = "${TABLESTORE_ACCESS_KEY_SECRET}",
     .help = "the AccessKey secret; never logged, never printed"},
    {"tablestore.connect_timeout", NULL, &config_duration, AT(ots.http.connect_timeout_ms), "10s", NULL, 100,
     HOUR_MS, .help = "how long a connection may take to come up, TLS included"},
    {"tablestore.stall_timeout", NULL, &config_duration, AT(ots.http.stall_timeout_ms), "30s", NULL, 1000,
     HOUR_MS, .help = "a request that moves no byte for so long is cut and sent again"},
    {"tablestore.request_timeout", NULL, &config_duration, AT(ots.http.total_timeout_ms), "1m", NULL, 1000,
     HOUR_MS, .help = "a request that takes longer as a whole is cut and sent again"},
    {"tablestore.ca_file", NULL, &config_string, AT(ots.http.ca_file), .flags = CONFIG_UNPRINTED,
     .example = "/etc/ssl/certs/ca-certificates.crt",
     .help = "trusted certificates; the system's when not given"},
    {"tablestore.insecure", NULL, &config_boolean, AT(ots.http.insecure), "false",
     .help = "https without checking the certificate: for tests only"},
    {"errors.tolerance", "runtime.error.tolerance", &config_choosing, AT(tolerance), "none",
     .choices = tolerances,
     .help = "none: stop at the first record that cannot become a row or be written, everything before it "
             "committed; "
             "all: pass over such records, count and log them"},
    {"errors.convert_tolerance", "errors.tolerance", &config_choosing, AT(convert_tolerance),
     .choices = tolerances,
     .help =
         "the same for records that cannot even be read in their format. YAML: as errors.tolerance when "
         "not given. Connect files: none when not given; \"all\" without runtime.error.tolerance is taken "
         "for both, as the manual says"},
    {"errors.sink", "runtime.error.mode", &config_choosing, AT(errors.sink), "ignore", .choices = error_sinks,
     .help =
         "where such records go. ignore: into the log only; topic (kafka): to an error topic, key and value "
         "unchanged (see errors.format), with headers that say why; table (tablestore): to an error table. "
         "Their offsets are "
         "committed when it has confirmed them"},
    {"errors.format", "runtime.error.format", &config_choosing, AT(errors_format), "original",
     .choices = error_formats,
     .help = "what key and value are there. original: the record's bytes; json_envelope: JSON documents with "
             "a schema, as the Java connector writes them: {\"schema\":...,\"payload\":...}; bytes that "
             "cannot be read in their format as base64 with the schema \"bytes\". errors.convert_topic has "
             "the record's bytes in any case"},
    {"errors.topic", "runtime.error.topic.name", &config_string, AT(errors.topic.topic),
     .flags = CONFIG_UNPRINTED, .example = "orders-errors", .help = "the error topic"},
    {"errors.table", "runtime.error.table.name", &config_string, AT(errors.table), .flags = CONFIG_UNPRINTED,
     .example = "orders_errors",
     .help = "the error table: primary key topic_partition (string), offset (integer); columns key, value "
             "(binary), error_info "
             "(string). It is made when it is missing and auto_create is on"},
    {"errors.brokers", "runtime.error.bootstrap.servers", &config_hosts, AT(error_brokers),
     .flags = CONFIG_UNPRINTED, .example = "localhost:9092",
     .help = "the error topic's Kafka cluster; the records' own when not given"},
    {"errors.headers", NULL, &config_choosing, AT(errors.topic.headers), "own", .choices = error_headers,
     .help = "what the error topic's records have besides their own headers. own: ErrorInfo, ErrorTopic, "
             "ErrorPartition, ErrorOffset, ErrorTime, ErrorStage, ErrorRequestId; connect: those of Kafka "
             "Connect, __connect.errors.topic and so on; none"},
    {"errors.replication", NULL, &config_count, AT(errors.topic.replication), "auto", NULL, 0, INT16_MAX,
     .help = "replicas of an error topic that is missing: it is made with one partition; "
             "auto: it is left to the cluster"},
    {"errors.convert_sink", NULL, &config_choosing, AT(convert_errors.sink), "same", "ignore",
     .choices = convert_sinks,
     .help =
         "where records go that cannot even be read in their format. same: as errors.sink; ignore; topic: "
         "to errors.convert_topic. Connect files: topic when errors.deadletterqueue.topic.name is given"},
    {"errors.convert_topic", "errors.deadletterqueue.topic.name", &config_string,
     AT(convert_errors.topic.topic), .flags = CONFIG_OWN | CONFIG_UNPRINTED, .example = "orders-dead-letters",
     .help = "an error topic of their own"},
    {"errors.convert_headers", "errors.deadletterqueue.context.headers.enable", &config_choosing,
     AT(convert_errors.topic.headers), "own", "none", .choices = error_headers,
     .help = "as errors.headers. Connect files: true or false"},
    {"errors.convert_replication", "errors.deadletterqueue.topic.replication.factor", &config_count,
     AT(convert_errors.topic.replication), "auto", "3", 0, INT16_MAX, .help = "as errors.replication"},
    {"errors.max_errors", NULL, &config_count, AT(errors_most), "auto", NULL, 0, UINT32_MAX,
     .help = "so many records with errors are tolerated since the start; one more stops the job with exit "
             "code 1. "
             "auto: any number"},
    {"errors.max_percent", NULL, &config_count, AT(errors_percent), "100", NULL, 1, 100,
     .help = "the same for the share of a thousand records one after the other; 100: no limit"},
    {"errors.log", "errors.log.enable", &config_choosing, AT(errors_log), "few", "false",
     .choices = error_logs,
     .help =
         "few: of the records with errors a few a second are named in the log; all: every one. Never their "
         "contents"},
    {"commit_interval", "offset.flush.interval.ms", &config_duration, AT(commit_interval_ms), "5s", "60s", 1,
     HOUR_MS, .help = "how often offsets of finished records are committed"},
    {"drain_timeout", NULL, &config_duration, AT(drain_ms), "20s", NULL, 0, HOUR_MS,
     .help = "how long requests in flight are awaited when partitions are taken away or the program stops"},
    {"statistics_interval", NULL, &config_duration, AT(statistics_interval_ms), "10s", NULL, 0,
     (int64_t)24 * HOUR_MS, .help = "how often a line with counters is logged; 0s: never"},
    {"memory", NULL, &config_bytes, AT(memory_bytes), "3MB", NULL, 1 << 20, (int64_t)1 << 40,
     .help = "bytes of records between arrival and fate, all tables together"},
    END,
};

const struct config_key settings_route_keys[] = {
    {"topic", NULL, &config_names, 0, .flags = CONFIG_OWN, .example = "orders",
     .help = "the topic of this route"},
    {"topics", NULL, &config_names, 0, .flags = CONFIG_OWN, .example = "[orders, orders_eu]",
     .help = "or several, written to one table"},
    END,
};

const struct config_key settings_table_keys[] = {
    {"table", "table.name.format", &config_string, 0, .preset = "<topic>", .flags = CONFIG_OWN,
     .example = "kafka_<topic>",
     .help = "the table to write to; <topic> stands for the topic's name. Connect files: "
             "topics.assign.tables goes before it"},
    {"mode", "tablestore.mode", &config_either, TABLE_AT(timeseries), "normal", .choices = table_kinds,
     .help = "normal: a data table; timeseries: a time-series table"},
    {"primary_key.mode", "primarykey.mode", &config_choosing, TABLE_AT(plan.key_mode), "kafka",
     .choices = key_modes, .flags = SETTINGS_DATA,
     .help = "where the primary key comes from. kafka: topic_partition (string) and offset (integer); "
             "record_key, "
             "record_value: fields of the record's key or value; search: md5 (string), topic (string), "
             "partition and offset (integer), and a column timestamp (integer, ms)"},
    {"primary_key.timestamp", "tablestore.<table>.search.timestamp.type|search.timestamp.type",
     &config_choosing, TABLE_AT(plan.time), "kafka", .choices = times, .flags = SETTINGS_DATA,
     .help = "of primary_key.mode search: the column timestamp is the record's, or the time of writing"},
    {"primary_key.columns[].name", "tablestore.<table>.primarykey.name", &config_names, 0,
     .flags = CONFIG_OWN | SETTINGS_DATA, .example = "id",
     .help = "name of a primary key column and of its field; one to four columns, in the table's order"},
    {"primary_key.columns[].type", "tablestore.<table>.primarykey.type", &config_names, 0,
     .choices = settings_key_types, .flags = CONFIG_OWN | SETTINGS_DATA, .example = "string",
     .help = "its type"},
    {"columns[].name", "tablestore.<table>.columns.whitelist.name", &config_names, 0,
     .flags = CONFIG_OWN | SETTINGS_DATA, .example = "price",
     .help = "name of a column to write; no columns given: every field of the value"},
    {"columns[].type", "tablestore.<table>.columns.whitelist.type", &config_names, 0,
     .choices = settings_column_types, .flags = CONFIG_OWN | SETTINGS_DATA, .example = "double",
     .help = "its type"},
    {"map_values", "map.values", &config_choosing, TABLE_AT(plan.map_values), "typed", "binary",
     .choices = map_values, .flags = SETTINGS_DATA,
     .help = "what values of JSON without a schema, and of Maps, become where columns gives no type. typed: "
             "integer, "
             "double, boolean, string; binary: as the manual says; string: text",
     .compat_preset = "string"},
    {"nested", "nested", &config_choosing, TABLE_AT(plan.nested), "text", "error", .choices = nested,
     .flags = SETTINGS_DATA,
     .help = "what objects and arrays become where columns gives no type. text: a string column with their "
             "JSON text; error: an error of the record; text_in_maps: text in a Map, an error in a Struct",
     .compat_preset = "text_in_maps"},
    {"key_columns", "key.columns", &config_boolean, TABLE_AT(plan.key_columns), "false",
     .flags = SETTINGS_DATA,
     .help = "fields of the record's key become columns too, a key without fields the column key; where the "
             "value has a field of that name, the key's is written",
     .compat_preset = "true"},
    {"key.format", NULL, &config_choosing, TABLE_AT(key_format), .choices = formats,
     .help = "how the record's key is read; json with primary_key.mode record_key, else string. Connect "
             "files: key.converter"},
    {"value.format", NULL, &config_choosing, TABLE_AT(value_format), "json", .choices = formats,
     .help = "how the record's value is read. json_envelope: {\"schema\": ..., \"payload\": ...}; "
             "json_envelope_nulls: the same, and nulls of fields with a default stay nulls; bytes: as "
             "they are; boolean: one byte, 0 or 1; int16 to float64: big-endian, of exactly that width. What "
             "has no fields becomes the column value. Connect files: value.converter"},
    {"timeseries.measurement.field", "tablestore.timeseries.<table>.measurement", &config_slice, 0,
     .flags = CONFIG_OWN | CONFIG_REQUIRED | SETTINGS_SERIES, .example = "m",
     .help = "the field of the value that holds the measurement. Connect files: <topic> is the topic's name"},
    {"timeseries.measurement.topic", NULL, &config_boolean, 0, .flags = CONFIG_OWN | SETTINGS_SERIES,
     .example = "true", .help = "instead of it: true, the topic's name is the measurement"},
    {"timeseries.measurement.const", NULL, &config_slice, 0, .flags = CONFIG_OWN | SETTINGS_SERIES,
     .example = "cpu", .help = "instead of it: the measurement itself, the same in every record"},
    {"timeseries.data_source", "tablestore.timeseries.<table>.dataSource", &config_slice,
     TABLE_AT(series.source), .flags = CONFIG_UNPRINTED | SETTINGS_SERIES, .example = "host",
     .help = "the field that holds the data source; not given: the data source is empty. Connect files: "
             "required, as the manual says, but with compat"},
    {"timeseries.tags", "tablestore.timeseries.<table>.tags", &config_names, 0,
     .flags = CONFIG_OWN | SETTINGS_SERIES, .example = "[region, level]",
     .help = "the fields that are tags, under their own names. Connect files: required, as the manual says, "
             "but with compat"},
    {"timeseries.tags_required", "tablestore.timeseries.tagsRequired", &config_boolean,
     TABLE_AT(series.tags_required), "false", .flags = SETTINGS_SERIES,
     .help = "true: a record without one of the tags, or with null in it, is an error; false: it goes into "
             "the series without that tag"},
    {"timeseries.time.field", "tablestore.timeseries.<table>.time", &config_slice, TABLE_AT(series.time),
     .flags = CONFIG_REQUIRED | SETTINGS_SERIES, .example = "timestamp",
     .help = "the field that holds the time: a number, or a text that is one"},
    {"timeseries.time.unit", "tablestore.timeseries.<table>.time.unit", &config_choosing,
     TABLE_AT(series.unit), .choices = units, .flags = CONFIG_REQUIRED | SETTINGS_SERIES,
     .example = "milliseconds", .help = "what that number counts, since 1970"},
    {"timeseries.time.truncate", "tablestore.timeseries.<table>.time.truncate", &config_boolean,
     TABLE_AT(series.time_truncate), "false", .flags = SETTINGS_SERIES,
     .help = "Tablestore keeps microseconds. false: a time between two of them is an error; true: the "
             "earlier one is taken",
     .compat_preset = "true"},
    {"timeseries.fields[].name", "tablestore.timeseries.<table>.field.name", &config_names, 0,
     .flags = CONFIG_OWN | SETTINGS_SERIES, .example = "cpu", .help = "name of a field whose type is given"},
    {"timeseries.fields[].type", "tablestore.timeseries.<table>.field.type", &config_names, 0,
     .choices = settings_column_types, .flags = CONFIG_OWN | SETTINGS_SERIES, .example = "double",
     .help = "its type"},
    {"timeseries.map_all", "tablestore.timeseries.mapAll", &config_boolean, TABLE_AT(series.map_all), "true",
     .flags = SETTINGS_SERIES,
     .help = "true: every field that is not measurement, data source, tag or time is written; false: only "
             "those of fields"},
    {"timeseries.lowercase", "tablestore.timeseries.toLowerCase", &config_boolean, TABLE_AT(series.lowercase),
     "true", .flags = SETTINGS_SERIES,
     .help = "names of fields are written in lower case (A to Z); Tablestore takes no capitals there"},
    {"timeseries.same_name", "tablestore.timeseries.sameName", &config_choosing, TABLE_AT(series.same_name),
     "error", .choices = same_names, .flags = SETTINGS_SERIES,
     .help = "two fields of a record that have one name in lower case: an error of the record, or the last "
             "of them is written"},
    {"timeseries.integers", "tablestore.timeseries.integers", &config_either,
     TABLE_AT(series.integers_as_doubles), "integer", .choices = integers, .flags = SETTINGS_SERIES,
     .help = "what a whole number becomes where fields gives no type", .compat_preset = "double"},
    {"timeseries.update_meta", NULL, &config_boolean, TABLE_AT(update_meta), "true", .flags = SETTINGS_SERIES,
     .help = "true: writing makes new series known to queries of series; false: it leaves their list alone"},
    {"timeseries.series_cache", NULL, &config_count, TABLE_AT(series_most), "100000", NULL, 1,
     SERIES_REMEMBERED_MOST, .flags = SETTINGS_SERIES,
     .help = "of so many series it is remembered that Tablestore knows them, which spares it work"},
    {"write.insert_mode", "insert.mode", &config_choosing, TABLE_AT(plan.insert_mode), "put",
     .choices = insert_modes, .flags = SETTINGS_DATA,
     .help = "put: a record replaces the whole row; update: it changes the columns it has"},
    {"write.delete_mode", "delete.mode", &config_choosing, TABLE_AT(plan.delete_mode), "none",
     .choices = delete_modes, .flags = SETTINGS_DATA,
     .help = "what null values delete; only with primary_key.mode record_key"},
    {"write.ordered", "insert.order.enable", &config_boolean, TABLE_AT(bucket.ordered), "true",
     .help = "rows of one primary key are written in the order of the topic"},
    {"write.max_in_flight", "max.concurrency", &config_count, TABLE_AT(bucket.concurrency), "auto", NULL, 0,
     1000, .help = "requests under way at a time for one table; auto: begins at 10 and finds its own size"},
    {"write.linger", "flush.Interval|flush.interval", &config_duration, TABLE_AT(bucket.linger_ms), "10ms",
     NULL, 0, HOUR_MS,
     .help = "how long an open request waits for more rows while others are under way; nothing waits when "
             "none is. Connect files: as written; the manual's preset of 10 s is not taken over"},
    {"write.settle", NULL, &config_duration, TABLE_AT(bucket.settle_ms), "2s", NULL, 0, HOUR_MS,
     .help = "how long after its connection was closed a request may still be applied by the service: its "
             "keys wait so long"},
    {"write.retry_first", NULL, &config_duration, TABLE_AT(bucket.backoff_first_ms), "100ms", NULL, 1,
     HOUR_MS, .help = "the first wait before a failed request is sent again; doubles each time"},
    {"write.retry_most", NULL, &config_duration, TABLE_AT(bucket.backoff_most_ms), "30s", NULL, 1, HOUR_MS,
     .help = "the longest such wait"},
    {"write.request", NULL, &config_choosing, TABLE_AT(request), "bulk_import", .choices = requests,
     .flags = SETTINGS_DATA, .help = "which operation of Tablestore writes the rows"},
    {"write.max_batch_rows", "tablestore.timeseries.rowsPerBatch", &config_count, TABLE_AT(rows_most), "200",
     NULL, 1, SERIES_ROWS_MOST,
     .help = "rows that one request takes at most. Connect files: only of time-series tables"},
    {"write.same_key", NULL, &config_boolean, TABLE_AT(same_key), "true", .flags = SETTINGS_DATA,
     .help = "several rows of one primary key may share a bulk_import request"},
    {"auto_create", "auto.create", &config_boolean, TABLE_AT(create.auto_create), "false",
     .help = "make the table when it is missing"},
    {"new_table.time_to_live", NULL, &config_lifetime, TABLE_AT(create.ttl_s), "forever", NULL,
     86400 * (int64_t)SECOND_MS, INT32_MAX *(int64_t)SECOND_MS,
     .help = "of a table made by auto_create: how long data stays; forever, or 1d and more"},
    {"new_table.max_versions", NULL, &config_count, TABLE_AT(create.max_versions), "1", NULL, 1, INT32_MAX,
     .flags = SETTINGS_DATA, .help = "of a table made by auto_create: versions kept of each column"},
    {"new_table.define_columns", NULL, &config_boolean, TABLE_AT(create.define_columns), "true",
     .flags = SETTINGS_DATA, .help = "of a table made by auto_create: columns becomes its defined columns",
     .compat_preset = "false"},
    END,
};
