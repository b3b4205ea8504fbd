/* control: the way for tests to look into the emulator and to order faults while it runs. */
#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "emulator/emulator_private.h"

enum { CONTROL_ANSWER_MOST = 1024 * 1024 };

static const int64_t control_latest_ms = 253402300799999; /* the last of the year 9999 */

static void control_answer(struct http_call *http, int status, struct slice body)
{
    struct http_header type = {SLICE("Content-Type"), SLICE("application/json")};
    http_answer(http, status, &type, 1, body);
}

static void control_refuse(struct http_call *http, int status, const char *words)
{
    struct buffer body;
    buffer_init(&body, CONTROL_ANSWER_MOST);
    buffer_add_slice(&body, SLICE("{\"error\":"));
    json_put_string(&body, slice_text(words));
    buffer_add_slice(&body, SLICE("}\n"));
    control_answer(http, status, buffer_slice(&body));
    buffer_fini(&body);
}

static void control_counters(struct emulator *emulator, struct http_call *http, struct slice body)
{
    struct buffer text;
    (void)body;
    buffer_init(&text, CONTROL_ANSWER_MOST);
    counters_print(emulator_counters(emulator), &emulator->order, &text);
    control_answer(http, 200, buffer_slice(&text));
    buffer_fini(&text);
}

static void control_show_faults(struct emulator *emulator, struct http_call *http, struct slice body)
{
    struct buffer text;
    (void)body;
    buffer_init(&text, CONTROL_ANSWER_MOST);
    rules_print(&emulator->rules, &text);
    control_answer(http, 200, buffer_slice(&text));
    buffer_fini(&text);
}

/* {"column": "seq"}; names of columns need no escapes. */
static int control_read_column(struct slice body, struct slice *name)
{
    struct json_member members[2];
    struct json_fault fault;
    *name = SLICE("");
    if (body.len == 0)
        return 0;
    if (json_object(body, JSON_COMMENTS, members, 2, &fault) != 1 ||
        !slice_equal(members[0].name, SLICE("column")) || members[0].value.kind != JSON_STRING)
        return -1;
    *name = members[0].value.text;
    return 0;
}

static void control_order(struct emulator *emulator, struct http_call *http, struct slice body)
{
    struct slice name;
    struct error err;
    if (control_read_column(body, &name) != 0)
        control_refuse(http, 400, "{\"column\": \"name\"} was expected, or nothing");
    else if (emulator_set_order_column(emulator, name, &err) != 0)
        control_refuse(http, 400, err.text);
    else
        control_answer(http, 200, SLICE("{}\n"));
}

static void control_faults(struct emulator *emulator, struct http_call *http, struct slice body)
{
    struct error err;
    if (emulator_set_faults(emulator, body, &err) != 0)
        control_refuse(http, 400, err.text);
    else
        control_answer(http, 200, SLICE("{}\n"));
}

static void control_flush(struct emulator *emulator, struct http_call *http, struct slice body)
{
    (void)body;
    emulator_flush(emulator);
    control_answer(http, 200, SLICE("{}\n"));
}

static int control_read_ms(struct slice body, int64_t *ms, struct error *err)
{
    struct json_member member;
    struct json_fault fault;
    if (json_object(body, JSON_COMMENTS, &member, 1, &fault) != 1 || !slice_equal(member.name, SLICE("ms")) ||
        member.value.kind != JSON_INTEGER || member.value.integer < 0 ||
        member.value.integer > control_latest_ms)
        return error_set(err, ERROR_CONFIG, "{\"ms\": N} was expected, N from 0 to %lld",
                         (long long)control_latest_ms);
    *ms = member.value.integer;
    return 0;
}

static void control_clock(struct emulator *emulator, struct http_call *http, struct slice body)
{
    struct error err;
    int64_t ms = 0;
    if (control_read_ms(body, &ms, &err) != 0) {
        control_refuse(http, 400, err.text);
        return;
    }
    emulator->frozen_wall_ms = ms;
    control_answer(http, 200, SLICE("{}\n"));
}

static void control_reset(struct emulator *emulator, struct http_call *http, struct slice body)
{
    (void)body;
    emulator_reset(emulator);
    control_answer(http, 200, SLICE("{}\n"));
}

static const struct {
    const char *path;
    const char *method;
    void (*run)(struct emulator *emulator, struct http_call *http, struct slice body);
} control_paths[] = {
    {"/_control/counters", "GET", control_counters}, {"/_control/faults", "GET", control_show_faults},
    {"/_control/faults", "POST", control_faults},    {"/_control/order", "POST", control_order},
    {"/_control/flush", "POST", control_flush},      {"/_control/reset", "POST", control_reset},
    {"/_control/clock", "POST", control_clock}};

enum { CONTROL_PATHS = sizeof(control_paths) / sizeof(control_paths[0]) };

/* The path is known, the method is not. */
static void control_refuse_method(struct http_call *http, struct slice path)
{
    char words[64] = "";
    for (size_t i = 0; i < CONTROL_PATHS; i++)
        if (slice_equal(path, slice_text(control_paths[i].path)))
            snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s",
                     words[0] == 0 ? "" : " or ", control_paths[i].method);
    if (words[0] == 0)
        control_refuse(http, 404, "clock, counters, faults, order, flush and reset are known");
    else
        control_refuse(http, 405, words);
}

static void control_run(struct emulator *emulator, struct http_call *http,
                        const struct http_call_request *request)
{
    for (size_t i = 0; i < CONTROL_PATHS; i++) {
        if (!slice_equal(request->path, slice_text(control_paths[i].path)) ||
            !slice_equal(request->method, slice_text(control_paths[i].method)))
            continue;
        if (request->too_large)
            control_refuse(http, 413, "the body is too large");
        else
            control_paths[i].run(emulator, http, request->body);
        return;
    }
    control_refuse_method(http, request->path);
}

bool control_call(struct emulator *emulator, struct http_call *http, const struct http_call_request *request)
{
    struct slice prefix = SLICE("/_control/");
    if (!emulator->control || request->path.len < prefix.len ||
        !slice_equal(slice_of(request->path.at, prefix.len), prefix))
        return false;
    const char *why_not = control_guard(emulator, request);
    if (why_not != NULL)
        control_refuse(http, 403, why_not);
    else
        control_run(emulator, http, request);
    return true;
}
