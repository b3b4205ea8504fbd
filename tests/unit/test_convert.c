/* convert: Connect's converters, read off kafka-connect.md 1.1 and 1.2. Where Connect would quietly change a
 * value, an error is wanted (design.md, promise 9). */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "mapping/convert.h"
#include "support/mapping_text.h"

static struct buffer text;

/* `wanted`: the value's text, or "! words of the error". */
struct expectation {
    const char *bytes; /* NULL: a null */
    const char *wanted;
};

static void assert_read(struct converter *converter, const char *bytes, const char *wanted)
{
    struct value value;
    struct error err = {0};
    /* Exactly as many bytes as there are, so that the address sanitizer sees a byte read too far. */
    size_t len = bytes == NULL ? 0 : strlen(bytes);
    char *copy = bytes == NULL ? NULL : malloc(len == 0 ? 1 : len);
    if (copy != NULL)
        memcpy(copy, bytes, len);
    int rc = converter_read(converter, slice_of(copy, len), &value, &err);
    if (wanted[0] != '!') {
        if (rc != 0)
            fail_msg("%s: refused: %s", bytes, err.text);
        assert_string_equal(mapping_text_value(&text, &value), wanted);
    } else {
        if (rc == 0)
            fail_msg("%s: accepted: %s", bytes, mapping_text_value(&text, &value));
        assert_int_equal(err.kind, ERROR_RECORD);
        if (strstr(err.text, wanted + 2) == NULL)
            fail_msg("%s: \"%s\" instead of \"%s\"", bytes, err.text, wanted + 2);
    }
    free(copy);
}

/* Each one twice, so that what a converter remembers is in the test too. */
static void assert_all(enum convert_format format, const struct expectation *expectations, size_t count)
{
    struct converter *converter = converter_create(format);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < count; i++)
            assert_read(converter, expectations[i].bytes, expectations[i].wanted);
    converter_destroy(converter);
}

#define ASSERT_ALL(format, table) assert_all(format, table, sizeof(table) / sizeof((table)[0]))

static void test_strings_are_mended_and_never_refused(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {NULL, "none"},
        {"", "scalar{string=}"},
        {"caf\xc3\xa9", "scalar{string=caf\xc3\xa9}"},
        {"a\xff|\xe4\xb8", "scalar{string=a\xef\xbf\xbd|\xef\xbf\xbd}"},
        {"{\"a\":1}", "scalar{string={\"a\":1}}"},
    };
    ASSERT_ALL(CONVERT_STRING, table);
}

static void test_json_without_a_schema(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {NULL, "none"},
        {"", "schemaless none"},
        {" \t\r\n", "schemaless none"},
        {"null", "schemaless none"},
        {"\xef\xbb\xbf", "schemaless none"},
        {"true", "schemaless scalar{boolean=true}"},
        {"12", "schemaless scalar{int64=12}"},
        {"\"a\\nb\"", "schemaless scalar{string=a\nb}"},
        {"[1, 2]", "schemaless scalar{array=[1, 2]}"},
        {"{}", "schemaless map{}"},
        {"{\"a\":null,\"b\":false,\"c\":01,\"d\":1.0,\"e\":1e3,\"f\":\"\",\"g\":{\"x\":[]},\"h\":[1,\"a\"]}",
         "schemaless map{a:untyped=null b:boolean=false c:int64=1 d:double=1.0 e:double=1000.0 f:string= "
         "g:map={\"x\":[]} h:array=[1,\"a\"]}"},
        {"{\"a\":9223372036854775807,\"b\":9223372036854775808}",
         "schemaless map{a:int64=9223372036854775807 b:big=9223372036854775808}"},
        {"{\"a\":-0.0,\"b\":1e400}", "schemaless map{a:double=0.0 b:double=Infinity}"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "schemaless map{a:int64=3 b:int64=2}"},
        {"{\"a\":1,\"\\u0061\":2}", "schemaless map{a:int64=2}"},
        {"{\"a\\tb\":\"\\ud83d\\ude00\\ud800\"}", "schemaless map{a\tb:string=\xf0\x9f\x98\x80\xef\xbf\xbd}"},
        {"{\"a\":1} trailing", "schemaless map{a:int64=1}"},
        {"{\"a\":1}{\"b\":2}", "schemaless map{a:int64=1}"},
        {"\xef\xbb\xbf{\"a\":1}", "schemaless map{a:int64=1}"},
        {"{\"a\":NaN}", "! line 1, column 6: a value was expected"},
        {"{\"a\":1,\n}", "! line 2, column 1: a name in double quotes was expected"},
        {"{'a':1}", "! a name in double quotes"},
        {"{\"a\":\"\xff\"}", "! not UTF-8"},
        {"0x10", "! a blank was expected"},
        {"text", "! a value was expected"},
        {"{", "! line 1, column 2"},
    };
    ASSERT_ALL(CONVERT_JSON, table);
}

