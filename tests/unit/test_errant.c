/* errant: records on their way aside when partitions are revoked or lost, or the job stops: what is not
 * confirmed is not committed, nothing is waited for without end, and a confirmation that comes too late harms
 * nobody. The channel is the real one; source, table and error topic do as they are told. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "channel/channel.h"
#include "kafka/source.h"
#include "loop/clock.h"

enum { BEFORE = 256 /* good ones: a run that is finished */, COMMIT_MS = 100, DRAIN_MS = 1000, PREFIX = 16 };

static const char config[] = "name: orders\n"
                             "kafka: {brokers: 'localhost:9092', topics: orders}\n"
                             "tablestore:\n"
                             "  endpoint: http://127.0.0.1:1\n"
                             "  instance: i\n"
                             "  access_key_id: a\n"
                             "  access_key_secret: b\n"
                             "primary_key: {mode: record_value, columns: [{name: id, type: string}]}\n"
                             "errors: {tolerance: all, sink: topic, topic: orders-errors}\n"
                             "commit_interval: 100ms\n"
                             "drain_timeout: 1s\n";

struct story {
    struct source source;
    struct sink sink;
    struct aside aside;
    struct clock clock;
    struct settings *settings;
    struct source_events events;
    struct channel *channel;

    /* The topic: a word of good and bad records; what of it was taken; what the group has. */
    char records[BEFORE + 16];
    int64_t position, committed;
    int64_t commit_asked; /* -1: none is under way */
    unsigned releases, closes, stops;

    struct batch *batch; /* in flight; NULL: none */
    struct list under_way;
    unsigned taken_aside, cuts;
};

/* --- the source: one partition of orders --- */

static struct story *story_of(const struct source *source)
{
    return (struct story *)(uintptr_t)source;
}

static uint32_t source_give(struct source *source, uint32_t lane, uint32_t most,
                            source_message_fn *on_message, void *arg)
{
    struct story *story = story_of(source);
    uint32_t count = 0;
    assert_int_equal(lane, 0);
    for (; count < most && story->records[story->position] != 0; count++) {
        bool good = story->records[story->position] == 'g';
        struct message message = {.topic = SLICE("orders"),
                                  .offset = story->position++,
                                  .timestamp_ms = 1,
                                  .value = good ? SLICE("{\"id\":\"a\"}") : SLICE("bad")};
        on_message(arg, &message);
    }
    return count;
}

static int source_ask_commit(struct source *source, const struct source_partition *partitions, size_t count,
                             struct error *err)
{
    struct story *story = story_of(source);
    (void)err;
    assert_int_equal(count, 1);
    assert_int_equal(story->commit_asked, -1);
    story->commit_asked = partitions[0].offset;
    return 0;
}

static void source_is_released(struct source *source)
{
    story_of(source)->releases++;
}

static void source_leave(struct source *source)
{
    story_of(source)->closes++;
}

static uint64_t source_no_lag(const struct source *source)
{
    (void)source;
    return 0;
}

static const struct source_class story_source = {source_give,  source_ask_commit, source_is_released,
                                                 source_leave, source_leave,      source_no_lag};

/* --- the table --- */

static size_t sink_row_size(struct sink *sink, const struct row *row)
{
    (void)sink;
    (void)row;
    return 1;
}

static char *sink_put_row(struct sink *sink, const struct row *row, char *to)
{
    (void)sink;
    (void)row;
    *to = 'r';
    return to + 1;
}

static void sink_send(struct sink *sink, struct batch *batch)
{
    struct story *story = LIST_OWNER(sink, struct story, sink);
    assert_null(story->batch);
    story->batch = batch;
}

static void sink_ignore(struct sink *sink, struct batch *batch)
{
    (void)sink;
    (void)batch;
}

static const struct sink_class story_sink = {sink_row_size, sink_put_row, sink_send, sink_ignore,
                                             sink_ignore};

/* --- the error topic: it has taken what it has, and calls nothing back --- */

static size_t aside_take(struct aside *aside, struct aside_record *record)
{
    struct story *story = LIST_OWNER(aside, struct story, aside);
    list_push(&story->under_way, &record->node);
    story->taken_aside++;
    return 0;
}

static void aside_is_cut(struct aside *aside)
{
    LIST_OWNER(aside, struct story, aside)->cuts++;
}

static uint32_t aside_nothing(const struct aside *aside)
{
    (void)aside;
    return 0;
}

