/* fuzz_series_condition: any bytes as a condition on series. What was read must hold or not hold for any
 * series without harm, and hold the same way twice. */
#include "base/arena.h"
#include "base/check.h"
#include "emulator/proto.h"
#include "emulator/refusal.h"
#include "emulator/series_condition.h"
#include "wire/tablestore.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match(const struct series_condition *condition)
{
    static const struct series_condition_facts facts[] = {
        {.measurement = SLICE("cpu"),
         .source = SLICE("h1"),
         .tags = SLICE("[\"dc=a\",\"os=linux\"]"),
         .attributes = SLICE("[\"owner=x\"]"),
         .update_time_us = 1704164645678000},
        {.measurement = SLICE("m"), .tags = SLICE("[]"), .update_time_us = INT64_MIN},
        {.tags = SLICE("[\"")}};
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        CHECK(series_condition_match(condition, &facts[i]) == series_condition_match(condition, &facts[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct refusal refusal = {.status = 0};
    arena_init(&arena, 4096);
    const Ots__MetaQueryCondition *message =
        proto_unpack(&ots__meta_query_condition__descriptor, slice_of(data, size), &arena);
    if (message != NULL) {
        const struct series_condition *condition = series_condition_read(message, &arena, &refusal);
        CHECK((condition == NULL) == (refusal.status == 400));
        if (condition != NULL)
            match(condition);
    }
    arena_fini(&arena);
    return 0;
}
