/* settings_unknown: what no table of keys knows: an error in YAML, a warning in Connect files, with the
 * nearest known name. */
#include "channel/settings_reader.h"

#include <ctype.h>
#include <stdio.h>

#include "config/nearest.h"

enum { UNKNOWN_PATTERN_MOST = 1024 };

/* Of "routes[N]." in front of the path; 0: there is none. */
static size_t unknown_route_len(const char *path)
{
    static const char word[] = "routes[";
    size_t len = sizeof(word) - 1;
    if (strncmp(path, word, len) != 0)
        return 0;
    size_t digits = strspn(path + len, "0123456789");
    len += digits;
    return digits > 0 && strncmp(path + len, "].", 2) == 0 ? len + 2 : 0;
}

/* The path as key tables have it: without the route, every [N] as []. False: too long to be known. */
static bool unknown_pattern(const char *path, char pattern[UNKNOWN_PATTERN_MOST], bool *in_route)
{
    size_t len = 0;
    size_t route_len = unknown_route_len(path);
    *in_route = route_len > 0;
    for (path += route_len; *path != 0; path++) {
        if (len + 2 >= UNKNOWN_PATTERN_MOST)
            return false;
        pattern[len++] = *path;
        if (*path == '[')
            while (isdigit((unsigned char)path[1]))
                path++;
    }
    pattern[len] = 0;
    return true;
}

/* Is the pattern a key, an element of a list key, or a section that leads to keys? */
enum unknown_match { MATCH_NONE, MATCH_SECTION, MATCH_KEY };

static enum unknown_match unknown_match_key(const struct config_key *key, const char *pattern)
{
    size_t len = strlen(pattern);
    bool list = key->type == &config_names || key->type == &config_hosts;
    if (key->yaml == NULL)
        return MATCH_NONE;
    size_t whole = strlen(key->yaml);
    if (strcmp(key->yaml, pattern) == 0)
        return MATCH_KEY;
    if (list && len == whole + 2 && strncmp(key->yaml, pattern, whole) == 0 &&
        strcmp(pattern + whole, "[]") == 0)
        return MATCH_KEY;
    if (len < whole && strncmp(key->yaml, pattern, len) == 0 &&
        (key->yaml[len] == '.' || key->yaml[len] == '['))
        return MATCH_SECTION;
    return MATCH_NONE;
}

static enum unknown_match unknown_match(const struct config_key *keys, const char *pattern,
                                        const struct config_key **found)
{
    for (; keys->type != NULL; keys++) {
        enum unknown_match match = unknown_match_key(keys, pattern);
        *found = keys;
        if (match != MATCH_NONE)
            return match;
    }
    return MATCH_NONE;
}

static enum unknown_match unknown_match_path(const char *pattern, bool in_route,
                                             const struct config_key **found)
{
    if (!in_route && (strcmp(pattern, "routes") == 0 || strcmp(pattern, "routes[]") == 0))
        return MATCH_SECTION;
    if (!in_route && (strcmp(pattern, "kafka.properties") == 0 || strcmp(pattern, "errors.properties") == 0))
        return MATCH_SECTION;
    enum unknown_match match = unknown_match(settings_table_keys, pattern, found);
    return match != MATCH_NONE
               ? match
               : unknown_match(in_route ? settings_route_keys : settings_keys, pattern, found);
}

/* Of a key with two spellings the last one, which is the regular one. */
static void unknown_try(struct config_nearest *nearest, const struct config_key *keys, bool connect)
{
    for (; keys->type != NULL; keys++) {
        const char *name = connect ? keys->connect : keys->yaml;
        const char *bar = name == NULL ? NULL : strchr(name, '|');
        if (name != NULL)
            config_nearest_try(nearest, bar == NULL ? name : bar + 1);
    }
}

/* The sections at the depth of the wanted one, which are the beginnings of keys. */
static void unknown_try_sections(struct settings_reader *reader, struct config_nearest *nearest,
                                 const struct config_key *keys)
{
    size_t dots = 0;
    for (size_t i = 0; i < nearest->wanted.len; i++)
        dots += nearest->wanted.at[i] == '.';
    for (; keys->type != NULL; keys++) {
        const char *end = keys->yaml;
        for (size_t i = 0; end != NULL && i <= dots; i++)
            end = strchr(end + (i > 0), '.');
        if (end != NULL)
            config_nearest_try(
                nearest,
                arena_copy(&reader->settings->arena, slice_of(keys->yaml, (size_t)(end - keys->yaml))).at);
    }
}

