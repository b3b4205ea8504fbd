/* taker: events into counters. */
#include "support/taker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "support/cmocka_all.h"

enum { LOOK_EVERY_MS = 10, PATIENCE_MS = 60000 };

struct taker_partition *taker_find(struct taker *taker, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < taker->partition_count; i++) {
        struct taker_partition *known = &taker->partitions[i];
        if (known->partition == partition && strcmp(known->topic, topic) == 0)
            return known;
    }
    assert_true(taker->partition_count < TAKER_PARTITIONS);
    struct taker_partition *made = &taker->partitions[taker->partition_count++];
    *made = (struct taker_partition){.partition = partition, .next = -1};
    snprintf(made->topic, sizeof(made->topic), "%s", topic);
    return made;
}

static void taker_forget(struct taker *taker)
{
    for (size_t i = 0; i < taker->partition_count; i++)
        taker->partitions[i].assigned = false;
    taker->assigned = 0;
    taker->holds = false;
}

static void taker_on_assign(void *arg, const struct source_partition *partitions, size_t count)
{
    struct taker *taker = arg;
    assert_false(taker->holds || taker->revoked);
    taker->assigns++;
    taker->holds = true;
    taker->assigned = count;
    for (size_t i = 0; i < count; i++) {
        struct taker_partition *partition = taker_find(taker, partitions[i].topic, partitions[i].partition);
        assert_false(partition->assigned);
        partition->assigned = true;
        partition->restarted = true;
        partition->ended = false;
        partition->lane = partitions[i].lane;
    }
}

static void taker_on_revoke(void *arg)
{
    struct taker *taker = arg;
    assert_true(taker->holds);
    taker->revokes++;
    taker->holds = false;
    taker->revoked = true;
    if (!taker->keeps_revoked)
        taker_release(taker);
}

static void taker_on_lost(void *arg)
{
    struct taker *taker = arg;
    assert_true(taker->holds);
    taker->losts++;
    taker_forget(taker);
}

static void taker_on_message(void *arg, const struct message *message)
{
    struct taker *taker = arg;
    char topic[64];
    assert_true(taker->holds);
    snprintf(topic, sizeof(topic), "%.*s", SLICE_ARG(message->topic));
    struct taker_partition *partition = taker_find(taker, topic, message->partition);
    assert_true(partition->assigned);
    if (!partition->restarted && partition->next != message->offset)
        fail_msg("%s %d: offset %lld after %lld", topic, message->partition, (long long)message->offset,
                 (long long)partition->next);
    partition->restarted = false;
    partition->next = message->offset + 1;
    partition->given++;
    taker->given[partition->lane]++;
    taker->total++;
    if (taker->on_message != NULL)
        taker->on_message(taker->arg, message);
}

static void taker_on_ready(void *arg, uint32_t lane)
{
    struct taker *taker = arg;
    uint32_t most = taker->most == 0 ? 200 : taker->most;
    assert_true(taker->holds);
    if (taker->blocked[lane])
        return;
    while (source_take(taker->source, lane, most, taker_on_message, taker) > 0)
        ;
}

static void taker_on_committed(void *arg, const struct error *err)
{
    struct taker *taker = arg;
    taker->commits++;
    taker->committed = *err;
}

static void taker_on_error(void *arg, const struct error *err)
{
    struct taker *taker = arg;
    if (taker->errors++ == 0)
        taker->error = *err;
}

static void taker_on_trouble(void *arg, const char *what, const struct error *err)
{
    struct taker *taker = arg;
    if (err == NULL)
        taker->well++;
    else if (taker->troubles++ == 0) {
        taker->trouble = *err;
        snprintf(taker->what, sizeof(taker->what), "%s", what);
    }
}

static void taker_on_end(void *arg, const char *topic, int32_t partition, int64_t offset)
{
    struct taker *taker = arg;
    struct taker_partition *ended = taker_find(taker, topic, partition);
    assert_true(ended->assigned);
    assert_false(ended->ended);
    if (ended->given > 0)
        assert_int_equal(ended->next, offset);
    ended->ended = true;
    taker->ends++;
}

