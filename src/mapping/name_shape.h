/* name_shape: the names of the last object, in order. Records of a topic look alike: when the names are the
 * same again, they need no look at duplicates, and whoever reads the fields knows where each one goes. */
#ifndef MAPPING_NAME_SHAPE_H
#define MAPPING_NAME_SHAPE_H

#include "base/json.h"
#include "record/value.h"

enum { NAME_SHAPE_SHORT = 16, NAME_SHAPE_MOST = 1024 };

struct name_shape_name {
    uint32_t len;
    uint32_t at;                  /* in `bytes`, for longer names */
    char start[NAME_SHAPE_SHORT]; /* the first bytes, with zeros behind */
};

struct name_shape {
    struct name_shape_name *names;
    uint32_t count;
    uint32_t room;
    char *bytes;
    size_t bytes_room;
    uint64_t number; /* struct value's `names` */
};

void name_shape_init(struct name_shape *shape);
void name_shape_fini(struct name_shape *shape);

/* The members have these names in this order. `end`: where the text ends that they lie in. */
bool name_shape_fits(const struct name_shape *shape, const struct json_member *members, uint32_t count,
                     const char *end);

/* From now on these, which are all different and at most NAME_SHAPE_MOST. */
void name_shape_learn(struct name_shape *shape, const struct value_field *fields, uint32_t count,
                      uint64_t number);

#endif
