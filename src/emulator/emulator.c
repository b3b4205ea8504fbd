/* emulator: the service as a whole: life, rows as they are applied, faults from outside. */
#include "emulator/emulator.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "emulator/emulator_private.h"
#include "emulator/operation.h"
#include "loop/loop.h"

enum { EMULATOR_IDLE_MS = 300 * 1000, EMULATOR_REQUEST_MS = 60 * 1000, EMULATOR_HEADERS_MOST = 32 * 1024 };

static void emulator_on_call(void *arg, struct http_call *http, const struct http_call_request *request)
{
    struct emulator *emulator = arg;
    if (!control_call(emulator, http, request))
        flight_begin(emulator, http, request);
}

static void emulator_look_at_order(struct instance *instance, const struct change *change)
{
    struct order *order = &instance->emulator->order;
    if (order->column[0] == 0)
        return;
    const struct store_table *table = store_find(&instance->store, change->table);
    order_look(order, change, table == NULL ? 0 : instance_key_hash(instance, (uint64_t)table->created_us));
}

const char *emulator_journal_name(const struct instance *instance)
{
    return instance->emulator->instance_count > 1 ? instance->name : NULL;
}

static void emulator_on_change(void *arg, const struct visit *visit, const struct change *change,
                               const struct refusal *refusal)
{
    struct instance *instance = arg;
    struct emulator *emulator = instance->emulator;
    struct counters *counters = &emulator->counters;
    if (refusal != NULL) {
        counters_refuse_row(counters, refusal->code);
    } else {
        counters->rows++;
        counters->operations[operation_index(visit->operation)].rows++;
        emulator_look_at_order(instance, change);
    }
    if (emulator->journal != NULL)
        journal_add(emulator->journal, instance->ground.now_ms, emulator_journal_name(instance),
                    visit->request_id, change, refusal == NULL ? "ok" : refusal->code);
    if (emulator->on_change != NULL)
        emulator->on_change(emulator->arg, change, refusal);
}

static int emulator_spoil(void *arg, const struct visit *visit, const struct change *change,
                          struct refusal *refusal)
{
    struct instance *instance = arg;
    return rules_spoil(&instance->emulator->rules, visit, change, refusal);
}

/* ---- life ---- */

static const char *emulator_text(const char *given, const char *usual)
{
    return given == NULL ? usual : given;
}

static void emulator_open_instances(struct emulator *emulator, const char *const *names, size_t count)
{
    emulator->instances = check_memory(calloc(count, sizeof(*emulator->instances)));
    emulator->instance_count = count;
    for (size_t i = 0; i < count; i++) {
        struct instance *instance = &emulator->instances[i];
        instance_init(instance, emulator, names[i], i);
        instance->ground.on_change = emulator_on_change;
        instance->ground.spoil = emulator_spoil;
        instance->ground.now_ms = emulator_wall_ms(emulator);
    }
}

static void emulator_open_gate(struct emulator *emulator, const struct emulator_options *options)
{
    static const char *const local[] = {"local"};
    static const struct keyring_pair pair = {.id = "testid", .secret = "testsecret"};
    struct gate_options gate = {.instances = options->instances,
                                .instance_count = options->instance_count,
                                .pairs = options->pairs,
                                .pair_count = options->pair_count,
                                .check_clock = !options->no_clock_check};
    if (gate.instance_count == 0) {
        gate.instances = local;
        gate.instance_count = 1;
    }
    if (gate.pair_count == 0) {
        gate.pairs = &pair;
        gate.pair_count = 1;
    }
    emulator->gate = gate_create(&gate);
    emulator_open_instances(emulator, gate.instances, gate.instance_count);
}

static int emulator_load(struct emulator *emulator, const struct emulator_options *options, struct error *err)
{
    if (options->data_file == NULL)
        return 0;
    emulator->data = data_open(options->data_file, err);
    if (emulator->data == NULL)
        return -1;
    for (size_t i = 0; i < emulator->instance_count; i++) {
        struct instance *instance = &emulator->instances[i];
        if (data_attach(emulator->data, instance->name, &instance->store, err) != 0)
            return -1;
    }
    return 0;
}

/* Who can reach the control path can do what it offers. */
static int emulator_check_control(const struct emulator *emulator, const char *host, struct error *err)
{
    if (!emulator->control || emulator->control_token != NULL || http_server_on_loopback(emulator->server))
        return 0;
    return error_set(err, ERROR_CONFIG,
                     "--control on %s: others can reach it, so a --control-token is needed", host);
}