static void taker_on_closed(void *arg)
{
    struct taker *taker = arg;
    assert_false(taker->holds || taker->revoked);
    taker->closed++;
}

void taker_start(struct taker *taker, struct loop *loop, const struct consumer_options *options)
{
    struct error err;
    struct source_events events = {taker,          taker_on_assign,    taker_on_revoke, taker_on_lost,
                                   taker_on_ready, taker_on_committed, taker_on_error,  taker_on_trouble,
                                   taker_on_end,   taker_on_closed};
    taker->loop = loop;
    taker->source = consumer_create(loop, options, &events, &err);
    if (taker->source == NULL)
        fail_msg("%s", err.text);
}

void taker_take(struct taker *taker)
{
    for (uint32_t lane = 0; lane < TAKER_LANES && taker->holds; lane++) {
        bool used = false;
        for (size_t i = 0; i < taker->partition_count; i++)
            used = used || (taker->partitions[i].assigned && taker->partitions[i].lane == lane);
        if (used)
            taker_on_ready(taker, lane);
    }
}

void taker_take_some(struct taker *taker, uint32_t lane, uint32_t most)
{
    if (taker->holds)
        source_take(taker->source, lane, most, taker_on_message, taker);
}

void taker_commit(struct taker *taker)
{
    struct source_partition partitions[TAKER_PARTITIONS];
    struct error err;
    size_t count = 0;
    for (size_t i = 0; i < taker->partition_count; i++) {
        struct taker_partition *from = &taker->partitions[i];
        if (from->assigned && from->next >= 0)
            partitions[count++] = (struct source_partition){
                .topic = from->topic, .partition = from->partition, .lane = from->lane, .offset = from->next};
    }
    assert_true(count > 0);
    assert_int_equal(source_commit(taker->source, partitions, count, &err), 0);
}

void taker_release(struct taker *taker)
{
    assert_true(taker->revoked);
    taker->revoked = false;
    taker_forget(taker);
    source_release(taker->source);
}

/* --- waiting --- */

struct taker_wait {
    struct loop *loop;
    taker_done_fn *done;
    void *arg;
    bool came;
    struct clock_timer look;
    struct clock_timer patience;
};

static void taker_on_look(void *arg, struct clock_timer *timer)
{
    struct taker_wait *wait = arg;
    wait->came = wait->done(wait->arg);
    if (wait->came)
        loop_stop(wait->loop);
    else
        clock_start(loop_clock(wait->loop), timer, LOOK_EVERY_MS);
}

static void taker_on_patience(void *arg, struct clock_timer *timer)
{
    struct taker_wait *wait = arg;
    (void)timer;
    loop_stop(wait->loop);
}

void taker_run(struct loop *loop, taker_done_fn *done, void *arg, const char *what)
{
    struct taker_wait wait = {.loop = loop, .done = done, .arg = arg};
    clock_timer_init(&wait.look, taker_on_look, &wait);
    clock_timer_init(&wait.patience, taker_on_patience, &wait);
    clock_start(loop_clock(loop), &wait.look, 0);
    clock_start(loop_clock(loop), &wait.patience, PATIENCE_MS);
    loop_run(loop);
    clock_stop(loop_clock(loop), &wait.look);
    clock_stop(loop_clock(loop), &wait.patience);
    if (!wait.came)
        fail_msg("waited in vain: %s", what);
}

static bool taker_is_closed(void *arg)
{
    const struct taker *taker = arg;
    return taker->closed > 0;
}

void taker_close(struct taker *taker)
{
    source_close(taker->source);
    taker_run(taker->loop, taker_is_closed, taker, "the consumer to close");
    assert_int_equal(taker->closed, 1);
    consumer_destroy(taker->source);
}
