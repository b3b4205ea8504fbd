/* property: one table of names, and the list that comes out. */
#include "kafka/property.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "kafka/property_rules.h"

int property_refuse(struct error *err, const char *place, const char *name, const char *format, ...)
{
    char words[400];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    return error_set(err, ERROR_CONFIG, "%s%s%s: %s", place == NULL ? "" : place, place == NULL ? "" : ": ",
                     name, words);
}

int property_put(const struct property_job *job, const char *name, const char *value)
{
    struct property_list *list = job->list;
    if (list->count == list->room) {
        list->room = list->room == 0 ? 16 : list->room * 2;
        list->items = check_memory(realloc(list->items, list->room * sizeof(*list->items)));
    }
    struct property *item = &list->items[list->count++];
    item->name = arena_copy(&list->arena, slice_text(name)).at;
    item->value = arena_copy(&list->arena, slice_text(value)).at;
    item->place = job->from->place;
    return 0;
}

const char *property_find(const struct property_job *job, const char *name)
{
    for (size_t i = job->count; i > 0; i--) {
        if (strcmp(job->all[i - 1].name, name) == 0)
            return job->all[i - 1].value;
    }
    return NULL;
}

#define COMMIT_WORDS "offsets are committed when their records are written, and only then"
#define CONFIRM_WORDS "error records are confirmed by all replicas, however long it takes"
#define MEMORY_WORDS "error records count in the memory of their table"
#define JAVA_ONLY "it is the Java client's own"
#define CONNECT_ONLY "records are not read through Java classes"

