/* slow_json: the JSON reader's slow, obvious twin: a character at a time, recursion, malloc, strtod. Written
 * apart from base/json; tests and fuzzing hold the two against each other. */
#ifndef SUPPORT_SLOW_JSON_H
#define SUPPORT_SLOW_JSON_H

#include "base/json.h"

struct slow_value {
    enum json_kind kind;
    size_t at; /* the value's own characters in the text, quotes included */
    size_t end;
    int64_t integer;
    double number;
    char *string; /* decoded */
    size_t string_len;
};

struct slow_member {
    char *name; /* decoded */
    size_t name_len;
    struct slow_value value;
};

/* First value of the text: 1, or 0 when it is not JSON of our dialect. */
int slow_json_value(struct slice text, bool comments, struct slow_value *value);
void slow_json_value_free(struct slow_value *value);

/* Count of members, or -1. *members is freed with slow_json_members_free(). */
int slow_json_object(struct slice text, bool comments, struct slow_member **members);
void slow_json_members_free(struct slow_member *members, int count);

#endif
