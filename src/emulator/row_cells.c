/* row_cells: packing and unpacking. The bytes are our own, so a wrong one is a broken promise, not an error.
 */
#include "emulator/row_cells.h"

#include <stdlib.h>

#include "base/check.h"

enum { ROW_CELLS_NUMBER_MOST = 10 };

static char *row_cells_put_number(char *to, uint64_t number)
{
    while (number >= 128) {
        *to++ = (char)(number | 128);
        number >>= 7;
    }
    *to++ = (char)number;
    return to;
}

static const char *row_cells_get_number(const char *at, uint64_t *number)
{
    uint64_t sum = 0;
    unsigned shift = 0;
    while ((*at & 128) != 0) {
        sum |= (uint64_t)(*at++ & 127) << shift;
        shift += 7;
    }
    *number = sum | (uint64_t)*at++ << shift;
    return at;
}

static uint64_t row_cells_fold(int64_t number)
{
    return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
}

static int64_t row_cells_unfold(uint64_t number)
{
    return (int64_t)(number >> 1 ^ (0 - (number & 1)));
}

static bool row_cells_has_bytes(const struct cell *cell)
{
    return cell->type == CELL_STRING || cell->type == CELL_BINARY;
}

static size_t row_cells_room(const struct cell *cells, uint32_t count)
{
    const size_t two_numbers = (size_t)2 * ROW_CELLS_NUMBER_MOST;
    size_t room = two_numbers;
    for (uint32_t i = 0; i < count; i++)
        room +=
            2 + cells[i].name.len + two_numbers + (row_cells_has_bytes(&cells[i]) ? cells[i].bytes.len : 0);
    return room;
}

static char *row_cells_put_value(char *to, const struct cell *cell)
{
    if (cell->type == CELL_INTEGER)
        return row_cells_put_number(to, row_cells_fold(cell->integer));
    if (cell->type == CELL_DOUBLE) {
        memcpy(to, &cell->number, 8);
        return to + 8;
    }
    if (cell->type == CELL_BOOLEAN) {
        *to = cell->boolean ? 1 : 0;
        return to + 1;
    }
    CHECK(row_cells_has_bytes(cell));
    to = row_cells_put_number(to, cell->bytes.len);
    if (cell->bytes.len > 0)
        memcpy(to, cell->bytes.at, cell->bytes.len);
    return to + cell->bytes.len;
}

static char *row_cells_put(char *to, const struct cell *cell, int64_t base_ms)
{
    *to++ = (char)cell->name.len;
    memcpy(to, cell->name.at, cell->name.len);
    to += cell->name.len;
    *to++ = (char)cell->type;
    to = row_cells_put_number(to, row_cells_fold(cell->timestamp_ms - base_ms));
    return row_cells_put_value(to, cell);
}

char *row_cells_pack(const struct cell *cells, uint32_t count, size_t *bytes)
{
    *bytes = 0;
    if (count == 0)
        return NULL;
    char small[4096]; /* packed here first, so that the lasting piece has its exact size */
    size_t room = row_cells_room(cells, count);
    char *at = room <= sizeof(small) ? small : check_memory(malloc(room));
    char *to = row_cells_put_number(at, count);
    to = row_cells_put_number(to, (uint64_t)cells[0].timestamp_ms);
    for (uint32_t i = 0; i < count; i++)
        to = row_cells_put(to, &cells[i], cells[0].timestamp_ms);
    *bytes = (size_t)(to - at);
    if (at != small)
        return check_memory(realloc(at, *bytes));
    char *packed = check_memory(malloc(*bytes));
    memcpy(packed, at, *bytes);
    return packed;
}

char *row_cells_pack_none(int64_t written_ms, size_t *bytes)
{
    char small[2 * ROW_CELLS_NUMBER_MOST];
    char *to = row_cells_put_number(small, 0);
    to = row_cells_put_number(to, (uint64_t)written_ms);
    *bytes = (size_t)(to - small);
    char *packed = check_memory(malloc(*bytes));
    memcpy(packed, small, *bytes);
    return packed;
}

uint32_t row_cells_count(struct slice packed)
{
    uint64_t count = 0;
    if (packed.len > 0)
        row_cells_get_number(packed.at, &count);
    return (uint32_t)count;
}

static const char *row_cells_get_value(const char *at, struct cell *cell)
{
    uint64_t number = 0;
    if (cell->type == CELL_DOUBLE) {
        memcpy(&cell->number, at, 8);
        return at + 8;
    }
    at = row_cells_get_number(at, &number);
    if (cell->type == CELL_INTEGER) {
        cell->integer = row_cells_unfold(number);
        return at;
    }
    if (cell->type == CELL_BOOLEAN) {
        cell->boolean = number != 0;
        return at;
    }
    CHECK(row_cells_has_bytes(cell));
    cell->bytes = slice_of(at, number);
    return at + number;
}

static const char *row_cells_get(const char *at, struct cell *cell, int64_t base_ms)
{
    uint64_t time = 0;
    *cell = (struct cell){.op = CELL_PUT, .has_timestamp = true};
    cell->name = slice_of(at + 1, (unsigned char)at[0]);
    at += 1 + cell->name.len;
    cell->type = (enum cell_type) * at++;
    at = row_cells_get_number(at, &time);
    cell->timestamp_ms = base_ms + row_cells_unfold(time);
    return row_cells_get_value(at, cell);
}

