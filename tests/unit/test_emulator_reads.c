/* emulator_reads: what GetRow, BatchGetRow and GetRange give of rows: versions, columns, filters, pages,
 * pieces of large rows; and what they refuse. */
#include "support/cmocka_all.h"

#include <stdio.h>

#include "base/error.h"
#include "emulator/read_token.h"
#include "support/visit_rig.h"
#include "support/visit_rig_filter.h"
#include "wire/plainbuffer.h"

static int setup(void **state)
{
    *state = visit_rig_create();
    return 0;
}

static int teardown(void **state)
{
    visit_rig_destroy(*state);
    return 0;
}

static char *lasting(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* ---- rows as text: key{name=value@time,...} ---- */

static void print_cell(struct buffer *to, const struct cell *cell)
{
    if (cell->type == CELL_INTEGER)
        buffer_print(to, "%lld", (long long)cell->integer);
    else if (cell->bytes.len > 20)
        buffer_print(to, "%zu bytes", cell->bytes.len);
    else
        buffer_print(to, "%.*s", SLICE_ARG(cell->bytes));
}

static void print_row(struct buffer *to, const struct row *row)
{
    for (uint32_t i = 0; i < row->key_count; i++) {
        buffer_print(to, "%s", i == 0 ? "" : "/");
        print_cell(to, &row->keys[i]);
    }
    buffer_print(to, "{");
    for (uint32_t i = 0; i < row->cell_count; i++) {
        buffer_print(to, "%s%.*s=", i == 0 ? "" : ",", SLICE_ARG(row->cells[i].name));
        print_cell(to, &row->cells[i]);
        if (row->cells[i].timestamp_ms != VISIT_RIG_NOW)
            buffer_print(to, "@%lld", (long long)row->cells[i].timestamp_ms);
    }
    buffer_print(to, "}");
}

static const char *text_of(struct visit_rig *rig, ProtobufCBinaryData rows)
{
    struct plainbuffer_reader reader;
    struct buffer text;
    struct error err;
    struct row row;
    int found;
    buffer_init(&text, 1 << 20);
    assert_int_equal(plainbuffer_open(&reader, proto_slice(rows), &rig->arena, &err), 0);
    while ((found = plainbuffer_next(&reader, &row, &err)) == 1)
        print_row(&text, &row);
    assert_int_equal(found, 0);
    const char *copy = arena_copy(&rig->arena, buffer_slice(&text)).at;
    buffer_fini(&text);
    return copy;
}

/* ---- rows written ---- */

static struct cell at_time(const char *name, int64_t value, int64_t timestamp_ms)
{
    struct cell cell = visit_rig_number(name, value);
    cell.has_timestamp = true;
    cell.timestamp_ms = timestamp_ms;
    return cell;
}

static void put(struct visit_rig *rig, const char *key_text, struct cell *cells, uint32_t count)
{
    struct cell key = visit_rig_text("k0", key_text);
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1, .cells = cells, .cell_count = count};
    assert_int_equal(visit_rig_write(rig, "t", &row), 200);
}

/* k: a in three versions, b in one, c in two; at most three versions. */
static void make_versions(struct visit_rig *rig)
{
    struct cell cells[] = {at_time("a", 1, 100), at_time("a", 2, 200), at_time("a", 3, 300),
                           at_time("b", 4, 200), at_time("c", 5, 100), at_time("c", 6, 300)};
    visit_rig_make_table(rig, "t", "STRING", 3);
    put(rig, "k", cells, 6);
}

/* ---- GetRow as a table of cases ---- */

struct get_case {
    const char *columns[4];
    int32_t max_versions; /* 0: not given */
    int64_t from_ms;      /* from and until; or a specific time: until is -1 */
    int64_t until_ms;     /* 0: no time range */
    const char *start_column;
    const char *end_column;
    const char *gives; /* NULL: refused with these words */
    const char *words;
};

static ProtobufCBinaryData key_bytes(struct visit_rig *rig, const char *text)
{
    struct cell key = visit_rig_text("k0", text);
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
    return visit_rig_row(rig, &row);
}

static Ots__GetRowRequest get_of(struct visit_rig *rig, const char *key)
{
    Ots__GetRowRequest request = OTS__GET_ROW_REQUEST__INIT;
    request.table_name = lasting("t");
    request.primary_key = key_bytes(rig, key);
    return request;
}

static const char *given(struct visit_rig *rig, const Ots__GetRowRequest *request)
{
    if (visit_rig_run(rig, "GetRow", request) != 200)
        return rig->visit.refusal.message;
    Ots__GetRowResponse *answer = visit_rig_answer(rig, &ots__get_row_response__descriptor);
    assert_int_equal(answer->consumed->capacity_unit->write, 0);
    assert_true(answer->consumed->capacity_unit->read >= 1);
    return text_of(rig, answer->row);
}

static void fill_time(Ots__TimeRange *range, const struct get_case *wanted)
{
    range->has_specific_time = wanted->until_ms == -1;
    range->specific_time = wanted->from_ms;
    range->has_start_time = range->has_end_time = wanted->until_ms != -1;
    range->start_time = wanted->from_ms;
    range->end_time = wanted->until_ms;
}

