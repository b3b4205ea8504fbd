/* flight_answer: what a flight's client gets to see: the answer, one that a fault rule has spoilt, or the end
 * of its connection. */
#include "emulator/emulator_private.h"
#include "emulator/operation.h"
#include "http/broken.h"

static enum gate_flaw flight_flaw(enum rule_action action)
{
    if (action == RULE_WRONG_DIGEST)
        return GATE_WRONG_DIGEST;
    if (action == RULE_WRONG_SIGNATURE)
        return GATE_WRONG_SIGNATURE;
    return action == RULE_NO_REQUEST_ID ? GATE_NO_REQUEST_ID : GATE_NO_FLAW;
}

/* Half of a body of nothing is a promise that is not kept, too. */
static struct http_fault flight_half(size_t body_bytes, int64_t bytes)
{
    size_t sent = bytes < 0 ? body_bytes / 2 : (size_t)bytes;
    if (sent >= body_bytes)
        return (struct http_fault){.promised_bytes = 1};
    return (struct http_fault){.missing_bytes = body_bytes - sent};
}

static struct http_fault flight_fault(const struct rules_plan *plan, size_t body_bytes)
{
    if (plan->action == RULE_HALF_ANSWER)
        return flight_half(body_bytes, plan->bytes);
    if (plan->action == RULE_WRONG_LENGTH)
        return (struct http_fault){.promised_bytes = (size_t)plan->bytes};
    if (plan->action == RULE_DRIP)
        return (struct http_fault){.piece_bytes = (size_t)plan->bytes, .pause_ms = plan->pause_ms};
    return (struct http_fault){.missing_bytes = 0};
}

static bool flight_fault_is_none(const struct http_fault *fault)
{
    return fault->missing_bytes == 0 && fault->promised_bytes == 0 && fault->piece_bytes == 0;
}

void flight_answer_bytes(struct emulator *emulator, struct http_call *http,
                         const struct flight_answer *answer, const struct rules_plan *plan)
{
    struct sign_header seal[GATE_SEAL];
    struct http_header headers[GATE_SEAL];
    struct gate_answer sealed = {.path = answer->path,
                                 .request_id = answer->request_id,
                                 .wall_ms = emulator_wall_ms(emulator),
                                 .flaw = flight_flaw(plan->action),
                                 .body = answer->body};
    size_t count = gate_seal(emulator->gate, answer->pass, &sealed, seal);
    struct http_fault fault = flight_fault(plan, sealed.body.len);
    for (size_t i = 0; i < count; i++)
        headers[i] = (struct http_header){seal[i].name, seal[i].value};
    emulator->counters.bytes_out += sealed.body.len;
    if (flight_fault_is_none(&fault))
        http_answer(http, answer->status, headers, count, sealed.body);
    else
        http_answer_badly(http, answer->status, headers, count, sealed.body, &fault);
}

bool flight_answer_is_valid(const struct rules_plan *plan)
{
    return flight_flaw(plan->action) == GATE_NO_FLAW && plan->action != RULE_HALF_ANSWER &&
           plan->action != RULE_WRONG_LENGTH;
}

/* The client has its answer, or will never get one. */
void flight_leave(struct flight *flight)
{
    flight->answered = true;
    flight->emulator->counters.in_flight--;
}

static void flight_count_refusal(struct flight *flight)
{
    const struct visit *visit = &flight->visit;
    counters_refuse_request(&flight->emulator->counters, visit->refusal.code);
    flight->emulator->counters.operations[operation_index(visit->operation)].refused++;
}

void flight_answer(struct flight *flight)
{
    struct visit *visit = &flight->visit;
    struct rules_plan *plan = &flight->plan;
    struct flight_answer answer = {
        .pass = &flight->pass, .path = flight->path, .request_id = visit->request_id, .status = 200};
    if (visit->refusal.status != 0) {
        flight_count_refusal(flight);
        answer.status = visit->refusal.status;
        visit_put_error(visit);
    }
    answer.body = buffer_slice(&visit->answer);
    if (plan->action == RULE_ERROR && plan->body.len > 0)
        answer.body = slice_of(plan->body.at, plan->body.len);
    flight_answer_bytes(flight->emulator, flight->http, &answer, plan);
    flight_leave(flight);
}

void flight_abandon(struct flight *flight)
{
    flight->emulator->counters.cut += flight->gone ? 0 : 1;
    http_abandon(flight->http);
    flight_leave(flight);
}
