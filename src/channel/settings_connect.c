/* settings_connect: what only Kafka Connect's files have: converters, classes, what is refused and what is
 * accepted without effect. */
#include "channel/settings_origin.h"

#include <stdio.h>

#include "base/number.h"

/* A class by its full name, its own name, or that without the word for what it is: Json for JsonConverter. */
static bool connect_class_is(const char *class, struct slice text)
{
    struct slice name = slice_text(strrchr(class, '.') + 1);
    size_t word = strlen("Converter"); /* as long as "Connector" */
    bool pruned = name.len > word && (memcmp(name.at + name.len - word, "Converter", word) == 0 ||
                                      memcmp(name.at + name.len - word, "Connector", word) == 0);
    return slice_equal(text, slice_text(class)) || slice_equal(text, name) ||
           (pruned && slice_equal(text, slice_of(name.at, name.len - word)));
}

static void converter_refuse(struct settings_reader *reader, const struct config_entry *entry,
                             struct slice text)
{
    int len = text.len > 200 ? 200 : (int)text.len;
    bool registry = memmem(text.at, text.len, "Avro", 4) != NULL ||
                    memmem(text.at, text.len, "Protobuf", 8) != NULL ||
                    memmem(text.at, text.len, "JsonSchema", 10) != NULL;
    config_mistake(
        reader->mistakes, CONFIG_ERROR, entry->value, entry->path,
        registry
            ? "%.*s is not supported: there is no schema registry client here; have the producers write JSON "
              "and use org.apache.kafka.connect.json.JsonConverter"
            : "%.*s is a Java class that is not known here; JsonConverter, StringConverter, "
              "ByteArrayConverter, BooleanConverter, ShortConverter, IntegerConverter, LongConverter, "
              "FloatConverter or DoubleConverter was expected",
        len, text.at);
}

/* JsonConverter is with the envelope, which is its own preset. */
static int converter_find(struct settings_reader *reader, const struct config_entry *entry,
                          enum convert_format *format)
{
    struct slice text = config_trim(slice_text(entry->text));
    for (int known = CONVERT_JSON_ENVELOPE; known <= CONVERT_FLOAT64; known++)
        if (connect_class_is(convert_format_class((enum convert_format)known), text)) {
            *format = (enum convert_format)known;
            return 0;
        }
    converter_refuse(reader, entry, text);
    return -1;
}

/* The converter, or a property of it, set "key.format" or "value.format". */
static void converter_add_origin(struct settings_reader *reader, const char *side,
                                 const struct settings_table *table, const struct config_entry *entry)
{
    const char *yaml = strcmp(side, "key") == 0 ? "key.format" : "value.format";
    settings_origin_add(reader, settings_key(settings_table_keys, yaml), table, entry);
}

/* schemas.enable, replace.null.with.default: true when not given, as Kafka Connect has them. */
static bool converter_flag(struct settings_reader *reader, const struct config_document *document,
                           const char *side, const char *name, const struct settings_table *table)
{
    const struct config_entry *entry = settings_find_in(document, "%s.converter.%s", side, name);
    const struct config_key key = {.type = &config_boolean};
    struct error err = {0};
    bool enabled = true;
    if (entry != NULL && entry->kind == CONFIG_TEXT &&
        config_key_set(&key, CONFIG_FORM_CONNECT, slice_text(entry->text), &enabled, NULL, &err) != 0)
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->value, entry->path, "%s", err.text);
    converter_add_origin(reader, side, table, entry);
    return enabled;
}

static enum convert_format converter_json_format(struct settings_reader *reader,
                                                 const struct config_document *document, const char *side,
                                                 const struct settings_table *table)
{
    bool schemas = converter_flag(reader, document, side, "schemas.enable", table);
    bool defaults = converter_flag(reader, document, side, "replace.null.with.default", table);
    if (!schemas)
        return CONVERT_JSON;
    return defaults ? CONVERT_JSON_ENVELOPE : CONVERT_JSON_ENVELOPE_NULLS;
}

static bool connect_begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The trap of Kafka Connect: x.converter.y in a connector's file counts only beside its own x.converter. */
static void converter_check_orphans(struct settings_reader *reader, const char *side)
{
    char beginning[40];
    snprintf(beginning, sizeof(beginning), "%s.converter.", side);
    for (size_t i = 0; i < reader->file->count; i++) {
        const struct config_entry *entry = &reader->file->entries[i];
        if (connect_begins(entry->path, beginning))
            config_mistake(
                reader->mistakes, CONFIG_WARNING, entry->key, entry->path,
                "has no effect, as in Kafka Connect: it counts only beside a %s.converter in the same file",
                side);
    }
}

/* Settings of converters that would change what is read. */
static void converter_check_settings(struct settings_reader *reader, const struct config_document *document,
                                     const char *side)
{
    static const struct {
        const char *name;
        const char *usual; /* the one value that is fine, in any case of letters */
        const char *words;
    } wanted[] = {
        {"converter.encoding", "UTF-8", "only UTF-8 is read"},
        {"schema.content", "", "a schema outside of the messages is not supported; leave it out"},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        const struct config_entry *entry =
            settings_find_in(document, "%s.converter.%s", side, wanted[i].name);
        if (entry != NULL && entry->kind == CONFIG_TEXT &&
            !config_same_word(config_trim(slice_text(entry->text)), slice_text(wanted[i].usual)))
            config_mistake(reader->mistakes, CONFIG_ERROR, entry->value, entry->path, "%s", wanted[i].words);
        settings_origin_add(reader, NULL, NULL, entry);
    }
}

