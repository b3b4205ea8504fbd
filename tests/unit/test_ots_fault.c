/* ots/fault: what each code of Tablestore, and each status without one, means for a request and for a row. */
#include "support/cmocka_all.h"

#include "ots/fault.h"

struct expectation {
    int status;
    const char *code;
    const char *message;
    enum ots_outcome outcome;
    enum verdict verdict;
    bool throttles;
};

/* The documented codes (tablestore-protocol.md 2.2), in that order, then those that only SDKs know. */
static const struct expectation expectations[] = {
    {403, "OTSAuthFailed", "The AccessKeyID does not exist.", OTS_BLOCKED, VERDICT_RETRY, false},
    {403, "OTSAuthFailed", "The AccessKeyID is disabled.", OTS_BLOCKED, VERDICT_RETRY, false},
    {403, "OTSAuthFailed", "The instance is not found.", OTS_BLOCKED, VERDICT_RETRY, false},
    {403, "OTSAuthFailed", "No privilege to access the instance.", OTS_BLOCKED, VERDICT_RETRY, false},
    {403, "OTSAuthFailed", "Signature mismatch.", OTS_BLOCKED, VERDICT_RETRY, false},
    {403, "OTSAuthFailed", "Mismatch between system time and x-ots-date: 2024-01-02T03:04:05.678Z.",
     OTS_BLOCKED, VERDICT_RETRY, false},
    {403, "OTSAuthFailed", "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.",
     OTS_RETRY, VERDICT_RETRY, false},
    {403, "OTSNoPermissionAccess", "You have no permission.", OTS_BLOCKED, VERDICT_RETRY, false},
    {413, "OTSRequestBodyTooLarge", "The size of POST data is too large.", OTS_REFUSED, VERDICT_REJECT,
     false},
    {408, "OTSRequestTimeout", "Request timeout.", OTS_CUT, VERDICT_RETRY, false},
    {405, "OTSMethodNotAllowed", "Only POST method for requests is supported.", OTS_BLOCKED, VERDICT_RETRY,
     false},
    {400, "OTSParameterInvalid", "Invalid column name.", OTS_REFUSED, VERDICT_REJECT, false},
    {400, "OTSInvalidPK", "Primary key schema mismatch.", OTS_REFUSED, VERDICT_REJECT, false},
    {400, "OTSOutOfRowSizeLimit", "", OTS_REFUSED, VERDICT_REJECT, false},
    {400, "OTSOutOfColumnCountLimit", "", OTS_REFUSED, VERDICT_REJECT, false},
    {400, "OTSForbiddenUpdateCapacityUnit", "", OTS_BLOCKED, VERDICT_RETRY, false},
    {403, "OTSConditionCheckFail", "Condition check failed.", OTS_REFUSED, VERDICT_REJECT, false},
    {403, "OTSQuotaExhausted", "Too frequent table operations.", OTS_RETRY, VERDICT_RETRY, true},
    {403, "OTSQuotaExhausted", "Number of tables exceeded the quota.", OTS_BLOCKED, VERDICT_RETRY, false},
    {403, "OTSNotEnoughCapacityUnit", "", OTS_RETRY, VERDICT_RETRY, true},
    {403, "OTSCapacityUnitExhausted", "", OTS_RETRY, VERDICT_RETRY, true},
    {403, "OTSTooFrequentReservedThroughputAdjustment", "", OTS_RETRY, VERDICT_RETRY, true},
    {404, "OTSObjectNotExist", "Requested table does not exist.", OTS_MISSING, VERDICT_RETRY, false},
    {409, "OTSObjectAlreadyExist", "Requested table already exists.", OTS_EXISTS, VERDICT_RETRY, false},
    {404, "OTSTableNotReady", "The table is not ready.", OTS_RETRY, VERDICT_RETRY, false},
    {409, "OTSRowOperationConflict", "Data is being modified by the other request.", OTS_RETRY, VERDICT_RETRY,
     false},
    {503, "OTSServerBusy", "Server is busy.", OTS_RETRY, VERDICT_RETRY, true},
    {503, "OTSPartitionUnavailable", "The partition is not available.", OTS_RETRY, VERDICT_RETRY, false},
    {503, "OTSTimeout", "Operation timeout.", OTS_CUT, VERDICT_RETRY, false},
    {503, "OTSServerUnavailable", "Server is not available.", OTS_RETRY, VERDICT_RETRY, false},
    {500, "OTSInternalServerError", "Internal server error.", OTS_RETRY, VERDICT_RETRY, false},
    {503, "OTSOperationThrottled", "", OTS_RETRY, VERDICT_RETRY, true},
    {503, "OTSStorageServerBusy", "", OTS_RETRY, VERDICT_RETRY, true},
};

