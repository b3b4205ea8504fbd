/* fuzz_fault_rules: any text as fault rules: read or refused with words, and what was read can be asked. */
#include <stdint.h>

#include "base/check.h"
#include "base/error.h"
#include "emulator/change.h"
#include "emulator/operation.h"
#include "emulator/rules.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct rules *rules)
{
    Ots__PutRowRequest message = OTS__PUT_ROW_REQUEST__INIT;
    struct change change = {.table = SLICE("t"), .key = SLICE("\002user\0\0")};
    struct visit visit = {.message = &message,
                          .operation = operation_find(SLICE("/PutRow")),
                          .changes = &change,
                          .change_count = 1};
    struct rules_plan plan;
    struct refusal refusal = {.status = 0};
    message.table_name = (char *)(uintptr_t) "t";
    for (int i = 0; i < 3; i++) {
        rules_plan(rules, &visit, &plan);
        CHECK(plan.delay_ms >= 0 && plan.late_ms >= 0 && plan.action != RULE_DELAY &&
              plan.action != RULE_ROW_ERROR);
        if (rules_spoil(rules, &visit, &change, &refusal) != 0)
            CHECK(refusal.status >= 300 && refusal.code[0] != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rules rules;
    struct error err = {ERROR_NONE, ""};
    rules_init(&rules);
    if (rules_read(&rules, slice_of(data, size), &err) == 0)
        ask(&rules);
    else
        CHECK(err.kind == ERROR_CONFIG && err.text[0] != 0 && rules.count == 0);
    rules_fini(&rules);
    return 0;
}
