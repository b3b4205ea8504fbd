/* gate: who comes in, and the seal on what goes out: the checks of a request from its method to its instance,
 * in the service's order, the body unpacked, and the headers and signature of every answer
 * (tablestore-protocol.md 1.3 to 1.10, 8.4). */
#ifndef EMULATOR_GATE_H
#define EMULATOR_GATE_H

#include "emulator/keyring.h"
#include "emulator/refusal.h"
#include "wire/sign.h"

struct gate; /* opaque */
struct operation;

struct gate_options {
    const char *const *instances; /* all are copied */
    size_t instance_count;
    const struct keyring_pair *pairs;
    size_t pair_count;
    bool check_clock; /* refuse dates more than 15 minutes away */
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

/* What a request got at the gate. How its answer is sealed is known for one that was refused, too. */
struct gate_pass {
    const struct operation *operation;      /* NULL: refused */
    size_t instance;                        /* its place in the options */
    struct slice body;                      /* unpacked; valid until the next gate_enter() */
    const struct keyring_key *key;          /* that the answer is signed with; NULL: not signed */
    char derived[DIGEST_SHA256_BASE64 + 1]; /* V4: instead of the pair's secret; "": V2 */
    bool deflate;                           /* the answer may be packed */
};

/* -1: refused, and why. */
int gate_enter(struct gate *gate, const struct gate_request *request, int64_t wall_ms, struct gate_pass *pass,
               struct refusal *refusal);

/* What a fault rule wants to be wrong; all else fits together, the signature too. */
enum gate_flaw { GATE_NO_FLAW, GATE_WRONG_DIGEST, GATE_WRONG_SIGNATURE, GATE_NO_REQUEST_ID };

struct gate_answer {
    struct slice path;
    const char *request_id;
    int64_t wall_ms;
    enum gate_flaw flaw;
    struct slice body; /* packed by gate_seal() when the pass says so */
};

enum { GATE_SEAL = 7 };

/* The headers of an answer: answers how many. Memory is the gate's and valid until the next call. */
size_t gate_seal(struct gate *gate, const struct gate_pass *pass, struct gate_answer *answer,
                 struct sign_header headers[GATE_SEAL]);

#endif
