/* series_plans: see the header. */
#include "support/series_plans.h"

#include "support/cmocka_all.h"
#include "support/mapping_text.h"

static struct buffer text;

struct series_plan series_plans_usual(void)
{
    static struct slice tags[] = {{"region", 6}, {"level", 5}};
    return (struct series_plan){
        .table = SLICE("test"),
        .measurement = SERIES_MEASUREMENT_FIELD,
        .measurement_name = SLICE("m"),
        .source = SLICE("d"),
        .tags = tags,
        .tag_count = 2,
        .time = SLICE("t"),
        .unit = SERIES_MILLISECONDS,
        .map_all = true,
        .lowercase = true,
    };
}

static const char *said(struct series_mapper *mapper, struct slice key, struct slice value, uint64_t *hash)
{
    struct row row;
    struct mapping_fault fault;
    struct message message = {.topic = SLICE("metrics.eu"), .timestamp_ms = -1, .key = key, .value = value};
    if (text.most == 0)
        buffer_init(&text, 1 << 26);
    *hash = 0;
    if (series_mapper_map(mapper, &message, &row, &fault) == MAPPING_ROW) {
        assert_int_equal(row.op, ROW_PUT);
        assert_false(row.placeholder);
        *hash = row.key_hash;
        return mapping_text_series(&text, &row);
    }
    assert_int_equal(fault.error.kind, ERROR_RECORD);
    assert_true(fault.error.text[0] != 0);
    buffer_reset(&text, 1 << 20);
    buffer_print(&text, "! %s %s", mapping_stage_name(fault.stage), fault.has_column ? fault.column : "-");
    buffer_add(&text, "", 1);
    return text.at;
}

const char *series_plans_map(struct series_mapper *mapper, const char *value, uint64_t *hash)
{
    return said(mapper, (struct slice){0}, slice_text(value), hash);
}

const char *series_plans_said_of(const struct series_plan *plan, enum convert_format key_format,
                                 const char *key, enum convert_format format, const char *value)
{
    uint64_t first, second;
    struct series_mapper_options options = {plan, key_format, format};
    struct series_mapper *mapper = series_mapper_create(&options);
    struct buffer once;
    buffer_init(&once, 1 << 26);
    buffer_print(&once, "%s", said(mapper, slice_text(key), slice_text(value), &first));
    buffer_add(&once, "", 1);
    const char *is = said(mapper, slice_text(key), slice_text(value), &second);
    assert_string_equal(is, once.at);
    assert_true(first == second);
    buffer_fini(&once);
    series_mapper_destroy(mapper);
    return is;
}

const char *series_plans_said(const struct series_plan *plan, const char *value)
{
    return series_plans_said_of(plan, CONVERT_STRING, NULL, CONVERT_JSON, value);
}
