/* convert: Kafka Connect's converters: bytes of a key or a value to a flat table of fields. */
#ifndef MAPPING_CONVERT_H
#define MAPPING_CONVERT_H

#include "record/value.h"

struct arena;
struct error;

/* Nested values stay JSON text, as written. Of two members with one name the last value stands, at the first
 * one's place. What Connect would quietly change (a text for an int32, 300 for an int8, integers beyond 64
 * bits, integers that a double rounds) is an error here, or for JSON without a schema a field of type
 * VALUE_BIG. */
enum convert_format {
    CONVERT_JSON,                /* JsonConverter, schemas.enable=false */
    CONVERT_JSON_ENVELOPE,       /* JsonConverter, schemas.enable=true: {"schema":...,"payload":...} */
    CONVERT_JSON_ENVELOPE_NULLS, /* and replace.null.with.default=false: a null stays one */
    CONVERT_STRING,              /* StringConverter: invalid UTF-8 becomes U+FFFD */
    CONVERT_BYTES,               /* ByteArrayConverter */
    CONVERT_BOOLEAN,             /* BooleanConverter: a byte 0 or 1 */
    CONVERT_INT16,               /* ShortConverter; these and the next are big-endian */
    CONVERT_INT32,               /* IntegerConverter */
    CONVERT_INT64,               /* LongConverter */
    CONVERT_FLOAT32,             /* FloatConverter */
    CONVERT_FLOAT64              /* DoubleConverter */
};

/* "json" "json_envelope" "json_envelope_nulls" "string" "bytes" "boolean" "int16" and so on: as in a YAML
 * file. */
const char *convert_format_name(enum convert_format format);

static inline bool convert_format_is_json(enum convert_format format)
{
    return format <= CONVERT_JSON_ENVELOPE_NULLS;
}

/* The Java class of Kafka Connect that reads it, in full; the JSON formats have one. */
const char *convert_format_class(enum convert_format format);

/* One for each side (key, value) of a table: keeps its field table, its scratch and the schemas it has
 * parsed, recognised by their bytes. */
struct converter; /* opaque */

struct converter *converter_create(enum convert_format format);
void converter_destroy(struct converter *converter);

/* `value` points into `bytes`, into the converter and its scratch: valid until the next call. bytes.at NULL
 * is a null. 0, or -1 with ERROR_RECORD and words for a person (position in the text, what was expected). */
int converter_read(struct converter *converter, struct slice bytes, struct value *value, struct error *err);

#endif
