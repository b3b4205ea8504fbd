/* table_mapper: the manual's type tables, its matrix of insert and delete modes (java-connector.md C, F.2),
 * the lines of F.3 that the manual supports, exact conversions, limits. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "mapping/table_mapper.h"
#include "support/mapping_text.h"

static struct buffer text;

#define STRUCT(fields, payload)                                                                              \
    "{\"schema\":{\"type\":\"struct\",\"fields\":[" fields "]},\"payload\":" payload "}"
#define FIELD(name, type) "{\"field\":\"" name "\",\"type\":\"" type "\",\"optional\":true}"
#define MAP_OF(type, payload)                                                                                \
    "{\"schema\":{\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"" type "\"}},"      \
    "\"payload\":" payload "}"

/* ---- a mapper and what it says ---- */

static struct message message_of(const char *key, const char *value)
{
    return (struct message){
        .topic = SLICE("orders.eu"),
        .partition = 3,
        .offset = 42,
        .timestamp_ms = -1,
        .key = slice_text(key),
        .value = slice_text(value),
    };
}

static const char *said(struct table_mapper *mapper, const struct message *message)
{
    struct row row;
    struct mapping_fault fault;
    if (table_mapper_map(mapper, message, &row, &fault) == MAPPING_ROW)
        return mapping_text_row(&text, &row);
    text.len = 0;
    buffer_print(&text, "! %s %s", mapping_stage_name(fault.stage), fault.has_column ? fault.column : "-");
    buffer_add(&text, "", 1);
    assert_true(fault.error.kind == ERROR_RECORD && fault.error.text[0] != 0);
    return text.at;
}

/* `wanted` is a row's text, or "! stage column". Each record twice, so that what the mapper remembers is
 * tested as well. */
static void assert_mapped(struct table_mapper *mapper, const char *key, const char *value, const char *wanted)
{
    struct message message = message_of(key, value);
    for (int round = 0; round < 2; round++) {
        const char *is = said(mapper, &message);
        if (strcmp(is, wanted) != 0)
            fail_msg("key %s value %s\n  is     %s\n  wanted %s", key, value, is, wanted);
    }
}

static struct table_mapper *mapper_of(const struct mapping_plan *plan, enum convert_format key,
                                      enum convert_format value)
{
    struct table_mapper_options options = {plan, key, value};
    return table_mapper_create(&options);
}

static void assert_once(const struct mapping_plan *plan, enum convert_format format, const char *key,
                        const char *value, const char *wanted)
{
    struct table_mapper *mapper = mapper_of(plan, format, format);
    assert_mapped(mapper, key, value, wanted);
    table_mapper_destroy(mapper);
}

static struct mapping_plan plan_of(enum mapping_key_mode mode, enum cell_type key_type)
{
    return (struct mapping_plan){
        .table = SLICE("t"),
        .key_mode = mode,
        .map_values = MAP_VALUES_TYPED,
        .nested = NESTED_TEXT,
        .keys = {{SLICE("pk0"), key_type}},
        .key_count = 1,
    };
}

static void list_columns(struct mapping_plan *plan, struct mapping_column *columns, uint32_t count)
{
    plan->columns = columns;
    plan->column_count = count;
}

/* ---- the manual's matrix: java-connector.md F.2, lines 1 to 28 ---- */

#define ABC FIELD("A", "string") "," FIELD("B", "int32") "," FIELD("C", "bytes")
#define NULLS STRUCT(ABC, "{}")
#define A_ONLY STRUCT(ABC, "{\"A\":\"update\"}")

struct matrix_line {
    int line; /* of F.2; 0: not there, but in the manual's matrix */
    enum mapping_insert_mode insert;
    enum mapping_delete_mode delete;
    const char *value;
    const char *wanted;
};

static const struct matrix_line matrix[] = {
    {1, INSERT_PUT, DELETE_NONE, STRUCT(ABC, "{\"A\":\"test\",\"B\":1}"),
     "put pk0=s\"k\" | A=s\"test\" B=i1"},
    {2, INSERT_UPDATE, DELETE_NONE, STRUCT(ABC, "{\"A\":\"test\",\"B\":1}"),
     "update pk0=s\"k\" | A=s\"test\" B=i1"},
    {3, INSERT_PUT, DELETE_NONE, NULL, "put pk0=s\"k\" |"},
    {4, INSERT_PUT, DELETE_COLUMN, NULL, "put pk0=s\"k\" |"},
    {5, INSERT_PUT, DELETE_ROW, NULL, "delete pk0=s\"k\" |"},
    {6, INSERT_PUT, DELETE_ROW_AND_COLUMN, NULL, "delete pk0=s\"k\" |"},
    {7, INSERT_UPDATE, DELETE_NONE, NULL, "! transform -"},
    {8, INSERT_UPDATE, DELETE_COLUMN, NULL, "! transform -"},
    {9, INSERT_UPDATE, DELETE_ROW, NULL, "delete pk0=s\"k\" |"},
    {10, INSERT_UPDATE, DELETE_ROW_AND_COLUMN, NULL, "delete pk0=s\"k\" |"},
    {11, INSERT_PUT, DELETE_NONE, NULLS, "put pk0=s\"k\" |"},
    {12, INSERT_PUT, DELETE_ROW, NULLS, "put pk0=s\"k\" |"},
    {13, INSERT_PUT, DELETE_COLUMN, NULLS, "put pk0=s\"k\" |"},
    {14, INSERT_PUT, DELETE_ROW_AND_COLUMN, NULLS, "put pk0=s\"k\" |"},
    {15, INSERT_UPDATE, DELETE_NONE, NULLS, "! transform -"},
    {16, INSERT_UPDATE, DELETE_ROW, NULLS, "! transform -"},
    {17, INSERT_UPDATE, DELETE_COLUMN, NULLS, "update pk0=s\"k\" | A=del B=del C=del"},
    {18, INSERT_UPDATE, DELETE_ROW_AND_COLUMN, NULLS, "update pk0=s\"k\" | A=del B=del C=del"},
    {19, INSERT_PUT, DELETE_NONE, A_ONLY, "put pk0=s\"k\" | A=s\"update\""},
    {20, INSERT_PUT, DELETE_ROW, A_ONLY, "put pk0=s\"k\" | A=s\"update\""},
    {21, INSERT_PUT, DELETE_COLUMN, A_ONLY, "put pk0=s\"k\" | A=s\"update\""},
    {22, INSERT_PUT, DELETE_ROW_AND_COLUMN, A_ONLY, "put pk0=s\"k\" | A=s\"update\""},
    {23, INSERT_UPDATE, DELETE_NONE, A_ONLY, "update pk0=s\"k\" | A=s\"update\""},
    {24, INSERT_UPDATE, DELETE_ROW, A_ONLY, "update pk0=s\"k\" | A=s\"update\""},
    {25, INSERT_UPDATE, DELETE_COLUMN, A_ONLY, "update pk0=s\"k\" | A=s\"update\" B=del C=del"},
    {26, INSERT_UPDATE, DELETE_ROW_AND_COLUMN, A_ONLY, "update pk0=s\"k\" | A=s\"update\" B=del C=del"},
};

