/* converter: the inside of mapping/convert, for its own files only. */
#ifndef MAPPING_CONVERTER_H
#define MAPPING_CONVERTER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "mapping/convert.h"
#include "mapping/convert_schema.h"
#include "mapping/name_set.h"
#include "mapping/name_shape.h"

struct converter {
    enum convert_format format;
    struct arena scratch; /* unescaped texts, decoded bytes */
    struct json_member *members;
    const struct json_value **found; /* envelope: by field of the schema, the payload's value */
    struct value_field *fields;
    uint32_t room;           /* of all three tables */
    struct slice whole;      /* the message being read: places in faults count from its start */
    struct name_set names;   /* to find duplicates in a new shape */
    struct name_shape shape; /* the last one */
    uint64_t numbers;        /* given to shapes and schemas so far */
    struct convert_schema_cache schemas;
};

/* More members than this in one object is a mistake, not a record. */
enum { CONVERTER_MEMBERS_MOST = 65536, CONVERTER_MEMBERS_KEPT = 2048 };

/* Reads an object into converter->members, which grows. Answers the count; *end is the offset behind it. */
int converter_members(struct converter *converter, struct slice text, size_t *end, struct error *err);

/* At least this many fields. */
void converter_grow(struct converter *converter, uint32_t room);

/* -1, with the place in the whole message. */
int converter_fault(const struct converter *converter, struct slice text, const struct json_fault *fault,
                    struct error *err);

/* Offset of the first byte from `at` on that is not blank; from the start, behind a byte order mark too. */
size_t converter_blanks(struct slice text, size_t at);
size_t converter_first(struct slice text);

/* Fields out of the members, in three steps: open tells whether the names are those of the last object; named
 * answers the field of member i, its name set (the first of two with one name keeps its place, the last one
 * its value); close sets the value. */
bool converter_open(struct converter *converter, uint32_t members);
struct value_field *converter_unknown(struct converter *converter, uint32_t i, uint32_t *count);

static inline struct value_field *converter_named(struct converter *converter, bool known, uint32_t i,
                                                  uint32_t *count)
{
    if (!known)
        return converter_unknown(converter, i, count);
    converter->fields[i].name = converter->members[i].name;
    *count = i + 1;
    return &converter->fields[i];
}

void converter_close(struct converter *converter, bool known, uint32_t count, bool schemaless,
                     struct value *value);

/* Schemaless JSON, one value; *end is the offset behind it. */
int converter_schemaless(struct converter *converter, struct slice text, size_t *end, struct value *value,
                         struct error *err);

/* Numbers and booleans of a fixed width: CONVERT_BOOLEAN and everything behind it. */
int convert_fixed(struct converter *converter, struct value *value, struct error *err);

/* {"schema":...,"payload":...} */
int convert_envelope(struct converter *converter, struct value *value, struct error *err);

#endif
