/* json_file: a connector's JSON into a flat document: one object of texts, numbers and booleans, or the body
 * that the REST API takes, {"name": ..., "config": {...}}. Comments are allowed, as the manual's own sample
 * has them. */
#include "base/json.h"
#include "config/document.h"

#include <stdlib.h>

#include "base/check.h"

enum { JSON_FILE_MEMBERS_MOST = 2000 };

struct json_file {
    struct config_document *document; /* lent */
    struct config_mistakes *mistakes; /* lent */
    struct slice text;
};

static struct config_place json_file_place(const struct json_file *file, const char *at)
{
    unsigned line = 0;
    unsigned column = 0;
    json_place(file->text, (size_t)(at - file->text.at), &line, &column);
    return config_document_place(file->document, line, column);
}

static struct slice json_file_unescape(const struct json_file *file, struct slice text, bool escaped)
{
    if (!escaped)
        return text;
    char *to = arena_take(file->document->arena, text.len + 1);
    return slice_of(to, json_unescape(text, to));
}

static int json_file_refuse(const struct json_file *file, struct config_place place, struct slice name)
{
    char key[200];
    snprintf(key, sizeof(key), "%.*s", SLICE_ARG(name));
    config_mistake(file->mistakes, CONFIG_ERROR, place, key,
                   "an object or a list; Kafka Connect's settings are texts, lists have commas: \"a,b\"");
    return 0;
}

static struct slice json_file_text(const struct json_file *file, const struct json_value *value)
{
    switch (value->kind) {
    case JSON_TRUE:
        return SLICE("true");
    case JSON_FALSE:
        return SLICE("false");
    case JSON_STRING:
        return json_file_unescape(file, value->text, value->escaped);
    case JSON_INTEGER:
    case JSON_BIG:
    case JSON_DOUBLE:
        return value->text;
    case JSON_NULL:
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return SLICE("");
}

static int json_file_add(const struct json_file *file, const struct json_member *member)
{
    struct slice name = json_file_unescape(file, member->name, member->name_escaped);
    struct config_entry entry = {.kind = member->value.kind == JSON_NULL ? CONFIG_EMPTY : CONFIG_TEXT};
    entry.key = json_file_place(file, member->name.at - 1);
    entry.value = json_file_place(file, member->value.text.at - (member->value.kind == JSON_STRING));
    if (member->value.kind == JSON_OBJECT || member->value.kind == JSON_ARRAY)
        return json_file_refuse(file, entry.value, name);
    return config_document_add(file->document, name, json_file_text(file, &member->value), &entry,
                               file->mistakes);
}

static int json_file_fault(const struct json_file *file, struct slice text, const struct json_fault *fault)
{
    config_mistake(file->mistakes, CONFIG_ERROR, json_file_place(file, text.at + fault->at), NULL,
                   "not JSON: %s", fault->what);
    return -1;
}

static int json_file_object(const struct json_file *file, struct slice text, struct json_member *members,
                            int *count)
{
    struct json_fault fault = {0};
    *count = json_object(text, JSON_COMMENTS, members, JSON_FILE_MEMBERS_MOST, &fault);
    return *count < 0 ? json_file_fault(file, text, &fault) : 0;
}

static int json_file_flat(const struct json_file *file, const struct json_member *members, int count)
{
    for (int i = 0; i < count; i++)
        if (json_file_add(file, &members[i]) != 0)
            return -1;
    return 0;
}

static const struct json_member *json_file_config(const struct json_member *members, int count)
{
    for (int i = 0; i < count; i++)
        if (slice_equal(members[i].name, SLICE("config")) && members[i].value.kind == JSON_OBJECT)
            return &members[i];
    return NULL;
}

/* {"name", "config", "initial_state"}: the name belongs to the config; anything else is said to be unknown
 * later. */
static int json_file_nested(const struct json_file *file, const struct json_member *members, int count)
{
    const struct json_member *config = json_file_config(members, count);
    for (int i = 0; i < count; i++) {
        bool state = slice_equal(members[i].name, SLICE("initial_state"));
        if (&members[i] != config && !state && json_file_add(file, &members[i]) != 0)
            return -1;
    }
    struct json_member *inner = check_memory(calloc(JSON_FILE_MEMBERS_MOST, sizeof(*inner)));
    int inner_count = 0;
    int result = json_file_object(file, config->value.text, inner, &inner_count);
    if (result == 0)
        result = json_file_flat(file, inner, inner_count);
    free(inner);
    return result;
}

/* Nothing but blanks and comments may follow the object. */
static int json_file_check_rest(const struct json_file *file)
{
    struct json_value value;
    struct json_fault fault = {0};
    size_t end = 0;
    if (json_value(file->text, JSON_COMMENTS, &value, &end, &fault) != 0)
        return json_file_fault(file, file->text, &fault);
    struct slice rest = slice_of(file->text.at + end, file->text.len - end);
    size_t before = rest.len;
    if (json_value(rest, JSON_COMMENTS, &value, &end, &fault) != 0 && fault.at >= before)
        return 0;
    config_mistake(file->mistakes, CONFIG_ERROR, json_file_place(file, rest.at), NULL,
                   "not JSON: something follows the closing brace; one object was expected");
    return -1;
}

int config_json_read(struct config_document *document, struct slice text, struct config_mistakes *mistakes)
{
    struct json_file file = {.document = document, .mistakes = mistakes, .text = text};
    struct json_member *members = check_memory(calloc(JSON_FILE_MEMBERS_MOST, sizeof(*members)));
    int count = 0;
    int result = json_file_object(&file, text, members, &count);
    if (result == 0)
        result = json_file_check_rest(&file);
    if (result == 0)
        result = json_file_config(members, count) == NULL ? json_file_flat(&file, members, count)
                                                          : json_file_nested(&file, members, count);
    free(members);
    return result;
}
