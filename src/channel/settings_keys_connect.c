/* settings_keys_connect: the words that only Connect files have; the others are in settings_keys.c. */
#include "channel/settings_reader.h"

#define END                                                                                                  \
    {                                                                                                        \
        .type = NULL                                                                                         \
    }

enum { CONNECT_INT_MOST = INT32_MAX };

/* Read for their limits, or by settings_connect.c; nothing is stored here. */
static const struct config_choice auth_modes[] = {
    {"aksk", 0, NULL}, {"sts", 1, "not supported yet; use an AccessKey pair with aksk"}, {0}};

const struct config_key settings_connect_keys[] = {
    {NULL, "connector.class", &config_string, 0, .flags = CONFIG_OWN,
     .help = "TableStoreSinkConnector, or its full Java name"},
    {NULL, "tasks.max", &config_count, 0, NULL, NULL, 1, CONNECT_INT_MOST,
     .help = "accepted; one process reads all partitions"},
    {NULL, "topics.assign.tables", &config_names, 0, .flags = CONFIG_OWN, .example = "orders:orders_table",
     .help = "topic:table, several with commas; goes before table.name.format"},
    {NULL, "key.converter", &config_string, 0, .flags = CONFIG_OWN,
     .help =
         "JsonConverter (with .schemas.enable, true when not given), StringConverter, ByteArrayConverter, "
         "BooleanConverter, ShortConverter, IntegerConverter, LongConverter, FloatConverter or "
         "DoubleConverter; full Java names, or without the word Converter"},
    {NULL, "value.converter", &config_string, 0, .flags = CONFIG_OWN, .help = "likewise"},
    {NULL, "header.converter", &config_string, 0, .flags = CONFIG_OWN,
     .help = "accepted; headers are not read, and go on as they are with records that have errors"},
    {NULL, "event.parse.class", &config_string, 0, .flags = CONFIG_OWN,
     .help = "only the default, DefaultEventParser"},
    {NULL, "tablestore.auth.mode", &config_choosing, 0, .choices = auth_modes,
     .help = "how requests are signed"},
    {NULL, "buffer.size", &config_count, 0, NULL, NULL, 1, CONNECT_INT_MOST,
     .help = "accepted; rows are bounded by their bytes (YAML: memory)"},
    {NULL, "max.thread.count", &config_count, 0, NULL, NULL, 1, CONNECT_INT_MOST,
     .help = "accepted; there are no threads to count"},
    {NULL, "bucket.count", &config_count, 0, NULL, NULL, 1, CONNECT_INT_MOST,
     .help = "accepted; every primary key is a bucket of its own"},
    END,
};

const struct settings_refusal settings_refusals[] = {
    {"transforms",
     "transforms are not supported; have the producers write the fields as they should be, or choose columns "
     "with tablestore.<table>.columns.whitelist.name"},
    {"predicates", "predicates are not supported, as transforms are not"},
    {"topics.regex", "a pattern is not supported; name the topics in topics"},
    {NULL, NULL},
};

const char *const settings_ignored_names[] = {
    "access.control.allow.",
    "admin.",
    "bootstrap.controllers",
    "client.",
    "config.action.reload",
    "config.providers",
    "config.providers.",
    "config.storage.",
    "connect.protocol",
    "connector.client.config.override.policy",
    "connector.plugin.version",
    "consumer.",
    "errors.log.include.messages",
    "errors.retry.delay.max.ms",
    "errors.retry.timeout",
    "exactly.once.",
    "group.id",
    "header.converter.",
    "heartbeat.interval.ms",
    "inter.worker.",
    "internal.key.converter",
    "internal.key.converter.",
    "internal.value.converter",
    "internal.value.converter.",
    "key.converter.",
    "listeners",
    "listeners.",
    "metadata.",
    "metric.reporters",
    "metrics.",
    "offset.flush.timeout.ms",
    "offset.storage.",
    "plugin.discovery",
    "plugin.path",
    "predicates.",
    "producer.",
    "rebalance.timeout.ms",
    "receive.buffer.bytes",
    "reconnect.",
    "request.timeout.ms",
    "response.http.headers.config",
    "rest.",
    "retry.backoff.ms",
    "sasl.",
    "scheduled.rebalance.max.delay.ms",
    "security.protocol",
    "send.buffer.bytes",
    "session.timeout.ms",
    "ssl.",
    "status.storage.",
    "task.shutdown.graceful.timeout.ms",
    "tasks.max.enforce",
    "topic.creation.",
    "topic.tracking.",
    "transforms.",
    "value.converter.",
    "worker.",
    NULL,
};
