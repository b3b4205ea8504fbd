/* settings_kafka: the consumer group and the properties that go through to the Kafka client. */
#include "channel/settings_origin.h"

#include <stdio.h>
#include <strings.h>

#include "base/check.h"
#include "base/number.h"

enum { KAFKA_SESSION_MS = 45000 }; /* session.timeout.ms of librdkafka 2.0 and of Java since 3.0 */

struct kafka_properties {
    struct settings_reader *reader;
    struct consumer_property *items;
    size_t count;
    size_t room;
};

bool settings_is_secret(const char *property)
{
    static const char *const marks[] = {"password",         "secret", "jaas", "ssl.key.pem",
                                        "ssl.keystore.key", "token",  NULL};
    for (size_t i = 0; marks[i] != NULL; i++)
        if (strcasestr(property, marks[i]) != NULL)
            return true;
    return false;
}

static const char *kafka_place(struct settings_reader *reader, const struct config_entry *entry)
{
    char text[400];
    snprintf(text, sizeof(text), "%.300s:%u:%u", entry->value.file, entry->value.line, entry->value.column);
    return arena_copy(&reader->settings->arena, slice_text(text)).at;
}

static void kafka_add(struct kafka_properties *properties, const struct config_entry *entry, const char *name)
{
    if (entry->kind != CONFIG_TEXT || strcmp(name, "group.id") == 0)
        return;
    CHECK(properties->count < properties->room);
    struct consumer_property *property = &properties->items[properties->count++];
    *property = (struct consumer_property){name, entry->text, kafka_place(properties->reader, entry)};
    settings_origin_add(properties->reader, NULL, property, entry);
}

/* All entries that begin with `beginning`; the rest of the path is the property. */
static void kafka_add_all(struct kafka_properties *properties, const struct config_document *document,
                          const char *beginning)
{
    size_t len = strlen(beginning);
    for (size_t i = 0; document != NULL && i < document->count; i++)
        if (strncmp(document->entries[i].path, beginning, len) == 0 && document->entries[i].path[len] != 0)
            kafka_add(properties, &document->entries[i], document->entries[i].path + len);
}

static bool kafka_is_security(const char *path)
{
    return strcmp(path, "security.protocol") == 0 || strncmp(path, "sasl.", 5) == 0 ||
           strncmp(path, "ssl.", 4) == 0;
}

/* In Kafka Connect the worker's own security settings do not reach the consumer, so that files repeat them
 * under "consumer."; here they do, as the weakest level: nothing that worked stops working, and the
 * repetition is not needed. */
static void kafka_add_worker_security(struct kafka_properties *properties,
                                      const struct config_document *worker)
{
    for (size_t i = 0; worker != NULL && i < worker->count; i++)
        if (kafka_is_security(worker->entries[i].path))
            kafka_add(properties, &worker->entries[i], worker->entries[i].path);
}

static void kafka_add_connect(struct kafka_properties *properties)
{
    const struct settings_reader *reader = properties->reader;
    kafka_add_worker_security(properties, reader->worker);
    kafka_add_worker_security(properties, reader->file);
    kafka_add_all(properties, reader->worker, "consumer.");
    kafka_add_all(properties, reader->file, "consumer.override.");
}

static const struct config_entry *kafka_group_given(const struct settings_reader *reader)
{
    const struct config_entry *entry = NULL;
    if (reader->form == CONFIG_FORM_YAML)
        entry = config_document_find(reader->file, "kafka.group");
    else if ((entry = settings_find_in(reader->file, "consumer.override.group.id")) == NULL)
        entry = settings_find_in(reader->worker, "consumer.group.id");
    return entry == NULL || entry->kind != CONFIG_TEXT || entry->text[0] == 0 ? NULL : entry;
}

const char *settings_kafka_group(const struct settings *settings, struct arena *arena)
{
    char text[1100];
    snprintf(text, sizeof(text), "connect-%s", settings->name == NULL ? "" : settings->name);
    return arena_copy(arena, slice_text(text)).at;
}

static void kafka_read_group(struct settings_reader *reader)
{
    struct settings *settings = reader->settings;
    const struct config_entry *given = kafka_group_given(reader);
    settings->kafka.group = given == NULL
                                ? settings_kafka_group(settings, &settings->arena)
                                : arena_copy(&settings->arena, config_trim(slice_text(given->text))).at;
    settings_origin_add(reader, settings_key(settings_keys, "kafka.group"), settings, given);
}

static int64_t kafka_session_ms(const struct kafka_properties *properties)
{
    int64_t session_ms = KAFKA_SESSION_MS;
    for (size_t i = 0; i < properties->count; i++)
        if (strcmp(properties->items[i].name, "session.timeout.ms") == 0)
            number_int64(slice_text(properties->items[i].value), &session_ms);
    return session_ms;
}

static size_t kafka_room(const struct settings_reader *reader)
{
    return 2 * (reader->file->count + (reader->worker == NULL ? 0 : reader->worker->count)) + 1;
}

void settings_read_kafka(struct settings_reader *reader)
{
    struct kafka_properties properties = {.reader = reader, .room = kafka_room(reader)};
    struct settings *settings = reader->settings;
    properties.items = arena_take(&settings->arena, properties.room * sizeof(*properties.items));
    if (reader->form == CONFIG_FORM_YAML)
        kafka_add_all(&properties, reader->file, "kafka.properties.");
    else
        kafka_add_connect(&properties);
    kafka_read_group(reader);
    settings->kafka.properties = properties.items;
    settings->kafka.property_count = properties.count;
    settings->kafka_session_ms = kafka_session_ms(&properties);
}

static struct kafka_properties kafka_own_error_properties(struct settings_reader *reader)
{
    struct kafka_properties own = {.reader = reader, .room = kafka_room(reader)};
    own.items = arena_take(&reader->settings->arena, own.room * sizeof(*own.items));
    if (reader->form == CONFIG_FORM_YAML) {
        kafka_add_all(&own, reader->file, "errors.properties.");
        return own;
    }
    kafka_add_all(&own, reader->worker, "producer.");
    kafka_add_all(&own, reader->file, "producer.override.");
    return own;
}

void settings_read_error_properties(struct settings_reader *reader, bool same_cluster)
{
    struct settings *settings = reader->settings;
    struct kafka_properties own = kafka_own_error_properties(reader);
    size_t room = own.count + settings->kafka.property_count + 1;
    struct consumer_property *all = arena_take(&settings->arena, room * sizeof(*all));
    size_t count = 0;
    for (size_t i = 0; same_cluster && i < settings->kafka.property_count; i++)
        if (kafka_is_security(settings->kafka.properties[i].name))
            all[count++] = settings->kafka.properties[i];
    for (size_t i = 0; i < own.count; i++)
        all[count++] = own.items[i];
    settings->error_properties = own.items;
    settings->error_property_count = own.count;
    settings->errors.topic.properties = settings->convert_errors.topic.properties = all;
    settings->errors.topic.property_count = settings->convert_errors.topic.property_count = count;
}
