/* coordinates: topic_partition and offset, as the manual has it; and the four columns of the Java code's mode
 * "search", of which the first one spreads the rows over the table. */
#include "mapping/coordinates.h"

#include "base/arena.h"
#include "base/check.h"
#include "mapping/java_number.h"
#include "wire/md5_lanes.h"

enum { COORDINATES_MD5_DIGITS = 5 };

void coordinates_plan(struct mapping_plan *plan)
{
    static const struct mapping_column kafka[] = {{{"topic_partition", 15}, CELL_STRING},
                                                  {{"offset", 6}, CELL_INTEGER}};
    static const struct mapping_column search[] = {{{"md5", 3}, CELL_STRING},
                                                   {{"topic", 5}, CELL_STRING},
                                                   {{"partition", 9}, CELL_INTEGER},
                                                   {{"offset", 6}, CELL_INTEGER}};
    if (plan->key_mode == KEY_MODE_KAFKA) {
        memcpy(plan->keys, kafka, sizeof(kafka));
        plan->key_count = 2;
    } else if (plan->key_mode == KEY_MODE_SEARCH) {
        memcpy(plan->keys, search, sizeof(search));
        plan->key_count = 4;
    }
}

/* <topic>_<partition>, with room for more numbers behind it. */
static char *coordinates_begin(const struct message *message, struct arena *arena, size_t *len)
{
    char *to = arena_take(arena, message->topic.len + (size_t)2 * JAVA_NUMBER_BYTES + 2);
    memcpy(to, message->topic.at, message->topic.len);
    *len = message->topic.len;
    to[(*len)++] = '_';
    *len += java_number_int64(message->partition, to + *len);
    return to;
}

static struct cell coordinates_text(struct slice name, struct slice text)
{
    return (struct cell){.name = name, .type = CELL_STRING, .bytes = text};
}

static struct cell coordinates_number(struct slice name, int64_t number)
{
    return (struct cell){.name = name, .type = CELL_INTEGER, .integer = number};
}

void coordinates_of_kafka(const struct mapping_plan *plan, const struct message *message, struct arena *arena,
                          struct cell *keys)
{
    size_t len;
    CHECK(plan->key_count == 2);
    char *text = coordinates_begin(message, arena, &len);
    keys[0] = coordinates_text(plan->keys[0].name, slice_of(text, len));
    keys[1] = coordinates_number(plan->keys[1].name, message->offset);
}

/* The first hexadecimal digits of the MD5 of <topic>_<partition>_<offset>. */
static struct slice coordinates_md5(const struct message *message, struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t md5[MD5_BYTES];
    size_t len;
    char *text = coordinates_begin(message, arena, &len);
    text[len++] = '_';
    len += java_number_int64(message->offset, text + len);
    struct slice whole = slice_of(text, len);
    md5_lanes(&whole, 1, &md5);
    char *to = arena_take(arena, COORDINATES_MD5_DIGITS);
    for (size_t i = 0; i < COORDINATES_MD5_DIGITS; i++)
        to[i] = digits[i % 2 == 0 ? md5[i / 2] >> 4 : md5[i / 2] & 15];
    return slice_of(to, COORDINATES_MD5_DIGITS);
}

void coordinates_of_search(const struct mapping_plan *plan, const struct message *message,
                           struct arena *arena, struct cell *keys)
{
    CHECK(plan->key_count == 4);
    keys[0] = coordinates_text(plan->keys[0].name, coordinates_md5(message, arena));
    keys[1] = coordinates_text(plan->keys[1].name, message->topic);
    keys[2] = coordinates_number(plan->keys[2].name, message->partition);
    keys[3] = coordinates_number(plan->keys[3].name, message->offset);
}
