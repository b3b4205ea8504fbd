/* counters: as JSON. */
#include "emulator/counters.h"

#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"
#include "emulator/operation.h"

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

void counters_print(const struct counters *counters, struct buffer *to)
{
    const struct {
        const char *name;
        uint64_t value;
    } values[] = {{"requests", counters->requests},
                  {"refused", counters->refused},
                  {"cut", counters->cut},
                  {"faults", counters->faults},
                  {"rows", counters->rows},
                  {"rows_refused", counters->rows_refused},
                  {"bytes_in", counters->bytes_in},
                  {"bytes_out", counters->bytes_out},
                  {"in_flight", counters->in_flight},
                  {"most_in_flight", counters->most_in_flight},
                  {"keys_in_flight_twice", counters->keys_in_flight_twice}};
    CHECK(operation_count() <= COUNTERS_OPERATIONS);
    buffer_add_slice(to, SLICE("{"));
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        counters_put(to, values[i].name, values[i].value);
        buffer_add_slice(to, SLICE(","));
    }
    buffer_add_slice(to, SLICE("\"operations\":{"));
    for (size_t i = 0; i < operation_count(); i++)
        counters_put_operation(to, i, &counters->operations[i]);
    buffer_add_slice(to, SLICE("}}\n"));
}
