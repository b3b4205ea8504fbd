/* document: the flat list of entries, and files into memory. */
#include "config/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/check.h"

void config_document_init(struct config_document *document, const char *file, unsigned order,
                          struct arena *arena)
{
    *document = (struct config_document){.file = file, .order = order, .arena = arena};
}

void config_document_fini(struct config_document *document)
{
    free(document->entries);
}

struct config_place config_document_place(const struct config_document *document, unsigned line,
                                          unsigned column)
{
    return (struct config_place){document->file, document->order, line, column};
}

static struct config_entry *document_next(struct config_document *document)
{
    if (document->count == document->room) {
        document->room = document->room == 0 ? 64 : document->room * 2;
        document->entries =
            check_memory(realloc(document->entries, document->room * sizeof(struct config_entry)));
    }
    return &document->entries[document->count++];
}

static bool document_has_zero(struct slice text)
{
    return text.len > 0 && memchr(text.at, 0, text.len) != NULL;
}

int config_document_add(struct config_document *document, struct slice path, struct slice text,
                        const struct config_entry *entry, struct config_mistakes *mistakes)
{
    struct config_entry made = *entry;
    made.path = arena_copy(document->arena, path).at;
    if (document_has_zero(path) || document_has_zero(text)) {
        config_mistake(mistakes, CONFIG_ERROR, entry->value, made.path, "a 0 byte; text was expected");
        return -1;
    }
    if (document->count == CONFIG_ENTRIES_MOST) {
        config_mistake(mistakes, CONFIG_ERROR, entry->value, NULL, "more than %d settings in one file",
                       CONFIG_ENTRIES_MOST);
        return -1;
    }
    made.text = arena_copy(document->arena, text).at;
    *document_next(document) = made;
    return 0;
}

const struct config_entry *config_document_find(const struct config_document *document, const char *path)
{
    for (size_t i = document->count; i > 0; i--)
        if (strcmp(document->entries[i - 1].path, path) == 0)
            return &document->entries[i - 1];
    return NULL;
}

/* By path, and entries of one path in the order of the file. */
static int document_compare(const void *left, const void *right)
{
    const struct config_entry *a = *(const struct config_entry *const *)left;
    const struct config_entry *b = *(const struct config_entry *const *)right;
    int order = strcmp(a->path, b->path);
    return order != 0 ? order : (a > b) - (a < b);
}

static void document_tell_twice(const struct config_entry *first, const struct config_entry *again,
                                enum config_severity severity, struct config_mistakes *mistakes)
{
    config_mistake(mistakes, severity, again->key, again->path,
                   severity == CONFIG_ERROR ? "given twice, first in line %u; one of them must go"
                                            : "given twice, first in line %u; the last one is used",
                   first->key.line);
}

void config_document_check_twice(const struct config_document *document, enum config_severity severity,
                                 struct config_mistakes *mistakes)
{
    const struct config_entry **sorted = check_memory(malloc((document->count + 1) * sizeof(*sorted)));
    for (size_t i = 0; i < document->count; i++)
        sorted[i] = &document->entries[i];
    qsort(sorted, document->count, sizeof(*sorted), document_compare);
    for (size_t i = 1; i < document->count; i++)
        if (strcmp(sorted[i]->path, sorted[i - 1]->path) == 0)
            document_tell_twice(sorted[i - 1], sorted[i], severity, mistakes);
    free(sorted);
}

static int file_refuse(const char *file, unsigned order, const char *why, struct config_mistakes *mistakes)
{
    config_mistake(mistakes, CONFIG_ERROR, (struct config_place){file, order, 0, 0}, NULL,
                   "cannot be read: %s", why);
    return -1;
}

static int file_read_open(FILE *open, struct arena *arena, struct slice *text)
{
    struct stat about;
    if (fstat(fileno(open), &about) != 0)
        return -1;
    if (S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    /* Pipes and /dev/stdin have no size: room for the most, touched only as far as they go. */
    size_t room =
        S_ISREG(about.st_mode) && about.st_size < CONFIG_FILE_MOST ? (size_t)about.st_size : CONFIG_FILE_MOST;
    char *at = arena_take(arena, room + 1);
    *text = slice_of(at, fread(at, 1, room + 1, open));
    return ferror(open) ? -1 : 0;
}

int config_file_read(const char *file, unsigned order, struct arena *arena, struct slice *text,
                     struct config_mistakes *mistakes)
{
    FILE *open = fopen(file, "re");
    if (open == NULL)
        return file_refuse(file, order, strerror(errno), mistakes);
    int result = file_read_open(open, arena, text);
    if (result != 0)
        file_refuse(file, order, strerror(errno), mistakes);
    fclose(open);
    if (result == 0 && text->len > CONFIG_FILE_MOST)
        return file_refuse(file, order, "it is larger than 1 MB", mistakes);
    return result;
}
