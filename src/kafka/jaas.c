/* jaas: tokens as Java's StreamTokenizer makes them: words, = and ;, texts in single or double quotes with
 * backslashes. */
#include "kafka/jaas.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/error.h"

enum jaas_token { JAAS_END, JAAS_WORD, JAAS_EQUALS, JAAS_SEMICOLON, JAAS_UNFINISHED };

struct jaas_reader {
    const char *at;
    char *to; /* where the next word goes; every token ends with a 0 byte */
    const char *word;
};

static const char *jaas_skip_comment(const char *at)
{
    if (at[1] == '/')
        return at + strcspn(at, "\n");
    const char *end = strstr(at + 2, "*/");
    return end == NULL ? at + strlen(at) : end + 2;
}

static void jaas_skip_blanks(struct jaas_reader *reader)
{
    for (;;) {
        if (isspace((unsigned char)*reader->at))
            reader->at++;
        else if (reader->at[0] == '/' && (reader->at[1] == '/' || reader->at[1] == '*'))
            reader->at = jaas_skip_comment(reader->at);
        else
            return;
    }
}

static char jaas_escaped(char escape)
{
    static const char from[] = "nrtfbav";
    static const char to[] = "\n\r\t\f\b\a\v";
    const char *found = strchr(from, escape);
    if (found == NULL)
        return escape;
    return to[found - from];
}

static enum jaas_token jaas_next_quoted(struct jaas_reader *reader)
{
    char quote = *reader->at++;
    reader->word = reader->to;
    for (; *reader->at != quote; reader->at++) {
        bool escaped = *reader->at == '\\';
        if (escaped)
            reader->at++;
        if (*reader->at == 0)
            return JAAS_UNFINISHED;
        *reader->to = *reader->at;
        if (escaped)
            *reader->to = jaas_escaped(*reader->at);
        reader->to++;
    }
    reader->at++;
    *reader->to++ = 0;
    return JAAS_WORD;
}

static enum jaas_token jaas_next_word(struct jaas_reader *reader)
{
    size_t len = strcspn(reader->at, "=;\"' \t\r\n\f\v");
    reader->word = reader->to;
    memcpy(reader->to, reader->at, len);
    reader->to[len] = 0;
    reader->to += len + 1;
    reader->at += len;
    return JAAS_WORD;
}

static enum jaas_token jaas_next(struct jaas_reader *reader)
{
    jaas_skip_blanks(reader);
    switch (*reader->at) {
    case 0:
        return JAAS_END;
    case '=':
        reader->at++;
        return JAAS_EQUALS;
    case ';':
        reader->at++;
        return JAAS_SEMICOLON;
    case '"':
    case '\'':
        return jaas_next_quoted(reader);
    default:
        return jaas_next_word(reader);
    }
}

static int jaas_read_option(struct jaas_reader *reader, struct jaas *jaas, struct error *err)
{
    if (jaas->option_count == JAAS_OPTIONS_MOST)
        return error_set(err, ERROR_CONFIG, "more than %d options", JAAS_OPTIONS_MOST);
    struct jaas_option *option = &jaas->options[jaas->option_count++];
    option->name = reader->word;
    if (jaas_next(reader) != JAAS_EQUALS)
        return error_set(err, ERROR_CONFIG, "an = was expected behind the name of option %zu",
                         jaas->option_count);
    if (jaas_next(reader) != JAAS_WORD)
        return error_set(err, ERROR_CONFIG,
                         "a value was expected behind the = of option %zu; is a quote missing?",
                         jaas->option_count);
    option->value = reader->word;
    return 0;
}

static int jaas_read_module(struct jaas_reader *reader, struct jaas *jaas, struct error *err)
{
    if (jaas_next(reader) != JAAS_WORD)
        return error_set(err, ERROR_CONFIG, "the class of a login module was expected first");
    jaas->module = reader->word;
    if (jaas_next(reader) != JAAS_WORD)
        return error_set(err, ERROR_CONFIG,
                         "a flag, usually \"required\", was expected behind the login module");
    for (;;) {
        enum jaas_token token = jaas_next(reader);
        if (token == JAAS_SEMICOLON)
            return 0;
        if (token != JAAS_WORD)
            return error_set(err, ERROR_CONFIG, "a semicolon was expected at the end");
        if (jaas_read_option(reader, jaas, err) != 0)
            return -1;
    }
}

int jaas_read(struct jaas *jaas, const char *text, struct error *err)
{
    struct jaas_reader reader = {.at = text};
    *jaas = (struct jaas){.memory = check_memory(malloc(2 * strlen(text) + 2))};
    reader.to = jaas->memory;
    if (jaas_read_module(&reader, jaas, err) == 0)
        return 0;
    jaas_fini(jaas);
    return -1;
}

void jaas_fini(struct jaas *jaas)
{
    free(jaas->memory);
}

const char *jaas_find(const struct jaas *jaas, const char *name)
{
    for (size_t i = 0; i < jaas->option_count; i++) {
        if (strcmp(jaas->options[i].name, name) == 0)
            return jaas->options[i].value;
    }
    return NULL;
}
