/* json: one pass over JSON text, no tree, no malloc, no copy. Used for records and for configuration.
 *
 * json_object() reads one object into a flat table of its members: name, kind, and the value as a slice of
 * the text or as a number. Nested objects and arrays are checked to the end and kept as slices of their text.
 * The dialect is the one Kafka Connect's JsonConverter accepts (facts: kafka-connect.md 1.1, Jackson):
 * leading zeros allowed, NaN, comments, single quotes and trailing commas refused, UTF-8 checked, BOM
 * skipped, nesting up to JSON_DEEPEST. Of two members with one name both are in the table, in order: the
 * reader of the table takes the last. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/slice.h"

enum { JSON_DEEPEST = 1000 };

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_INTEGER, /* no fraction, no exponent, within int64: `integer` */
    JSON_BIG,     /* an integer literal outside int64: `text` has its digits */
    JSON_DOUBLE,  /* a fraction or an exponent: `number`, correctly rounded, may be infinite; `text` too */
    JSON_STRING,  /* `text` between the quotes, escapes as written; see `escaped` */
    JSON_OBJECT,  /* `text` from brace to brace */
    JSON_ARRAY    /* `text` from bracket to bracket */
};

struct json_value {
    enum json_kind kind;
    bool escaped; /* a string with a backslash in it: json_unescape() before use */
    struct slice text;
    union {
        int64_t integer;
        double number;
    };
};

struct json_member {
    struct slice name; /* as written, between the quotes */
    bool name_escaped;
    struct json_value value;
};

enum json_option {
    JSON_COMMENTS = 1, /* skip // to the end of line and block comments (configuration files) */
    JSON_INSIDE = 2    /* the value stands inside a longer text: what follows a number is not looked at */
};

struct json_fault {
    size_t at;        /* byte offset into the text */
    const char *what; /* static words, for example "a comma or a brace was expected" */
    bool more;        /* nothing is wrong so far, but there are more members than the table takes */
};

/* Reads the first value of the text; what follows it is not looked at. `end` (may be NULL) gets the offset
 * behind it. 0, or -1 and fault. */
int json_value(struct slice text, unsigned options, struct json_value *value, size_t *end,
               struct json_fault *fault);

/* Reads the first value, which must be an object, into at most `most` members.
 * Answers the count of members, or -1 and fault; also -1 when there are more ("more than N members"). */
int json_object(struct slice text, unsigned options, struct json_member *members, int most,
                struct json_fault *fault);

/* The same, for an object inside a longer text: *end gets the offset behind its closing brace. */
int json_object_at(struct slice text, unsigned options, struct json_member *members, int most, size_t *end,
                   struct json_fault *fault);

/* The elements of an array value, likewise. */
int json_array(struct slice text, unsigned options, struct json_value *values, int most,
               struct json_fault *fault);

/* The text of a string with its escapes resolved, as UTF-8 into `to`, which has room for text.len bytes
 * (always enough). Answers the length. A lone surrogate becomes U+FFFD. The text comes from the reader. */
size_t json_unescape(struct slice text, char *to);

/* Writers: append to a buffer, as long as its most allows. Strings are quoted; only what JSON demands is
 * escaped. Bytes that are not UTF-8 become U+FFFD. */
struct buffer;
void json_put_string(struct buffer *to, struct slice text);
void json_put_integer(struct buffer *to, int64_t value);
void json_put_double(struct buffer *to, double value); /* NaN and infinities as quoted names */

/* Line and column, both from 1, of a byte offset; columns count characters. */
void json_place(struct slice text, size_t at, unsigned *line, unsigned *column);

#endif
