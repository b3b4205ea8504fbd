/* offsets: runs of one partition are a ring with sequence numbers, so that a receipt finds its run in one
 * step. The watermark of a partition goes over finished runs from the head only. A run that holds a dropped
 * record never finishes: the watermark stays before it until the partition is assigned anew. */
#include "kafka/offsets.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/list.h"

enum { RUN_RECORDS = 256, RUNS_FIRST = 8, FATES = FATE_DROPPED + 1 };

static const int64_t NOTHING_HELD = INT64_MAX;

struct run {
    int64_t last;     /* the highest offset in it */
    int64_t held_at;  /* the lowest offset that is held, or NOTHING_HELD */
    uint32_t records; /* since it was empty the last time */
    uint32_t open;    /* of those, without a fate */
    bool dropped;
};

struct offsets_partition {
    struct receipt_book book; /* first: the receipts point here */
    struct offsets *offsets;
    struct list zombie; /* in offsets->zombies after the drop */
    bool live;
    char *topic_text;
    struct slice topic; /* of topic_text */
    int32_t partition;
    uint32_t lane;
    int64_t watermark; /* -1: nothing read yet */
    int64_t committed; /* what the group has; -1: unknown */
    uint64_t open;
    uint64_t head; /* number of the oldest run */
    size_t count;
    size_t room; /* a power of two */
    struct run *runs;
};

struct offsets {
    struct offsets_partition **live; /* by topic and partition, ascending */
    size_t live_count;
    struct offsets_partition *last_found;
    struct list zombies;
    uint64_t open; /* of live partitions */
    uint64_t fates[FATES];
};

static struct run *partition_run(const struct offsets_partition *partition, uint64_t number)
{
    return &partition->runs[number & (partition->room - 1)];
}

static void partition_destroy(struct offsets_partition *partition)
{
    list_remove(&partition->zombie);
    free(partition->topic_text);
    free(partition->runs);
    free(partition);
}

static void partition_pop_finished(struct offsets_partition *partition)
{
    while (partition->count > 0) {
        struct run *run = partition_run(partition, partition->head);
        if (run->open > 0 || run->dropped)
            return;
        if (run->held_at != NOTHING_HELD) {
            partition->watermark = run->held_at;
            return;
        }
        partition->watermark = run->last + 1;
        partition->head++;
        partition->count--;
    }
}

/* The run of a receipt that has fewer open records than are to be settled was settled before: a broken
 * promise. */
static struct run *partition_settle(struct offsets_partition *partition, uint64_t number, uint32_t count)
{
    CHECK(number - partition->head < partition->count);
    struct run *run = partition_run(partition, number);
    CHECK(run->open >= count);
    run->open -= count;
    partition->open -= count;
    if (partition->live)
        partition->offsets->open -= count;
    return run;
}

static void partition_advance(struct offsets_partition *partition)
{
    if (partition->live)
        partition_pop_finished(partition);
    else if (partition->open == 0)
        partition_destroy(partition);
}

static void partition_on_settle(struct receipt_book *book, uint64_t number, uint32_t count, enum fate fate)
{
    struct offsets_partition *partition = LIST_OWNER(book, struct offsets_partition, book);
    struct run *run = partition_settle(partition, number, count);
    if (fate == FATE_DROPPED)
        run->dropped = true;
    if (partition->live)
        partition->offsets->fates[fate] += count;
    partition_advance(partition);
}

void offsets_hold(struct receipt receipt, int64_t offset)
{
    struct offsets_partition *partition = LIST_OWNER(receipt.book, struct offsets_partition, book);
    struct run *run = partition_settle(partition, receipt.run, 1);
    CHECK(offset <= run->last);
    if (offset < run->held_at)
        run->held_at = offset;
    partition_advance(partition);
}

static struct offsets_partition *partition_create(struct offsets *offsets,
                                                  const struct source_partition *origin)
{
    struct offsets_partition *partition = check_memory(calloc(1, sizeof(*partition)));
    partition->book.settle = partition_on_settle;
    partition->offsets = offsets;
    list_init(&partition->zombie);
    partition->live = true;
    partition->topic_text = check_memory(strdup(origin->topic));
    partition->topic = slice_text(partition->topic_text);
    partition->partition = origin->partition;
    partition->lane = origin->lane;
    partition->watermark = -1;
    partition->committed = -1;
    partition->room = RUNS_FIRST;
    partition->runs = check_memory(calloc(RUNS_FIRST, sizeof(*partition->runs)));
    return partition;
}

struct offsets *offsets_create(void)
{
    struct offsets *offsets = check_memory(calloc(1, sizeof(*offsets)));
    list_init(&offsets->zombies);
    return offsets;
}

void offsets_destroy(struct offsets *offsets)
{
    offsets_drop(offsets);
    CHECK(list_empty(&offsets->zombies));
    free(offsets);
}

static int partition_compare(const struct offsets_partition *partition, struct slice topic, int32_t number)
{
    int order = slice_compare(partition->topic, topic);
    return order != 0 ? order : (partition->partition > number) - (partition->partition < number);
}

