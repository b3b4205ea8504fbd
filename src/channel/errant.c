/* errant: records that cannot become rows or be written. Tolerance none: the channel stops there, everything
 * before it is committed. Tolerance all: passed over, or set aside in an error topic or table, and only when
 * that has confirmed it, its offset may be committed. */
#include "channel/channel_private.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/log.h"
#include "record/original.h"

/* One record, and why it goes no further. */
struct errant_case {
    struct channel_lane *lane;
    struct message message; /* lent; without a sink only where it is from */
    struct receipt receipt;
    const char *why;
    const char *request_id;
    const char *stage;
    bool converts; /* it could not even be read in its format */
    bool of_key;
};

static bool errant_is_tolerated(const struct channel *channel, const struct errant_case *bad)
{
    const struct settings *settings = channel->settings;
    return (bad->converts ? settings->convert_tolerance : settings->tolerance) == ERRORS_ALL;
}

static struct aside *errant_aside(const struct channel *channel, const struct errant_case *bad)
{
    return bad->converts ? channel->convert_aside : channel->aside;
}

/* A stream of bad records must not fill the disk with log lines: a few a second, the rest counted. */
static bool errant_may_be_said(struct channel *channel)
{
    int64_t second = channel->clock->now_ms / 1000;
    if (second != channel->said_second) {
        if (channel->unsaid > 0)
            log_warn("channel %s: %llu more records with errors", channel->settings->name,
                     (unsigned long long)channel->unsaid);
        channel->said_second = second;
        channel->said = 0;
        channel->unsaid = 0;
    }
    bool may = channel->settings->errors_log == ERRORS_LOG_ALL || channel->said++ < CHANNEL_SKIPS_SAID;
    channel->unsaid += !may;
    return may;
}

static void errant_say(struct channel *channel, const struct errant_case *bad, const char *what)
{
    if (errant_may_be_said(channel))
        log_warn("channel %s: record %s: topic=%.*s partition=%d offset=%lld: %s", channel->settings->name,
                 what, SLICE_ARG(bad->message.topic), bad->message.partition, (long long)bad->message.offset,
                 bad->why);
}

/* A copy of the text behind what is there already; moves on. */
static struct slice errant_copy(char **to, struct slice text)
{
    struct slice copy = slice_of(*to, text.len);
    memcpy(*to, text.at, text.len);
    *to += text.len;
    return copy;
}

static void errant_fill(struct errant *errant, const struct errant_case *bad, char *to)
{
    const struct settings_table *table = bad->lane->settings;
    enum convert_format format = bad->of_key ? table->key_format : table->value_format;
    struct aside_record *record = &errant->record;
    size_t bytes = original_size(&bad->message);
    record->message = bad->message;
    record->why = errant_copy(&to, slice_text(bad->why));
    record->request_id = errant_copy(&to, slice_text(bad->request_id));
    record->message.topic = errant_copy(&to, bad->message.topic);
    original_put(&bad->message, to);
    original_read(slice_of(to, bytes), &record->message, errant->headers);
    record->stage = bad->stage;
    record->connect_stage = bad->of_key ? "KEY_CONVERTER" : bad->converts ? "VALUE_CONVERTER" : "TASK_PUT";
    record->connect_class =
        bad->converts ? convert_format_class(format) : "org.apache.kafka.connect.sink.SinkTask";
    record->failed_wall_ms = bad->lane->channel->clock->wall_ms;
}

static struct errant *errant_create(const struct errant_case *bad, struct receipt receipt)
{
    size_t headers = sizeof(struct message_header) * bad->message.header_count;
    size_t bytes = sizeof(struct errant) + headers + original_size(&bad->message) + strlen(bad->why) +
                   strlen(bad->request_id) + bad->message.topic.len;
    struct errant *errant = check_memory(malloc(bytes));
    *errant = (struct errant){.lane = bad->lane, .receipt = receipt, .waited_for = true, .bytes = bytes};
    errant_fill(errant, bad, (char *)errant->headers + headers);
    return errant;
}

