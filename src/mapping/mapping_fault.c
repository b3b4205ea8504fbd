/* mapping_fault: filled in only when a record fails. */
#include "mapping/mapping_fault.h"

#include <stdarg.h>
#include <stdio.h>

const char *mapping_stage_name(enum mapping_stage stage)
{
    static const char *const names[] = {"convert", "transform", "map", "limit"};
    return names[stage];
}

static void fault_column(struct mapping_fault *fault, struct slice column)
{
    size_t len = column.len < sizeof(fault->column) - 1 ? column.len : sizeof(fault->column) - 1;
    if (len < column.len)
        while (len > 0 && ((unsigned char)column.at[len] & 0xc0) == 0x80)
            len--; /* not in the middle of a character */
    fault->has_column = column.at != NULL;
    if (column.at != NULL)
        memcpy(fault->column, column.at, len);
    fault->column[len] = 0;
}

int mapping_fault_set(struct mapping_fault *fault, enum mapping_stage stage, struct slice column,
                      const char *format, ...)
{
    char words[256];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    fault->stage = stage;
    fault_column(fault, column);
    if (fault->has_column)
        return error_set(&fault->error, ERROR_RECORD, "column %s: %s", fault->column, words);
    return error_set(&fault->error, ERROR_RECORD, "%s", words);
}

int mapping_fault_convert(struct mapping_fault *fault, bool of_key)
{
    fault->stage = STAGE_CONVERT;
    fault->of_key = of_key;
    fault_column(fault, (struct slice){0});
    return error_wrap(&fault->error, "%s", of_key ? "key" : "value");
}