static int emulator_open(struct emulator *emulator, struct loop *loop, const struct emulator_options *options,
                         struct error *err)
{
    struct http_server_options http = {.host = emulator_text(options->host, "127.0.0.1"),
                                       .port = options->port,
                                       .body_most = LIMIT_BODY_BYTES,
                                       .headers_most = EMULATOR_HEADERS_MOST,
                                       .idle_timeout_ms = EMULATOR_IDLE_MS,
                                       .request_timeout_ms = EMULATOR_REQUEST_MS,
                                       .tls_certificate = options->tls_certificate,
                                       .tls_key = options->tls_key};
    if (options->journal_file != NULL) {
        emulator->journal = journal_open(emulator->clock, options->journal_file, err);
        if (emulator->journal == NULL)
            return error_wrap(err, "journal");
    }
    if (emulator_load(emulator, options, err) != 0)
        return error_wrap(err, "data");
    emulator->server = http_server_create(loop, &http, emulator_on_call, emulator, err);
    return emulator->server == NULL ? -1 : emulator_check_control(emulator, http.host, err);
}

struct emulator *emulator_create(struct loop *loop, const struct emulator_options *options, struct error *err)
{
    struct emulator *emulator = check_memory(calloc(1, sizeof(*emulator)));
    emulator->clock = loop_clock(loop);
    emulator->latency_ms = options->latency_ms;
    emulator->frozen_wall_ms = options->frozen_wall_ms;
    emulator->control = options->control || options->control_token != NULL;
    if (options->control_token != NULL)
        emulator->control_token = check_memory(strdup(options->control_token));
    emulator->on_change = options->on_change;
    emulator->arg = options->arg;
    emulator_open_gate(emulator, options);
    rules_init(&emulator->rules, emulator->clock);
    order_init(&emulator->order);
    underway_init(&emulator->underway);
    list_init(&emulator->flights);
    list_init(&emulator->spare);
    if (emulator_open(emulator, loop, options, err) == 0)
        return emulator;
    emulator_destroy(emulator);
    return NULL;
}

void emulator_destroy(struct emulator *emulator)
{
    if (emulator->server != NULL)
        http_server_destroy(emulator->server);
    flight_end(emulator);
    if (emulator->journal != NULL)
        journal_close(emulator->journal);
    if (emulator->data != NULL)
        data_close(emulator->data);
    underway_fini(&emulator->underway);
    rules_fini(&emulator->rules);
    order_fini(&emulator->order);
    for (size_t i = 0; i < emulator->instance_count; i++)
        instance_fini(&emulator->instances[i]);
    free(emulator->instances);
    gate_destroy(emulator->gate);
    free(emulator->control_token);
    free(emulator);
}

struct emulator_contents emulator_contents(const struct emulator *emulator)
{
    struct emulator_contents contents = {.tables = 0};
    for (size_t i = 0; i < emulator->instance_count; i++) {
        const struct store *store = &emulator->instances[i].store;
        for (uint32_t k = 0; k < store->count; k++) {
            const struct store_table *table = store->tables[k];
            contents.tables += table->kind == STORE_SERIES ? 0 : 1;
            contents.rows += table->kind == STORE_SERIES ? 0 : table->rows.count;
        }
    }
    return contents;
}

uint16_t emulator_port(const struct emulator *emulator)
{
    return http_server_port(emulator->server);
}

int emulator_set_faults(struct emulator *emulator, struct slice json, struct error *err)
{
    if (json.len > 0)
        return rules_read(&emulator->rules, json, err);
    uint64_t acted = emulator->rules.acted;
    rules_fini(&emulator->rules);
    emulator->rules.acted = acted;
    return 0;
}

const struct counters *emulator_counters(struct emulator *emulator)
{
    struct counters *counters = &emulator->counters;
    struct http_server_connections connections = http_server_connections(emulator->server);
    counters->faults = emulator->rules.acted;
    counters->connections_open = connections.open;
    counters->connections_ever = connections.ever;
    counters->connections_most = connections.most;
    return counters;
}

void emulator_reset(struct emulator *emulator)
{
    flight_cut(emulator);
    uint64_t in_flight = emulator->counters.in_flight;
    rules_fini(&emulator->rules);
    emulator->counters = (struct counters){.in_flight = in_flight, .most_in_flight = in_flight};
    order_reset(&emulator->order);
    http_server_forget_connections(emulator->server);
}

int emulator_set_order_column(struct emulator *emulator, struct slice name, struct error *err)
{
    if (order_set_column(&emulator->order, name) != 0)
        return error_set(err, ERROR_CONFIG, "not a name that a column can have");
    return 0;
}

void emulator_flush(struct emulator *emulator)
{
    if (emulator->journal != NULL)
        journal_flush(emulator->journal);
}
