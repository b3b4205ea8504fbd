/* flight: a request from the socket to its answer. What a fault rule or the latency asks for happens here:
 * wait, refuse, cut the connection, apply late, or never answer. A flight is over when its connection has no
 * more use for it, and nothing is left to be applied. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "emulator/emulator_private.h"
#include "emulator/operation.h"

enum { FLIGHT_SPARE_MOST = 64, FLIGHT_HEADERS_MOST = 64 };

static void flight_on_time(void *arg, struct clock_timer *timer);

static struct flight *flight_take(struct emulator *emulator)
{
    struct list *node = list_pop(&emulator->spare);
    struct flight *flight;
    if (node != NULL) {
        flight = LIST_OWNER(node, struct flight, node);
        emulator->spare_count--;
    } else {
        flight = check_memory(calloc(1, sizeof(*flight)));
        flight->emulator = emulator;
        visit_init(&flight->visit, NULL);
        clock_timer_init(&flight->timer, flight_on_time, flight);
    }
    flight->http = NULL;
    flight->answered = flight->executed = flight->gone = flight->unanswered = false;
    flight->plan = (struct rules_plan){.action = RULE_NOTHING};
    list_push(&emulator->flights, &flight->node);
    return flight;
}

static void flight_destroy(struct flight *flight)
{
    list_remove(&flight->node);
    visit_fini(&flight->visit);
    free(flight);
}

static void flight_let_keys_go(struct flight *flight);

static void flight_finish(struct flight *flight)
{
    struct emulator *emulator = flight->emulator;
    clock_stop(emulator->clock, &flight->timer);
    flight_let_keys_go(flight);
    list_remove(&flight->node);
    if (emulator->spare_count == FLIGHT_SPARE_MOST) {
        flight_destroy(flight);
        return;
    }
    emulator->spare_count++;
    list_push_front(&emulator->spare, &flight->node);
}

/* 8-4-4-4-12, the first 16 digits are the microsecond, the last 12 count. */
static void flight_name(struct emulator *emulator, char id[VISIT_REQUEST_ID + 1])
{
    uint64_t us = (uint64_t)emulator_wall_ms(emulator) * 1000 + emulator->request_count % 1000;
    uint64_t count = ++emulator->request_count;
    snprintf(id, VISIT_REQUEST_ID + 1, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(us >> 32),
             (unsigned)(us >> 16 & 0xffff), (unsigned)(us & 0xffff), (unsigned)(count >> 48),
             (unsigned long long)(count & 0xffffffffffffu));
}

/* ---- doing it ---- */

static uint64_t flight_key_hash(const struct flight *flight, uint32_t change)
{
    return instance_key_hash(flight->instance, flight->visit.changes[change].key_hash);
}

static void flight_let_keys_go(struct flight *flight)
{
    for (uint32_t i = 0; flight->keys_underway && i < flight->visit.change_count; i++)
        if (flight->visit.changes[i].key_hash != 0)
            underway_remove(&flight->emulator->underway, flight_key_hash(flight, i));
    flight->keys_underway = false;
}

static void flight_execute(struct flight *flight)
{
    struct emulator *emulator = flight->emulator;
    instance_look_at_clock(flight->instance, emulator_wall_ms(emulator));
    visit_execute(&flight->visit);
    rules_charge(&emulator->rules, &flight->visit, flight->visit.read_units);
    flight->executed = true;
    flight_let_keys_go(flight);
}

/* Is there nothing left to do for it? What its client was not told, or not validly, stands in the journal. */
static void flight_settle(struct flight *flight)
{
    struct emulator *emulator = flight->emulator;
    if (flight->http != NULL || clock_started(&flight->timer))
        return;
    bool held = flight->visit.transaction != NULL; /* nothing of it is in the journal yet */
    if (flight->executed && flight->unanswered && flight->visit.change_count > 0 && !held) {
        emulator->counters.unanswered++;
        if (emulator->journal != NULL)
            journal_add_unanswered(emulator->journal, flight->instance->ground.now_ms,
                                   emulator_journal_name(flight->instance), flight->visit.request_id);
    }
    flight_finish(flight);
}

