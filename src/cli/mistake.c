/* mistake: one line each. Errors stand as they are, file first, so that editors can jump to them. */
#include "cli/mistake.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/screen.h"

void mistake_put(void *arg, enum settings_severity severity, const char *line)
{
    static const char *const words[] = {"", "warning: ", "note: "};
    static const char *const colours[] = {"\033[31m", "\033[33m", "\033[36m"};
    int len = (int)strcspn(line, "\n"); /* librdkafka ends some of its words so */
    (void)arg;
    if (screen_has_colour(STDERR_FILENO))
        fprintf(stderr, "%s%s%.*s\033[0m\n", colours[severity], words[severity], len, line);
    else
        fprintf(stderr, "%s%.*s\n", words[severity], len, line);
}

/* What the Kafka layer says while it looks at properties. */
static void mistake_put_log(void *arg, enum log_level level, struct slice line)
{
    char text[1024];
    snprintf(text, sizeof(text), "%.*s", SLICE_ARG(line));
    mistake_put(arg, level <= LOG_WARN ? SETTINGS_WARNING : SETTINGS_NOTE, text);
}

static void mistake_drop_log(void *arg, enum log_level level, struct slice line)
{
    (void)arg;
    (void)level;
    (void)line;
}

/* consumer_check() stops at the first mistake: each property on its own, so that all are said. False when
 * none of them is wrong alone. */
static bool mistake_check_each(const struct consumer_options *kafka)
{
    bool found = false;
    for (size_t i = 0; i < kafka->property_count; i++) {
        struct consumer_options one = *kafka;
        struct error err = {0};
        one.properties = &kafka->properties[i];
        one.property_count = 1;
        if (consumer_check(&one, &err) == 0)
            continue;
        mistake_put(NULL, SETTINGS_ERROR, err.text);
        found = true;
    }
    return found;
}

static bool mistake_check_kafka(const struct consumer_options *kafka)
{
    struct error err = {0};
    log_set_output(mistake_put_log, NULL);
    bool good = consumer_check(kafka, &err) == 0;
    log_set_output(mistake_drop_log, NULL);
    if (!good && !mistake_check_each(kafka))
        mistake_put(NULL, SETTINGS_ERROR, err.text);
    log_set_output(NULL, NULL);
    return good;
}

static struct settings *mistake_check(struct settings *settings)
{
    if (settings == NULL || mistake_check_kafka(&settings->kafka))
        return settings;
    settings_destroy(settings);
    return NULL;
}

struct settings *mistake_read_settings(const char *const *files, size_t count, enum settings_compat compat)
{
    return mistake_check(settings_read(files, count, compat, mistake_put, NULL));
}

struct settings *mistake_read_connect(const char *const *files, size_t count, enum settings_compat compat)
{
    return mistake_check(settings_read_to_convert(files, count, compat, mistake_put, NULL));
}