static void test_the_matrix_for_structs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
        struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
        plan.insert_mode = matrix[i].insert;
        plan.delete_mode = matrix[i].delete;
        assert_once(&plan, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "string"), "{\"pk0\":\"k\"}"),
                    matrix[i].value, matrix[i].wanted);
    }
}

/* The same cells with JSON that has no schema, and with a text as key: nulls and tombstones are no different
 * there. */
static void test_the_matrix_for_maps_and_text_keys(void **state)
{
    (void)state;
    for (size_t i = 2; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
        struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
        const char *value = matrix[i].value == NULL ? NULL
                            : matrix[i].line >= 19  ? "{\"A\":\"update\",\"B\":null,\"C\":null}"
                                                    : "{\"A\":null,\"B\":null,\"C\":null}";
        plan.insert_mode = matrix[i].insert;
        plan.delete_mode = matrix[i].delete;
        assert_once(&plan, CONVERT_JSON, "{\"pk0\":\"k\",\"other\":1}", value, matrix[i].wanted);
        assert_once(&plan, CONVERT_JSON, "\"k\"", value, matrix[i].wanted);
    }
}

static void test_the_matrix_with_a_white_list(void **state) /* F.2 27, 28; F.6 */
{
    (void)state;
    struct mapping_column columns[] = {{SLICE("A"), CELL_STRING}, {SLICE("B"), CELL_INTEGER}};
    const char *key = STRUCT(FIELD("pk0", "string"), "{\"pk0\":\"k\"}");
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    list_columns(&plan, columns, 2);
    assert_once(&plan, CONVERT_JSON_ENVELOPE, key, NULLS, "put pk0=s\"k\" |");
    assert_once(&plan, CONVERT_JSON_ENVELOPE, key, STRUCT(FIELD("A", "string"), "{}"), "put pk0=s\"k\" |");
    plan.insert_mode = INSERT_UPDATE;
    assert_once(&plan, CONVERT_JSON_ENVELOPE, key, A_ONLY, "update pk0=s\"k\" | A=s\"update\"");
    plan.delete_mode = DELETE_COLUMN;
    assert_once(&plan, CONVERT_JSON_ENVELOPE, key, A_ONLY, "update pk0=s\"k\" | A=s\"update\" B=del");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "{\"C\":null}", "! transform -");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "{}", "! transform -");
}

static void test_delete_modes_count_with_record_keys_only(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_KAFKA, CELL_STRING);
    plan.keys[0].name = SLICE("topic_partition");
    plan.keys[1] = (struct mapping_column){SLICE("offset"), CELL_INTEGER};
    plan.key_count = 2;
    plan.delete_mode = DELETE_ROW_AND_COLUMN;
    assert_once(&plan, CONVERT_JSON, NULL, NULL, "put topic_partition=s\"orders.eu_3\" offset=i42 |");
    plan.insert_mode = INSERT_UPDATE;
    assert_once(&plan, CONVERT_JSON, NULL, NULL, "! transform -");
    assert_once(&plan, CONVERT_JSON, NULL, "{\"a\":1,\"b\":null}",
                "update topic_partition=s\"orders.eu_3\" offset=i42 | a=i1");
}

/* ---- primary keys ---- */

static void test_kafka_keys_come_from_the_coordinates(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_KAFKA, CELL_STRING);
    plan.keys[0].name = SLICE("topic_partition");
    plan.keys[1] = (struct mapping_column){SLICE("offset"), CELL_INTEGER};
    plan.key_count = 2;
    assert_once(&plan, CONVERT_JSON, "{\"x\":1}", "{\"offset\":7,\"topic_partition\":1,\"a\":\"b\"}",
                "put topic_partition=s\"orders.eu_3\" offset=i42 | a=s\"b\"");
    assert_once(&plan, CONVERT_STRING, "anything", "text",
                "put topic_partition=s\"orders.eu_3\" offset=i42 | value=s\"text\"");
    assert_once(&plan, CONVERT_JSON, "not json", "{}", "! convert -");
}

struct key_line {
    enum cell_type type;
    enum convert_format format;
    const char *key;
    const char *wanted; /* of pk0, or a fault */
};