static void flight_act(struct flight *flight)
{
    struct rules_plan *plan = &flight->plan;
    if (plan->action == RULE_ERROR)
        visit_refuse(&flight->visit, &plan->refusal);
    else if (plan->action != RULE_CUT_BEFORE)
        flight_execute(flight);
    flight_let_keys_go(flight);
    if (plan->action == RULE_CUT_BEFORE || plan->action == RULE_CUT_AFTER)
        flight_abandon(flight);
    else
        flight_answer(flight);
}

/* Applied later; or never, and then nobody waits for its keys. */
static void flight_give_up(struct flight *flight)
{
    flight_abandon(flight);
    if (flight->plan.action == RULE_LATE)
        clock_start(flight->emulator->clock, &flight->timer, flight->plan.late_ms);
    else
        flight_let_keys_go(flight);
}

static void flight_hang(struct flight *flight)
{
    if (flight->plan.applied)
        flight_execute(flight);
    flight_let_keys_go(flight);
    if (flight->gone)
        flight_abandon(flight);
}

/* The delay is over. */
static void flight_go(struct flight *flight)
{
    if (flight->plan.action == RULE_HANG)
        flight_hang(flight);
    else if (flight->plan.action != RULE_LATE)
        flight_act(flight);
    else if (!flight->plan.hold || flight->gone)
        flight_give_up(flight);
}

/* The last word for the client; before it the server was destroyed when there was no answer. */
static void flight_on_end(void *arg, bool whole)
{
    struct flight *flight = arg;
    flight->http = NULL;
    flight->unanswered = !whole || flight->gone || !flight_answer_is_valid(&flight->plan);
    if (!flight->answered)
        flight_leave(flight);
    flight_settle(flight);
}

static void flight_on_time(void *arg, struct clock_timer *timer)
{
    struct flight *flight = arg;
    (void)timer;
    if (!flight->answered) {
        flight_go(flight);
        return;
    }
    flight_execute(flight); /* late: nobody hears of it */
    flight_settle(flight);
}

/* The client hung up before it was answered. What hangs, or is held, waits for nothing else. */
static void flight_on_gone(void *arg, struct http_call *http)
{
    struct flight *flight = arg;
    (void)http;
    flight->gone = true;
    flight->emulator->counters.hung_up++;
    if (!clock_started(&flight->timer)) {
        flight_give_up(flight);
    } else if (flight->plan.drop_when_gone) {
        clock_stop(flight->emulator->clock, &flight->timer);
        flight->plan.action = RULE_CUT_BEFORE;
        flight_give_up(flight);
    }
}

/* ---- beginning ---- */

static void flight_count_keys(struct flight *flight)
{
    struct emulator *emulator = flight->emulator;
    struct visit *visit = &flight->visit;
    bool waits = flight->plan.delay_ms > 0 || flight->plan.action == RULE_LATE;
    for (uint32_t i = 0; i < visit->change_count; i++)
        if (underway_has(&emulator->underway, flight_key_hash(flight, i)))
            emulator->counters.keys_in_flight_twice++;
    for (uint32_t i = 0; waits && i < visit->change_count; i++)
        if (visit->changes[i].key_hash != 0)
            underway_add(&emulator->underway, flight_key_hash(flight, i));
    flight->keys_underway = waits && visit->change_count > 0; /* a commit has its changes later */
}

static void flight_plan(struct flight *flight)
{
    struct emulator *emulator = flight->emulator;
    const struct operation *operation = flight->visit.operation;
    rules_plan(&emulator->rules, &flight->visit, &flight->plan);
    if (operation->writes_rows || operation->reads_rows)
        flight->plan.delay_ms += emulator->latency_ms;
    flight_count_keys(flight);
}

static void flight_start(struct flight *flight, const struct operation *operation, struct slice body)
{
    struct emulator *emulator = flight->emulator;
    visit_begin(&flight->visit, operation, body);
    flight->path = slice_text(operation->path);
    if (visit_prepare(&flight->visit) != 0) {
        flight_answer(flight);
        return;
    }
    flight_plan(flight);
    if (flight->plan.delay_ms > 0)
        clock_start(emulator->clock, &flight->timer, flight->plan.delay_ms);
    else
        flight_go(flight);
}

