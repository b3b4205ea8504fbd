/* check_tables: the start of `run`, without its creation of tables: one table after the other is described.
 * What is wrong with endpoint, instance or key is so for all of them, and said once. */
#include <stdio.h>
#include <stdlib.h>

#include "channel/error_table.h"
#include "cli/check_connect.h"
#include "loop/loop.h"
#include "timeseries/series_table.h"

enum {
    WAIT_MS = 2000,
    SKEW_WARN_S = 60,
    SKEW_MOST_S = 15 * 60, /* what the service allows */
    NAME_MOST = 320
};

struct table_look {
    struct loop *loop;
    const char *kind; /* "table", or a longer name */
    bool timeseries;
    struct ots_table_options options;
    struct ots_table_state state;
    bool failed;
    struct error error;
};

static void table_on_done(void *arg, const struct ots_table_state *state, const struct error *err)
{
    struct table_look *look = arg;
    look->state = *state;
    look->failed = err != NULL;
    if (err != NULL)
        look->error = *err;
    loop_stop(look->loop);
}

static struct ots_table_check *table_start_series(struct table_look *look, struct ots_client *client)
{
    struct series_table_options options = {.table = look->options.plan->table,
                                           .auto_create = look->options.auto_create,
                                           .ttl_s = look->options.ttl_s,
                                           .look_only = true};
    return series_table_check_start(client, loop_clock(look->loop), &options, WAIT_MS - 500, table_on_done,
                                    look);
}

static struct ots_table_check *table_start(struct table_look *look, struct ots_client *client)
{
    if (look->timeseries)
        return table_start_series(look, client);
    look->options.look_only = true;
    return ots_table_check_start(client, loop_clock(look->loop), &look->options, WAIT_MS - 500, table_on_done,
                                 look);
}

static void table_look(struct table_look *look, struct ots_client *client)
{
    struct ots_table_check *check = table_start(look, client);
    loop_run(look->loop);
    ots_table_check_destroy(check);
}

/* The line has the name in front already. */
static const char *table_words(const struct table_look *look)
{
    char name[NAME_MOST];
    snprintf(name, sizeof(name), "table %.*s: ", SLICE_ARG(look->options.plan->table));
    size_t len = strlen(name);
    return strncmp(look->error.text, name, len) == 0 ? look->error.text + len : look->error.text;
}

static void table_tell(const struct table_look *look, unsigned *wrong)
{
    char what[NAME_MOST];
    snprintf(what, sizeof(what), "%s %.*s", look->kind, SLICE_ARG(look->options.plan->table));
    *wrong += look->failed;
    if (look->failed)
        check_mark_put(CHECK_WRONG, what, "%s", table_words(look));
    else if (look->state.missing)
        check_mark_put(CHECK_GOOD, what, "does not exist; 'run' creates it (auto_create)");
    else
        check_mark_put(CHECK_GOOD, what,
                       look->timeseries ? "is there, for time series"
                                        : "is there, with the primary key of the configuration");
}

static void table_tell_clock(const struct ots_client *client, unsigned *wrong)
{
    int64_t skew_ms;
    if (!ots_client_skew_ms(client, &skew_ms))
        return;
    int64_t apart_s = llabs(skew_ms) / 1000;
    const char *side = skew_ms > 0 ? "behind" : "ahead of";
    if (apart_s < SKEW_WARN_S) {
        check_mark_put(CHECK_GOOD, "clock", "within %lld s of Tablestore's", (long long)apart_s + 1);
        return;
    }
    bool worse = apart_s >= SKEW_MOST_S;
    *wrong += worse;
    check_mark_put(
        worse ? CHECK_WRONG : CHECK_WARNING, "clock",
        "this machine's is %lld s %s Tablestore's, which refuses requests dated more than 15 minutes "
        "away; set it (NTP)",
        (long long)apart_s, side);
}

/* The first table's answer is about all of them. */
static bool table_tell_instance(const struct settings *settings, const struct table_look *look,
                                unsigned *wrong)
{
    char what[NAME_MOST];
    snprintf(what, sizeof(what), "instance %.60s at %.200s", settings->ots.instance, settings->ots.endpoint);
    if (look->state.reached) {
        check_mark_put(CHECK_GOOD, what, "answers, and takes the access key");
        return true;
    }
    ++*wrong;
    check_mark_put(CHECK_WRONG, what, "%s", table_words(look));
    return false;
}

static void table_look_errors(const struct settings *settings, struct ots_client *client, struct loop *loop,
                              unsigned *wrong)
{
    struct mapping_plan plan;
    struct table_look look = {.loop = loop, .kind = "error table"};
    if (!error_table_options(settings, &plan, &look.options))
        return;
    table_look(&look, client);
    table_tell(&look, wrong);
}

static void tables_look(const struct settings *settings, struct ots_client *client, struct loop *loop,
                        unsigned *wrong)
{
    for (size_t i = 0; i < settings->table_count; i++) {
        struct table_look look = {.loop = loop,
                                  .kind = "table",
                                  .timeseries = settings->tables[i].timeseries,
                                  .options = settings->tables[i].create};
        look.options.plan = &settings->tables[i].plan;
        table_look(&look, client);
        if (i == 0 && !table_tell_instance(settings, &look, wrong))
            return;
        table_tell(&look, wrong);
    }
    table_look_errors(settings, client, loop, wrong);
}

void check_connect_tables(const struct settings *settings, unsigned *wrong)
{
    struct error err;
    struct loop *loop = loop_create();
    struct ots_client_options options = settings->ots;
    options.http.connect_timeout_ms = options.http.stall_timeout_ms = options.http.total_timeout_ms = WAIT_MS;
    struct ots_client *client = ots_client_create(loop, &options, &err);
    if (client == NULL) {
        check_mark_put(CHECK_WRONG, "tablestore", "%s", err.text);
        ++*wrong;
    } else {
        ots_client_watch_clock(client);
        tables_look(settings, client, loop, wrong);
        table_tell_clock(client, wrong);
        ots_client_destroy(client);
    }
    loop_destroy(loop);
}
