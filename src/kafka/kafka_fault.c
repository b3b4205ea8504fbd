/* kafka_fault: what needs a person is in the table; all else heals by itself, for librdkafka never gives up.
 *
 * A broker that ends a TLS handshake may speak no TLS, or be on its way down: that is waited for. What a
 * broker says in so many words (login, certificate, permission) is not. */
#include "kafka/kafka_fault.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"

struct kafka_fault_rule {
    rd_kafka_resp_err_t code;
    enum error_kind kind;
    const char *part; /* of the reason; NULL: any. The line without a part comes last */
    const char *advice;
};

#define LOGIN_WORDS "check sasl.username and sasl.password (sasl.jaas.config) under kafka.properties"
#define MECHANISM_WORDS "set sasl.mechanism to one that the broker supports"
#define NO_LOGIN_WORDS                                                                                       \
    "this port takes no login: set security.protocol to plaintext or ssl, or use the port that takes one"
#define CERTIFICATE_WORDS                                                                                    \
    "set ssl.ca.location to the certificate of the authority that signed the broker's, and use the host "    \
    "name that is in it"
#define PORT_SPEAKS_NO_TLS                                                                                   \
    "does this port speak TLS? Without it security.protocol is plaintext or sasl_plaintext"

static const struct kafka_fault_rule kafka_fault_rules[] = {
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, ERROR_CONFIG, "nsupported SASL mechanism", MECHANISM_WORDS},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, ERROR_CONFIG, "current SASL state", NO_LOGIN_WORDS},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, ERROR_CONFIG, NULL, LOGIN_WORDS},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, ERROR_CONFIG, NULL, LOGIN_WORDS},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, ERROR_CONFIG, NULL, MECHANISM_WORDS},
    {RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE, ERROR_CONFIG, NULL, NO_LOGIN_WORDS},
    {RD_KAFKA_RESP_ERR__SSL, ERROR_RETRY, "unexpected eof", PORT_SPEAKS_NO_TLS},
    {RD_KAFKA_RESP_ERR__SSL, ERROR_RETRY, "Disconnected", PORT_SPEAKS_NO_TLS},
    {RD_KAFKA_RESP_ERR__SSL, ERROR_RETRY, "wrong version number", PORT_SPEAKS_NO_TLS},
    {RD_KAFKA_RESP_ERR__SSL, ERROR_RETRY, "onnection reset", PORT_SPEAKS_NO_TLS},
    {RD_KAFKA_RESP_ERR__SSL, ERROR_CONFIG, "certificate verify failed", CERTIFICATE_WORDS},
    {RD_KAFKA_RESP_ERR__SSL, ERROR_CONFIG, NULL,
     "check ssl.ca.location, the broker's certificate and security.protocol"},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ERROR_CONFIG, NULL,
     "allow this user to read the topic (ACL: Read and Describe)"},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, ERROR_CONFIG, NULL,
     "allow this user to read with the group (ACL: Read on the group, connect-NAME unless group says "
     "otherwise)"},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, ERROR_CONFIG, NULL,
     "allow this user to use the cluster"},
    {RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, ERROR_CONFIG, NULL, "check group (group.id)"},
    {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, ERROR_CONFIG, NULL,
     "check session.timeout.ms against the broker's group.min and group.max.session.timeout.ms"},
    {RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, ERROR_CONFIG, NULL,
     "members of the group have no partition.assignment.strategy in common: use another group, or range "
     "everywhere"},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, ERROR_CONFIG, NULL, "check the name of the topic"},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, ERROR_CONFIG, NULL,
     "auto.offset.reset is none: commit a start for the group, or set earliest or latest"},
    {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, ERROR_CONFIG, NULL, "the broker is too old for this"},
    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, ERROR_FATAL, NULL,
     "another process of the group runs with the same group.instance.id: stop one of them, or give each its "
     "own"},
    {RD_KAFKA_RESP_ERR__FATAL, ERROR_FATAL, NULL, "start again"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ERROR_RETRY, NULL, "create it, or mend its name in topics"},
    {RD_KAFKA_RESP_ERR__RESOLVE, ERROR_RETRY, NULL,
     "check the host in brokers (bootstrap.servers) and the brokers' advertised.listeners"},
    {RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, ERROR_RETRY, NULL, "the group is joined again"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "onnection refused",
     "nothing listens there: is the broker up, is the port right (brokers, bootstrap.servers)?"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "SSL listener",
     "does this port speak TLS? Then set security.protocol to ssl or sasl_ssl"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "require SASL",
     "does this port want a login? Then set security.protocol to sasl_plaintext or sasl_ssl"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "receive.message.max.bytes",
     "a record is larger than the limits under kafka.properties: take them out, or raise them"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "Too many open files",
     "raise this process's limit of open files (ulimit -n, LimitNOFILE)"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "ApiVersionRequest",
     "is it a Kafka broker that listens there, and not too busy to answer?"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "imed out",
     "is the address right, does a firewall drop packets?"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, ERROR_RETRY, NULL, "is the broker overloaded, or the network?"},
};

static const struct kafka_fault_rule kafka_fault_other = {RD_KAFKA_RESP_ERR_UNKNOWN, ERROR_RETRY, NULL, NULL};