/* A Connect name in a YAML file: what it is called here. */
static const struct config_key *unknown_foreign(const char *pattern)
{
    static const struct config_key *const tables[] = {settings_keys, settings_table_keys};
    for (size_t i = 0; i < 2; i++)
        for (const struct config_key *key = tables[i]; key->type != NULL; key++)
            if (key->connect != NULL && key->yaml != NULL && strstr(key->connect, pattern) == key->connect &&
                strchr("|", key->connect[strlen(pattern)]) != NULL)
                return key;
    return NULL;
}

static void unknown_tell_yaml(struct settings_reader *reader, const struct config_entry *entry,
                              const char *pattern, bool in_route)
{
    const struct config_key *found = NULL;
    const struct config_key *foreign = unknown_foreign(pattern);
    struct config_nearest nearest = config_nearest_begin(pattern);
    if (in_route && unknown_match(settings_keys, pattern, &found) == MATCH_KEY) {
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, entry->path,
                       "does not belong into a route; %s at the top was expected", pattern);
        return;
    }
    if (entry->kind == CONFIG_SECTION) {
        unknown_try_sections(reader, &nearest, settings_table_keys);
        unknown_try_sections(reader, &nearest, in_route ? settings_route_keys : settings_keys);
    }
    unknown_try(&nearest, settings_table_keys, false);
    unknown_try(&nearest, in_route ? settings_route_keys : settings_keys, false);
    if (foreign != NULL)
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, entry->path,
                       "is the name in Connect files; in YAML it is %s", foreign->yaml);
    else if (nearest.name != NULL)
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, entry->path,
                       "unknown key; did you mean %s%s?", in_route ? "routes[]." : "", nearest.name);
    else
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, entry->path,
                       "unknown key; otspipe check --reference lists all keys");
}

/* One value where a section belongs: how its first key would look in it. Some sections have no keys of ours:
 * routes, properties. */
static void unknown_tell_section(struct settings_reader *reader, const struct config_entry *entry,
                                 const struct config_key *key)
{
    const char *member = key == NULL ? NULL : strrchr(key->yaml, '.');
    size_t len = member == NULL ? 0 : (size_t)(member - key->yaml);
    size_t path_len = strlen(entry->path);
    char wanted[160] = "a section";
    if (entry->path[path_len - 1] == ']')
        snprintf(wanted, sizeof(wanted), "%s", key == NULL ? "{topic: NAME}" : "{name: NAME, type: TYPE}");
    else if (len > 0 && len <= path_len && key->example != NULL &&
             strncmp(entry->path + path_len - len, key->yaml, len) == 0)
        snprintf(wanted, sizeof(wanted), "a section, such as {%.40s: %.60s},", member + 1, key->example);
    config_mistake(reader->mistakes, CONFIG_ERROR, entry->value, entry->path, "one value; %s was expected",
                   wanted);
}

/* The known name, but a section where a value belongs, or the other way round. */
static bool unknown_tell_shape(struct settings_reader *reader, const struct config_entry *entry,
                               enum unknown_match match, const struct config_key *key)
{
    bool nested = entry->kind == CONFIG_SECTION || entry->kind == CONFIG_LIST;
    bool list = match == MATCH_KEY && (key->type == &config_names || key->type == &config_hosts);
    if (match == MATCH_KEY && nested && !(list && entry->kind == CONFIG_LIST)) {
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->value, entry->path,
                       "a section or list; %s was expected", list ? "a list of names" : "one value");
        return true;
    }
    if (match == MATCH_SECTION && entry->kind == CONFIG_TEXT) {
        unknown_tell_section(reader, entry, key);
        return true;
    }
    return false;
}

static bool unknown_is_below(const char *path, const char *section)
{
    size_t len = section == NULL ? 0 : strlen(section);
    return len > 0 && strncmp(path, section, len) == 0 && (path[len] == '.' || path[len] == '[');
}

/* The client knows its properties; but the group has a key of its own, and lists mean nothing to it. */
static bool unknown_check_property(struct settings_reader *reader, const struct config_entry *entry)
{
    bool group = strcmp(entry->path, "kafka.properties.group.id") == 0;
    if (!group && entry->kind != CONFIG_LIST)
        return false;
    config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, entry->path,
                   group ? "has a key of its own; kafka.group was expected"
                         : "a list; one value was expected, lists with commas");
    return true;
}

