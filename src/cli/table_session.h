/* table_session: one instance, looked into step by step: a question is asked and waited for. While the
 * service is busy it is asked again, for as long as --retry-for says. */
#ifndef CLI_TABLE_SESSION_H
#define CLI_TABLE_SESSION_H

#include "base/arena.h"
#include "base/backoff.h"
#include "base/buffer.h"
#include "base/error.h"
#include "cli/table_connect.h"
#include "cli/table_words.h"
#include "loop/clock.h"
#include "mapping/plan.h"

struct Ots__DescribeTableResponse;
struct loop;

struct table_session {
    const struct table_words *words;
    const struct command *command;
    struct table_connection connection;
    struct loop *loop;
    struct ots_client *client;
    struct ots_call *call;
    struct clock_timer timer;
    struct chance chance;
    struct buffer body;  /* of the request: put here before asking */
    struct buffer reply; /* the answer's, until the next one */
    enum ots_outcome outcome;
    struct error error; /* of the last answer */
    bool reached;       /* some answer has come */
    struct arena arena; /* the description's memory */
    struct Ots__DescribeTableResponse *description;
    struct mapping_plan schema;
};

/* -1: ERROR_CONFIG. */
int table_session_open(struct table_session *session, const struct command *command,
                       const struct table_words *words, struct error *err);
void table_session_close(struct table_session *session);

/* Sends what is in `body` and waits. `again`: it may be sent a second time although nobody knows what became
 * of the first. -1: ERROR_FATAL, in words for a person. */
int table_session_ask(struct table_session *session, const char *operation, bool again, struct error *err);

/* The table of the command line: `description` and `schema`. */
int table_session_describe(struct table_session *session, const char *table, struct error *err);

/* A line on stderr, made fit for a terminal. */
void table_session_say(const struct table_session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
