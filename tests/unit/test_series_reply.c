/* series_reply: answers that protobuf-c wrote, and such as no service should send. */
#include "support/cmocka_all.h"

#include <string.h>

#include "base/error.h"
#include "wire/series_reply.h"
#include "wire/tablestore.pb-c.h"

static struct series_reply reply;

static int read_bytes(const char *bytes, size_t len, uint32_t rows)
{
    struct error err = {0};
    int rc = series_reply_read(slice_of(bytes, len), rows, &reply, &err);
    assert_true(rc == 0 || err.kind == ERROR_RETRY);
    return rc;
}

#define READ(bytes, rows) read_bytes(bytes, sizeof(bytes) - 1, rows)

static void test_an_empty_answer_says_that_all_rows_were_written(void **state)
{
    (void)state;
    assert_int_equal(READ("", 3), 0);
    assert_int_equal(reply.failure_count, 0);
    assert_int_equal(reply.meta_count, 0);
}

static void test_failures_and_meta_times_are_those_that_were_written(void **state)
{
    (void)state;
    Ots__PutTimeseriesDataResponse answer = OTS__PUT_TIMESERIES_DATA_RESPONSE__INIT;
    Ots__FailedRowInfo last = OTS__FAILED_ROW_INFO__INIT;
    Ots__FailedRowInfo first = OTS__FAILED_ROW_INFO__INIT;
    Ots__FailedRowInfo *failed[] = {&last, &first};
    Ots__MetaUpdateStatus status = OTS__META_UPDATE_STATUS__INIT;
    char code[] = "OTSParameterInvalid", message[] = "no such thing";
    uint32_t ids[] = {0, 198}, times[] = {1704164645, UINT32_MAX};
    uint8_t bytes[500];
    last.row_index = 199;
    last.error_code = code;
    last.error_message = message;
    first.row_index = 1;
    answer.n_failed_rows = 2;
    answer.failed_rows = failed;
    answer.meta_update_status = &status;
    status.n_row_ids = status.n_meta_update_times = 2;
    status.row_ids = ids;
    status.meta_update_times = times;
    size_t len = ots__put_timeseries_data_response__pack(&answer, bytes);
    assert_int_equal(read_bytes((const char *)bytes, len, 200), 0);
    assert_int_equal(reply.failure_count, 2);
    assert_int_equal(reply.failures[0].row, 199);
    assert_true(slice_equal(reply.failures[0].code, slice_text(code)));
    assert_true(slice_equal(reply.failures[0].message, slice_text(message)));
    assert_int_equal(reply.failures[1].row, 1);
    assert_null(reply.failures[1].code.at);
    assert_int_equal(reply.meta_count, 2);
    assert_memory_equal(reply.meta_rows, ids, sizeof(ids));
    assert_memory_equal(reply.meta_times_s, times, sizeof(times));
    for (size_t cut = 1; cut < len; cut++) /* wherever it is cut, it says nothing or less, never more */
        if (read_bytes((const char *)bytes, len - cut, 200) == 0)
            assert_true(reply.failure_count <= 2 && reply.meta_count == 0);
}

static void test_lists_of_numbers_may_be_packed(void **state)
{
    (void)state;
    assert_int_equal(READ("\x12\x0a\x0a\x03\x00\x02\x01\x12\x03\x07\x08\x09", 3), 0);
    assert_int_equal(reply.meta_count, 3);
    assert_int_equal(reply.meta_rows[1], 2);
    assert_int_equal(reply.meta_times_s[1], 8);
    assert_int_equal(READ("\x12\x0b\x0a\x01\x00\x12\x02\x07\x08\x08\x02\x0a\x00", 3), 0); /* both forms */
    assert_int_equal(reply.meta_count, 2);
    assert_int_equal(reply.meta_rows[1], 2);
}

static void test_fields_that_are_not_known_are_passed_over(void **state)
{
    (void)state;
    assert_int_equal(READ("\x1a\x01x\x0a\x06\x08\x01\x25zzzz", 2), -1); /* cut in the unknown one */
    assert_int_equal(READ("\x1a\x01x\x0a\x07\x08\x01\x25zzzz", 2), 0);
    assert_int_equal(reply.failure_count, 1);
    assert_int_equal(reply.failures[0].row, 1);
}