static void check_get(struct visit_rig *rig, const struct get_case *wanted)
{
    Ots__TimeRange range = OTS__TIME_RANGE__INIT;
    Ots__GetRowRequest request = get_of(rig, "k");
    char *columns[4];
    for (; request.n_columns_to_get < 4 && wanted->columns[request.n_columns_to_get] != NULL;
         request.n_columns_to_get++)
        columns[request.n_columns_to_get] = lasting(wanted->columns[request.n_columns_to_get]);
    request.columns_to_get = columns;
    request.has_max_versions = wanted->max_versions != 0;
    request.max_versions = wanted->max_versions;
    fill_time(&range, wanted);
    request.time_range = wanted->until_ms == 0 ? NULL : &range;
    request.start_column = lasting(wanted->start_column);
    request.end_column = lasting(wanted->end_column);
    const char *text = given(rig, &request);
    if (wanted->gives != NULL) {
        assert_int_equal(rig->visit.refusal.status, 0);
        assert_string_equal(text, wanted->gives);
        return;
    }
    assert_string_equal(rig->visit.refusal.code, "OTSParameterInvalid");
    if (strstr(text, wanted->words) == NULL)
        fail_msg("'%s' is not in '%s'", wanted->words, text);
}

static void check_gets(struct visit_rig *rig, const struct get_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_get(rig, &cases[i]);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_versions_are_chosen_by_number_and_by_time(void **state)
{
    static const struct get_case cases[] = {
        {.max_versions = 1, .gives = "k{a=3@300,b=4@200,c=6@300}"},
        {.max_versions = 2, .gives = "k{a=3@300,a=2@200,b=4@200,c=6@300,c=5@100}"},
        {.max_versions = INT32_MAX, .gives = "k{a=3@300,a=2@200,a=1@100,b=4@200,c=6@300,c=5@100}"},
        {.from_ms = 100, .until_ms = 300, .gives = "k{a=2@200,a=1@100,b=4@200,c=5@100}"},
        {.max_versions = 1, .from_ms = 100, .until_ms = 300, .gives = "k{a=2@200,b=4@200,c=5@100}"},
        {.from_ms = 200, .until_ms = -1, .gives = "k{a=2@200,b=4@200}"},
        {.max_versions = 1, .from_ms = 200, .until_ms = -1, .gives = "k{a=2@200,b=4@200}"},
        {.from_ms = 0, .until_ms = INT64_MAX, .gives = "k{a=3@300,a=2@200,a=1@100,b=4@200,c=6@300,c=5@100}"},
        {.from_ms = 301, .until_ms = 400, .gives = "k{}"},
        {.from_ms = 250, .until_ms = -1, .columns = {"a"}, .gives = ""},
        {.from_ms = 250, .until_ms = -1, .columns = {"a", "k0"}, .gives = "k{}"},
        {.words = "No version condition"},
        {.max_versions = -1, .words = "Invalid max versions: -1"},
        {.max_versions = 2, .from_ms = 200, .until_ms = -1, .words = "exclude each other"},
        {.from_ms = 300, .until_ms = 300, .words = "Invalid time range: [300, 300)"},
        {.from_ms = 300, .until_ms = 200, .words = "Invalid time range"},
        {.from_ms = -1, .until_ms = 200, .words = "Invalid time range"},
        {.from_ms = -1, .until_ms = -1, .words = "Invalid specific time: -1"},
        {.from_ms = INT64_MAX, .until_ms = -1, .words = "Invalid specific time"},
    };
    make_versions(*state);
    check_gets(*state, cases, COUNT(cases));
}

static void test_a_time_range_is_whole_and_of_one_kind(void **state)
{
    struct visit_rig *rig = *state;
    Ots__TimeRange range = OTS__TIME_RANGE__INIT;
    Ots__GetRowRequest request = get_of(rig, "k");
    make_versions(rig);
    request.time_range = &range;
    assert_non_null(strstr(given(rig, &request), "needs a start and an end"));
    range.has_start_time = true;
    assert_non_null(strstr(given(rig, &request), "needs a start and an end"));
    range.has_specific_time = true;
    assert_non_null(strstr(given(rig, &request), "not both"));
}

static void test_columns_are_chosen_by_name_and_by_range(void **state)
{
    static const struct get_case cases[] = {
        {.max_versions = 1, .columns = {"a"}, .gives = "k{a=3@300}"},
        {.max_versions = 1, .columns = {"c", "a", "c"}, .gives = "k{a=3@300,c=6@300}"},
        {.max_versions = 1, .columns = {"aa", "d", "A"}, .gives = ""},
        {.max_versions = 1, .columns = {"k0"}, .gives = "k{}"},
        {.max_versions = 1, .columns = {"k0", "b"}, .gives = "k{b=4@200}"},
        {.max_versions = 1, .start_column = "b", .gives = "k{b=4@200,c=6@300}"},
        {.max_versions = 1, .end_column = "c", .gives = "k{a=3@300,b=4@200}"},
        {.max_versions = 2, .start_column = "b", .end_column = "c", .gives = "k{b=4@200}"},
        {.max_versions = 1, .start_column = "aa", .end_column = "bb", .gives = "k{b=4@200}"},
        {.max_versions = 1, .columns = {"a", "c"}, .start_column = "b", .gives = "k{c=6@300}"},
        {.max_versions = 1, .start_column = "d", .gives = ""},
        {.max_versions = 1, .columns = {"k0"}, .start_column = "d", .gives = "k{}"},
        {.max_versions = 1, .start_column = "c", .end_column = "c", .words = "start column must be less"},
        {.max_versions = 1, .start_column = "c", .end_column = "b", .words = "start column must be less"},
        {.max_versions = 1, .columns = {"a-b"}, .words = "Invalid column name: 'a-b'"},
        {.max_versions = 1, .start_column = "1", .words = "Invalid column name: '1'"},
        {.max_versions = 1, .end_column = "", .words = "Invalid column name: ''"},
    };
    make_versions(*state);
    check_gets(*state, cases, COUNT(cases));
}

static void test_128_columns_can_be_named_and_not_129(void **state)
{
    struct visit_rig *rig = *state;
    char names[LIMIT_COLUMNS_TO_GET + 1][16];
    char *columns[LIMIT_COLUMNS_TO_GET + 1];
    Ots__GetRowRequest request = get_of(rig, "k");
    make_versions(rig);
    for (int i = 0; i <= LIMIT_COLUMNS_TO_GET; i++) {
        snprintf(names[i], sizeof(names[i]), "b%d", i);
        columns[i] = names[i];
    }
    columns[77] = lasting("b");
    request.columns_to_get = columns;
    request.has_max_versions = true;
    request.max_versions = 1;
    request.n_columns_to_get = LIMIT_COLUMNS_TO_GET;
    assert_string_equal(given(rig, &request), "k{b=4@200}");
    request.n_columns_to_get++;
    assert_string_equal(given(rig, &request), "The number of columns from the request exceeds the limit, "
                                              "limit count: 128, column count: 129.");
}

/* ---- filters and pages ---- */

static ProtobufCBinaryData equals(struct visit_rig *rig, const char *name, int64_t value, int flags)
{
    struct cell cell = visit_rig_number(name, value);
    return visit_rig_single(&rig->arena, OTS__COMPARATOR_TYPE__CT_EQUAL, &cell, flags);
}

static const char *filtered(struct visit_rig *rig, int32_t max_versions, char *column,
                            ProtobufCBinaryData filter)
{
    Ots__GetRowRequest request = get_of(rig, "k");
    request.has_max_versions = true;
    request.max_versions = max_versions;
    request.n_columns_to_get = column == NULL ? 0 : 1;
    request.columns_to_get = &column;
    request.has_filter = true;
    request.filter = filter;
    return given(rig, &request);
}

static void test_a_filter_sees_what_is_read_and_no_more(void **state)
{
    struct visit_rig *rig = *state;
    struct cell key = visit_rig_text("k0", "k");
    make_versions(rig);
    assert_string_equal(filtered(rig, 1, NULL, equals(rig, "a", 3, 0)), "k{a=3@300,b=4@200,c=6@300}");
    assert_string_equal(filtered(rig, 1, NULL, equals(rig, "a", 2, 0)), "");
    assert_string_equal(filtered(rig, 2, NULL, equals(rig, "a", 2, RIG_ANY_VERSION)),
                        "k{a=3@300,a=2@200,b=4@200,c=6@300,c=5@100}");
    assert_string_equal(filtered(rig, 1, NULL, equals(rig, "a", 2, RIG_ANY_VERSION)), "");
    assert_string_equal(filtered(rig, 1, lasting("b"), equals(rig, "a", 3, 0)), "");
    assert_string_equal(filtered(rig, 1, lasting("b"), equals(rig, "a", 9, RIG_PASS_IF_MISSING)),
                        "k{b=4@200}");
    assert_string_equal(filtered(rig, 1, lasting("b"),
                                 visit_rig_single(&rig->arena, OTS__COMPARATOR_TYPE__CT_EQUAL, &key, 0)),
                        "k{b=4@200}");
    assert_non_null(strstr(filtered(rig, 1, NULL, key_bytes(rig, "k")), "not a valid protobuf"));
    assert_string_equal(rig->visit.refusal.code, "OTSParameterInvalid");
}

static void test_a_page_counts_columns_with_all_their_versions(void **state)
{
    static const struct {
        int32_t offset, limit;
        const char *gives;
    } pages[] = {{0, 1, "k{a=3@300,a=2@200}"},
                 {1, 1, "k{b=4@200}"},
                 {1, 2, "k{b=4@200,c=6@300,c=5@100}"},
                 {0, INT32_MAX, "k{a=3@300,a=2@200,b=4@200,c=6@300,c=5@100}"},
                 {3, 1, ""},
                 {INT32_MAX, INT32_MAX, ""}};
    struct visit_rig *rig = *state;
    make_versions(rig);
    for (size_t i = 0; i < COUNT(pages); i++)
        assert_string_equal(
            filtered(rig, 2, NULL, visit_rig_page(&rig->arena, pages[i].offset, pages[i].limit)),
            pages[i].gives);
    assert_string_equal(filtered(rig, 2, lasting("k0"), visit_rig_page(&rig->arena, 0, 1)), "k{}");
    assert_string_equal(filtered(rig, 2, lasting("c"), visit_rig_page(&rig->arena, 0, 1)),
                        "k{c=6@300,c=5@100}");
}

/* ---- GetRange ---- */

static Ots__GetRangeRequest range_of(struct visit_rig *rig, bool forward)
{
    struct cell lowest = {.name = SLICE("k0"), .type = CELL_INF_MIN};
    struct cell highest = {.name = SLICE("k0"), .type = CELL_INF_MAX};
    struct row from = {.op = ROW_PUT, .keys = forward ? &lowest : &highest, .key_count = 1};
    struct row to = {.op = ROW_PUT, .keys = forward ? &highest : &lowest, .key_count = 1};
    Ots__GetRangeRequest request = OTS__GET_RANGE_REQUEST__INIT;
    request.table_name = lasting("t");
    request.direction = forward ? OTS__DIRECTION__FORWARD : OTS__DIRECTION__BACKWARD;
    request.has_max_versions = true;
    request.max_versions = 1;
    request.inclusive_start_primary_key = visit_rig_row(rig, &from);
    request.exclusive_end_primary_key = visit_rig_row(rig, &to);
    return request;
}

static Ots__GetRangeResponse *range_run(struct visit_rig *rig, const Ots__GetRangeRequest *request)
{
    assert_int_equal(visit_rig_run(rig, "GetRange", request), 200);
    Ots__GetRangeResponse *answer = visit_rig_answer(rig, &ots__get_range_response__descriptor);
    assert_int_equal(answer->data_block_type, OTS__DATA_BLOCK_TYPE__DBT_PLAIN_BUFFER);
    return answer;
}

static void test_a_range_takes_the_same_wishes_as_a_row(void **state)
{
    struct visit_rig *rig = *state;
    struct cell cells[] = {visit_rig_number("a", 1), visit_rig_number("b", 2), visit_rig_number("c", 3)};
    char *columns[] = {lasting("b")};
    visit_rig_make_table(rig, "t", "STRING", 1);
    put(rig, "1", cells, 3);
    put(rig, "2", cells, 1);
    cells[1].integer = 7;
    put(rig, "3", cells, 2);
    Ots__GetRangeRequest request = range_of(rig, true);
    request.cache_blocks = false;
    request.has_data_block_type_hint = true;
    request.data_block_type_hint = OTS__DATA_BLOCK_TYPE__DBT_SIMPLE_ROW_MATRIX;
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "1{a=1,b=2,c=3}2{a=1}3{a=1,b=7}");
    request.columns_to_get = columns;
    request.n_columns_to_get = 1;
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "1{b=2}3{b=7}");
    request.n_columns_to_get = 0;
    request.start_column = lasting("b");
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "1{b=2,c=3}3{b=7}");
    request.has_filter = true;
    request.filter = visit_rig_page(&rig->arena, 1, 1);
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "1{c=3}");
    request.start_column = NULL;
    request.filter = equals(rig, "b", 7, 0);
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "3{a=1,b=7}");
    request.filter = equals(rig, "b", 7, RIG_PASS_IF_MISSING);
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "2{a=1}3{a=1,b=7}");
    request = range_of(rig, false);
    request.has_limit = true;
    request.limit = 2;
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "3{a=1,b=7}2{a=1}");
}