static int partition_order(const void *a, const void *b)
{
    const struct offsets_partition *const *left = a;
    const struct offsets_partition *const *right = b;
    return partition_compare(*left, (*right)->topic, (*right)->partition);
}

void offsets_assign(struct offsets *offsets, const struct source_partition *partitions, size_t count)
{
    CHECK(offsets->live_count == 0);
    if (count == 0)
        return;
    offsets->live = check_memory(calloc(count, sizeof(struct offsets_partition *)));
    offsets->live_count = count;
    for (size_t i = 0; i < count; i++)
        offsets->live[i] = partition_create(offsets, &partitions[i]);
    qsort(offsets->live, count, sizeof(struct offsets_partition *), partition_order);
    for (size_t i = 1; i < count; i++)
        CHECK(partition_order(&offsets->live[i - 1], &offsets->live[i]) < 0); /* none twice */
}

void offsets_drop(struct offsets *offsets)
{
    for (size_t i = 0; i < offsets->live_count; i++) {
        struct offsets_partition *partition = offsets->live[i];
        partition->live = false;
        list_push(&offsets->zombies, &partition->zombie);
        partition_advance(partition);
    }
    free(offsets->live);
    offsets->live = NULL;
    offsets->live_count = 0;
    offsets->last_found = NULL;
    offsets->open = 0;
}

struct offsets_partition *offsets_find(struct offsets *offsets, struct slice topic, int32_t partition)
{
    struct offsets_partition *last = offsets->last_found;
    if (last != NULL && last->partition == partition && slice_equal(last->topic, topic))
        return last;
    size_t from = 0;
    size_t to = offsets->live_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = partition_compare(offsets->live[middle], topic, partition);
        if (order == 0)
            return offsets->last_found = offsets->live[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static void partition_grow(struct offsets_partition *partition)
{
    size_t room = partition->room * 2;
    CHECK(room > 0);
    struct run *runs = check_memory(calloc(room, sizeof(*runs)));
    for (size_t i = 0; i < partition->count; i++)
        runs[(partition->head + i) & (room - 1)] = *partition_run(partition, partition->head + i);
    free(partition->runs);
    partition->runs = runs;
    partition->room = room;
}

/* The youngest run is joined while it is short, and also when all of it is settled: behind one record that
 * stays open for hours, millions of finished ones are then still one run. One that the watermark cannot pass
 * is closed. */
static bool run_is_joined(struct run *run)
{
    if (run->dropped || run->held_at != NOTHING_HELD)
        return false;
    if (run->open == 0)
        run->records = 0;
    return run->records < RUN_RECORDS;
}

static struct run *partition_open_run(struct offsets_partition *partition)
{
    if (partition->count > 0) {
        struct run *youngest = partition_run(partition, partition->head + partition->count - 1);
        if (run_is_joined(youngest))
            return youngest;
    }
    if (partition->count == partition->room)
        partition_grow(partition);
    struct run *run = partition_run(partition, partition->head + partition->count);
    *run = (struct run){.last = -1, .held_at = NOTHING_HELD};
    partition->count++;
    return run;
}

static void partition_first(struct offsets_partition *partition, int64_t offset)
{
    partition->watermark = offset;
    partition->committed = offset;
}

struct receipt offsets_enter(struct offsets_partition *partition, int64_t offset)
{
    CHECK(partition->live && offset >= 0 && offset >= partition->watermark);
    if (partition->watermark < 0)
        partition_first(partition, offset);
    struct run *run = partition_open_run(partition);
    CHECK(offset > run->last);
    run->last = offset;
    run->records++;
    run->open++;
    partition->open++;
    partition->offsets->open++;
    return (struct receipt){&partition->book, partition->head + partition->count - 1};
}

size_t offsets_to_commit(struct offsets *offsets, struct source_partition *partitions, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < offsets->live_count && count < most; i++) {
        const struct offsets_partition *partition = offsets->live[i];
        if (partition->watermark == partition->committed)
            continue;
        offsets_name(partition, &partitions[count]);
        partitions[count++].offset = partition->watermark;
    }
    return count;
}

void offsets_committed(struct offsets *offsets, const struct source_partition *partitions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct offsets_partition *partition =
            offsets_find(offsets, slice_text(partitions[i].topic), partitions[i].partition);
        if (partition != NULL)
            partition->committed = partitions[i].offset;
    }
}

uint64_t offsets_open(const struct offsets *offsets)
{
    return offsets->open;
}

size_t offsets_partition_count(const struct offsets *offsets)
{
    return offsets->live_count;
}

void offsets_name(const struct offsets_partition *partition, struct source_partition *origin)
{
    *origin = (struct source_partition){
        .topic = partition->topic_text, .partition = partition->partition, .lane = partition->lane};
}

void offsets_origin(struct receipt receipt, struct source_partition *origin)
{
    offsets_name(LIST_OWNER(receipt.book, struct offsets_partition, book), origin);
}

uint64_t offsets_fate_count(const struct offsets *offsets, enum fate fate)
{
    return offsets->fates[fate];
}

int64_t offsets_watermark(const struct offsets_partition *partition)
{
    return partition->watermark;
}