#define STRUCT(fields, payload)                                                                              \
    "{\"schema\":{\"type\":\"struct\",\"fields\":[" fields "]},\"payload\":" payload "}"
#define ONE(schema, payload) "{\"schema\":" schema ",\"payload\":" payload "}"

static void test_the_envelope_has_two_members(void **state)
{
    (void)state;
    static const char *const words = "! exactly the members";
    const struct expectation table[] = {
        {NULL, "none"},
        {"", words},
        {"  ", words},
        {"null", words},
        {"text", words},
        {"{\"a\":1}", words},
        {"{\"schema\":null}", words},
        {"{\"schema\":null,\"payload\":1,\"x\":2}", words},
        {"{\"schema\":null,\"payload\":null}", "schemaless none"},
        {"{\"schema\":null,\"payload\":{\"a\":1}}", "schemaless map{a:int64=1}"},
        {"{\"payload\":5,\"schema\":null}", "schemaless scalar{int64=5}"},
        {"{\"schema\":5,\"payload\":1}", "! an object with a member \"type\""},
        {"{\"schema\":{},\"payload\":1}", "! a member \"type\""},
        {"{\"schema\":{\"type\":\"Int32\"},\"payload\":1}", "! there is no type \"Int32\""},
        {"{\"schema\":{\"type\":\"int32\"},\"payload\":1", "! not JSON"},
        {"{\"payload\":\"x\",\"schema\":{\"type\":\"string\"}}", "scalar{string=x}"},
        {"{\"sch\\u0065ma\":{\"type\":\"string\"},\"payload\":\"x\\\"y\"}", "scalar{string=x\"y}"},
    };
    ASSERT_ALL(CONVERT_JSON_ENVELOPE, table);
}

static void test_every_primitive_type(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {ONE("{\"type\":\"int8\"}", "-128"), "scalar{int8=-128}"},
        {ONE("{\"type\":\"int8\"}", "300"), "! out of range for int8"},
        {ONE("{\"type\":\"int16\"}", "-32768"), "scalar{int16=-32768}"},
        {ONE("{\"type\":\"int16\"}", "32768"), "! out of range for int16"},
        {ONE("{\"type\":\"int32\"}", "2147483647"), "scalar{int32=2147483647}"},
        {ONE("{\"type\":\"int32\"}", "2147483648"), "! out of range for int32"},
        {ONE("{\"type\":\"int32\"}", "1.9"), "! has a fraction"},
        {ONE("{\"type\":\"int32\"}", "1.0"), "scalar{int32=1}"},
        {ONE("{\"type\":\"int32\"}", "1e3"), "scalar{int32=1000}"},
        {ONE("{\"type\":\"int32\"}", "\"5\""), "! int32, but the value is a string"},
        {ONE("{\"type\":\"int32\"}", "true"), "! int32, but the value is true"},
        {ONE("{\"type\":\"int64\"}", "9223372036854775807"), "scalar{int64=9223372036854775807}"},
        {ONE("{\"type\":\"int64\"}", "9223372036854775808"), "! beyond 64 bits"},
        {ONE("{\"type\":\"int64\"}", "9007199254740993.0"), "scalar{int64=9007199254740993}"},
        {ONE("{\"type\":\"float\"}", "1.1"), "scalar{float=1.100000023841858}"},
        {ONE("{\"type\":\"float\"}", "16777217"), "! rounded by a float"},
        {ONE("{\"type\":\"double\"}", "1"), "scalar{double=1.0}"},
        {ONE("{\"type\":\"double\"}", "-0.0"), "scalar{double=0.0}"},
        {ONE("{\"type\":\"double\"}", "9007199254740993"), "! rounded by a double"},
        {ONE("{\"type\":\"double\"}", "\"1.5\""), "! a string"},
        {ONE("{\"type\":\"boolean\"}", "true"), "scalar{boolean=true}"},
        {ONE("{\"type\":\"boolean\"}", "\"true\""), "! boolean, but the value is a string"},
        {ONE("{\"type\":\"boolean\"}", "1"), "! boolean"},
        {ONE("{\"type\":\"string\"}", "\"\\u4e2d\""), "scalar{string=\xe4\xb8\xad}"},
        {ONE("{\"type\":\"string\"}", "5"), "! string, but the value is an integer"},
        {ONE("{\"type\":\"bytes\"}", "\"AAH/\""), "scalar{bytes=0001ff}"},
        {ONE("{\"type\":\"bytes\"}", "\"AA==\""), "scalar{bytes=00}"},
        {ONE("{\"type\":\"bytes\"}", "\"AA\""), "! not base64"},
        {ONE("{\"type\":\"bytes\"}", "\"A A=\""), "! not base64"},
        {ONE("{\"type\":\"array\",\"items\":{\"type\":\"int32\"}}", "[1, 2]"), "scalar{array=[1, 2]}"},
        {ONE("{\"type\":\"array\",\"items\":{\"type\":\"int32\"}}", "{}"),
         "! array, but the value is an object"},
        {ONE("{\"type\":\"array\"}", "[]"), "! an array needs \"items\""},
        {ONE("{\"type\":\"string\"}", "null"), "! null, but the schema says string"},
        {ONE("{\"type\":\"string\",\"optional\":true}", "null"), "none"},
        {ONE("{\"type\":\"string\",\"optional\":1}", "null"), "! null"},
        {ONE("{\"type\":\"string\",\"default\":\"d\"}", "null"), "scalar{string=d}"},
    };
    ASSERT_ALL(CONVERT_JSON_ENVELOPE, table);
}