static void fill_rows(struct visit_rig *rig, int count, struct cell *cell)
{
    visit_rig_make_table(rig, "t", "STRING", 1);
    for (int i = 0; i < count; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%05d", i);
        if (cell->type == CELL_INTEGER)
            cell->integer = i;
        put(rig, text, cell, 1);
    }
}

/* How many pages and rows the whole range has. */
static void check_pages(struct visit_rig *rig, Ots__GetRangeRequest request, int pages, int rows)
{
    int seen_pages = 0;
    int seen_rows = 0;
    for (bool more = true; more; seen_pages++) {
        const Ots__GetRangeResponse *answer = range_run(rig, &request);
        for (const char *at = text_of(rig, answer->rows); (at = strchr(at, '{')) != NULL; at++)
            seen_rows++;
        more = answer->has_next_start_primary_key;
        request.inclusive_start_primary_key = answer->next_start_primary_key;
    }
    assert_int_equal(seen_pages, pages);
    assert_int_equal(seen_rows, rows);
}

/* The official Java SDK's own test of the service, both ways. */
static void test_rows_that_are_filtered_out_count_as_read(void **state)
{
    struct visit_rig *rig = *state;
    struct cell cell = visit_rig_number("a", 0);
    static const int counts[] = {0, 1, 4999, 5000, 5001, 9999, 10000};
    fill_rows(rig, 10000, &cell);
    for (size_t i = 0; i < 2 * COUNT(counts); i++) {
        struct cell below = visit_rig_number("a", counts[i / 2]);
        Ots__GetRangeRequest request = range_of(rig, i % 2 == 0);
        request.has_filter = true;
        request.filter = visit_rig_single(&rig->arena, OTS__COMPARATOR_TYPE__CT_LESS_THAN, &below, 0);
        check_pages(rig, request, 2, counts[i / 2]);
        assert_string_equal(text_of(rig, range_run(rig, &request)->next_start_primary_key),
                            i % 2 == 0 ? "05000{}" : "04999{}");
    }
}

