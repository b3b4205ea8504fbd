/* reference: texts with ${...} are made anew. */
#include "config/reference.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/buffer.h"

enum { REFERENCE_TEXT_MOST = 1 << 20 };

struct reference {
    struct config_document *document; /* lent */
    struct config_entry *entry;       /* lent: the entry in which it stands */
    struct config_mistakes *mistakes; /* lent */
    struct buffer text;               /* the new text */
};

static const char *reference_copy(const struct reference *reference, struct slice text)
{
    return arena_copy(reference->document->arena, text).at;
}

/* The text of a file, without the ends of line behind it; NULL and why: words that stay with the document. */
static const char *reference_whole(const struct reference *reference, const char *path, const char **why)
{
    struct config_mistakes told;
    struct slice text = {NULL, 0};
    config_mistakes_init(&told);
    if (config_file_read(path, 0, reference->document->arena, &text, &told) != 0)
        *why = reference_copy(reference, slice_text(told.items[0].words));
    else if (memchr(text.at, 0, text.len) != NULL)
        *why = "holds a byte 0, which no text does";
    else
        *why = NULL;
    config_mistakes_fini(&told);
    while (text.len > 0 && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
        text.len--;
    return *why == NULL ? reference_copy(reference, text) : NULL;
}

/* ${file:PATH} in a YAML file. */
static void reference_put_file(struct reference *reference, struct slice path)
{
    const char *why;
    const char *text = reference_whole(reference, reference_copy(reference, path), &why);
    reference->entry->broken = reference->entry->broken || text == NULL;
    if (text != NULL)
        buffer_add_slice(&reference->text, slice_text(text));
    else
        config_mistake(reference->mistakes, CONFIG_ERROR, reference->entry->value, reference->entry->path,
                       "the file %.*s of ${file:PATH}: %s", SLICE_ARG(path), why);
}

static bool reference_begins(struct slice text, struct slice with)
{
    return text.len >= with.len && memcmp(text.at, with.at, with.len) == 0;
}

/* The value of ${name} in a YAML file is put; what is wrong is told. */
static void reference_put_yaml(struct reference *reference, struct slice name)
{
    if (reference_begins(name, SLICE("file:"))) {
        reference_put_file(reference, slice_of(name.at + 5, name.len - 5));
        return;
    }
    const char *value = getenv(reference_copy(reference, name));
    reference->entry->broken = reference->entry->broken || name.len == 0 || value == NULL;
    if (name.len == 0)
        config_mistake(reference->mistakes, CONFIG_ERROR, reference->entry->value, reference->entry->path,
                       "${} without a name; ${NAME} is an environment variable, $${ is a plain ${");
    else if (value == NULL)
        config_mistake(reference->mistakes, CONFIG_ERROR, reference->entry->value, reference->entry->path,
                       "the environment variable %.*s is not set; set it, or write $${ for a plain ${",
                       SLICE_ARG(name));
    else
        buffer_add_slice(&reference->text, slice_text(value));
}

/* PATH:KEY -> the value of KEY in the properties file PATH, or NULL. Mistakes of that file are not ours to
 * tell. */
static const char *reference_file(const struct reference *reference, struct slice what)
{
    const char *colon = what.len == 0 ? NULL : memrchr(what.at, ':', what.len);
    struct config_document other;
    struct config_mistakes ignored;
    struct slice text;
    const char *value = NULL;
    if (colon == NULL)
        return NULL;
    const char *path = reference_copy(reference, slice_of(what.at, (size_t)(colon - what.at)));
    const char *key =
        reference_copy(reference, slice_of(colon + 1, (size_t)(what.at + what.len - colon - 1)));
    config_mistakes_init(&ignored);
    config_document_init(&other, path, 0, reference->document->arena);
    if (config_file_read(path, 0, other.arena, &text, &ignored) == 0 &&
        config_properties_read(&other, text, CONFIG_UTF8, &ignored) == 0) {
        const struct config_entry *found = config_document_find(&other, key);
        value = found == NULL ? NULL : found->text;
    }
    config_document_fini(&other);
    config_mistakes_fini(&ignored);
    return value;
}

/* PATH:NAME -> the text of the file NAME in the folder PATH, or NULL. */
static const char *reference_folder(const struct reference *reference, struct slice what)
{
    const char *why;
    const char *colon = what.len == 0 ? NULL : memrchr(what.at, ':', what.len);
    if (colon == NULL || memchr(colon, '/', (size_t)(what.at + what.len - colon)) != NULL)
        return NULL;
    char *path = arena_take(reference->document->arena, what.len + 1);
    memcpy(path, what.at, what.len);
    path[colon - what.at] = '/';
    path[what.len] = 0;
    return reference_whole(reference, path, &why);
}

/* Left as it stands, as Kafka Connect does, but said. ${name} without a colon is plain text. */
static void reference_leave(struct reference *reference, struct slice what)
{
    buffer_print(&reference->text, "${%.*s}", SLICE_ARG(what));
    if (what.len > 0 && memchr(what.at, ':', what.len) != NULL)
        config_mistake(reference->mistakes, CONFIG_WARNING, reference->entry->value, reference->entry->path,
                       "${%.*s} cannot be resolved and is left as it stands; known are ${env:NAME}, "
                       "${file:PATH:KEY} and ${directory:PATH:FILE}",
                       SLICE_ARG(what));
}

static void reference_put_connect(struct reference *reference, struct slice what)
{
    const char *value = NULL;
    if (reference_begins(what, SLICE("env:")))
        value = getenv(reference_copy(reference, slice_of(what.at + 4, what.len - 4)));
    else if (reference_begins(what, SLICE("file:")))
        value = reference_file(reference, slice_of(what.at + 5, what.len - 5));
    else if (reference_begins(what, SLICE("directory:")))
        value = reference_folder(reference, slice_of(what.at + 10, what.len - 10));
    if (value == NULL)
        reference_leave(reference, what);
    else
        buffer_add_slice(&reference->text, slice_text(value));
}

typedef void reference_put_fn(struct reference *reference, struct slice what);

/* Copies up to the next reference and puts that; answers where to go on. */
static const char *reference_step(struct reference *reference, const char *at, reference_put_fn *put,
                                  bool dollars)
{
    const char *open = strstr(at, "${");
    if (open == NULL)
        open = at + strlen(at);
    buffer_add(&reference->text, at, (size_t)(open - at));
    if (*open == 0)
        return open;
    if (dollars && open > at && open[-1] == '$') {
        buffer_add(&reference->text, "{", 1);
        return open + 2;
    }
    const char *close = strchr(open, '}');
    if (close == NULL) {
        buffer_add(&reference->text, open, strlen(open));
        return open + strlen(open);
    }
    put(reference, slice_of(open + 2, (size_t)(close - open - 2)));
    return close + 1;
}

static void reference_resolve(struct config_document *document, struct config_mistakes *mistakes,
                              reference_put_fn *put, bool dollars)
{
    struct reference reference = {.document = document, .mistakes = mistakes};
    buffer_init(&reference.text, REFERENCE_TEXT_MOST);
    for (size_t i = 0; i < document->count; i++) {
        const char *at = document->entries[i].text;
        if (strstr(at, "${") == NULL)
            continue;
        reference.entry = &document->entries[i];
        buffer_reset(&reference.text, REFERENCE_TEXT_MOST);
        while (*at != 0)
            at = reference_step(&reference, at, put, dollars);
        document->entries[i].written = document->entries[i].text;
        document->entries[i].text = arena_copy(document->arena, buffer_slice(&reference.text)).at;
    }
    buffer_fini(&reference.text);
}

void config_reference_resolve_yaml(struct config_document *document, struct config_mistakes *mistakes)
{
    reference_resolve(document, mistakes, reference_put_yaml, true);
}

void config_reference_resolve_connect(struct config_document *document, struct config_mistakes *mistakes)
{
    reference_resolve(document, mistakes, reference_put_connect, false);
}

/* A name that a shell can set. */
static bool reference_is_variable(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalpha((unsigned char)name.at[i]) && name.at[i] != '_' &&
            (i == 0 || !isdigit((unsigned char)name.at[i])))
            return false;
    return name.len > 0;
}

