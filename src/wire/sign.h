/* sign: what is signed in requests and answers, signature V2 (tablestore-protocol.md 1.4 to 1.10). Used by
 * the client to sign and to verify, by the emulator the other way round. */
#ifndef WIRE_SIGN_H
#define WIRE_SIGN_H

#include "base/slice.h"

struct buffer;
struct digest;
struct error;

struct sign_header {
    struct slice name; /* any case on the wire; compared in lower case */
    struct slice value;
};

enum { SIGN_HEADERS_MOST = 32 };

/* The signed text of a request: path, POST, empty query, then every x-ots- header but the signature (of V2 or
 * V4), sorted. Appends. With more than SIGN_HEADERS_MOST of them there are none in the text, and no signature
 * fits. */
void sign_request_text(struct slice path, const struct sign_header *headers, size_t count,
                       struct buffer *text);

/* The signed text of an answer: every x-ots- header sorted, then the path without a line end. */
void sign_answer_text(struct slice path, const struct sign_header *headers, size_t count,
                      struct buffer *text);

/* The value of the first header of this name (lower case); at NULL: there is none. */
struct slice sign_find(const struct sign_header *headers, size_t count, struct slice name);

/* 2024-01-02T03:04:05.678Z with its 0 byte; answers 24. */
enum { SIGN_DATE = 24 };
size_t sign_date(int64_t wall_ms, char date[SIGN_DATE + 1]);

/* Any number of fraction digits, or none; they are not read (the Go SDK's are not real ones): whole seconds
 * come out. -1: not a date of this form. */
int sign_parse_date(struct slice date, int64_t *wall_ms);

/* The headers of a request, in `lines` as "name: value" texts ended by 0, ready for curl; the memory is
 * the signer's and valid until the next call. */
struct sign_request {
    struct slice path;
    struct slice instance;
    struct slice access_key_id;
    struct slice access_key_secret;
    struct slice sts_token; /* len 0: none; at most 64 KB */
    struct slice body;
    struct slice body_md5; /* its base64 MD5, when it was digested elsewhere; len 0: digested here */
    int64_t wall_ms;
};

struct signer; /* opaque: one digest, one buffer */
struct signer *signer_create(void);
void signer_destroy(struct signer *signer);

enum { SIGN_LINES = 7 };
/* Answers the count of lines (6, or 7 with a token). */
size_t signer_request(struct signer *signer, const struct sign_request *request,
                      const char *lines[SIGN_LINES]);

/* The Authorization header of an answer and the MD5 of its body, checked. `authorization` of an answer
 * without one has at NULL. 0, or -1 with what is wrong. */
struct sign_answer {
    struct slice path;
    struct slice access_key_id;
    struct slice access_key_secret;
    const struct sign_header *headers;
    size_t header_count;
    struct slice authorization;
    struct slice body;
};
int signer_verify(struct signer *signer, const struct sign_answer *answer, struct error *err);

#endif
