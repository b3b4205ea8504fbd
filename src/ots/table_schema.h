/* table_schema: a table's description against the plan: the bodies of DescribeTable, CreateTable and of a
 * probe, and what a description says. Pure: bytes in, bytes out. */
#ifndef OTS_TABLE_SCHEMA_H
#define OTS_TABLE_SCHEMA_H

#include "ots/table.h"

struct buffer;

void ots_schema_put_describe(const struct ots_table_options *options, struct buffer *body);

void ots_schema_put_create(const struct ots_table_options *options, struct buffer *body);

/* More columns would be defined than a table takes: it is created without any. Rows need none of them. */
bool ots_schema_has_too_many(const struct ots_table_options *options);

/* GetRow of some key: has no effect, and is served by the partition that writes go to. */
void ots_schema_put_probe(const struct ots_table_options *options, struct buffer *body);

/* 0; or -1: ERROR_RETRY when the bytes are no description, ERROR_CONFIG with both keys side by side when the
 * table's primary key is not the plan's. */
int ots_schema_read(const struct ots_table_options *options, struct slice answer,
                    struct ots_description *description, struct error *err);

#endif