/* Text that means itself in Connect files and shall in YAML. */
static void reference_put_literal(struct buffer *to, const char *at, const char *end)
{
    for (; at < end; at++)
        buffer_print(to, at[0] == '$' && at + 1 < end && at[1] == '{' ? "$$" : "%c", *at);
}

/* ${directory:PATH:FILE} -> ${file:PATH/FILE}. False: it is neither, it stands for itself. */
static bool reference_translate_folder(struct slice what, struct buffer *to)
{
    const char *colon = memrchr(what.at, ':', what.len);
    const char *end = what.at + what.len;
    if (!reference_begins(what, SLICE("directory:")) || colon == what.at + 9 ||
        memchr(colon, '/', (size_t)(end - colon)) != NULL)
        return false;
    buffer_print(to, "${file:%.*s/%.*s}", (int)(colon - what.at - 10), what.at + 10, (int)(end - colon - 1),
                 colon + 1);
    return true;
}

/* ${what}; false when YAML has no word for it: behind a plain $ it would read $${. Knows what
 * reference_put_connect() does. */
static bool reference_translate(struct slice what, const struct config_variables *variables,
                                struct buffer *to)
{
    bool env = reference_begins(what, SLICE("env:"));
    struct slice name = env ? slice_of(what.at + 4, what.len - 4) : SLICE("");
    bool dollar = to->len > 0 && to->at[to->len - 1] == '$';
    if (reference_begins(what, SLICE("file:")) || (env && !reference_is_variable(name)) ||
        (dollar && (env || reference_begins(what, SLICE("directory:")))))
        return false;
    if (env) {
        buffer_print(to, "${%.*s}", SLICE_ARG(name));
        variables->on_name(variables->arg, name);
    } else if (!reference_translate_folder(what, to)) {
        reference_put_literal(to, what.at - 2, what.at + what.len + 1);
    }
    return true;
}

bool config_reference_to_yaml(const char *written, const struct config_variables *variables,
                              struct buffer *to)
{
    for (;;) {
        const char *open = strstr(written, "${");
        const char *close = open == NULL ? NULL : strchr(open, '}');
        const char *end = close == NULL ? written + strlen(written) : open;
        reference_put_literal(to, written, end);
        if (close == NULL)
            return true;
        if (!reference_translate(slice_of(open + 2, (size_t)(close - open - 2)), variables, to))
            return false;
        written = close + 1;
    }
}
