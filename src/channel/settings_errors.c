/* settings_errors: where records with errors go: what the keys say together, and what cannot be. */
#include "channel/settings_origin.h"

#include "base/check.h"

static const struct config_key *errors_key(const char *yaml)
{
    return settings_key(settings_keys, yaml);
}

/* At the key's value, or at the file when it is not given. */
static void errors_mistake(struct settings_reader *reader, enum config_severity severity, const char *yaml,
                           const char *words)
{
    const struct config_key *key = errors_key(yaml);
    const struct config_entry *entry = settings_find(reader, key, settings_top);
    config_mistake(reader->mistakes, severity, entry == NULL ? settings_file_place(reader) : entry->value,
                   settings_key_name(reader, key, settings_top), "%s", words);
}

static bool errors_is_given(struct settings_reader *reader, const char *yaml)
{
    const struct config_entry *entry = settings_find(reader, errors_key(yaml), settings_top);
    return entry != NULL && entry->kind == CONFIG_TEXT && config_trim(slice_text(entry->text)).len > 0;
}

/* Kafka Connect: an empty name is none, and a name is enough to switch it on. */
static void errors_read_dead_letters(struct settings_reader *reader)
{
    struct settings_aside *aside = &reader->settings->convert_errors;
    const struct config_key *key = errors_key("errors.convert_topic");
    if (!errors_is_given(reader, "errors.convert_topic"))
        return;
    settings_set(reader, key, settings_top, reader->settings);
    if (reader->form == CONFIG_FORM_CONNECT) {
        aside->sink = ERRORS_TO_TOPIC;
        settings_origin_add(reader, errors_key("errors.convert_sink"), reader->settings,
                            settings_find(reader, key, settings_top));
    } else if (aside->sink != ERRORS_TO_TOPIC) {
        errors_mistake(reader, CONFIG_ERROR, "errors.convert_topic",
                       "has no effect; errors.convert_sink: topic was expected beside it");
    }
}

/* Nothing is set aside where nothing is tolerated, but by Kafka Connect, which writes the record to its dead
 * letter queue and stops then. */
static void errors_check_tolerance(struct settings_reader *reader)
{
    struct settings *settings = reader->settings;
    bool yaml = reader->form == CONFIG_FORM_YAML;
    if (settings->errors.sink == ERRORS_IGNORED || settings->tolerance == ERRORS_ALL)
        return;
    errors_mistake(
        reader, yaml ? CONFIG_ERROR : CONFIG_WARNING, "errors.sink",
        yaml ? "has no effect with errors.tolerance none; errors.tolerance: all was expected beside it"
             : "has no effect with runtime.error.tolerance=none: the first error stops the job");
    settings->errors.sink = ERRORS_IGNORED;
}

static void errors_check_topic(struct settings_reader *reader, const struct settings_aside *aside,
                               const char *yaml)
{
    struct settings *settings = reader->settings;
    if (aside->sink != ERRORS_TO_TOPIC)
        return;
    if (aside->topic.topic == NULL)
        errors_mistake(reader, CONFIG_ERROR, yaml, "is missing; the name of the error topic was expected");
    else if (settings_lane(settings, slice_text(aside->topic.topic)) >= 0)
        errors_mistake(reader, CONFIG_ERROR, yaml,
                       "is among the topics that are read: every error would come back; another topic was "
                       "expected");
}

static void errors_check_table(struct settings_reader *reader)
{
    const struct settings *settings = reader->settings;
    const char *table = settings->errors.table;
    if (settings->errors.sink != ERRORS_TO_TABLE)
        return;
    if (table == NULL)
        errors_mistake(reader, CONFIG_ERROR, "errors.table",
                       "is missing; the name of the error table was expected");
    for (size_t i = 0; table != NULL && i < settings->table_count; i++)
        if (slice_equal(settings->tables[i].plan.table, slice_text(table)))
            errors_mistake(reader, CONFIG_ERROR, "errors.table",
                           "is a table that records are written to; another one was expected");
}

static void errors_fill_topic(const struct settings *settings, struct settings_aside *aside)
{
    aside->topic.pipeline = settings->name;
    aside->topic.brokers =
        settings->error_brokers == NULL ? settings->kafka.brokers : settings->error_brokers;
}

static bool errors_same_cluster(const struct settings *settings)
{
    const char *brokers = settings->error_brokers;
    return brokers == NULL ||
           (settings->kafka.brokers != NULL && strcmp(brokers, settings->kafka.brokers) == 0);
}

/* What has no effect is as in any other configuration. */
static void errors_forget_idle(struct settings *settings)
{
    struct settings_aside *convert = &settings->convert_errors;
    if (settings->errors.sink == ERRORS_IGNORED)
        settings->errors_format = ERRORS_ORIGINAL;
    if (convert->sink == ERRORS_TO_TOPIC)
        return;
    convert->topic.headers = ERROR_HEADERS_OWN;
    convert->topic.replication = 0;
    if (settings->errors.sink == ERRORS_IGNORED)
        convert->sink = ERRORS_AS_OTHERS;
}

void settings_read_errors(struct settings_reader *reader)
{
    struct settings *settings = reader->settings;
    struct settings_aside *convert = &settings->convert_errors;
    errors_read_dead_letters(reader);
    errors_check_tolerance(reader);
    errors_forget_idle(settings);
    if (settings->errors.sink == ERRORS_TO_TOPIC || convert->sink == ERRORS_TO_TOPIC)
        settings_read_error_properties(reader, errors_same_cluster(settings));
    errors_fill_topic(settings, convert);
    errors_fill_topic(settings, &settings->errors);
    errors_check_topic(reader, &settings->errors, "errors.topic");
    errors_check_topic(reader, convert, "errors.convert_topic");
    errors_check_table(reader);
    settings->kafka.headers = settings->errors.sink != ERRORS_IGNORED || convert->sink == ERRORS_TO_TOPIC;
}