static void flight_turn_away(struct flight *flight, struct http_call *http, struct slice path,
                             const struct refusal *refusal)
{
    struct emulator *emulator = flight->emulator;
    struct visit *visit = &flight->visit;
    visit_begin(visit, NULL, SLICE(""));
    visit->refusal = *refusal;
    visit_put_error(visit);
    counters_refuse_request(&emulator->counters, refusal->code);
    struct flight_answer answer = {&flight->pass, path, visit->request_id, refusal->status,
                                   buffer_slice(&visit->answer)};
    flight_answer_bytes(emulator, http, &answer, &flight->plan);
    flight_finish(flight);
}

/* The gate, then the rules that stand beside it. -1: refused. */
static int flight_ask_gate(struct flight *flight, const struct gate_request *asked, struct refusal *refusal)
{
    struct emulator *emulator = flight->emulator;
    if (gate_enter(emulator->gate, asked, emulator_wall_ms(emulator), &flight->pass, refusal) != 0)
        return -1;
    const struct operation *operation = flight->pass.operation;
    struct counters_operation *counters = &emulator->counters.operations[operation_index(operation)];
    struct slice token = sign_find(asked->headers, asked->header_count, SLICE("x-ots-ststoken"));
    counters->requests++;
    if (rules_turn_away(&emulator->rules, operation, token, refusal) == 0)
        return 0;
    counters->refused++;
    return -1;
}

/* More headers than any client sends cannot be signed either. [assumed] */
static int flight_enter(struct flight *flight, const struct http_call_request *request,
                        struct refusal *refusal)
{
    struct sign_header headers[FLIGHT_HEADERS_MOST];
    struct gate_request asked = {.method = request->method,
                                 .path = request->path,
                                 .headers = headers,
                                 .body = request->body,
                                 .too_large = request->too_large};
    for (size_t i = 0; i < request->header_count && i < FLIGHT_HEADERS_MOST; i++)
        headers[asked.header_count++] =
            (struct sign_header){request->headers[i].name, request->headers[i].value};
    if (flight_ask_gate(flight, &asked, refusal) != 0)
        return -1;
    if (request->header_count > FLIGHT_HEADERS_MOST)
        return refusal_set(refusal, "OTSParameterInvalid", "Too many headers.");
    return 0;
}

static void flight_open(struct flight *flight, struct http_call *http)
{
    struct emulator *emulator = flight->emulator;
    struct http_call_watch watch = {flight_on_gone, flight_on_end, flight};
    flight->http = http;
    http_call_watch(http, &watch);
    flight->instance = &emulator->instances[flight->pass.instance];
    flight->visit.ground = &flight->instance->ground;
    instance_look_at_clock(flight->instance, emulator_wall_ms(emulator));
    emulator->counters.in_flight++;
    if (emulator->counters.in_flight > emulator->counters.most_in_flight)
        emulator->counters.most_in_flight = emulator->counters.in_flight;
}

void flight_begin(struct emulator *emulator, struct http_call *http, const struct http_call_request *request)
{
    struct refusal refusal = {.status = 0};
    struct flight *flight = flight_take(emulator);
    flight_name(emulator, flight->visit.request_id);
    emulator->counters.requests++;
    emulator->counters.bytes_in += request->body.len;
    if (flight_enter(flight, request, &refusal) != 0) {
        flight_turn_away(flight, http, request->path, &refusal);
        return;
    }
    flight_open(flight, http);
    flight_start(flight, flight->pass.operation, flight->pass.body);
}

/* ---- the end ---- */

void flight_cut(struct emulator *emulator)
{
    for (struct list *node = emulator->flights.next; node != &emulator->flights; node = node->next) {
        struct flight *flight = LIST_OWNER(node, struct flight, node);
        if (!flight->answered && !clock_started(&flight->timer))
            flight_give_up(flight);
    }
}

void flight_end(struct emulator *emulator)
{
    for (struct list *node = emulator->flights.next; node != &emulator->flights;) {
        struct flight *flight = LIST_OWNER(node, struct flight, node);
        node = node->next;
        flight_finish(flight);
    }
    for (struct list *node = emulator->spare.next; node != &emulator->spare;) {
        struct flight *flight = LIST_OWNER(node, struct flight, node);
        node = node->next;
        flight_destroy(flight);
    }
    emulator->spare_count = 0;
}