static void test_bytes_that_are_filtered_out_count_as_read(void **state)
{
    struct visit_rig *rig = *state;
    char *large = arena_take(&rig->arena, LIMIT_RANGE_BYTES / 16);
    struct cell cell = visit_rig_text("s", "");
    memset(large, 'x', LIMIT_RANGE_BYTES / 16);
    cell.bytes = slice_of(large, LIMIT_RANGE_BYTES / 16);
    fill_rows(rig, 40, &cell);
    Ots__GetRangeRequest request = range_of(rig, true);
    check_pages(rig, request, 3, 40);
    request.has_filter = true;
    request.filter = equals(rig, "s", 1, 0);
    check_pages(rig, request, 3, 0);
    assert_int_equal(range_run(rig, &request)->consumed->capacity_unit->read, 15 * 64 + 1);
}

static void test_a_slow_expression_ends_a_page_early(void **state)
{
    struct visit_rig *rig = *state;
    char *many = arena_take(&rig->arena, 3000);
    struct cell cell = visit_rig_text("s", "");
    struct cell value = visit_rig_text("s", "b");
    memset(many, 'a', 3000);
    cell.bytes = slice_of(many, 3000);
    fill_rows(rig, 400, &cell);
    Ots__GetRangeRequest request = range_of(rig, true);
    request.has_filter = true;
    request.filter =
        visit_rig_regex(&rig->arena, OTS__COMPARATOR_TYPE__CT_EQUAL, &value, "(a+)+(b|c)[^a]", -1);
    const Ots__GetRangeResponse *answer = range_run(rig, &request);
    assert_true(answer->has_next_start_primary_key);
    assert_int_equal(answer->rows.len, 0);
}

