/* row_key: order-preserving bytes, there and back. */
#include "emulator/row_key.h"

#include <endian.h>

#include "base/arena.h"
#include "base/check.h"

enum { KEY_INF_MIN = 0, KEY_INTEGER = 1, KEY_STRING = 2, KEY_BINARY = 3, KEY_INF_MAX = 255 };

static size_t row_key_room(const struct cell *keys, uint32_t count)
{
    size_t room = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool bytes = keys[i].type == CELL_STRING || keys[i].type == CELL_BINARY;
        room += bytes ? 3 + 2 * keys[i].bytes.len : 9;
    }
    return room;
}

static char *row_key_put_integer(char *to, int64_t integer)
{
    uint64_t word = htobe64((uint64_t)integer ^ (uint64_t)1 << 63);
    *to++ = KEY_INTEGER;
    memcpy(to, &word, 8);
    return to + 8;
}

static char *row_key_put_bytes(char *to, char type, struct slice bytes)
{
    *to++ = type;
    for (size_t i = 0; i < bytes.len; i++) {
        *to++ = bytes.at[i];
        if (bytes.at[i] == 0)
            *to++ = (char)255;
    }
    *to++ = 0;
    *to++ = 0;
    return to;
}

static char *row_key_put(char *to, const struct cell *key)
{
    if (key->type == CELL_INTEGER)
        return row_key_put_integer(to, key->integer);
    if (key->type == CELL_STRING)
        return row_key_put_bytes(to, KEY_STRING, key->bytes);
    if (key->type == CELL_BINARY)
        return row_key_put_bytes(to, KEY_BINARY, key->bytes);
    CHECK(key->type == CELL_INF_MIN || key->type == CELL_INF_MAX);
    *to = key->type == CELL_INF_MIN ? KEY_INF_MIN : (char)KEY_INF_MAX;
    return to + 1;
}

struct slice row_key_encode(const struct cell *keys, uint32_t count, struct arena *arena)
{
    char *at = arena_take(arena, row_key_room(keys, count));
    char *to = at;
    for (uint32_t i = 0; i < count; i++)
        to = row_key_put(to, &keys[i]);
    return slice_of(at, (size_t)(to - at));
}

static const char *row_key_get_integer(const char *at, struct cell *key)
{
    uint64_t word;
    memcpy(&word, at, 8);
    key->type = CELL_INTEGER;
    key->integer = (int64_t)(be64toh(word) ^ (uint64_t)1 << 63);
    return at + 8;
}

/* `end` is the key's end: more room than the column needs, so one arena piece is always enough. */
static const char *row_key_get_bytes(const char *at, const char *end, struct cell *key, struct arena *arena)
{
    char *to = arena_take(arena, (size_t)(end - at));
    size_t len = 0;
    while (at[0] != 0 || at[1] != 0) {
        to[len++] = at[0];
        at += at[0] == 0 ? 2 : 1;
    }
    key->bytes = slice_of(to, len);
    return at + 2;
}

void row_key_decode(struct slice key, struct cell *keys, uint32_t count, struct arena *arena)
{
    const char *at = key.at;
    const char *end = key.at + key.len;
    for (uint32_t i = 0; i < count; i++) {
        char type = *at++;
        if (type == KEY_INTEGER) {
            at = row_key_get_integer(at, &keys[i]);
            continue;
        }
        CHECK(type == KEY_STRING || type == KEY_BINARY);
        keys[i].type = type == KEY_STRING ? CELL_STRING : CELL_BINARY;
        at = row_key_get_bytes(at, end, &keys[i], arena);
    }
    CHECK(at == end);
}

/* The length of a string or binary, up to and with its end; 0: it has none. */
static size_t row_key_bytes_end(struct slice rest)
{
    for (size_t i = 0; i + 1 < rest.len; i++) {
        if (rest.at[i] != 0)
            continue;
        if (rest.at[i + 1] == 0)
            return i + 2;
        if (rest.at[++i] != (char)255)
            return 0;
    }
    return 0;
}

static bool row_key_check(struct slice *rest, enum cell_type type)
{
    char first = type == CELL_INTEGER ? KEY_INTEGER : type == CELL_STRING ? KEY_STRING : KEY_BINARY;
    if (rest->len == 0 || *rest->at != first)
        return false;
    *rest = slice_of(rest->at + 1, rest->len - 1);
    size_t len = type == CELL_INTEGER ? 8 : row_key_bytes_end(*rest);
    if (len == 0 || len > rest->len)
        return false;
    *rest = slice_of(rest->at + len, rest->len - len);
    return true;
}

bool row_key_valid(struct slice key, const enum cell_type *types, uint32_t count)
{
    bool good = key.len <= UINT16_MAX;
    for (uint32_t i = 0; good && i < count; i++)
        good = row_key_check(&key, types[i]);
    return good && key.len == 0;
}

static uint64_t row_key_mix(uint64_t hash, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.at[i]) * 0x100000001b3u;
    hash ^= hash >> 32;
    return hash * 0x9e3779b97f4a7c15u;
}

uint64_t row_key_hash(struct slice table, struct slice key)
{
    return row_key_mix(row_key_mix(0xcbf29ce484222325u, table), key);
}