static void test_structs_follow_their_schema(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {STRUCT(
             "{\"field\":\"a\",\"type\":\"int32\"},{\"field\":\"b\",\"type\":\"string\",\"optional\":true}",
             "{\"b\":\"x\",\"a\":1}"),
         "struct{a:int32=1 b:string=x}"},
        {STRUCT(
             "{\"field\":\"a\",\"type\":\"int32\"},{\"field\":\"b\",\"type\":\"string\",\"optional\":true}",
             "{\"a\":1}"),
         "struct{a:int32=1 b:string=null}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\"}", "{\"a\":1,\"other\":2,\"a\":3}"),
         "struct{a:int32=3}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\"}", "{\"\\u0061\":1}"), "struct{a:int32=1}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\"}", "{}"), "! field a: null, but the schema says int32"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\",\"default\":7}", "{\"a\":null}"), "struct{a:int32=7}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"bytes\",\"default\":\"AQI=\"}", "{}"), "struct{a:bytes=0102}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\",\"optional\":true,\"default\":null}", "{}"),
         "struct{a:int32=null}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\",\"default\":null}", "{\"a\":1}"), "! a default of null"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int8\",\"default\":300}", "{\"a\":1}"),
         "! schema: the default: "},
        {STRUCT("{\"field\":\"a\",\"type\":\"struct\",\"fields\":[]}", "{\"a\":{ \"x\":1}}"),
         "struct{a:struct={ \"x\":1}}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":"
                "\"int8\"}}",
                "{\"a\":[]}"),
         "! field a: the schema says map, but the value is an array"},
        {STRUCT(
             "{\"field\":\"a\",\"type\":\"map\",\"keys\":{\"type\":\"int8\"},\"values\":{\"type\":\"int8\"}}",
             "{\"a\":[[1,2]]}"),
         "struct{a:map=[[1,2]]}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\"},{\"field\":\"a\",\"type\":\"int32\"}", "{}"),
         "! two fields with the name a"},
        {STRUCT("{\"type\":\"int32\"}", "{}"), "! a field without a name"},
        {STRUCT("5", "{}"), "! an object with a member \"type\""},
        {ONE("{\"type\":\"struct\",\"fields\":{}}", "{}"), "! must be an array"},
        {ONE("{\"type\":\"struct\",\"fields\":[]}", "[]"), "! struct, but the value is an array"},
        {ONE("{\"type\":\"struct\",\"fields\":[],\"optional\":true}", "null"), "none"},
        {ONE("{\"type\":\"struct\",\"fields\":[{\"field\":\"a\",\"type\":\"int8\"}],\"default\":{\"a\":4}}",
             "null"),
         "struct{a:int8=4}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\"}", "{\"a\":1"), "! not JSON"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\"}", "{\"a\":1},\"x\":1"), "! exactly the members"},
    };
    ASSERT_ALL(CONVERT_JSON_ENVELOPE, table);
}

