/* check_connect: a line a thing, as soon as it is known: an answer may take two seconds. */
#include "cli/check_connect.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/screen.h"

enum { WHAT_COLUMNS = 36 };

static void check_mark_on_terminal(enum check_mark mark, const char *what, const char *words)
{
    static const char *const marks[] = {"\xe2\x9c\x93", "!", "\xe2\x9c\x97"};
    static const char *const colours[] = {"\033[32m", "\033[33m", "\033[31m"};
    bool colour = screen_has_colour(STDOUT_FILENO);
    printf("%s%s%s %-*s  %s\n", colour ? colours[mark] : "", marks[mark], colour ? "\033[0m" : "",
           WHAT_COLUMNS, what, words);
}

void check_mark_put(enum check_mark mark, const char *what, const char *format, ...)
{
    static const char *const names[] = {"ok", "warning", "error"};
    char words[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    if (screen_is_terminal())
        check_mark_on_terminal(mark, what, words);
    else
        printf("%s: %s: %s\n", names[mark], what, words);
    fflush(stdout);
}

/* The lines below say it in the form of this command. */
static void check_drop_log(void *arg, enum log_level level, struct slice line)
{
    (void)arg;
    (void)level;
    (void)line;
}

unsigned check_connect(const struct settings *settings)
{
    unsigned wrong = 0;
    log_set_output(check_drop_log, NULL);
    check_connect_kafka(settings, &wrong);
    check_connect_tables(settings, &wrong);
    log_set_output(NULL, NULL);
    if (ferror(stdout)) {
        perror("otspipe check: stdout");
        wrong++;
    }
    return wrong;
}
