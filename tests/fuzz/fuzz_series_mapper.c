/* fuzz_series_mapper: four bytes make a plan, the rest is two records with a line's end between. The rows
 * obey the service's limits, and a mapper that has seen another record says what a new one says. */
#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "mapping/series_mapper.h"
#include "mapping/series_rule.h"
#include "record/series.h"
#include "support/mapping_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLAN_BYTES = 4, NAMES = 8, VALUE_MOST = 2 << 20, ROW_MOST = 4 << 20 };

static struct slice names[NAMES] = {{"m", 1}, {"d", 1},   {"t", 1},  {"a", 1},
                                    {"A", 1}, {"tag", 3}, {"b=", 2}, {"", 0}};
static struct mapping_column columns[] = {
    {{"a", 1}, CELL_INTEGER}, {{"B", 1}, CELL_DOUBLE}, {{"c", 1}, CELL_BOOLEAN},
    {{"d", 1}, CELL_STRING},  {{"e", 1}, CELL_BINARY},
};
static struct buffer first, second;

static struct series_plan plan_of(const uint8_t *data)
{
    uint32_t tag = data[0] & 7;
    return (struct series_plan){
        .table = SLICE("t"),
        .measurement = (enum series_measurement)(data[1] % 3),
        .measurement_name = names[data[0] >> 3 & 1],
        .source = names[data[0] >> 4 & 7],
        .tags = names + tag,
        .tag_count = (data[1] >> 2 & 7) % (NAMES + 1 - tag),
        .tags_required = (data[1] & 32) != 0,
        .time = names[2 + (data[1] >> 6)],
        .unit = (enum series_unit)(data[2] & 3),
        .time_truncate = (data[2] & 4) != 0,
        .fields = columns,
        .field_count = (data[2] >> 3 & 7) % 6,
        .map_all = (data[2] & 64) != 0,
        .lowercase = (data[2] & 128) != 0,
        .same_name = (data[3] & 1) != 0 ? SERIES_SAME_NAME_LAST : SERIES_SAME_NAME_ERROR,
        .integers_as_doubles = (data[3] & 2) != 0,
    };
}

static size_t value_bytes(const struct cell *cell)
{
    bool bytes = cell->type == CELL_STRING || cell->type == CELL_BINARY;
    return bytes ? cell->bytes.len : cell->type == CELL_BOOLEAN ? 1 : 8;
}

static size_t key_obeys(const struct row *row, const struct series_plan *plan)
{
    size_t bytes = 0;
    CHECK(row->key_count >= SERIES_BESIDE_TAGS && series_tag_count(row) <= plan->tag_count);
    CHECK(!plan->tags_required || series_tag_count(row) == plan->tag_count);
    CHECK(series_rule_measurement(row->keys[SERIES_MEASUREMENT].bytes));
    CHECK(row->keys[SERIES_SOURCE].bytes.len <= SERIES_SOURCE_MOST);
    for (uint32_t i = SERIES_TAGS; i < row->key_count - 1; i++) {
        const struct cell *tag = &row->keys[i];
        CHECK(tag->type == CELL_STRING && series_rule_tag_name(tag->name) &&
              series_rule_tag_value(tag->bytes));
        CHECK(i == SERIES_TAGS || slice_compare(tag[-1].name, tag->name) < 0);
        bytes += tag->name.len + tag->bytes.len;
    }
    CHECK(bytes <= SERIES_TAGS_BYTES_MOST && series_time_us(row) >= 0);
    CHECK(row->keys[row->key_count - 1].type == CELL_INTEGER);
    return bytes + row->keys[SERIES_MEASUREMENT].bytes.len + row->keys[SERIES_SOURCE].bytes.len + 8;
}

static void row_obeys(const struct row *row, const struct series_plan *plan)
{
    size_t bytes = key_obeys(row, plan);
    CHECK(row->op == ROW_PUT && !row->placeholder);
    CHECK(row->cell_count >= 1 && row->cell_count <= SERIES_FIELDS_MOST);
    CHECK(plan->map_all || row->cell_count <= plan->field_count);
    for (uint32_t i = 0; i < row->cell_count; i++) {
        const struct cell *cell = &row->cells[i];
        CHECK(cell->op == CELL_PUT && cell->type <= CELL_BINARY && !cell->has_timestamp);
        CHECK(series_rule_field(cell->name) && value_bytes(cell) <= VALUE_MOST);
        CHECK(i == 0 || slice_compare(cell[-1].name, cell->name) < 0);
        CHECK(cell->type != CELL_DOUBLE || isfinite(cell->number));
        bytes += cell->name.len + value_bytes(cell);
    }
    CHECK(bytes <= ROW_MOST);
}

static uint64_t said(struct series_mapper *mapper, const struct series_plan *plan, struct slice record,
                     struct buffer *text)
{
    struct row row;
    struct mapping_fault fault;
    struct message message = {.topic = SLICE("topic"), .timestamp_ms = -1, .value = record};
    if (series_mapper_map(mapper, &message, &row, &fault) == MAPPING_ROW) {
        row_obeys(&row, plan);
        mapping_text_series(text, &row);
        return row.key_hash;
    }
    CHECK(fault.error.kind == ERROR_RECORD && fault.error.text[0] != 0);
    buffer_reset(text, 1 << 20);
    buffer_print(text, "%s %s", mapping_stage_name(fault.stage), fault.error.text);
    return 0;
}

static struct series_mapper *mapper_of(const struct series_plan *plan, enum convert_format format)
{
    struct series_mapper_options options = {plan, CONVERT_STRING, format};
    return series_mapper_create(&options);
}

static void says_the_same(struct series_mapper *seasoned, const struct series_plan *plan,
                          enum convert_format format, struct slice record)
{
    struct series_mapper *fresh = mapper_of(plan, format);
    uint64_t hash = said(fresh, plan, record, &first);
    CHECK(said(seasoned, plan, record, &second) == hash);
    CHECK(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    series_mapper_destroy(fresh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < PLAN_BYTES)
        return 0;
    if (first.most == 0) {
        buffer_init(&first, 1 << 26);
        buffer_init(&second, 1 << 26);
    }
    struct series_plan plan = plan_of(data);
    enum convert_format format = (data[3] & 4) != 0 ? CONVERT_JSON_ENVELOPE : CONVERT_JSON;
    struct series_mapper *seasoned = mapper_of(&plan, format);
    size -= PLAN_BYTES;
    char *copy = check_memory(malloc(size + 1));
    memcpy(copy, data + PLAN_BYTES, size);
    const char *line = memchr(copy, '\n', size);
    size_t len = line == NULL ? size : (size_t)(line - copy);
    struct slice one = slice_of(copy, len);
    struct slice two = line == NULL ? (struct slice){0} : slice_of(line + 1, size - len - 1);
    says_the_same(seasoned, &plan, format, one);
    says_the_same(seasoned, &plan, format, two);
    says_the_same(seasoned, &plan, format, one);
    says_the_same(seasoned, &plan, format, one);
    series_mapper_destroy(seasoned);
    free(copy);
    return 0;
}
