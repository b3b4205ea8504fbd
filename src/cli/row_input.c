/* row_input: the worker waits in poll() for the input or for the word that nobody wants it any more. */
#include "cli/row_input.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "loop/work.h"

enum { PIECE_BYTES = 256 * 1024, LINE_KEEP = 1 << 20 };

struct row_input {
    struct loop_work *work;
    struct row_input_events events;
    int fd;
    int stop_fd;        /* readable: the worker returns */
    struct buffer line; /* what of a line has come so far */
    bool too_long;      /* the rest of it is passed over */
    uint64_t number;    /* lines so far */
    ssize_t read_bytes; /* by the worker; -1: read_error */
    int read_error;
    char piece[PIECE_BYTES];
};

static void input_on_worker(void *arg)
{
    struct row_input *input = arg;
    struct pollfd wanted[2] = {{.fd = input->fd, .events = POLLIN}, {.fd = input->stop_fd, .events = POLLIN}};
    do {
        input->read_bytes = poll(wanted, 2, -1);
        if (input->read_bytes > 0 && wanted[1].revents != 0)
            input->read_bytes = 0;
        else if (input->read_bytes > 0)
            input->read_bytes = read(input->fd, input->piece, sizeof(input->piece));
        input->read_error = errno;
    } while (input->read_bytes < 0 && (input->read_error == EINTR || input->read_error == EAGAIN));
}

static void input_tell(struct row_input *input, struct slice line)
{
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    input->number++;
    input->events.on_line(input->events.arg, input->too_long ? slice_of(NULL, 0) : line, input->number);
    input->too_long = false;
    buffer_reset(&input->line, LINE_KEEP);
}

static void input_keep(struct row_input *input, struct slice part)
{
    if (!input->too_long && buffer_add_slice(&input->line, part) != 0)
        input->too_long = true;
}

/* A line that lies whole in the piece is not copied. */
static void input_split(struct row_input *input, struct slice piece)
{
    while (piece.len > 0) {
        const char *end = memchr(piece.at, '\n', piece.len);
        struct slice line = slice_of(piece.at, end == NULL ? piece.len : (size_t)(end - piece.at));
        bool alone = end != NULL && input->line.len == 0 && !input->too_long;
        if (!alone)
            input_keep(input, line);
        if (alone)
            input_tell(input, line);
        else if (end != NULL)
            input_tell(input, buffer_slice(&input->line));
        size_t taken = line.len + (end != NULL);
        piece = slice_of(piece.at + taken, piece.len - taken);
    }
}

static void input_on_read(void *arg)
{
    struct row_input *input = arg;
    struct error err;
    if (input->read_bytes > 0) {
        input_split(input, slice_of(input->piece, (size_t)input->read_bytes));
        input->events.on_piece(input->events.arg);
        return;
    }
    if (input->read_bytes < 0) {
        error_set(&err, ERROR_FATAL, "read: %s", strerror(input->read_error));
        input->events.on_end(input->events.arg, &err);
        return;
    }
    if (input->line.len > 0 || input->too_long)
        input_tell(input, buffer_slice(&input->line));
    input->events.on_end(input->events.arg, NULL);
}

struct row_input *row_input_create(struct loop *loop, int fd, size_t line_most,
                                   const struct row_input_events *events)
{
    struct row_input *input = check_memory(calloc(1, sizeof(*input)));
    input->events = *events;
    input->fd = fd;
    input->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(input->stop_fd >= 0);
    buffer_init(&input->line, line_most);
    input->work = loop_work_create(loop, input_on_worker, input_on_read, input);
    return input;
}

void row_input_destroy(struct row_input *input)
{
    if (input == NULL)
        return;
    CHECK(eventfd_write(input->stop_fd, 1) == 0);
    loop_work_destroy(input->work);
    close(input->stop_fd);
    buffer_fini(&input->line);
    free(input);
}

void row_input_next(struct row_input *input)
{
    loop_work_start(input->work);
}
