/* rule_keys: one line for each action and each key. */
#include "emulator/rule_keys.h"

#include "base/buffer.h"

#define AT(field) offsetof(struct rule, field)

enum {
    FOR_CODES = RULE_BIT(RULE_ROW_ERROR) | RULE_BIT(RULE_ERROR) | RULE_BIT(RULE_THROTTLE),
    FOR_AUTH = RULE_BIT(RULE_REFUSE_CREDENTIALS) | RULE_BIT(RULE_EXPIRE_TOKEN),
    FOR_MS = RULE_BIT(RULE_DELAY) | RULE_BIT(RULE_LATE) | RULE_BIT(RULE_DRIP),
    FOR_BYTES = RULE_BIT(RULE_HALF_ANSWER) | RULE_BIT(RULE_WRONG_LENGTH) | RULE_BIT(RULE_DRIP),
    FOR_ALL = RULE_BIT(RULE_ACTIONS) - RULE_BIT(RULE_DELAY),
    FOR_COUNTED = FOR_ALL - RULE_BIT(RULE_THROTTLE),
    FOR_KEYS = FOR_COUNTED - FOR_AUTH
};

const struct rule_key rule_keys[] = {
    {"action", &rule_value_action, AT(action), 0, 0, FOR_ALL, FOR_ALL, NULL, "what happens: see above"},
    {"name", &rule_value_text, AT(name), 0, RULE_NAME_MOST - 1, FOR_ALL, 0, "none",
     "shown where rules are listed"},
    {"operation", &rule_value_operations, AT(operations), 0, 0, FOR_ALL, 0,
     "reads and writes of rows; at the gate: every operation",
     "which requests, for example \"PutRow\", or [\"PutRow\", \"BulkImport\"]; \"*\" is every operation"},
    {"table", &rule_value_text, AT(table), 0, RULE_TEXT_MOST - 1, FOR_ALL - FOR_AUTH, 0, "every table",
     "requests or rows of this table"},
    {"key", &rule_value_key, 0, 0, 0, FOR_KEYS, 0, "every key",
     "rows with this first primary key column; a list matches by its first columns: [\"anna\", 7]. Requests "
     "match "
     "by the rows they write; row_error also by those that GetRow and BatchGetRow name"},
    {"key_prefix", &rule_value_key_prefix, 0, 0, LIMIT_KEY_BYTES, FOR_KEYS, 0, "every key",
     "rows whose first primary key column, a string, begins so"},
    {"probability", &rule_value_fraction, AT(probability), 0, 1, FOR_COUNTED, 0, "1",
     "for each row or request that matches"},
    {"skip", &rule_value_whole, AT(skip), 0, INT64_MAX, FOR_COUNTED, 0, "0",
     "so many matches pass before the rule begins"},
    {"count", &rule_value_whole, AT(count), 0, INT64_MAX, FOR_COUNTED, 0, "no limit",
     "acts so many times, then never again"},
    {"after_ms", &rule_value_whole, AT(after_ms), 0, RULE_MS_MOST, FOR_ALL, 0, "0",
     "begins so long after the rules were set"},
    {"for_ms", &rule_value_whole, AT(for_ms), 0, RULE_MS_MOST, FOR_ALL, 0, "no end",
     "ends so long after it began"},
    {"ms", &rule_value_whole, AT(ms), 0, RULE_MS_MOST, FOR_MS, RULE_BIT(RULE_DELAY) | RULE_BIT(RULE_LATE),
     "must be given; drip: 10", "how long, in milliseconds; drip: before each piece"},
    {"ms_most", &rule_value_whole, AT(ms_most), 0, RULE_MS_MOST, FOR_MS - RULE_BIT(RULE_DRIP), 0, "ms",
     "by chance between ms and this, all equally likely"},
    {"slow_probability", &rule_value_fraction, AT(slow_probability), 0, 1, RULE_BIT(RULE_DELAY), 0, "0",
     "with this probability slow_ms counts in the place of ms"},
    {"slow_ms", &rule_value_whole, AT(slow_ms), 0, RULE_MS_MOST, RULE_BIT(RULE_DELAY), 0, "0",
     "the slow ones"},
    {"slow_ms_most", &rule_value_whole, AT(slow_ms_most), 0, RULE_MS_MOST, RULE_BIT(RULE_DELAY), 0, "slow_ms",
     "by chance between slow_ms and this"},
    {"on_hangup", &rule_value_hangup, AT(drop_when_gone), 0, 0, RULE_BIT(RULE_DELAY), 0, "\"apply\"",
     "the client hangs up meanwhile: \"apply\" its request all the same, or \"drop\" it"},
    {"hold", &rule_value_truth, AT(hold), 0, 0, RULE_BIT(RULE_LATE), 0, "false",
     "true: the connection stays open until the client gives up; ms count from there"},
    {"applied", &rule_value_truth, AT(applied), 0, 0, RULE_BIT(RULE_HANG), 0, "false",
     "true: applied at once, only the answer never comes"},
    {"code", &rule_value_text, AT(refusal.code), 1, sizeof(((struct refusal *)NULL)->code) - 1, FOR_CODES, 0,
     "OTSServerBusy; throttle: OTSNotEnoughCapacityUnit", "the error's code"},
    {"message", &rule_value_text, AT(refusal.message), 1, sizeof(((struct refusal *)NULL)->message) - 1,
     FOR_CODES | FOR_AUTH, 0, "the service's words for the code", "the error's message"},
    {"status", &rule_value_whole, AT(status), 300, 599, RULE_BIT(RULE_ERROR), 0, "that of the code",
     "HTTP status; needed with a code that the service does not have"},
    {"body", &rule_value_body, AT(body), 0, RULE_BODY_MOST, RULE_BIT(RULE_ERROR), 0,
     "a protobuf Error with code and message", "another body, such as \"<html>bad gateway</html>\""},
    {"body_base64", &rule_value_base64, AT(body), 0, RULE_BODY_MOST, RULE_BIT(RULE_ERROR), 0, "as with body",
     "another body, any bytes"},
    {"token", &rule_value_text, AT(token), 1, RULE_TOKEN_MOST - 1, RULE_BIT(RULE_EXPIRE_TOKEN), 0,
     "every token", "requests with this STS token; others pass"},
    {"bytes", &rule_value_whole, AT(bytes), 0, LIMIT_BODY_BYTES, FOR_BYTES, 0,
     "half of them; wrong_length, drip: 1",
     "half_answer: bytes of the body that are sent; wrong_length: bytes too many; drip: bytes of a piece"},
    {"write_rate", &rule_value_whole, AT(limits[THROTTLE_WRITE].rate), 0, THROTTLE_RATE_MOST,
     RULE_BIT(RULE_THROTTLE), 0, "no limit", "write units a second for each table"},
    {"write_burst", &rule_value_whole, AT(limits[THROTTLE_WRITE].burst), 1, THROTTLE_RATE_MOST,
     RULE_BIT(RULE_THROTTLE), 0, "write_rate, 1 at least", "write units that a full bucket holds"},
    {"read_rate", &rule_value_whole, AT(limits[THROTTLE_READ].rate), 0, THROTTLE_RATE_MOST,
     RULE_BIT(RULE_THROTTLE), 0, "no limit", "read units a second for each table"},
    {"read_burst", &rule_value_whole, AT(limits[THROTTLE_READ].burst), 1, THROTTLE_RATE_MOST,
     RULE_BIT(RULE_THROTTLE), 0, "read_rate, 1 at least", "read units that a full bucket holds"},
    {"whole_request", &rule_value_truth, AT(whole_request), 0, 0, RULE_BIT(RULE_THROTTLE), 0, "false",
     "true: a request that goes over is refused, not its rows one by one"},
};

