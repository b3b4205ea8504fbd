/* schema: what CreateTable may ask for, checked, and read into the table's own form. */
#ifndef EMULATOR_SCHEMA_H
#define EMULATOR_SCHEMA_H

struct refusal;
struct store_table;

/* From table->meta into the table's columns and numbers. -1 and why. */
int schema_read(struct store_table *table, struct refusal *refusal);

#endif