static void test_a_failure_of_no_row_or_twice_of_one_makes_the_answer_worthless(void **state)
{
    (void)state;
    assert_int_equal(READ("\x0a\x02\x08\x02", 3), 0);
    assert_int_equal(READ("\x0a\x02\x08\x03", 3), -1);
    assert_int_equal(READ("\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 3), -1); /* -1 */
    assert_int_equal(READ("\x0a\x00", 3), -1);
    assert_int_equal(READ("\x0a\x02\x08\x02\x0a\x02\x08\x01\x0a\x02\x08\x02", 3), -1);
    assert_int_equal(READ("\x0a\x02\x12\x00", 3), -1);
}

static void test_what_is_no_such_message_is_worthless(void **state)
{
    (void)state;
    assert_int_equal(READ("<html>", 3), -1);
    assert_int_equal(READ("\x08\x01", 3), -1);                     /* failed_rows as a number */
    assert_int_equal(READ("\x10\x01", 3), -1);                     /* meta_update_status as a number */
    assert_int_equal(READ("\x12\x05\x0d\x01\x02\x03\x04", 3), -1); /* row_ids as fixed numbers */
    assert_int_equal(READ("\x12\x03\x0a\x01\x80", 3), -1);         /* packed, and cut inside a number */
    assert_int_equal(READ("\x0a\x04\x08\x01\x10\x01", 3), -1);     /* error_code as a number */
}

static void test_meta_times_that_do_not_fit_together_are_none_and_harm_no_row(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } answers[] = {
        {"\x12\x04\x08\x00\x08\x01", 6},                                  /* no times */
        {"\x12\x06\x08\x00\x08\x01\x10\x05", 8},                          /* one time for two rows */
        {"\x12\x04\x08\x03\x10\x05", 6},                                  /* a row that was not sent */
        {"\x12\x08\x08\x01\x10\x05\x08\x01\x10\x05", 10},                 /* a row twice */
        {"\x12\x0c\x0a\x04\x00\x01\x02\x02\x12\x04\x01\x01\x01\x01", 14}, /* more than were sent */
    };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        char bytes[64];
        memcpy(bytes, "\x0a\x02\x08\x01", 4);
        memcpy(bytes + 4, answers[i].bytes, answers[i].len);
        assert_int_equal(read_bytes(bytes, 4 + answers[i].len, 3), 0);
        assert_int_equal(reply.meta_count, 0);
        assert_int_equal(reply.failure_count, 1);
    }
}

static void test_any_number_of_meta_times_is_counted_and_none_written_beyond_the_room(void **state)
{
    (void)state;
    static char bytes[3 * 100000];
    size_t len = 0;
    for (int i = 0; i < 40000; i++) { /* a status each, protobuf joins them */
        memcpy(bytes + len, "\x12\x04\x08\x00\x10\x05", 6);
        len += 6;
    }
    assert_int_equal(read_bytes(bytes, len, 200), 0);
    assert_int_equal(reply.meta_count, 0);
    len = 0;
    for (int i = 0; i < 201; i++) { /* and failures, one more than rows */
        int index = i < 200 ? i : 7;
        bytes[len++] = 0x0a;
        bytes[len++] = index < 128 ? 2 : 3;
        bytes[len++] = 0x08;
        bytes[len++] = (char)(index < 128 ? index : (index & 0x7f) | 0x80);
        if (index >= 128)
            bytes[len++] = 1;
    }
    assert_int_equal(read_bytes(bytes, len, 200), -1);
    assert_int_equal(read_bytes(bytes, len - 4, 200), 0);
    assert_int_equal(reply.failure_count, 200);
    assert_int_equal(reply.failures[199].row, 199);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_answer_says_that_all_rows_were_written),
        cmocka_unit_test(test_failures_and_meta_times_are_those_that_were_written),
        cmocka_unit_test(test_lists_of_numbers_may_be_packed),
        cmocka_unit_test(test_fields_that_are_not_known_are_passed_over),
        cmocka_unit_test(test_a_failure_of_no_row_or_twice_of_one_makes_the_answer_worthless),
        cmocka_unit_test(test_what_is_no_such_message_is_worthless),
        cmocka_unit_test(test_meta_times_that_do_not_fit_together_are_none_and_harm_no_row),
        cmocka_unit_test(test_any_number_of_meta_times_is_counted_and_none_written_beyond_the_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