static const struct key_line key_lines[] = {
    /* F.3 1, 2, 3 */
    {CELL_STRING, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "string"), "{\"pk0\":\"test\"}"), "s\"test\""},
    {CELL_INTEGER, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "int8"), "{\"pk0\":1}"), "i1"},
    {CELL_INTEGER, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "int16"), "{\"pk0\":1}"), "i1"},
    {CELL_INTEGER, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "int32"), "{\"pk0\":1}"), "i1"},
    {CELL_INTEGER, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "int64"), "{\"pk0\":1}"), "i1"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "bytes"), "{\"pk0\":\"dGVzdA==\"}"),
     "x74657374"},
    /* a Struct's type must be the column's */
    {CELL_STRING, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "int32"), "{\"pk0\":1}"), "! map pk0"},
    {CELL_INTEGER, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "string"), "{\"pk0\":\"1\"}"), "! map pk0"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "string"), "{\"pk0\":\"1\"}"), "! map pk0"},
    {CELL_INTEGER, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "double"), "{\"pk0\":1.0}"), "! map pk0"},
    {CELL_STRING, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "boolean"), "{\"pk0\":true}"), "! map pk0"},
    {CELL_STRING, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "string"), "{}"), "! map pk0"},
    {CELL_STRING, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("x", "string"), "{}"), "! map pk0"},
    /* F.3 14, 15 */
    {CELL_STRING, CONVERT_JSON_ENVELOPE,
     STRUCT("{\"field\":\"pk0\",\"type\":\"struct\",\"fields\":[]}", "{\"pk0\":{}}"), "! map pk0"},
    {CELL_STRING, CONVERT_JSON, "{\"pk0\":{\"x\":1}}", "! map pk0"},
    {CELL_STRING, CONVERT_JSON, "{\"pk0\":[1]}", "! map pk0"},
    /* F.3 4 to 8 */
    {CELL_BINARY, CONVERT_JSON, "{\"pk0\":\"test\"}", "x74657374"},
    {CELL_BINARY, CONVERT_JSON, "{\"pk0\":1}", "x0000000000000001"},
    {CELL_BINARY, CONVERT_JSON, "{\"pk0\":-2}", "xfffffffffffffffe"},
    {CELL_BINARY, CONVERT_JSON, "{\"pk0\":1.0}", "x3ff0000000000000"},
    {CELL_BINARY, CONVERT_JSON, "{\"pk0\":true}", "xff"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, MAP_OF("string", "{\"pk0\":\"test\"}"), "x74657374"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, MAP_OF("int8", "{\"pk0\":1}"), "x01"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, MAP_OF("int16", "{\"pk0\":1}"), "x0001"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, MAP_OF("int32", "{\"pk0\":-1}"), "xffffffff"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, MAP_OF("int64", "{\"pk0\":1}"), "x0000000000000001"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, MAP_OF("float", "{\"pk0\":1.0}"), "x3f800000"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, MAP_OF("double", "{\"pk0\":1.0}"), "x3ff0000000000000"},
    {CELL_BINARY, CONVERT_JSON_ENVELOPE, MAP_OF("boolean", "{\"pk0\":false}"), "x00"},
    /* exact conversions */
    {CELL_INTEGER, CONVERT_JSON, "{\"pk0\":\"12\"}", "i12"},
    {CELL_INTEGER, CONVERT_JSON, "{\"pk0\":\"12.9\"}", "! map pk0"},
    {CELL_INTEGER, CONVERT_JSON, "{\"pk0\":12.0}", "i12"},
    {CELL_INTEGER, CONVERT_JSON, "{\"pk0\":12.7}", "! map pk0"},
    {CELL_INTEGER, CONVERT_JSON, "{\"pk0\":true}", "! map pk0"},
    {CELL_INTEGER, CONVERT_JSON, "{\"pk0\":9223372036854775808}", "! map pk0"},
    {CELL_INTEGER, CONVERT_JSON, "{\"pk0\":\"18446744073709551617\"}", "! map pk0"},
    {CELL_STRING, CONVERT_JSON, "{\"pk0\":5}", "s\"5\""},
    {CELL_STRING, CONVERT_JSON, "{\"pk0\":1.0}", "s\"1.0\""},
    {CELL_STRING, CONVERT_JSON, "{\"pk0\":true}", "s\"true\""},
    {CELL_STRING, CONVERT_JSON, "{\"pk0\":null}", "! map pk0"},
    {CELL_STRING, CONVERT_JSON, "{\"pk0\":1e400}", "! limit pk0"},
    {CELL_STRING, CONVERT_JSON, "{}", "! map pk0"},
    {CELL_STRING, CONVERT_JSON, "null", "! map -"},
    {CELL_STRING, CONVERT_JSON, NULL, "! map -"},
    /* one value alone */
    {CELL_STRING, CONVERT_STRING, "k1", "s\"k1\""},
    {CELL_STRING, CONVERT_STRING, "", "s\"\""},
    {CELL_INTEGER, CONVERT_STRING, "-12", "i-12"},
    {CELL_INTEGER, CONVERT_STRING, "12.9", "! map pk0"},
    {CELL_BINARY, CONVERT_STRING, "k1", "x6b31"},
    {CELL_INTEGER, CONVERT_JSON, "5", "i5"},
    {CELL_STRING, CONVERT_JSON, "5", "s\"5\""},
    {CELL_STRING, CONVERT_JSON, "true", "! map pk0"},
    {CELL_STRING, CONVERT_JSON, "[1]", "! map pk0"},
    {CELL_INTEGER, CONVERT_JSON_ENVELOPE, "{\"schema\":{\"type\":\"int32\"},\"payload\":5}", "i5"},
    /* auto_increment; F.3 12 */
    {CELL_AUTO_INCREMENT, CONVERT_JSON, "{}", "auto"},
    {CELL_AUTO_INCREMENT, CONVERT_JSON, "{\"pk0\":7}", "i7"},
    {CELL_AUTO_INCREMENT, CONVERT_JSON, "{\"pk0\":null}", "! map pk0"},
    {CELL_AUTO_INCREMENT, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("x", "string"), "{}"), "auto"},
    {CELL_AUTO_INCREMENT, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "int32"), "{\"pk0\":7}"), "i7"},
    {CELL_AUTO_INCREMENT, CONVERT_JSON_ENVELOPE, STRUCT(FIELD("pk0", "string"), "{\"pk0\":\"7\"}"),
     "! map pk0"},
};

