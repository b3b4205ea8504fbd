/* envelope: keys and values as the Java connector's error topic has them; the wanted texts are what it wrote,
 * and what Connect's JsonConverter writes for the other types. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "channel/envelope.h"

#define TYPED(type, payload) "{\"schema\":{\"type\":\"" type "\",\"optional\":true},\"payload\":" payload "}"
#define PLAIN(payload) "{\"schema\":null,\"payload\":" payload "}"

static struct slice put(enum convert_format format, struct slice bytes, struct buffer *to)
{
    struct envelope *envelope = envelope_create(format);
    bool is_document = envelope_put(envelope, bytes, to);
    envelope_destroy(envelope);
    assert_true(is_document || to->len == 0);
    return is_document ? buffer_slice(to) : (struct slice){NULL, 0};
}

static void becomes_slice(enum convert_format format, struct slice bytes, const char *wanted)
{
    struct buffer to;
    buffer_init(&to, 6 * bytes.len + 100);
    struct slice document = put(format, bytes, &to);
    if (wanted == NULL)
        assert_null(document.at);
    else if (!slice_equal(document, slice_text(wanted)))
        fail_msg("%.*s instead of %s", SLICE_ARG(document), wanted);
    buffer_fini(&to);
}

#define becomes(format, literal, wanted) becomes_slice(format, SLICE(literal), wanted)

static void test_json_stands_under_a_null_schema_as_it_was_written(void **state)
{
    (void)state;
    becomes(CONVERT_JSON, "{\"k\": 2}", PLAIN("{\"k\": 2}"));
    becomes(CONVERT_JSON, "[1]", PLAIN("[1]"));
    becomes(CONVERT_JSON, "\"a\\u00e9\"", PLAIN("\"a\\u00e9\""));
    becomes(CONVERT_JSON, "12345678901234567890.10", PLAIN("12345678901234567890.10"));
    becomes(CONVERT_JSON, "\xef\xbb\xbf{}", PLAIN("{}"));
    becomes(CONVERT_JSON, "null", NULL);
}

static void test_an_envelope_stays_what_it_is(void **state)
{
    (void)state;
    becomes(CONVERT_JSON_ENVELOPE, "{\"payload\":5,\"schema\":{\"type\":\"int32\"}}",
            "{\"payload\":5,\"schema\":{\"type\":\"int32\"}}");
    becomes(CONVERT_JSON_ENVELOPE, "{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":null}",
            TYPED("string", "null"));
}

static void test_single_values_have_the_schema_of_their_converter(void **state)
{
    (void)state;
    becomes(CONVERT_STRING, "a\"\n\xc3\xa9", TYPED("string", "\"a\\\"\\n\xc3\xa9\""));
    becomes(CONVERT_STRING, "", TYPED("string", "\"\""));
    becomes(CONVERT_BYTES, "v", TYPED("bytes", "\"dg==\""));
    becomes(CONVERT_BOOLEAN, "\x01", TYPED("boolean", "true"));
    becomes(CONVERT_BOOLEAN, "\0", TYPED("boolean", "false"));
    becomes(CONVERT_INT16, "\xff\xfe", TYPED("int16", "-2"));
    becomes(CONVERT_INT32, "\0\0\0\x05", TYPED("int32", "5"));
    becomes(CONVERT_INT64, "\x7f\xff\xff\xff\xff\xff\xff\xff", TYPED("int64", "9223372036854775807"));
    becomes(CONVERT_FLOAT32, "\x3f\0\0\0", TYPED("float", "0.5"));
    becomes(CONVERT_FLOAT64, "\x3f\xb9\x99\x99\x99\x99\x99\x9a", TYPED("double", "0.1"));
}

static void test_a_null_has_the_schema_where_its_converter_has_one(void **state)
{
    (void)state;
    struct slice null = {NULL, 0};
    becomes_slice(CONVERT_JSON, null, NULL);
    becomes_slice(CONVERT_JSON_ENVELOPE, null, NULL);
    becomes_slice(CONVERT_STRING, null, TYPED("string", "null"));
    becomes_slice(CONVERT_BYTES, null, TYPED("bytes", "null"));
    becomes_slice(CONVERT_INT64, null, TYPED("int64", "null"));
}

static void test_what_cannot_be_read_again_as_it_was_is_base64(void **state)
{
    (void)state;
    becomes(CONVERT_JSON, "{\"k\"", TYPED("bytes", "\"eyJrIg==\""));
    becomes(CONVERT_JSON, "", TYPED("bytes", "\"\""));
    becomes(CONVERT_JSON, "\xff", TYPED("bytes", "\"/w==\""));
    becomes(CONVERT_JSON_ENVELOPE, "{\"k\":1}", TYPED("bytes", "\"eyJrIjoxfQ==\""));
    becomes(CONVERT_JSON_ENVELOPE, "{\"schema\":{\"type\":\"int8\"},\"payload\":300}",
            TYPED("bytes", "\"eyJzY2hlbWEiOnsidHlwZSI6ImludDgifSwicGF5bG9hZCI6MzAwfQ==\""));
    becomes(CONVERT_STRING, "k\xfe", TYPED("bytes", "\"a/4=\""));
    becomes(CONVERT_BOOLEAN, "\x02", TYPED("bytes", "\"Ag==\""));
    becomes(CONVERT_INT32, "123", TYPED("bytes", "\"MTIz\""));
    becomes(CONVERT_FLOAT32, "\x7f\xc0\0\0", TYPED("bytes", "\"f8AAAA==\""));
    becomes(CONVERT_FLOAT64, "\x7f\xf0\0\0\0\0\0\0", TYPED("bytes", "\"f/AAAAAAAAA=\""));
}

/* What the header promises of the buffer's most. */
static void test_the_longest_document_has_six_times_the_bytes_and_a_hundred(void **state)
{
    (void)state;
    enum { BYTES = 5000 };
    char *controls = calloc(1, BYTES);
    struct buffer to;
    buffer_init(&to, 6 * BYTES + 100);
    assert_true(put(CONVERT_STRING, slice_of(controls, BYTES), &to).len > 6 * BYTES);
    assert_int_equal(to.at[to.len - 1], '}');
    buffer_fini(&to);
    free(controls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_stands_under_a_null_schema_as_it_was_written),
        cmocka_unit_test(test_an_envelope_stays_what_it_is),
        cmocka_unit_test(test_single_values_have_the_schema_of_their_converter),
        cmocka_unit_test(test_a_null_has_the_schema_where_its_converter_has_one),
        cmocka_unit_test(test_what_cannot_be_read_again_as_it_was_is_base64),
        cmocka_unit_test(test_the_longest_document_has_six_times_the_bytes_and_a_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
