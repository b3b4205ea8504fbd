/* error_table: the error table: records set aside as rows, in the manual's form: primary key topic_partition
 * (string) and offset (integer), columns key and value (binary, the record's bytes; absent where they are
 * null) and error_info (string). A bucket of its own sends them: batched, tried for ever, split when a
 * request is refused. Written twice, a record is one row. */
#ifndef CHANNEL_ERROR_TABLE_H
#define CHANNEL_ERROR_TABLE_H

#include "bucket/sink.h"
#include "channel/settings.h"
#include "record/aside.h"

struct clock;

/* How errors.table is checked, and made: where any other table may be. Both are filled, the options keep the
 * plan, both keep the settings' texts. False: there is none. */
bool error_table_options(const struct settings *settings, struct mapping_plan *plan,
                         struct ots_table_options *options);

/* The sink is kept; the name is copied. */
struct aside *error_table_create(struct clock *clock, struct sink *sink, const char *table);
void error_table_destroy(struct aside *aside); /* with nothing in flight; what is left is given up */

#endif