/* From the record's key, and from its value: the same rules, and a key column is no attribute column. */
static void test_keys_out_of_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(key_lines) / sizeof(key_lines[0]); i++) {
        const struct key_line *line = &key_lines[i];
        struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, line->type);
        struct table_mapper *mapper = mapper_of(&plan, line->format, CONVERT_JSON);
        char wanted[200];
        snprintf(wanted, sizeof(wanted), line->wanted[0] == '!' ? "%s" : "put pk0=%s | a=i1", line->wanted);
        assert_mapped(mapper, line->key, "{\"a\":1,\"pk0\":\"value's\"}", wanted);
        table_mapper_destroy(mapper);
        plan.key_mode = KEY_MODE_RECORD_VALUE;
        mapper = mapper_of(&plan, CONVERT_JSON, line->format);
        snprintf(wanted, sizeof(wanted), line->wanted[0] == '!' ? "%s" : "put pk0=%s |", line->wanted);
        assert_mapped(mapper, NULL, line->key, wanted);
        table_mapper_destroy(mapper);
    }
}

static void test_several_key_columns_keep_the_tables_order(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_VALUE, CELL_STRING);
    plan.keys[1] = (struct mapping_column){SLICE("n"), CELL_INTEGER};
    plan.keys[2] = (struct mapping_column){SLICE("id"), CELL_AUTO_INCREMENT};
    plan.key_count = 3;
    assert_once(&plan, CONVERT_JSON, NULL, "{\"n\":1,\"c\":true,\"pk0\":\"x\"}",
                "put pk0=s\"x\" n=i1 id=auto | c=btrue");
    assert_once(&plan, CONVERT_JSON, NULL, "{\"n\":\"x\",\"c\":true}", "! map pk0");
    assert_once(&plan, CONVERT_JSON, NULL, "\"alone\"", "! map -");
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    struct message message = message_of(NULL, "{\"n\":1,\"pk0\":\"x\"}");
    struct row row;
    struct mapping_fault fault;
    assert_int_equal(table_mapper_map(mapper, &message, &row, &fault), MAPPING_ROW);
    assert_true(row.placeholder);
    table_mapper_destroy(mapper);
}

static void test_a_row_without_its_number_cannot_be_deleted(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    plan.keys[1] = (struct mapping_column){SLICE("id"), CELL_AUTO_INCREMENT};
    plan.key_count = 2;
    plan.delete_mode = DELETE_ROW;
    assert_once(&plan, CONVERT_JSON, "{\"pk0\":\"x\"}", NULL, "! map -");
    assert_once(&plan, CONVERT_JSON, "{\"pk0\":\"x\",\"id\":5}", NULL, "delete pk0=s\"x\" id=i5 |");
}

/* ---- columns ---- */

static void test_struct_types_are_the_manuals(void **state) /* F.3 9 */
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON_ENVELOPE);
    assert_mapped(
        mapper, "k",
        STRUCT(
            FIELD("s", "string") "," FIELD("i8", "int8") "," FIELD("i16", "int16") "," FIELD(
                "i32",
                "int3"
                "2") "," FIELD("i64",
                               "int64") "," FIELD("f",
                                                  "float") "," FIELD("d",
                                                                     "double") "," FIELD("b",
                                                                                         "boolean") "," FIELD("x",
                                                                                                              "bytes"),
            "{\"s\":\"x\",\"i8\":1,\"i16\":2,\"i32\":3,\"i64\":4,\"f\":1.5,\"d\":2.5,\"b\":true,\"x\":"
            "\"AAE=\"}"),
        "put pk0=s\"k\" | s=s\"x\" i8=i1 i16=i2 i32=i3 i64=i4 f=d1.5 d=d2.5 b=btrue x=x0001");
    assert_mapped(
        mapper, "k",
        STRUCT("{\"field\":\"t\",\"type\":\"int64\",\"name\":\"org.apache.kafka.connect.data.Timestamp\"},"
               "{\"field\":\"m\",\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
               "\"parameters\":{\"scale\":\"2\"}}",
               "{\"t\":5,\"m\":\"AJw=\"}"),
        "put pk0=s\"k\" | t=i5 m=x312e3536");
    table_mapper_destroy(mapper);
}

#define DECIMAL(name)                                                                                        \
    "{\"field\":\"" name "\",\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","         \
    "\"parameters\":{\"scale\":\"2\"}}"

static void test_struct_fields_must_be_of_the_listed_type(void **state)
{
    (void)state;
    struct mapping_column columns[] = {
        {SLICE("a"), CELL_INTEGER}, {SLICE("b"), CELL_STRING}, {SLICE("c"), CELL_DOUBLE}};
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    list_columns(&plan, columns, 3);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON_ENVELOPE);
    assert_mapped(mapper, "k", STRUCT(FIELD("x", "int8") "," FIELD("a", "int8"), "{\"a\":1,\"x\":2}"),
                  "put pk0=s\"k\" | a=i1");
    assert_mapped(mapper, "k", STRUCT(FIELD("a", "string"), "{\"a\":\"1\"}"), "! map a");
    assert_mapped(mapper, "k", STRUCT(FIELD("b", "int32"), "{\"b\":1}"), "! map b");
    assert_mapped(mapper, "k", STRUCT(FIELD("c", "int32"), "{\"c\":1}"), "! map c");
    assert_mapped(mapper, "k", STRUCT(FIELD("c", "int32"), "{\"c\":null}"), "put pk0=s\"k\" |");
    assert_mapped(
        mapper, "k",
        STRUCT(FIELD("a", "int8") ",{\"field\":\"z\",\"type\":\"array\",\"items\":{\"type\":\"int8\"}}",
               "{\"a\":1,\"z\":[1]}"),
        "put pk0=s\"k\" | a=i1");
    assert_mapped(mapper, "k", STRUCT(DECIMAL("b"), "{\"b\":1.50}"), "put pk0=s\"k\" | b=s\"1.50\"");
    assert_mapped(mapper, "k", STRUCT(DECIMAL("c"), "{\"c\":1.50}"), "put pk0=s\"k\" | c=d1.5");
    assert_mapped(mapper, "k", STRUCT(DECIMAL("a"), "{\"a\":\"CWA=\"}"), "put pk0=s\"k\" | a=i24");
    assert_mapped(mapper, "k", STRUCT(DECIMAL("a"), "{\"a\":1.5}"), "! map a");
    assert_mapped(mapper, "k",
                  STRUCT("{\"field\":\"b\",\"type\":\"struct\",\"fields\":[]}", "{\"b\":{ \"x\":1}}"),
                  "put pk0=s\"k\" | b=s\"{ \"x\":1}\"");
    table_mapper_destroy(mapper);
}