/* replace.null.with.default=false: a null stays one, or is an error where the schema has none. */
static void test_nulls_stay_nulls_where_the_converter_is_told_so(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\",\"optional\":true,\"default\":5}", "{\"a\":null}"),
         "struct{a:int32=null}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\",\"optional\":true,\"default\":5}", "{}"),
         "struct{a:int32=null}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\",\"default\":5}", "{\"a\":6}"), "struct{a:int32=6}"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\",\"default\":5}", "{\"a\":null}"), "! not optional"},
        {STRUCT("{\"field\":\"a\",\"type\":\"int32\",\"default\":\"x\"}", "{\"a\":6}"),
         "! schema: the default"},
        {ONE("{\"type\":\"struct\",\"optional\":true,\"fields\":[{\"field\":\"a\",\"type\":\"int8\"}],"
             "\"default\":{\"a\":4}}",
             "null"),
         "none"},
        {"{\"schema\":null,\"payload\":5}", "schemaless scalar{int64=5}"},
    };
    ASSERT_ALL(CONVERT_JSON_ENVELOPE_NULLS, table);
}

static void test_maps_have_typed_values(void **state)
{
    (void)state;
#define MAP(keys, values, payload)                                                                           \
    ONE("{\"type\":\"map\",\"keys\":{\"type\":\"" keys "\"},\"values\":{\"type\":\"" values                  \
        "\",\"optional\":true}}",                                                                            \
        payload)
    static const struct expectation table[] = {
        {MAP("string", "int32", "{\"x\":1,\"y\":null,\"x\":2}"), "map{x:int32=2 y:int32=null}"},
        {MAP("string", "int8", "{\"x\":128}"), "! entry x: the number is out of range for int8"},
        {MAP("string", "int8", "{\"x\":128,\"y\":1,\"x\":2}"), "map{x:int8=2 y:int8=1}"},
        {MAP("string", "int8", "{\"x\":1,\"x\":128}"), "! entry x: the number is out of range for int8"},
        {MAP("string", "int8", "{\"x\":128,\"y\":true,\"x\":2}"), "! entry y: the schema says int8"},
        {MAP("string", "bytes", "{\"x\":\"AAE=\"}"), "map{x:bytes=0001}"},
        {MAP("string", "int32", "[]"), "! map, but the value is an array"},
        {MAP("int32", "int32", "[[1,2]]"), "scalar{map=[[1,2]]}"},
        {MAP("int32", "int32", "{}"), "! map, but the value is an object"},
        {ONE("{\"type\":\"map\",\"keys\":{\"type\":\"string\"}}", "{}"), "! a map needs"},
    };
    ASSERT_ALL(CONVERT_JSON_ENVELOPE, table);
}

static void test_logical_types(void **state)
{
    (void)state;
#define LOGICAL(base, name, more, payload)                                                                   \
    ONE("{\"type\":\"" base "\",\"name\":\"org.apache.kafka.connect.data." name "\"" more "}", payload)
#define SCALE(scale) ",\"parameters\":{\"scale\":\"" scale "\"}"
    static const struct expectation table[] = {
        {LOGICAL("bytes", "Decimal", SCALE("2"), "\"AJw=\""), "scalar{decimal=1.56}"},
        {LOGICAL("bytes", "Decimal", SCALE("2"), "\"nA==\""), "scalar{decimal=-1.00}"},
        {LOGICAL("bytes", "Decimal", SCALE("-2"), "\"AJw=\""), "scalar{decimal=15600}"},
        {LOGICAL("bytes", "Decimal", SCALE("0"), "\"gAAAAAAAAAA=\""), "scalar{decimal=-9223372036854775808}"},
        {LOGICAL("bytes", "Decimal", SCALE("20"), "\"AQAAAAAAAAAA\""),
         "scalar{decimal=0.18446744073709551616}"},
        {LOGICAL("bytes", "Decimal", SCALE("2"), "1.5"), "scalar{decimal=1.5}"},
        {LOGICAL("bytes", "Decimal", SCALE("2"), "-1e3"), "scalar{decimal=-1000}"},
        {LOGICAL("bytes", "Decimal", SCALE("2"), "123456789012345678901234567890"),
         "scalar{decimal=123456789012345678901234567890}"},
        {LOGICAL("bytes", "Decimal", SCALE("2"), "1e-2000"), "! more than 1024 digits"},
        {LOGICAL("bytes", "Decimal", SCALE("2000000000"), "\"AQ==\""), "! not base64 of 1 to 400 bytes"},
        {LOGICAL("bytes", "Decimal", SCALE("2"), "\"\""), "! a Decimal that is not base64"},
        {LOGICAL("bytes", "Decimal", "", "\"AJw=\""), "! parameter \"scale\""},
        {LOGICAL("bytes", "Decimal", SCALE("x"), "\"AJw=\""), "! parameter \"scale\""},
        {LOGICAL("bytes", "Decimal", SCALE("2"), "true"), "! Decimal, but the value is true"},
        {LOGICAL("bytes", "Decimal", ",\"parameters\":{\"scale\":2}", "1"), "! must be strings"},
        {LOGICAL("int32", "Date", "", "-1"), "scalar{int32=-1}"},
        {LOGICAL("int32", "Date", "", "\"x\""), "! Date, but the value is a string"},
        {LOGICAL("int32", "Date", "", "1.5"), "! Date, but the value is a decimal"},
        {LOGICAL("int32", "Date", "", "2147483648"), "! out of range for Date"},
        {LOGICAL("int32", "Time", "", "86400000"), "scalar{int32=86400000}"},
        {LOGICAL("int32", "Time", "", "86400001"), "! out of range for Time"},
        {LOGICAL("int32", "Time", "", "-1"), "! out of range for Time"},
        {LOGICAL("int64", "Timestamp", "", "1700000000000"), "scalar{int64=1700000000000}"},
        {LOGICAL("int64", "Timestamp", "", "1.0"), "! Timestamp, but the value is a decimal"},
        {ONE("{\"type\":\"int64\",\"name\":\"io.debezium.time.Timestamp\"}", "5"), "scalar{int64=5}"},
    };
    ASSERT_ALL(CONVERT_JSON_ENVELOPE, table);
}

