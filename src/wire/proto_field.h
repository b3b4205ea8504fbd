/* proto_field: a walk over the fields of a protobuf message, by hand, no malloc. Hostile bytes in. */
#ifndef WIRE_PROTO_FIELD_H
#define WIRE_PROTO_FIELD_H

#include "base/slice.h"

enum proto_field_type {
    PROTO_FIELD_VARINT = 0,
    PROTO_FIELD_FIXED64 = 1,
    PROTO_FIELD_BYTES = 2,
    PROTO_FIELD_FIXED32 = 5
};

/* One field of a message: its number as a varint, or where its content is. */
struct proto_field {
    uint64_t number;
    uint64_t type;
    uint64_t varint;
    struct slice bytes;
};

/* Takes the next field off the front of `rest`. 1: a field, 0: the end, -1: these bytes are not a message. */
static inline int proto_field_next(struct slice *rest, struct proto_field *field);

/* Is it this one? A known number with another wire type is not what the sender means: *broken. */
static inline bool proto_field_is(const struct proto_field *field, uint64_t number,
                                  enum proto_field_type type, bool *broken)
{
    if (field->number != number)
        return false;
    *broken |= field->type != type;
    return field->type == type;
}

static inline bool proto_field_long_varint(struct slice *rest, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 70 && rest->len > 0; shift += 7) {
        uint8_t byte = (uint8_t)*rest->at;
        *rest = (struct slice){rest->at + 1, rest->len - 1};
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static inline bool proto_field_varint(struct slice *rest, uint64_t *value)
{
    if (rest->len == 0 || (uint8_t)*rest->at >= 0x80)
        return proto_field_long_varint(rest, value);
    *value = (uint8_t)*rest->at;
    *rest = (struct slice){rest->at + 1, rest->len - 1};
    return true;
}

static inline bool proto_field_bytes(struct slice *rest, uint64_t len, struct slice *bytes)
{
    if (len > rest->len)
        return false;
    *bytes = slice_of(rest->at, (size_t)len);
    *rest = slice_of(rest->at + len, rest->len - (size_t)len);
    return true;
}

static inline bool proto_field_content(struct slice *rest, struct proto_field *field)
{
    switch (field->type) {
    case PROTO_FIELD_VARINT:
        return proto_field_varint(rest, &field->varint);
    case PROTO_FIELD_FIXED64:
        return proto_field_bytes(rest, 8, &field->bytes);
    case PROTO_FIELD_FIXED32:
        return proto_field_bytes(rest, 4, &field->bytes);
    case PROTO_FIELD_BYTES:
        return proto_field_varint(rest, &field->varint) &&
               proto_field_bytes(rest, field->varint, &field->bytes);
    default:
        return false; /* groups: no message of Tablestore has them */
    }
}

static inline int proto_field_next(struct slice *rest, struct proto_field *field)
{
    uint64_t tag;
    if (rest->len == 0)
        return 0;
    if (!proto_field_varint(rest, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
        return -1;
    *field = (struct proto_field){.number = tag >> 3, .type = tag & 7};
    return proto_field_content(rest, field) ? 1 : -1;
}

#endif
