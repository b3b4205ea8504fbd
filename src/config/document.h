/* document: what a configuration file says, flat: a path, a text and a place for every value. The three
 * readers fill it; nobody else knows which syntax a file has.
 *
 * Paths: YAML "kafka.properties.client.id", "routes[0].topic"; properties and JSON: the key as it stands. */
#ifndef CONFIG_DOCUMENT_H
#define CONFIG_DOCUMENT_H

#include "config/mistakes.h"

enum config_kind {
    CONFIG_TEXT,
    CONFIG_EMPTY,   /* named, but nothing there: a YAML or JSON null */
    CONFIG_SECTION, /* its members are entries of their own */
    CONFIG_LIST     /* its elements too, as path[0], path[1] ... */
};

struct config_entry {
    const char *path;
    const char *text;    /* "" when not CONFIG_TEXT */
    const char *written; /* as it stands in the file; NULL: as the text, no ${...} was resolved */
    enum config_kind kind;
    bool broken;               /* what is wrong with the text has been said: no more about it */
    struct config_place key;   /* where the name stands */
    struct config_place value; /* where the value stands */
};

enum { CONFIG_DEEPEST = 16, CONFIG_ENTRIES_MOST = 20000, CONFIG_FILE_MOST = 1 << 20 };

struct config_document {
    const char *file;
    unsigned order;      /* which of the files given, from 0 */
    struct arena *arena; /* kept: paths and texts live there */
    struct config_entry *entries;
    size_t count;
    size_t room;
};

void config_document_init(struct config_document *document, const char *file, unsigned order,
                          struct arena *arena);
void config_document_fini(struct config_document *document);

struct config_place config_document_place(const struct config_document *document, unsigned line,
                                          unsigned column);

/* Copies path and text. -1 and a mistake: a 0 byte in it, or more than CONFIG_ENTRIES_MOST. */
int config_document_add(struct config_document *document, struct slice path, struct slice text,
                        const struct config_entry *entry, struct config_mistakes *mistakes);

/* The last entry of that path, or NULL. */
const struct config_entry *config_document_find(const struct config_document *document, const char *path);

/* Entries given twice: told as mistakes of that severity, at the later one. */
void config_document_check_twice(const struct config_document *document, enum config_severity severity,
                                 struct config_mistakes *mistakes);

/* The readers. -1: told as mistakes, the document is not to be used. */
int config_yaml_read(struct config_document *document, struct slice text, struct config_mistakes *mistakes);
int config_json_read(struct config_document *document, struct slice text, struct config_mistakes *mistakes);

/* Files are ISO-8859-1, as Java reads them; a file that a ${file:...} names is UTF-8. */
enum config_charset { CONFIG_LATIN1, CONFIG_UTF8 };
int config_properties_read(struct config_document *document, struct slice text, enum config_charset charset,
                           struct config_mistakes *mistakes);

/* The whole file in the arena, at most CONFIG_FILE_MOST bytes. -1 and a mistake. */
int config_file_read(const char *file, unsigned order, struct arena *arena, struct slice *text,
                     struct config_mistakes *mistakes);

#endif