/* Views into the buffer, when it has both: it may move until then. */
static void errant_wrap(const struct errant_case *bad, struct buffer *to, struct message *message)
{
    bool key = envelope_put(bad->lane->key_envelope, message->key, to);
    size_t split = to->len;
    bool value = envelope_put(bad->lane->value_envelope, message->value, to);
    message->key = key ? slice_of(to->at, split) : (struct slice){NULL, 0};
    message->value = value ? slice_of(to->at + split, to->len - split) : (struct slice){NULL, 0};
}

/* As JSON documents, where those are asked for; a dead letter queue of its own has the bytes, as in Kafka
 * Connect. */
static struct errant *errant_make(const struct channel *channel, const struct aside *aside,
                                  const struct errant_case *bad, struct receipt receipt)
{
    struct buffer documents;
    struct errant_case wrapped = *bad;
    if (aside != channel->aside || bad->lane->key_envelope == NULL)
        return errant_create(bad, receipt);
    buffer_init(&documents, SIZE_MAX);
    errant_wrap(bad, &documents, &wrapped.message);
    struct errant *errant = errant_create(&wrapped, receipt);
    errant->record.documents = true;
    buffer_fini(&documents);
    return errant;
}

/* `receipt`: without a book when the record has its fate already. */
static void errant_set_aside(struct channel *channel, struct aside *aside, const struct errant_case *bad,
                             struct receipt receipt)
{
    struct errant *errant = errant_make(channel, aside, bad, receipt);
    list_push(&channel->errants, &errant->node);
    channel->errants_waited_for++;
    errant->bytes += aside_put(aside, &errant->record);
    window_take(&errant->lane->window, errant->bytes);
}

/* As Kafka Connect does: a dead letter queue gets also the record that stops the job. */
static void errant_stop(struct channel *channel, const struct errant_case *bad)
{
    struct error err;
    error_set(&err, ERROR_FATAL,
              "record cannot be written: topic=%.*s partition=%d offset=%lld: %s; set errors.tolerance "
              "(runtime.error.tolerance) to all to pass over such records",
              SLICE_ARG(bad->message.topic), bad->message.partition, (long long)bad->message.offset,
              bad->why);
    channel_fail(channel, &err);
    offsets_hold(bad->receipt, bad->message.offset);
    if (bad->converts && channel->settings->convert_errors.sink == ERRORS_TO_TOPIC)
        errant_set_aside(channel, channel->convert_aside, bad, (struct receipt){NULL, 0});
}

static void errant_free(struct errant *errant)
{
    window_give(&errant->lane->window, errant->bytes);
    list_remove(&errant->node);
    free(errant);
}

static void errant_settle(struct channel *channel, struct errant *errant, enum fate fate)
{
    if (!errant->waited_for)
        return;
    errant->waited_for = false;
    channel->errants_waited_for--;
    if (errant->receipt.book != NULL)
        receipt_settle(errant->receipt, 1, fate);
}

static void errant_on_done(void *arg, struct aside_record *record, bool confirmed)
{
    struct channel *channel = arg;
    struct errant *errant = LIST_OWNER(record, struct errant, record);
    channel->set_aside += confirmed && errant->waited_for;
    errant_settle(channel, errant, confirmed ? FATE_SET_ASIDE : FATE_DROPPED);
    errant_free(errant);
    channel_wake(channel);
}

static void errant_on_trouble(void *arg, const struct aside *aside, const struct error *err)
{
    struct channel *channel = arg;
    struct error words;
    if (err == NULL)
        return trouble_list_end(&channel->troubles, aside->name);
    if (err->kind == ERROR_RETRY)
        return trouble_list_begin(&channel->troubles, aside->name, channel->clock->now_ms, err);
    words = *err;
    error_wrap(&words, "%s", aside->name);
    channel_drop_errants(channel);
    channel_fail(channel, &words);
}

void channel_listen_aside(struct channel *channel, struct aside *aside)
{
    if (aside != NULL)
        aside->events = (struct aside_events){channel, errant_on_done, errant_on_trouble};
}

static void channel_cut_aside(struct aside *aside)
{
    if (aside != NULL)
        aside_cut(aside);
}