static void test_many_schemas_take_turns(void **state)
{
    (void)state;
    struct converter *converter = converter_create(CONVERT_JSON_ENVELOPE);
    for (int i = 0; i < 200; i++) {
        char bytes[256], wanted[64];
        int field = i % 40;
        snprintf(bytes, sizeof(bytes), STRUCT("{\"field\":\"f%d\",\"type\":\"int32\"}", "{\"f%d\":%d}"),
                 field, field, i);
        snprintf(wanted, sizeof(wanted), "struct{f%d:int32=%d}", field, i);
        assert_read(converter, bytes, wanted);
    }
    converter_destroy(converter);
}

static void test_wide_objects_grow_the_tables(void **state)
{
    (void)state;
    struct converter *converter = converter_create(CONVERT_JSON);
    struct value value;
    struct error err = {0};
    struct buffer wide;
    buffer_init(&wide, 1 << 22);
    for (int width = 10; width < 60000; width *= 3) {
        buffer_reset(&wide, 1 << 22);
        buffer_print(&wide, "{\"twice\":0");
        for (int i = 0; i < width; i++)
            buffer_print(&wide, ",\"n%d\":%d", i, i);
        buffer_print(&wide, ",\"twice\":1}");
        assert_int_equal(converter_read(converter, buffer_slice(&wide), &value, &err), 0);
        assert_int_equal(value.count, width + 1);
        assert_int_equal(value.fields[0].integer, 1);
        assert_int_equal(value.fields[width].integer, width - 1);
    }
    buffer_reset(&wide, 1 << 22);
    buffer_print(&wide, "{\"a\":0");
    for (int i = 0; i < 70000; i++)
        buffer_print(&wide, ",\"n%d\":%d", i, i);
    buffer_print(&wide, "}");
    assert_int_equal(converter_read(converter, buffer_slice(&wide), &value, &err), -1);
    buffer_fini(&wide);
    assert_read(converter, "{\"a\":1}", "schemaless map{a:int64=1}");
    converter_destroy(converter);
}

static void test_deep_schemas_are_refused(void **state)
{
    (void)state;
    struct converter *converter = converter_create(CONVERT_JSON_ENVELOPE);
    struct buffer deep;
    buffer_init(&deep, 1 << 20);
    buffer_print(&deep, "{\"schema\":");
    for (int i = 0; i < 200; i++)
        buffer_print(&deep, "{\"type\":\"array\",\"items\":");
    buffer_print(&deep, "{\"type\":\"int8\"}");
    for (int i = 0; i < 200; i++)
        buffer_print(&deep, "}");
    buffer_print(&deep, ",\"payload\":[]}");
    buffer_add(&deep, "", 1);
    assert_read(converter, deep.at, "! nested deeper than 64");
    buffer_fini(&deep);
    converter_destroy(converter);
}

