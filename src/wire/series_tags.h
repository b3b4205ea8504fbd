/* series_tags: tags or attributes as one text, ["k1=v1","k2=v2"] (tablestore-protocol.md 5.5). Nothing in it
 * is escaped: a name ends at the first '=', a value at the next '"'. */
#ifndef WIRE_SERIES_TAGS_H
#define WIRE_SERIES_TAGS_H

#include "record/row.h"

struct buffer;

/* Walks the text; *at is 0 at first and moves on. The empty text and [] have no tags. Names may be empty,
 * twice, in any order: the caller judges. 1: a tag, as views into the text; 0: the end; -1: not of this form.
 */
int series_tags_next(struct slice text, size_t *at, struct slice *name, struct slice *value);

/* How many, or -1 when the text is not of this form. */
int64_t series_tags_count(struct slice text);

/* Appends the text of these cells in their order, [] for none; names and values are not looked at. 0, or -1
 * when the buffer is full. */
int series_tags_put(struct buffer *to, const struct cell *tags, size_t count);

#endif
