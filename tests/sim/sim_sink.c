/* sim_sink: a table that answers as the dice say: OK, some rows fail, all is refused, the connection is cut
 * before, while or after the rows are applied, or they are applied up to settle_ms after the cut. */
#include "sim/sim.h"

#include <stdlib.h>

#include "base/check.h"

struct sim_item {
    struct sim_partition *partition;
    struct sim_record *record;
    uint32_t epoch;
    uint8_t verdict;
    bool applied;
};

struct sim_request {
    struct list node;
    struct sim_sink *sink;
    struct batch *batch; /* NULL: answered */
    struct sim_item *items;
    uint32_t count;
    enum batch_outcome outcome;
    bool throttled;
    uint32_t to_apply; /* of a cut request: the first so many rows; the others never */
    struct clock_timer apply;
    struct clock_timer answer;
};

struct sim_sink {
    struct sink sink;
    struct sim_world *world;
    uint32_t lane;
    struct list requests;
    uint32_t in_flight;
    uint64_t sent;
};

static bool sink_ordered(const struct sim_sink *sink)
{
    return sink->world->tables[sink->lane].bucket.ordered;
}

static size_t sink_row_size(struct sink *base, const struct row *row)
{
    (void)base;
    return row->cells[0].bytes.len;
}

static char *sink_put_row(struct sink *base, const struct row *row, char *to)
{
    (void)base;
    memcpy(to, row->cells[0].bytes.at, row->cells[0].bytes.len);
    return to + row->cells[0].bytes.len;
}

static void request_free_when_over(struct sim_request *request)
{
    if (request->batch != NULL || clock_started(&request->apply))
        return;
    list_remove(&request->node);
    free(request->items);
    free(request);
}

static bool item_has_key(const struct sim_request *request, uint32_t i)
{
    return sink_ordered(request->sink) && !request->items[i].record->placeholder;
}

static struct sim_key *item_key(const struct sim_item *item)
{
    return &item->partition->keys[item->record->key];
}

/* The first row of its key in the request? */
static bool item_is_first(const struct sim_request *request, uint32_t i)
{
    for (uint32_t j = 0; j < i; j++)
        if (item_has_key(request, j) && item_key(&request->items[j]) == item_key(&request->items[i]))
            return false;
    return true;
}

static void request_check_same_key(struct sim_request *request, uint32_t i)
{
    const struct sim_item *item = &request->items[i];
    struct sim_world *world = request->sink->world;
    for (uint32_t j = 0; j < i; j++) {
        if (!item_has_key(request, j) || item_key(&request->items[j]) != item_key(item))
            continue;
        if (!request->sink->sink.same_key)
            sim_broken(world, "two rows of p%u k%u in one request", item->partition->index,
                       item->record->key);
        if (request->items[j].record->seq >= item->record->seq)
            sim_broken(world, "p%u k%u: s%u behind s%u in one request", item->partition->index,
                       item->record->key, item->record->seq, request->items[j].record->seq);
    }
}

static void request_check(struct sim_request *request)
{
    struct sim_world *world = request->sink->world;
    for (uint32_t i = 0; i < request->count; i++) {
        struct sim_item *item = &request->items[i];
        if (item_has_key(request, i))
            request_check_same_key(request, i);
        if (!item_has_key(request, i) || item_is_first(request, i))
            sim_oracle_request(world, item->partition, item->record, item->record->seq,
                               sink_ordered(request->sink));
    }
    for (uint32_t i = 0; i < request->count; i++)
        if (item_has_key(request, i) && item_is_first(request, i))
            item_key(&request->items[i])->in_flight++;
}

static void request_read(struct sim_request *request, const struct batch *batch)
{
    struct sim_sink *sink = request->sink;
    struct sim_world *world = sink->world;
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct batch_row *row = &batch->rows[i];
        struct sim_bytes head;
        struct slice bytes = slice_of(batch->body.at + sink->sink.prefix_bytes + row->at, row->bytes);
        struct sim_record *record = sim_oracle_read(world, bytes, &head);
        request->items[i] = (struct sim_item){
            .partition = &world->partitions[head.partition], .record = record, .epoch = head.epoch};
        if (head.epoch != world->epoch || !sim_source_owns(world->source))
            sim_broken(world, "p%u offset %lld of assignment %u is sent in assignment %u%s", head.partition,
                       (long long)record->offset, head.epoch, world->epoch,
                       sim_source_owns(world->source) ? "" : ", which is not ours any more");
        if (row->mark != record->offset)
            sim_broken(world, "a row carries another row's mark");
        sim_trace(world, "  lane %u request %llu: p%u k%u s%u op%u%s", sink->lane,
                  (unsigned long long)sink->sent, head.partition, record->key, record->seq, record->op,
                  record->kind == SIM_GOOD ? "" : " BAD");
    }
}

