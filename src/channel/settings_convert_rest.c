/* settings_convert_rest: the comments above and below the lines. Below stands what no line has a word of, so
 * that nothing of the files is gone without one. */
#include "channel/settings_convert_private.h"

#include <stdio.h>

enum { REST_VALUE_MOST = 80 };

enum rest_kind { REST_PRESET, REST_NOTHING };

void settings_convert_put_head(const struct settings_convert *convert, struct buffer *to)
{
    const struct settings_origins *origins = convert->origins;
    const char *between = "# Environment variables that it needs: ";
    buffer_print(to, "# Converted by otspipe from\n");
    for (size_t i = 0; i < origins->document_count; i++) {
        buffer_print(to, "#   ");
        config_put_comment(to, slice_text(origins->documents[i].file));
        buffer_print(to, "\n");
    }
    buffer_print(to,
                 "# The comment behind a line says what set it; what has no line has otspipe's preset.\n");
    for (const struct settings_convert_variable *at = convert->variables; at != NULL; at = at->next) {
        if (!at->used)
            continue;
        buffer_print(to, "%s%s", between, at->name);
        between = ", ";
    }
    buffer_print(to, "%s\n", between[0] == ',' ? "\n" : "");
}

static const struct settings_origin *rest_origin(const struct settings_convert *convert,
                                                 const struct config_entry *entry)
{
    const struct settings_origin *at = convert->origins->first;
    while (at != NULL && at->entry != entry)
        at = at->next;
    return at;
}

/* The entry of the same name that is in effect instead. */
static const struct config_entry *rest_stronger(const struct settings_convert *convert,
                                                const struct config_entry *entry)
{
    const struct settings_origins *origins = convert->origins;
    for (size_t i = 0; i < origins->document_count; i++) {
        const struct config_entry *found = config_document_find(&origins->documents[i], entry->path);
        if (found != NULL && found != entry && rest_origin(convert, found) != NULL)
            return found;
    }
    return NULL;
}

/* Given, and in effect; but YAML has it anyway. */
static bool rest_is_preset(const struct settings_convert *convert, const struct config_entry *entry)
{
    const struct settings_origin *origin = rest_origin(convert, entry);
    bool overridden = origin != NULL && origin->key == NULL && origin->base != NULL;
    return origin != NULL && !overridden && settings_origins_remark(convert->origins, entry) == NULL;
}

/* Only of keys that are known: what else stands in a file may be anybody's secret. */
static void rest_put_value(const struct settings_convert *convert, const struct config_entry *entry,
                           struct buffer *to)
{
    struct slice table;
    const struct settings_origin *origin = rest_origin(convert, entry);
    bool known = (origin != NULL && origin->key != NULL) || settings_knows_connect(entry->path, &table);
    struct slice text = config_trim(slice_text(entry->written == NULL ? entry->text : entry->written));
    if (text.len == 0 || settings_is_secret(entry->path) || !known)
        return;
    bool cut = text.len > REST_VALUE_MOST;
    buffer_print(to, "=");
    config_put_comment(to, slice_of(text.at, cut ? REST_VALUE_MOST : text.len));
    buffer_print(to, "%s", cut ? "..." : "");
}

static void rest_put_words(const struct settings_convert *convert, const struct config_entry *entry,
                           struct buffer *to)
{
    const char *remark = settings_origins_remark(convert->origins, entry);
    const struct config_entry *stronger = rest_stronger(convert, entry);
    const struct settings_origin *origin = rest_origin(convert, entry);
    if (strcmp(entry->path, "compat") == 0) {
        buffer_print(to, ": what it changes is written above");
    } else if (stronger != NULL) {
        buffer_print(to, ": instead of it ");
        settings_convert_put_place(convert, stronger, NULL, to);
    } else if (remark != NULL) {
        buffer_print(to, ": ");
        config_put_comment(to, slice_text(remark));
    } else if (origin != NULL && origin->key == NULL && origin->base != NULL) {
        buffer_print(to, ": given again where it counts more");
    }
}

static void rest_put_entries(const struct settings_convert *convert, enum rest_kind kind, const char *title,
                             struct buffer *to)
{
    const struct settings_origins *origins = convert->origins;
    bool titled = false;
    for (size_t i = 0; i < origins->document_count; i++)
        for (size_t j = 0; j < origins->documents[i].count; j++) {
            const struct config_entry *entry = &origins->documents[i].entries[j];
            if (convert->told[i][j] || rest_is_preset(convert, entry) != (kind == REST_PRESET))
                continue;
            buffer_print(to, "%s#   ", titled ? "" : title);
            titled = true;
            settings_convert_put_place(convert, entry, NULL, to);
            rest_put_value(convert, entry, to);
            if (kind == REST_NOTHING)
                rest_put_words(convert, entry, to);
            buffer_print(to, "\n");
        }
}

void settings_convert_put_rest(const struct settings_convert *convert, struct buffer *to)
{
    rest_put_entries(convert, REST_PRESET, "\n# As otspipe has it anyway:\n", to);
    rest_put_entries(convert, REST_NOTHING, "\n# Not needed, or without effect:\n", to);
}
