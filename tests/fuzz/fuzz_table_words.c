/* fuzz_table_words: a command line of `otspipe table`, a word a line; the first byte picks the command. What
 * the words say of keys, ranges and rows is read by the types of a table: a mistake has words in one line, a
 * row can be sent, and a range is not upside down. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/error.h"
#include "cli/table_commands.h"
#include "cli/table_key.h"
#include "cli/table_put_pairs.h"
#include "wire/plainbuffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MOST = 64 };

/* The corpus depends on the order. */
static const struct command *const commands[] = {
    &table_ls_command,   &table_describe_command, &table_create_command, &table_get_command,
    &table_scan_command, &table_put_command,      &table_rm_command};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static struct mapping_column defined[] = {{SLICE("d"), CELL_DOUBLE},
                                          {SLICE("f"), CELL_BOOLEAN},
                                          {SLICE("i"), CELL_INTEGER},
                                          {SLICE("s"), CELL_STRING},
                                          {SLICE("b"), CELL_BINARY}};

static const struct mapping_plan schema = {.table = SLICE("t"),
                                           .keys = {{SLICE("k"), CELL_STRING},
                                                    {SLICE("n"), CELL_INTEGER},
                                                    {SLICE("x"), CELL_BINARY},
                                                    {SLICE("a"), CELL_AUTO_INCREMENT}},
                                           .key_count = 4,
                                           .columns = defined,
                                           .column_count = 5};

static void expect_mistake(const struct error *err)
{
    CHECK(err->kind == ERROR_CONFIG && err->text[0] != 0);
}

static void can_be_sent(const struct row *row, struct arena *arena)
{
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(arena, bytes);
    CHECK(plainbuffer_put(row, at) == at + bytes);
}

static void try_range(const struct table_words *words, struct arena *arena)
{
    struct table_key_range range;
    struct error err = {ERROR_NONE, ""};
    if (table_key_range(&schema, words, arena, &range, &err) != 0) {
        expect_mistake(&err);
        return;
    }
    CHECK(range.start.key_count == schema.key_count && range.end.key_count == schema.key_count);
    can_be_sent(&range.start, arena);
    can_be_sent(&range.end, arena);
    table_key_place(&range, &range.start);
}

static void try_key(const struct word_list *texts, struct arena *arena)
{
    struct row key;
    struct error err = {ERROR_NONE, ""};
    if (table_key_read(&schema, texts, arena, &key, &err) == 0)
        can_be_sent(&key, arena);
    else
        expect_mistake(&err);
}

/* Cuts the words to pieces: last. */
static void try_row(const struct table_words *words, struct arena *arena)
{
    struct row row;
    struct error err = {ERROR_NONE, ""};
    if (table_put_pairs_read(&schema, &words->words.arguments, words->update, arena, &row, &err) == 0)
        can_be_sent(&row, arena);
    else
        expect_mistake(&err);
}

static void try_declaration(const struct table_words *words)
{
    struct mapping_plan made = {.table = SLICE("t")};
    struct error err = {ERROR_NONE, ""};
    if (words->words.arguments.count < 2)
        return;
    if (table_key_declare(words->words.arguments.at[1], &made, &err) == 0)
        CHECK(made.key_count >= 1 && made.key_count <= MAPPING_KEYS_MOST);
    else
        expect_mistake(&err);
}

static void try_words(const struct table_words *words, const struct command *command, struct arena *arena)
{
    CHECK(words->retry_ms >= 0 && words->limit >= 0 && words->max_versions >= 0);
    CHECK(words->ttl_s == -1 || words->ttl_s > 0);
    try_range(words, arena);
    try_key(&words->words.arguments, arena);
    if (command == &table_create_command)
        try_declaration(words);
    else
        try_row(words, arena);
}

static int take_words(char *text, char **argv)
{
    int argc = 0;
    argv[argc++] = text; /* the command's name */
    for (char *rest = text, *word = strsep(&rest, "\n"); word != NULL && argc < WORDS_MOST;
         word = strsep(&rest, "\n"))
        argv[argc++] = word;
    return argc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct table_words words = {.ttl_s = -1};
    struct arena arena;
    struct error err = {ERROR_NONE, ""};
    char *argv[WORDS_MOST];
    if (size == 0)
        return 0;
    const struct command *command = commands[data[0] % COMMANDS];
    char *text = check_memory(strndup((const char *)data + 1, size - 1));
    arena_init(&arena, 4096);
    int argc = take_words(text, argv);
    if (words_read(command, argc, argv, &words, &words.words, &err) == 0)
        try_words(&words, command, &arena);
    else
        expect_mistake(&err);
    table_words_fini(&words);
    arena_fini(&arena);
    free(text);
    return 0;
}