static void test_bounds_that_a_range_refuses(void **state)
{
    struct visit_rig *rig = *state;
    struct cell other = visit_rig_text("other", "k");
    struct row wrong = {.op = ROW_PUT, .keys = &other, .key_count = 1};
    visit_rig_make_table(rig, "t", "STRING", 1);
    Ots__GetRangeRequest request = range_of(rig, true);
    request.direction = OTS__DIRECTION__BACKWARD;
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 400);
    assert_string_equal(rig->visit.refusal.message, "Begin key must more than end key in BACKWARD");
    request = range_of(rig, false);
    request.direction = OTS__DIRECTION__FORWARD;
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 400);
    assert_string_equal(rig->visit.refusal.message, "Begin key must less than end key in FORWARD");
    request.direction = (Ots__Direction)2;
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 400);
    request = range_of(rig, true);
    request.inclusive_start_primary_key = visit_rig_row(rig, &wrong);
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 400);
    assert_string_equal(rig->visit.refusal.code, "OTSInvalidPK");
    request = range_of(rig, true);
    request.has_max_versions = false;
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 400);
    request.has_max_versions = true;
    request.table_name = lasting("none");
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 404);
}

/* The bounds of a key with three columns, as the official SDK's own test has them. */
static void test_infinite_columns_bound_a_key_of_several(void **state)
{
    static const struct {
        const char *first, *second;
        int64_t third;
        const char *end_first, *end_second;
        int64_t end_third;
        const char *gives;
    } cases[] = {{"A", "A", 10, "A", "A", 11, "A/A/10{}"},
                 {"A", "A", INT64_MAX, "A", "B", INT64_MIN, ""},
                 {"A", NULL, 10, "B", NULL, 2, "A/A/10{}A/B/5{}B/A/1{}"},
                 {"A", "B", INT64_MIN, "B", "A", 2, "A/B/5{}B/A/1{}"}};
    struct visit_rig *rig = *state;
    visit_rig_make_table(rig, "t", "STRING,STRING,INTEGER", 1);
    static const char *const firsts[] = {"A", "A", "B"};
    static const char *const seconds[] = {"A", "B", "A"};
    static const int64_t thirds[] = {10, 5, 1};
    for (int i = 0; i < 3; i++) {
        struct cell keys[] = {visit_rig_text("k0", firsts[i]), visit_rig_text("k1", seconds[i]),
                              visit_rig_number("k2", thirds[i])};
        struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 3};
        assert_int_equal(visit_rig_write(rig, "t", &row), 200);
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cell from[] = {visit_rig_text("k0", cases[i].first), visit_rig_text("k1", cases[i].second),
                              visit_rig_number("k2", cases[i].third)};
        struct cell to[] = {visit_rig_text("k0", cases[i].end_first),
                            visit_rig_text("k1", cases[i].end_second),
                            visit_rig_number("k2", cases[i].end_third)};
        from[1].type = cases[i].second == NULL ? CELL_INF_MIN : CELL_STRING;
        to[1].type = cases[i].end_second == NULL ? CELL_INF_MAX : CELL_STRING;
        from[2].type = cases[i].third == INT64_MAX   ? CELL_INF_MAX
                       : cases[i].third == INT64_MIN ? CELL_INF_MIN
                                                     : CELL_INTEGER;
        to[2].type = cases[i].end_third == INT64_MIN ? CELL_INF_MIN : CELL_INTEGER;
        struct row from_row = {.op = ROW_PUT, .keys = from, .key_count = 3};
        struct row to_row = {.op = ROW_PUT, .keys = to, .key_count = 3};
        Ots__GetRangeRequest request = range_of(rig, true);
        request.inclusive_start_primary_key = visit_rig_row(rig, &from_row);
        request.exclusive_end_primary_key = visit_rig_row(rig, &to_row);
        assert_string_equal(text_of(rig, range_run(rig, &request)->rows), cases[i].gives);
    }
}

/* ---- rows too large for an answer ---- */

enum { WIDE_CELLS = 9, WIDE_BYTES = 1000000 };

