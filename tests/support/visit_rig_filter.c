/* visit_rig_filter: see visit_rig_filter.h. */
#include "support/cmocka_all.h"

#include "emulator/proto.h"
#include "support/visit_rig_filter.h"
#include "wire/bytes.h"

static ProtobufCBinaryData rig_pack(struct arena *arena, const void *message)
{
    uint8_t *at = arena_take(arena, protobuf_c_message_get_packed_size(message));
    return (ProtobufCBinaryData){protobuf_c_message_pack(message, at), at};
}

static ProtobufCBinaryData rig_wrap(struct arena *arena, Ots__FilterType type, const void *message)
{
    Ots__Filter filter = OTS__FILTER__INIT;
    filter.type = type;
    filter.filter = rig_pack(arena, message);
    return rig_pack(arena, &filter);
}

ProtobufCBinaryData visit_rig_bare(struct arena *arena, const struct cell *value)
{
    static const char tags[] = {0, 1, 2, 3, 7, 11, 9, 10};
    bool bytes = value->type == CELL_STRING || value->type == CELL_BINARY;
    char *at = arena_take(arena, 16 + (bytes ? value->bytes.len : 0));
    char *to = at;
    uint64_t word = (uint64_t)value->integer;
    *to++ = tags[value->type];
    if (value->type == CELL_DOUBLE)
        memcpy(&word, &value->number, sizeof(word));
    if (value->type == CELL_INTEGER || value->type == CELL_DOUBLE)
        to = bytes_put_u64(to, word);
    else if (value->type == CELL_BOOLEAN)
        *to++ = value->boolean ? 1 : 0;
    else if (bytes) {
        to = bytes_put_u32(to, (uint32_t)value->bytes.len);
        bytes_copy(to, value->bytes.at, value->bytes.len);
        to += value->bytes.len;
    }
    return proto_bytes(slice_of(at, (size_t)(to - at)));
}

static Ots__SingleColumnValueFilter rig_single(struct arena *arena, Ots__ComparatorType comparator,
                                               const struct cell *value, int flags)
{
    Ots__SingleColumnValueFilter single = OTS__SINGLE_COLUMN_VALUE_FILTER__INIT;
    single.comparator = comparator;
    single.column_name = (char *)(uintptr_t)arena_copy(arena, value->name).at;
    single.column_value = visit_rig_bare(arena, value);
    single.filter_if_missing = (flags & RIG_PASS_IF_MISSING) == 0;
    single.latest_version_only = (flags & RIG_ANY_VERSION) == 0;
    return single;
}

ProtobufCBinaryData visit_rig_single(struct arena *arena, Ots__ComparatorType comparator,
                                     const struct cell *value, int flags)
{
    Ots__SingleColumnValueFilter single = rig_single(arena, comparator, value, flags);
    return rig_wrap(arena, OTS__FILTER_TYPE__FT_SINGLE_COLUMN_VALUE, &single);
}

ProtobufCBinaryData visit_rig_regex(struct arena *arena, Ots__ComparatorType comparator,
                                    const struct cell *value, const char *regex, int cast)
{
    Ots__SingleColumnValueFilter single = rig_single(arena, comparator, value, 0);
    Ots__ValueTransferRule rule = OTS__VALUE_TRANSFER_RULE__INIT;
    rule.regex = (char *)(uintptr_t)regex;
    rule.has_cast_type = cast >= 0;
    rule.cast_type = (Ots__VariantType)cast;
    single.value_trans_rule = &rule;
    return rig_wrap(arena, OTS__FILTER_TYPE__FT_SINGLE_COLUMN_VALUE, &single);
}

ProtobufCBinaryData visit_rig_composite(struct arena *arena, Ots__LogicalOperator combinator,
                                        const ProtobufCBinaryData *subs, size_t count)
{
    Ots__CompositeColumnValueFilter composite = OTS__COMPOSITE_COLUMN_VALUE_FILTER__INIT;
    composite.combinator = combinator;
    composite.n_sub_filters = count;
    composite.sub_filters = arena_take(arena, (count + 1) * sizeof(composite.sub_filters[0]));
    for (size_t i = 0; i < count; i++) {
        composite.sub_filters[i] = proto_unpack(&ots__filter__descriptor, proto_slice(subs[i]), arena);
        assert_non_null(composite.sub_filters[i]);
    }
    return rig_wrap(arena, OTS__FILTER_TYPE__FT_COMPOSITE_COLUMN_VALUE, &composite);
}

ProtobufCBinaryData visit_rig_page(struct arena *arena, int32_t offset, int32_t limit)
{
    Ots__ColumnPaginationFilter page = OTS__COLUMN_PAGINATION_FILTER__INIT;
    page.offset = offset;
    page.limit = limit;
    return rig_wrap(arena, OTS__FILTER_TYPE__FT_COLUMN_PAGINATION, &page);
}