bool settings_converter(struct settings_reader *reader, const char *side, const struct settings_table *table,
                        enum convert_format *format)
{
    const struct config_document *document = reader->file;
    const struct config_entry *entry = settings_find_in(document, "%s.converter", side);
    if (entry == NULL || entry->kind != CONFIG_TEXT) {
        converter_check_orphans(reader, side);
        document = reader->worker;
        entry = settings_find_in(document, "%s.converter", side);
    }
    if (entry == NULL || entry->kind != CONFIG_TEXT) {
        char key[40];
        snprintf(key, sizeof(key), "%s.converter", side);
        config_mistake(reader->mistakes, CONFIG_ERROR, settings_file_place(reader), key,
                       "is missing, here and in the worker's file; for example "
                       "org.apache.kafka.connect.json.JsonConverter");
        return false;
    }
    if (converter_find(reader, entry, format) != 0)
        return false;
    converter_add_origin(reader, side, table, entry);
    if (*format == CONVERT_JSON_ENVELOPE)
        *format = converter_json_format(reader, document, side, table);
    converter_check_settings(reader, document, side);
    return true;
}

static void connect_check_class(struct settings_reader *reader, const char *name, const char *wanted,
                                const char *words)
{
    const struct config_entry *entry = settings_find_connect(reader, name);
    struct slice text = entry == NULL ? SLICE("") : config_trim(slice_text(entry->text));
    if (entry != NULL && !connect_class_is(wanted, text))
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->value, name, "%.*s %s",
                       text.len > 200 ? 200 : (int)text.len, text.at, words);
    settings_origin_add(reader, NULL, NULL, entry);
}

static void connect_check_classes(struct settings_reader *reader)
{
    connect_check_class(reader, "connector.class",
                        "com.aliyun.tablestore.kafka.connect.TableStoreSinkConnector",
                        "is another connector; TableStoreSinkConnector was expected");
    connect_check_class(
        reader, "event.parse.class", "com.aliyun.tablestore.kafka.connect.parsers.DefaultEventParser",
        "is a Java class, which cannot be loaded here; leave event.parse.class out for the default parser");
}

static void connect_check_refusals(struct settings_reader *reader)
{
    for (const struct settings_refusal *refusal = settings_refusals; refusal->name != NULL; refusal++) {
        const struct config_entry *entry = settings_find_connect(reader, refusal->name);
        if (entry != NULL && config_trim(slice_text(entry->text)).len > 0)
            config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, refusal->name, "%s", refusal->words);
    }
}

/* Keys without a place of their own are read into this, for their limits. */
union connect_scratch {
    uint32_t count;
    int choice;
};

static void connect_check_limits(struct settings_reader *reader)
{
    for (const struct config_key *key = settings_connect_keys; key->type != NULL; key++) {
        union connect_scratch scratch = {0};
        if ((key->flags & CONFIG_OWN) == 0)
            settings_set(reader, key, settings_top, &scratch);
    }
}

static int64_t connect_number(struct settings_reader *reader, const char *name)
{
    const struct config_entry *entry = settings_find_connect(reader, name);
    int64_t number = -1;
    if (entry == NULL || !number_int64(config_trim(slice_text(entry->text)), &number))
        return -1;
    return number;
}

static void connect_note(struct settings_reader *reader, const char *name, enum config_severity severity,
                         const char *words)
{
    const struct config_entry *entry = settings_find_connect(reader, name);
    if (entry != NULL)
        config_mistake(reader->mistakes, severity, entry->value, name, "%s", words);
}

static void connect_tell_without_effect(struct settings_reader *reader)
{
    int64_t buckets = connect_number(reader, "bucket.count");
    int64_t concurrency = connect_number(reader, "max.concurrency");
    if (buckets > 0 && buckets > (concurrency < 0 ? 10 : concurrency))
        connect_note(reader, "bucket.count", CONFIG_WARNING,
                     "is more than max.concurrency, which the manual does not allow; it has no effect here: "
                     "every primary key is a "
                     "bucket of its own");
    else if (buckets > 0)
        connect_note(reader, "bucket.count", CONFIG_NOTE,
                     "has no effect: every primary key is a bucket of its own");
    connect_note(reader, "max.thread.count", CONFIG_NOTE, "has no effect: requests need no threads here");
    connect_note(reader, "buffer.size", CONFIG_NOTE, "has no effect: records are bounded by their bytes");
    if (connect_number(reader, "tasks.max") > 1)
        connect_note(
            reader, "tasks.max", CONFIG_NOTE,
            "has no effect: one process reads all its partitions; start more processes to share them");
}

/* errors.tolerance is Kafka Connect's, for converters. The manual names it for the sink's errors too, so
 * "all" counts for both where runtime.error.tolerance says nothing. */
static void connect_read_tolerance(struct settings_reader *reader)
{
    const struct config_entry *own = settings_find_connect(reader, "errors.tolerance");
    if (reader->settings->convert_tolerance != ERRORS_ALL ||
        settings_find_connect(reader, "runtime.error.tolerance") != NULL)
        return;
    reader->settings->tolerance = ERRORS_ALL;
    settings_origin_add(reader, settings_key(settings_keys, "errors.tolerance"), reader->settings, own);
    config_mistake(reader->mistakes, CONFIG_NOTE, own->value, own->path,
                   "is taken for runtime.error.tolerance too, as the manual says; give that one as well to "
                   "keep them apart");
}

void settings_read_connect(struct settings_reader *reader)
{
    connect_check_classes(reader);
    connect_check_refusals(reader);
    connect_check_limits(reader);
    connect_tell_without_effect(reader);
    connect_read_tolerance(reader);
}