#define EVERY_KIND "{\"s\":\"x\",\"i\":1,\"d\":1.5,\"b\":true,\"f\":false,\"n\":null}"

static void test_map_values_by_the_plan(void **state) /* F.3 10, 11, 15 */
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    assert_once(&plan, CONVERT_JSON, "\"k\"", EVERY_KIND,
                "put pk0=s\"k\" | s=s\"x\" i=i1 d=d1.5 b=btrue f=bfalse");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "{\"o\":{\"a\":1},\"l\":[ 1 ]}",
                "put pk0=s\"k\" | o=s\"{\"a\":1}\" l=s\"[ 1 ]\"");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "{\"v\":9223372036854775808}", "! map v");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "{\"v\":1e400}", "! limit v");
    plan.map_values = MAP_VALUES_STRING;
    assert_once(&plan, CONVERT_JSON, "\"k\"", EVERY_KIND,
                "put pk0=s\"k\" | s=s\"x\" i=s\"1\" d=s\"1.5\" b=s\"true\" f=s\"false\"");
    plan.map_values = MAP_VALUES_BINARY;
    plan.nested = NESTED_ERROR;
    assert_once(&plan, CONVERT_JSON, "\"k\"", EVERY_KIND,
                "put pk0=s\"k\" | s=x78 i=x0000000000000001 d=x3ff8000000000000 b=xff f=x00");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "{\"a\":1,\"o\":{}}", "! map o");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "{\"v\":9223372036854775808}", "! map v");
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON_ENVELOPE);
    assert_mapped(mapper, "k", MAP_OF("int8", "{\"v\":-1}"), "put pk0=s\"k\" | v=xff");
    assert_mapped(mapper, "k", MAP_OF("int16", "{\"v\":258}"), "put pk0=s\"k\" | v=x0102");
    assert_mapped(mapper, "k", MAP_OF("int32", "{\"v\":1}"), "put pk0=s\"k\" | v=x00000001");
    assert_mapped(mapper, "k", MAP_OF("float", "{\"v\":1.0}"), "put pk0=s\"k\" | v=x3f800000");
    assert_mapped(mapper, "k", MAP_OF("bytes", "{\"v\":\"AAH/\"}"), "put pk0=s\"k\" | v=x0001ff");
    assert_mapped(mapper, "k", STRUCT("{\"field\":\"o\",\"type\":\"struct\",\"fields\":[]}", "{\"o\":{}}"),
                  "! map o");
    table_mapper_destroy(mapper);
}

/* Section 1.1.2: the two messages, written as they are printed, and the two rows of the picture. */
static const char *const manual_struct =
    "{\n  \"schema\":{\n    \"type\":\"struct\",\n    \"fields\":[\n"
    "      {\n        \"type\":\"int32\",\n        \"optional\":false,\n        \"field\":\"id\"\n      },\n"
    "      {\n        \"type\":\"string\",\n        \"optional\":false,\n        \"field\":\"product\"\n     "
    " },\n"
    "      {\n        \"type\":\"int64\",\n        \"optional\":false,\n        \"field\":\"quantity\"\n     "
    " },\n"
    "      {\n        \"type\":\"double\",\n        \"optional\":false,\n        \"field\":\"price\"\n      "
    "}\n"
    "    ],\n    \"optional\":false,\n    \"name\":\"record\"\n  },\n"
    "  \"payload\":{\n    \"id\":1,\n    \"product\":\"foo\",\n    \"quantity\":100,\n    \"price\":50\n  "
    "}\n}\n";
static const char *const manual_map =
    "{\n  \"schema\": {\n    \"type\": \"map\",\n    \"keys\": {\n      \"type\": \"string\",\n"
    "      \"optional\": false\n    },\n    \"values\": {\n      \"type\": \"int32\",\n      \"optional\": "
    "false\n"
    "    },\n    \"optional\": false\n  },\n  \"payload\": {\n    \"id\": 1\n  }\n}\n";

static void test_the_manuals_samples(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_KAFKA, CELL_STRING);
    plan.keys[0].name = SLICE("topic_partition");
    plan.keys[1] = (struct mapping_column){SLICE("offset"), CELL_INTEGER};
    plan.key_count = 2;
    plan.map_values = MAP_VALUES_BINARY;
    plan.nested = NESTED_ERROR;
    assert_once(&plan, CONVERT_JSON_ENVELOPE, NULL, manual_map,
                "put topic_partition=s\"orders.eu_3\" offset=i42 | id=x00000001");
    assert_once(
        &plan, CONVERT_JSON_ENVELOPE, NULL, manual_struct,
        "put topic_partition=s\"orders.eu_3\" offset=i42 | id=i1 product=s\"foo\" quantity=i100 price=d50.0");
}

struct conversion_line {
    enum cell_type type;
    const char *value;  /* as JSON */
    const char *wanted; /* NULL: refused */
};

