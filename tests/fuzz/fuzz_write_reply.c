/* fuzz_write_reply: any bytes as the answer to a write. The first byte picks the operation, the second the
 * count of rows. Where the walk and protobuf-c both read them, they read the same; and what protobuf-c has
 * read, it writes such that the walk must read it. (protobuf-c is the laxer one: it takes a boolean of any
 * wire type.) */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/error.h"
#include "wire/tablestore.pb-c.h"
#include "wire/write_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS_MOST = 256 };

struct seen {
    uint32_t count;
    struct write_reply_row rows[ROWS_MOST];
};

static int on_row(void *arg, uint32_t index, const struct write_reply_row *row)
{
    struct seen *seen = arg;
    CHECK(index == seen->count && index < ROWS_MOST);
    seen->rows[seen->count++] = *row;
    return 0;
}

/* protobuf-c ends a text at its first zero byte. */
static void check_text(struct slice ours, const char *theirs)
{
    CHECK((ours.at == NULL) == (theirs == NULL));
    CHECK(theirs == NULL || (ours.len >= strlen(theirs) && memcmp(ours.at, theirs, strlen(theirs)) == 0));
}

static void check_row(const struct seen *seen, size_t i, bool ok, const Ots__Error *error)
{
    CHECK(seen->rows[i].ok == ok);
    check_text(seen->rows[i].code, error == NULL ? NULL : error->code);
    check_text(seen->rows[i].message, error == NULL ? NULL : error->message);
}

/* What protobuf-c has read, as far as it concerns us. */
struct theirs {
    ProtobufCMessage *message;
    bool one_table;
    size_t count;
    bool ok[ROWS_MOST];
    const Ots__Error *errors[ROWS_MOST];
};

static void read_bulk_import(struct slice bytes, struct theirs *theirs)
{
    Ots__BulkImportResponse *answer =
        ots__bulk_import_response__unpack(NULL, bytes.len, (const uint8_t *)bytes.at);
    theirs->message = answer == NULL ? NULL : &answer->base;
    theirs->one_table = true;
    theirs->count = answer == NULL ? 0 : answer->n_rows;
    for (size_t i = 0; i < theirs->count && i < ROWS_MOST; i++) {
        theirs->ok[i] = answer->rows[i]->is_ok;
        theirs->errors[i] = answer->rows[i]->error;
    }
}

static void read_batch_write(struct slice bytes, struct theirs *theirs)
{
    Ots__BatchWriteRowResponse *answer =
        ots__batch_write_row_response__unpack(NULL, bytes.len, (const uint8_t *)bytes.at);
    theirs->message = answer == NULL ? NULL : &answer->base;
    theirs->one_table = answer != NULL && answer->n_tables == 1;
    theirs->count = theirs->one_table ? answer->tables[0]->n_rows : 0;
    for (size_t i = 0; i < theirs->count && i < ROWS_MOST; i++) {
        theirs->ok[i] = answer->tables[0]->rows[i]->is_ok;
        theirs->errors[i] = answer->tables[0]->rows[i]->error;
    }
}

static void check_same(const struct seen *seen, const struct theirs *theirs)
{
    CHECK(theirs->one_table && theirs->count == seen->count);
    for (size_t i = 0; i < seen->count; i++)
        check_row(seen, i, theirs->ok[i], theirs->errors[i]);
}

static int walk(enum write_request_kind kind, struct slice bytes, uint32_t rows, struct seen *seen)
{
    struct error err = {0};
    seen->count = 0;
    int rc = write_reply_walk(kind, bytes, rows, on_row, seen, &err);
    CHECK(rc == 0 ? seen->count == rows : seen->count == 0 && err.kind == ERROR_RETRY);
    return rc;
}

/* protobuf-c keeps unknown fields of any number, even of those that no message can have: give them one that
 * it can. */
static void tame_unknown(ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->n_unknown_fields; i++)
        message->unknown_fields[i].tag = 1000;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        char *base = (char *)message;
        void *member = base + field->offset;
        bool many = field->label == PROTOBUF_C_LABEL_REPEATED;
        size_t count = many ? *(size_t *)(void *)(base + field->quantifier_offset) : 1;
        ProtobufCMessage **children = many ? *(ProtobufCMessage ***)member : member;
        for (size_t n = 0; field->type == PROTOBUF_C_TYPE_MESSAGE && n < count; n++) {
            if (children[n] != NULL)
                tame_unknown(children[n]);
        }
    }
}

static void check_against(enum write_request_kind kind, struct slice bytes, uint32_t rows,
                          const struct theirs *theirs)
{
    static struct seen seen;
    bool countable = theirs->one_table && theirs->count == rows;
    if (walk(kind, bytes, rows, &seen) == 0)
        check_same(&seen, theirs);
    tame_unknown(theirs->message);
    uint8_t *again = check_memory(malloc(protobuf_c_message_get_packed_size(theirs->message) + 1));
    size_t len = protobuf_c_message_pack(theirs->message, again);
    CHECK((walk(kind, slice_of(again, len), rows, &seen) == 0) == countable);
    if (countable)
        check_same(&seen, theirs);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct seen seen;
    struct theirs theirs;
    struct slice code;
    struct slice message;
    if (size < 2)
        return 0;
    /* The copy ends where its memory ends. */
    char *edge = check_memory(malloc(size));
    memcpy(edge, data, size);
    struct slice bytes = slice_of(edge + 2, size - 2);
    enum write_request_kind kind = data[0] % 2 == 0 ? WRITE_BULK_IMPORT : WRITE_BATCH_WRITE_ROW;
    if (kind == WRITE_BULK_IMPORT)
        read_bulk_import(bytes, &theirs);
    else
        read_batch_write(bytes, &theirs);
    if (theirs.message != NULL)
        check_against(kind, bytes, data[1], &theirs);
    else
        walk(kind, bytes, data[1], &seen);
    write_reply_fault(bytes, &code, &message);
    protobuf_c_message_free_unpacked(theirs.message, NULL);
    free(edge);
    return 0;
}
