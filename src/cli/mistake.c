/* mistake: one line each. Errors stand as they are, file first, so that editors can jump to them. */
#include "cli/mistake.h"

#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
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

/* A mistake about a property begins with its place. The count of properties when it is about none. */
static size_t mistake_property(const struct consumer_property *properties, size_t count,
                               const struct error *err)
{
    size_t i = 0;
    for (; i < count; i++) {
        size_t len = properties[i].place == NULL ? 0 : strlen(properties[i].place);
        if (len > 0 && strncmp(err->text, properties[i].place, len) == 0 && err->text[len] == ':')
            break;
    }
    return i;
}

/* consumer_check() stops at the first mistake: that one taken out, it finds the next. Some properties mean
 * something only together with others, so that each alone would not do. */
static void mistake_check_each(const struct consumer_options *kafka)
{
    struct consumer_options rest = *kafka;
    struct consumer_property *properties =
        check_memory(calloc(kafka->property_count + 1, sizeof(*properties)));
    struct error err = {0};
    if (kafka->property_count > 0)
        memcpy(properties, kafka->properties, kafka->property_count * sizeof(*properties));
    rest.properties = properties;
    while (consumer_check(&rest, &err) != 0) {
        mistake_put(NULL, SETTINGS_ERROR, err.text);
        size_t guilty = mistake_property(properties, rest.property_count, &err);
        if (guilty == rest.property_count)
            break;
        rest.property_count--;
        memmove(&properties[guilty], &properties[guilty + 1],
                (rest.property_count - guilty) * sizeof(*properties));
    }
    free(properties);
}

static bool mistake_check_kafka(const struct consumer_options *kafka)
{
    struct error err = {0};
    log_set_output(mistake_put_log, NULL);
    bool good = consumer_check(kafka, &err) == 0;
    log_set_output(mistake_drop_log, NULL);
    if (!good)
        mistake_check_each(kafka);
    log_set_output(NULL, NULL);
    return good;
}

static bool mistake_check_topic(const struct settings_aside *errors)
{
    struct error err = {0};
    if (errors->sink != ERRORS_TO_TOPIC || producer_check(&errors->topic, &err) == 0)
        return true;
    mistake_put(NULL, SETTINGS_ERROR, err.text);
    return false;
}

static struct settings *mistake_check(struct settings *settings)
{
    if (settings == NULL ||
        (mistake_check_kafka(&settings->kafka) && mistake_check_topic(&settings->errors) &&
         mistake_check_topic(&settings->convert_errors)))
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
