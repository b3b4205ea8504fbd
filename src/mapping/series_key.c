/* series_key: each part is a text of one field, checked by the service's rules. Seeds and names are hashed
 * once; a record hashes its values. */
#include "mapping/series_key.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "mapping/cell.h"
#include "mapping/key.h"
#include "mapping/mapping_fault.h"
#include "mapping/name_hash.h"
#include "mapping/series_rule.h"
#include "mapping/series_time.h"
#include "record/series.h"

void series_key_init(struct series_key *key, const struct series_shape *shape, struct arena *arena)
{
    uint32_t count = shape->plan->tag_count;
    *key = (struct series_key){.plan = shape->plan, .shape = shape, .arena = arena};
    key->tags = check_memory(calloc(count + 1, sizeof(*key->tags)));
    key->cells = check_memory(calloc(count + SERIES_BESIDE_TAGS, sizeof(*key->cells)));
    for (uint32_t i = 0; i < count; i++)
        key->tags[i] = (struct series_key_tag){
            .hash = name_hash(key_seed(), shape->tags[i]),
            .good_name = series_rule_tag_name(shape->tags[i]),
        };
    for (uint32_t i = 0; i < SERIES_TAGS; i++)
        key->cells[i] = (struct cell){.type = CELL_STRING, .op = CELL_PUT};
}

void series_key_fini(struct series_key *key)
{
    free(key->tags);
    free(key->cells);
}

/* ---- texts ---- */

/* The text form of a scalar, into cell->bytes; `what` for the words. */
static int key_text_slowly(const struct value_field *field, const char *what, struct arena *arena,
                           struct cell *cell, struct mapping_fault *fault)
{
    bool number = field->type == VALUE_FLOAT32 || field->type == VALUE_FLOAT64;
    if (cell_is_nested(field))
        return mapping_fault_set(fault, STAGE_MAP, field->name, "an object or an array cannot be %s", what);
    if (number && !isfinite(field->number))
        return mapping_fault_set(fault, STAGE_LIMIT, field->name, "a number that a double cannot hold");
    const char *why = cell_convert(field, CELL_STRING, arena, cell);
    CHECK(why == NULL); /* every scalar has a text */
    return 0;
}

static inline int key_text(const struct value_field *field, const char *what, struct arena *arena,
                           struct cell *cell, struct mapping_fault *fault)
{
    if (__builtin_expect(field->type != VALUE_STRING, 0))
        return key_text_slowly(field, what, arena, cell, fault);
    cell->bytes = field->text;
    return 0;
}

/* ---- measurement and data source ---- */

static int key_measurement_text(const struct series_plan *plan, const struct message *message,
                                const struct value_field *field, struct arena *arena, struct cell *cell,
                                struct mapping_fault *fault)
{
    switch (plan->measurement) {
    case SERIES_MEASUREMENT_TOPIC:
        cell->bytes = message->topic;
        return 0;
    case SERIES_MEASUREMENT_FIXED:
        cell->bytes = plan->measurement_name;
        return 0;
    case SERIES_MEASUREMENT_FIELD:
        break;
    }
    if (field == NULL || field->is_null)
        return mapping_fault_set(fault, STAGE_MAP, plan->measurement_name, "the measurement is %s",
                                 field == NULL ? "missing" : "null");
    return key_text(field, "the measurement", arena, cell, fault);
}

static int key_measurement(const struct series_plan *plan, const struct message *message,
                           const struct value_field *field, struct arena *arena, struct cell *cell,
                           struct mapping_fault *fault)
{
    if (key_measurement_text(plan, message, field, arena, cell, fault) != 0)
        return -1;
    if (series_rule_measurement(cell->bytes))
        return 0;
    struct slice none = {0};
    return mapping_fault_set(fault, STAGE_LIMIT, field == NULL ? none : field->name,
                             "a measurement has 1 to %d bytes without '#', blanks and invisible characters",
                             SERIES_MEASUREMENT_MOST);
}

static int key_source(const struct series_plan *plan, const struct value_field *field, struct arena *arena,
                      struct cell *cell, struct mapping_fault *fault)
{
    cell->bytes = SLICE("");
    if (plan->source.len == 0 || (field != NULL && field->is_null))
        return 0;
    if (field == NULL)
        return mapping_fault_set(fault, STAGE_MAP, plan->source, "the data source is missing");
    if (key_text(field, "the data source", arena, cell, fault) != 0)
        return -1;
    if (cell->bytes.len <= SERIES_SOURCE_MOST)
        return 0;
    return mapping_fault_set(fault, STAGE_LIMIT, field->name, "%zu bytes; a data source takes at most %d",
                             cell->bytes.len, SERIES_SOURCE_MOST);
}

