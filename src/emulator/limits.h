/* limits: the numbers of the service that the emulator enforces (tablestore-protocol.md 7). */
#ifndef EMULATOR_LIMITS_H
#define EMULATOR_LIMITS_H

#include "base/slice.h"

enum {
    LIMIT_TABLES = 64,
    LIMIT_NAME_BYTES = 255,
    LIMIT_KEYS = 4,
    LIMIT_KEY_BYTES = 1024,
    LIMIT_VALUE_BYTES = 2 * 1024 * 1024,
    LIMIT_CELLS = 1024, /* attribute columns in one row write */
    LIMIT_DEFINED_COLUMNS = 32,
    LIMIT_INDEXES = 5,
    LIMIT_PARTITIONS = 10,
    LIMIT_PARTITION_BYTES = 64,
    LIMIT_THROUGHPUT = 100000,
    LIMIT_COLUMNS_TO_GET = 128,
    LIMIT_FILTERS = 10, /* in one filter or column condition, composite ones counted too */
    LIMIT_REGEX_BYTES = 256,
    LIMIT_ROW_BYTES = 4 * 1024 * 1024,
    LIMIT_BATCH_ROWS = 200,
    LIMIT_BATCH_BYTES = 4 * 1024 * 1024,
    LIMIT_BATCH_GET_ROWS = 100,
    LIMIT_RANGE_ROWS = 5000,
    LIMIT_RANGE_BYTES = 4 * 1024 * 1024,
    LIMIT_SPLIT_UNIT_BYTES = 1024 * 1024, /* at least */
    LIMIT_TRANSACTION_BYTES = 4 * 1024 * 1024,
    LIMIT_TRANSACTION_MS = 60 * 1000,
    LIMIT_TRANSACTIONS = 1000, /* ours: open at one time */
    LIMIT_BODY_BYTES = 5 * 1024 * 1024,
    LIMIT_CAPACITY_UNIT_BYTES = 4096
};

/* Table and column names: 1 to 255 bytes, a letter or an underscore, then letters, digits, underscores. */
bool limits_name(struct slice name);

#endif
