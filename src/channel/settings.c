/* settings: files into one struct settings, with everything that is wrong said at once. */
#include "channel/settings_origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/chance.h"
#include "base/check.h"
#include "config/provider.h"
#include "config/reference.h"

enum { SETTINGS_FILES_MOST = 16, ANSWER_MOST = 16 << 20, ADAPTIVE_MOST = 200 };

enum settings_syntax { SYNTAX_YAML, SYNTAX_PROPERTIES, SYNTAX_JSON };

struct settings_files {
    struct config_document documents[SETTINGS_FILES_MOST];
    enum settings_syntax syntax[SETTINGS_FILES_MOST];
    size_t count;
    bool broken; /* a file could not be read: what is missing in the others means nothing */
    bool connect_only;
    struct config_mistakes mistakes;
    struct settings *settings;
    enum settings_compat compat; /* of the command line */
};

static bool syntax_ends(const char *name, const char *ending)
{
    size_t len = strlen(name);
    size_t end = strlen(ending);
    return len >= end && strcasecmp(name + len - end, ending) == 0;
}

/* By the name, else by the first character that is not blank: a brace is JSON; then by the first of = and :
 * in a line that is no comment. */
static enum settings_syntax syntax_guess(const char *name, struct slice text)
{
    if (syntax_ends(name, ".yaml") || syntax_ends(name, ".yml"))
        return SYNTAX_YAML;
    if (syntax_ends(name, ".properties"))
        return SYNTAX_PROPERTIES;
    struct slice bare = config_trim(text);
    if (syntax_ends(name, ".json") || (bare.len > 0 && bare.at[0] == '{') ||
        (bare.len > 1 && memcmp(bare.at, "//", 2) == 0))
        return SYNTAX_JSON;
    while (bare.len > 0 && bare.at[0] == '#') {
        const char *end = memchr(bare.at, '\n', bare.len);
        size_t skip = end == NULL ? bare.len : (size_t)(end - bare.at);
        bare = config_trim(slice_of(bare.at + skip, bare.len - skip));
    }
    size_t at = 0;
    while (at < bare.len && bare.at[at] != '=' && bare.at[at] != ':' && bare.at[at] != '\n')
        at++;
    return at < bare.len && bare.at[at] == '=' ? SYNTAX_PROPERTIES : SYNTAX_YAML;
}

static int files_parse(struct config_document *document, enum settings_syntax syntax, struct slice text,
                       struct config_mistakes *mistakes)
{
    if (syntax == SYNTAX_YAML)
        return config_yaml_read(document, text, mistakes);
    if (syntax == SYNTAX_JSON)
        return config_json_read(document, text, mistakes);
    return config_properties_read(document, text, CONFIG_LATIN1, mistakes);
}

static void files_refuse(struct settings_files *files, size_t index, const char *words)
{
    struct config_place place = config_document_place(&files->documents[index], 0, 0);
    config_mistake(&files->mistakes, CONFIG_ERROR, place, NULL, "%s", words);
    files->broken = true;
}

static void files_add(struct settings_files *files, const char *name, struct slice text)
{
    unsigned order = (unsigned)files->count;
    struct config_document *document = &files->documents[order];
    files->syntax[order] = syntax_guess(name, text);
    files->count++;
    bool yaml = files->syntax[order] == SYNTAX_YAML;
    if (yaml && files->connect_only) {
        files_refuse(files, order, "is YAML already; otspipe check shows what is in effect");
        return;
    }
    if (files_parse(document, files->syntax[order], text, &files->mistakes) != 0) {
        files->broken = true;
        return;
    }
    config_document_check_twice(document, yaml ? CONFIG_ERROR : CONFIG_WARNING, &files->mistakes);
}

/* Behind the last file: a worker's says what a connector's calls a config provider. */
static void files_resolve(struct settings_files *files)
{
    bool yaml = files->syntax[0] == SYNTAX_YAML;
    if (yaml)
        config_reference_resolve_yaml(&files->documents[0], &files->mistakes);
    else
        config_provider_rename(files->documents, files->count, &files->mistakes);
    for (size_t i = 0; i < files->count && !yaml; i++)
        config_reference_resolve_connect(&files->documents[i], &files->mistakes);
}

static void files_begin(struct settings_files *files, const char *name)
{
    struct arena *arena = &files->settings->arena;
    const char *kept = arena_copy(arena, slice_text(name)).at;
    config_document_init(&files->documents[files->count], kept, (unsigned)files->count, arena);
}