/* What no table knows: unknown codes, no code, not Tablestore. */
static const struct expectation unknowns[] = {
    {500, "OTSSomethingNew", "", OTS_RETRY, VERDICT_RETRY, false},
    {502, "OTSSomethingNew", "", OTS_RETRY, VERDICT_RETRY, false},
    {400, "OTSSomethingNew", "", OTS_REFUSED, VERDICT_RETRY, false},
    {409, "OTSSomethingNew", "", OTS_REFUSED, VERDICT_RETRY, false},
    {403, "OTSSomethingNew", "", OTS_BLOCKED, VERDICT_RETRY, false},
    {404, "OTSSomethingNew", "", OTS_BLOCKED, VERDICT_RETRY, false},
    {429, "OTSSomethingNew", "", OTS_RETRY, VERDICT_RETRY, true},
    {500, "", "", OTS_RETRY, VERDICT_RETRY, false},
    {503, "", "", OTS_RETRY, VERDICT_RETRY, false},
    {502, "", "", OTS_CUT, VERDICT_RETRY, false},
    {504, "", "", OTS_CUT, VERDICT_RETRY, false},
    {400, "", "", OTS_BLOCKED, VERDICT_RETRY, false},
    {400, "<html>", "", OTS_BLOCKED, VERDICT_RETRY, false},
    {401, "", "", OTS_BLOCKED, VERDICT_RETRY, false},
    {404, "", "", OTS_BLOCKED, VERDICT_RETRY, false},
    {408, "", "", OTS_CUT, VERDICT_RETRY, false},
    {413, "", "", OTS_REFUSED, VERDICT_RETRY, false},
    {429, "", "", OTS_RETRY, VERDICT_RETRY, true},
    {301, "", "", OTS_BLOCKED, VERDICT_RETRY, false},
};

static void expect(const struct expectation *wanted)
{
    struct slice code = slice_text(wanted->code);
    struct slice message = slice_text(wanted->message);
    if (ots_fault_outcome(wanted->status, code, message) != wanted->outcome ||
        ots_fault_verdict(code, message) != wanted->verdict ||
        ots_fault_throttles(wanted->status, code, message) != wanted->throttles)
        fail_msg("%d %s: %s", wanted->status, wanted->code, wanted->message);
}

static void test_every_documented_code_has_its_meaning(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++)
        expect(&expectations[i]);
}

static void test_unknown_codes_and_bare_statuses_lose_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(unknowns) / sizeof(unknowns[0]); i++)
        expect(&unknowns[i]);
}

static void test_a_code_decides_whatever_its_status(void **state)
{
    (void)state;
    assert_int_equal(ots_fault_outcome(500, SLICE("OTSObjectNotExist"), SLICE("")), OTS_MISSING);
    assert_int_equal(ots_fault_outcome(400, SLICE("OTSServerBusy"), SLICE("")), OTS_RETRY);
}

static void test_who_needs_a_person_has_advice(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++) {
        const struct expectation *one = &expectations[i];
        const char *advice = ots_fault_advice(slice_text(one->code), slice_text(one->message));
        if (one->outcome == OTS_BLOCKED || one->outcome == OTS_MISSING)
            assert_non_null(advice);
        if (one->throttles)
            assert_null(advice);
    }
    assert_non_null(ots_fault_advice(SLICE("OTSSomethingNew"), SLICE("")));
    assert_non_null(ots_fault_advice(SLICE(""), SLICE("")));
}

static void test_advice_names_what_is_wrong(void **state)
{
    (void)state;
    struct slice code = SLICE("OTSAuthFailed");
    assert_non_null(strstr(ots_fault_advice(code, SLICE("Signature mismatch.")), "secret"));
    assert_non_null(strstr(ots_fault_advice(code, SLICE("The AccessKeyID does not exist.")), "key id"));
    assert_non_null(strstr(ots_fault_advice(code, SLICE("The instance is not found.")), "instance name"));
    assert_non_null(
        strstr(ots_fault_advice(code, SLICE("Mismatch between system time and x-ots-date: x.")), "clock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_documented_code_has_its_meaning),
        cmocka_unit_test(test_unknown_codes_and_bare_statuses_lose_nothing),
        cmocka_unit_test(test_a_code_decides_whatever_its_status),
        cmocka_unit_test(test_who_needs_a_person_has_advice),
        cmocka_unit_test(test_advice_names_what_is_wrong),
    };
    return cmocka_run_group_tests_name("ots_fault", tests, NULL, NULL);
}
