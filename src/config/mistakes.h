/* mistakes: everything that is wrong with a configuration, collected, so that all of it can be said at once,
 * in the order of the files. */
#ifndef CONFIG_MISTAKES_H
#define CONFIG_MISTAKES_H

#include <stddef.h>

#include "base/arena.h"

/* Where in which file; line 0: the file as a whole. */
struct config_place {
    const char *file;
    unsigned order; /* which of the files it is, from 0 */
    unsigned line;
    unsigned column; /* from 1, in characters */
};

enum config_severity { CONFIG_ERROR, CONFIG_WARNING, CONFIG_NOTE };

struct config_mistake {
    enum config_severity severity;
    struct config_place place;
    size_t number; /* keeps equal places in the order of finding */
    const char *text;
    const char *words; /* of the text, behind place and key */
};

struct config_mistakes {
    struct arena arena;
    struct config_mistake *items;
    size_t count;
    size_t room;
    size_t errors;
};

void config_mistakes_init(struct config_mistakes *mistakes);
void config_mistakes_fini(struct config_mistakes *mistakes);

/* "file:line:column: key: words"; the key may be NULL. Told once if found again for the same
 * place; above 500 a note says that there is more. */
void config_mistake(struct config_mistakes *mistakes, enum config_severity severity,
                    struct config_place place, const char *key, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

typedef void config_mistake_fn(void *arg, const struct config_mistake *mistake);
void config_mistakes_tell(struct config_mistakes *mistakes, config_mistake_fn *on_mistake, void *arg);

#endif