static const struct conversion_line conversions[] = {
    {CELL_INTEGER, "12", "i12"},
    {CELL_INTEGER, "1.0", "i1"},
    {CELL_INTEGER, "-0.0", "i0"},
    {CELL_INTEGER, "12.7", NULL},
    {CELL_INTEGER, "1e18", "i1000000000000000000"},
    {CELL_INTEGER, "1e19", NULL},
    {CELL_INTEGER, "-9223372036854775808.0", "i-9223372036854775808"},
    {CELL_INTEGER, "9223372036854775808.0", NULL},
    {CELL_INTEGER, "9223372036854775808", NULL},
    {CELL_INTEGER, "true", NULL},
    {CELL_INTEGER, "[]", NULL},
    {CELL_INTEGER, "\"12\"", "i12"},
    {CELL_INTEGER, "\"+12\"", "i12"},
    {CELL_INTEGER, "\"-12\"", "i-12"},
    {CELL_INTEGER, "\"012\"", "i12"},
    {CELL_INTEGER, "\"12.0\"", "i12"},
    {CELL_INTEGER, "\"12.\"", "i12"},
    {CELL_INTEGER, "\"1e3\"", "i1000"},
    {CELL_INTEGER, "\"1200e-2\"", "i12"},
    {CELL_INTEGER, "\"0.12e2\"", "i12"},
    {CELL_INTEGER, "\"0e999999999999\"", "i0"},
    {CELL_INTEGER, "\"12.9\"", NULL},
    {CELL_INTEGER, "\".5\"", NULL},
    {CELL_INTEGER, "\"1e-1\"", NULL},
    {CELL_INTEGER, "\"1e400\"", NULL},
    {CELL_INTEGER, "\"9223372036854775807\"", "i9223372036854775807"},
    {CELL_INTEGER, "\"-9223372036854775808\"", "i-9223372036854775808"},
    {CELL_INTEGER, "\"9223372036854775808\"", NULL},
    {CELL_INTEGER, "\"100000000000000000000\"", NULL},
    {CELL_INTEGER, "\"18446744073709551617\"", NULL},
    {CELL_INTEGER, "\"9223372036854775807.00000000000000000000000001\"", NULL},
    {CELL_INTEGER, "\"\"", NULL},
    {CELL_INTEGER, "\" 12\"", NULL},
    {CELL_INTEGER, "\"12 \"", NULL},
    {CELL_INTEGER, "\"0x10\"", NULL},
    {CELL_INTEGER, "\"+\"", NULL},
    {CELL_INTEGER, "\".\"", NULL},
    {CELL_INTEGER, "\"1e\"", NULL},
    {CELL_INTEGER, "\"NaN\"", NULL},
    {CELL_DOUBLE, "1.5", "d1.5"},
    {CELL_DOUBLE, "1", "d1.0"},
    {CELL_DOUBLE, "9007199254740992", "d9007199254740992.0"},
    {CELL_DOUBLE, "9007199254740993", NULL},
    {CELL_DOUBLE, "9223372036854775807", NULL},
    {CELL_DOUBLE, "-9223372036854775808", "d-9.223372036854776e+18"},
    {CELL_DOUBLE, "\"1.5\"", "d1.5"},
    {CELL_DOUBLE, "\"0.1\"", "d0.1"},
    {CELL_DOUBLE, "\".5\"", "d0.5"},
    {CELL_DOUBLE, "\"1e300\"", "d1e+300"},
    {CELL_DOUBLE, "\"9007199254740993\"", NULL},
    {CELL_DOUBLE, "\"1e400\"", NULL},
    {CELL_DOUBLE, "\"NaN\"", NULL},
    {CELL_DOUBLE, "\"Infinity\"", NULL},
    {CELL_DOUBLE, "\"inf\"", NULL},
    {CELL_DOUBLE, "\"\"", NULL},
    {CELL_DOUBLE, "true", NULL},
    {CELL_DOUBLE, "{}", NULL},
    {CELL_BOOLEAN, "true", "btrue"},
    {CELL_BOOLEAN, "0", "bfalse"},
    {CELL_BOOLEAN, "1", "btrue"},
    {CELL_BOOLEAN, "1.0", "btrue"},
    {CELL_BOOLEAN, "2", NULL},
    {CELL_BOOLEAN, "0.4", NULL},
    {CELL_BOOLEAN, "\"true\"", "btrue"},
    {CELL_BOOLEAN, "\"false\"", "bfalse"},
    {CELL_BOOLEAN, "\"True\"", NULL},
    {CELL_BOOLEAN, "\"1\"", NULL},
    {CELL_BOOLEAN, "\" true\\t\"", "btrue"}, /* blanks around, as Kafka Connect takes them */
    {CELL_BOOLEAN, "\"\\n false\"", "bfalse"},
    {CELL_BOOLEAN, "\"tr ue\"", NULL},
    {CELL_BOOLEAN, "\" \"", NULL},
    {CELL_BOOLEAN, "\"\u00a0true\"", NULL}, /* no blank in Java's eyes */
    {CELL_BOOLEAN, "[]", NULL},
    {CELL_STRING, "\"x\\ny\"", "s\"x\ny\""},
    {CELL_STRING, "12", "s\"12\""},
    {CELL_STRING, "-9223372036854775808", "s\"-9223372036854775808\""},
    {CELL_STRING, "1.0", "s\"1.0\""},
    {CELL_STRING, "1e30", "s\"1.0E30\""},
    {CELL_STRING, "1e-7", "s\"1.0E-7\""},
    {CELL_STRING, "5e-324", "s\"4.9E-324\""}, /* Java looks for two digits at least */
    {CELL_STRING, "5e-321", "s\"5.0E-321\""},
    {CELL_STRING, "-009223372036854775809", "s\"-9223372036854775809\""},
    {CELL_STRING, "123456789.125", "s\"1.23456789125E8\""},
    {CELL_STRING, "0.1234567890123456789", "s\"0.12345678901234568\""},
    {CELL_STRING, "-0.001", "s\"-0.001\""},
    {CELL_STRING, "1234567.0", "s\"1234567.0\""},
    {CELL_STRING, "0.00012", "s\"1.2E-4\""},
    {CELL_STRING, "10.50", "s\"10.5\""},
    {CELL_STRING, "-0.0", "s\"0.0\""},
    {CELL_STRING, "1e2", "s\"100.0\""},
    {CELL_STRING, "true", "s\"true\""},
    {CELL_STRING, "[1,\"a\",null]", "s\"[1,\"a\",null]\""},
    {CELL_STRING, "123456789012345678901234567890", "s\"123456789012345678901234567890\""},
    {CELL_BINARY, "\"caf\xc3\xa9\"", "x636166c3a9"},
    {CELL_BINARY, "258", "x0000000000000102"},
    {CELL_BINARY, "-1.5", "xbff8000000000000"},
    {CELL_BINARY, "false", "x00"},
    {CELL_BINARY, "{}", NULL},
    {CELL_BINARY, "123456789012345678901234567890", NULL},
};

