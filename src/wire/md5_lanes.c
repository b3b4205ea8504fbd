/* md5_lanes: which bodies are side by side, and for how many blocks. A lane is a body on its way: its whole
 * blocks where they are, then its end with the padding in a place of its own. A lane that is done takes the
 * next body. */
#include "wire/md5_lanes.h"

#include "wire/bytes.h"
#include "wire/md5_blocks.h"

/* With fewer lanes than this two by two is as fast: the eight cost the same however many of them are in use.
 */
enum { EIGHT_LEAST = 3 };

struct lane {
    const char *at;
    size_t blocks; /* left at `at` */
    bool at_end;   /* `at` is `end` */
    size_t body;
    size_t end_blocks;
    uint32_t state[MD5_WORDS];
    char end[2 * MD5_BLOCK];
};

struct lanes {
    struct lane store[MD5_LANES];
    struct lane *lane[MD5_LANES]; /* the first `used` are on their way */
    size_t used;
    const struct slice *bodies;
    size_t next;
    size_t count;
    uint8_t (*md5)[MD5_BYTES];
};

/* What is left behind the whole blocks, 0x80, zeros, the length in bits. */
static void write_end(struct lane *lane, struct slice body)
{
    size_t left = body.len % MD5_BLOCK;
    lane->end_blocks = left + 9 <= MD5_BLOCK ? 1 : 2;
    size_t bytes = lane->end_blocks * MD5_BLOCK;
    if (left > 0)
        memcpy(lane->end, body.at + body.len - left, left);
    memset(lane->end + left, 0, bytes - left);
    lane->end[left] = (char)0x80;
    bytes_put_u64(lane->end + bytes - 8, (uint64_t)body.len * 8);
}

static void go_to_end(struct lane *lane)
{
    lane->at_end = true;
    lane->at = lane->end;
    lane->blocks = lane->end_blocks;
}

static void open_lane(struct lane *lane, size_t index, struct slice body)
{
    static const uint32_t first[MD5_WORDS] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    lane->at = body.at;
    lane->blocks = body.len / MD5_BLOCK;
    lane->at_end = false;
    lane->body = index;
    memcpy(lane->state, first, sizeof(first));
    write_end(lane, body);
    if (lane->blocks == 0)
        go_to_end(lane);
}

static void fill(struct lanes *lanes)
{
    for (; lanes->used < MD5_LANES && lanes->next < lanes->count; lanes->next++)
        open_lane(lanes->lane[lanes->used++], lanes->next, lanes->bodies[lanes->next]);
}

static void write_digest(struct lanes *lanes, const struct lane *lane)
{
    char *to = (char *)lanes->md5[lane->body];
    for (int i = 0; i < MD5_WORDS; i++)
        to = bytes_put_u32(to, lane->state[i]);
}

static void close_lane(struct lanes *lanes, size_t i)
{
    struct lane *done = lanes->lane[i];
    write_digest(lanes, done);
    lanes->used--;
    lanes->lane[i] = lanes->lane[lanes->used];
    lanes->lane[lanes->used] = done;
}

/* The first `width` lanes have gone on by `blocks`. Backwards: what comes from behind into an empty place has
 * been seen. */
static void advance(struct lanes *lanes, size_t width, size_t blocks)
{
    for (size_t i = width; i-- > 0;) {
        struct lane *lane = lanes->lane[i];
        lane->at += blocks * MD5_BLOCK;
        lane->blocks -= blocks;
        if (lane->blocks > 0)
            continue;
        if (lane->at_end)
            close_lane(lanes, i);
        else
            go_to_end(lane);
    }
}

static size_t fewest_blocks(const struct lanes *lanes, size_t width)
{
    size_t fewest = lanes->lane[0]->blocks;
    for (size_t i = 1; i < width; i++)
        fewest = lanes->lane[i]->blocks < fewest ? lanes->lane[i]->blocks : fewest;
    return fewest;
}

/* Lanes without a body read along with the first one, for nothing. */
static void run_eight(struct lanes *lanes, size_t blocks)
{
    uint32_t nothing[MD5_WORDS] = {0};
    uint32_t *states[MD5_LANES];
    const char *at[MD5_LANES];
    for (size_t i = 0; i < MD5_LANES; i++) {
        states[i] = i < lanes->used ? lanes->lane[i]->state : nothing;
        at[i] = lanes->lane[i < lanes->used ? i : 0]->at;
    }
    md5_blocks_eight(states, at, blocks);
}

static void run_two(struct lanes *lanes, size_t blocks)
{
    uint32_t *states[2] = {lanes->lane[0]->state, lanes->lane[1]->state};
    const char *at[2] = {lanes->lane[0]->at, lanes->lane[1]->at};
    md5_blocks_two(states, at, blocks);
}

/* One stretch, to the end of the shortest lane that takes part. */
static void run(struct lanes *lanes, enum md5_way way)
{
    size_t width = way == MD5_WAY_ONE || lanes->used == 1 ? 1 : 2;
    if (way == MD5_WAY_EIGHT && lanes->used >= EIGHT_LEAST)
        width = lanes->used;
    size_t blocks = fewest_blocks(lanes, width);
    if (width > 2)
        run_eight(lanes, blocks);
    else if (width == 2)
        run_two(lanes, blocks);
    else
        md5_blocks_one(lanes->lane[0]->state, lanes->lane[0]->at, blocks);
    advance(lanes, width, blocks);
}

enum md5_way md5_lanes_best(void)
{
    return md5_blocks_has_eight() ? MD5_WAY_EIGHT : MD5_WAY_TWO;
}

void md5_lanes_by(enum md5_way way, const struct slice *bodies, size_t count, uint8_t (*md5)[MD5_BYTES])
{
    struct lanes lanes = {.bodies = bodies, .count = count, .md5 = md5};
    for (size_t i = 0; i < MD5_LANES; i++)
        lanes.lane[i] = &lanes.store[i];
    fill(&lanes);
    while (lanes.used > 0) {
        run(&lanes, way);
        fill(&lanes);
    }
}

void md5_lanes(const struct slice *bodies, size_t count, uint8_t (*md5)[MD5_BYTES])
{
    md5_lanes_by(md5_lanes_best(), bodies, count, md5);
}
