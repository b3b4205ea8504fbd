/* visit_rig: the emulator without sockets: a store, a visit, and what was told about each row change. */
#ifndef SUPPORT_VISIT_RIG_H
#define SUPPORT_VISIT_RIG_H

#include "emulator/operation.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

enum { VISIT_RIG_NOW = 1000000 }; /* ms */

struct visit_rig {
    struct store store;
    struct visit_ground ground;
    struct visit visit;
    struct arena arena; /* of the test */
    uint32_t applied;   /* changes told as applied since the beginning */
    uint32_t refused;
};

struct visit_rig *visit_rig_create(void);
void visit_rig_destroy(struct visit_rig *rig);

/* One request; answers its status. The answer or the error is in rig->visit until the next one. */
int visit_rig_run(struct visit_rig *rig, const char *operation, const void *message);
int visit_rig_run_bytes(struct visit_rig *rig, const char *operation, struct slice body);

/* The answer of the last request, in the rig's arena. */
void *visit_rig_answer(struct visit_rig *rig, const ProtobufCMessageDescriptor *kind);

/* "STRING,INTEGER,BINARY,AUTO" makes key columns k0, k1 ... */
void visit_rig_make_table(struct visit_rig *rig, const char *name, const char *keys, int32_t max_versions);

/* PlainBuffer of a row, in the rig's arena. */
ProtobufCBinaryData visit_rig_row(struct visit_rig *rig, const struct row *row);

struct cell visit_rig_text(const char *name, const char *text);
struct cell visit_rig_number(const char *name, int64_t number);

/* One write by PutRow, UpdateRow or DeleteRow, as row->op says, without a condition; answers the status. */
int visit_rig_write(struct visit_rig *rig, const char *table, const struct row *row);

/* The row by GetRow with all versions; false: there is none. */
bool visit_rig_get(struct visit_rig *rig, const char *table, struct cell *keys, uint32_t key_count,
                   struct row *row);

#endif
