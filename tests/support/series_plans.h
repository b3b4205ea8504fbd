/* series_plans: plans of time-series tables for tests, and what a record becomes by one, as text. */
#ifndef SUPPORT_SERIES_PLANS_H
#define SUPPORT_SERIES_PLANS_H

#include "mapping/series_mapper.h"

/* Measurement m, data source d, tags region and level, time t in milliseconds, every other field, names in
 * lower case. */
struct series_plan series_plans_usual(void);

/* A row as mapping_text_series() writes it, or "! stage column" ("-": none); good until the next call. Each
 * record twice through one mapper, so that what it remembers is tested as well. */
const char *series_plans_said(const struct series_plan *plan, const char *value);

/* The same with formats and a key; NULL is a null. */
const char *series_plans_said_of(const struct series_plan *plan, enum convert_format key_format,
                                 const char *key, enum convert_format format, const char *value);

/* One record through a mapper that lives on; *hash gets the row's key_hash, 0 for a fault. */
const char *series_plans_map(struct series_mapper *mapper, const char *value, uint64_t *hash);

#endif
