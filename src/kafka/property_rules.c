/* property_rules: treatments that have nothing to do with security. */
#include "kafka/property_rules.h"

#include <ctype.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <strings.h>

#include "base/log.h"
#include "base/number.h"

int property_rename(const struct property_job *job, struct error *err)
{
    (void)err;
    return property_put(job, job->rule->detail, job->from->value);
}

int property_ignore(const struct property_job *job, struct error *err)
{
    (void)err;
    log_info("kafka: %s has no effect: %s", job->from->name, job->rule->detail);
    return 0;
}

/* It says something about another property, which reads it. */
int property_partner(const struct property_job *job, struct error *err)
{
    (void)job;
    (void)err;
    return 0;
}

/* -1 is the system's own size in Java, 0 in librdkafka. */
int property_buffer_bytes(const struct property_job *job, struct error *err)
{
    (void)err;
    const char *value = strcmp(job->from->value, "-1") == 0 ? "0" : job->from->value;
    return property_put(job, job->rule->detail, value);
}

int property_lower_case(const struct property_job *job, struct error *err)
{
    char value[64];
    size_t len = strlen(job->from->value);
    if (len >= sizeof(value))
        return PROPERTY_REFUSE(job, err, "the value is too long");
    for (size_t i = 0; i <= len; i++)
        value[i] = (char)tolower((unsigned char)job->from->value[i]);
    return property_put(job, job->rule->name, value);
}

int property_offset_reset(const struct property_job *job, struct error *err)
{
    (void)err;
    const char *value = strcmp(job->from->value, "none") == 0 ? "error" : job->from->value;
    return property_put(job, job->rule->name, value);
}

int property_empty_is_none(const struct property_job *job, struct error *err)
{
    (void)err;
    return property_put(job, job->rule->name, job->from->value[0] == 0 ? "none" : job->from->value);
}

/* Java's one age is two in librdkafka: when to ask again, and when to forget (three times that, as its own
 * default). */
int property_metadata_age(const struct property_job *job, struct error *err)
{
    int64_t age_ms = 0;
    char text[32];
    if (!number_int64(slice_text(job->from->value), &age_ms) || age_ms < 1)
        return PROPERTY_REFUSE(job, err, "\"%.40s\" is not a time in milliseconds from 1 up",
                               job->from->value);
    int64_t refresh_ms = age_ms > 3600000 ? 3600000 : age_ms;
    int64_t forget_ms = refresh_ms * 3 > 86400000 ? 86400000 : refresh_ms * 3;
    snprintf(text, sizeof(text), "%lld", (long long)refresh_ms);
    property_put(job, "topic.metadata.refresh.interval.ms", text);
    snprintf(text, sizeof(text), "%lld", (long long)forget_ms);
    return property_put(job, "metadata.max.age.ms", text);
}

/* --- the assignor: eager ones only, see kafka/consumer.c --- */

struct property_assignor {
    const char *java;
    const char *name; /* NULL: not here */
};

static const struct property_assignor property_assignors[] = {
    {"RangeAssignor", "range"},
    {"RoundRobinAssignor", "roundrobin"},
    {"StickyAssignor", NULL},
    {"CooperativeStickyAssignor", NULL},
};

/* The eager assignor's name, or NULL. */
static const char *property_assignor(struct slice word)
{
    static const char package[] = "org.apache.kafka.clients.consumer.";
    size_t skip = sizeof(package) - 1;
    if (word.len > skip && memcmp(word.at, package, skip) == 0)
        word = slice_of(word.at + skip, word.len - skip);
    for (size_t i = 0; i < sizeof(property_assignors) / sizeof(property_assignors[0]); i++) {
        const struct property_assignor *assignor = &property_assignors[i];
        if (slice_equal(word, slice_text(assignor->java)))
            return assignor->name;
        if (assignor->name != NULL && slice_equal(word, slice_text(assignor->name)))
            return assignor->name;
    }
    return NULL;
}

static struct slice property_word(const char **at)
{
    const char *from = *at + strspn(*at, ", \t");
    size_t len = strcspn(from, ", \t");
    *at = from + len;
    return slice_of(from, len);
}

/* Of a list the eager ones are kept: so does a Java group, in which [range, cooperative-sticky] means range.
 */
int property_assignment(const struct property_job *job, struct error *err)
{
    char names[64] = "";
    const char *at = job->from->value;
    for (struct slice word = property_word(&at); word.len > 0; word = property_word(&at)) {
        const char *name = property_assignor(word);
        if (name == NULL)
            log_info("kafka: %s: %.*s is left out: there are range and roundrobin", job->from->name,
                     SLICE_ARG(word));
        else if (strlen(names) + strlen(name) + 2 <= sizeof(names))
            snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s", names[0] == 0 ? "" : ",",
                     name);
    }
    if (names[0] == 0)
        return PROPERTY_REFUSE(
            job, err,
            "\"%.100s\" cannot be used: only the eager assignors range and roundrobin are read in order and "
            "without gaps here; with cooperative ones librdkafka before 2.1 skips records (this is %s)",
            job->from->value, rd_kafka_version_str());
    return property_put(job, job->rule->name, names);
}

/* --- what is ours to set --- */

int property_must_be_false(const struct property_job *job, struct error *err)
{
    if (strcasecmp(job->from->value, "false") == 0)
        return 0;
    return PROPERTY_REFUSE(job, err, "must be false or left out: %s", job->rule->detail);
}

int property_group_protocol(const struct property_job *job, struct error *err)
{
    if (strcasecmp(job->from->value, "classic") == 0)
        return 0;
    return PROPERTY_REFUSE(
        job, err, "only \"classic\" can be used: the newer protocol hands partitions over one by one");
}
