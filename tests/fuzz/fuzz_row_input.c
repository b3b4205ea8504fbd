/* fuzz_row_input: any bytes are read as the lines that they have, in whatever pieces they come: the first
 * byte says how long a piece is, the second how long a line may be. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "cli/row_input.h"
#include "loop/loop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PACKETS_MOST = 64 };

struct reading {
    struct loop *loop;
    struct row_input *input;
    struct slice rest; /* of what was written, not yet told */
    size_t line_most;
    uint64_t lines;
    bool ended;
};

/* The line as a plain reader has it. */
static struct slice wanted_line(struct reading *reading)
{
    const char *end = memchr(reading->rest.at, '\n', reading->rest.len);
    size_t len = end == NULL ? reading->rest.len : (size_t)(end - reading->rest.at);
    struct slice line = slice_of(reading->rest.at, len);
    size_t taken = len + (end != NULL);
    reading->rest = slice_of(reading->rest.at + taken, reading->rest.len - taken);
    return line;
}

static void on_line(void *arg, struct slice line, uint64_t number)
{
    struct reading *reading = arg;
    CHECK(reading->rest.len > 0 && number == ++reading->lines);
    struct slice wanted = wanted_line(reading);
    if (line.at == NULL) {
        CHECK(wanted.len > reading->line_most || wanted.len == 0);
        return;
    }
    if (wanted.len > 0 && wanted.at[wanted.len - 1] == '\r')
        wanted.len--;
    CHECK(slice_equal(line, wanted));
}

static void on_piece(void *arg)
{
    struct reading *reading = arg;
    row_input_next(reading->input);
}

static void on_end(void *arg, const struct error *err)
{
    struct reading *reading = arg;
    CHECK(err == NULL && reading->rest.len == 0);
    reading->ended = true;
    loop_stop(reading->loop);
}

/* A packet is what one read() gets. */
static void send_packets(int fd, struct slice bytes, size_t packet)
{
    if (packet < bytes.len / PACKETS_MOST + 1)
        packet = bytes.len / PACKETS_MOST + 1;
    for (size_t at = 0; at < bytes.len; at += packet) {
        size_t len = bytes.len - at < packet ? bytes.len - at : packet;
        CHECK(send(fd, bytes.at + at, len, MSG_DONTWAIT) == (ssize_t)len);
    }
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct loop *loop;
    int ends[2];
    if (size < 2)
        return 0;
    if (loop == NULL)
        loop = loop_create();
    struct reading reading = {.loop = loop, .rest = slice_of(data + 2, size - 2), .line_most = data[1]};
    struct row_input_events events = {&reading, on_line, on_piece, on_end};
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    send_packets(ends[1], reading.rest, data[0] + (size_t)1);
    reading.input = row_input_create(loop, ends[0], reading.line_most, &events);
    row_input_next(reading.input);
    loop_run(loop);
    CHECK(reading.ended);
    row_input_destroy(reading.input);
    close(ends[0]);
    return 0;
}
