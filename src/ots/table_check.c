/* table_check: describe, create when missing, wait until it serves. One step at a time; every step's failures
 * that may pass lead back to a describe, since what a lost answer did can only be seen there. Before a table
 * is called missing it is looked for among those of the other kind, which have the same names. */
#include "ots/table_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/backoff.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/log.h"
#include "loop/clock.h"
#include "ots/fault.h"

enum { BODY_MOST = 1024 * 1024, FIRST_WAIT_MS = 50, MOST_WAIT_MS = 1000, SLOW_MS = 1500 };

struct ots_table_check {
    struct clock *clock;
    struct ots_table_subject subject;
    void *options; /* the subject's, copied */
    struct ots_call *call;
    struct clock_timer timer;
    struct clock_timer slow; /* no answer yet, and whoever started us wants to know by now */
    struct backoff backoff;
    struct chance chance;
    struct buffer body;
    enum ots_table_step step;
    int64_t retry_ms;
    int64_t deadline_ms; /* a failure after it is reported */
    uint32_t failures;   /* one after the other */
    struct error why;    /* the last of them */
    int64_t began_ms;
    bool was_missing;     /* what it said at first: while it is looked for among those of the other kind */
    struct error refusal; /* and its words */
    bool is_new;          /* made by us or by somebody else just now: it may not serve yet */
    struct ots_table_state state;
    ots_table_done_fn *on_done;
    void *arg;
};

static void check_send(struct ots_table_check *check);

static void check_finish(struct ots_table_check *check, const struct error *err)
{
    if (err == NULL && check->failures > 0)
        log_info("ots: table %.*s is there after %lld s; failures=%u", SLICE_ARG(check->subject.table),
                 (long long)(check->clock->now_ms - check->began_ms) / 1000, check->failures);
    check->on_done(check->arg, &check->state, err);
}

static void check_fail(struct ots_table_check *check, const struct error *err)
{
    struct error words = *err;
    words.kind = ERROR_CONFIG;
    error_wrap(&words, "table %.*s", SLICE_ARG(check->subject.table));
    check_finish(check, &words);
}

static void check_go(struct ots_table_check *check, enum ots_table_step step)
{
    check->step = step;
    check_send(check);
}

/* Once more after a while, from `step` on; or the end of patience. */
static void check_again(struct ots_table_check *check, enum ots_table_step step, const struct error *why)
{
    int64_t wait_ms = backoff_wait_ms(&check->backoff, &check->chance);
    struct slice table = check->subject.table;
    if (check->clock->now_ms + wait_ms > check->deadline_ms) {
        struct error words = *why;
        words.kind = ERROR_RETRY;
        error_wrap(&words, "table %.*s: given up after %lld s; attempts=%u", SLICE_ARG(table),
                   (long long)check->retry_ms / 1000, check->failures + 1);
        check_finish(check, &words);
        return;
    }
    if (check->failures++ == 0)
        log_warn("ots: table %.*s cannot be looked at yet, tried again every second for %lld s: %s",
                 SLICE_ARG(table), (long long)(check->deadline_ms - check->clock->now_ms) / 1000, why->text);
    check->why = *why;
    check->step = step;
    clock_start(check->clock, &check->timer, wait_ms);
}

static void check_on_described(struct ots_table_check *check, const struct ots_answer *answer)
{
    struct ots_description found = {0};
    struct error err;
    if (check->subject.kind->read(check->options, answer->body, &found, &err) != 0) {
        if (err.kind == ERROR_CONFIG)
            check_finish(check, &err);
        else
            check_again(check, OTS_TABLE_DESCRIBE, &err);
        return;
    }
    check->state.has_index = found.has_index;
    check->state.key_count = found.key_count;
    if (!found.active) {
        error_set(&err, ERROR_RETRY, "the service says that it is not active");
        check->is_new = true;
        check_again(check, OTS_TABLE_DESCRIBE, &err);
    } else if (check->is_new) {
        check_go(check, OTS_TABLE_PROBE);
    } else {
        check_finish(check, NULL);
    }
}

/* It gets a patience of its own, once: until it serves. */
static void check_on_born(struct ots_table_check *check, bool ours)
{
    log_info("ots: table %s: table=%.*s", ours ? "created" : "was created by somebody else",
             SLICE_ARG(check->subject.table));
    const char *lacks = ours ? check->subject.kind->lacks(check->options) : NULL;
    if (lacks != NULL)
        log_warn("ots: table %.*s %s", SLICE_ARG(check->subject.table), lacks);
    check->state.created |= ours;
    check->is_new = true;
    check->deadline_ms = check->clock->now_ms + check->retry_ms;
    check->failures = 0;
    backoff_reset(&check->backoff);
    check_go(check, OTS_TABLE_DESCRIBE);
}

/* Nobody has it. */
static void check_on_gone(struct ots_table_check *check)
{
    if (!check->was_missing || !check->subject.auto_create) {
        check_fail(check, &check->refusal);
    } else if (check->subject.look_only) {
        check->state.missing = true;
        check_finish(check, NULL);
    } else {
        check_go(check, OTS_TABLE_CREATE);
    }
}

static void check_on_missing(struct ots_table_check *check, const struct ots_answer *answer)
{
    char code[80], id[80];
    if (check->step == OTS_TABLE_OTHER) {
        check_on_gone(check);
        return;
    }
    if (check->is_new) { /* not everywhere yet, or gone again */
        check_again(check, check->step == OTS_TABLE_PROBE ? OTS_TABLE_DESCRIBE : OTS_TABLE_CREATE,
                    &answer->error);
        return;
    }
    snprintf(code, sizeof(code), "%.*s", SLICE_ARG(answer->code));
    snprintf(id, sizeof(id), "%.*s", SLICE_ARG(answer->request_id));
    error_set(&check->refusal, ERROR_CONFIG,
              "it does not exist and auto_create (auto.create) is off: create it, or set auto_create "
              "(%s: %.64s, request %.64s)",
              check->subject.kind->operations[OTS_TABLE_DESCRIBE], code, id);
    check->was_missing = true;
    check_go(check, OTS_TABLE_OTHER);
}