static bool files_has(const struct settings_files *files, size_t index, const char *path)
{
    return config_document_find(&files->documents[index], path) != NULL;
}

/* A worker's file says where the brokers are and nothing about a connector. */
static bool files_is_worker(const struct settings_files *files, size_t index)
{
    static const char *const own[] = {
        "connector.class", "topics", "topics.regex", "tablestore.endpoint", "tablestore.instance.name", NULL};
    for (size_t i = 0; own[i] != NULL; i++)
        if (files_has(files, index, own[i]))
            return false;
    return files_has(files, index, "bootstrap.servers") || files_has(files, index, "key.converter");
}

static void files_pick_connect(struct settings_files *files, struct settings_reader *reader)
{
    for (size_t i = 0; i < files->count; i++) {
        struct config_document *document = &files->documents[i];
        if (files->syntax[i] == SYNTAX_YAML)
            files_refuse(
                files, i,
                "a YAML file stands alone; give either one YAML file, or a worker's and a connector's file");
        else if (files->syntax[i] == SYNTAX_PROPERTIES && files_is_worker(files, i) && reader->worker == NULL)
            reader->worker = document;
        else if (reader->file != NULL)
            files_refuse(files, i,
                         "a second connector; one process runs one connector: start one otspipe for each");
        else
            reader->file = document;
    }
    if (reader->file == NULL && !files->broken)
        files_refuse(files, files->count - 1,
                     "only worker settings; give the connector's file behind the worker's");
}

static void files_pick(struct settings_files *files, struct settings_reader *reader)
{
    bool yaml = files->count == 1 && files->syntax[0] == SYNTAX_YAML;
    reader->form = yaml ? CONFIG_FORM_YAML : CONFIG_FORM_CONNECT;
    if (yaml) {
        reader->file = &files->documents[0];
        return;
    }
    settings_origins_init(files->settings);
    files_pick_connect(files, reader);
}

/* What follows from other settings, and what nobody need say. */
static void settings_derive(struct settings *settings)
{
    uint64_t connections = 0;
    for (size_t i = 0; i < settings->table_count; i++) {
        struct settings_table *table = &settings->tables[i];
        table->create.plan = &table->plan;
        table->bucket.seed = chance_seed();
        connections += table->bucket.concurrency == 0 ? ADAPTIVE_MOST : table->bucket.concurrency;
    }
    settings->ots.http.connections_most =
        (uint32_t)(connections + 4); /* two to ask for tables, two of the error table */
    settings->ots.http.reply_most = ANSWER_MOST;
}

/* In YAML what is tolerated is tolerated everywhere, unless the converters have a word of their own. */
static void settings_read_tolerance(struct settings_reader *reader)
{
    const struct config_key *key = settings_key(settings_keys, "errors.convert_tolerance");
    if (reader->form == CONFIG_FORM_YAML && settings_find(reader, key, settings_top) == NULL)
        reader->settings->convert_tolerance = reader->settings->tolerance;
}

/* Read first: presets hang on it. The command line's word goes before the files'. */
static void settings_read_compat(struct settings_reader *reader, enum settings_compat compat)
{
    struct config_key key = *settings_key(settings_keys, "compat");
    struct error err = {0};
    const struct config_entry *entry = settings_find(reader, &key, settings_top);
    int written = SETTINGS_COMPAT_NONE;
    key.at = 0;
    if (entry != NULL && entry->kind == CONFIG_TEXT && !entry->broken &&
        config_key_set(&key, reader->form, slice_text(entry->text), &written, &reader->settings->arena,
                       &err) != 0)
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->value, entry->path, "%s", err.text);
    reader->compat = compat == SETTINGS_COMPAT_OF_FILE ? (enum settings_compat)written : compat;
    reader->settings->comparable =
        reader->form == CONFIG_FORM_CONNECT || reader->compat == SETTINGS_COMPAT_JAVA;
}

static void settings_read_all(struct settings_reader *reader)
{
    struct settings *settings = reader->settings;
    if (reader->form == CONFIG_FORM_YAML)
        settings_check_unknown(reader);
    settings_set_all(reader, settings_keys, settings_top, settings);
    settings_read_tolerance(reader);
    settings_read_kafka(reader);
    settings_read_tables(reader);
    if (reader->form == CONFIG_FORM_CONNECT) {
        settings_read_connect(reader);
        settings_check_unknown_connect(reader, reader->worker);
        settings_check_unknown_connect(reader, reader->file);
    }
    settings_read_errors(reader);
    settings_derive(settings);
}