const size_t rule_keys_count = sizeof(rule_keys) / sizeof(rule_keys[0]);

const struct rule_keys_action rule_keys_actions[RULE_ACTIONS] = {
    [RULE_DELAY] = {"delay", "the request waits before it is done. All delays that match add up",
                    "\"ms\": 5, \"slow_probability\": 0.01, \"slow_ms\": 400"},
    [RULE_ROW_ERROR] =
        {"row_error",
         "the row is not written, or not read (GetRow, BatchGetRow); a request for a single row fails whole",
         "\"operation\": \"BulkImport\", \"key_prefix\": \"user-\", \"probability\": 0.1"},
    [RULE_THROTTLE] = {"throttle",
                       "a token bucket in capacity units for each table: what goes over it fails. What a "
                       "read costs is known "
                       "when it is done: it needs one unit to begin and may leave a debt; a row of "
                       "BatchGetRow counts as one",
                       "\"table\": \"orders\", \"write_rate\": 500, \"write_burst\": 1000"},
    [RULE_ERROR] = {"error", "the request fails, nothing of it is applied",
                    "\"status\": 502, \"body\": \"<html>bad gateway</html>\", \"count\": 3"},
    [RULE_CUT_BEFORE] = {"cut_before", "the connection is closed, nothing is applied",
                         "\"probability\": 0.01"},
    [RULE_CUT_AFTER] = {"cut_after", "applied, then the connection is closed without an answer",
                        "\"probability\": 0.01"},
    [RULE_LATE] = {"late", "the connection is closed, and the request applied after that",
                   "\"hold\": true, \"ms\": 100, \"ms_most\": 500, \"count\": 1"},
    [RULE_HANG] = {"hang", "never an answer", "\"applied\": true, \"count\": 1"},
    [RULE_REFUSE_CREDENTIALS] =
        {"refuse_credentials", "at the gate: 403 OTSAuthFailed for every request, until the rule is removed",
         "\"after_ms\": 2000"},
    [RULE_EXPIRE_TOKEN] = {"expire_token",
                           "at the gate: 403 OTSAuthFailed for every request that has an STS token",
                           "\"skip\": 1000"},
    [RULE_HALF_ANSWER] = {"half_answer",
                          "applied; headers and a part of the body, then the connection is closed",
                          "\"bytes\": 0, \"probability\": 0.01"},
    [RULE_WRONG_LENGTH] = {"wrong_length",
                           "applied; Content-Length says more than is sent, then the connection is closed",
                           "\"bytes\": 1"},
    [RULE_WRONG_DIGEST] = {"wrong_digest",
                           "applied; x-ots-contentmd5 is that of another body, the signature fits",
                           "\"count\": 1"},
    [RULE_WRONG_SIGNATURE] = {"wrong_signature", "applied; the signature of the answer is wrong",
                              "\"count\": 1"},
    [RULE_NO_REQUEST_ID] = {"no_request_id", "applied; the answer has no x-ots-requestid, the signature fits",
                            "\"count\": 1"},
    [RULE_DRIP] = {"drip", "the body of the answer comes a few bytes at a time", "\"bytes\": 4, \"ms\": 50"},
};

const struct rule_key *rule_keys_find(struct slice name)
{
    for (size_t i = 0; i < rule_keys_count; i++)
        if (slice_equal(name, slice_text(rule_keys[i].name)))
            return &rule_keys[i];
    return NULL;
}

void rule_keys_preset(struct rule *rule)
{
    *rule = (struct rule){.probability = 1,
                          .count = -1,
                          .for_ms = -1,
                          .ms = -1,
                          .ms_most = -1,
                          .slow_ms_most = -1,
                          .bytes = -1,
                          .limits = {{.rate = -1}, {.rate = -1}}};
}

void rule_keys_put_actions(struct buffer *to)
{
    for (int i = 1; i < RULE_ACTIONS; i++)
        buffer_print(to, "%s%s", i == 1 ? "" : ", ", rule_keys_actions[i].name);
}
