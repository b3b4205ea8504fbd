/* counters: what went through, for tests that look from outside. */
#ifndef EMULATOR_COUNTERS_H
#define EMULATOR_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

struct buffer;

enum { COUNTERS_OPERATIONS = 40, COUNTERS_CODES = 64, COUNTERS_CODE_TEXT = 64 };

struct counters_operation {
    uint64_t requests;
    uint64_t refused; /* whole requests */
    uint64_t rows;    /* written */
};

/* How often a code was said. */
struct counters_code {
    char code[COUNTERS_CODE_TEXT]; /* the last of all stands for those that found no place: "others" */
    uint64_t requests;
    uint64_t rows;
};

struct counters {
    uint64_t requests;     /* that passed the gate or were refused by it */
    uint64_t refused;      /* whole requests, by the gate or by their operation */
    uint64_t cut;          /* closed without an answer on purpose */
    uint64_t hung_up;      /* the client closed its connection before it was answered */
    uint64_t unanswered;   /* applied, but the client got no valid answer */
    uint64_t faults;       /* rules that acted */
    uint64_t rows;         /* changes applied */
    uint64_t rows_refused; /* changes not applied */
    uint64_t bytes_in;     /* bodies */
    uint64_t bytes_out;
    uint64_t in_flight;
    uint64_t most_in_flight;
    uint64_t keys_in_flight_twice; /* a row came while another request with its key was under way */
    uint64_t connections_open;
    uint64_t connections_ever;
    uint64_t connections_most;                                 /* at a time */
    struct counters_operation operations[COUNTERS_OPERATIONS]; /* by operation_index() */
    struct counters_code codes[COUNTERS_CODES];
    size_t code_count;
};

void counters_refuse_request(struct counters *counters, const char *code);
void counters_refuse_row(struct counters *counters, const char *code);

/* As JSON, with what the order column has seen. */
struct order;
void counters_print(const struct counters *counters, const struct order *order, struct buffer *to);

#endif