/* k: c0 to c8 of 1 MB each; k2: a small one. */
static void make_wide(struct visit_rig *rig)
{
    char *large = arena_take(&rig->arena, WIDE_BYTES);
    struct cell small = visit_rig_number("a", 1);
    struct cell key = visit_rig_text("k0", "k");
    memset(large, 'x', WIDE_BYTES);
    visit_rig_make_table(rig, "t", "STRING", 1);
    put(rig, "k2", &small, 1);
    for (int i = 0; i < WIDE_CELLS; i++) {
        char name[16];
        snprintf(name, sizeof(name), "c%d", i);
        struct cell cell = visit_rig_text(name, "");
        cell.bytes = slice_of(large, WIDE_BYTES);
        struct row row = {.op = ROW_UPDATE, .keys = &key, .key_count = 1, .cells = &cell, .cell_count = 1};
        assert_int_equal(visit_rig_write(rig, "t", &row), 200);
    }
}

static const char *const wide_pieces[] = {
    "k{c0=1000000 bytes,c1=1000000 bytes,c2=1000000 bytes,c3=1000000 bytes}",
    "k{c4=1000000 bytes,c5=1000000 bytes,c6=1000000 bytes,c7=1000000 bytes}", "k{c8=1000000 bytes}"};

static void test_a_row_above_4_mb_comes_in_pieces(void **state)
{
    struct visit_rig *rig = *state;
    make_wide(rig);
    Ots__GetRowRequest request = get_of(rig, "k");
    request.has_max_versions = true;
    request.max_versions = 1;
    for (int i = 0; i < 3; i++) {
        assert_string_equal(given(rig, &request), wide_pieces[i]);
        const Ots__GetRowResponse *answer = visit_rig_answer(rig, &ots__get_row_response__descriptor);
        assert_int_equal(answer->has_next_token, i < 2);
        request.has_token = true;
        request.token = answer->next_token;
    }
}

static void test_a_range_gives_a_large_row_in_pieces_and_goes_on(void **state)
{
    struct visit_rig *rig = *state;
    make_wide(rig);
    for (int backward = 0; backward < 2; backward++) {
        Ots__GetRangeRequest request = range_of(rig, backward == 0);
        struct buffer all;
        buffer_init(&all, 1 << 16);
        for (bool more = true; more;) {
            const Ots__GetRangeResponse *answer = range_run(rig, &request);
            buffer_print(&all, "%s;", text_of(rig, answer->rows));
            more = answer->has_next_start_primary_key;
            assert_true(more || !answer->has_next_token);
            request.inclusive_start_primary_key = answer->next_start_primary_key;
            request.has_token = answer->has_next_token;
            request.token = answer->next_token;
        }
        char expected[512];
        if (backward == 0)
            snprintf(expected, sizeof(expected), "%s;%s;%s;k2{a=1};", wide_pieces[0], wide_pieces[1],
                     wide_pieces[2]);
        else
            snprintf(expected, sizeof(expected), "k2{a=1};%s;%s;%s;", wide_pieces[0], wide_pieces[1],
                     wide_pieces[2]);
        buffer_add(&all, "", 1);
        assert_string_equal(all.at, expected);
        buffer_fini(&all);
    }
}

static void test_tokens_that_are_none_are_refused(void **state)
{
    static const struct slice bad[] = {SLICE("\x01"),
                                       SLICE("\x01\x01"
                                             "a1234567"),
                                       SLICE("\x02\x01"
                                             "a12345678"),
                                       SLICE("\x01\x02"
                                             "a12345678"),
                                       SLICE("\x01\x01-12345678"),
                                       SLICE("\x01\x00"
                                             "12345678"),
                                       SLICE("\x01\x01"
                                             "a123456789")};
    struct visit_rig *rig = *state;
    make_versions(rig);
    Ots__GetRowRequest request = get_of(rig, "k");
    request.has_max_versions = true;
    request.max_versions = 2;
    request.has_token = true;
    for (size_t i = 0; i < COUNT(bad); i++) {
        request.token = proto_bytes(bad[i]);
        assert_string_equal(given(rig, &request), "Invalid token.");
    }
    request.token = proto_bytes(SLICE("\x01\x01"
                                      "a\xc8\0\0\0\0\0\0\0")); /* a at 200 */
    assert_string_equal(given(rig, &request), "k{a=2@200,b=4@200,c=6@300,c=5@100}");
    request.token = (ProtobufCBinaryData){0, NULL};
    assert_string_equal(given(rig, &request), "k{a=3@300,a=2@200,b=4@200,c=6@300,c=5@100}");
}

static void test_a_token_is_for_the_row_it_begins_with(void **state)
{
    struct visit_rig *rig = *state;
    struct cell cells[] = {at_time("a", 7, 500), at_time("b", 8, 500)};
    make_versions(rig);
    put(rig, "l", cells, 2);
    Ots__GetRangeRequest request = range_of(rig, true);
    request.has_token = true;
    request.token = proto_bytes(SLICE("\x01\x01"
                                      "b\xff\0\0\0\0\0\0\0")); /* b at 255 */
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows),
                        "k{a=3@300,b=4@200,c=6@300}l{a=7@500,b=8@500}"); /* no row begins the range */
    request.inclusive_start_primary_key = key_bytes(rig, "k");
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "k{b=4@200,c=6@300}l{a=7@500,b=8@500}");
    request.inclusive_start_primary_key = key_bytes(rig, "kk");
    assert_string_equal(text_of(rig, range_run(rig, &request)->rows), "l{a=7@500,b=8@500}");
}

