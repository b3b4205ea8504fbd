/* gate: who comes in, and the seal on what goes out: the checks of a request from its method to its instance,
 * in the service's order, and the headers and signature of every answer (tablestore-protocol.md 1.3
 * to 1.10, 8.4). */
#ifndef EMULATOR_GATE_H
#define EMULATOR_GATE_H

#include "emulator/refusal.h"
#include "wire/sign.h"

struct gate; /* opaque */
struct operation;

struct gate_options {
    const char *instance; /* all are copied */
    const char *access_key_id;
    const char *access_key_secret;
    const char *sts_token; /* NULL: requests with a token are refused; else every request needs this one */
    bool check_clock;      /* refuse dates more than 15 minutes away */
};

struct gate *gate_create(const struct gate_options *options);
void gate_destroy(struct gate *gate);

struct gate_request {
    struct slice method;
    struct slice path;
    const struct sign_header *headers;
    size_t header_count;
    struct slice body;
    bool too_large;
};

/* The operation, or NULL and why not. */
const struct operation *gate_enter(struct gate *gate, const struct gate_request *request, int64_t wall_ms,
                                   struct refusal *refusal);

enum { GATE_SEAL = 5 };

/* What a fault rule wants to be wrong; all else fits together, the signature too. */
enum gate_flaw { GATE_NO_FLAW, GATE_WRONG_DIGEST, GATE_WRONG_SIGNATURE, GATE_NO_REQUEST_ID };

/* The headers of an answer: answers how many. Their memory is the gate's and valid until the next call. */
size_t gate_seal(struct gate *gate, enum gate_flaw flaw, struct slice path, const char *request_id,
                 struct slice body, int64_t wall_ms, struct sign_header headers[GATE_SEAL]);

#endif
