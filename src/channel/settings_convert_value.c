/* settings_convert_value: values that are not written as they are: references stay references, secrets become
 * them. */
#include "channel/settings_convert_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "config/reference.h"

enum { VALUE_TEXT_MOST = 8 << 20, VALUE_NAME_MOST = 300 };

static struct settings_convert_variable *variable_find(const struct settings_convert *convert,
                                                       const char *name)
{
    struct settings_convert_variable *at = convert->variables;
    while (at != NULL && strcmp(at->name, name) != 0)
        at = at->next;
    return at;
}

static struct settings_convert_variable *variable_add(struct settings_convert *convert, const char *name,
                                                      const char *value)
{
    struct settings_convert_variable **end = &convert->variables;
    while (*end != NULL)
        end = &(*end)->next;
    *end = arena_take(&convert->arena, sizeof(**end));
    **end = (struct settings_convert_variable){.name = name, .value = value};
    return *end;
}

/* Where it is not set the reference was left as it stood: that is what it must be then. */
static void variable_on_found(void *arg, struct slice name)
{
    struct settings_convert *convert = arg;
    const char *kept = arena_copy(&convert->arena, name).at;
    const char *value = getenv(kept);
    struct buffer text;
    if (variable_find(convert, kept) != NULL)
        return;
    buffer_init(&text, VALUE_TEXT_MOST);
    buffer_print(&text, value == NULL ? "${env:%s}" : "%s", value == NULL ? kept : value);
    variable_add(convert, kept, arena_copy(&convert->arena, buffer_slice(&text)).at);
    buffer_fini(&text);
}

static void variable_on_used(void *arg, struct slice name)
{
    struct settings_convert *convert = arg;
    struct settings_convert_variable *found = variable_find(convert, arena_copy(&convert->arena, name).at);
    CHECK(found != NULL); /* by settings_convert_find_variables() */
    found->used = true;
}

void settings_convert_find_variables(struct settings_convert *convert)
{
    const struct config_variables variables = {variable_on_found, convert};
    struct buffer text;
    buffer_init(&text, VALUE_TEXT_MOST);
    for (const struct settings_origin *at = convert->origins->first; at != NULL; at = at->next) {
        if (at->entry->written == NULL)
            continue;
        buffer_reset(&text, VALUE_TEXT_MOST);
        config_reference_to_yaml(at->entry->written, &variables, &text);
    }
    buffer_fini(&text);
}

/* "tablestore.access_key_secret" -> TABLESTORE_ACCESS_KEY_SECRET. */
static void value_variable_name(const char *path, char name[VALUE_NAME_MOST])
{
    size_t len = strlen(name);
    for (; *path != 0 && len < VALUE_NAME_MOST - 20; path++)
        name[len++] = isalnum((unsigned char)*path) ? (char)toupper((unsigned char)*path) : '_';
    name[len] = 0;
}

/* A variable for that secret: one of its value, or a name that is free. */
static struct settings_convert_variable *value_variable(struct settings_convert *convert, const char *name,
                                                        const char *secret)
{
    char numbered[VALUE_NAME_MOST];
    struct settings_convert_variable *found = NULL;
    snprintf(numbered, sizeof(numbered), "%s", name);
    for (unsigned i = 2; (found = variable_find(convert, numbered)) != NULL; i++) {
        if (strcmp(found->value, secret) == 0)
            return found;
        snprintf(numbered, sizeof(numbered), "%.270s_%u", name, i);
    }
    return variable_add(convert, arena_copy(&convert->arena, slice_text(numbered)).at, secret);
}

static void value_put_hidden(const struct settings_print *print, const char *name, const char *secret)
{
    struct settings_convert *convert = settings_convert_of(print);
    struct settings_convert_variable *variable = value_variable(convert, name, secret);
    variable->used = true;
    convert->value = VALUE_HIDDEN;
    buffer_print(print->to, "${%s}", variable->name);
}

/* Would YAML read the text as this value? A duration has its unit there, a name may mean something else. */
static bool value_reads_the_same(struct settings_convert *convert, const struct config_key *key,
                                 const void *base, const char *text)
{
    struct settings settings = {.name = NULL};
    struct settings_table table = {.topics = NULL};
    bool top = base == convert->settings;
    struct error err;
    void *scratch = top ? (void *)&settings : (void *)&table;
    return config_key_set(key, CONFIG_FORM_YAML, slice_text(text), scratch, &convert->arena, &err) == 0 &&
           settings_convert_same(convert, key, base, scratch);
}

/* Nothing but one reference: no part of it can be a secret. */
static bool value_is_reference(struct slice written)
{
    return written.len > 3 && memcmp(written.at, "${", 2) == 0 &&
           memchr(written.at, '}', written.len) == written.at + written.len - 1;
}

/* False: there is none, or YAML has no word for it. */
static bool value_put_reference(const struct settings_print *print, const struct settings_origin *origin,
                                bool secret)
{
    struct settings_convert *convert = settings_convert_of(print);
    const struct config_variables found = {variable_on_found, convert};
    const struct config_variables used = {variable_on_used, convert};
    const struct config_entry *entry = origin->entry;
    if (entry->written == NULL ||
        (secret && !convert->with_secrets && !value_is_reference(config_trim(slice_text(entry->written)))))
        return false;
    if (origin->key != NULL && !value_reads_the_same(convert, origin->key, origin->base, entry->text))
        return false;
    struct buffer text;
    buffer_init(&text, VALUE_TEXT_MOST);
    bool good = config_reference_to_yaml(entry->written, &found, &text);
    if (good) {
        buffer_reset(&text, VALUE_TEXT_MOST);
        config_reference_to_yaml(entry->written, &used, &text);
        config_put_written(print->to,
                           origin->key == NULL ? buffer_slice(&text) : config_trim(buffer_slice(&text)));
    }
    convert->value = good ? VALUE_REFERENCE : VALUE_ITSELF;
    buffer_fini(&text);
    return good;
}

bool settings_convert_puts(const struct settings_print *print, const struct config_key *key, const void *base)
{
    const struct settings_convert *convert = settings_convert_of(print);
    const struct consumer_property *property = key == NULL ? base : NULL;
    bool secret = key != NULL ? key->type->secret : settings_is_secret(property->name);
    const struct settings_origin *origin = settings_convert_origin(convert, key, base, NULL);
    char name[VALUE_NAME_MOST] = "";
    if (!convert->bare && origin != NULL && value_put_reference(print, origin, secret))
        return true;
    if (!secret)
        return false;
    const char *text =
        key == NULL ? property->value : *(const char *const *)(const void *)((const char *)base + key->at);
    if (convert->bare || convert->with_secrets) {
        config_put_scalar(print->to, slice_text(text));
        return true;
    }
    if (key == NULL)
        value_variable_name("kafka_", name);
    value_variable_name(key == NULL ? property->name : key->yaml, name);
    value_put_hidden(print, name, text);
    return true;
}