static const struct aside_class story_aside = {aside_take, aside_is_cut, aside_nothing};

static void confirm(struct story *story)
{
    struct list *node = list_pop(&story->under_way);
    assert_non_null(node);
    story->aside.events.on_done(story->aside.events.arg, LIST_OWNER(node, struct aside_record, node), true);
}

/* --- the story --- */

static void pass_ms(struct story *story, int64_t ms)
{
    for (; ms >= 0; ms -= 10) {
        clock_run(&story->clock, story->clock.now_ms + 10, story->clock.wall_ms + 10);
        struct batch *batch = story->batch;
        story->batch = NULL;
        for (uint32_t i = 0; batch != NULL && i < batch->count; i++)
            batch->rows[i].verdict = VERDICT_OK;
        if (batch != NULL) {
            batch->outcome = BATCH_ANSWERED;
            batch->on_answer(batch->arg, batch);
        }
    }
}

static void answer_commit(struct story *story, int64_t wanted)
{
    struct error none = {.kind = ERROR_NONE};
    assert_int_equal(story->commit_asked, wanted);
    story->committed = wanted;
    story->commit_asked = -1;
    story->events.on_committed(story->events.arg, &none);
    pass_ms(story, 0);
}

static void assign(struct story *story)
{
    static const struct source_partition orders = {.topic = "orders"};
    story->position = story->committed;
    story->events.on_assign(story->events.arg, &orders, 1);
    pass_ms(story, 2 * COMMIT_MS);
}

static void on_stopped(void *arg)
{
    ((struct story *)arg)->stops++;
}

static void on_mistake(void *arg, enum settings_severity severity, const char *line)
{
    (void)arg;
    if (severity == SETTINGS_ERROR)
        fail_msg("%s", line);
}

static void story_begin(struct story *story, const char *records)
{
    struct settings_source text = {"orders.yaml", SLICE(config)};
    *story = (struct story){.source = {&story_source},
                            .sink = {&story_sink, 200, 1 << 16, PREFIX, true, 0},
                            .aside = {.class = &story_aside, .name = "error topic orders-errors"},
                            .commit_asked = -1};
    memset(story->records, 'g', BEFORE);
    snprintf(story->records + BEFORE, sizeof(story->records) - BEFORE, "%s", records);
    list_init(&story->under_way);
    clock_init(&story->clock, 1000, 1700000000000);
    story->settings = settings_read_sources(&text, 1, SETTINGS_COMPAT_OF_FILE, on_mistake, NULL);
    assert_non_null(story->settings);
    struct sink *sinks[] = {&story->sink};
    story->channel = channel_create(&(struct channel_options){.settings = story->settings,
                                                              .clock = &story->clock,
                                                              .sinks = sinks,
                                                              .aside = &story->aside,
                                                              .convert_aside = &story->aside,
                                                              .events = {story, on_stopped}});
    story->events = channel_source_events(story->channel);
    channel_start(story->channel, &story->source);
    assign(story);
}

static void story_end(struct story *story)
{
    if (story->closes == 0)
        channel_stop(story->channel);
    pass_ms(story, DRAIN_MS + COMMIT_MS);
    if (story->commit_asked >= 0)
        answer_commit(story, story->commit_asked);
    assert_int_equal(story->closes, 1);
    story->events.on_closed(story->events.arg);
    assert_int_equal(story->stops, 1);
    channel_destroy(story->channel);
    settings_destroy(story->settings);
    clock_fini(&story->clock);
}

static uint64_t set_aside(const struct story *story)
{
    struct channel_state state;
    channel_read_state(story->channel, &state);
    return state.set_aside;
}

static void test_what_is_not_confirmed_is_not_committed(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, "gbgbg");
    assert_int_equal(story.taken_aside, 2);
    answer_commit(&story, BEFORE);
    pass_ms(&story, 10 * COMMIT_MS);
    assert_int_equal(story.commit_asked, -1);
    confirm(&story);
    pass_ms(&story, 10 * COMMIT_MS);
    assert_int_equal(story.commit_asked, -1);
    confirm(&story);
    pass_ms(&story, COMMIT_MS);
    answer_commit(&story, BEFORE + 5);
    assert_int_equal(set_aside(&story), 2);
    story_end(&story);
}

