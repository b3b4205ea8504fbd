/* table_describe: all that DescribeTable tells, as one JSON object or as lines for a person. */
#include "cli/table_describe.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/screen.h"
#include "cli/table_commands.h"
#include "cli/table_key.h"
#include "cli/table_session.h"
#include "wire/tablestore.pb-c.h"

enum { NAME_SHOWN = 255, LABEL_WIDTH = 20 };

static void describe_put_columns(const struct mapping_column *columns, uint32_t count, struct buffer *to)
{
    buffer_print(to, "[");
    for (uint32_t i = 0; i < count; i++) {
        buffer_print(to, "%s[", i == 0 ? "" : ",");
        json_put_string(to, columns[i].name);
        buffer_print(to, ",\"%s\"]", table_key_type_name(columns[i].type));
    }
    buffer_print(to, "]");
}

void table_describe_put_key(const struct mapping_plan *schema, struct buffer *to)
{
    describe_put_columns(schema->keys, schema->key_count, to);
}

static const char *describe_status(const Ots__DescribeTableResponse *found)
{
    static const char *const names[] = {"unknown", "active", "inactive", "loading", "unloading", "updating"};
    int status = found->has_table_status ? (int)found->table_status : 0;
    return names[status >= 0 && status <= OTS__TABLE_STATUS__UPDATING ? status : 0];
}

static void describe_put_names(char *const *names, size_t count, struct buffer *to)
{
    buffer_print(to, "[");
    for (size_t i = 0; i < count; i++) {
        buffer_print(to, "%s", i == 0 ? "" : ",");
        json_put_string(to, slice_text(names[i]));
    }
    buffer_print(to, "]");
}

static void describe_put_index(const Ots__IndexMeta *index, struct buffer *to)
{
    static const char *const phases[] = {"invalid", "full", "incremental"};
    int phase = index->has_index_sync_phase ? (int)index->index_sync_phase : -1;
    buffer_print(to, "{\"name\":");
    json_put_string(to, slice_text(index->name));
    buffer_print(to, ",\"type\":\"%s\",\"update\":\"%s\"",
                 index->index_type == OTS__INDEX_TYPE__IT_LOCAL_INDEX ? "local" : "global",
                 index->index_update_mode == OTS__INDEX_UPDATE_MODE__IUM_SYNC_INDEX ? "sync" : "async");
    if (phase >= 0 && phase <= OTS__INDEX_SYNC_PHASE__ISP_INCR)
        buffer_print(to, ",\"phase\":\"%s\"", phases[phase]);
    buffer_print(to, ",\"primary_key\":");
    describe_put_names(index->primary_key, index->n_primary_key, to);
    buffer_print(to, ",\"defined_columns\":");
    describe_put_names(index->defined_column, index->n_defined_column, to);
    buffer_print(to, "}");
}

static void describe_put_indexes(const Ots__DescribeTableResponse *found, struct buffer *to)
{
    const Ots__TableMeta *meta = found->table_meta;
    bool outside = found->n_index_metas > 0;
    size_t count = outside ? found->n_index_metas : meta->n_index_meta;
    Ots__IndexMeta **indexes = outside ? found->index_metas : meta->index_meta;
    buffer_print(to, ",\"indexes\":[");
    for (size_t i = 0; i < count; i++) {
        buffer_print(to, "%s", i == 0 ? "" : ",");
        describe_put_index(indexes[i], to);
    }
    buffer_print(to, "]");
}

static void describe_put_options(const Ots__TableOptions *options, struct buffer *to)
{
    if (options->has_time_to_live)
        buffer_print(to, ",\"time_to_live_s\":%d", options->time_to_live);
    if (options->has_max_versions)
        buffer_print(to, ",\"max_versions\":%d", options->max_versions);
    if (options->has_deviation_cell_version_in_sec)
        buffer_print(to, ",\"max_version_deviation_s\":%lld",
                     (long long)options->deviation_cell_version_in_sec);
    if (options->has_allow_update)
        buffer_print(to, ",\"allow_update\":%s", options->allow_update ? "true" : "false");
}

static void describe_put_stream(const Ots__StreamDetails *stream, struct buffer *to)
{
    if (stream == NULL)
        return;
    buffer_print(to, ",\"stream\":{\"enabled\":%s", stream->enable_stream ? "true" : "false");
    if (stream->enable_stream && stream->has_expiration_time)
        buffer_print(to, ",\"expiration_h\":%d", stream->expiration_time);
    buffer_print(to, "}");
}

static void describe_put(const struct table_session *session, struct buffer *to)
{
    const Ots__DescribeTableResponse *found = session->description;
    const Ots__CapacityUnit *unit = found->reserved_throughput_details->capacity_unit;
    buffer_print(to, "{\"table\":");
    json_put_string(to, session->schema.table);
    buffer_print(to, ",\"status\":\"%s\",\"primary_key\":", describe_status(found));
    table_describe_put_key(&session->schema, to);
    buffer_print(to, ",\"defined_columns\":");
    describe_put_columns(session->schema.columns, session->schema.column_count, to);
    describe_put_options(found->table_options, to);
    buffer_print(to, ",\"reserved_throughput\":{\"read\":%d,\"write\":%d}", unit->read, unit->write);
    describe_put_indexes(found, to);
    describe_put_stream(found->stream_details, to);
    if (found->has_creation_time)
        buffer_print(to, ",\"created_us\":%lld", (long long)found->creation_time);
    buffer_print(to, "}\n");
}

static void describe_label(const char *label, bool colour)
{
    printf("%s%-*s%s", colour ? "\033[1;36m" : "", LABEL_WIDTH, label, colour ? "\033[0m" : "");
}

