/* convert_schema_cache: a few schemas by their bytes. A topic has one or two; more only cost time. */
#include "mapping/convert_schema.h"

void convert_schema_cache_init(struct convert_schema_cache *cache, bool keep_nulls)
{
    *cache = (struct convert_schema_cache){.keep_nulls = keep_nulls};
    for (uint32_t i = 0; i < CONVERT_SCHEMA_ENTRIES; i++) {
        arena_init(&cache->entries[i].arena, 2048);
        buffer_init(&cache->entries[i].prefix, CONVERT_SCHEMA_PREFIX_MOST);
    }
}

static void schema_entry_empty(struct convert_schema_entry *entry)
{
    arena_fini(&entry->arena);
    buffer_fini(&entry->prefix);
    entry->schema = NULL;
    entry->text = (struct slice){0};
}

void convert_schema_cache_fini(struct convert_schema_cache *cache)
{
    for (uint32_t i = 0; i < CONVERT_SCHEMA_ENTRIES; i++)
        schema_entry_empty(&cache->entries[i]);
}

static struct convert_schema_entry *schema_entry_used(struct convert_schema_cache *cache, uint32_t index)
{
    cache->last = index;
    cache->entries[index].used = ++cache->clock;
    return &cache->entries[index];
}

struct convert_schema_entry *convert_schema_by_prefix(struct convert_schema_cache *cache,
                                                      struct slice message)
{
    for (uint32_t i = 0; i < CONVERT_SCHEMA_ENTRIES; i++) {
        uint32_t index = (cache->last + i) % CONVERT_SCHEMA_ENTRIES;
        struct slice prefix = buffer_slice(&cache->entries[index].prefix);
        if (prefix.len > 0 && prefix.len <= message.len && memcmp(prefix.at, message.at, prefix.len) == 0)
            return schema_entry_used(cache, index);
    }
    return NULL;
}

/* The entry that was not used for the longest time. */
static uint32_t schema_entry_oldest(const struct convert_schema_cache *cache)
{
    uint32_t oldest = 0;
    for (uint32_t i = 1; i < CONVERT_SCHEMA_ENTRIES; i++)
        if (cache->entries[i].used < cache->entries[oldest].used)
            oldest = i;
    return oldest;
}

struct convert_schema_entry *convert_schema_by_text(struct convert_schema_cache *cache, struct slice text,
                                                    uint64_t names, struct error *err)
{
    for (uint32_t i = 0; i < CONVERT_SCHEMA_ENTRIES; i++)
        if (cache->entries[i].schema != NULL && slice_equal(cache->entries[i].text, text))
            return schema_entry_used(cache, i);
    uint32_t index = schema_entry_oldest(cache);
    struct convert_schema_entry *entry = &cache->entries[index];
    schema_entry_empty(entry);
    struct convert_schema *schema = convert_schema_parse(text, cache->keep_nulls, &entry->arena, err);
    if (schema == NULL)
        return NULL;
    schema->names = names;
    entry->schema = schema;
    entry->text = arena_copy(&entry->arena, text);
    return schema_entry_used(cache, index);
}
