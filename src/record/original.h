/* original: a record as it came, in one stretch of bytes: kept beside its row for as long as that may be
 * refused, so that it can be set aside unchanged. Topic, partition and offset are not in it: whoever keeps it
 * has a receipt, which knows them. */
#ifndef RECORD_ORIGINAL_H
#define RECORD_ORIGINAL_H

#include "record/message.h"

size_t original_size(const struct message *message);         /* bytes */
char *original_put(const struct message *message, char *to); /* answers where it ends */

size_t original_header_count(struct slice original);

/* Timestamp, key, value and headers of the message, as views; `headers` has room for all of them. The rest of
 * the message stays as it is. */
void original_read(struct slice original, struct message *message, struct message_header *headers);

#endif
