/* instance: life and time. */
#include "emulator/instance.h"

#include <stdlib.h>

#include "base/check.h"

void instance_init(struct instance *instance, struct emulator *emulator, const char *name, size_t place)
{
    *instance = (struct instance){.emulator = emulator,
                                  .name = check_memory(strdup(name)),
                                  .salt = place * 0x9e3779b97f4a7c15u,
                                  .ground = {.store = &instance->store, .arg = instance}};
    store_init(&instance->store);
}

void instance_fini(struct instance *instance)
{
    store_fini(&instance->store);
    free(instance->name);
}

void instance_look_at_clock(struct instance *instance, int64_t wall_ms)
{
    if (wall_ms > instance->ground.now_ms)
        instance->ground.now_ms = wall_ms;
}

uint64_t instance_key_hash(const struct instance *instance, uint64_t key_hash)
{
    uint64_t hash = key_hash ^ instance->salt;
    return key_hash == 0 || hash == 0 ? key_hash : hash;
}
