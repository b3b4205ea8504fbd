/* error: one failure, its kind and its words. Lives on the caller's stack; nothing to free.
 * Convention: `err` is the last parameter, never NULL, untouched on success; a function that can fail returns
 * 0 or -1, or a pointer or NULL. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum error_kind {
    ERROR_NONE,
    ERROR_CONFIG, /* the operator must change something */
    ERROR_RECORD, /* this record can never be written */
    ERROR_RETRY,  /* the same call may work later */
    ERROR_FATAL   /* the channel cannot go on */
};

struct error {
    enum error_kind kind;
    char text[512]; /* cut with "..." when longer */
};

/* Both return -1, so that failing is one line: return error_set(err, ERROR_CONFIG, "open %s: %s", ...); */
int error_set(struct error *err, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts context in front: "channel orders: open ...". The kind stays. */
int error_wrap(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
