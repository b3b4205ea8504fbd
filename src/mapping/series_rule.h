/* series_rule: what the service takes as names and texts of time series (tablestore-protocol.md 5.5, 7). */
#ifndef MAPPING_SERIES_RULE_H
#define MAPPING_SERIES_RULE_H

#include "base/slice.h"

/* [a-z_][a-z0-9_]*, at most 128 bytes, none of the service's own names (_m_name and so on). */
bool series_rule_field(struct slice name);

/* Printable ASCII without blanks, '"' and '='; at least one. */
bool series_rule_tag_name(struct slice name);

/* Any text without '"' and '=', not empty. */
bool series_rule_tag_value(struct slice text);

/* 1 to 128 bytes of UTF-8 without '#', blanks and invisible characters: [assumed] those of Unicode's
 * categories Cc, Cf, Zs, Zl, Zp. */
bool series_rule_measurement(struct slice text);

#endif
