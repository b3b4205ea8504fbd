/* broken: answers that go wrong on purpose, for tests of clients. */
#ifndef HTTP_BROKEN_H
#define HTTP_BROKEN_H

#include "http/server.h"

/* All 0 is a whole answer. */
struct http_fault {
    size_t missing_bytes; /* of the body, from its end, are not sent; then the connection is closed */
    size_t
        promised_bytes; /* Content-Length says so many more than there are; then the connection is closed */
    size_t piece_bytes; /* not 0: the body comes in pieces of this size, */
    int64_t pause_ms;   /* each after such a pause */
};

/* Like http_answer(). Where more is missing than there is, nothing of the body is sent. */
void http_answer_badly(struct http_call *call, int status, const struct http_header *headers, size_t count,
                       struct slice body, const struct http_fault *fault);

#endif
