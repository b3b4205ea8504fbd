/* sim_aside: an error topic that takes its time, fails for a while, and confirms what nobody waits for any
 * more. */
#include "sim/sim.h"

#include <stdlib.h>

#include "base/check.h"

enum { ASIDE_SLOWEST_MS = 50 };

struct sim_aside {
    struct aside aside;
    struct sim_world *world;
    bool others, unread; /* the errors that it is for */
    struct list records;
    struct clock_timer timer;
    bool troubled;
};

static struct sim_aside *aside_of(struct aside *base)
{
    return (struct sim_aside *)base;
}

static void aside_wait(struct sim_aside *aside)
{
    if (!list_empty(&aside->records) && !clock_started(&aside->timer))
        clock_start(&aside->world->clock, &aside->timer, sim_between(aside->world, 0, ASIDE_SLOWEST_MS));
}

/* It must be the record as it was. */
static void aside_check(const struct sim_aside *aside, const struct aside_record *given)
{
    struct sim_bytes head;
    struct sim_world *world = aside->world;
    const struct sim_record *record = sim_oracle_read(world, given->message.value, &head);
    if (record->offset != given->message.offset || (int32_t)head.partition != given->message.partition ||
        !slice_equal(given->message.topic, slice_text(world->partitions[head.partition].topic)))
        sim_broken(world, "p%u offset %lld is set aside as another record", head.partition,
                   (long long)record->offset);
    if (record->kind == SIM_GOOD)
        sim_broken(world, "p%u offset %lld is set aside and was good", head.partition,
                   (long long)record->offset);
    if (record->kind == SIM_UNREADABLE ? !aside->unread : !aside->others)
        sim_broken(world, "p%u offset %lld is set aside in the wrong place", head.partition,
                   (long long)record->offset);
}

static size_t aside_take(struct aside *base, struct aside_record *record)
{
    struct sim_aside *aside = aside_of(base);
    aside_check(aside, record);
    list_push(&aside->records, &record->node);
    aside_wait(aside);
    return record->message.value.len;
}

static void aside_finish(struct sim_aside *aside, struct aside_record *record, bool confirmed)
{
    struct sim_bytes head;
    struct sim_record *known = sim_oracle_read(aside->world, record->message.value, &head);
    known->set_aside |= confirmed;
    sim_seen[SEEN_SET_ASIDE] += confirmed;
    sim_seen[SEEN_DEAD_LETTER] += confirmed && !aside->others;
    list_remove(&record->node);
    aside->aside.events.on_done(aside->aside.events.arg, record, confirmed);
}

static void aside_tell(struct sim_aside *aside, bool troubled)
{
    struct error err;
    error_set(&err, ERROR_RETRY, "simulated: not taken");
    if (troubled || aside->troubled)
        aside->aside.events.on_trouble(aside->aside.events.arg, &aside->aside, troubled ? &err : NULL);
    aside->troubled = troubled;
}

static void aside_on_time(void *arg, struct clock_timer *timer)
{
    struct sim_aside *aside = arg;
    (void)timer;
    bool fails = sim_hit(aside->world, aside->world->faults.aside);
    sim_seen[SEEN_ASIDE_FAILED] += fails;
    aside_tell(aside, fails);
    if (!fails)
        aside_finish(aside, LIST_OWNER(aside->records.next, struct aside_record, node), true);
    aside_wait(aside);
}

/* Some can be called back; the others are confirmed later. */
static void aside_cut_some(struct aside *base)
{
    struct sim_aside *aside = aside_of(base);
    uint32_t most = sim_draw(aside->world, 10);
    for (; most > 0 && !list_empty(&aside->records); most--)
        aside_finish(aside, LIST_OWNER(aside->records.next, struct aside_record, node), false);
    if (list_empty(&aside->records))
        clock_stop(&aside->world->clock, &aside->timer);
}

static uint32_t aside_flying(const struct aside *base)
{
    (void)base;
    return 0;
}

static const struct aside_class sim_aside_class = {aside_take, aside_cut_some, aside_flying};

struct aside *sim_aside_create(struct sim_world *world, bool others, bool unread)
{
    struct sim_aside *aside = check_memory(calloc(1, sizeof(*aside)));
    aside->aside.class = &sim_aside_class;
    aside->aside.name = others ? "error topic sim" : "dead letter queue sim";
    aside->world = world;
    aside->others = others;
    aside->unread = unread;
    list_init(&aside->records);
    clock_timer_init(&aside->timer, aside_on_time, aside);
    return &aside->aside;
}

bool sim_aside_is_empty(const struct aside *base)
{
    return base == NULL || list_empty(&((const struct sim_aside *)base)->records);
}

void sim_aside_destroy(struct aside *base)
{
    if (base == NULL)
        return;
    clock_stop(&aside_of(base)->world->clock, &aside_of(base)->timer);
    free(base);
}