static int setup(void **state)
{
    (void)state;
    buffer_init(&text, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_fini(&text);
    return 0;
}

/* ---- bytes, and single values of a fixed width ---- */

static void assert_bytes(enum convert_format format, struct slice bytes, const char *wanted)
{
    struct converter *converter = converter_create(format);
    struct value value;
    struct error err = {0};
    char *copy = malloc(bytes.len + 1);
    memcpy(copy, bytes.at, bytes.len);
    copy = realloc(copy, bytes.len == 0 ? 1 : bytes.len); /* a byte read too far is one too many */
    int rc = converter_read(converter, slice_of(copy, bytes.len), &value, &err);
    assert_int_equal(rc, wanted[0] == '!' ? -1 : 0);
    if (rc == 0)
        assert_string_equal(mapping_text_value(&text, &value), wanted);
    else
        assert_string_equal(err.text, wanted + 2);
    assert_int_equal(converter_read(converter, slice_of(NULL, 0), &value, &err), 0);
    assert_string_equal(mapping_text_value(&text, &value), "none");
    converter_destroy(converter);
    free(copy);
}

static void test_bytes_stay_what_they_are(void **state)
{
    (void)state;
    assert_bytes(CONVERT_BYTES, SLICE("\0\xff{}"), "scalar{bytes=00ff7b7d}");
    assert_bytes(CONVERT_BYTES, SLICE(""), "scalar{bytes=}");
}

static void test_numbers_are_big_endian_and_exactly_as_wide(void **state)
{
    (void)state;
    assert_bytes(CONVERT_INT16, SLICE("\xff\xfe"), "scalar{int16=-2}");
    assert_bytes(CONVERT_INT16, SLICE("\x7f\xff"), "scalar{int16=32767}");
    assert_bytes(CONVERT_INT32, SLICE("\x01\x02\x03\x04"), "scalar{int32=16909060}");
    assert_bytes(CONVERT_INT32, SLICE("\x80\0\0\0"), "scalar{int32=-2147483648}");
    assert_bytes(CONVERT_INT64, SLICE("\x7f\xff\xff\xff\xff\xff\xff\xff"),
                 "scalar{int64=9223372036854775807}");
    assert_bytes(CONVERT_INT64, SLICE("\x80\0\0\0\0\0\0\0"), "scalar{int64=-9223372036854775808}");
    assert_bytes(CONVERT_FLOAT32, SLICE("\x3f\xc0\0\0"), "scalar{float=1.5}");
    assert_bytes(CONVERT_FLOAT64, SLICE("\xbf\xf8\0\0\0\0\0\0"), "scalar{double=-1.5}");
    assert_bytes(CONVERT_BOOLEAN, SLICE("\0"), "scalar{boolean=false}");
    assert_bytes(CONVERT_BOOLEAN, SLICE("\1"), "scalar{boolean=true}");
    assert_bytes(CONVERT_BOOLEAN, SLICE("\2"), "! the byte of a boolean is 0 or 1, this one is 2");
    assert_bytes(CONVERT_BOOLEAN, SLICE("\0\0"), "! 2 bytes; 1 were expected for boolean");
    assert_bytes(CONVERT_INT16, SLICE("1"), "! 1 bytes; 2 were expected for int16");
    assert_bytes(CONVERT_INT32, SLICE("12345"), "! 5 bytes; 4 were expected for int32");
    assert_bytes(CONVERT_INT64, SLICE(""), "! 0 bytes; 8 were expected for int64");
    assert_bytes(CONVERT_FLOAT32, SLICE("12345678"), "! 8 bytes; 4 were expected for float32");
    assert_bytes(CONVERT_FLOAT64, SLICE("1234"), "! 4 bytes; 8 were expected for float64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings_are_mended_and_never_refused),
        cmocka_unit_test(test_json_without_a_schema),
        cmocka_unit_test(test_the_envelope_has_two_members),
        cmocka_unit_test(test_every_primitive_type),
        cmocka_unit_test(test_structs_follow_their_schema),
        cmocka_unit_test(test_nulls_stay_nulls_where_the_converter_is_told_so),
        cmocka_unit_test(test_maps_have_typed_values),
        cmocka_unit_test(test_logical_types),
        cmocka_unit_test(test_many_schemas_take_turns),
        cmocka_unit_test(test_wide_objects_grow_the_tables),
        cmocka_unit_test(test_deep_schemas_are_refused),
        cmocka_unit_test(test_bytes_stay_what_they_are),
        cmocka_unit_test(test_numbers_are_big_endian_and_exactly_as_wide),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
