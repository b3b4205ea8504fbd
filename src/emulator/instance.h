/* instance: one instance of the service: its name, its tables, and the ground that its visits work on.
 * Several of them share an emulator's socket, key pairs, faults and journal. */
#ifndef EMULATOR_INSTANCE_H
#define EMULATOR_INSTANCE_H

#include "emulator/store.h"
#include "emulator/visit.h"

struct emulator;

struct instance {
    struct emulator *emulator;
    char *name;    /* owned */
    uint64_t salt; /* equal keys of two instances are two keys */
    struct store store;
    struct visit_ground ground; /* its arg is the instance */
};

/* `place`: among the emulator's instances. The ground's callbacks are the caller's to fill in. */
void instance_init(struct instance *instance, struct emulator *emulator, const char *name, size_t place);
void instance_fini(struct instance *instance);

/* A turn begins. Time never goes back, whatever the clock does. */
void instance_look_at_clock(struct instance *instance, int64_t wall_ms);

/* The hash of a row's key among the rows of all instances; 0 stays 0. */
uint64_t instance_key_hash(const struct instance *instance, uint64_t key_hash);

#endif
