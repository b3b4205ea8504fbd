/* flight: a request from the socket to its answer. What a fault rule or the latency asks for happens here:
 * wait, refuse, cut the connection, apply late, or never answer. */
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
        visit_init(&flight->visit, &emulator->ground);
        clock_timer_init(&flight->timer, flight_on_time, flight);
    }
    list_push(&emulator->flights, &flight->node);
    return flight;
}

static void flight_destroy(struct flight *flight)
{
    list_remove(&flight->node);
    visit_fini(&flight->visit);
    free(flight);
}

static void flight_give_back(struct flight *flight)
{
    struct emulator *emulator = flight->emulator;
    clock_stop(emulator->clock, &flight->timer);
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

/* Versions never go back, whatever the clock does. */
static void flight_look_at_clock(struct emulator *emulator)
{
    if (emulator_wall_ms(emulator) > emulator->ground.now_ms)
        emulator->ground.now_ms = emulator_wall_ms(emulator);
}

/* ---- the answer ---- */

static void flight_answer_bytes(struct emulator *emulator, struct http_call *http, struct slice path,
                                const char *request_id, int status, struct slice body)
{
    struct sign_header seal[GATE_SEAL];
    struct http_header headers[GATE_SEAL];
    gate_seal(emulator->gate, path, request_id, body, emulator_wall_ms(emulator), seal);
    for (int i = 0; i < GATE_SEAL; i++)
        headers[i] = (struct http_header){seal[i].name, seal[i].value};
    emulator->counters.bytes_out += body.len;
    http_answer(http, status, headers, GATE_SEAL, body);
}

static void flight_let_keys_go(struct flight *flight)
{
    for (uint32_t i = 0; flight->keys_underway && i < flight->visit.change_count; i++)
        if (flight->visit.changes[i].key_hash != 0)
            underway_remove(&flight->emulator->underway, flight->visit.changes[i].key_hash);
    flight->keys_underway = false;
}

/* The client has its answer, or will never get one. */
static void flight_leave(struct flight *flight)
{
    flight->http = NULL;
    flight->emulator->counters.in_flight--;
}

static void flight_answer(struct flight *flight)
{
    struct visit *visit = &flight->visit;
    int status = 200;
    if (visit->refusal.status != 0) {
        struct emulator *emulator = flight->emulator;
        emulator->counters.refused++;
        emulator->counters.operations[operation_index(visit->operation)].refused++;
        status = visit->refusal.status;
        visit_put_error(visit);
    }
    struct slice body = buffer_slice(&visit->answer);
    if (visit->refusal.status != 0 && flight->plan.text[0] != 0)
        body = slice_text(flight->plan.text);
    flight_answer_bytes(flight->emulator, flight->http, flight->path, visit->request_id, status, body);
    flight_leave(flight);
}

static void flight_abandon(struct flight *flight)
{
    flight->emulator->counters.cut++;
    http_abandon(flight->http);
    flight_leave(flight);
}

static void flight_finish(struct flight *flight)
{
    flight_let_keys_go(flight);
    flight_give_back(flight);
}

/* ---- doing it ---- */

/* The rules' refusals count as faults of their own; what the operation refuses stands in visit->refusal. */
static void flight_execute(struct flight *flight)
{
    flight_look_at_clock(flight->emulator);
    visit_execute(&flight->visit);
}

static void flight_execute_unanswered(struct flight *flight)
{
    struct emulator *emulator = flight->emulator;
    flight_execute(flight);
    if (emulator->journal != NULL && flight->visit.change_count > 0)
        journal_add_unanswered(emulator->journal, emulator->ground.now_ms, flight->visit.request_id);
}

static void flight_act(struct flight *flight)
{
    struct rules_plan *plan = &flight->plan;
    if (plan->action == RULE_ERROR)
        visit_refuse(&flight->visit, &plan->refusal);
    else if (plan->action == RULE_CUT_AFTER)
        flight_execute_unanswered(flight);
    else if (plan->action != RULE_CUT_BEFORE)
        flight_execute(flight);
    if (plan->action == RULE_CUT_BEFORE || plan->action == RULE_CUT_AFTER)
        flight_abandon(flight);
    else
        flight_answer(flight);
    flight_finish(flight);
}

/* The delay is over. */
static void flight_go(struct flight *flight)
{
    if (flight->plan.action == RULE_HANG) {
        flight_let_keys_go(flight); /* nothing of it will ever be applied */
        return;
    }
    if (flight->plan.action != RULE_LATE) {
        flight_act(flight);
        return;
    }
    flight_abandon(flight);
    clock_start(flight->emulator->clock, &flight->timer, flight->plan.late_ms);
}

static void flight_on_time(void *arg, struct clock_timer *timer)
{
    struct flight *flight = arg;
    (void)timer;
    if (flight->http != NULL) {
        flight_go(flight);
        return;
    }
    flight_execute_unanswered(flight); /* late: nobody hears of it */
    flight_finish(flight);
}

/* ---- beginning ---- */

static void flight_count_keys(struct flight *flight)
{
    struct emulator *emulator = flight->emulator;
    struct visit *visit = &flight->visit;
    bool waits = flight->plan.delay_ms > 0 || flight->plan.action == RULE_LATE;
    for (uint32_t i = 0; i < visit->change_count; i++)
        if (underway_has(&emulator->underway, visit->changes[i].key_hash))
            emulator->counters.keys_in_flight_twice++;
    for (uint32_t i = 0; waits && i < visit->change_count; i++)
        if (visit->changes[i].key_hash != 0)
            underway_add(&emulator->underway, visit->changes[i].key_hash);
    flight->keys_underway = waits;
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
    flight->plan = (struct rules_plan){.action = RULE_NOTHING};
    emulator->counters.operations[operation_index(operation)].requests++;
    if (visit_prepare(&flight->visit) != 0) {
        flight_answer(flight);
        flight_finish(flight);
        return;
    }
    flight_plan(flight);
    if (flight->plan.delay_ms > 0)
        clock_start(emulator->clock, &flight->timer, flight->plan.delay_ms);
    else
        flight_go(flight);
}

/* A refusal at the gate is answered by the emulator's own key, whoever asked. */
static void flight_turn_away(struct emulator *emulator, struct http_call *http, struct slice path,
                             const struct refusal *refusal)
{
    struct flight *flight = flight_take(emulator);
    struct visit *visit = &flight->visit;
    visit_begin(visit, NULL, SLICE(""));
    visit->refusal = *refusal;
    visit_put_error(visit);
    flight_name(emulator, visit->request_id);
    emulator->counters.refused++;
    flight_answer_bytes(emulator, http, path, visit->request_id, refusal->status,
                        buffer_slice(&visit->answer));
    flight_give_back(flight);
}

void flight_begin(struct emulator *emulator, struct http_call *http, const struct http_call_request *request)
{
    struct sign_header headers[FLIGHT_HEADERS_MOST];
    struct refusal refusal = {.status = 0};
    struct gate_request asked = {.method = request->method,
                                 .path = request->path,
                                 .headers = headers,
                                 .body = request->body,
                                 .too_large = request->too_large};
    for (size_t i = 0; i < request->header_count && i < FLIGHT_HEADERS_MOST; i++)
        headers[asked.header_count++] =
            (struct sign_header){request->headers[i].name, request->headers[i].value};
    emulator->counters.requests++;
    emulator->counters.bytes_in += request->body.len;
    const struct operation *operation =
        gate_enter(emulator->gate, &asked, emulator_wall_ms(emulator), &refusal);
    if (operation == NULL) {
        flight_turn_away(emulator, http, request->path, &refusal);
        return;
    }
    struct flight *flight = flight_take(emulator);
    flight->http = http;
    flight_name(emulator, flight->visit.request_id);
    emulator->counters.in_flight++;
    if (emulator->counters.in_flight > emulator->counters.most_in_flight)
        emulator->counters.most_in_flight = emulator->counters.in_flight;
    flight_look_at_clock(emulator);
    flight_start(flight, operation, request->body);
}

/* ---- the end ---- */

void flight_cut(struct emulator *emulator, bool all)
{
    for (struct list *node = emulator->flights.next; node != &emulator->flights;) {
        struct flight *flight = LIST_OWNER(node, struct flight, node);
        node = node->next;
        bool hangs = flight->plan.action == RULE_HANG && !clock_started(&flight->timer);
        if (!all && !hangs)
            continue;
        if (flight->http != NULL)
            flight_abandon(flight);
        flight_finish(flight);
    }
    for (struct list *node = emulator->spare.next; all && node != &emulator->spare;) {
        struct flight *flight = LIST_OWNER(node, struct flight, node);
        node = node->next;
        flight_destroy(flight);
    }
    emulator->spare_count = all ? 0 : emulator->spare_count;
}
