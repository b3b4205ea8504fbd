/* sim_oracle: the promises, as checks against a model that replays the topic.
 *
 * At each request: its rows are of the assignment that holds now; a key is in no other request that is in
 * flight or may still be applied; a key's lowest row never goes back from request to request (nothing
 * overtakes what must go again). At each application: nothing that was committed is applied again; nothing
 * older than an acknowledged put or delete. At each commit: every record below it was acknowledged,
 * superseded by an acknowledged put or delete of its key, or its refusal was told and, where there is an
 * error topic, the record confirmed by it; and the table shows its
 * effect, or that of something newer. At the end: the table is what the topic says. (All but the
 * acknowledgements only for ordered tables.) */
#include "sim/sim.h"

static void row_apply(struct sim_row *row, const struct sim_record *record)
{
    if (record->op == ROW_UPDATE) {
        row->columns[record->column] = record->seq;
        return;
    }
    *row = (struct sim_row){.base = record->seq};
}

struct sim_record *sim_oracle_read(struct sim_world *world, struct slice bytes, struct sim_bytes *head)
{
    if (bytes.len < sizeof(*head))
        sim_broken(world, "integrity: a row of %zu bytes", bytes.len);
    memcpy(head, bytes.at, sizeof(*head));
    if (head->check != sim_bytes_check(head) || head->partition >= world->partition_count)
        sim_broken(world, "integrity: a row's head is damaged");
    struct sim_record *record = &world->partitions[head->partition].records[head->index];
    bool whole = bytes.len == record->bytes;
    for (size_t i = sizeof(*head); whole && i < bytes.len; i++)
        whole = bytes.at[i] == (char)(head->check + i);
    if (!whole)
        sim_broken(world, "integrity: p%u offset %lld is damaged", head->partition,
                   (long long)record->offset);
    return record;
}

/* Another owner, or ourselves anew, goes on from what is committed. */
void sim_oracle_begin_epoch(struct sim_world *world, struct sim_partition *partition)
{
    (void)world;
    partition->claimed = partition->committed;
    partition->checked = 0;
    for (uint32_t i = 0; i < SIM_KEYS; i++) {
        struct sim_key *key = &partition->keys[i];
        key->expected = (struct sim_row){0};
        key->acked_base = 0;
        key->least = 0;
    }
}

void sim_oracle_request(struct sim_world *world, struct sim_partition *partition,
                        const struct sim_record *record, uint32_t least, bool ordered)
{
    struct sim_key *key = &partition->keys[record->key];
    if (record < &partition->records[partition->claimed])
        sim_broken(world, "p%u k%u s%u is sent again after its commit", partition->index, record->key,
                   record->seq);
    if (!ordered || record->placeholder)
        return;
    if (key->in_flight > 0)
        sim_broken(world, "p%u k%u is in two requests in flight", partition->index, record->key);
    if (world->clock.now_ms < key->settled_ms)
        sim_broken(world, "p%u k%u is sent while a cut request of it may still be applied", partition->index,
                   record->key);
    if (least < key->least)
        sim_broken(world, "p%u k%u: s%u is sent after a request that began with s%u", partition->index,
                   record->key, least, key->least);
    key->least = least;
}

void sim_oracle_apply(struct sim_world *world, struct sim_partition *partition,
                      const struct sim_record *record, bool ordered)
{
    struct sim_key *key = &partition->keys[record->key];
    sim_trace(world, "apply p%u k%u s%u op%u", partition->index, record->key, record->seq, record->op);
    if (record->kind != SIM_GOOD)
        sim_broken(world, "the simulated table applied a row that it refuses");
    if (!ordered || record->placeholder)
        return;
    if (record < &partition->records[partition->claimed])
        sim_broken(world, "p%u k%u s%u is applied after its commit", partition->index, record->key,
                   record->seq);
    if (record->seq < key->acked_base)
        sim_broken(world, "p%u k%u: s%u is applied over the acknowledged s%u", partition->index, record->key,
                   record->seq, key->acked_base);
    row_apply(&key->table, record);
}

/* An answer that comes after its assignment has ended says nothing about what is read again in the next one.
 */
void sim_oracle_ack(struct sim_world *world, struct sim_partition *partition, struct sim_record *record,
                    uint32_t epoch)
{
    struct sim_key *key = &partition->keys[record->key];
    record->acked = true;
    if (record->op == ROW_UPDATE || record->placeholder)
        return;
    if (record->seq > key->acked_base && epoch == world->epoch)
        key->acked_base = record->seq;
    if (record->seq > key->acked_ever)
        key->acked_ever = record->seq;
}

