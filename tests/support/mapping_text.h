/* mapping_text: values and rows as short texts, so that a test's table can say what it expects.
 *   value: none | struct{a:int32=1 b:string=x c:bytes=00ff d:int64=null e:decimal=1.5} | map{...} |
 * scalar{string=x} with "schemaless " in front where it is row:   put id=i1 | a=s"x" b=d1.5 c=btrue e=x00ff
 * f=del     (i integer, s string, d double, b boolean, x binary, auto: a placeholder) */
#ifndef SUPPORT_MAPPING_TEXT_H
#define SUPPORT_MAPPING_TEXT_H

#include "base/buffer.h"
#include "record/row.h"
#include "record/value.h"

/* All empty the buffer first and end the text with a 0 byte. */
const char *mapping_text_value(struct buffer *to, const struct value *value);
const char *mapping_text_row(struct buffer *to, const struct row *row);

/* A row of a time-series table: host "server-01" {level="3" region="cn"} @1645459200000000 | cpu=d10.0 */
const char *mapping_text_series(struct buffer *to, const struct row *row);

#endif
