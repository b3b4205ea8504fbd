/* filter: from bytes to a tree, and the tree against rows. */
#include "emulator/filter.h"

#include <math.h>

#include "base/arena.h"
#include "base/error.h"
#include "emulator/filter_rule.h"
#include "emulator/limits.h"
#include "emulator/proto.h"
#include "emulator/row_cells.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

enum filter_kind { FILTER_SINGLE, FILTER_NOT, FILTER_AND, FILTER_OR, FILTER_PAGE };

struct filter {
    enum filter_kind kind;
    uint64_t *cost; /* of the whole tree */
    union {
        struct {
            Ots__ComparatorType comparator;
            bool pass_if_missing;
            bool latest_only;
            struct slice column;
            struct cell value;
            struct filter_rule *rule; /* NULL: the column as it is */
        };
        struct {
            const struct filter **subs;
            uint32_t sub_count;
        };
        struct {
            uint32_t offset;
            uint32_t limit;
        };
    };
};

/* ---- reading ---- */

/* A tree as it is read. */
struct filter_reading {
    struct arena *arena;
    struct refusal *refusal;
    enum filter_use use;
    uint32_t count; /* filters so far */
    uint64_t *cost;
};

static const struct filter *read_tree(struct filter_reading *reading, const Ots__Filter *from, bool top);

static void *read_part(struct filter_reading *reading, const ProtobufCMessageDescriptor *kind,
                       struct slice bytes)
{
    void *message = proto_unpack(kind, bytes, reading->arena);
    if (message == NULL)
        refusal_set(reading->refusal, INVALID, "The filter is not a valid protobuf message.");
    return message;
}

static bool is_existence(Ots__ComparatorType comparator)
{
    return comparator == OTS__COMPARATOR_TYPE__CT_EXIST || comparator == OTS__COMPARATOR_TYPE__CT_NOT_EXIST;
}

/* The bytes may be anything where only the column's existence is asked for. [assumed] What a column cannot
 * hold cannot be compared with it either. */
static int read_value(struct filter_reading *reading, struct slice bytes, struct filter *filter)
{
    struct error err;
    struct cell *value = &filter->value;
    if (is_existence(filter->comparator))
        return 0;
    if (plainbuffer_bare(bytes, value, &err) != 0)
        return refusal_set(reading->refusal, INVALID, "The value of a filter: %s", err.text);
    if (value->type > CELL_BINARY || (value->type == CELL_DOUBLE && !isfinite(value->number)))
        return refusal_set(reading->refusal, INVALID, "Invalid value in a filter of column: '%.*s'.",
                           SLICE_ARG(filter->column));
    if (bytes.len > LIMIT_VALUE_BYTES + 5)
        return refusal_set(reading->refusal, INVALID,
                           "The length of the value in a filter exceeds the MaxLength: %d.",
                           LIMIT_VALUE_BYTES);
    return 0;
}

static int read_single(struct filter_reading *reading, struct slice bytes, struct filter *filter)
{
    const Ots__SingleColumnValueFilter *from =
        read_part(reading, &ots__single_column_value_filter__descriptor, bytes);
    if (from == NULL)
        return -1;
    if (from->comparator < OTS__COMPARATOR_TYPE__CT_EQUAL ||
        from->comparator > OTS__COMPARATOR_TYPE__CT_NOT_EXIST)
        return refusal_set(reading->refusal, INVALID, "Invalid comparator: %d.", (int)from->comparator);
    if (!limits_name(slice_text(from->column_name)))
        return refusal_set(reading->refusal, INVALID, "Invalid column name: '%s'.", from->column_name);
    filter->kind = FILTER_SINGLE;
    filter->comparator = from->comparator;
    filter->column = slice_text(from->column_name);
    filter->pass_if_missing = !from->filter_if_missing;
    filter->latest_only = from->latest_version_only;
    if (from->value_trans_rule != NULL) {
        filter->rule =
            filter_rule_read(from->value_trans_rule, reading->cost, reading->arena, reading->refusal);
        if (filter->rule == NULL)
            return -1;
    }
    return read_value(reading, proto_slice(from->column_value), filter);
}

