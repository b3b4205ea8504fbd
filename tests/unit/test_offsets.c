/* offsets: fates in any order against a slow, obvious model; dropped and held records; late settlements. */
#include "support/cmocka_all.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/chance.h"
#include "kafka/offsets.h"

static const struct source_partition orders_0 = {.topic = "orders", .partition = 0, .lane = 3};

static struct offsets *assigned(const struct source_partition *partitions, size_t count)
{
    struct offsets *offsets = offsets_create();
    offsets_assign(offsets, partitions, count);
    return offsets;
}

static void test_watermark_waits_for_the_oldest_open_record(void **state)
{
    (void)state;
    struct offsets *offsets = assigned(&orders_0, 1);
    struct offsets_partition *partition = offsets_find(offsets, SLICE("orders"), 0);
    struct receipt first[256], later = {0};
    assert_int_equal(offsets_watermark(partition), -1);
    for (int i = 0; i < 256; i++)
        first[i] = offsets_enter(partition, 1000 + i * 2); /* every second offset is a gap */
    later = offsets_enter(partition, 2000);
    assert_int_not_equal(first[0].run, later.run);
    receipt_settle(later, 1, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(partition), 1000);
    receipt_settle(first[0], 255, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(partition), 1000);
    assert_int_equal(offsets_open(offsets), 1);
    receipt_settle(first[9], 1, FATE_SUPERSEDED);
    assert_int_equal(offsets_watermark(partition), 2001);
    assert_int_equal(offsets_open(offsets), 0);
    assert_int_equal(offsets_fate_count(offsets, FATE_WRITTEN), 256);
    assert_int_equal(offsets_fate_count(offsets, FATE_SUPERSEDED), 1);
    offsets_destroy(offsets);
}

static void test_only_what_moved_is_offered_for_commit(void **state)
{
    (void)state;
    const struct source_partition partitions[] = {{.topic = "orders", .partition = 1},
                                                  {.topic = "items", .partition = 0},
                                                  {.topic = "orders", .partition = 0}};
    struct source_partition commit[3];
    struct offsets *offsets = assigned(partitions, 3);
    struct offsets_partition *partition = offsets_find(offsets, SLICE("orders"), 1);
    assert_int_equal(offsets_partition_count(offsets), 3);
    assert_int_equal(offsets_to_commit(offsets, commit, 3), 0);
    struct receipt receipt = offsets_enter(partition, 7);
    assert_int_equal(offsets_to_commit(offsets, commit, 3), 0);
    receipt_settle(receipt, 1, FATE_WRITTEN);
    assert_int_equal(offsets_to_commit(offsets, commit, 0), 0);
    assert_int_equal(offsets_to_commit(offsets, commit, 3), 1);
    assert_string_equal(commit[0].topic, "orders");
    assert_int_equal(commit[0].partition, 1);
    assert_int_equal(commit[0].offset, 8);
    receipt_settle(offsets_enter(partition, 8), 1, FATE_WRITTEN); /* moves on while the commit is in flight */
    offsets_committed(offsets, commit, 1);
    assert_int_equal(offsets_to_commit(offsets, commit, 3), 1);
    assert_int_equal(commit[0].offset, 9);
    offsets_committed(offsets, commit, 1);
    assert_int_equal(offsets_to_commit(offsets, commit, 3), 0);
    offsets_destroy(offsets);
}

