/* mapping_fault: why a record cannot become a row, in words, with the column. Never the record's content. */
#ifndef MAPPING_MAPPING_FAULT_H
#define MAPPING_MAPPING_FAULT_H

#include "mapping/table_mapper.h"

/* Both return -1. `column` with at NULL: no column. The text begins with the column, where there is one. */
int mapping_fault_set(struct mapping_fault *fault, enum mapping_stage stage, struct slice column,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A converter's error, which stands in fault->error: stage "convert", "key: ..." or "value: ...". */
int mapping_fault_convert(struct mapping_fault *fault, bool of_key);

#endif
