/* explain: what each record would become, without writing: a record as a line of JSON in, a row as a line of
 * JSON out (design.md section 7). A line that is no record at all ends it, with exit code 2. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/explain_input.h"
#include "cli/mistake.h"
#include "cli/words.h"
#include "wire/row_line.h"

enum { EXPLAIN_LINE_MOST = 256 << 20, EXPLAIN_LINE_KEPT = 1 << 20 };

struct explain {
    struct settings *settings;
    struct mapper *mappers; /* one a table */
    struct explain_input input;
    struct buffer line;
};

struct explain_options {
    int compat; /* enum settings_compat */
};

static void explain_put_place(struct buffer *to, const struct message *message)
{
    buffer_print(to, "{\"topic\":");
    json_put_string(to, message->topic);
    buffer_print(to, ",\"partition\":%d,\"offset\":%lld,", message->partition, (long long)message->offset);
}

static void explain_put_fault(struct buffer *to, const struct mapping_fault *fault)
{
    buffer_print(to, "\"op\":\"error\",\"stage\":\"%s\",", mapping_stage_name(fault->stage));
    if (fault->has_column) {
        buffer_print(to, "\"column\":");
        json_put_string(to, slice_text(fault->column));
        buffer_print(to, ",");
    }
    buffer_print(to, "\"error\":");
    json_put_string(to, slice_text(fault->error.text));
}

static void explain_put_row(struct buffer *to, const struct settings_table *table, const struct row *row)
{
    if (table->timeseries)
        row_line_put_series(to, table->plan.table, row);
    else
        row_line_put(to, table->plan.table, row);
}

static int explain_write(struct explain *explain)
{
    struct slice line = buffer_slice(&explain->line);
    if (fwrite(line.at, 1, line.len, stdout) == line.len)
        return CLI_DONE;
    perror("otspipe explain: stdout");
    return CLI_FAILED;
}

static int explain_message(struct explain *explain, size_t lane)
{
    const struct message *message = &explain->input.message;
    struct row row;
    struct mapping_fault fault;
    buffer_reset(&explain->line, EXPLAIN_LINE_KEPT);
    explain_put_place(&explain->line, message);
    if (mapper_map(&explain->mappers[lane], message, &row, &fault) == MAPPING_ROW)
        explain_put_row(&explain->line, &explain->settings->tables[lane], &row);
    else
        explain_put_fault(&explain->line, &fault);
    buffer_print(&explain->line, "}\n");
    return explain_write(explain);
}

static int explain_line(struct explain *explain, struct slice line, int64_t number)
{
    struct error err = {0};
    int lane = -1;
    if (explain_input_read(&explain->input, line, number, &err) == 0) {
        lane = settings_lane(explain->settings, explain->input.message.topic);
        if (lane < 0)
            error_set(&err, ERROR_CONFIG, "topic: \"%.*s\" is no topic of the configuration",
                      explain->input.message.topic.len > 249 ? 249 : (int)explain->input.message.topic.len,
                      explain->input.message.topic.at);
    }
    if (lane >= 0)
        return explain_message(explain, (size_t)lane);
    fflush(stdout);
    fprintf(stderr, "otspipe explain: line %lld: %s\n", (long long)number + 1, err.text);
    return CLI_USAGE;
}

static bool explain_is_blank(struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (strchr(" \t\r\n", line.at[i]) == NULL || line.at[i] == 0)
            return false;
    return true;
}

static int explain_all(struct explain *explain)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t len;
    int code = CLI_DONE;
    for (int64_t number = 0; code == CLI_DONE && (len = getline(&text, &room, stdin)) >= 0; number++) {
        struct slice line = slice_of(text, (size_t)len);
        if (!explain_is_blank(line))
            code = explain_line(explain, line, number);
    }
    free(text);
    if (fflush(stdout) == 0)
        return code;
    perror("otspipe explain: stdout");
    return CLI_FAILED;
}

static void explain_init(struct explain *explain, struct settings *settings)
{
    *explain = (struct explain){.settings = settings};
    explain->mappers = check_memory(calloc(settings->table_count, sizeof(struct mapper)));
    for (size_t i = 0; i < settings->table_count; i++) {
        struct mapper_options mapper = settings_mapper(&settings->tables[i]);
        mapper_open(&explain->mappers[i], &mapper);
    }
    explain_input_init(&explain->input, settings->kafka.topics[0].name);
    buffer_init(&explain->line, EXPLAIN_LINE_MOST);
}

static void explain_fini(struct explain *explain)
{
    buffer_fini(&explain->line);
    explain_input_fini(&explain->input);
    for (size_t i = 0; i < explain->settings->table_count; i++)
        mapper_close(&explain->mappers[i]);
    free(explain->mappers);
    settings_destroy(explain->settings);
}

static int explain_files(const struct word_list *files, enum settings_compat compat)
{
    struct explain explain;
    struct settings *settings = mistake_read_settings((const char *const *)files->at, files->count, compat);
    if (settings == NULL)
        return CLI_USAGE;
    setvbuf(stdout, NULL, _IOLBF, 1 << 16); /* an answer to each line as it comes: explain can be talked to */
    explain_init(&explain, settings);
    int code = explain_all(&explain);
    explain_fini(&explain);
    return code;
}

static int explain_main(const struct command *command, int argc, char **argv)
{
    struct words words;
    int code = CLI_USAGE;
    struct explain_options asked = {SETTINGS_COMPAT_OF_FILE};
    if (words_start(command, argc, argv, &asked, &words, &code))
        code = explain_files(&words.arguments, (enum settings_compat)asked.compat);
    words_fini(&words);
    return code;
}

static const struct command_option options[] = {COMMAND_COMPAT(offsetof(struct explain_options, compat)),
                                                {0}};

static const struct command_term examples[] = {
    {"echo '{\"value\":\"{\\\"id\\\":\\\"o-1\\\"}\"}' | otspipe explain kafka_to_table.yaml",
     "one record, typed"},
    {"otspipe explain kafka_to_table.yaml <records.jsonl >rows.jsonl", "a file of them"},
    {0}};

static const struct command_term exits[] = {
    {"0", "every line was explained, errors of records too"},
    {"1", "the result could not be written"},
    {"2", "a mistake on the command line or in the configuration, or a line that is no record"},
    {0}};

const struct command explain_command = {
    .path = "explain",
    .summary = "what each record would become, without writing: JSON lines in, JSON lines out",
    .arguments = "CONFIG...",
    .least = 1,
    .most = COMMAND_ANY,
    .argument_kind = COMMAND_FILE,
    .endings = COMMAND_CONFIG_ENDINGS,
    .about = "Shows what each record would become, without writing anything: one JSON object a line on the "
             "standard "
             "input, one on the standard output.\n\n"
             "  In:  {\"topic\", \"partition\", \"offset\", \"timestamp\", \"key\", \"value\",\n"
             "       \"headers\"}\n"
             "  Out: {\"topic\", \"partition\", \"offset\", \"table\", \"op\", \"primary_key\",\n"
             "       \"columns\"}\n\n"
             "Key and value are texts or null, or key_base64, value_base64; headers are [[name, text]...]. "
             "What is "
             "left out: the first topic of the configuration, partition 0, the line's number from 0, no "
             "timestamp, "
             "null. A record that becomes no row is \"op\":\"error\" with stage, column and "
             "error.\n\n" COMMAND_CONFIG_ABOUT,
    .options = options,
    .examples = examples,
    .exits = exits,
    .variables = command_variables_of_a_config,
    .files = command_files_of_a_job,
    .see_also = "check, run, table put",
    .run = explain_main,
};