static const struct property_rule property_rules[] = {
    {"acks", property_ignore, CONFIRM_WORDS},
    {"auto.commit.interval.ms", property_ignore, COMMIT_WORDS},
    {"auto.include.jmx.reporter", property_ignore, JAVA_ONLY},
    {"auto.offset.reset", property_offset_reset, NULL},
    {"buffer.memory", property_ignore, MEMORY_WORDS},
    {"client.dns.lookup", property_ignore, "all addresses of a name are tried"},
    {"default.api.timeout.ms", property_ignore, "no call of ours waits"},
    {"delivery.timeout.ms", property_ignore, CONFIRM_WORDS},
    {"enable.auto.commit", property_must_be_false, COMMIT_WORDS},
    {"enable.auto.offset.store", property_must_be_false, COMMIT_WORDS},
    {"enable.idempotence", property_ignore, CONFIRM_WORDS},
    {"enable.metrics.push", property_ignore, JAVA_ONLY},
    {"enable.partition.eof", property_ignore, "it is switched on where it is needed"},
    {"exclude.internal.topics", property_ignore, "topics are given by name"},
    {"fetch.max.wait.ms", property_rename, "fetch.wait.max.ms"},
    {"group.protocol", property_group_protocol, NULL},
    {"group.remote.assignor", property_ignore, "only the classic group protocol is used"},
    {"interceptor.classes", property_ignore, CONNECT_ONLY},
    {"key.deserializer", property_ignore, CONNECT_ONLY},
    {"key.serializer", property_ignore, CONNECT_ONLY},
    {"log.queue", property_must_be_false, "the library's log lines go to this program's log"},
    {"max.block.ms", property_ignore, "no call of ours waits"},
    {"max.in.flight.requests.per.connection", property_ignore, CONFIRM_WORDS},
    {"max.poll.records", property_ignore, "records are taken as there is room for them"},
    {"max.request.size", property_rename, "message.max.bytes"},
    {"message.timeout.ms", property_ignore, CONFIRM_WORDS},
    {"metadata.max.age.ms", property_metadata_age, NULL},
    {"metric.reporters", property_ignore, JAVA_ONLY},
    {"metrics.num.samples", property_ignore, JAVA_ONLY},
    {"metrics.recording.level", property_ignore, JAVA_ONLY},
    {"metrics.sample.window.ms", property_ignore, JAVA_ONLY},
    {"partition.assignment.strategy", property_assignment, NULL},
    {"partitioner.class", property_ignore, "error records go by their keys, as Java's default does"},
    {"receive.buffer.bytes", property_buffer_bytes, "socket.receive.buffer.bytes"},
    {"request.timeout.ms", property_rename, "socket.timeout.ms"},
    {"request.required.acks", property_ignore, CONFIRM_WORDS},
    {"retries", property_ignore, CONFIRM_WORDS},
    {"sasl.client.callback.handler.class", property_ignore, JAVA_ONLY},
    {"sasl.jaas.config", property_jaas, NULL},
    {"sasl.kerberos.ticket.renew.jitter", property_ignore, JAVA_ONLY},
    {"sasl.kerberos.ticket.renew.window.factor", property_ignore, JAVA_ONLY},
    {"sasl.login.callback.handler.class", property_ignore, JAVA_ONLY},
    {"sasl.login.class", property_ignore, JAVA_ONLY},
    {"sasl.login.refresh.buffer.seconds", property_ignore, JAVA_ONLY},
    {"sasl.login.refresh.min.period.seconds", property_ignore, JAVA_ONLY},
    {"sasl.login.refresh.window.factor", property_ignore, JAVA_ONLY},
    {"sasl.login.refresh.window.jitter", property_ignore, JAVA_ONLY},
    {"security.protocol", property_lower_case, NULL},
    {"security.providers", property_ignore, JAVA_ONLY},
    {"send.buffer.bytes", property_buffer_bytes, "socket.send.buffer.bytes"},
    {"socket.connection.setup.timeout.max.ms", property_ignore, JAVA_ONLY},
    {"ssl.cipher.suites", property_cipher_suites, NULL},
    {"ssl.enabled.protocols", property_ignore, "OpenSSL's own choice is used"},
    {"ssl.endpoint.identification.algorithm", property_empty_is_none, NULL},
    {"ssl.keymanager.algorithm", property_ignore, JAVA_ONLY},
    {"ssl.keystore.certificate.chain", property_rename, "ssl.certificate.pem"},
    {"ssl.keystore.key", property_rename, "ssl.key.pem"},
    {"ssl.keystore.location", property_keystore, NULL},
    {"ssl.keystore.password", property_keystore_password, NULL},
    {"ssl.keystore.type", property_partner, NULL},
    {"ssl.protocol", property_ignore, "OpenSSL's own choice is used"},
    {"ssl.secure.random.implementation", property_ignore, JAVA_ONLY},
    {"ssl.trustmanager.algorithm", property_ignore, JAVA_ONLY},
    {"ssl.truststore.certificates", property_rename, "ssl.ca.pem"},
    {"ssl.truststore.location", property_truststore, NULL},
    {"ssl.truststore.password", property_partner, NULL},
    {"ssl.truststore.type", property_partner, NULL},
    {"transactional.id", property_ignore, "error records are sent without transactions"},
    {"value.deserializer", property_ignore, CONNECT_ONLY},
    {"value.serializer", property_ignore, CONNECT_ONLY},
};

enum { RULES = sizeof(property_rules) / sizeof(property_rules[0]) };

static const struct property_rule *property_rule(const char *name)
{
    for (size_t i = 0; i < RULES; i++) {
        if (strcmp(property_rules[i].name, name) == 0)
            return &property_rules[i];
    }
    return NULL;
}

const char *property_java_name(size_t index)
{
    return index < RULES ? property_rules[index].name : NULL;
}

int property_translate(struct property_list *list, const struct consumer_property *from, size_t count,
                       struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct property_rule *rule = property_rule(from[i].name);
        struct property_job job = {list, from, count, &from[i], rule};
        int rc = rule == NULL ? property_put(&job, from[i].name, from[i].value) : rule->apply(&job, err);
        if (rc != 0)
            return -1;
    }
    return 0;
}

void property_list_init(struct property_list *list)
{
    *list = (struct property_list){0};
    arena_init(&list->arena, 4096);
}

void property_list_fini(struct property_list *list)
{
    arena_fini(&list->arena);
    free(list->items);
}