static bool request_has_poison(const struct sim_request *request)
{
    for (uint32_t i = 0; i < request->count; i++)
        if (request->items[i].record->kind == SIM_POISON)
            return true;
    return false;
}

static void request_plan_rows(struct sim_request *request)
{
    struct sim_world *world = request->sink->world;
    bool partly = sim_hit(world, world->faults.partly);
    request->outcome = BATCH_ANSWERED;
    for (uint32_t i = 0; i < request->count; i++) {
        struct sim_item *item = &request->items[i];
        item->verdict = partly && sim_hit(world, world->faults.row) ? VERDICT_RETRY
                        : item->record->kind == SIM_REFUSED         ? VERDICT_REJECT
                                                                    : VERDICT_OK;
        sim_seen[SEEN_PARTLY] += item->verdict == VERDICT_RETRY;
        request->throttled |= item->verdict == VERDICT_RETRY && item->record->offset % 2 == 0;
    }
}

/* Some, all or none of the rows are applied; each way is drawn. */
static void request_plan_cut(struct sim_request *request)
{
    struct sim_world *world = request->sink->world;
    request->outcome = BATCH_CUT;
    request->to_apply = sim_draw(world, 3) == 0   ? 0
                        : sim_draw(world, 2) == 0 ? request->count
                                                  : sim_draw(world, request->count + 1);
    if (request_has_poison(request))
        request->to_apply = 0;
    sim_seen[SEEN_CUT]++;
    sim_seen[SEEN_CUT_APPLIED] += request->to_apply > 0;
}

static void request_plan(struct sim_request *request)
{
    struct sim_world *world = request->sink->world;
    int64_t now_ms = world->clock.now_ms;
    if (now_ms >= world->faults.blocked_from_ms && now_ms < world->faults.blocked_to_ms) {
        request->outcome = BATCH_BLOCKED;
        sim_seen[SEEN_BLOCKED]++;
    } else if (sim_hit(world, world->faults.unsent)) {
        request->outcome = BATCH_UNSENT;
        sim_seen[SEEN_UNSENT]++;
    } else if (sim_hit(world, world->faults.retry)) {
        request->outcome = BATCH_RETRY;
        request->throttled = sim_draw(world, 2) == 0;
        sim_seen[SEEN_THROTTLED]++;
    } else if (sim_hit(world, world->faults.cut)) {
        request_plan_cut(request);
    } else if (request_has_poison(request)) {
        request->outcome = BATCH_REFUSED;
        sim_seen[request->count > 1 ? SEEN_SPLIT : SEEN_REFUSED]++;
    } else {
        request_plan_rows(request);
    }
}

static bool item_is_to_apply(const struct sim_request *request, uint32_t i)
{
    const struct sim_item *item = &request->items[i];
    if (item->applied || item->record->kind != SIM_GOOD)
        return false;
    return request->outcome == BATCH_CUT ? i < request->to_apply
                                         : request->outcome == BATCH_ANSWERED && item->verdict == VERDICT_OK;
}

static void request_apply(struct sim_request *request)
{
    for (uint32_t i = 0; i < request->count; i++) {
        if (!item_is_to_apply(request, i))
            continue;
        request->items[i].applied = true;
        sim_oracle_apply(request->sink->world, request->items[i].partition, request->items[i].record,
                         sink_ordered(request->sink));
    }
}

static void request_on_apply(void *arg, struct clock_timer *timer)
{
    struct sim_request *request = arg;
    (void)timer;
    sim_seen[SEEN_LATE] += request->batch == NULL;
    request_apply(request);
    request_free_when_over(request);
}

static void request_fill_rows(struct sim_request *request, struct batch *batch)
{
    for (uint32_t i = 0; i < request->count; i++) {
        struct sim_item *item = &request->items[i];
        batch->rows[i].verdict = item->verdict;
        if (item->verdict == VERDICT_OK)
            sim_oracle_ack(request->sink->world, item->partition, item->record, item->epoch);
        item->record->told |= item->verdict == VERDICT_REJECT;
        if (item->verdict != VERDICT_REJECT)
            continue;
        batch->rows[i].why = (uint32_t)batch->reasons.len;
        CHECK(buffer_add(&batch->reasons, "refused", 8) == 0);
    }
}

static void request_release_keys(struct sim_request *request)
{
    struct sim_world *world = request->sink->world;
    int64_t settle_ms = world->tables[request->sink->lane].bucket.settle_ms;
    for (uint32_t i = 0; i < request->count; i++) {
        if (!item_has_key(request, i) || !item_is_first(request, i))
            continue;
        item_key(&request->items[i])->in_flight--;
        if (request->outcome == BATCH_CUT)
            item_key(&request->items[i])->settled_ms = world->clock.now_ms + settle_ms;
    }
}

