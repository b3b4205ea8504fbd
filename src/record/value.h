/* value: a key or a value after conversion, as a flat table of fields. Views into the message's bytes or into
 * the record's scratch arena: gone with the record. What the two type tables of the manual need is kept, no
 * more: the Connect shape (Struct, Map, string, number...) and the Connect type of each field. */
#ifndef RECORD_VALUE_H
#define RECORD_VALUE_H

#include "base/slice.h"

/* Kafka Connect's types; logical types are resolved by the converter (Timestamp: INT64 ms, Date: INT32 days,
 * Time: INT32 ms of day, Decimal: see value_field.decimal). */
enum value_type {
    VALUE_NULL, /* a null without a type: schemaless JSON */
    VALUE_INT8,
    VALUE_INT16,
    VALUE_INT32,
    VALUE_INT64,
    VALUE_FLOAT32,
    VALUE_FLOAT64,
    VALUE_BOOLEAN,
    VALUE_STRING,
    VALUE_BYTES,
    VALUE_ARRAY, /* nested: `text` is its JSON text */
    VALUE_MAP,
    VALUE_STRUCT,
    VALUE_BIG /* a JSON integer outside int64: `text` has the digits. Never rounded or cut, an error where it
                 is used */
};

struct value_field {
    struct slice name; /* escapes resolved, UTF-8 */
    enum value_type type;
    bool is_null; /* also a typed null of a Struct: type stays */
    bool decimal; /* a logical Decimal: `text` is the number's plain decimal text, type is VALUE_BYTES */
    uint16_t digit_count; /* FLOAT32, FLOAT64: how the number was written, at `digits`; 0: not known */
    union {
        int64_t integer; /* INT8..INT64 */
        struct {
            double number; /* FLOAT32, FLOAT64 */
            const char *digits;
        };
        bool boolean;
        struct slice text; /* STRING, BYTES, ARRAY, MAP, STRUCT, BIG */
    };
};

enum value_shape {
    SHAPE_NONE,   /* no key, or a tombstone */
    SHAPE_STRUCT, /* `fields` by schema */
    SHAPE_MAP,    /* `fields`: a Map with a schema, or a schemaless JSON object */
    SHAPE_SCALAR  /* `fields[0]`, without a name: string, number, boolean, bytes, array ... */
};

struct value {
    enum value_shape shape;
    bool schemaless; /* SHAPE_MAP and SHAPE_SCALAR of JSON without a schema */
    struct value_field *fields;
    uint32_t count;
    /* What the names are, in one number: from one converter, equal numbers mean equal names in the same
     * places. 0: not known. So that a reader looks names up once a shape, not once a record. */
    uint64_t names;
};

#endif
