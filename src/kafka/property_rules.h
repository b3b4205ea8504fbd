/* property_rules: the kinds of treatment of a property; the table in property.c names one for each. */
#ifndef KAFKA_PROPERTY_RULES_H
#define KAFKA_PROPERTY_RULES_H

#include "kafka/property.h"

/* One property on its way; `all` because some mean something only together (a store and its type). */
struct property_job {
    struct property_list *list;
    const struct consumer_property *all;
    size_t count;
    const struct consumer_property *from;
    const struct property_rule *rule;
};

typedef int property_rule_fn(const struct property_job *job, struct error *err);

struct property_rule {
    const char *name;
    property_rule_fn *apply;
    const char *detail; /* the other name, or words for the log */
};

#define PROPERTY_REFUSE(job, err, ...)                                                                       \
    property_refuse(err, (job)->from->place, (job)->from->name, __VA_ARGS__)

/* Appends to the list; answers 0. */
int property_put(const struct property_job *job, const char *name, const char *value);

/* The value of the last of that name among all, or NULL. */
const char *property_find(const struct property_job *job, const char *name);

/* property_rules.c */
property_rule_fn property_rename;
property_rule_fn property_ignore;
property_rule_fn property_partner;
property_rule_fn property_buffer_bytes;
property_rule_fn property_lower_case;
property_rule_fn property_offset_reset;
property_rule_fn property_empty_is_none;
property_rule_fn property_metadata_age;
property_rule_fn property_assignment;
property_rule_fn property_must_be_false;
property_rule_fn property_group_protocol;

/* property_security.c */
property_rule_fn property_jaas;
property_rule_fn property_truststore;
property_rule_fn property_keystore;
property_rule_fn property_keystore_password;
property_rule_fn property_cipher_suites;

#endif
