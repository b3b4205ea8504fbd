/* counters: as JSON. */
#include "emulator/counters.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"
#include "emulator/operation.h"
#include "emulator/order.h"

static void counters_put(struct buffer *to, const char *name, uint64_t value)
{
    buffer_print(to, "\"%s\":", name);
    json_put_integer(to, (int64_t)value);
}

static void counters_put_operation(struct buffer *to, size_t index,
                                   const struct counters_operation *operation)
{
    buffer_print(to, "%s\"%s\":{", index == 0 ? "" : ",", operation_at(index)->name);
    counters_put(to, "requests", operation->requests);
    buffer_add_slice(to, SLICE(","));
    counters_put(to, "refused", operation->refused);
    buffer_add_slice(to, SLICE(","));
    counters_put(to, "rows", operation->rows);
    buffer_add_slice(to, SLICE("}"));
}

/* Fault rules may make up codes without end. */
static struct counters_code *counters_code(struct counters *counters, const char *code)
{
    for (size_t i = 0; i < counters->code_count; i++)
        if (strcmp(counters->codes[i].code, code) == 0)
            return &counters->codes[i];
    if (counters->code_count == COUNTERS_CODES)
        return &counters->codes[COUNTERS_CODES - 1];
    struct counters_code *made = &counters->codes[counters->code_count++];
    bool last = counters->code_count == COUNTERS_CODES;
    snprintf(made->code, sizeof(made->code), "%s", last ? "others" : code);
    return made;
}

void counters_refuse_request(struct counters *counters, const char *code)
{
    counters->refused++;
    counters_code(counters, code)->requests++;
}

void counters_refuse_row(struct counters *counters, const char *code)
{
    counters->rows_refused++;
    counters_code(counters, code)->rows++;
}

static void counters_put_codes(struct buffer *to, const struct counters *counters)
{
    buffer_add_slice(to, SLICE("},\"codes\":{"));
    for (size_t i = 0; i < counters->code_count; i++) {
        const struct counters_code *code = &counters->codes[i];
        buffer_add_slice(to, i == 0 ? SLICE("") : SLICE(","));
        json_put_string(to, slice_text(code->code));
        buffer_add_slice(to, SLICE(":{"));
        counters_put(to, "requests", code->requests);
        buffer_add_slice(to, SLICE(","));
        counters_put(to, "rows", code->rows);
        buffer_add_slice(to, SLICE("}"));
    }
}

void counters_print(const struct counters *counters, const struct order *order, struct buffer *to)
{
    const struct {
        const char *name;
        uint64_t value;
    } values[] = {{"requests", counters->requests},
                  {"refused", counters->refused},
                  {"cut", counters->cut},
                  {"hung_up", counters->hung_up},
                  {"unanswered", counters->unanswered},
                  {"faults", counters->faults},
                  {"rows", counters->rows},
                  {"rows_refused", counters->rows_refused},
                  {"bytes_in", counters->bytes_in},
                  {"bytes_out", counters->bytes_out},
                  {"in_flight", counters->in_flight},
                  {"most_in_flight", counters->most_in_flight},
                  {"keys_in_flight_twice", counters->keys_in_flight_twice},
                  {"connections_open", counters->connections_open},
                  {"connections_ever", counters->connections_ever},
                  {"connections_most", counters->connections_most}};
    CHECK(operation_count() <= COUNTERS_OPERATIONS);
    buffer_add_slice(to, SLICE("{"));
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        counters_put(to, values[i].name, values[i].value);
        buffer_add_slice(to, SLICE(","));
    }
    order_print(order, to);
    buffer_add_slice(to, SLICE(",\"operations\":{"));
    for (size_t i = 0; i < operation_count(); i++)
        counters_put_operation(to, i, &counters->operations[i]);
    counters_put_codes(to, counters);
    buffer_add_slice(to, SLICE("}}\n"));
}
