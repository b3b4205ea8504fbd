/* series_condition: from bytes to a tree, and the tree against series. */
#include "emulator/series_condition.h"

#include "base/arena.h"
#include "emulator/proto.h"
#include "emulator/refusal.h"
#include "wire/series_tags.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

enum condition_kind {
    CONDITION_AND,
    CONDITION_OR,
    CONDITION_NOT,
    CONDITION_MEASUREMENT,
    CONDITION_SOURCE,
    CONDITION_TAG,
    CONDITION_ATTRIBUTE,
    CONDITION_UPDATE_TIME
};

struct series_condition {
    enum condition_kind kind;
    const struct series_condition **subs; /* of AND, OR, NOT */
    size_t sub_count;
    Ots__MetaQuerySingleOperator op; /* of all others */
    struct slice name;               /* of the tag or the attribute */
    struct slice text;
    int64_t time_us;
};

/* ---- reading ---- */

struct condition_reading {
    struct arena *arena;
    struct refusal *refusal;
    uint32_t count; /* conditions so far */
};

static const struct series_condition *read_tree(struct condition_reading *reading,
                                                const Ots__MetaQueryCondition *from, unsigned depth);

static void *read_part(struct condition_reading *reading, const ProtobufCMessageDescriptor *kind,
                       struct slice bytes)
{
    void *message = proto_unpack(kind, bytes, reading->arena);
    if (message == NULL)
        refusal_set(reading->refusal, INVALID, "The meta query condition is not a valid protobuf message.");
    return message;
}

static int read_operator(struct condition_reading *reading, Ots__MetaQuerySingleOperator op,
                         struct series_condition *condition)
{
    condition->op = op;
    if (op < OTS__META_QUERY_SINGLE_OPERATOR__OP_EQUAL || op > OTS__META_QUERY_SINGLE_OPERATOR__OP_PREFIX)
        return refusal_set(reading->refusal, INVALID, "Invalid operator of a meta query condition: %d.",
                           (int)op);
    return 0;
}

static int read_measurement(struct condition_reading *reading, struct slice bytes,
                            struct series_condition *condition)
{
    const Ots__MetaQueryMeasurementCondition *from =
        read_part(reading, &ots__meta_query_measurement_condition__descriptor, bytes);
    if (from == NULL)
        return -1;
    condition->kind = CONDITION_MEASUREMENT;
    condition->text = slice_text(from->value);
    return read_operator(reading, from->op, condition);
}

static int read_source(struct condition_reading *reading, struct slice bytes,
                       struct series_condition *condition)
{
    const Ots__MetaQuerySourceCondition *from =
        read_part(reading, &ots__meta_query_source_condition__descriptor, bytes);
    if (from == NULL)
        return -1;
    condition->kind = CONDITION_SOURCE;
    condition->text = slice_text(from->value);
    return read_operator(reading, from->op, condition);
}

static int read_tag(struct condition_reading *reading, struct slice bytes, struct series_condition *condition)
{
    const Ots__MetaQueryTagCondition *from =
        read_part(reading, &ots__meta_query_tag_condition__descriptor, bytes);
    if (from == NULL)
        return -1;
    condition->kind = CONDITION_TAG;
    condition->name = slice_text(from->tag_name);
    condition->text = slice_text(from->value);
    return read_operator(reading, from->op, condition);
}

static int read_attribute(struct condition_reading *reading, struct slice bytes,
                          struct series_condition *condition)
{
    const Ots__MetaQueryAttributeCondition *from =
        read_part(reading, &ots__meta_query_attribute_condition__descriptor, bytes);
    if (from == NULL)
        return -1;
    condition->kind = CONDITION_ATTRIBUTE;
    condition->name = slice_text(from->attr_name);
    condition->text = slice_text(from->value);
    return read_operator(reading, from->op, condition);
}

static int read_update_time(struct condition_reading *reading, struct slice bytes,
                            struct series_condition *condition)
{
    const Ots__MetaQueryUpdateTimeCondition *from =
        read_part(reading, &ots__meta_query_update_time_condition__descriptor, bytes);
    if (from == NULL)
        return -1;
    condition->kind = CONDITION_UPDATE_TIME;
    condition->time_us = from->value;
    if (from->op == OTS__META_QUERY_SINGLE_OPERATOR__OP_PREFIX)
        return refusal_set(reading->refusal, INVALID, "An update time has no prefix.");
    return read_operator(reading, from->op, condition);
}

/* [assumed] AND and OR take one condition or more, NOT takes one. */
static int read_arity(struct condition_reading *reading, const Ots__MetaQueryCompositeCondition *from)
{
    if (from->op < OTS__META_QUERY_COMPOSITE_OPERATOR__OP_AND ||
        from->op > OTS__META_QUERY_COMPOSITE_OPERATOR__OP_NOT)
        return refusal_set(reading->refusal, INVALID, "Invalid operator of a composite meta query: %d.",
                           (int)from->op);
    if (from->n_sub_conditions == 0)
        return refusal_set(reading->refusal, INVALID, "A composite meta query without conditions.");
    if (from->op == OTS__META_QUERY_COMPOSITE_OPERATOR__OP_NOT && from->n_sub_conditions != 1)
        return refusal_set(reading->refusal, INVALID, "NOT takes exactly one condition.");
    if (reading->count + from->n_sub_conditions > SERIES_CONDITIONS_MOST)
        return refusal_set(reading->refusal, INVALID,
                           "The count of meta query conditions exceeds the max: %d.", SERIES_CONDITIONS_MOST);
    return 0;
}

