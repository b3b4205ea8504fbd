/* fuzz_fault_rules: any text as fault rules: read or refused with words, and what was read can be asked. */
#include <stdint.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "base/json.h"
#include "emulator/change.h"
#include "emulator/operation.h"
#include "emulator/rules.h"
#include "emulator/visit.h"
#include "loop/clock.h"
#include "wire/tablestore.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_row(struct rules *rules, const struct visit *visit)
{
    struct rules_plan plan;
    struct refusal refusal = {.status = 0};
    rules_plan(rules, visit, &plan);
    CHECK(plan.delay_ms >= 0 && plan.late_ms >= 0 && plan.pause_ms >= 0 && plan.action != RULE_DELAY &&
          plan.action != RULE_ROW_ERROR && plan.action != RULE_THROTTLE && plan.body.len <= RULE_BODY_MOST);
    CHECK(plan.action != RULE_ERROR || (plan.refusal.status >= 300 && plan.refusal.status <= 599));
    CHECK((plan.action != RULE_DRIP && plan.action != RULE_WRONG_LENGTH) || plan.bytes > 0);
    for (uint32_t i = 0; i < visit->change_count; i++)
        if (rules_spoil(rules, visit, &visit->changes[i], &refusal) != 0)
            CHECK(refusal.status >= 300 && refusal.code[0] != 0);
    rules_charge(rules, visit, 3);
    if (rules_turn_away(rules, visit->operation, SLICE("token"), &refusal) != 0)
        CHECK(refusal.status == 403 && refusal.message[0] != 0);
}

static void ask(struct rules *rules, struct clock *clock)
{
    Ots__PutRowRequest put = OTS__PUT_ROW_REQUEST__INIT;
    Ots__GetRowRequest get = OTS__GET_ROW_REQUEST__INIT;
    struct change change = {.table = SLICE("t"), .key = SLICE("\002user\0\0"), .bytes = 5000};
    struct visit write = {.message = &put,
                          .operation = operation_find(SLICE("/PutRow")),
                          .changes = &change,
                          .change_count = 1};
    struct visit read = {.message = &get, .operation = operation_find(SLICE("/GetRow"))};
    put.table_name = get.table_name = (char *)(uintptr_t) "t";
    for (int i = 0; i < 4; i++) {
        ask_row(rules, &write);
        ask_row(rules, &read);
        clock_move(clock, clock->now_ms + (i == 2 ? INT64_MAX / 2 : 7), 0);
    }
}

static void print(const struct rules *rules)
{
    struct buffer text;
    struct json_value value;
    struct json_fault fault;
    buffer_init(&text, (size_t)1 << 20);
    rules_print(rules, &text);
    CHECK(json_value(buffer_slice(&text), 0, &value, NULL, &fault) == 0 && value.kind == JSON_OBJECT);
    buffer_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rules rules;
    struct clock clock;
    struct error err = {ERROR_NONE, ""};
    clock_init(&clock, 1000, 0);
    rules_init(&rules, &clock);
    if (rules_read(&rules, slice_of(data, size), &err) == 0) {
        ask(&rules, &clock);
        print(&rules);
    } else {
        CHECK(err.kind == ERROR_CONFIG && strncmp(err.text, "line ", 5) == 0 && rules.count == 0);
    }
    rules_fini(&rules);
    return 0;
}
