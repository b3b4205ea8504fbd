/* table_words: a table of words, and the walk over argv. */
#include "cli/table_words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "base/number.h"

enum { RETRY_MS = 30 * 1000, RETRY_MOST_S = 24 * 3600, WORDS_CHUNK = 4096 };

/* `text` is NULL for a word without an argument. */
typedef int table_word_fn(struct table_words *words, const char *text, struct error *err);

struct table_word {
    const char *name;
    unsigned commands;    /* who takes it */
    const char *argument; /* as --help names it; NULL: none */
    const char *help;
    table_word_fn *read; /* NULL: a list or a flag, at `offset` */
    size_t offset;
};

/* Room doubles whenever the count is a power of two. */
static void list_add(struct table_words *words, struct table_list *list, char *text)
{
    if ((list->count & (list->count - 1)) == 0) {
        char **larger = arena_take(&words->arena, (list->count == 0 ? 1 : list->count * 2) * sizeof(char *));
        if (list->count > 0)
            memcpy(larger, list->at, list->count * sizeof(char *));
        list->at = larger;
    }
    list->at[list->count++] = text;
}

static int word_bad(const char *word, const char *text, const char *wanted, struct error *err)
{
    return error_set(err, ERROR_CONFIG, "%s %.80s: %s was expected", word, text, wanted);
}

static int word_endpoint(struct table_words *words, const char *text, struct error *err)
{
    (void)err;
    words->endpoint = text;
    return 0;
}

static int word_instance(struct table_words *words, const char *text, struct error *err)
{
    (void)err;
    words->instance = text;
    return 0;
}

/* What it says is not shown in the error either: it may be the secret alone. */
static int word_access_key(struct table_words *words, const char *text, struct error *err)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == 0)
        return error_set(err, ERROR_CONFIG, "--access-key: ID:SECRET was expected");
    free(words->access_key);
    words->access_key = check_memory(strdup(text));
    return 0;
}

static int word_access_key_file(struct table_words *words, const char *text, struct error *err)
{
    (void)err;
    words->access_key_file = text;
    return 0;
}

static int word_retry_for(struct table_words *words, const char *text, struct error *err)
{
    int64_t seconds = -1;
    if (!number_int64(slice_text(text), &seconds) || seconds < 0 || seconds > RETRY_MOST_S)
        return word_bad("--retry-for", text, "a number of seconds from 0 to 86400", err);
    words->retry_ms = seconds * 1000;
    return 0;
}

static int word_limit(struct table_words *words, const char *text, struct error *err)
{
    if (!number_int64(slice_text(text), &words->limit) || words->limit < 1)
        return word_bad("--limit", text, "a number of rows from 1 up", err);
    return 0;
}

static int word_max_versions(struct table_words *words, const char *text, struct error *err)
{
    int64_t count = 0;
    if (!number_int64(slice_text(text), &count) || count < 1 || count > INT32_MAX)
        return word_bad("--max-versions", text, "a number from 1 up", err);
    words->max_versions = (int32_t)count;
    return 0;
}

/* Seconds, or a number with s, m, h or d behind it. */
static int word_ttl(struct table_words *words, const char *text, struct error *err)
{
    static const char units[] = "smhd";
    static const int64_t seconds[] = {1, 60, 3600, 86400};
    size_t len = strlen(text);
    const char *unit = len > 0 && text[len - 1] != 0 ? strchr(units, text[len - 1]) : NULL;
    int64_t factor = unit == NULL ? 1 : seconds[unit - units], ttl = 0;
    words->ttl_s = -1;
    if (strcmp(text, "forever") == 0 || strcmp(text, "-1") == 0)
        return 0;
    if (!number_int64(slice_of(text, len - (unit != NULL)), &ttl) || ttl < 1 || ttl > INT32_MAX / factor)
        return word_bad("--ttl", text, "forever, or a time such as 86400, 24h or 30d", err);
    words->ttl_s = (int32_t)(ttl * factor);
    return 0;
}

