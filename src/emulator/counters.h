/* counters: what went through, for tests that look from outside. */
#ifndef EMULATOR_COUNTERS_H
#define EMULATOR_COUNTERS_H

#include <stdint.h>

struct buffer;

enum { COUNTERS_OPERATIONS = 24 };

struct counters_operation {
    uint64_t requests;
    uint64_t refused; /* whole requests */
    uint64_t rows;    /* written */
};

struct counters {
    uint64_t requests;     /* that passed the gate or were refused by it */
    uint64_t refused;      /* whole requests, by the gate or by their operation */
    uint64_t cut;          /* closed without an answer on purpose */
    uint64_t faults;       /* rules that acted */
    uint64_t rows;         /* changes applied */
    uint64_t rows_refused; /* changes not applied */
    uint64_t bytes_in;     /* bodies */
    uint64_t bytes_out;
    uint64_t in_flight;
    uint64_t most_in_flight;
    uint64_t keys_in_flight_twice; /* a row came while another request with its key was under way */
    struct counters_operation operations[COUNTERS_OPERATIONS]; /* by operation_index() */
};

/* As JSON. */
void counters_print(const struct counters *counters, struct buffer *to);

#endif