static void test_listed_types_convert_exactly_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++) {
        const struct conversion_line *line = &conversions[i];
        struct mapping_column columns[] = {{SLICE("v"), line->type}};
        struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
        char value[200], wanted[200];
        list_columns(&plan, columns, 1);
        snprintf(value, sizeof(value), "{\"other\":[],\"v\":%s}", line->value);
        snprintf(wanted, sizeof(wanted), line->wanted == NULL ? "! map v" : "put pk0=s\"k\" | v=%s",
                 line->wanted);
        assert_once(&plan, CONVERT_JSON, "\"k\"", value, wanted);
    }
}

static void test_typed_fields_of_maps_convert_too(void **state)
{
    (void)state;
    struct mapping_column columns[] = {{SLICE("v"), CELL_STRING}, {SLICE("n"), CELL_INTEGER}};
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    list_columns(&plan, columns, 2);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON_ENVELOPE);
    const char *decimal = "{\"schema\":{\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":"
                          "\"bytes\",\"name\":"
                          "\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"1\"}}},"
                          "\"payload\":{\"v\":\"CgE=\",\"n\":\"FA==\"}}";
    assert_mapped(mapper, "k", MAP_OF("bytes", "{\"v\":\"AAH/\"}"), "put pk0=s\"k\" | v=s\"AAH/\"");
    assert_mapped(mapper, "k", MAP_OF("float", "{\"v\":1.1}"), "put pk0=s\"k\" | v=s\"1.1\"");
    assert_mapped(mapper, "k", decimal, "put pk0=s\"k\" | v=s\"256.1\" n=i2");
    table_mapper_destroy(mapper);
}

static void test_texts_and_other_scalars_as_values(void **state)
{
    (void)state;
    struct mapping_column columns[] = {{SLICE("value"), CELL_INTEGER}};
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    assert_once(&plan, CONVERT_STRING, "k", "hello", "put pk0=s\"k\" | value=s\"hello\"");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "5", "! map -");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "[1]", "! map -");
    assert_once(&plan, CONVERT_JSON, "\"k\"", "true", "! map -");
    list_columns(&plan, columns, 1);
    assert_once(&plan, CONVERT_STRING, "k", "12", "put pk0=s\"k\" | value=i12");
    assert_once(&plan, CONVERT_STRING, "k", "hello", "! map value");
    columns[0].name = SLICE("another");
    assert_once(&plan, CONVERT_STRING, "k", "hello", "put pk0=s\"k\" |");
    plan = plan_of(KEY_MODE_RECORD_VALUE, CELL_STRING);
    assert_once(&plan, CONVERT_STRING, NULL, "hello", "put pk0=s\"hello\" |");
    plan.insert_mode = INSERT_UPDATE;
    assert_once(&plan, CONVERT_STRING, NULL, "hello", "! transform -");
}

static void test_duplicates_escapes_and_changing_shapes(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    assert_mapped(mapper, "\"k\"", "{\"a\":1,\"b\":2,\"a\":3}", "put pk0=s\"k\" | a=i3 b=i2");
    assert_mapped(mapper, "\"k\"", "{\"b\":1,\"pk0\":2,\"a\":3}", "put pk0=s\"k\" | b=i1 a=i3");
    assert_mapped(mapper, "\"k\"", "{\"pk0\":1,\"b\":2}", "put pk0=s\"k\" | b=i2");
    assert_mapped(mapper, "\"\\u006b\"", "{\"\\u0061\":\"\\n\"}", "put pk0=s\"k\" | a=s\"\n\"");
    assert_mapped(mapper, "\"k\"", "{}", "put pk0=s\"k\" |");
    table_mapper_destroy(mapper);
}

/* ---- limits ---- */

static const char *record_with(struct buffer *to, const char *name, size_t name_len, size_t value_len)
{
    buffer_reset(to, 8 << 20);
    buffer_print(to, "{\"%.*s\":\"", (int)name_len, name);
    memset(buffer_reserve(to, value_len), 'v', value_len);
    to->len += value_len;
    buffer_add(to, "\"}", 3);
    return to->at;
}

static void test_names_and_sizes_are_limited(void **state)
{
    (void)state;
    struct buffer record;
    char name[300];
    buffer_init(&record, 8 << 20);
    memset(name, 'n', sizeof(name));
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    const char *bad[] = {"", "1a", "a-b", "a b", "a.b", "caf\xc3\xa9"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char wanted[64];
        snprintf(wanted, sizeof(wanted), "! limit %s", bad[i]);
        assert_mapped(mapper, "\"k\"", record_with(&record, bad[i], strlen(bad[i]), 1), wanted);
    }
    assert_mapped(mapper, "\"k\"", "{\"a-b\":null}", "put pk0=s\"k\" |");
    assert_mapped(mapper, "\"k\"", "{\"_1\":1}", "put pk0=s\"k\" | _1=i1");
    struct message message = message_of("\"k\"", record_with(&record, name, 255, 1));
    assert_true(said(mapper, &message)[0] == 'p');
    message = message_of("\"k\"", record_with(&record, name, 256, 1));
    assert_memory_equal(said(mapper, &message), "! limit nnn", 11);
    assert_int_equal(strlen(text.at), 8 + 255);
    message = message_of("\"k\"", record_with(&record, "a", 1, 2 << 20));
    assert_true(said(mapper, &message)[0] == 'p');
    assert_mapped(mapper, "\"k\"", record_with(&record, "a", 1, (2 << 20) + 1), "! limit a");
    table_mapper_destroy(mapper);
    buffer_fini(&record);
}

