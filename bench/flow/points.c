/* points: protobuf around, FlatBuffers inside (tablestore-protocol.md 3.9 and 5.2). */
#include "flow/points.h"

#include "base/buffer.h"

enum { META_TIME_S = 1700000000, ROWS_MOST = 200 };

/* Fields' numbers in their tables. */
enum { ROOT_GROUPS = 0, GROUP_ROWS = 3, ROW_META_TIME = 4 };

static uint64_t points_varint(const char **at, const char *end)
{
    uint64_t value = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = (uint8_t) * (*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    *at = end;
    return 0;
}

/* The bytes of the message's field `number`; at NULL: there is none. */
static struct slice points_field(struct slice message, uint64_t number)
{
    const char *at = message.at, *end = message.at + message.len;
    while (at < end) {
        uint64_t tag = points_varint(&at, end);
        uint64_t value = points_varint(&at, end);
        if ((tag & 7) == 0)
            continue;
        if ((tag & 7) != 2 || value > (uint64_t)(end - at))
            break;
        if (tag >> 3 == number)
            return slice_of(at, value);
        at += value;
    }
    return (struct slice){0};
}

/* ---- FlatBuffers: places in `rows`, 0: there is none ---- */

static uint32_t points_u32(struct slice rows, size_t at)
{
    uint32_t value = 0;
    if (at + 4 <= rows.len)
        memcpy(&value, rows.at + at, 4);
    return value;
}

static size_t points_follow(struct slice rows, size_t at)
{
    uint32_t offset = points_u32(rows, at);
    return offset == 0 || at + offset + 4 > rows.len ? 0 : at + offset;
}

static size_t points_member(struct slice rows, size_t table, unsigned number)
{
    uint16_t size = 0, offset = 0;
    size_t vtable = table - (size_t)(int64_t)(int32_t)points_u32(rows, table);
    if (vtable + 2 > rows.len)
        return 0;
    memcpy(&size, rows.at + vtable, 2);
    if (4 + 2 * number + 2 > size || vtable + size > rows.len)
        return 0;
    memcpy(&offset, rows.at + vtable + 4 + 2 * (size_t)number, 2);
    return offset == 0 ? 0 : table + offset;
}

static size_t points_vector(struct slice rows, size_t table, unsigned number)
{
    size_t member = points_member(rows, table, number);
    return member == 0 ? 0 : points_follow(rows, member);
}

static void points_put_varint(struct buffer *to, uint64_t value)
{
    for (; value > 0x7f; value >>= 7)
        buffer_add(to, &(char){(char)(value | 0x80)}, 1);
    buffer_add(to, &(char){(char)value}, 1);
}

/* Only the ids here: the times follow in one go, in the same order. */
static void points_look(struct slice rows, size_t row, uint64_t number, struct buffer *ids)
{
    size_t meta = points_member(rows, row, ROW_META_TIME);
    if (meta != 0 && points_u32(rows, meta) != 0)
        return;
    buffer_add(ids, "\x08", 1);
    points_put_varint(ids, number);
}

static int64_t points_walk(struct slice rows, struct buffer *ids)
{
    size_t root = points_follow(rows, 0);
    size_t groups = root == 0 ? 0 : points_vector(rows, root, ROOT_GROUPS);
    uint32_t count = groups == 0 ? 0 : points_u32(rows, groups);
    int64_t number = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t group = points_follow(rows, groups + 4 + (size_t)4 * i);
        size_t members = group == 0 ? 0 : points_vector(rows, group, GROUP_ROWS);
        uint32_t more = members == 0 ? 0 : points_u32(rows, members);
        if (more == 0 || number + more > ROWS_MOST)
            return -1;
        for (uint32_t k = 0; k < more; k++)
            points_look(rows, points_follow(rows, members + 4 + (size_t)4 * k), (uint64_t)number++, ids);
    }
    return number > 0 ? number : -1;
}

static uint32_t points_ids(struct slice ids)
{
    const char *at = ids.at, *end = ids.at + ids.len;
    uint32_t count = 0;
    for (; at < end; count++) {
        points_varint(&at, end);
        points_varint(&at, end);
    }
    return count;
}

int64_t points_answer(struct slice body, struct buffer *reply)
{
    struct slice rows = points_field(points_field(body, 2), 2);
    struct buffer status;
    buffer_init(&status, 1 << 16);
    int64_t count = points_walk(rows, &status);
    for (uint32_t i = points_ids(buffer_slice(&status)); i > 0; i--) {
        buffer_add(&status, "\x10", 1);
        points_put_varint(&status, META_TIME_S);
    }
    if (status.len > 0) {
        buffer_add(reply, "\x12", 1);
        points_put_varint(reply, status.len);
        buffer_add_slice(reply, buffer_slice(&status));
    }
    buffer_fini(&status);
    return count;
}