static const struct kafka_fault_rule *kafka_fault_rule(rd_kafka_resp_err_t code, const char *reason)
{
    for (size_t i = 0; i < sizeof(kafka_fault_rules) / sizeof(kafka_fault_rules[0]); i++) {
        const struct kafka_fault_rule *rule = &kafka_fault_rules[i];
        if (rule->code == code && (rule->part == NULL || strstr(reason, rule->part) != NULL))
            return rule;
    }
    return &kafka_fault_other;
}

static bool kafka_fault_begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* "ssl://10.0.0.1:9092/1: Connect to ...", "10.0.0.1:9092/bootstrap: ...": answers where the rest begins, or
 * the text as it is. */
static const char *kafka_fault_take_broker(struct kafka_fault *fault, const char *text)
{
    const char *end = strstr(text, ": ");
    const char *scheme = strstr(text, "://");
    const char *from = scheme != NULL && end != NULL && scheme < end ? scheme + 3 : text;
    const char *slash = end == NULL ? NULL : memrchr(from, '/', (size_t)(end - from));
    if (slash == NULL)
        return text;
    bool id = slash + 1 + strspn(slash + 1, "0123456789") == end;
    if (!id && !kafka_fault_begins(slash + 1, "bootstrap: "))
        return text;
    fault->of = KAFKA_FAULT_OF_BROKER;
    snprintf(fault->name, sizeof(fault->name), "%.*s", (int)(slash - from), from);
    return end + 2;
}

/* The library keeps a second connection to the broker that looks after the group. */
static const char *kafka_fault_take_coordinator(struct kafka_fault *fault, const char *text)
{
    fault->of = KAFKA_FAULT_OF_BROKER;
    snprintf(fault->name, sizeof(fault->name), "GroupCoordinator");
    return text + strlen("GroupCoordinator: ");
}

static const char *kafka_fault_take_topic(struct kafka_fault *fault, const char *text)
{
    const char *name = text + strlen("Subscribed topic not available: ");
    const char *end = strstr(name, ": ");
    if (end == NULL)
        return text;
    fault->of = KAFKA_FAULT_OF_TOPIC;
    snprintf(fault->name, sizeof(fault->name), "%.*s", (int)(end - name), name);
    return end + 2;
}

/* "Connect to ipv4#10.0.0.1:9092 failed: Connection refused": the address only when it says more than the
 * name. */
static const char *kafka_fault_skip_address(const struct kafka_fault *fault, const char *text)
{
    const char *hash = kafka_fault_begins(text, "Connect to ipv") ? strchr(text, '#') : NULL;
    const char *failed = hash == NULL ? NULL : strstr(hash, " failed: ");
    size_t len = strlen(fault->name);
    if (failed == NULL || (size_t)(failed - hash - 1) != len || memcmp(hash + 1, fault->name, len) != 0)
        return text;
    return failed + strlen(" failed: ");
}

static const char *kafka_fault_take_name(struct kafka_fault *fault, const char *text)
{
    if (kafka_fault_begins(text, "GroupCoordinator: "))
        return kafka_fault_take_coordinator(fault, text);
    if (kafka_fault_begins(text, "Subscribed topic not available: "))
        return kafka_fault_take_topic(fault, text);
    return kafka_fault_take_broker(fault, text);
}

void kafka_fault_read(struct kafka_fault *fault, rd_kafka_resp_err_t code, const char *reason)
{
    char text[512];
    *fault = (struct kafka_fault){.of = KAFKA_FAULT_OF_CLIENT};
    snprintf(text, sizeof(text), "%s", reason == NULL ? rd_kafka_err2str(code) : reason);
    const struct kafka_fault_rule *rule = kafka_fault_rule(code, text);
    char *after = strstr(text, " (after ");
    if (after != NULL)
        *after = 0;
    const char *words = kafka_fault_skip_address(fault, kafka_fault_take_name(fault, text));
    if (kafka_fault_begins(words, "Broker: ") || kafka_fault_begins(words, "Local: "))
        words = strchr(words, ' ') + 1;
    fault->advice = rule->advice;
    error_set(&fault->error, rule->kind, "%.300s", words);
}

void kafka_fault_advise(struct kafka_fault *fault, const char *next)
{
    char cause[sizeof(fault->error.text)];
    memcpy(cause, fault->error.text, sizeof(cause));
    error_set(&fault->error, fault->error.kind, "%s%s%s%s%s", cause, next == NULL ? "" : "; ",
              next == NULL ? "" : next, fault->advice == NULL ? "" : "; ",
              fault->advice == NULL ? "" : fault->advice);
}

void kafka_fault_name(enum kafka_fault_of of, const char *name, char *to, size_t room)
{
    if (of == KAFKA_FAULT_OF_CLIENT)
        snprintf(to, room, "kafka");
    else if (strcmp(name, "GroupCoordinator") == 0)
        snprintf(to, room, "the group's coordinator");
    else
        snprintf(to, room, "%s %s", of == KAFKA_FAULT_OF_TOPIC ? "topic" : "broker", name);
}

void kafka_fault(struct error *err, rd_kafka_resp_err_t code, const char *reason)
{
    struct kafka_fault fault;
    char name[KAFKA_FAULT_NAME_MOST + 32];
    kafka_fault_read(&fault, code, reason);
    kafka_fault_advise(&fault, fault.error.kind == ERROR_RETRY ? "it is tried again" : NULL);
    kafka_fault_name(fault.of, fault.name, name, sizeof(name));
    *err = fault.error;
    error_wrap(err, "%s", name);
}