void channel_drop_errants(struct channel *channel)
{
    for (struct list *node = channel->errants.next; node != &channel->errants; node = node->next)
        errant_settle(channel, LIST_OWNER(node, struct errant, node), FATE_DROPPED);
    channel_cut_aside(channel->aside);
    if (channel->convert_aside != channel->aside)
        channel_cut_aside(channel->convert_aside);
}

void channel_free_errants(struct channel *channel)
{
    CHECK(channel->errants_waited_for == 0);
    struct list *next;
    for (struct list *node = channel->errants.next; node != &channel->errants; node = next) {
        struct errant *errant = LIST_OWNER(node, struct errant, node);
        next = node->next;
        window_give(&errant->lane->window, errant->bytes);
        free(errant);
    }
}

uint32_t channel_errants_in_flight(const struct channel *channel)
{
    uint32_t count = channel->errants_waited_for;
    if (channel->aside != NULL)
        count += aside_in_flight(channel->aside);
    if (channel->convert_aside != NULL && channel->convert_aside != channel->aside)
        count += aside_in_flight(channel->convert_aside);
    return count;
}

static void errant_stop_of_many(struct channel *channel, const struct errant_case *bad)
{
    struct error err;
    error_set(&err, ERROR_FATAL,
              "too many errors: %llu in all, %llu of the last %llu records (errors.max_errors, "
              "errors.max_percent); the last: topic=%.*s partition=%d offset=%lld: %s",
              (unsigned long long)channel->tally.errors, (unsigned long long)channel->tally.stretch_errors,
              (unsigned long long)(channel->records - channel->tally.stretch_from),
              SLICE_ARG(bad->message.topic), bad->message.partition, (long long)bad->message.offset,
              bad->why);
    channel_fail(channel, &err);
    offsets_hold(bad->receipt, bad->message.offset);
}

static void errant_judge(struct channel *channel, const struct errant_case *bad)
{
    struct aside *aside = errant_aside(channel, bad);
    uint64_t written = offsets_fate_count(channel->offsets, FATE_WRITTEN);
    tally_add(&channel->tally, channel->records, written);
    if (tally_says_all_bad(&channel->tally, channel->records, channel->clock->now_ms))
        log_error("channel %s: not one of the last %llu records could be written; do the settings fit these "
                  "topics? the last: %s",
                  channel->settings->name, (unsigned long long)channel->tally.streak_errors, bad->why);
    if (!errant_is_tolerated(channel, bad)) {
        errant_stop(channel, bad);
    } else if (tally_is_too_many(&channel->tally, channel->settings->errors_most,
                                 channel->settings->errors_percent)) {
        errant_stop_of_many(channel, bad);
    } else if (aside == NULL) {
        channel->skipped++;
        errant_say(channel, bad, "skipped");
        receipt_settle(bad->receipt, 1, FATE_SKIPPED);
    } else {
        errant_say(channel, bad, "set aside");
        errant_set_aside(channel, aside, bad, bad->receipt);
    }
}

void channel_on_reject(void *arg, const struct bucket_rejection *rejection)
{
    struct channel_lane *lane = arg;
    struct source_partition origin;
    offsets_origin(rejection->receipt, &origin);
    struct errant_case bad = {
        .lane = lane,
        .message = {.topic = slice_text(origin.topic),
                    .partition = origin.partition,
                    .offset = rejection->mark},
        .receipt = rejection->receipt,
        .why = rejection->why,
        .request_id = rejection->request_id,
        .stage = "write",
    };
    struct message_header *headers = NULL;
    if (rejection->original.len > 0) {
        headers = check_memory(calloc(original_header_count(rejection->original) + 1, sizeof(*headers)));
        original_read(rejection->original, &bad.message, headers);
    }
    errant_judge(lane->channel, &bad);
    free(headers);
}

void channel_on_fault(struct channel_lane *lane, const struct message *message,
                      struct offsets_partition *partition, const struct mapping_fault *fault)
{
    bool converts = fault->stage == STAGE_CONVERT;
    struct errant_case bad = {
        .lane = lane,
        .message = *message,
        .receipt = offsets_enter(partition, message->offset),
        .why = fault->error.text,
        .request_id = "",
        .stage = mapping_stage_name(fault->stage),
        .converts = converts,
        .of_key = converts && fault->of_key,
    };
    errant_judge(lane->channel, &bad);
}
