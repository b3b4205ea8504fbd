/* jaas: the text of Java's sasl.jaas.config: a login module, a flag, options name="value", a semicolon.
 * Errors never hold any of the text: there are passwords in it. */
#ifndef KAFKA_JAAS_H
#define KAFKA_JAAS_H

#include <stddef.h>

struct error;

enum { JAAS_OPTIONS_MOST = 32 };

struct jaas_option {
    const char *name;
    const char *value;
};

struct jaas {
    char *memory; /* ours: all the texts below */
    const char *module;
    size_t option_count;
    struct jaas_option options[JAAS_OPTIONS_MOST];
};

/* 0: jaas_fini() when done. -1: nothing to free. Only the first module is read. */
int jaas_read(struct jaas *jaas, const char *text, struct error *err);
void jaas_fini(struct jaas *jaas);

/* NULL: no such option. */
const char *jaas_find(const struct jaas *jaas, const char *name);

#endif