/* What a create refuses will be refused again. A probe was refused by somebody who serves the table: reading
 * may be forbidden where writing is not. A description may be refused because the table is of the other kind
 * [assumed: or it is said to be missing]. */
static void check_on_refused(struct ots_table_check *check, const struct ots_answer *answer)
{
    if (check->step == OTS_TABLE_PROBE) {
        check_finish(check, NULL);
    } else if (check->step == OTS_TABLE_OTHER) {
        check_on_gone(check);
    } else if (check->step == OTS_TABLE_DESCRIBE && answer->outcome == OTS_REFUSED && !check->is_new) {
        check->refusal = answer->error;
        check->was_missing = false;
        check_go(check, OTS_TABLE_OTHER);
    } else {
        check_fail(check, &answer->error);
    }
}

static void check_on_other(struct ots_table_check *check)
{
    struct error err;
    error_set(&err, ERROR_CONFIG, "%s", check->subject.kind->other);
    check_fail(check, &err);
}

static void check_on_ok(struct ots_table_check *check, const struct ots_answer *answer)
{
    if (check->step == OTS_TABLE_DESCRIBE)
        check_on_described(check, answer);
    else if (check->step == OTS_TABLE_OTHER)
        check_on_other(check);
    else if (check->step == OTS_TABLE_CREATE && !check->is_new)
        check_on_born(check, true);
    else if (check->step == OTS_TABLE_CREATE)
        check_go(check, OTS_TABLE_DESCRIBE);
    else
        check_finish(check, NULL);
}

static void check_on_answer(void *arg, struct ots_call *call, const struct ots_answer *answer)
{
    struct ots_table_check *check = arg;
    (void)call;
    clock_stop(check->clock, &check->slow);
    check->state.reached |= answer->outcome == OTS_OK || ots_fault_is_of_table(answer->code);
    switch (answer->outcome) {
    case OTS_OK:
        check_on_ok(check, answer);
        return;
    case OTS_EXISTS:
        if (check->step != OTS_TABLE_CREATE || check->is_new)
            break;
        check_on_born(check, false); /* lost a race, which is as good */
        return;
    case OTS_MISSING:
        check_on_missing(check, answer);
        return;
    case OTS_REFUSED:
    case OTS_BLOCKED:
        check_on_refused(check, answer);
        return;
    case OTS_RETRY:
    case OTS_CUT:
    case OTS_UNSENT:
        break;
    }
    check_again(check, check->step == OTS_TABLE_PROBE ? OTS_TABLE_PROBE : OTS_TABLE_DESCRIBE, &answer->error);
}

static void check_on_slow(void *arg, struct clock_timer *timer)
{
    const struct ots_table_check *check = arg;
    (void)timer;
    log_warn("ots: table %.*s: %s is not answered yet; is tablestore.endpoint right, does a firewall drop "
             "packets? Tried for %lld s",
             SLICE_ARG(check->subject.table), check->subject.kind->operations[check->step],
             (long long)check->retry_ms / 1000);
}

static void check_send(struct ots_table_check *check)
{
    const struct ots_table_kind *kind = check->subject.kind;
    enum ots_table_step words = check->step == OTS_TABLE_OTHER ? OTS_TABLE_DESCRIBE : check->step;
    kind->put(check->options, words, &check->body);
    ots_call_send(check->call, kind->operations[check->step], buffer_slice(&check->body));
    if (check->failures == 0)
        clock_start(check->clock, &check->slow, SLOW_MS);
}

static void check_on_time(void *arg, struct clock_timer *timer)
{
    (void)timer;
    check_send(arg);
}

struct ots_table_check *ots_table_check_subject(struct ots_client *client, struct clock *clock,
                                                const struct ots_table_subject *subject, int64_t retry_ms,
                                                ots_table_done_fn *on_done, void *arg)
{
    struct ots_table_check *check = check_memory(calloc(1, sizeof(*check)));
    check->clock = clock;
    check->subject = *subject;
    check->options = check_memory(malloc(subject->options_bytes));
    memcpy(check->options, subject->options, subject->options_bytes);
    check->call = ots_call_create(client, check_on_answer, check);
    check->backoff = (struct backoff){.first_ms = FIRST_WAIT_MS, .most_ms = MOST_WAIT_MS};
    check->retry_ms = retry_ms;
    check->began_ms = clock->now_ms;
    check->deadline_ms = clock->now_ms + retry_ms;
    check->on_done = on_done;
    check->arg = arg;
    chance_init(&check->chance, chance_seed());
    clock_timer_init(&check->timer, check_on_time, check);
    clock_timer_init(&check->slow, check_on_slow, check);
    buffer_init(&check->body, BODY_MOST);
    check_go(check, OTS_TABLE_DESCRIBE);
    return check;
}

const char *ots_table_check_waits(const struct ots_table_check *check, int64_t *since_ms, uint32_t *failures)
{
    *since_ms = check->began_ms;
    *failures = check->failures;
    return check->failures > 0 ? check->why.text : "";
}

void ots_table_check_destroy(struct ots_table_check *check)
{
    if (check == NULL)
        return;
    clock_stop(check->clock, &check->timer);
    clock_stop(check->clock, &check->slow);
    ots_call_destroy(check->call);
    buffer_fini(&check->body);
    free(check->options);
    free(check);
}
