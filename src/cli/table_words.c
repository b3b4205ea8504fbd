/* table_words: what all commands of `otspipe table` have. */
#include "cli/table_words.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "base/number.h"

enum { RETRY_MOST_S = 24 * 3600 };

/* What it says is not shown in the error either: it may be the secret alone. */
static int words_access_key(void *into, const char *text, struct error *err)
{
    struct table_words *words = into;
    const char *colon = strchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == 0)
        return error_set(err, ERROR_CONFIG, "--access-key: ID:SECRET was expected");
    free(words->access_key);
    words->access_key = check_memory(strdup(text));
    return 0;
}

static int words_retry_for(void *into, const char *text, struct error *err)
{
    struct table_words *words = into;
    int64_t seconds = -1;
    if (!number_int64(slice_text(text), &seconds) || seconds < 0 || seconds > RETRY_MOST_S)
        return error_set(err, ERROR_CONFIG,
                         "--retry-for %.80s: a number of seconds from 0 to %d was expected", text,
                         RETRY_MOST_S);
    words->retry_ms = seconds * 1000;
    return 0;
}

/* Seconds, or a number with s, m, h or d behind it. */
int table_words_ttl(void *into, const char *text, struct error *err)
{
    static const char units[] = "smhd";
    static const int64_t seconds[] = {1, 60, 3600, 86400};
    struct table_words *words = into;
    size_t len = strlen(text);
    const char *unit = len > 0 && text[len - 1] != 0 ? strchr(units, text[len - 1]) : NULL;
    int64_t factor = unit == NULL ? 1 : seconds[unit - units], ttl = 0;
    words->ttl_s = -1;
    if (strcmp(text, "forever") == 0 || strcmp(text, "-1") == 0)
        return 0;
    if (!number_int64(slice_of(text, len - (unit != NULL)), &ttl) || ttl < 1 || ttl > INT32_MAX / factor)
        return error_set(err, ERROR_CONFIG,
                         "--ttl %.80s: forever, or a time such as 86400, 24h or 30d was expected", text);
    words->ttl_s = (int32_t)(ttl * factor);
    return 0;
}

const struct command_option table_words_shared[] = {
    {.name = "endpoint",
     .kind = COMMAND_TEXT,
     .value = "URL",
     .usual = "http://127.0.0.1:8087",
     .help = "where Tablestore is",
     .offset = TABLE_WORDS_AT(endpoint)},
    {.name = "instance",
     .kind = COMMAND_TEXT,
     .value = "NAME",
     .usual = "local, at an endpoint on this machine",
     .help = "the instance",
     .offset = TABLE_WORDS_AT(instance)},
    {.name = "access-key",
     .kind = COMMAND_TEXT,
     .value = "ID:SECRET",
     .usual = "the emulator's, at an endpoint on this machine",
     .help = "the key pair; a file or the environment keep it better",
     .secret = true,
     .read = words_access_key},
    {.name = "access-key-file",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .help = "ID:SECRET in its first line, an STS token, if any, in its second",
     .offset = TABLE_WORDS_AT(access_key_file)},
    {.name = "config",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .endings = COMMAND_CONFIG_ENDINGS,
     .help = "endpoint, instance and keys of a configuration of 'otspipe run'",
     .repeats = true,
     .offset = TABLE_WORDS_AT(configs)},
    {.name = "retry-for",
     .kind = COMMAND_NUMBER,
     .value = "SECONDS",
     .preset = "30",
     .help = "how long a busy service is asked again",
     .read = words_retry_for},
    {0}};

const struct command_term table_words_exits[] = {{"0", "done"},
                                                 {"1", "refused, not there, or not reached"},
                                                 {"2", "a mistake on the command line or in a configuration"},
                                                 {"3", "done, but rows were refused"},
                                                 {0}};

const struct command_term table_words_variables[] = {
    {"OTSPIPE_ENDPOINT", "--endpoint, unless there is a --config"},
    {"OTSPIPE_INSTANCE", "--instance, in the same way"},
    {"OTSPIPE_ACCESS_KEY_ID", "the key pair, in the same way"},
    {"OTSPIPE_ACCESS_KEY_SECRET", "its secret"},
    {"OTSPIPE_STS_TOKEN", "the token that goes with it"},
    {"http_proxy, https_proxy", "the proxy to Tablestore, none for this machine itself"},
    {"no_proxy", "hosts that are reached without it"},
    {"NO_COLOR", "when it is not empty, nothing is coloured or bold"},
    {"TERM", "dumb: nothing is coloured or bold either"},
    {"COLUMNS", "the width of a table where the terminal does not say it"},
    {0}};

const struct command_term table_words_files[] = {
    {"FILE", "of --config: any that 'otspipe run' takes; of --access-key-file: not readable by others, best"},
    {0}};

void table_words_fini(struct table_words *words)
{
    if (words->access_key != NULL)
        explicit_bzero(words->access_key, strlen(words->access_key));
    free(words->access_key);
    words_fini(&words->words);
}