static void test_a_piece_has_one_cell_at_least(void **state)
{
    struct visit_rig *rig = *state;
    struct cell key = visit_rig_text("k0", "k");
    struct cell cells[] = {at_time("a", 1, 1), at_time("b", 2, 2)};
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1, .cells = cells, .cell_count = 2};
    struct read_token token;
    struct refusal refusal;
    struct slice next = read_token_cut(&row, 1, &rig->arena);
    assert_int_equal(row.cell_count, 1);
    assert_int_equal(read_token_read(next, &token, &refusal), 0);
    row.cell_count = 2;
    read_token_skip(&token, &row);
    assert_int_equal(row.cell_count, 1);
    assert_int_equal(row.cells[0].integer, 2);
}

/* ---- BatchGetRow ---- */

enum { BATCH_ROWS = 101 };

struct batch {
    Ots__BatchGetRowRequest request;
    Ots__TableInBatchGetRowRequest parts[3];
    Ots__TableInBatchGetRowRequest *at[3];
    ProtobufCBinaryData keys[3][BATCH_ROWS];
};

static struct batch *batch_of(struct visit_rig *rig, size_t tables)
{
    static const char *const names[] = {"t", "u", "v"};
    struct batch *batch = arena_take(&rig->arena, sizeof(*batch));
    ots__batch_get_row_request__init(&batch->request);
    batch->request.n_tables = tables;
    batch->request.tables = batch->at;
    for (size_t i = 0; i < 3; i++) {
        ots__table_in_batch_get_row_request__init(&batch->parts[i]);
        batch->parts[i].table_name = lasting(names[i]);
        batch->parts[i].has_max_versions = true;
        batch->parts[i].max_versions = 1;
        batch->parts[i].primary_key = batch->keys[i];
        batch->at[i] = &batch->parts[i];
    }
    return batch;
}

static void batch_ask(struct visit_rig *rig, Ots__TableInBatchGetRowRequest *part, const char *key)
{
    part->primary_key[part->n_primary_key++] = key_bytes(rig, key);
}

static const char *batch_text(struct visit_rig *rig)
{
    Ots__BatchGetRowResponse *answer = visit_rig_answer(rig, &ots__batch_get_row_response__descriptor);
    struct buffer text;
    buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < answer->n_tables; i++) {
        buffer_print(&text, "%s:", answer->tables[i]->table_name);
        for (size_t k = 0; k < answer->tables[i]->n_rows; k++) {
            const Ots__RowInBatchGetRowResponse *row = answer->tables[i]->rows[k];
            assert_int_equal(row->is_ok, row->error == NULL);
            assert_int_equal(row->is_ok, row->consumed != NULL);
            buffer_print(&text, "%s;",
                         !row->is_ok     ? row->error->code
                         : !row->has_row ? "none"
                                         : text_of(rig, row->row));
        }
    }
    const char *copy = arena_copy(&rig->arena, buffer_slice(&text)).at;
    buffer_fini(&text);
    return copy;
}

static void test_a_batch_answers_in_the_order_asked_with_each_tables_wishes(void **state)
{
    struct visit_rig *rig = *state;
    char *columns[] = {lasting("b")};
    make_versions(rig);
    visit_rig_make_table(rig, "u", "STRING", 1);
    struct cell key = visit_rig_text("k0", "x");
    struct cell cells[] = {visit_rig_number("a", 1), visit_rig_number("b", 2)};
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1, .cells = cells, .cell_count = 2};
    visit_rig_write(rig, "u", &row);
    struct batch *batch = batch_of(rig, 2);
    batch_ask(rig, &batch->parts[0], "missing");
    batch_ask(rig, &batch->parts[0], "k");
    batch_ask(rig, &batch->parts[0], "k");
    batch_ask(rig, &batch->parts[1], "x");
    batch->parts[0].max_versions = 2;
    batch->parts[0].start_column = lasting("b");
    batch->parts[1].columns_to_get = columns;
    batch->parts[1].n_columns_to_get = 1;
    assert_int_equal(visit_rig_run(rig, "BatchGetRow", &batch->request), 200);
    assert_string_equal(batch_text(rig),
                        "t:none;k{b=4@200,c=6@300,c=5@100};k{b=4@200,c=6@300,c=5@100};u:x{b=2};");
    batch->parts[1].has_filter = true;
    batch->parts[1].filter = equals(rig, "b", 3, 0);
    assert_int_equal(visit_rig_run(rig, "BatchGetRow", &batch->request), 200);
    assert_string_equal(batch_text(rig),
                        "t:none;k{b=4@200,c=6@300,c=5@100};k{b=4@200,c=6@300,c=5@100};u:none;");
}

static void test_a_key_that_does_not_fit_fails_its_row_only(void **state)
{
    struct visit_rig *rig = *state;
    struct cell number = visit_rig_number("k0", 1);
    struct row wrong = {.op = ROW_PUT, .keys = &number, .key_count = 1};
    make_versions(rig);
    struct batch *batch = batch_of(rig, 1);
    batch_ask(rig, &batch->parts[0], "k");
    batch->keys[0][batch->parts[0].n_primary_key++] = visit_rig_row(rig, &wrong);
    batch_ask(rig, &batch->parts[0], "none");
    assert_int_equal(visit_rig_run(rig, "BatchGetRow", &batch->request), 200);
    assert_string_equal(batch_text(rig), "t:k{a=3@300,b=4@200,c=6@300};OTSInvalidPK;none;");
}

