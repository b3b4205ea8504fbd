/* table_describe: parts of a description that `ls` shows too. */
#ifndef CLI_TABLE_DESCRIBE_H
#define CLI_TABLE_DESCRIBE_H

#include "mapping/plan.h"

struct buffer;

/* [["id","string"],["n","auto_increment"]] */
void table_describe_put_key(const struct mapping_plan *schema, struct buffer *to);

#endif
