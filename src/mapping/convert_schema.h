/* convert_schema: the schema of a JSON envelope, parsed once for each distinct text (Connect parses it for
 * each record). The cache is small; the longest unused schema leaves. */
#ifndef MAPPING_CONVERT_SCHEMA_H
#define MAPPING_CONVERT_SCHEMA_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/json.h"
#include "record/value.h"

struct error;

/* Types with a meaning of their own, told by the schema's name; the base type is not checked (as in Connect).
 */
enum convert_logical { LOGICAL_NONE, LOGICAL_DECIMAL, LOGICAL_DATE, LOGICAL_TIME, LOGICAL_TIMESTAMP };

struct convert_schema {
    struct slice field; /* its name as a field of a struct, escapes resolved */
    enum value_type type;
    enum convert_logical logical;
    bool optional;
    bool string_keys; /* of a map: keys are strings, so it is a JSON object */
    bool has_default;
    bool has_scale;
    int32_t scale;                       /* of a Decimal */
    struct json_value default_value;     /* as in a payload */
    const struct convert_schema *values; /* of a map */
    const struct convert_schema *fields; /* of a struct, in the schema's order */
    uint32_t field_count;
    uint32_t *slots; /* of a struct: hash table of field index + 1 */
    uint32_t mask;
    uint64_t seed;
    uint64_t names; /* of the outermost struct: struct value's `names` */
};

/* Schema texts nested deeper are refused (an object inside a list of fields counts two). */
enum { CONVERT_SCHEMA_DEEPEST = 64 };

/* `text` is an object of JSON; everything of the schema lies in the arena, which also keeps a copy of the
 * text. `keep_nulls`: defaults are checked and stand for no null. */
struct convert_schema *convert_schema_parse(struct slice text, bool keep_nulls, struct arena *arena,
                                            struct error *err);

/* Index of the field of a struct, or -1. `guess` is looked at first. */
int32_t convert_schema_find(const struct convert_schema *schema, struct slice name, uint32_t guess);

/* "int32" and so on: for messages. */
const char *convert_schema_type_name(const struct convert_schema *schema);

/* One cached schema. `prefix` is the text from the message's first byte to the payload, when the schema comes
 * first: a message that begins with these bytes needs no look at its envelope. */
struct convert_schema_entry {
    struct arena arena;
    struct slice text;
    struct buffer prefix;
    const struct convert_schema *schema;
    uint64_t used;
};

enum { CONVERT_SCHEMA_ENTRIES = 16, CONVERT_SCHEMA_PREFIX_MOST = 65536 };

struct convert_schema_cache {
    struct convert_schema_entry entries[CONVERT_SCHEMA_ENTRIES];
    bool keep_nulls;
    uint32_t last; /* the one used last */
    uint64_t clock;
};

void convert_schema_cache_init(struct convert_schema_cache *cache, bool keep_nulls);
void convert_schema_cache_fini(struct convert_schema_cache *cache);

/* The entry with whose prefix the message begins, or NULL. */
struct convert_schema_entry *convert_schema_by_prefix(struct convert_schema_cache *cache,
                                                      struct slice message);

/* The entry of this schema text, parsed now if need be, and then its `names` is this number; NULL and err. */
struct convert_schema_entry *convert_schema_by_text(struct convert_schema_cache *cache, struct slice text,
                                                    uint64_t names, struct error *err);

#endif