struct settings_teller {
    settings_mistake_fn *on_mistake;
    void *arg;
};

static void settings_tell(void *arg, const struct config_mistake *mistake)
{
    static const enum settings_severity severities[] = {SETTINGS_ERROR, SETTINGS_WARNING, SETTINGS_NOTE};
    const struct settings_teller *teller = arg;
    teller->on_mistake(teller->arg, severities[mistake->severity], mistake->text);
}

static void files_init(struct settings_files *files, enum settings_compat compat)
{
    *files = (struct settings_files){.compat = compat,
                                     .settings = check_memory(calloc(1, sizeof(struct settings)))};
    arena_init(&files->settings->arena, 16384);
    config_mistakes_init(&files->mistakes);
}

/* Tells everything and answers the settings, or NULL. */
static struct settings *files_finish(struct settings_files *files, settings_mistake_fn *on_mistake, void *arg)
{
    struct settings *settings = files->settings;
    struct settings_reader reader = {.settings = settings, .mistakes = &files->mistakes};
    struct settings_teller teller = {on_mistake, arg};
    if (!files->broken)
        files_pick(files, &reader);
    if (!files->broken) {
        files_resolve(files);
        settings_read_compat(&reader, files->compat);
        settings_read_all(&reader);
    }
    config_mistakes_tell(&files->mistakes, settings_tell, &teller);
    bool failed = files->mistakes.errors > 0;
    if (!failed && settings->origins != NULL)
        settings_origins_keep(settings, files->documents, files->count, &files->mistakes);
    else
        for (size_t i = 0; i < files->count; i++)
            config_document_fini(&files->documents[i]);
    config_mistakes_fini(&files->mistakes);
    if (failed)
        settings_destroy(settings);
    return failed ? NULL : settings;
}

static void files_check_count(struct settings_files *files, size_t count)
{
    static const struct config_place nowhere = {"otspipe", 0, 0, 0};
    files->broken = count < 1 || count > SETTINGS_FILES_MOST;
    if (files->broken)
        config_mistake(&files->mistakes, CONFIG_ERROR, nowhere, NULL,
                       "%zu configuration files; 1 to %d were expected", count, SETTINGS_FILES_MOST);
}

struct settings *settings_read_sources(const struct settings_source *sources, size_t count,
                                       enum settings_compat compat, settings_mistake_fn *on_mistake,
                                       void *arg)
{
    struct settings_files files;
    files_init(&files, compat);
    files_check_count(&files, count);
    for (size_t i = 0; i < count && i < SETTINGS_FILES_MOST; i++) {
        files_begin(&files, sources[i].name);
        files_add(&files, sources[i].name, sources[i].text);
    }
    return files_finish(&files, on_mistake, arg);
}

static struct settings *files_read(const char *const *names, size_t count, enum settings_compat compat,
                                   bool connect_only, settings_mistake_fn *on_mistake, void *arg)
{
    struct settings_files files;
    files_init(&files, compat);
    files.connect_only = connect_only;
    files_check_count(&files, count);
    for (size_t i = 0; i < count && i < SETTINGS_FILES_MOST; i++) {
        struct slice text;
        files_begin(&files, names[i]);
        if (config_file_read(names[i], (unsigned)i, &files.settings->arena, &text, &files.mistakes) == 0)
            files_add(&files, names[i], text);
        else
            files.broken = true;
    }
    return files_finish(&files, on_mistake, arg);
}

struct settings *settings_read(const char *const *files, size_t count, enum settings_compat compat,
                               settings_mistake_fn *on_mistake, void *arg)
{
    return files_read(files, count, compat, false, on_mistake, arg);
}

struct settings *settings_read_to_convert(const char *const *files, size_t count, enum settings_compat compat,
                                          settings_mistake_fn *on_mistake, void *arg)
{
    return files_read(files, count, compat, true, on_mistake, arg);
}

void settings_destroy(struct settings *settings)
{
    if (settings == NULL)
        return;
    settings_origins_fini(settings);
    arena_fini(&settings->arena);
    free(settings);
}

int settings_lane(const struct settings *settings, struct slice topic)
{
    for (size_t i = 0; i < settings->table_count; i++)
        for (size_t j = 0; j < settings->tables[i].topic_count; j++)
            if (slice_equal(slice_text(settings->tables[i].topics[j]), topic))
                return (int)i;
    return -1;
}