static int word_columns(struct table_words *words, const char *text, struct error *err)
{
    char *rest = (char *)(uintptr_t)arena_copy(&words->arena, slice_text(text)).at;
    words->columns = (struct table_list){NULL, 0};
    for (char *name = strsep(&rest, ","); name != NULL; name = strsep(&rest, ",")) {
        if (name[0] == 0)
            return word_bad("--columns", text, "a list of names such as a,b", err);
        list_add(words, &words->columns, name);
    }
    return 0;
}

static int word_config(struct table_words *words, const char *text, struct error *err)
{
    (void)err;
    list_add(words, &words->configs, (char *)(uintptr_t)text);
    return 0;
}

static int word_of(struct table_words *words, const char *text, struct error *err)
{
    (void)err;
    words->of = text;
    return 0;
}

#define AT(member) offsetof(struct table_words, member)
#define READS (TABLE_GET | TABLE_SCAN)

static const struct table_word table_word_table[] = {
    {"from", TABLE_SCAN, "KEY...", "begin here; columns of the key that are left out are their least", NULL,
     AT(from)},
    {"to", TABLE_SCAN, "KEY...", "end before this", NULL, AT(to)},
    {"key", TABLE_SCAN, "KEY...", "rows whose first key columns are these", NULL, AT(key)},
    {"prefix", TABLE_SCAN, "KEY...", "the same, but the last one may go on: a string, or binary", NULL,
     AT(prefix)},
    {"reverse", TABLE_SCAN, NULL, "from the greatest key to the least; --from is above --to then", NULL,
     AT(reverse)},
    {"limit", TABLE_SCAN, "N", "at most so many rows", word_limit, 0},
    {"columns", READS, "A,B", "these columns only; rows that have none of them are left out", word_columns,
     0},
    {"max-versions", READS, "N", "up to so many versions of each column, shown with their times",
     word_max_versions, 0},
    {"ttl", TABLE_CREATE, "TIME", "how long rows live: 86400, 24h, 30d, forever (forever)", word_ttl, 0},
    {"max-versions", TABLE_CREATE, "N", "how many versions of a column are kept (1)", word_max_versions, 0},
    {"update", TABLE_PUT, NULL, "NAME=VALUE changes these columns, others stay; else the row is replaced",
     NULL, AT(update)},
    {"of", TABLE_PUT, "TABLE", "lines may name this table instead of the one written to", word_of, 0},
    {"table", TABLE_RM, NULL, "the table itself with all its rows", NULL, AT(whole_table)},
    {"yes", TABLE_RM, NULL, "do not ask", NULL, AT(yes)},
    {"json", TABLE_LS | TABLE_DESCRIBE | READS, NULL, "JSON lines on a terminal too", NULL, AT(json)},
    {"endpoint", TABLE_ALL, "URL", "where Tablestore is (OTSPIPE_ENDPOINT)", word_endpoint, 0},
    {"instance", TABLE_ALL, "NAME", "(OTSPIPE_INSTANCE)", word_instance, 0},
    {"access-key", TABLE_ALL, "ID:SECRET",
     "(OTSPIPE_ACCESS_KEY_ID, OTSPIPE_ACCESS_KEY_SECRET, OTSPIPE_STS_TOKEN)", word_access_key, 0},
    {"access-key-file", TABLE_ALL, "FILE", "ID:SECRET in its first line, an STS token, if any, in its second",
     word_access_key_file, 0},
    {"config", TABLE_ALL, "FILE",
     "endpoint, instance and keys of a configuration of 'otspipe run'; repeatable", word_config, 0},
    {"retry-for", TABLE_ALL, "SECONDS", "how long a busy service is asked again (30)", word_retry_for, 0},
    {"help", TABLE_ALL, NULL, "this text", NULL, AT(help)},
};

enum { TABLE_WORDS = sizeof(table_word_table) / sizeof(table_word_table[0]) };