static void test_key_values_are_limited(void **state)
{
    (void)state;
    char key[1100];
    memset(key, 'k', sizeof(key));
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_STRING);
    struct message message = message_of("", "v");
    message.key = slice_of(key, 1024);
    assert_true(said(mapper, &message)[0] == 'p');
    message.key.len = 1025;
    assert_string_equal(said(mapper, &message), "! limit pk0");
    table_mapper_destroy(mapper);
}

static void test_rows_are_limited(void **state)
{
    (void)state;
    struct buffer record;
    buffer_init(&record, 16 << 20);
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY, CELL_STRING);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    for (int columns = 1024; columns <= 1025; columns++) {
        buffer_reset(&record, 16 << 20);
        buffer_print(&record, "{\"n0\":0");
        for (int i = 1; i < columns; i++)
            buffer_print(&record, ",\"n%d\":%d", i, i);
        buffer_add(&record, "}", 2);
        struct message message = message_of("\"k\"", record.at);
        const char *is = said(mapper, &message);
        if (columns == 1024)
            assert_true(is[0] == 'p');
        else
            assert_string_equal(is, "! limit n1024");
    }
    buffer_reset(&record, 16 << 20);
    buffer_print(&record, "{\"a\":1");
    for (int i = 0; i < 3; i++) {
        buffer_print(&record, ",\"v%d\":\"", i);
        memset(buffer_reserve(&record, 3 << 19), 'v', 3 << 19);
        record.len += 3 << 19;
        buffer_print(&record, "\"");
    }
    buffer_add(&record, "}", 2);
    assert_mapped(mapper, "\"k\"", record.at, "! limit -");
    table_mapper_destroy(mapper);
    buffer_fini(&record);
}

/* ---- the key's hash ---- */

static uint64_t hash_of(struct table_mapper *mapper, const char *value)
{
    struct message message = message_of(NULL, value);
    struct row row;
    struct mapping_fault fault;
    assert_int_equal(table_mapper_map(mapper, &message, &row, &fault), MAPPING_ROW);
    return row.key_hash;
}

static void test_equal_keys_have_equal_hashes(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_VALUE, CELL_STRING);
    plan.keys[1] = (struct mapping_column){SLICE("k1"), CELL_STRING};
    plan.key_count = 2;
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    struct table_mapper *other = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    uint64_t hash = hash_of(mapper, "{\"pk0\":\"a\",\"k1\":\"bc\"}");
    assert_true(hash == hash_of(mapper, "{\"x\":1,\"k1\":\"b\\u0063\",\"pk0\":\"a\"}"));
    assert_true(hash == hash_of(other, "{\"pk0\":\"a\",\"k1\":\"bc\"}"));
    assert_true(hash != hash_of(mapper, "{\"pk0\":\"ab\",\"k1\":\"c\"}"));
    assert_true(hash != hash_of(mapper, "{\"pk0\":\"abc\",\"k1\":\"\"}"));
    assert_true(hash != hash_of(mapper, "{\"pk0\":\"bc\",\"k1\":\"a\"}"));
    table_mapper_destroy(mapper);
    table_mapper_destroy(other);
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static void test_different_keys_have_different_hashes(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static uint64_t hashes[2 * COUNT];
    struct mapping_plan strings = plan_of(KEY_MODE_RECORD_VALUE, CELL_STRING);
    struct mapping_plan integers = plan_of(KEY_MODE_RECORD_VALUE, CELL_INTEGER);
    struct table_mapper *mapper = mapper_of(&strings, CONVERT_JSON, CONVERT_JSON);
    struct table_mapper *other = mapper_of(&integers, CONVERT_JSON, CONVERT_JSON);
    for (int i = 0; i < COUNT; i++) {
        char value[64];
        snprintf(value, sizeof(value), "{\"pk0\":%d}", i);
        hashes[2 * i] = hash_of(mapper, value);
        hashes[2 * i + 1] = hash_of(other, value);
    }
    qsort(hashes, 2 * COUNT, sizeof(hashes[0]), compare_hashes);
    for (int i = 1; i < 2 * COUNT; i++)
        assert_true(hashes[i] != hashes[i - 1]);
    table_mapper_destroy(mapper);
    table_mapper_destroy(other);
}

static int setup(void **state)
{
    (void)state;
    buffer_init(&text, 8 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_fini(&text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_matrix_for_structs),
        cmocka_unit_test(test_the_matrix_for_maps_and_text_keys),
        cmocka_unit_test(test_the_matrix_with_a_white_list),
        cmocka_unit_test(test_delete_modes_count_with_record_keys_only),
        cmocka_unit_test(test_kafka_keys_come_from_the_coordinates),
        cmocka_unit_test(test_keys_out_of_records),
        cmocka_unit_test(test_several_key_columns_keep_the_tables_order),
        cmocka_unit_test(test_a_row_without_its_number_cannot_be_deleted),
        cmocka_unit_test(test_struct_types_are_the_manuals),
        cmocka_unit_test(test_struct_fields_must_be_of_the_listed_type),
        cmocka_unit_test(test_map_values_by_the_plan),
        cmocka_unit_test(test_the_manuals_samples),
        cmocka_unit_test(test_listed_types_convert_exactly_or_not_at_all),
        cmocka_unit_test(test_typed_fields_of_maps_convert_too),
        cmocka_unit_test(test_texts_and_other_scalars_as_values),
        cmocka_unit_test(test_duplicates_escapes_and_changing_shapes),
        cmocka_unit_test(test_names_and_sizes_are_limited),
        cmocka_unit_test(test_key_values_are_limited),
        cmocka_unit_test(test_rows_are_limited),
        cmocka_unit_test(test_equal_keys_have_equal_hashes),
        cmocka_unit_test(test_different_keys_have_different_hashes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
