/* settings_convert_comment: "# worker.properties:12 offset.flush.interval.ms" behind a line. */
#include "channel/settings_convert_private.h"

enum { COMMENT_COLUMN = 48, COMMENT_NAME_MOST = 200 };

/* "columns[].name" and "columns[].type" are one line. */
static bool comment_same_key(const struct config_key *a, const struct config_key *b)
{
    const char *end = a == NULL || b == NULL || a->yaml == NULL ? NULL : strstr(a->yaml, "[]");
    if (a == b || end == NULL)
        return a == b;
    return b->yaml != NULL && strncmp(a->yaml, b->yaml, (size_t)(end + 2 - a->yaml)) == 0;
}

/* What stands at the top counts for every table. */
static bool comment_same_base(const struct settings_convert *convert, const void *a, const void *b)
{
    const struct settings *settings = convert->settings;
    const struct settings_table *first = settings->tables;
    const struct settings_table *end = first + settings->table_count;
    const struct settings_table *one = a;
    const struct settings_table *two = b;
    return a == b || (!convert->in_route && one >= first && one < end && two >= first && two < end);
}

const struct settings_origin *settings_convert_origin(const struct settings_convert *convert,
                                                      const struct config_key *key, const void *base,
                                                      const struct settings_origin *before)
{
    const struct settings_origin *at = before == NULL ? convert->origins->first : before->next;
    while (at != NULL && !(comment_same_key(key, at->key) && comment_same_base(convert, base, at->base)))
        at = at->next;
    return at;
}

/* The last part of a file's name, unless another file has the same. */
static const char *comment_file(const struct settings_origins *origins, unsigned order)
{
    const char *whole = origins->documents[order].file;
    const char *name = strrchr(whole, '/') == NULL ? whole : strrchr(whole, '/') + 1;
    for (size_t i = 0; i < origins->document_count; i++) {
        const char *other = origins->documents[i].file;
        const char *slash = strrchr(other, '/');
        if (i != order && strcmp(slash == NULL ? other : slash + 1, name) == 0)
            return whole;
    }
    return name;
}

void settings_convert_put_place(const struct settings_convert *convert, const struct config_entry *entry,
                                const struct config_entry *before, struct buffer *to)
{
    struct slice path = slice_text(entry->path);
    if (before == NULL || before->key.order != entry->key.order)
        config_put_comment(to, slice_text(comment_file(convert->origins, entry->key.order)));
    buffer_print(to, ":%u ", entry->key.line);
    config_put_comment(to, slice_of(path.at, path.len > COMMENT_NAME_MOST ? COMMENT_NAME_MOST : path.len));
}

static void comment_begin(struct buffer *to)
{
    const char *line = to->len == 0 ? NULL : memrchr(to->at, '\n', to->len);
    size_t column = line == NULL ? to->len : (size_t)(to->at + to->len - line - 1);
    for (size_t i = column + 2; i < COMMENT_COLUMN; i++)
        buffer_add(to, " ", 1);
    buffer_print(to, "  # ");
}

/* True the first time. */
static bool comment_tells(struct settings_convert *convert, const struct config_entry *entry,
                          const struct config_entry *const *told, size_t count)
{
    const struct config_document *document = &convert->origins->documents[entry->key.order];
    convert->told[entry->key.order][entry - document->entries] = true;
    for (size_t i = 0; i < count; i++)
        if (told[i] == entry)
            return false;
    return true;
}

static void comment_put_written(const struct config_entry *entry, struct buffer *to)
{
    struct slice text = slice_text(entry->written);
    buffer_print(to, "; was ");
    config_put_comment(to, slice_of(text.at, text.len > COMMENT_NAME_MOST ? COMMENT_NAME_MOST : text.len));
}

/* Answers how many there are. */
static size_t comment_put_origins(struct settings_convert *convert, const struct config_key *key,
                                  const void *base, struct buffer *to)
{
    enum { TOLD_MOST = 8 };
    const struct config_entry *told[TOLD_MOST];
    size_t count = 0;
    for (const struct settings_origin *at = NULL;
         (at = settings_convert_origin(convert, key, base, at)) != NULL;) {
        if (!comment_tells(convert, at->entry, told, count) || count == TOLD_MOST)
            continue;
        buffer_print(to, "%s", count == 0 ? "" : ", ");
        settings_convert_put_place(convert, at->entry, count == 0 ? NULL : told[count - 1], to);
        if (at->entry->written != NULL && convert->value == VALUE_ITSELF)
            comment_put_written(at->entry, to);
        told[count++] = at->entry;
    }
    if (convert->value == VALUE_HIDDEN)
        buffer_print(to, "; the value is not copied");
    return count;
}

/* A value that no file gives: whose preset is it? */
static void comment_put_preset(struct settings_convert *convert, const struct config_key *key,
                               const void *base, struct buffer *to)
{
    struct settings settings = {.name = NULL};
    struct settings_table table = {.topics = NULL};
    void *scratch = base == convert->settings ? (void *)&settings : (void *)&table;
    config_key_preset(key, CONFIG_FORM_CONNECT, false, scratch, &convert->arena);
    bool manual = settings_convert_same(convert, key, base, scratch);
    comment_begin(to);
    buffer_print(to, "preset of %s; of YAML: %s", manual ? "Connect files" : "the Java connector, by compat",
                 key->preset);
}

void settings_convert_comments(const struct settings_print *print, const struct config_key *key,
                               const void *base)
{
    struct settings_convert *convert = settings_convert_of(print);
    struct buffer text;
    if (convert->bare)
        return;
    buffer_init(&text, 1 << 20);
    if (comment_put_origins(convert, key, base, &text) > 0) {
        comment_begin(print->to);
        buffer_add_slice(print->to, buffer_slice(&text));
    } else if (key != NULL && (key->connect_preset != NULL || key->compat_preset != NULL)) {
        comment_put_preset(convert, key, base, print->to);
    }
    convert->value = VALUE_ITSELF;
    buffer_fini(&text);
}
