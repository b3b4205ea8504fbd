/* table_session: the loop runs from a question to its answer and no longer. */
#include "cli/table_session.h"

#include <stdarg.h>
#include <stdio.h>

#include "loop/loop.h"
#include "ots/look.h"

enum {
    ARENA_CHUNK = 16 * 1024,
    BODY_MOST = 8 << 20,
    REPLY_MOST = 64 << 20,
    REPLY_KEEP = 8 << 20,
    FIRST_WAIT_MS = 100,
    MOST_WAIT_MS = 3000,
    SETTLE_MS = 2000, /* how long after a cut it may still be applied [assumed], as in bucket */
    SAID_MOST = 2000,
    ID_SHOWN = 64,
    MESSAGE_SHOWN = 200
};

/* The service's words and where to look on: the advice that goes with an answer is that of a job. */
static void session_name_missing(struct table_session *session, const struct ots_answer *answer)
{
    struct slice message = answer->message, id = answer->request_id;
    error_set(&session->error, ERROR_FATAL,
              "%.*s: %.*s 'otspipe table ls' lists the tables of instance %s. (request %.*s)",
              answer->code.len > ID_SHOWN ? ID_SHOWN : (int)answer->code.len, answer->code.at,
              message.len > MESSAGE_SHOWN ? MESSAGE_SHOWN : (int)message.len, message.at,
              session->connection.options.instance, id.len > ID_SHOWN ? ID_SHOWN : (int)id.len, id.at);
}

static void session_name_unsent(struct table_session *session)
{
    struct error why = session->error;
    if (session->connection.assumed)
        error_set(&session->error, ERROR_FATAL,
                  "nothing answers at %s, where 'otspipe emulator' is found unless --endpoint, --config or "
                  "OTSPIPE_ENDPOINT says otherwise (%s)",
                  session->connection.options.endpoint, why.text);
}

static void session_on_answer(void *arg, struct ots_call *call, const struct ots_answer *answer)
{
    struct table_session *session = arg;
    (void)call;
    session->outcome = answer->outcome;
    session->reached |= answer->status != 0;
    buffer_reset(&session->reply, REPLY_KEEP);
    if (answer->outcome != OTS_OK)
        session->error = answer->error;
    else if (buffer_add_slice(&session->reply, answer->body) != 0) {
        session->outcome = OTS_REFUSED;
        error_set(&session->error, ERROR_FATAL, "an answer of %zu bytes", answer->body.len);
    }
    if (answer->outcome == OTS_MISSING)
        session_name_missing(session, answer);
    else if (answer->outcome == OTS_UNSENT)
        session_name_unsent(session);
    loop_stop(session->loop);
}

static void session_on_time(void *arg, struct clock_timer *timer)
{
    struct table_session *session = arg;
    (void)timer;
    loop_stop(session->loop);
}

int table_session_open(struct table_session *session, const struct command *command,
                       const struct table_words *words, struct error *err)
{
    *session = (struct table_session){.words = words, .command = command};
    session->loop = loop_create();
    arena_init(&session->arena, ARENA_CHUNK);
    buffer_init(&session->body, BODY_MOST);
    buffer_init(&session->reply, REPLY_MOST);
    clock_timer_init(&session->timer, session_on_time, session);
    chance_init(&session->chance, chance_seed());
    if (table_connect_read(&session->connection, words, err) != 0)
        return -1;
    session->client = ots_client_create(session->loop, &session->connection.options, err);
    if (session->client == NULL)
        return -1;
    session->call = ots_call_create(session->client, session_on_answer, session);
    return 0;
}

void table_session_close(struct table_session *session)
{
    clock_stop(loop_clock(session->loop), &session->timer);
    ots_call_destroy(session->call);
    ots_client_destroy(session->client);
    buffer_fini(&session->body);
    buffer_fini(&session->reply);
    arena_fini(&session->arena);
    loop_destroy(session->loop);
    table_connect_fini(&session->connection);
}

/* Who never answered will hardly begin to: a wrong address is said at once. */
static bool session_may_ask_again(const struct table_session *session, bool again)
{
    switch (session->outcome) {
    case OTS_RETRY:
        return true;
    case OTS_CUT:
        return again;
    case OTS_UNSENT:
        return session->reached;
    case OTS_OK:
    case OTS_REFUSED:
    case OTS_MISSING:
    case OTS_EXISTS:
    case OTS_BLOCKED:
        break;
    }
    return false;
}

static void session_wait(struct table_session *session, int64_t ms)
{
    clock_start(loop_clock(session->loop), &session->timer, ms);
    loop_run(session->loop);
}

/* The last words, with what was done about it. */
static int session_give_up(const struct table_session *session, int64_t waited_ms, bool again,
                           struct error *err)
{
    *err = session->error;
    err->kind = ERROR_FATAL;
    if (waited_ms > 0)
        return error_wrap(err, "given up after %lld s", (long long)(waited_ms / 1000));
    if (session->outcome == OTS_CUT && !again)
        return error_wrap(err, "nobody knows whether it was done");
    return -1;
}

int table_session_ask(struct table_session *session, const char *operation, bool again, struct error *err)
{
    struct clock *clock = loop_clock(session->loop);
    struct backoff backoff = {.first_ms = FIRST_WAIT_MS, .most_ms = MOST_WAIT_MS};
    int64_t began_ms = clock->now_ms;
    for (bool first = true;; first = false) {
        ots_call_send(session->call, operation, buffer_slice(&session->body));
        loop_run(session->loop);
        if (session->outcome == OTS_OK)
            return 0;
        int64_t wait_ms = backoff_wait_ms(&backoff, &session->chance);
        int64_t waited_ms = clock->now_ms - began_ms;
        if (session->outcome == OTS_CUT && wait_ms < SETTLE_MS)
            wait_ms = SETTLE_MS;
        if (!session_may_ask_again(session, again) || waited_ms + wait_ms > session->words->retry_ms)
            return session_give_up(session, first ? 0 : waited_ms, again, err);
        if (first)
            table_session_say(session, "asked again for up to %lld s: %s",
                              (long long)(session->words->retry_ms / 1000), session->error.text);
        session_wait(session, wait_ms);
    }
}

int table_session_describe(struct table_session *session, const char *table, struct error *err)
{
    ots_look_put_describe(slice_text(table), &session->body);
    if (table_session_ask(session, "DescribeTable", true, err) != 0)
        return -1;
    session->description = ots_look_description(buffer_slice(&session->reply), &session->arena, err);
    if (session->description == NULL ||
        ots_look_schema(session->description, &session->arena, &session->schema, err) != 0) {
        err->kind = ERROR_FATAL;
        return error_wrap(err, "DescribeTable");
    }
    session->schema.table = slice_text(table);
    return 0;
}

void table_session_say(const struct table_session *session, const char *format, ...)
{
    char text[SAID_MOST];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    words_tell(session->command, text);
}