static void test_a_revoke_waits_for_the_confirmation_commits_and_releases(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, "gbg");
    answer_commit(&story, BEFORE);
    story.events.on_revoke(story.events.arg);
    pass_ms(&story, DRAIN_MS / 2);
    assert_int_equal(story.releases, 0);
    assert_int_equal(story.commit_asked, -1);
    confirm(&story);
    pass_ms(&story, 0);
    assert_int_equal(story.releases, 0);
    answer_commit(&story, BEFORE + 3);
    assert_int_equal(story.releases, 1);
    assert_int_equal(story.cuts, 0);
    story_end(&story);
}

static void test_a_revoke_does_not_wait_without_end_and_what_comes_later_counts_for_nobody(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, "gbg");
    answer_commit(&story, BEFORE);
    story.events.on_revoke(story.events.arg);
    pass_ms(&story, DRAIN_MS + COMMIT_MS);
    assert_int_equal(story.cuts, 1);
    assert_int_equal(story.releases, 1);
    assert_int_equal(story.commit_asked, -1);
    confirm(&story);
    pass_ms(&story, 10 * COMMIT_MS);
    assert_int_equal(story.commit_asked, -1);
    assert_int_equal(set_aside(&story), 0);
    assign(&story); /* it is read again, and set aside again */
    assert_int_equal(story.taken_aside, 2);
    assert_int_equal(story.commit_asked, -1);
    confirm(&story);
    pass_ms(&story, COMMIT_MS);
    answer_commit(&story, BEFORE + 3);
    assert_int_equal(set_aside(&story), 1);
    story_end(&story);
}

static void test_a_lost_assignment_commits_nothing_and_waits_for_nothing(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, "gbgb");
    answer_commit(&story, BEFORE);
    story.events.on_lost(story.events.arg);
    assert_int_equal(story.cuts, 1);
    confirm(&story); /* of the old assignment */
    assign(&story);
    assert_int_equal(story.taken_aside, 4);
    assert_int_equal(set_aside(&story), 0);
    confirm(&story); /* of the old one, still */
    pass_ms(&story, 10 * COMMIT_MS);
    assert_int_equal(story.commit_asked, -1);
    confirm(&story);
    confirm(&story);
    pass_ms(&story, COMMIT_MS);
    answer_commit(&story, BEFORE + 4);
    assert_int_equal(set_aside(&story), 2);
    assert_int_equal(story.releases, 0);
    story_end(&story);
}

static void test_a_loss_in_the_middle_of_a_revoke_ends_its_wait(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, "b");
    answer_commit(&story, BEFORE);
    story.events.on_revoke(story.events.arg);
    pass_ms(&story, DRAIN_MS / 2);
    story.events.on_lost(story.events.arg);
    pass_ms(&story, 2 * DRAIN_MS);
    assert_int_equal(story.releases, 0);
    assert_int_equal(story.commit_asked, -1);
    assign(&story);
    assert_int_equal(story.taken_aside, 2);
    confirm(&story);
    confirm(&story);
    pass_ms(&story, COMMIT_MS);
    answer_commit(&story, BEFORE + 1);
    story_end(&story);
}

static void test_a_stop_gives_up_what_is_not_confirmed_within_the_drain_limit(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, "gbg");
    answer_commit(&story, BEFORE);
    channel_stop(story.channel);
    pass_ms(&story, DRAIN_MS / 2);
    assert_int_equal(story.closes, 0);
    pass_ms(&story, DRAIN_MS);
    assert_int_equal(story.closes, 1);
    assert_int_equal(story.commit_asked, -1);
    confirm(&story);
    story_end(&story);
    assert_int_equal(story.committed, BEFORE);
}

/* The records are the channel's until they come back, or until it goes. */
static void test_what_never_comes_back_goes_with_the_channel(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, "bb");
    answer_commit(&story, BEFORE);
    story.events.on_lost(story.events.arg);
    assign(&story);
    assert_int_equal(story.taken_aside, 4);
    story_end(&story);
    assert_int_equal(story.committed, BEFORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_confirmed_is_not_committed),
        cmocka_unit_test(test_a_revoke_waits_for_the_confirmation_commits_and_releases),
        cmocka_unit_test(test_a_revoke_does_not_wait_without_end_and_what_comes_later_counts_for_nobody),
        cmocka_unit_test(test_a_lost_assignment_commits_nothing_and_waits_for_nothing),
        cmocka_unit_test(test_a_loss_in_the_middle_of_a_revoke_ends_its_wait),
        cmocka_unit_test(test_a_stop_gives_up_what_is_not_confirmed_within_the_drain_limit),
        cmocka_unit_test(test_what_never_comes_back_goes_with_the_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