void row_cells_unpack(struct slice packed, struct cell *cells)
{
    uint64_t count = 0;
    uint64_t base_ms = 0;
    if (packed.len == 0)
        return;
    const char *at = row_cells_get_number(packed.at, &count);
    at = row_cells_get_number(at, &base_ms);
    for (uint64_t i = 0; i < count; i++)
        at = row_cells_get(at, &cells[i], (int64_t)base_ms);
    CHECK(at == packed.at + packed.len);
}

uint32_t row_cells_see(struct slice packed, struct row_cells_sight sight, struct cell *cells)
{
    uint32_t count = row_cells_count(packed);
    uint32_t seen = 0;
    uint32_t versions = 0;
    row_cells_unpack(packed, cells);
    for (uint32_t i = 0; i < count; i++) {
        bool again = i > 0 && slice_equal(cells[i].name, cells[i - 1].name);
        versions = again ? versions + 1 : 1;
        if (versions <= sight.max_versions && cells[i].timestamp_ms >= sight.oldest_ms)
            cells[seen++] = cells[i];
    }
    return seen;
}

void row_cells_span(struct slice packed, int64_t *oldest_ms, int64_t *newest_ms)
{
    uint64_t count = 0;
    uint64_t base_ms = INT64_MAX;
    const char *at = packed.at;
    struct cell cell;
    if (packed.len > 0) {
        at = row_cells_get_number(at, &count);
        at = row_cells_get_number(at, &base_ms);
    }
    *oldest_ms = (int64_t)base_ms;
    *newest_ms = (int64_t)base_ms;
    for (uint64_t i = 0; i < count; i++) {
        at = row_cells_get(at, &cell, (int64_t)base_ms);
        *oldest_ms = cell.timestamp_ms < *oldest_ms ? cell.timestamp_ms : *oldest_ms;
        *newest_ms = cell.timestamp_ms > *newest_ms ? cell.timestamp_ms : *newest_ms;
    }
}

/* ---- bytes from a file ---- */

static bool row_cells_skip(struct slice *rest, uint64_t bytes)
{
    if (bytes > rest->len)
        return false;
    *rest = slice_of(rest->at + bytes, rest->len - (size_t)bytes);
    return true;
}

static bool row_cells_check_number(struct slice *rest, uint64_t *number)
{
    size_t len = 1;
    while (len < rest->len && len < ROW_CELLS_NUMBER_MOST && (rest->at[len - 1] & 128) != 0)
        len++;
    if (len > rest->len || (rest->at[len - 1] & 128) != 0)
        return false;
    row_cells_get_number(rest->at, number);
    return row_cells_skip(rest, len);
}

static bool row_cells_check_value(struct slice *rest, enum cell_type type)
{
    uint64_t number = 0;
    if (type == CELL_DOUBLE)
        return row_cells_skip(rest, 8);
    if (type != CELL_INTEGER && type != CELL_BOOLEAN && type != CELL_STRING && type != CELL_BINARY)
        return false;
    if (!row_cells_check_number(rest, &number))
        return false;
    return type == CELL_INTEGER || type == CELL_BOOLEAN || row_cells_skip(rest, number);
}

static bool row_cells_check(struct slice *rest, int64_t base_ms)
{
    uint64_t time = 0;
    int64_t sum = 0;
    if (rest->len == 0 || !row_cells_skip(rest, 1 + (uint64_t)(unsigned char)rest->at[0]) || rest->len == 0)
        return false;
    enum cell_type type = (enum cell_type)(unsigned char)*rest->at;
    return row_cells_skip(rest, 1) && row_cells_check_number(rest, &time) &&
           !__builtin_add_overflow(base_ms, row_cells_unfold(time), &sum) &&
           row_cells_check_value(rest, type);
}

bool row_cells_valid(struct slice packed)
{
    uint64_t count = 0;
    uint64_t base_ms = 0;
    if (packed.len == 0)
        return true;
    bool good = row_cells_check_number(&packed, &count) && count <= packed.len &&
                row_cells_check_number(&packed, &base_ms);
    for (uint64_t i = 0; good && i < count; i++)
        good = row_cells_check(&packed, (int64_t)base_ms);
    return good && packed.len == 0;
}

/* ---- places ---- */

static int row_cells_compare(const struct cell *cell, struct slice name, int64_t timestamp_ms)
{
    int order = slice_compare(cell->name, name);
    return order != 0 ? order : (cell->timestamp_ms < timestamp_ms) - (cell->timestamp_ms > timestamp_ms);
}

uint32_t row_cells_place(const struct cell *cells, uint32_t count, struct slice name, int64_t timestamp_ms)
{
    uint32_t low = 0;
    uint32_t high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (row_cells_compare(&cells[middle], name, timestamp_ms) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t row_cells_size_of(const struct cell *cell)
{
    if (row_cells_has_bytes(cell))
        return cell->name.len + cell->bytes.len;
    return cell->name.len + (cell->type == CELL_BOOLEAN ? 1 : 8);
}

size_t row_cells_size_of_row(const struct row *row)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < row->key_count; i++)
        bytes += row_cells_size_of(&row->keys[i]);
    for (uint32_t i = 0; i < row->cell_count; i++)
        bytes += row_cells_size_of(&row->cells[i]);
    return bytes;
}
