/* settings_origin: a list in the order of reading; the documents live as long as the settings. */
#include "channel/settings_origin.h"

void settings_origins_init(struct settings *settings)
{
    settings->origins = arena_take(&settings->arena, sizeof(*settings->origins));
    *settings->origins = (struct settings_origins){.table_format = NULL};
}

void settings_origin_add(struct settings_reader *reader, const struct config_key *key, const void *base,
                         const struct config_entry *entry)
{
    struct settings_origins *origins = reader->settings->origins;
    if (origins == NULL || entry == NULL)
        return;
    struct settings_origin *made = arena_take(&reader->settings->arena, sizeof(*made));
    *made = (struct settings_origin){NULL, key, base, entry};
    if (origins->last == NULL)
        origins->first = made;
    else
        origins->last->next = made;
    origins->last = made;
}

static void origins_keep_remarks(struct settings_origins *origins, struct arena *arena,
                                 const struct config_mistakes *mistakes)
{
    origins->remarks = arena_take(arena, (mistakes->count + 1) * sizeof(*origins->remarks));
    for (size_t i = 0; i < mistakes->count; i++)
        origins->remarks[origins->remark_count++] = (struct settings_remark){
            mistakes->items[i].place, arena_copy(arena, slice_text(mistakes->items[i].words)).at};
}

void settings_origins_keep(struct settings *settings, const struct config_document *documents, size_t count,
                           const struct config_mistakes *mistakes)
{
    struct settings_origins *origins = settings->origins;
    origins->documents = arena_take(&settings->arena, count * sizeof(*documents));
    memcpy(origins->documents, documents, count * sizeof(*documents));
    origins->document_count = count;
    origins_keep_remarks(origins, &settings->arena, mistakes);
}

void settings_origins_fini(struct settings *settings)
{
    for (size_t i = 0; settings->origins != NULL && i < settings->origins->document_count; i++)
        config_document_fini(&settings->origins->documents[i]);
}

static bool origins_same_place(struct config_place a, struct config_place b)
{
    return a.order == b.order && a.line == b.line && a.column == b.column;
}

const char *settings_origins_remark(const struct settings_origins *origins, const struct config_entry *entry)
{
    for (size_t i = 0; i < origins->remark_count; i++)
        if (origins_same_place(origins->remarks[i].place, entry->key) ||
            origins_same_place(origins->remarks[i].place, entry->value))
            return origins->remarks[i].words;
    return NULL;
}