/* True when a mistake was told: what is below needs no telling of its own. */
static bool unknown_check_yaml(struct settings_reader *reader, const struct config_entry *entry)
{
    char pattern[UNKNOWN_PATTERN_MOST];
    bool in_route = false;
    const struct config_key *found = NULL;
    if (strncmp(entry->path, "kafka.properties.", 17) == 0 ||
        strncmp(entry->path, "errors.properties.", 18) == 0)
        return unknown_check_property(reader, entry);
    bool good = unknown_pattern(entry->path, pattern, &in_route);
    enum unknown_match match = good ? unknown_match_path(pattern, in_route, &found) : MATCH_NONE;
    if (strcmp(pattern, "routes") == 0 && !in_route && entry->kind == CONFIG_SECTION) {
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->value, entry->path,
                       "a section; a list of routes was expected: lines that begin with \"- topic: NAME\"");
        return true;
    }
    if (match != MATCH_NONE)
        return unknown_tell_shape(reader, entry, match, found);
    unknown_tell_yaml(reader, entry, good ? pattern : "", in_route);
    return true;
}

void settings_check_unknown(struct settings_reader *reader)
{
    const char *told = NULL;
    for (size_t i = 0; i < reader->file->count; i++) {
        const struct config_entry *entry = &reader->file->entries[i];
        if (!unknown_is_below(entry->path, told) && unknown_check_yaml(reader, entry))
            told = entry->path;
    }
}

static bool unknown_is_ignored(const char *path)
{
    for (const char *const *name = settings_ignored_names; *name != NULL; name++) {
        size_t len = strlen(*name);
        if ((*name)[len - 1] == '.' ? strncmp(path, *name, len) == 0 : strcmp(path, *name) == 0)
            return true;
    }
    for (const struct settings_refusal *refusal = settings_refusals; refusal->name != NULL; refusal++)
        if (strcmp(path, refusal->name) == 0)
            return true;
    return false;
}

/* Is `path` one of the spellings of the key, with any table in the place of <table>? The table goes to
 * `table`. */
static bool unknown_is_connect_name(const char *names, const char *path, struct slice *table)
{
    while (*names != 0) {
        const char *bar = strchrnul(names, '|');
        struct slice name = slice_of(names, (size_t)(bar - names));
        const char *mark = memmem(name.at, name.len, "<table>", 7);
        size_t before = mark == NULL ? name.len : (size_t)(mark - name.at);
        size_t after = mark == NULL ? 0 : name.len - before - 7;
        size_t len = strlen(path);
        if (mark == NULL && slice_equal(name, slice_text(path)))
            return true;
        if (mark != NULL && len > before + after && strncmp(path, name.at, before) == 0 &&
            strncmp(path + len - after, mark + 7, after) == 0) {
            *table = slice_of(path + before, len - before - after);
            return true;
        }
        names = *bar == 0 ? bar : bar + 1;
    }
    return false;
}

static bool unknown_is_connect_key(const struct config_key *keys, const char *path, struct slice *table)
{
    for (; keys->type != NULL; keys++)
        if (keys->connect != NULL && unknown_is_connect_name(keys->connect, path, table))
            return true;
    return false;
}

bool settings_knows_connect(const char *path, struct slice *table)
{
    return unknown_is_connect_key(settings_keys, path, table) ||
           unknown_is_connect_key(settings_table_keys, path, table) ||
           unknown_is_connect_key(settings_connect_keys, path, table);
}

static bool unknown_is_table(const struct settings *settings, struct slice table)
{
    for (size_t i = 0; i < settings->table_count; i++)
        if (slice_equal(settings->tables[i].plan.table, table))
            return true;
    return false;
}

static void unknown_tell_connect(struct settings_reader *reader, const struct config_entry *entry)
{
    struct config_nearest nearest = config_nearest_begin(entry->path);
    unknown_try(&nearest, settings_keys, true);
    unknown_try(&nearest, settings_table_keys, true);
    unknown_try(&nearest, settings_connect_keys, true);
    if (nearest.name == NULL)
        config_mistake(reader->mistakes, CONFIG_WARNING, entry->key, entry->path,
                       "unknown key, without effect");
    else
        config_mistake(reader->mistakes, CONFIG_WARNING, entry->key, entry->path,
                       "unknown key, without effect; did you mean %s?", nearest.name);
}

static void unknown_check_connect(struct settings_reader *reader, const struct config_entry *entry)
{
    struct slice table = {NULL, 0};
    bool known = settings_knows_connect(entry->path, &table);
    if (known && table.at != NULL && !unknown_is_table(reader->settings, table))
        config_mistake(reader->mistakes, CONFIG_WARNING, entry->key, entry->path,
                       "without effect: no topic goes into a table \"%.*s\"; the name of the table stands "
                       "here, not the topic's",
                       table.len > 260 ? 260 : (int)table.len, table.at);
    else if (!known && !unknown_is_ignored(entry->path))
        unknown_tell_connect(reader, entry);
}

void settings_check_unknown_connect(struct settings_reader *reader, const struct config_document *document)
{
    for (size_t i = 0; document != NULL && i < document->count; i++)
        unknown_check_connect(reader, &document->entries[i]);
}
