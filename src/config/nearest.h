/* nearest: which known name was probably meant? */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include "base/slice.h"

struct config_nearest {
    struct slice wanted;
    const char *name; /* NULL: nothing near yet */
    unsigned distance;
};

/* Letters inserted, deleted, replaced, or swapped with their neighbour; upper and lower case are the same.
 * Names over 128 bytes are as far as can be. */
unsigned config_distance(struct slice a, struct slice b);

struct config_nearest config_nearest_begin(const char *wanted);
void config_nearest_try(struct config_nearest *nearest, const char *name); /* kept */

#endif
