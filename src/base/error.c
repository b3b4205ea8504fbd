/* error: made and wrapped in one line, cut rather than overflowed. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void error_cut(struct error *err, int wanted)
{
    if (wanted >= (int)sizeof(err->text))
        memcpy(err->text + sizeof(err->text) - 4, "...", 4);
}

int error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    va_list args;
    err->kind = kind;
    va_start(args, format);
    int wanted = vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    error_cut(err, wanted);
    return -1;
}

int error_wrap(struct error *err, const char *format, ...)
{
    char before[sizeof(err->text)];
    char after[sizeof(err->text)];
    va_list args;
    va_start(args, format);
    vsnprintf(before, sizeof(before), format, args);
    va_end(args);
    memcpy(after, err->text, sizeof(after));
    int wanted = snprintf(err->text, sizeof(err->text), "%s: %s", before, after);
    error_cut(err, wanted);
    return -1;
}