static int read_arity(struct filter_reading *reading, Ots__LogicalOperator combinator, size_t count)
{
    if (combinator < OTS__LOGICAL_OPERATOR__LO_NOT || combinator > OTS__LOGICAL_OPERATOR__LO_OR)
        return refusal_set(reading->refusal, INVALID, "Invalid logical operator: %d.", (int)combinator);
    if (reading->count + count > LIMIT_FILTERS)
        return refusal_set(reading->refusal, INVALID, "The count of filter exceeds the max: %d.",
                           LIMIT_FILTERS);
    if (combinator == OTS__LOGICAL_OPERATOR__LO_NOT && count != 1)
        return refusal_set(reading->refusal, INVALID, "NOT takes exactly one filter.");
    if (combinator != OTS__LOGICAL_OPERATOR__LO_NOT && count < 2)
        return refusal_set(reading->refusal, INVALID, "AND and OR take two filters or more.");
    return 0;
}

/* No deeper than LIMIT_FILTERS, as each level adds at least one. */
static int read_composite(struct filter_reading *reading, struct slice bytes, struct filter *filter)
{
    static const enum filter_kind kinds[] = {[OTS__LOGICAL_OPERATOR__LO_NOT] = FILTER_NOT,
                                             [OTS__LOGICAL_OPERATOR__LO_AND] = FILTER_AND,
                                             [OTS__LOGICAL_OPERATOR__LO_OR] = FILTER_OR};
    const Ots__CompositeColumnValueFilter *from =
        read_part(reading, &ots__composite_column_value_filter__descriptor, bytes);
    if (from == NULL || read_arity(reading, from->combinator, from->n_sub_filters) != 0)
        return -1;
    filter->kind = kinds[from->combinator];
    filter->subs = arena_take(reading->arena, from->n_sub_filters * sizeof(filter->subs[0]));
    reading->count += (uint32_t)from->n_sub_filters;
    for (size_t i = 0; i < from->n_sub_filters; i++) {
        filter->subs[i] = read_tree(reading, from->sub_filters[i], false);
        if (filter->subs[i] == NULL)
            return -1;
        filter->sub_count++;
    }
    return 0;
}

/* [assumed] Alone, and in a read: it chooses columns, not rows. */
static int read_page(struct filter_reading *reading, struct slice bytes, bool top, struct filter *filter)
{
    const Ots__ColumnPaginationFilter *from =
        read_part(reading, &ots__column_pagination_filter__descriptor, bytes);
    if (from == NULL)
        return -1;
    if (!top || reading->use != FILTER_OF_READ)
        return refusal_set(reading->refusal, INVALID,
                           "A column pagination filter is for reads, and not part of another filter.");
    if (from->offset < 0 || from->limit < 1)
        return refusal_set(reading->refusal, INVALID, "Invalid column pagination: offset %d, limit %d.",
                           from->offset, from->limit);
    filter->kind = FILTER_PAGE;
    filter->offset = (uint32_t)from->offset;
    filter->limit = (uint32_t)from->limit;
    return 0;
}

static const struct filter *read_tree(struct filter_reading *reading, const Ots__Filter *from, bool top)
{
    struct slice bytes = proto_slice(from->filter);
    struct filter *filter = arena_take(reading->arena, sizeof(*filter));
    int result;
    memset(filter, 0, sizeof(*filter));
    filter->cost = reading->cost;
    if (from->type == OTS__FILTER_TYPE__FT_SINGLE_COLUMN_VALUE)
        result = read_single(reading, bytes, filter);
    else if (from->type == OTS__FILTER_TYPE__FT_COMPOSITE_COLUMN_VALUE)
        result = read_composite(reading, bytes, filter);
    else if (from->type == OTS__FILTER_TYPE__FT_COLUMN_PAGINATION)
        result = read_page(reading, bytes, top, filter);
    else
        result = refusal_set(reading->refusal, INVALID, "Invalid filter type: %d.", (int)from->type);
    return result == 0 ? filter : NULL;
}