static void test_partitions_are_found_by_topic_and_number(void **state)
{
    (void)state;
    enum { TOPICS = 7, PARTITIONS = 40 };
    struct source_partition partitions[TOPICS * PARTITIONS];
    char names[TOPICS][8];
    for (int t = 0; t < TOPICS; t++)
        snprintf(names[t], sizeof(names[t]), "%.*s", t + 1, "aaaaaaa");
    for (int i = 0; i < TOPICS * PARTITIONS; i++)
        partitions[i] = (struct source_partition){
            .topic = names[(i * 3) % TOPICS], .partition = i / TOPICS, .lane = (uint32_t)i};
    struct offsets *offsets = assigned(partitions, TOPICS * PARTITIONS);
    for (int i = 0; i < TOPICS * PARTITIONS; i++) {
        struct source_partition found;
        offsets_name(offsets_find(offsets, slice_text(partitions[i].topic), partitions[i].partition), &found);
        assert_int_equal(found.lane, i);
    }
    assert_null(offsets_find(offsets, SLICE("a"), PARTITIONS));
    assert_null(offsets_find(offsets, SLICE("b"), 0));
    assert_null(offsets_find(offsets, SLICE(""), 0));
    offsets_destroy(offsets);
}

static void test_one_record_open_for_long_costs_no_memory(void **state)
{
    (void)state;
    struct offsets *offsets = assigned(&orders_0, 1);
    struct offsets_partition *partition = offsets_find(offsets, SLICE("orders"), 0);
    struct receipt stuck = offsets_enter(partition, 0);
    for (int i = 1; i < 100000; i++) {
        struct receipt receipt = offsets_enter(partition, i);
        assert_true(receipt.run - stuck.run <= 1);
        receipt_settle(receipt, 1, FATE_WRITTEN);
    }
    assert_int_equal(offsets_watermark(partition), 0);
    receipt_settle(stuck, 1, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(partition), 100000);
    offsets_destroy(offsets);
}

static void test_a_dropped_record_stops_the_watermark_for_ever(void **state)
{
    (void)state;
    struct offsets *offsets = assigned(&orders_0, 1);
    struct offsets_partition *partition = offsets_find(offsets, SLICE("orders"), 0);
    struct source_partition commit;
    receipt_settle(offsets_enter(partition, 5), 1, FATE_WRITTEN);
    receipt_settle(offsets_enter(partition, 6), 1, FATE_DROPPED);
    for (int i = 7; i < 2000; i++)
        receipt_settle(offsets_enter(partition, i), 1, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(partition), 6);
    assert_int_equal(offsets_open(offsets), 0);
    assert_int_equal(offsets_to_commit(offsets, &commit, 1), 1);
    assert_int_equal(commit.offset, 6);
    offsets_drop(offsets);
    offsets_assign(offsets, &orders_0, 1);
    partition = offsets_find(offsets, SLICE("orders"), 0);
    receipt_settle(offsets_enter(partition, 6), 1, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(partition), 7);
    offsets_destroy(offsets);
}

static void test_a_held_record_lets_the_watermark_come_up_to_it(void **state)
{
    (void)state;
    struct offsets *offsets = assigned(&orders_0, 1);
    struct offsets_partition *partition = offsets_find(offsets, SLICE("orders"), 0);
    struct receipt before = offsets_enter(partition, 10);
    struct receipt bad = offsets_enter(partition, 11);
    struct receipt behind = offsets_enter(partition, 12);
    struct receipt bad_too = offsets_enter(partition, 13);
    offsets_hold(bad_too, 13);
    offsets_hold(bad, 11);
    assert_int_equal(offsets_open(offsets), 2);
    assert_int_equal(offsets_watermark(partition), 10);
    receipt_settle(before, 1, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(partition), 10);
    receipt_settle(behind, 1, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(partition), 11);
    for (int i = 14; i < 1000; i++)
        receipt_settle(offsets_enter(partition, i), 1, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(partition), 11);
    offsets_destroy(offsets);
}

