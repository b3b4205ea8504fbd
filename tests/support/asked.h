/* asked: a PutRow or UpdateRow of one row with the key (user, seq), as fault rules are asked about it. */
#ifndef SUPPORT_ASKED_H
#define SUPPORT_ASKED_H

#include "support/cmocka_all.h"

#include "base/error.h"
#include "emulator/row_key.h"
#include "emulator/rules.h"
#include "loop/clock.h"
#include "support/visit_rig.h"

struct asked {
    struct visit visit;
    struct change change;
    struct cell keys[2];
    struct arena arena;
    Ots__PutRowRequest message;
};

static inline void asked_init(struct asked *asked, const char *path, const char *table, const char *user,
                              int64_t seq)
{
    memset(asked, 0, sizeof(*asked));
    arena_init(&asked->arena, 1024);
    ots__put_row_request__init(&asked->message);
    asked->message.table_name = (char *)(uintptr_t)table;
    asked->keys[0] = visit_rig_text("user", user);
    asked->keys[1] = visit_rig_number("seq", seq);
    asked->change.table = slice_text(table);
    asked->change.key = row_key_encode(asked->keys, 2, &asked->arena);
    asked->change.bytes = 100;
    asked->visit.operation = operation_find(slice_text(path));
    asked->visit.changes = &asked->change;
    asked->visit.change_count = 1;
    asked->visit.message = &asked->message;
}

static inline void asked_fini(struct asked *asked)
{
    arena_fini(&asked->arena);
}

static inline struct rules asked_rules(const struct clock *clock, const char *json)
{
    struct rules rules;
    struct error err;
    rules_init(&rules, clock);
    if (rules_read(&rules, slice_text(json), &err) != 0)
        fail_msg("%s", err.text);
    return rules;
}

#endif
