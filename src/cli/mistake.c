/* mistake: one line each. Errors stand as they are, file first, so that editors can jump to them. */
#include "cli/mistake.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool mistake_has_colour(void)
{
    const char *no_colour = getenv("NO_COLOR");
    return (no_colour == NULL || no_colour[0] == 0) && isatty(STDERR_FILENO);
}

void mistake_put(void *arg, enum settings_severity severity, const char *line)
{
    static const char *const words[] = {"", "warning: ", "note: "};
    static const char *const colours[] = {"\033[31m", "\033[33m", "\033[36m"};
    (void)arg;
    if (mistake_has_colour())
        fprintf(stderr, "%s%s%s\033[0m\n", colours[severity], words[severity], line);
    else
        fprintf(stderr, "%s%s\n", words[severity], line);
}

struct settings *mistake_read_settings(const char *const *files, size_t count)
{
    struct error err = {0};
    struct settings *settings = settings_read(files, count, mistake_put, NULL);
    if (settings == NULL || consumer_check(&settings->kafka, &err) == 0)
        return settings;
    mistake_put(NULL, SETTINGS_ERROR, err.text);
    settings_destroy(settings);
    return NULL;
}