const struct filter *filter_read(struct slice bytes, enum filter_use use, struct arena *arena,
                                 struct refusal *refusal)
{
    struct filter_reading reading = {.arena = arena, .refusal = refusal, .use = use, .count = 1};
    const Ots__Filter *from = read_part(&reading, &ots__filter__descriptor, bytes);
    if (from == NULL)
        return NULL;
    reading.cost = arena_take(arena, sizeof(*reading.cost));
    *reading.cost = 0;
    return read_tree(&reading, from, true);
}

/* ---- matching ---- */

static int compare_values(const struct cell *a, const struct cell *b)
{
    if (a->type == CELL_INTEGER)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->type == CELL_DOUBLE)
        return (a->number > b->number) - (a->number < b->number);
    if (a->type == CELL_BOOLEAN)
        return (int)a->boolean - (int)b->boolean;
    return slice_compare(a->bytes, b->bytes);
}

/* [assumed] Values of two types are never equal, and none is above the other. */
static bool match_value(const struct filter *filter, const struct cell *value)
{
    /* when the column's value is below, the same, above */
    static const bool holds[][3] = {
        [OTS__COMPARATOR_TYPE__CT_EQUAL] = {false, true, false},
        [OTS__COMPARATOR_TYPE__CT_NOT_EQUAL] = {true, false, true},
        [OTS__COMPARATOR_TYPE__CT_GREATER_THAN] = {false, false, true},
        [OTS__COMPARATOR_TYPE__CT_GREATER_EQUAL] = {false, true, true},
        [OTS__COMPARATOR_TYPE__CT_LESS_THAN] = {true, false, false},
        [OTS__COMPARATOR_TYPE__CT_LESS_EQUAL] = {true, true, false},
    };
    if (value->type != filter->value.type)
        return filter->comparator == OTS__COMPARATOR_TYPE__CT_NOT_EQUAL;
    int order = compare_values(value, &filter->value);
    return holds[filter->comparator][(order > 0) - (order < 0) + 1];
}

/* All versions of the column that were read; a key column has one. */
static const struct cell *match_find(const struct row *row, struct slice column, uint32_t *count)
{
    for (uint32_t i = 0; i < row->key_count; i++) {
        *count = 1;
        if (slice_equal(row->keys[i].name, column))
            return &row->keys[i];
    }
    uint32_t first = row_cells_place(row->cells, row->cell_count, column, INT64_MAX);
    uint32_t end = first;
    while (end < row->cell_count && slice_equal(row->cells[end].name, column))
        end++;
    *count = end - first;
    return *count == 0 ? NULL : &row->cells[first];
}

/* The newest version decides, or any one will do. [assumed] A value that its rule cannot read is missing. */
static bool match_single(const struct filter *filter, const struct row *row)
{
    uint32_t count;
    bool found = false;
    bool holds = false;
    const struct cell *versions = match_find(row, filter->column, &count);
    for (uint32_t i = 0; i < count && (i == 0 || !filter->latest_only); i++) {
        struct cell value = versions[i];
        if (filter->rule != NULL && !filter_rule_apply(filter->rule, &versions[i], &value))
            continue;
        found = true;
        holds = holds || (!is_existence(filter->comparator) && match_value(filter, &value));
    }
    if (is_existence(filter->comparator))
        return found == (filter->comparator == OTS__COMPARATOR_TYPE__CT_EXIST);
    return found ? holds : filter->pass_if_missing;
}

static bool match_any(const struct filter *filter, const struct row *row, bool wanted)
{
    for (uint32_t i = 0; i < filter->sub_count; i++)
        if (filter_match(filter->subs[i], row) == wanted)
            return true;
    return false;
}

bool filter_match(const struct filter *filter, const struct row *row)
{
    switch (filter->kind) {
    case FILTER_NOT:
        return !filter_match(filter->subs[0], row);
    case FILTER_AND:
        return !match_any(filter, row, false);
    case FILTER_OR:
        return match_any(filter, row, true);
    case FILTER_SINGLE:
        return match_single(filter, row);
    case FILTER_PAGE:
    default:
        return true;
    }
}

bool filter_page(const struct filter *filter, uint32_t *offset, uint32_t *limit)
{
    if (filter->kind != FILTER_PAGE)
        return false;
    *offset = filter->offset;
    *limit = filter->limit;
    return true;
}

uint64_t filter_cost(const struct filter *filter)
{
    return *filter->cost;
}
