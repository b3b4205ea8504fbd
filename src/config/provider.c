/* provider: a user's names of config providers become Kafka's own before references are resolved. */
#include "config/provider.h"

#include <stdio.h>

#include "base/buffer.h"
#include "config/keys.h"

enum { PROVIDER_TEXT_MOST = 16 << 20, PROVIDER_NAME_MOST = 200 };

#define PROVIDER_PACKAGE "org.apache.kafka.common.config.provider."

static const struct provider_class {
    const char *class;
    const char *name;
} provider_classes[] = {
    {PROVIDER_PACKAGE "FileConfigProvider", "file"},
    {PROVIDER_PACKAGE "EnvVarConfigProvider", "env"},
    {PROVIDER_PACKAGE "DirectoryConfigProvider", "directory"},
};

struct provider_renamer {
    const struct config_document *documents; /* lent: where providers may be declared */
    size_t count;
    struct config_entry *entry; /* lent: the entry in which references stand */
    struct config_mistakes *mistakes;
    struct buffer text; /* the new text */
};

/* Is the name in the list, of names with commas between? */
static bool provider_is_listed(const char *list, struct slice name)
{
    while (*list != 0) {
        size_t len = strcspn(list, ",");
        if (slice_equal(config_trim(slice_of(list, len)), name))
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}

/* The class of a provider; "" when config.providers has its name and nothing else is said, NULL when nobody
 * declares it. */
static const char *provider_class_of(const struct provider_renamer *renamer, struct slice name)
{
    char path[PROVIDER_NAME_MOST + 40];
    snprintf(path, sizeof(path), "config.providers.%.*s.class", SLICE_ARG(name));
    for (size_t i = 0; i < renamer->count; i++) {
        const struct config_entry *list = config_document_find(&renamer->documents[i], "config.providers");
        const struct config_entry *class = config_document_find(&renamer->documents[i], path);
        if (list != NULL && provider_is_listed(list->text, name))
            return class == NULL ? "" : class->text;
    }
    return NULL;
}

static const char *provider_own_name(const char *class)
{
    struct slice wanted = config_trim(slice_text(class));
    for (size_t i = 0; i < sizeof(provider_classes) / sizeof(provider_classes[0]); i++)
        if (slice_equal(wanted, slice_text(provider_classes[i].class)))
            return provider_classes[i].name;
    return NULL;
}

static void provider_refuse(struct provider_renamer *renamer, struct slice name, const char *class)
{
    renamer->entry->broken = true;
    config_mistake(renamer->mistakes, CONFIG_ERROR, renamer->entry->value, renamer->entry->path,
                   "${%.*s:...}: config.providers.%.*s.class is %.200s, which cannot be loaded here; there "
                   "are " PROVIDER_PACKAGE "FileConfigProvider, EnvVarConfigProvider and "
                   "DirectoryConfigProvider: put the value into a file or an environment variable",
                   SLICE_ARG(name), SLICE_ARG(name), *class == 0 ? "missing" : class);
}

/* `name`: what stands between ${ and the first colon. */
static void provider_put(struct provider_renamer *renamer, struct slice name)
{
    const char *class = name.len > PROVIDER_NAME_MOST ? NULL : provider_class_of(renamer, name);
    const char *own = class == NULL ? NULL : provider_own_name(class);
    if (class != NULL && own == NULL)
        provider_refuse(renamer, name, class);
    buffer_add_slice(&renamer->text, own == NULL ? name : slice_text(own));
}

static void provider_rename_text(struct provider_renamer *renamer)
{
    const char *at = renamer->entry->text;
    for (const char *open = strstr(at, "${"); open != NULL; open = strstr(at, "${")) {
        struct slice name = slice_of(open + 2, strcspn(open + 2, ":}"));
        buffer_add(&renamer->text, at, (size_t)(open + 2 - at));
        at = name.at + name.len;
        if (*at == ':')
            provider_put(renamer, name);
        else
            buffer_add_slice(&renamer->text, name);
    }
    buffer_add(&renamer->text, at, strlen(at));
}

static void provider_rename_all(struct provider_renamer *renamer, struct config_document *document)
{
    for (size_t i = 0; i < document->count; i++) {
        if (strstr(document->entries[i].text, "${") == NULL)
            continue;
        renamer->entry = &document->entries[i];
        buffer_reset(&renamer->text, PROVIDER_TEXT_MOST);
        provider_rename_text(renamer);
        renamer->entry->text = arena_copy(document->arena, buffer_slice(&renamer->text)).at;
    }
}

void config_provider_rename(struct config_document *documents, size_t count, struct config_mistakes *mistakes)
{
    struct provider_renamer renamer = {.documents = documents, .count = count, .mistakes = mistakes};
    buffer_init(&renamer.text, PROVIDER_TEXT_MOST);
    for (size_t i = 0; i < count; i++)
        provider_rename_all(&renamer, &documents[i]);
    buffer_fini(&renamer.text);
}
