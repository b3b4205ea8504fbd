/* emulator_private: what the files of the service share. emulator.c: life, and rows as they are applied;
 * flight.c: a request from the socket to its answer, with its faults; flight_answer.c: that answer;
 * control.c: the control path. */
#ifndef EMULATOR_EMULATOR_PRIVATE_H
#define EMULATOR_EMULATOR_PRIVATE_H

#include "base/list.h"
#include "emulator/data.h"
#include "emulator/emulator.h"
#include "emulator/gate.h"
#include "emulator/instance.h"
#include "emulator/journal.h"
#include "emulator/order.h"
#include "emulator/rules.h"
#include "emulator/underway.h"
#include "http/server.h"
#include "loop/clock.h"

struct emulator {
    struct clock *clock;
    struct http_server *server;
    struct gate *gate;
    struct instance *instances; /* owned */
    size_t instance_count;
    struct rules rules;
    struct journal *journal; /* NULL: none */
    struct data *data;       /* NULL: none */
    struct counters counters;
    struct order order;
    struct underway underway;
    struct list flights; /* begun and not done */
    struct list spare;   /* flights with warm memory */
    size_t spare_count;
    int64_t latency_ms;
    int64_t frozen_wall_ms; /* 0: the clock's */
    uint64_t request_count;
    bool control;
    char *control_token; /* NULL: none */
    emulator_change_fn *on_change;
    void *arg;
};

/* A request that passed the gate. */
struct flight {
    struct emulator *emulator;
    struct list node;
    struct instance *instance;
    struct visit visit;
    struct gate_pass pass;
    struct http_call *http; /* NULL: the connection has done with it */
    struct slice path;      /* static: of the operation */
    struct rules_plan plan;
    struct clock_timer timer; /* the delay, or the late application */
    bool keys_underway;
    bool answered;   /* or its connection closed: for the client it is over */
    bool executed;   /* and perhaps refused */
    bool gone;       /* the client hung up before */
    bool unanswered; /* the client got no valid answer */
};

/* What is sent. All lent. */
struct flight_answer {
    const struct gate_pass *pass;
    struct slice path;
    const char *request_id;
    int status;
    struct slice body;
};

/* The service's wall clock. */
static inline int64_t emulator_wall_ms(const struct emulator *emulator)
{
    return emulator->frozen_wall_ms != 0 ? emulator->frozen_wall_ms : emulator->clock->wall_ms;
}

/* For the journal: NULL when there is but one. */
const char *emulator_journal_name(const struct instance *instance);

/* A request of the service: answered now or later. */
void flight_begin(struct emulator *emulator, struct http_call *http, const struct http_call_request *request);

/* Requests that hang are cut. */
void flight_cut(struct emulator *emulator);

/* Without a server: what was to be applied later never is; spare memory goes. */
void flight_end(struct emulator *emulator);

/* Seals and sends, spoilt as the plan says. */
void flight_answer_bytes(struct emulator *emulator, struct http_call *http,
                         const struct flight_answer *answer, const struct rules_plan *plan);
bool flight_answer_is_valid(const struct rules_plan *plan);

/* What the visit has to say; or nothing, and the connection is closed. */
void flight_answer(struct flight *flight);
void flight_abandon(struct flight *flight);

/* For the client it is over. */
void flight_leave(struct flight *flight);

/* True when the path is the control path's; answered at once. */
bool control_call(struct emulator *emulator, struct http_call *http, const struct http_call_request *request);

/* NULL: whoever asks may control the emulator. Else why not. */
const char *control_guard(const struct emulator *emulator, const struct http_call_request *request);

#endif
