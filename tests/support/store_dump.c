/* store_dump: see store_dump.h. */
#include "support/cmocka_all.h"

#include "base/buffer.h"
#include "emulator/proto.h"
#include "emulator/store.h"
#include "support/store_dump.h"
#include "wire/tablestore.pb-c.h"

static void dump_bytes(struct buffer *to, struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = buffer_reserve(to, 2 * bytes.len);
    assert_non_null(text);
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digits[(unsigned char)bytes.at[i] >> 4];
        text[2 * i + 1] = digits[bytes.at[i] & 15];
    }
    to->len += 2 * bytes.len;
}

static void dump_message(struct buffer *to, const struct store_table *table)
{
    struct buffer packed;
    buffer_init(&packed, 1 << 20);
    proto_pack(store_table_request(table), &packed);
    dump_bytes(to, buffer_slice(&packed));
    buffer_fini(&packed);
}

static void dump_table(const struct store_table *table, struct buffer *to)
{
    struct row_cursor cursor;
    uint64_t rows = 0;
    uint64_t bytes = 0;
    buffer_print(to,
                 "table %.*s kind=%d keys=%u defined=%u versions=%u created=%lld raised=%lld lowered=%lld "
                 "streamed=%lld number=%lld meta=",
                 SLICE_ARG(table->name), (int)table->kind, table->key_count, table->defined_count,
                 table->max_versions, (long long)table->created_us, (long long)table->raised_us,
                 (long long)table->lowered_us, (long long)table->streamed_us,
                 (long long)table->last_increment);
    dump_message(to, table);
    for (const struct row_node *node = row_index_at_least(&table->rows, SLICE(""), &cursor); node != NULL;
         node = row_index_next(&table->rows, &cursor)) {
        buffer_add_slice(to, SLICE("\n  "));
        dump_bytes(to, row_index_key(node));
        buffer_add_slice(to, SLICE(" "));
        dump_bytes(to, row_index_cells(node));
        rows++;
        bytes += node->key_bytes + node->packed_bytes;
    }
    buffer_add_slice(to, SLICE("\n"));
    assert_int_equal(rows, table->rows.count);
    assert_int_equal(bytes, table->bytes);
}

void store_dump(const struct store *store, struct buffer *to)
{
    to->len = 0;
    for (uint32_t i = 0; i < store->count; i++)
        dump_table(store->tables[i], to);
    buffer_add(to, "", 1);
    to->len--;
}
