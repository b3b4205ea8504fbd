/* visit: the steps that are the same for all operations. */
#include "emulator/visit.h"

#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/store.h"
#include "wire/tablestore.pb-c.h"

enum { VISIT_ARENA_CHUNK = 256 * 1024, VISIT_ANSWER_MOST = 64 * 1024 * 1024, VISIT_ANSWER_KEEP = 64 * 1024 };

void visit_init(struct visit *visit, struct visit_ground *ground)
{
    *visit = (struct visit){.ground = ground};
    arena_init(&visit->arena, VISIT_ARENA_CHUNK);
    buffer_init(&visit->answer, VISIT_ANSWER_MOST);
}

void visit_fini(struct visit *visit)
{
    arena_fini(&visit->arena);
    buffer_fini(&visit->answer);
}

void visit_begin(struct visit *visit, const struct operation *operation, struct slice body)
{
    arena_reset(&visit->arena);
    buffer_reset(&visit->answer, VISIT_ANSWER_KEEP);
    visit->operation = operation;
    visit->body = body;
    visit->message = NULL;
    visit->changes = NULL;
    visit->change_count = 0;
    visit->transaction = NULL;
    visit->refusal.status = 0;
    visit->read_units = 0;
}

static void visit_tell(struct visit *visit, const struct change *change, const struct refusal *refusal)
{
    if (visit->ground->on_change != NULL)
        visit->ground->on_change(visit->ground->arg, visit, change, refusal);
}

static int visit_tell_refused(struct visit *visit)
{
    for (uint32_t i = 0; i < visit->change_count; i++)
        visit_tell(visit, &visit->changes[i], &visit->refusal);
    return -1;
}

static void visit_tell_done(struct visit *visit)
{
    for (uint32_t i = 0; i < visit->change_count; i++)
        if (!visit->changes[i].held)
            visit_tell(visit, &visit->changes[i], visit->changes[i].refusal);
}

int visit_prepare(struct visit *visit)
{
    visit->message = proto_unpack(visit->operation->request, visit->body, &visit->arena);
    if (visit->message == NULL)
        return refusal_set(&visit->refusal, "OTSParameterInvalid",
                           "The body is not a valid protobuf message of %s.", visit->operation->name);
    if (visit->operation->read != NULL && visit->operation->read(visit) != 0)
        return visit_tell_refused(visit);
    return 0;
}

int visit_execute(struct visit *visit)
{
    struct store *store = visit->ground->store;
    if (visit->operation->execute(visit) != 0) {
        store_undo(store, 0);
        return visit_tell_refused(visit);
    }
    if (visit->transaction != NULL)
        store_undo(store, 0); /* what it lent */
    if (store_commit(store, &visit->refusal) != 0)
        return visit_tell_refused(visit);
    visit_tell_done(visit);
    return 0;
}

void visit_refuse(struct visit *visit, const struct refusal *refusal)
{
    visit->refusal = *refusal;
    visit_tell_refused(visit);
}

void visit_put_error(struct visit *visit)
{
    Ots__Error error = OTS__ERROR__INIT;
    error.code = visit->refusal.code;
    error.message = visit->refusal.message;
    proto_pack(&error.base, &visit->answer);
}

/* By its field's name: the messages of most operations have one, each in its own place. */
const char *visit_table_name(const struct visit *visit)
{
    const Ots__CreateTableRequest *create = visit->message;
    const Ots__CreateTimeseriesTableRequest *create_series = visit->message;
    if (visit->operation->request == &ots__create_table_request__descriptor)
        return create->table_meta->table_name;
    if (visit->operation->request == &ots__create_timeseries_table_request__descriptor)
        return create_series->table_meta->table_name;
    const ProtobufCMessageDescriptor *request = visit->operation->request;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(request, "table_name");
    if (field == NULL)
        field = protobuf_c_message_descriptor_get_field_by_name(request, "main_table_name");
    return field == NULL ? NULL
                         : *(char *const *)(const void *)((const char *)visit->message + field->offset);
}

