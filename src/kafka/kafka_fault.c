/* kafka_fault: what needs a person is in the table; all else heals by itself, for librdkafka never gives up.
 */
#include "kafka/kafka_fault.h"

#include <stddef.h>

struct kafka_fault_rule {
    rd_kafka_resp_err_t code;
    enum error_kind kind;
    const char *advice;
};

#define SASL_WORDS "check sasl.username, sasl.password (sasl.jaas.config) and sasl.mechanism"

static const struct kafka_fault_rule kafka_fault_rules[] = {
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, ERROR_CONFIG, SASL_WORDS},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, ERROR_CONFIG, SASL_WORDS},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, ERROR_CONFIG, "check sasl.mechanism"},
    {RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE, ERROR_CONFIG, "check security.protocol"},
    {RD_KAFKA_RESP_ERR__SSL, ERROR_CONFIG,
     "check ssl.ca.location, the broker's certificate and security.protocol"},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ERROR_CONFIG, "allow this user to read the topic"},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, ERROR_CONFIG, "allow this user to read with the group"},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, ERROR_CONFIG, "allow this user to use the cluster"},
    {RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, ERROR_CONFIG, "check group.id"},
    {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, ERROR_CONFIG,
     "check session.timeout.ms against the broker's group.min and group.max.session.timeout.ms"},
    {RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, ERROR_CONFIG,
     "members of the group have no partition.assignment.strategy in common: use another group, or range "
     "everywhere"},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, ERROR_CONFIG, "check the name of the topic"},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, ERROR_CONFIG,
     "auto.offset.reset is none: commit a start for the group, or set earliest or latest"},
    {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, ERROR_CONFIG, "the broker is too old for this"},
    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, ERROR_FATAL,
     "another process of the group has the same group.instance.id"},
    {RD_KAFKA_RESP_ERR__FATAL, ERROR_FATAL, "start again"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ERROR_RETRY, "it is waited for: create it, or mend its name"},
    {RD_KAFKA_RESP_ERR__RESOLVE, ERROR_RETRY, "check bootstrap.servers; it is tried again"},
    {RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, ERROR_RETRY, "the group is joined again"},
};

static const struct kafka_fault_rule kafka_fault_other = {RD_KAFKA_RESP_ERR_UNKNOWN, ERROR_RETRY,
                                                          "it is tried again"};

static const struct kafka_fault_rule *kafka_fault_rule(rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < sizeof(kafka_fault_rules) / sizeof(kafka_fault_rules[0]); i++) {
        if (kafka_fault_rules[i].code == code)
            return &kafka_fault_rules[i];
    }
    return &kafka_fault_other;
}

void kafka_fault(struct error *err, rd_kafka_resp_err_t code, const char *reason)
{
    const struct kafka_fault_rule *rule = kafka_fault_rule(code);
    error_set(err, rule->kind, "kafka: %.350s; %s", reason == NULL ? rd_kafka_err2str(code) : reason,
              rule->advice);
}
