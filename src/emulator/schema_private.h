/* schema_private: what the files that check a schema share. */
#ifndef EMULATOR_SCHEMA_PRIVATE_H
#define EMULATOR_SCHEMA_PRIVATE_H

#include "base/slice.h"

struct refusal;
struct store_column;
struct store_table;

/* OTSParameterInvalid: "words: 'name'." Answers -1. */
int schema_refuse(struct refusal *refusal, const char *words, const char *name);

/* NULL: no such column. */
const struct store_column *schema_find(const struct store_column *columns, uint32_t count, struct slice name);

/* Keys, columns and options have been read. -1 and why. */
int schema_check_indexes(const struct store_table *table, struct refusal *refusal);
int schema_check_partitions(const struct store_table *table, struct refusal *refusal);

#endif