static void test_late_settlements_count_for_nothing(void **state)
{
    (void)state;
    struct offsets *offsets = assigned(&orders_0, 1);
    struct offsets_partition *old = offsets_find(offsets, SLICE("orders"), 0);
    struct receipt late[3];
    struct source_partition origin;
    for (int i = 0; i < 3; i++)
        late[i] = offsets_enter(old, 100 + i);
    offsets_drop(offsets);
    assert_int_equal(offsets_open(offsets), 0);
    assert_null(offsets_find(offsets, SLICE("orders"), 0));
    offsets_assign(offsets, &orders_0, 1);
    struct offsets_partition *fresh = offsets_find(offsets, SLICE("orders"), 0);
    struct receipt open = offsets_enter(fresh, 100);
    receipt_settle(late[0], 1, FATE_WRITTEN);
    offsets_hold(late[1], 101);
    offsets_origin(late[2], &origin);
    assert_string_equal(origin.topic, "orders");
    assert_int_equal(origin.lane, 3);
    receipt_settle(late[2], 1, FATE_DROPPED);
    assert_int_equal(offsets_watermark(fresh), 100);
    assert_int_equal(offsets_open(offsets), 1);
    assert_int_equal(offsets_fate_count(offsets, FATE_WRITTEN), 0);
    assert_int_equal(offsets_fate_count(offsets, FATE_DROPPED), 0);
    receipt_settle(open, 1, FATE_WRITTEN);
    assert_int_equal(offsets_watermark(fresh), 101);
    offsets_destroy(offsets);
}

/* --- broken promises --- */

static void settle_twice(struct offsets *offsets)
{
    struct offsets_partition *partition = offsets_find(offsets, SLICE("orders"), 0);
    struct receipt receipt = offsets_enter(partition, 1);
    receipt_settle(receipt, 1, FATE_WRITTEN);
    receipt_settle(receipt, 1, FATE_WRITTEN);
}

static void settle_too_many(struct offsets *offsets)
{
    receipt_settle(offsets_enter(offsets_find(offsets, SLICE("orders"), 0), 1), 2, FATE_WRITTEN);
}

static void settle_unknown(struct offsets *offsets)
{
    struct receipt receipt = offsets_enter(offsets_find(offsets, SLICE("orders"), 0), 1);
    receipt.run++;
    receipt_settle(receipt, 1, FATE_WRITTEN);
}

static void enter_backwards(struct offsets *offsets)
{
    struct offsets_partition *partition = offsets_find(offsets, SLICE("orders"), 0);
    offsets_enter(partition, 9);
    offsets_enter(partition, 9);
}

static void destroy_with_open_receipts(struct offsets *offsets)
{
    offsets_enter(offsets_find(offsets, SLICE("orders"), 0), 1);
    offsets_destroy(offsets);
}

static void assign_over_an_assignment(struct offsets *offsets)
{
    offsets_assign(offsets, &orders_0, 1);
}

static void assert_stops_the_process(void (*broken)(struct offsets *offsets))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        if (freopen("/dev/null", "w", stderr) != NULL)
            broken(assigned(&orders_0, 1));
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void test_broken_promises_stop_the_process(void **state)
{
    (void)state;
    assert_stops_the_process(settle_twice);
    assert_stops_the_process(settle_too_many);
    assert_stops_the_process(settle_unknown);
    assert_stops_the_process(enter_backwards);
    assert_stops_the_process(destroy_with_open_receipts);
    assert_stops_the_process(assign_over_an_assignment);
}

/* --- the model: every record of a partition in a list, the watermark worked out anew each time --- */

enum { MODEL_RECORDS = 3000, MODEL_PARTITIONS = 3 };

enum model_fate { MODEL_OPEN, MODEL_DONE, MODEL_DROPPED, MODEL_HELD };

struct model_record {
    struct receipt receipt;
    int64_t offset;
    enum model_fate fate;
};

struct model_partition {
    struct offsets_partition *partition;
    struct model_record records[MODEL_RECORDS];
    int count;
    int64_t next;
    int64_t committed;
};

struct model {
    struct chance chance;
    struct offsets *offsets;
    struct model_partition partitions[MODEL_PARTITIONS];
    struct receipt late[MODEL_RECORDS * MODEL_PARTITIONS];
    int late_count;
    uint64_t open;
};

static const struct source_partition model_names[MODEL_PARTITIONS] = {
    {.topic = "a", .partition = 0}, {.topic = "a", .partition = 1}, {.topic = "b", .partition = 0}};