static int read_composite(struct condition_reading *reading, struct slice bytes, unsigned depth,
                          struct series_condition *condition)
{
    static const enum condition_kind kinds[] = {[OTS__META_QUERY_COMPOSITE_OPERATOR__OP_AND] = CONDITION_AND,
                                                [OTS__META_QUERY_COMPOSITE_OPERATOR__OP_OR] = CONDITION_OR,
                                                [OTS__META_QUERY_COMPOSITE_OPERATOR__OP_NOT] = CONDITION_NOT};
    const Ots__MetaQueryCompositeCondition *from =
        read_part(reading, &ots__meta_query_composite_condition__descriptor, bytes);
    if (from == NULL || read_arity(reading, from) != 0)
        return -1;
    condition->kind = kinds[from->op];
    condition->sub_count = from->n_sub_conditions;
    condition->subs = arena_take(reading->arena, condition->sub_count * sizeof(condition->subs[0]));
    reading->count += (uint32_t)condition->sub_count;
    for (size_t i = 0; i < condition->sub_count; i++) {
        condition->subs[i] = read_tree(reading, from->sub_conditions[i], depth + 1);
        if (condition->subs[i] == NULL)
            return -1;
    }
    return 0;
}

static int read_kind(struct condition_reading *reading, const Ots__MetaQueryCondition *from, unsigned depth,
                     struct series_condition *condition)
{
    struct slice bytes = proto_slice(from->proto_data);
    switch ((int)from->type) {
    case OTS__META_QUERY_CONDITION_TYPE__COMPOSITE_CONDITION:
        return read_composite(reading, bytes, depth, condition);
    case OTS__META_QUERY_CONDITION_TYPE__MEASUREMENT_CONDITION:
        return read_measurement(reading, bytes, condition);
    case OTS__META_QUERY_CONDITION_TYPE__SOURCE_CONDITION:
        return read_source(reading, bytes, condition);
    case OTS__META_QUERY_CONDITION_TYPE__TAG_CONDITION:
        return read_tag(reading, bytes, condition);
    case OTS__META_QUERY_CONDITION_TYPE__UPDATE_TIME_CONDITION:
        return read_update_time(reading, bytes, condition);
    case OTS__META_QUERY_CONDITION_TYPE__ATTRIBUTE_CONDITION:
        return read_attribute(reading, bytes, condition);
    default:
        return refusal_set(reading->refusal, INVALID, "Invalid type of a meta query condition: %d.",
                           (int)from->type);
    }
}

static const struct series_condition *read_tree(struct condition_reading *reading,
                                                const Ots__MetaQueryCondition *from, unsigned depth)
{
    struct series_condition *condition = arena_take(reading->arena, sizeof(*condition));
    memset(condition, 0, sizeof(*condition));
    if (depth > SERIES_CONDITION_DEEPEST) {
        refusal_set(reading->refusal, INVALID, "Meta query conditions are nested deeper than %d.",
                    SERIES_CONDITION_DEEPEST);
        return NULL;
    }
    return read_kind(reading, from, depth, condition) == 0 ? condition : NULL;
}

const struct series_condition *series_condition_read(const Ots__MetaQueryCondition *from, struct arena *arena,
                                                     struct refusal *refusal)
{
    struct condition_reading reading = {.arena = arena, .refusal = refusal, .count = 1};
    return read_tree(&reading, from, 1);
}

/* ---- matching ---- */

/* `order` of the series' value to the constant: below 0, 0, above 0. */
static bool holds(Ots__MetaQuerySingleOperator op, int order)
{
    switch ((int)op) {
    case OTS__META_QUERY_SINGLE_OPERATOR__OP_EQUAL:
        return order == 0;
    case OTS__META_QUERY_SINGLE_OPERATOR__OP_GREATER_THAN:
        return order > 0;
    case OTS__META_QUERY_SINGLE_OPERATOR__OP_GREATER_EQUAL:
        return order >= 0;
    case OTS__META_QUERY_SINGLE_OPERATOR__OP_LESS_THAN:
        return order < 0;
    default:
        return order <= 0;
    }
}

static bool match_text(const struct series_condition *condition, struct slice text)
{
    if (condition->op == OTS__META_QUERY_SINGLE_OPERATOR__OP_PREFIX)
        return text.len >= condition->text.len &&
               slice_equal(slice_of(text.at, condition->text.len), condition->text);
    return holds(condition->op, slice_compare(text, condition->text));
}

static bool match_named(const struct series_condition *condition, struct slice texts)
{
    struct slice name;
    struct slice value;
    size_t at = 0;
    while (series_tags_next(texts, &at, &name, &value) > 0) {
        if (slice_equal(name, condition->name))
            return match_text(condition, value);
    }
    return false;
}

static bool match_any(const struct series_condition *condition, const struct series_condition_facts *facts,
                      bool wanted)
{
    for (size_t i = 0; i < condition->sub_count; i++)
        if (series_condition_match(condition->subs[i], facts) == wanted)
            return true;
    return false;
}

bool series_condition_match(const struct series_condition *condition,
                            const struct series_condition_facts *facts)
{
    int64_t time_us = facts->update_time_us;
    switch (condition->kind) {
    case CONDITION_AND:
        return !match_any(condition, facts, false);
    case CONDITION_OR:
        return match_any(condition, facts, true);
    case CONDITION_NOT:
        return match_any(condition, facts, false);
    case CONDITION_MEASUREMENT:
        return match_text(condition, facts->measurement);
    case CONDITION_SOURCE:
        return match_text(condition, facts->source);
    case CONDITION_TAG:
        return match_named(condition, facts->tags);
    case CONDITION_ATTRIBUTE:
        return match_named(condition, facts->attributes);
    case CONDITION_UPDATE_TIME:
    default:
        return holds(condition->op, (time_us > condition->time_us) - (time_us < condition->time_us));
    }
}
