/* trouble: a short array; there are as many things to wait for as tables and brokers. */
#include "channel/trouble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"

enum { SAY_AGAIN_MS = 30000 };

void trouble_list_init(struct troubles *troubles, const struct clock *clock, const char *name)
{
    *troubles = (struct troubles){.clock = clock, .name = name};
}

void trouble_list_fini(struct troubles *troubles)
{
    free(troubles->items);
}

static struct trouble *trouble_list_find(const struct troubles *troubles, const char *what)
{
    for (size_t i = 0; i < troubles->count; i++) {
        if (strcmp(troubles->items[i].what, what) == 0)
            return &troubles->items[i];
    }
    return NULL;
}

static struct trouble *trouble_list_add(struct troubles *troubles)
{
    if (troubles->count == troubles->room) {
        troubles->room = troubles->room * 2 + 4;
        troubles->items = check_memory(realloc(troubles->items, troubles->room * sizeof(*troubles->items)));
    }
    return &troubles->items[troubles->count++];
}

static void trouble_list_say(const struct troubles *troubles, struct trouble *trouble)
{
    int64_t now_ms = troubles->clock->now_ms;
    trouble->said_ms = now_ms;
    if (trouble->failures == 1)
        log_warn("channel %s: %s: %s", troubles->name, trouble->what, trouble->words);
    else
        log_warn("channel %s: %s: still, after %lld s and %llu failures: %s", troubles->name, trouble->what,
                 (long long)(now_ms - trouble->since_ms) / 1000, (unsigned long long)trouble->failures,
                 trouble->words);
}

void trouble_list_begin(struct troubles *troubles, const char *what, int64_t since_ms,
                        const struct error *err)
{
    char key[TROUBLE_WHAT_MOST];
    snprintf(key, sizeof(key), "%s", what);
    struct trouble *trouble = trouble_list_find(troubles, key);
    bool is_new = trouble == NULL;
    if (is_new) {
        trouble = trouble_list_add(troubles);
        *trouble = (struct trouble){.since_ms = since_ms};
        memcpy(trouble->what, key, sizeof(key));
    }
    bool other = strcmp(trouble->words, err->text) != 0;
    snprintf(trouble->words, sizeof(trouble->words), "%s", err->text);
    trouble->failures++;
    if (is_new || (other && troubles->clock->now_ms - trouble->said_ms >= SAY_AGAIN_MS))
        trouble_list_say(troubles, trouble);
}

void trouble_list_end(struct troubles *troubles, const char *what)
{
    char key[TROUBLE_WHAT_MOST];
    snprintf(key, sizeof(key), "%s", what);
    struct trouble *trouble = trouble_list_find(troubles, key);
    if (trouble == NULL)
        return;
    log_info("channel %s: %s: over after %lld s; failures=%llu", troubles->name, trouble->what,
             (long long)(troubles->clock->now_ms - trouble->since_ms) / 1000,
             (unsigned long long)trouble->failures);
    *trouble = troubles->items[--troubles->count];
}

const struct trouble *trouble_list_oldest(const struct troubles *troubles)
{
    const struct trouble *oldest = NULL;
    for (size_t i = 0; i < troubles->count; i++) {
        if (oldest == NULL || troubles->items[i].since_ms < oldest->since_ms)
            oldest = &troubles->items[i];
    }
    return oldest;
}