/* Runs in their order; the first with a record that is open or dropped ends it, one with a held record ends
 * it at that. */
static int64_t model_watermark(const struct model_partition *part)
{
    int64_t watermark = part->count == 0 ? -1 : part->records[0].offset;
    for (int from = 0, to; from < part->count; from = to) {
        int64_t held = INT64_MAX;
        for (to = from; to < part->count && part->records[to].receipt.run == part->records[from].receipt.run;
             to++) {
            if (part->records[to].fate == MODEL_OPEN || part->records[to].fate == MODEL_DROPPED)
                return watermark;
            if (part->records[to].fate == MODEL_HELD && part->records[to].offset < held)
                held = part->records[to].offset;
        }
        if (held != INT64_MAX)
            return held;
        watermark = part->records[to - 1].offset + 1;
    }
    return watermark;
}

/* What the promise is about, whatever the runs: nothing below the watermark lacks a fate. */
static void model_check_safe(const struct model_partition *part)
{
    int64_t watermark = offsets_watermark(part->partition);
    bool all_done = true;
    for (int i = 0; i < part->count; i++) {
        if (part->records[i].offset < watermark)
            assert_int_equal(part->records[i].fate, MODEL_DONE);
        all_done = all_done && part->records[i].fate == MODEL_DONE;
    }
    if (all_done && part->count > 0)
        assert_int_equal(watermark, part->records[part->count - 1].offset + 1);
}

static void model_check(struct model *model)
{
    struct source_partition commit[MODEL_PARTITIONS];
    size_t moved = 0;
    for (int i = 0; i < MODEL_PARTITIONS; i++) {
        struct model_partition *part = &model->partitions[i];
        assert_int_equal(offsets_watermark(part->partition), model_watermark(part));
        model_check_safe(part);
        moved += offsets_watermark(part->partition) != part->committed;
    }
    assert_int_equal(offsets_open(model->offsets), model->open);
    assert_int_equal(offsets_to_commit(model->offsets, commit, MODEL_PARTITIONS), moved);
}

static void model_assign(struct model *model)
{
    offsets_assign(model->offsets, model_names, MODEL_PARTITIONS);
    for (int i = 0; i < MODEL_PARTITIONS; i++) {
        struct model_partition *part = &model->partitions[i];
        part->partition =
            offsets_find(model->offsets, slice_text(model_names[i].topic), model_names[i].partition);
        part->count = 0;
        part->committed = -1;
    }
    model->open = 0;
}

static void model_drop(struct model *model)
{
    for (int i = 0; i < MODEL_PARTITIONS; i++) {
        struct model_partition *part = &model->partitions[i];
        for (int r = 0; r < part->count; r++) {
            if (part->records[r].fate == MODEL_OPEN)
                model->late[model->late_count++] = part->records[r].receipt;
        }
    }
    offsets_drop(model->offsets);
}

static void model_enter(struct model *model, struct model_partition *part)
{
    uint64_t count = 1 + chance_below(&model->chance, chance_below(&model->chance, 10) == 0 ? 600 : 20);
    for (uint64_t i = 0; i < count && part->count < MODEL_RECORDS; i++) {
        part->next +=
            1 + (int64_t)(chance_below(&model->chance, 5) == 0 ? chance_below(&model->chance, 100) : 0);
        struct receipt receipt = offsets_enter(part->partition, part->next);
        if (part->count == 0)
            part->committed = part->next;
        part->records[part->count++] = (struct model_record){receipt, part->next, MODEL_OPEN};
        model->open++;
    }
}

static void model_settle_one(struct model *model, struct model_record *record)
{
    uint64_t roll = chance_below(&model->chance, 400);
    record->fate = roll == 0 ? MODEL_DROPPED : roll == 1 ? MODEL_HELD : MODEL_DONE;
    model->open--;
    if (record->fate == MODEL_HELD)
        offsets_hold(record->receipt, record->offset);
    else
        receipt_settle(record->receipt, 1,
                       record->fate == MODEL_DROPPED ? FATE_DROPPED
                                                     : (enum fate)chance_below(&model->chance, FATE_DROPPED));
}

