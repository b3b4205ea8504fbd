/* schema: what CreateTable may ask for, and CreateTimeseriesTable, may ask for: checked, and read into the
 * table's own form. */
#ifndef EMULATOR_SCHEMA_H
#define EMULATOR_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

struct refusal;
struct store_table;

/* From table->meta into the table's columns and numbers. -1 and why. */
int schema_read(struct store_table *table, struct refusal *refusal);

/* The same from table->series_meta, of points and of series (schema_series.c). */
int schema_read_series(struct store_table *table, struct refusal *refusal);

/* Times to live of points and of what is known about series, in seconds; -1: for ever. */
struct Ots__TimeseriesTableMeta;
int32_t schema_points_ttl_s(const struct Ots__TimeseriesTableMeta *meta);
int32_t schema_series_ttl_s(const struct Ots__TimeseriesTableMeta *meta);
bool schema_allows_attributes(const struct Ots__TimeseriesTableMeta *meta);

#endif