void table_words_help(unsigned command)
{
    for (size_t i = 0; i < TABLE_WORDS; i++) {
        const struct table_word *word = &table_word_table[i];
        char text[64];
        if ((word->commands & command) == 0)
            continue;
        snprintf(text, sizeof(text), "--%s %s", word->name, word->argument == NULL ? "" : word->argument);
        printf("  %-24s %s\n", text, word->help);
    }
}

static const struct table_word *words_find(const char *name, size_t len, unsigned command)
{
    for (size_t i = 0; i < TABLE_WORDS; i++) {
        const struct table_word *word = &table_word_table[i];
        if ((word->commands & command) != 0 && strlen(word->name) == len &&
            memcmp(word->name, name, len) == 0)
            return word;
    }
    return NULL;
}

/* "-5" is a key, "-" is the standard input. */
static bool words_is_option(const char *text)
{
    return text[0] == '-' && text[1] != 0 && !isdigit((unsigned char)text[1]);
}

struct words_walk {
    struct table_words *words;
    unsigned command;
    int argc;
    char **argv;
    int at;                  /* the next one */
    struct table_list *list; /* where plain words go */
};

/* The value of a word: behind its '=', or the next of argv; NULL: there is none. */
static char *walk_value(struct words_walk *walk, char *equals)
{
    if (equals != NULL)
        return equals + 1;
    return walk->at < walk->argc ? walk->argv[walk->at++] : NULL;
}

static int walk_word(struct words_walk *walk, const struct table_word *word, char *equals, struct error *err)
{
    char *at = (char *)walk->words + word->offset;
    walk->list = &walk->words->arguments;
    if (word->argument == NULL) {
        if (equals != NULL)
            return error_set(err, ERROR_CONFIG, "--%s: it takes no value", word->name);
        *(bool *)at = true;
        return 0;
    }
    char *value = walk_value(walk, equals);
    if (value == NULL)
        return error_set(err, ERROR_CONFIG, "--%s: %s is missing behind it", word->name, word->argument);
    if (word->read != NULL) {
        int rc = word->read(walk->words, value, err);
        if (word->read == word_access_key)
            memset(value, '*', strlen(value)); /* argv is seen by everyone on the machine */
        return rc;
    }
    walk->list = (struct table_list *)(void *)at;
    list_add(walk->words, walk->list, value);
    return 0;
}

static int walk_option(struct words_walk *walk, char *text, struct error *err)
{
    if (strcmp(text, "-h") == 0)
        text = (char *)(uintptr_t) "--help";
    size_t dashes = text[1] == '-' ? 2 : 1;
    size_t len = strcspn(text + dashes, "=");
    const struct table_word *word = dashes == 2 ? words_find(text + dashes, len, walk->command) : NULL;
    if (word == NULL)
        return error_set(
            err, ERROR_CONFIG,
            "%.*s is no option of '%s' ('otspipe table %s --help' shows them); -- goes before a value "
            "that begins with a dash",
            (int)(len > 80 ? 80 : len + dashes), text, walk->argv[0], walk->argv[0]);
    return walk_word(walk, word, text[dashes + len] == '=' ? text + dashes + len : NULL, err);
}

int table_words_read(struct table_words *words, unsigned command, int argc, char **argv, struct error *err)
{
    struct words_walk walk = {words, command, argc, argv, 1, &words->arguments};
    bool options = true;
    *words = (struct table_words){.retry_ms = RETRY_MS, .ttl_s = -1};
    arena_init(&words->arena, WORDS_CHUNK);
    while (walk.at < argc) {
        char *text = argv[walk.at++];
        if (options && strcmp(text, "--") == 0)
            options = false;
        else if (!options || !words_is_option(text))
            list_add(words, walk.list, text);
        else if (walk_option(&walk, text, err) != 0)
            return -1;
    }
    return 0;
}

void table_words_fini(struct table_words *words)
{
    if (words->access_key != NULL)
        explicit_bzero(words->access_key, strlen(words->access_key));
    free(words->access_key);
    arena_fini(&words->arena);
}
