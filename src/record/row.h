/* row: one row change on its way out, as views only; valid until the next record is mapped. The primary key
 * comes first, in the table's order. Nothing here is specific to the bytes it becomes (wire) or to how it is
 * batched (bucket). */
#ifndef RECORD_ROW_H
#define RECORD_ROW_H

#include "base/slice.h"

enum row_op {
    ROW_PUT = 1, /* replaces the whole row; the numbers are Tablestore's OperationType */
    ROW_UPDATE = 2,
    ROW_DELETE = 3
};

enum cell_type {
    CELL_INTEGER,
    CELL_DOUBLE,
    CELL_BOOLEAN,
    CELL_STRING,
    CELL_BINARY,
    CELL_AUTO_INCREMENT, /* key columns of a write only: the service picks the number */
    CELL_INF_MIN,        /* key columns of range bounds only */
    CELL_INF_MAX
};

enum cell_op {
    CELL_PUT,
    CELL_DELETE_ALL, /* all versions; no value, no timestamp */
    CELL_DELETE_ONE, /* one version; timestamp, no value */
    CELL_INCREMENT   /* integer delta, no timestamp */
};

struct cell {
    struct slice name;
    enum cell_type type;
    enum cell_op op;
    bool has_timestamp;
    uint8_t name_crc; /* CRC8 of the name, when name_crc_known: the mapper keeps it for names it has seen */
    bool name_crc_known;
    int64_t timestamp_ms;
    union {
        int64_t integer;
        double number;
        bool boolean;
        struct slice bytes; /* STRING, BINARY */
    };
};

struct row {
    enum row_op op;
    bool placeholder;  /* a key column is CELL_AUTO_INCREMENT: the row has no key to order by */
    uint64_t key_hash; /* over the whole primary key; equal keys have equal hashes */
    struct cell *keys;
    uint32_t key_count;
    struct cell *cells;
    uint32_t cell_count;
};

#endif
