/* fake_ots: a Tablestore on loopback that answers by a script: well signed by default, and in every bad way.
 * It keeps what it was sent. Unlike the emulator it understands nothing. */
#ifndef SUPPORT_FAKE_OTS_H
#define SUPPORT_FAKE_OTS_H

#include "base/slice.h"
#include "ots/client.h"

struct buffer;
struct error;
struct fake_ots; /* opaque */
struct loop;

/* Credentials: "testid", "testsecret". */
struct fake_ots *fake_ots_create(struct loop *loop);
void fake_ots_destroy(struct fake_ots *fake);

/* Endpoint, instance and keys of this server; time-outs of a second or so. */
struct ots_client_options fake_ots_options(const struct fake_ots *fake);

enum fake_way {
    FAKE_SIGNED,   /* as it should be */
    FAKE_UNSIGNED, /* status and body alone, as a proxy answers */
    FAKE_FORGED,   /* signed with another secret */
    FAKE_HALF,     /* half of the body, then the connection closes */
    FAKE_CLOSE,    /* the connection closes without an answer */
    FAKE_SILENT    /* never */
};

struct fake_step {
    enum fake_way way;
    int status;        /* 0: 200 */
    struct slice body; /* copied */
    int64_t skew_ms;   /* of its clock */
};

/* One after the other; when the script is at its end the last step is repeated. */
void fake_ots_push(struct fake_ots *fake, const struct fake_step *step);

/* An Error with that code, well signed. */
void fake_ots_push_error(struct fake_ots *fake, int status, const char *code, const char *message);

struct fake_request {
    char operation[64];
    char date[40];
    char md5[40];
    struct slice body; /* lent until the server is destroyed */
};
size_t fake_ots_count(const struct fake_ots *fake);
const struct fake_request *fake_ots_request(const struct fake_ots *fake, size_t index);

/* Bodies, as views that the server keeps. An Error; the answer of a BulkImport to `table`: codes[i] NULL is a
 * good row. */
struct slice fake_ots_error(struct fake_ots *fake, const char *code, const char *message);
struct slice fake_ots_rows(struct fake_ots *fake, const char *table, const char *const *codes, size_t count);

/* A description: the key (id STRING), and what else is asked. */
struct slice fake_ots_description(struct fake_ots *fake, const char *table, bool active, bool has_index);

#endif
