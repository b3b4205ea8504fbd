/* plainbuffer_tags: the bytes that writer and reader agree on (tablestore-protocol.md 4.2 to 4.4). */
#ifndef WIRE_PLAINBUFFER_TAGS_H
#define WIRE_PLAINBUFFER_TAGS_H

#include "record/row.h"

enum plainbuffer_tag {
    TAG_ROW_PK = 0x01,
    TAG_ROW_DATA = 0x02,
    TAG_CELL = 0x03,
    TAG_CELL_NAME = 0x04,
    TAG_CELL_VALUE = 0x05,
    TAG_CELL_TYPE = 0x06,
    TAG_CELL_TIMESTAMP = 0x07,
    TAG_DELETE_MARKER = 0x08,
    TAG_ROW_CHECKSUM = 0x09,
    TAG_CELL_CHECKSUM = 0x0a,
    TAG_EXTENSION = 0x0b
};

enum plainbuffer_value {
    VALUE_TAG_INTEGER = 0x00,
    VALUE_TAG_DOUBLE = 0x01,
    VALUE_TAG_BOOLEAN = 0x02,
    VALUE_TAG_STRING = 0x03,
    VALUE_TAG_NULL = 0x06,
    VALUE_TAG_BLOB = 0x07,
    VALUE_TAG_INF_MIN = 0x09,
    VALUE_TAG_INF_MAX = 0x0a,
    VALUE_TAG_AUTO_INCREMENT = 0x0b
};

enum plainbuffer_cell_op {
    CELL_TAG_DELETE_ALL = 0x01,
    CELL_TAG_DELETE_ONE = 0x03,
    CELL_TAG_INCREMENT = 0x04
};

/* For every operation but CELL_PUT, which has none. */
static inline uint8_t plainbuffer_op_tag(enum cell_op op)
{
    if (op == CELL_INCREMENT)
        return CELL_TAG_INCREMENT;
    return op == CELL_DELETE_ONE ? CELL_TAG_DELETE_ONE : CELL_TAG_DELETE_ALL;
}

#endif