static void request_on_answer(void *arg, struct clock_timer *timer)
{
    struct sim_request *request = arg;
    struct batch *batch = request->batch;
    (void)timer;
    if (request->outcome != BATCH_CUT) {
        clock_stop(&request->sink->world->clock, &request->apply);
        request_apply(request);
    }
    batch->outcome = request->outcome;
    batch->throttled = request->throttled;
    if (request->outcome == BATCH_ANSWERED)
        request_fill_rows(request, batch);
    else
        error_set(&batch->error, ERROR_RETRY, "simulated outcome %d", (int)request->outcome);
    if (request->outcome == BATCH_REFUSED && request->count == 1)
        request->items[0].record->told = true;
    request_release_keys(request);
    sim_trace(request->sink->world, "lane %u answers %d, %u rows", request->sink->lane, (int)request->outcome,
              request->count);
    request->batch = NULL;
    request->sink->in_flight--;
    request_free_when_over(request);
    batch->on_answer(batch->arg, batch);
}

/* A cut request's rows are applied before the cut or, late, up to a millisecond before they are thought to be
 * settled. */
static void request_start_apply(struct sim_request *request, int64_t answer_ms)
{
    struct sim_world *world = request->sink->world;
    int64_t settle_ms = world->tables[request->sink->lane].bucket.settle_ms;
    int64_t apply_ms = sim_between(world, 0, answer_ms);
    if (request->outcome == BATCH_CUT && sim_hit(world, world->faults.late))
        apply_ms = answer_ms + sim_between(world, 1, settle_ms - 1);
    clock_start(&world->clock, &request->apply, apply_ms);
}

static void sink_send(struct sink *base, struct batch *batch)
{
    struct sim_sink *sink = (struct sim_sink *)base;
    struct sim_world *world = sink->world;
    struct sim_request *request = check_memory(calloc(1, sizeof(*request)));
    if (batch->count == 0 || batch->count > base->rows_most ||
        batch->body.len > base->prefix_bytes + base->bytes_most)
        sim_broken(world, "a request of %u rows and %zu bytes", batch->count, batch->body.len);
    request->sink = sink;
    request->batch = batch;
    request->count = batch->count;
    request->items = check_memory(calloc(batch->count, sizeof(*request->items)));
    batch->sink_state = request;
    clock_timer_init(&request->apply, request_on_apply, request);
    clock_timer_init(&request->answer, request_on_answer, request);
    list_push(&sink->requests, &request->node);
    sink->in_flight++;
    sink->sent++;
    request_read(request, batch);
    request_check(request);
    request_plan(request);
    int64_t answer_ms = sim_between(world, 0, sim_hit(world, world->faults.delay) ? 3000 : world->slowest_ms);
    clock_start(&world->clock, &request->answer, answer_ms);
    request_start_apply(request, answer_ms);
}

/* Most cuts lose the answer; some come too late for that. */
static void sink_cut(struct sink *base, struct batch *batch)
{
    struct sim_sink *sink = (struct sim_sink *)base;
    struct sim_request *request = batch->sink_state;
    struct sim_world *world = sink->world;
    int64_t answer_ms = sim_between(world, 0, 3);
    if (sim_draw(world, 4) > 0 && request->outcome != BATCH_CUT)
        request_plan_cut(request);
    clock_start(&world->clock, &request->answer, answer_ms);
    if (clock_started(&request->apply))
        request_start_apply(request, answer_ms);
}

static void sink_forget(struct sink *base, struct batch *batch)
{
    (void)base;
    (void)batch;
}

static const struct sink_class sim_sink_class = {sink_row_size, sink_put_row, sink_send, sink_cut,
                                                 sink_forget};

struct sim_sink *sim_sink_create(struct sim_world *world, uint32_t lane)
{
    struct sim_sink *sink = check_memory(calloc(1, sizeof(*sink)));
    sink->sink.class = &sim_sink_class;
    sink->sink.rows_most =
        (uint32_t)sim_between(world, 1, 1) + sim_draw(world, sim_draw(world, 2) == 0 ? 8 : 60);
    sink->sink.bytes_most = (size_t)sim_between(world, 500, sim_draw(world, 2) == 0 ? 2000 : 60000);
    sink->sink.prefix_bytes = sim_draw(world, 50);
    sink->sink.same_key = world->tables[lane].same_key;
    sink->world = world;
    sink->lane = lane;
    list_init(&sink->requests);
    return sink;
}

void sim_sink_destroy(struct sim_sink *sink)
{
    CHECK(list_empty(&sink->requests));
    free(sink);
}

struct sink *sim_sink_base(struct sim_sink *sink)
{
    return &sink->sink;
}

bool sim_sink_is_quiet(const struct sim_sink *sink)
{
    return list_empty(&sink->requests);
}

uint32_t sim_sink_in_flight(const struct sim_sink *sink)
{
    return sink->in_flight;
}