static void refuse_batch(struct visit_rig *rig, struct batch *batch, int status, const char *words)
{
    assert_int_equal(visit_rig_run(rig, "BatchGetRow", &batch->request), status);
    if (strstr(rig->visit.refusal.message, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, rig->visit.refusal.message);
}

static void test_what_refuses_a_whole_batch(void **state)
{
    struct visit_rig *rig = *state;
    struct cell lowest = {.name = SLICE("k0"), .type = CELL_INF_MIN};
    struct row bound = {.op = ROW_PUT, .keys = &lowest, .key_count = 1};
    make_versions(rig);
    visit_rig_make_table(rig, "u", "STRING", 1);
    refuse_batch(rig, batch_of(rig, 0), 400, "No row specified");
    struct batch *batch = batch_of(rig, 2);
    batch_ask(rig, &batch->parts[0], "k");
    refuse_batch(rig, batch, 400, "No row is specified for table: 'u'");
    batch_ask(rig, &batch->parts[1], "k");
    batch->parts[1].table_name = lasting("t");
    refuse_batch(rig, batch, 400, "Duplicated table name: 't'");
    batch->parts[1].table_name = lasting("v");
    refuse_batch(rig, batch, 404, "does not exist");
    batch->parts[1].table_name = lasting("#");
    refuse_batch(rig, batch, 400, "Invalid table name");
    batch->parts[1].table_name = lasting("u");
    batch->parts[1].has_max_versions = false;
    refuse_batch(rig, batch, 400, "No version condition");
    batch->parts[1].has_max_versions = true;
    batch->parts[1].primary_key[0] = visit_rig_row(rig, &bound);
    refuse_batch(rig, batch, 400, "VT_INF_MIN is an invalid type");
    batch->parts[1].n_primary_key = 0;
    while (batch->parts[1].n_primary_key < 99)
        batch_ask(rig, &batch->parts[1], "k");
    assert_int_equal(visit_rig_run(rig, "BatchGetRow", &batch->request), 200);
    batch_ask(rig, &batch->parts[1], "k");
    refuse_batch(rig, batch, 400, "Rows count exceeds the upper limit: 100.");
}

static void test_a_batch_gives_large_rows_in_pieces_and_never_without_bound(void **state)
{
    struct visit_rig *rig = *state;
    make_wide(rig);
    struct batch *batch = batch_of(rig, 1);
    for (int i = 0; i < 20; i++)
        batch_ask(rig, &batch->parts[0], "k");
    assert_int_equal(visit_rig_run(rig, "BatchGetRow", &batch->request), 200);
    const Ots__BatchGetRowResponse *answer = visit_rig_answer(rig, &ots__batch_get_row_response__descriptor);
    const Ots__RowInBatchGetRowResponse *first = answer->tables[0]->rows[0];
    assert_true(first->is_ok && first->has_next_token);
    assert_string_equal(answer->tables[0]->rows[19]->error->code, "OTSServerBusy");
    ProtobufCBinaryData tokens[] = {first->next_token, {0, NULL}};
    batch->parts[0].n_primary_key = 2;
    batch->parts[0].token = tokens;
    batch->parts[0].n_token = 1;
    refuse_batch(rig, batch, 400, "a token for each row");
    batch->parts[0].n_token = 2;
    assert_int_equal(visit_rig_run(rig, "BatchGetRow", &batch->request), 200);
    char expected[256];
    snprintf(expected, sizeof(expected), "t:%s;%s;", wide_pieces[1], wide_pieces[0]);
    assert_string_equal(batch_text(rig), expected);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_versions_are_chosen_by_number_and_by_time),
        CASE(test_a_time_range_is_whole_and_of_one_kind),
        CASE(test_columns_are_chosen_by_name_and_by_range),
        CASE(test_128_columns_can_be_named_and_not_129),
        CASE(test_a_filter_sees_what_is_read_and_no_more),
        CASE(test_a_page_counts_columns_with_all_their_versions),
        CASE(test_a_range_takes_the_same_wishes_as_a_row),
        CASE(test_rows_that_are_filtered_out_count_as_read),
        CASE(test_bytes_that_are_filtered_out_count_as_read),
        CASE(test_a_slow_expression_ends_a_page_early),
        CASE(test_bounds_that_a_range_refuses),
        CASE(test_infinite_columns_bound_a_key_of_several),
        CASE(test_a_row_above_4_mb_comes_in_pieces),
        CASE(test_a_range_gives_a_large_row_in_pieces_and_goes_on),
        CASE(test_tokens_that_are_none_are_refused),
        CASE(test_a_token_is_for_the_row_it_begins_with),
        CASE(test_a_piece_has_one_cell_at_least),
        CASE(test_a_batch_answers_in_the_order_asked_with_each_tables_wishes),
        CASE(test_a_key_that_does_not_fit_fails_its_row_only),
        CASE(test_what_refuses_a_whole_batch),
        CASE(test_a_batch_gives_large_rows_in_pieces_and_never_without_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
