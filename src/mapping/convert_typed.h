/* convert_typed: one JSON value by its schema. Where Connect would quietly change a value (a string for an
 * int32 becomes 0, 300 for an int8 becomes 44), this is an error instead. */
#ifndef MAPPING_CONVERT_TYPED_H
#define MAPPING_CONVERT_TYPED_H

#include "mapping/convert_schema.h"

/* `json` NULL or a JSON null: the default, or null, or an error. Sets everything of the field but its name;
 * texts lie in the message, the schema or the arena. 0, or -1 with ERROR_RECORD: words without the field's
 * name. */
int convert_typed(const struct convert_schema *schema, const struct json_value *json, struct arena *scratch,
                  struct value_field *field, struct error *err);

/* The same for JSON without a schema: never fails. */
void convert_untyped(const struct json_value *json, struct arena *scratch, struct value_field *field);

/* A text with its escapes resolved: the slice itself, or a copy in the arena. */
struct slice convert_text(struct slice text, bool escaped, struct arena *scratch);

#endif