/* ---- tags ---- */

static int key_tag(const struct series_key_tag *tag, const struct value_field *field, struct arena *arena,
                   struct cell *cell, struct mapping_fault *fault)
{
    *cell = (struct cell){.name = field->name, .type = CELL_STRING, .op = CELL_PUT};
    if (key_text(field, "a tag", arena, cell, fault) != 0)
        return -1;
    if (!tag->good_name)
        return mapping_fault_set(fault, STAGE_LIMIT, field->name,
                                 "a tag's name is printable ASCII without blanks, '\"' and '='");
    if (!series_rule_tag_value(cell->bytes))
        return mapping_fault_set(fault, STAGE_LIMIT, field->name,
                                 "a tag's value cannot be empty and cannot have '\"' or '=' in it");
    return 0;
}

/* Those that are there, and their hash into the row's. */
static int key_tags(struct series_key *key, const struct value *value, struct row *row,
                    struct mapping_fault *fault)
{
    struct slice none = {0};
    for (uint32_t i = 0; i < key->plan->tag_count; i++) {
        const struct value_field *field = series_shape_role(key->shape, value, SERIES_ROLE_TAGS + i);
        if (field == NULL || field->is_null) {
            if (key->plan->tags_required)
                return mapping_fault_set(fault, STAGE_MAP, key->shape->tags[i], "the tag is %s",
                                         field == NULL ? "missing" : "null");
            continue;
        }
        struct cell *cell = &key->cells[row->key_count++];
        if (key_tag(&key->tags[i], field, key->arena, cell, fault) != 0)
            return -1;
        key->bytes += cell->name.len + cell->bytes.len;
        row->key_hash = name_hash(name_hash_mix(row->key_hash, key->tags[i].hash), cell->bytes);
    }
    if (key->bytes <= SERIES_TAGS_BYTES_MOST)
        return 0;
    return mapping_fault_set(fault, STAGE_LIMIT, none,
                             "tags of %zu bytes, names and values; the service takes at most %d", key->bytes,
                             SERIES_TAGS_BYTES_MOST);
}

/* ---- time ---- */

static int key_time(const struct series_plan *plan, const struct value_field *field, struct cell *cell,
                    struct mapping_fault *fault)
{
    *cell = (struct cell){.type = CELL_INTEGER, .op = CELL_PUT};
    if (field == NULL || field->is_null)
        return mapping_fault_set(fault, STAGE_MAP, plan->time, "the time is %s",
                                 field == NULL ? "missing" : "null");
    enum series_time_result result = series_time_of(field, plan->unit, plan->time_truncate, &cell->integer);
    if (result == SERIES_TIME_OK)
        return 0;
    return mapping_fault_set(fault, result == SERIES_TIME_NEGATIVE ? STAGE_LIMIT : STAGE_MAP, field->name,
                             "the time is %s", series_time_words(result));
}

/* ---- the whole ---- */

/* The measurement and the data source, and their hash. */
static int key_head(struct series_key *key, const struct message *message, const struct value *value,
                    struct row *row, struct mapping_fault *fault)
{
    const struct value_field *measurement = series_shape_role(key->shape, value, SERIES_ROLE_MEASUREMENT);
    const struct value_field *source = series_shape_role(key->shape, value, SERIES_ROLE_SOURCE);
    struct cell *cells = key->cells;
    if (key_measurement(key->plan, message, measurement, key->arena, &cells[SERIES_MEASUREMENT], fault) !=
            0 ||
        key_source(key->plan, source, key->arena, &cells[SERIES_SOURCE], fault) != 0)
        return -1;
    row->key_hash = name_hash(key_seed(), cells[SERIES_MEASUREMENT].bytes);
    row->key_hash = name_hash(row->key_hash, cells[SERIES_SOURCE].bytes);
    return 0;
}

int series_key_put(struct series_key *key, const struct message *message, const struct value *value,
                   struct row *row, struct mapping_fault *fault)
{
    row->keys = key->cells;
    row->key_count = SERIES_TAGS;
    key->bytes = 0;
    if (key_head(key, message, value, row, fault) != 0 || key_tags(key, value, row, fault) != 0)
        return -1;
    struct cell *time = &key->cells[row->key_count++];
    if (key_time(key->plan, series_shape_role(key->shape, value, SERIES_ROLE_TIME), time, fault) != 0)
        return -1;
    row->key_hash ^= series_time_mix(time->integer);
    key->bytes += key->cells[SERIES_MEASUREMENT].bytes.len + key->cells[SERIES_SOURCE].bytes.len +
                  sizeof(time->integer);
    return 0;
}
