/* sim_mapper: plays the mapper: the message is the row's bytes; which row it is stands in the topic. */
#include "sim/sim.h"

#include <stdlib.h>

#include "base/check.h"
#include "channel/envelope.h"

struct table_mapper {
    struct cell cell;
};

struct series_mapper {
    struct table_mapper rows;
};

struct table_mapper *table_mapper_create(const struct table_mapper_options *options)
{
    (void)options;
    return check_memory(calloc(1, sizeof(struct table_mapper)));
}

void table_mapper_destroy(struct table_mapper *mapper)
{
    free(mapper);
}

static uint64_t mapper_hash(const struct sim_bytes *head, const struct sim_record *record)
{
    struct chance chance;
    chance_init(&chance, (uint64_t)head->partition << 32 | record->key);
    return chance_next(&chance);
}

enum mapping_result table_mapper_map(struct table_mapper *mapper, const struct message *message,
                                     struct row *row, struct mapping_fault *fault)
{
    struct sim_bytes head;
    struct sim_record *record = sim_oracle_read(sim_now, message->value, &head);
    if (record->kind == SIM_UNMAPPABLE || record->kind == SIM_UNREADABLE) {
        record->told = true;
        *fault = (struct mapping_fault){.stage = record->kind == SIM_UNMAPPABLE ? STAGE_MAP : STAGE_CONVERT};
        error_set(&fault->error, ERROR_RECORD, "a value that does not fit");
        return MAPPING_FAULT;
    }
    mapper->cell = (struct cell){.type = CELL_BINARY, .bytes = message->value};
    *row = (struct row){.op = record->op,
                        .placeholder = record->placeholder,
                        .key_hash = mapper_hash(&head, record),
                        .cells = &mapper->cell,
                        .cell_count = 1};
    return MAPPING_ROW;
}

struct series_mapper *series_mapper_create(const struct series_mapper_options *options)
{
    (void)options;
    return check_memory(calloc(1, sizeof(struct series_mapper)));
}

void series_mapper_destroy(struct series_mapper *mapper)
{
    free(mapper);
}

/* A point replaces the one before it, as a put does; that is all that order has to do with. */
enum mapping_result series_mapper_map(struct series_mapper *mapper, const struct message *message,
                                      struct row *row, struct mapping_fault *fault)
{
    enum mapping_result result = table_mapper_map(&mapper->rows, message, row, fault);
    CHECK(result == MAPPING_FAULT || (row->op == ROW_PUT && !row->placeholder));
    return result;
}

const char *convert_format_class(enum convert_format format)
{
    (void)format;
    return "";
}

const char *mapping_stage_name(enum mapping_stage stage)
{
    (void)stage;
    return "map";
}

/* Plays the envelopes, too: the document is the bytes again, in a place of its own. */
struct envelope *envelope_create(enum convert_format format)
{
    (void)format;
    return check_memory(calloc(1, 1));
}

void envelope_destroy(struct envelope *envelope)
{
    free(envelope);
}

bool envelope_put(struct envelope *envelope, struct slice bytes, struct buffer *to)
{
    (void)envelope;
    buffer_add_slice(to, bytes);
    return bytes.at != NULL;
}

uint32_t sim_bytes_check(const struct sim_bytes *bytes)
{
    return (bytes->partition + 1) * 2654435761u ^ (bytes->index + 1) * 2246822519u ^
           (bytes->epoch + 1) * 3266489917u;
}