static void commit_check_record(struct sim_world *world, struct sim_partition *partition,
                                const struct sim_record *record, bool ordered)
{
    const struct sim_key *key = &partition->keys[record->key];
    bool unread = record->kind == SIM_UNREADABLE;
    bool kept = record->set_aside || !(unread ? world->sets_unread_aside : world->sets_aside);
    bool superseded = ordered && !record->placeholder && record->seq < key->acked_ever;
    bool done = superseded || (record->kind == SIM_GOOD ? record->acked : record->told && kept);
    sim_seen[SEEN_SUPERSEDED] += record->kind == SIM_GOOD && !record->acked;
    if (!done)
        sim_broken(world, "commit of p%u passes offset %lld (k%u s%u), which is not %s", partition->index,
                   (long long)record->offset, record->key, record->seq,
                   record->kind == SIM_GOOD ? "written" : "told");
    enum errors_tolerance tolerance = unread ? world->settings.convert_tolerance : world->settings.tolerance;
    if (record->told && !superseded && tolerance == ERRORS_NONE)
        sim_broken(world, "commit of p%u passes offset %lld, at which the channel has to stop",
                   partition->index, (long long)record->offset);
}

static void commit_check_key(struct sim_world *world, struct sim_partition *partition, uint32_t number)
{
    const struct sim_row *table = &partition->keys[number].table;
    const struct sim_row *expected = &partition->keys[number].expected;
    bool shows = table->base >= expected->base;
    for (uint32_t c = 0; c < SIM_COLUMNS; c++)
        shows &= table->columns[c] >= expected->columns[c] || table->base > expected->columns[c];
    if (!shows)
        sim_broken(world, "commit of p%u: the table does not show what is committed of k%u", partition->index,
                   number);
}

void sim_oracle_commit(struct sim_world *world, struct sim_partition *partition, uint32_t end)
{
    bool ordered = world->tables[partition->lane].bucket.ordered;
    if (end < partition->claimed || end > partition->position)
        sim_broken(world, "commit of p%u goes from record %u to %u, taken %u", partition->index,
                   partition->claimed, end, partition->position);
    for (uint32_t i = partition->claimed; i < end; i++)
        commit_check_record(world, partition, &partition->records[i], ordered);
    partition->claimed = end;
    if (!ordered)
        return;
    for (; partition->checked < end; partition->checked++) {
        const struct sim_record *record = &partition->records[partition->checked];
        if (record->kind == SIM_GOOD && !record->placeholder)
            row_apply(&partition->keys[record->key].expected, record);
    }
    for (uint32_t i = 0; i < SIM_KEYS; i++)
        commit_check_key(world, partition, i);
}

static void end_check_partition(struct sim_world *world, struct sim_partition *partition)
{
    if (partition->committed != partition->count)
        sim_broken(world, "liveness: p%u is committed up to record %u of %u", partition->index,
                   partition->committed, partition->count);
    for (uint32_t i = 0; i < SIM_KEYS; i++)
        partition->keys[i].expected = (struct sim_row){0};
    for (uint32_t i = 0; i < partition->count; i++)
        if (partition->records[i].kind == SIM_GOOD && !partition->records[i].placeholder)
            row_apply(&partition->keys[partition->records[i].key].expected, &partition->records[i]);
    for (uint32_t i = 0; i < SIM_KEYS; i++)
        if (memcmp(&partition->keys[i].expected, &partition->keys[i].table, sizeof(struct sim_row)) != 0)
            sim_broken(world, "the end: row p%u k%u is not what the topic says", partition->index, i);
}

void sim_oracle_end(struct sim_world *world)
{
    for (uint32_t i = 0; i < world->partition_count; i++)
        if (world->tables[world->partitions[i].lane].bucket.ordered)
            end_check_partition(world, &world->partitions[i]);
}

/* Writes the next records itself, faultlessly, and commits them. */
void sim_oracle_other_owner(struct sim_world *world, struct sim_partition *partition, uint32_t count)
{
    bool ordered = world->tables[partition->lane].bucket.ordered;
    sim_oracle_begin_epoch(world, partition);
    for (; count > 0 && partition->committed < partition->visible; count--) {
        struct sim_record *record = &partition->records[partition->committed];
        if (record->kind == SIM_GOOD) {
            sim_oracle_apply(world, partition, record, ordered);
            sim_oracle_ack(world, partition, record, world->epoch);
        }
        record->told |= record->kind != SIM_GOOD;
        record->set_aside |= record->kind != SIM_GOOD;
        partition->committed++;
        partition->claimed++;
    }
    sim_seen[SEEN_OTHER_OWNER]++;
}