/* Most schedules settle near the head, as a pipeline does; some anywhere. */
static void model_settle(struct model *model, struct model_partition *part)
{
    uint64_t count = 1 + chance_below(&model->chance, 300);
    for (uint64_t i = 0; i < count && part->count > 0; i++) {
        int at = (int)chance_below(&model->chance, (uint64_t)part->count);
        if (chance_below(&model->chance, 4) != 0) {
            for (at = 0; at < part->count - 1 && part->records[at].fate != MODEL_OPEN; at++)
                ;
        }
        if (part->records[at].fate == MODEL_OPEN)
            model_settle_one(model, &part->records[at]);
    }
}

static void model_commit(struct model *model)
{
    struct source_partition commit[MODEL_PARTITIONS];
    size_t most = chance_below(&model->chance, MODEL_PARTITIONS + 1);
    size_t count = offsets_to_commit(model->offsets, commit, most);
    for (size_t i = 0; i < count; i++) {
        struct model_partition *part = NULL;
        for (int p = 0; p < MODEL_PARTITIONS; p++) {
            if (strcmp(commit[i].topic, model_names[p].topic) == 0 &&
                commit[i].partition == model_names[p].partition)
                part = &model->partitions[p];
        }
        assert_non_null(part);
        assert_int_equal(commit[i].offset, model_watermark(part));
        assert_int_not_equal(commit[i].offset, part->committed);
        part->committed = commit[i].offset;
    }
    offsets_committed(model->offsets, commit, count);
}

static void model_settle_late(struct model *model)
{
    if (model->late_count > 0)
        receipt_settle(model->late[--model->late_count], 1,
                       (enum fate)chance_below(&model->chance, FATE_DROPPED + 1));
}

static void model_step(struct model *model)
{
    struct model_partition *part = &model->partitions[chance_below(&model->chance, MODEL_PARTITIONS)];
    switch (chance_below(&model->chance, 40)) {
    case 0:
        model_drop(model);
        model_assign(model);
        break;
    case 1 ... 3:
        model_commit(model);
        break;
    case 4 ... 8:
        model_settle_late(model);
        break;
    case 9 ... 22:
        model_enter(model, part);
        break;
    default:
        model_settle(model, part);
        break;
    }
}

static void model_finish(struct model *model)
{
    model_drop(model);
    while (model->late_count > 0)
        model_settle_late(model);
    offsets_destroy(model->offsets);
}

static void test_random_schedules_agree_with_the_model(void **state)
{
    (void)state;
    struct model *model = calloc(1, sizeof(*model));
    assert_non_null(model);
    for (uint64_t seed = 0; seed < 10000; seed++) {
        memset(model->partitions, 0, sizeof(model->partitions));
        model->late_count = 0;
        chance_init(&model->chance, seed);
        model->offsets = offsets_create();
        model_assign(model);
        for (int step = 0; step < 12; step++)
            model_step(model);
        model_check(model);
        for (int step = 0; step < 12; step++)
            model_step(model);
        model_check(model);
        model_finish(model);
    }
    free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watermark_waits_for_the_oldest_open_record),
        cmocka_unit_test(test_only_what_moved_is_offered_for_commit),
        cmocka_unit_test(test_partitions_are_found_by_topic_and_number),
        cmocka_unit_test(test_one_record_open_for_long_costs_no_memory),
        cmocka_unit_test(test_a_dropped_record_stops_the_watermark_for_ever),
        cmocka_unit_test(test_a_held_record_lets_the_watermark_come_up_to_it),
        cmocka_unit_test(test_late_settlements_count_for_nothing),
        cmocka_unit_test(test_broken_promises_stop_the_process),
        cmocka_unit_test(test_random_schedules_agree_with_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