/* The service's answers to the wrong kind of table are documented nowhere. [assumed] the code */
static int visit_check_kind(struct visit *visit, const struct store_table *table, struct slice name,
                            enum store_kind kind)
{
    struct refusal *refusal = &visit->refusal;
    if (!limits_name(name))
        return refusal_set(refusal, "OTSParameterInvalid", "Invalid table name: '%.*s'.", SLICE_ARG(name));
    if (table == NULL && store_find_index(visit->ground->store, name) != NULL)
        return refusal_set(refusal, "OTSParameterInvalid",
                           "This emulator keeps no rows in an index: '%.*s' can be declared and shown only.",
                           SLICE_ARG(name));
    if (table == NULL)
        return refusal_set(refusal, "OTSObjectNotExist", "Requested table does not exist.");
    if (table->kind != kind)
        return refusal_set(refusal, "OTSParameterInvalid", "'%.*s' is a %s table: %s is for the other kind.",
                           SLICE_ARG(name), table->kind == STORE_DATA ? "data" : "time-series",
                           visit->operation->name);
    return 0;
}

static struct store_table *visit_find(struct visit *visit, struct slice name, enum store_kind kind)
{
    struct store_table *table = store_find(visit->ground->store, name);
    return visit_check_kind(visit, table, name, kind) == 0 ? table : NULL;
}

struct store_table *visit_table(struct visit *visit, const char *name)
{
    return visit_find(visit, slice_text(name), STORE_DATA);
}

struct store_table *visit_points(struct visit *visit, const char *name)
{
    return visit_find(visit, slice_text(name), STORE_POINTS);
}

struct store_table *visit_series(struct visit *visit, const char *name)
{
    return visit_points(visit, name) == NULL ? NULL
                                             : store_find_series(visit->ground->store, slice_text(name));
}

int visit_join(struct visit *visit, const char *transaction_id)
{
    struct visit_ground *ground = visit->ground;
    if (transaction_id == NULL)
        return 0;
    visit->transaction = transaction_find(ground->store, transaction_id, ground->now_ms, &visit->refusal);
    return visit->transaction == NULL ? -1 : 0;
}

int visit_lend_row(struct visit *visit, struct store_table *table, const struct row *asked, struct slice key)
{
    if (visit->transaction == NULL)
        return 0;
    if (transaction_check(visit->transaction, table, &asked->keys[0], &visit->refusal) != 0)
        return -1;
    transaction_lend(visit->transaction, key);
    return 0;
}

int visit_lend_range(struct visit *visit, struct store_table *table, const struct row *start,
                     const struct row *end)
{
    if (visit->transaction == NULL)
        return 0;
    if (transaction_check(visit->transaction, table, &start->keys[0], &visit->refusal) != 0 ||
        transaction_check(visit->transaction, table, &end->keys[0], &visit->refusal) != 0)
        return -1;
    transaction_lend_all(visit->transaction);
    return 0;
}

/* In the transaction of the request, or where no other one holds the partition. */
static int visit_apply_change(struct visit *visit, struct change *change, struct store_table *table,
                              struct refusal *refusal)
{
    int64_t now_ms = visit->ground->now_ms;
    const struct cell *partition = &change->row.keys[0];
    if (visit->transaction == NULL)
        return transaction_check_free(table, partition, now_ms, refusal) != 0
                   ? -1
                   : change_apply(change, table, now_ms, &visit->arena, refusal);
    if (transaction_check(visit->transaction, table, partition, refusal) != 0 ||
        transaction_apply(visit->transaction, change, now_ms, &visit->arena, refusal) != 0)
        return -1;
    change->held = true;
    return 0;
}

int visit_spoil_read(struct visit *visit, const struct store_table *table, struct slice key,
                     struct refusal *refusal)
{
    struct visit_ground *ground = visit->ground;
    struct change asked = {.table = table->name, .key = key};
    return ground->spoil == NULL ? 0 : ground->spoil(ground->arg, visit, &asked, refusal);
}

int visit_apply(struct visit *visit, struct change *change, struct store_table *table, bool whole)
{
    struct visit_ground *ground = visit->ground;
    struct refusal refusal = {.status = 0};
    if ((ground->spoil == NULL || ground->spoil(ground->arg, visit, change, &refusal) == 0) &&
        visit_apply_change(visit, change, table, &refusal) == 0)
        return 0;
    if (whole)
        visit->refusal = refusal;
    else
        visit_refuse_change(visit, change, &refusal);
    return -1;
}

void visit_refuse_change(struct visit *visit, struct change *change, const struct refusal *refusal)
{
    struct refusal *kept = arena_take(&visit->arena, sizeof(*kept));
    *kept = *refusal;
    change->refusal = kept;
}
