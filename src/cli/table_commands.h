/* table_commands: what `otspipe table` does, one file a command. Each answers an exit code of cli.h, or -1
 * and err: ERROR_CONFIG is a mistake on the command line, ERROR_FATAL what the service or this machine said.
 */
#ifndef CLI_TABLE_COMMANDS_H
#define CLI_TABLE_COMMANDS_H

#include "cli/command.h"

struct error;
struct table_session;

int table_ls(struct table_session *session, struct error *err);
int table_describe(struct table_session *session, struct error *err);
int table_create(struct table_session *session, struct error *err);
int table_get(struct table_session *session, struct error *err);
int table_scan(struct table_session *session, struct error *err);
int table_put(struct table_session *session, struct error *err);
int table_rm(struct table_session *session, struct error *err);

extern const struct command table_ls_command;
extern const struct command table_describe_command;
extern const struct command table_create_command;
extern const struct command table_get_command;
extern const struct command table_scan_command;
extern const struct command table_put_command;
extern const struct command table_rm_command;

/* Runs any of them: their words are read, their instance is found. */
int table_main(const struct command *command, int argc, char **argv);

#endif
