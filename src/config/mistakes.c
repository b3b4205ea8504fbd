/* mistakes: collected, sorted by place, told. */
#include "config/mistakes.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

enum { MISTAKES_MOST = 500, MISTAKE_TEXT_MOST = 1000 };

void config_mistakes_init(struct config_mistakes *mistakes)
{
    *mistakes = (struct config_mistakes){.room = 0};
    arena_init(&mistakes->arena, 4096);
}

void config_mistakes_fini(struct config_mistakes *mistakes)
{
    free(mistakes->items);
    arena_fini(&mistakes->arena);
}

static struct config_mistake *mistakes_next(struct config_mistakes *mistakes)
{
    if (mistakes->count == mistakes->room) {
        mistakes->room = mistakes->room == 0 ? 16 : mistakes->room * 2;
        mistakes->items =
            check_memory(realloc(mistakes->items, mistakes->room * sizeof(struct config_mistake)));
    }
    return &mistakes->items[mistakes->count++];
}

static int mistake_head(char *text, size_t room, struct config_place place, const char *key)
{
    char at[40] = "";
    if (place.line > 0)
        snprintf(at, sizeof(at), ":%u:%u", place.line, place.column);
    int len = snprintf(text, room, "%.300s%s: %.200s%s", place.file, at, key == NULL ? "" : key,
                       key == NULL ? "" : ": ");
    return len < (int)room ? len : (int)room - 1;
}

/* Names come from outside: one line of printable text, whatever they hold. */
static void mistake_make_printable(char *text)
{
    for (; *text != 0; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

static void mistakes_keep(struct config_mistakes *mistakes, enum config_severity severity,
                          struct config_place place, const char *text, size_t head)
{
    struct config_mistake *mistake = mistakes_next(mistakes);
    *mistake = (struct config_mistake){.severity = severity, .place = place, .number = mistakes->count};
    mistake->text = arena_copy(&mistakes->arena, slice_text(text)).at;
    mistake->words = mistake->text + head;
}

/* A key at the top of a file is read once for each table. */
static bool mistakes_has(const struct config_mistakes *mistakes, const char *text)
{
    for (size_t i = 0; i < mistakes->count; i++)
        if (strcmp(mistakes->items[i].text, text) == 0)
            return true;
    return false;
}

void config_mistake(struct config_mistakes *mistakes, enum config_severity severity,
                    struct config_place place, const char *key, const char *format, ...)
{
    char text[MISTAKE_TEXT_MOST];
    int head = mistake_head(text, sizeof(text), place, key);
    va_list args;
    va_start(args, format);
    vsnprintf(text + head, sizeof(text) - (size_t)head, format, args);
    va_end(args);
    mistake_make_printable(text);
    mistakes->errors += severity == CONFIG_ERROR;
    if (mistakes->count > MISTAKES_MOST || mistakes_has(mistakes, text))
        return;
    if (mistakes->count < MISTAKES_MOST)
        mistakes_keep(mistakes, severity, place, text, (size_t)head);
    else
        mistakes_keep(mistakes, CONFIG_NOTE, (struct config_place){place.file, UINT_MAX, 0, 0},
                      "there is more; only the first 500 are told", 0);
}

static int mistake_order(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

static int mistakes_compare(const void *left, const void *right)
{
    const struct config_mistake *a = left;
    const struct config_mistake *b = right;
    int order = mistake_order(a->place.order, b->place.order);
    if (order == 0)
        order = mistake_order(a->place.line, b->place.line);
    if (order == 0)
        order = mistake_order(a->place.column, b->place.column);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

void config_mistakes_tell(struct config_mistakes *mistakes, config_mistake_fn *on_mistake, void *arg)
{
    if (mistakes->count > 1)
        qsort(mistakes->items, mistakes->count, sizeof(struct config_mistake), mistakes_compare);
    for (size_t i = 0; i < mistakes->count; i++)
        on_mistake(arg, &mistakes->items[i]);
}