static void describe_show_text(const char *label, struct buffer *text, bool colour)
{
    if (text->len == 0)
        return;
    describe_label(label, colour);
    printf("%.*s\n", (int)text->len, text->at);
    buffer_reset(text, SIZE_MAX);
}

static void describe_print_ttl(const Ots__TableOptions *options, struct buffer *text)
{
    if (options->has_time_to_live && options->time_to_live < 0)
        buffer_print(text, "forever");
    else if (options->has_time_to_live && options->time_to_live % 86400 == 0)
        buffer_print(text, "%dd", options->time_to_live / 86400);
    else if (options->has_time_to_live)
        buffer_print(text, "%ds", options->time_to_live);
}

static void describe_print_created(const Ots__DescribeTableResponse *found, struct buffer *text)
{
    time_t seconds = (time_t)(found->creation_time / 1000000);
    struct tm utc;
    char date[40];
    if (found->has_creation_time && gmtime_r(&seconds, &utc) != NULL &&
        strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &utc) > 0)
        buffer_print(text, "%s", date);
}

static void describe_print_columns(const struct mapping_plan *schema, struct buffer *text)
{
    for (uint32_t i = 0; i < schema->column_count; i++) {
        buffer_print(text, "%s", i == 0 ? "" : ", ");
        screen_put(text, schema->columns[i].name, NAME_SHOWN);
        buffer_print(text, " %s", table_key_type_name(schema->columns[i].type));
    }
}

static void describe_print_names(char *const *names, size_t count, struct buffer *text)
{
    buffer_print(text, "(");
    for (size_t i = 0; i < count; i++) {
        buffer_print(text, "%s", i == 0 ? "" : ", ");
        screen_put(text, slice_text(names[i]), NAME_SHOWN);
    }
    buffer_print(text, ")");
}

static void describe_print_index(const Ots__IndexMeta *index, struct buffer *text)
{
    screen_put(text, slice_text(index->name), NAME_SHOWN);
    buffer_print(text, " %s ", index->index_type == OTS__INDEX_TYPE__IT_LOCAL_INDEX ? "local" : "global");
    describe_print_names(index->primary_key, index->n_primary_key, text);
    if (index->n_defined_column == 0)
        return;
    buffer_print(text, " with ");
    describe_print_names(index->defined_column, index->n_defined_column, text);
}

static void describe_show_indexes(const Ots__DescribeTableResponse *found, struct buffer *text, bool colour)
{
    const Ots__TableMeta *meta = found->table_meta;
    for (size_t i = 0; i < found->n_index_metas; i++) {
        describe_print_index(found->index_metas[i], text);
        describe_show_text("index", text, colour);
    }
    for (size_t i = 0; i < meta->n_index_meta && found->n_index_metas == 0; i++) {
        describe_print_index(meta->index_meta[i], text);
        describe_show_text("index", text, colour);
    }
}

static void describe_show_options(const Ots__DescribeTableResponse *found, struct buffer *text, bool colour)
{
    const Ots__TableOptions *options = found->table_options;
    const Ots__CapacityUnit *unit = found->reserved_throughput_details->capacity_unit;
    describe_print_ttl(options, text);
    describe_show_text("time to live", text, colour);
    if (options->has_max_versions)
        buffer_print(text, "%d", options->max_versions);
    describe_show_text("max versions", text, colour);
    if (options->has_deviation_cell_version_in_sec)
        buffer_print(text, "%lld s", (long long)options->deviation_cell_version_in_sec);
    describe_show_text("version deviation", text, colour);
    buffer_print(text, "read %d, write %d", unit->read, unit->write);
    describe_show_text("reserved throughput", text, colour);
    buffer_print(text, "%s",
                 found->stream_details != NULL && found->stream_details->enable_stream ? "on" : "off");
    describe_show_text("stream", text, colour);
}

static void describe_show(const struct table_session *session, struct buffer *text)
{
    const Ots__DescribeTableResponse *found = session->description;
    bool colour = screen_has_colour(STDOUT_FILENO);
    screen_put(text, session->schema.table, NAME_SHOWN);
    describe_show_text("table", text, colour);
    buffer_print(text, "%s", describe_status(found));
    describe_show_text("status", text, colour);
    table_key_print(&session->schema, text);
    describe_show_text("primary key", text, colour);
    describe_print_columns(&session->schema, text);
    describe_show_text("defined columns", text, colour);
    describe_show_indexes(found, text, colour);
    describe_show_options(found, text, colour);
    describe_print_created(found, text);
    describe_show_text("created", text, colour);
}

int table_describe(struct table_session *session, struct error *err)
{
    struct buffer text;
    if (table_session_describe(session, session->words->words.arguments.at[0], err) != 0)
        return -1;
    buffer_init(&text, SIZE_MAX);
    if (session->words->json || !screen_is_terminal()) {
        describe_put(session, &text);
        fwrite(text.at, 1, text.len, stdout);
    } else {
        describe_show(session, &text);
    }
    buffer_fini(&text);
    return CLI_DONE;
}

static const struct command_option options[] = {TABLE_WORDS_JSON, {0}};

static const struct command_term examples[] = {{"otspipe table describe orders", "for people"},
                                               {"otspipe table describe orders --json", "for programs"},
                                               {0}};

const struct command table_describe_command = {
    .path = "table describe",
    .summary = "primary key, defined columns, options, indexes",
    .arguments = "TABLE",
    .least = 1,
    .most = 1,
    .about = "What the service says of a table: primary key, defined columns, options, reserved throughput, "
             "indexes, stream. One JSON object in a pipe and with --json.",
    .options = options,
    .shared_title = TABLE_WORDS_SHARED_TITLE,
    .shared = table_words_shared,
    .examples = examples,
    .exits = table_words_exits,
    .variables = table_words_variables,
    .files = table_words_files,
    .see_also = "table ls, table create",
    .run = table_main,
};
