/* data_sweep: once a third of what the pieces hold is old, all rows are written again as they are now,
 * behind the old pieces and in their order, a few with every commit; when the last one is written, the old
 * pieces go, again a few with every commit, the oldest first. At every moment the pieces that are there, read
 * in order, make the rows of now: those of a half-done sweep say nothing new. */
#include "base/check.h"
#include "emulator/data_private.h"

enum {
    SWEEP_SLACK = 4 * 1024 * 1024, /* old bytes that are nobody's concern */
    SWEEP_ROW_BYTES = 8,           /* of a row in a piece, beside key and cells */
    SWEEP_SHARE = 4,               /* a commit's share in copying or removing: so many times its own bytes, */
    SWEEP_LEAST = 4096,            /* and these */
    SWEEP_PIECES_MOST = 256        /* that a commit removes */
};

static uint64_t sweep_live_bytes(const struct store *store)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < store->count; i++)
        bytes += store->tables[i]->bytes + store->tables[i]->rows.count * SWEEP_ROW_BYTES;
    return bytes;
}

static void sweep_begin(struct data_instance *instance)
{
    struct data_log *log = &instance->log;
    uint64_t live = sweep_live_bytes(instance->store);
    if (log->bytes <= live + live / 2 + SWEEP_SLACK)
        return;
    log->phase = DATA_COPYING;
    log->old_last = log->last_piece;
    log->old_bytes = log->bytes;
    log->table = 0;
    instance->key_next.len = 0;
}

/* ---- copying ---- */

/* The table that is being copied or, when it is gone or done, the next one. They stand in the order of their
 * numbers. */
static const struct store_table *sweep_table(const struct store *store, int64_t least)
{
    for (uint32_t i = 0; i < store->count; i++)
        if (store->tables[i]->kept_as >= least)
            return store->tables[i];
    return NULL;
}

/* The first row that is not copied; NULL: none of this table. */
static const struct row_node *sweep_first(const struct store_table *table, struct slice last,
                                          struct row_cursor *cursor)
{
    const struct row_node *node = row_index_at_least(&table->rows, last, cursor);
    if (node != NULL && last.len > 0 && slice_equal(row_index_key(node), last))
        node = row_index_next(&table->rows, cursor);
    return node;
}

static void sweep_set_key(struct data_instance *instance, struct slice key)
{
    instance->key_next.len = 0;
    CHECK(buffer_add_slice(&instance->key_next, key) == 0);
}

/* Rows of one table, up to `most` bytes of them in this piece. */
static void sweep_copy_table(struct data_instance *instance, const struct store_table *table, size_t most)
{
    struct buffer *piece = &instance->data->piece;
    struct row_cursor cursor;
    const struct row_node *last = NULL;
    const struct row_node *node = sweep_first(table, buffer_slice(&instance->key_next), &cursor);
    for (; node != NULL && piece->len < most; node = row_index_next(&table->rows, &cursor)) {
        data_piece_add_row(piece, table->kept_as, node);
        last = node;
    }
    instance->log.table = node == NULL ? table->kept_as + 1 : table->kept_as;
    if (node == NULL)
        instance->key_next.len = 0;
    else if (last != NULL)
        sweep_set_key(instance, row_index_key(last));
}

static int sweep_copy(struct data_instance *instance, uint64_t share, struct error *err)
{
    struct data_log *log = &instance->log;
    const uint64_t stop = log->bytes + share;
    while (log->bytes < stop) {
        const struct store_table *table = sweep_table(instance->store, log->table);
        if (table == NULL) {
            log->phase = DATA_DELETING;
            return 0;
        }
        uint64_t left = stop - log->bytes;
        if (table->kept_as != log->table)
            instance->key_next.len = 0; /* the one that was being copied is gone */
        log->table = table->kept_as;
        sweep_copy_table(instance, table, left < DATA_PIECE_FULL ? (size_t)left : DATA_PIECE_FULL);
        if (data_keep_piece(instance, err) != 0)
            return -1;
    }
    return 0;
}

/* ---- removing ---- */

/* The last of the oldest pieces that make up a share; 0: there are no old ones. -1: an error. */
static int64_t sweep_oldest(struct data_instance *instance, int64_t first, uint64_t share, struct error *err)
{
    sqlite3_stmt *sizes = data_file_statement(instance->data, DATA_SIZE_PIECES);
    int64_t last = 0;
    int rc = 1;
    sqlite3_bind_int64(sizes, 1, first);
    sqlite3_bind_int64(sizes, 2, instance->log.old_last);
    for (int count = 0; count < SWEEP_PIECES_MOST && share > 0; count++) {
        rc = data_file_step(instance->data, sizes, err);
        if (rc != 1)
            break;
        uint64_t bytes = (uint64_t)sqlite3_column_int64(sizes, 1);
        share -= bytes < share ? bytes : share;
        last = sqlite3_column_int64(sizes, 0);
    }
    sqlite3_reset(sizes);
    return rc < 0 ? -1 : last;
}

static int sweep_remove(struct data_instance *instance, uint64_t share, struct error *err)
{
    struct data *data = instance->data;
    struct data_log *log = &instance->log;
    const int64_t first = instance->id << DATA_PIECE_BITS;
    int64_t last = sweep_oldest(instance, first, share, err);
    if (last < 0)
        return -1;
    if (last == 0) {
        log->phase = DATA_RESTING;
        log->bytes -= log->old_bytes;
        return 0;
    }
    sqlite3_stmt *gone = data_file_statement(data, DATA_DELETE_PIECES);
    sqlite3_bind_int64(gone, 1, first);
    sqlite3_bind_int64(gone, 2, last);
    return data_file_run(data, gone, err);
}

/* ---- a commit's share ---- */

int data_sweep(struct data_instance *instance, uint64_t bytes, struct error *err)
{
    const uint64_t share = SWEEP_LEAST + SWEEP_SHARE * bytes;
    sweep_set_key(instance, buffer_slice(&instance->key));
    if (instance->log.phase == DATA_RESTING)
        sweep_begin(instance);
    if (instance->log.phase == DATA_COPYING)
        return sweep_copy(instance, share, err);
    if (instance->log.phase == DATA_DELETING)
        return sweep_remove(instance, share, err);
    return 0;
}

void data_sweep_done(struct data_instance *instance)
{
    struct buffer key = instance->key;
    instance->key = instance->key_next;
    instance->key_next = key;
}
