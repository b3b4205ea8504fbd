/* demo_screen: at most a dozen rows between two drawings are looked at, so that showing costs the same at a
 * hundred rows a second and at a hundred thousand. */
#include "cli/demo_screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/check.h"
#include "cli/screen.h"
#include "emulator/change.h"
#include "record/series.h"
#include "wire/row_line.h"

enum { SCREEN_ROWS = 12, SCREEN_LINE_MOST = 256, SCREEN_ROW_MOST = 64 * 1024, SCREEN_PIPE_ROWS = 3 };

struct demo_screen {
    struct clock *clock;
    bool timeseries;
    bool terminal;
    bool colour;
    char lines[SCREEN_ROWS][SCREEN_LINE_MOST]; /* the latest rows, a ring */
    uint64_t line_count;                       /* ever */
    char said[SCREEN_LINE_MOST];               /* in a pipe: the last line of figures */
    int fresh;                                 /* since the last drawing */
    int drawn;                                 /* lines on the terminal, to be drawn over */
    int64_t looked_ms;
    uint64_t looked_rows;
    double rate; /* rows a second, of the last second */
};

struct demo_screen *demo_screen_create(struct clock *clock, bool timeseries)
{
    struct demo_screen *screen = check_memory(calloc(1, sizeof(*screen)));
    screen_init();
    screen->clock = clock;
    screen->timeseries = timeseries;
    screen->terminal = screen_is_terminal();
    screen->colour = screen_has_colour(STDOUT_FILENO);
    screen->looked_ms = clock->now_ms;
    return screen;
}

void demo_screen_destroy(struct demo_screen *screen)
{
    free(screen);
}

/* ---- rows ---- */

static const struct cell *screen_cell(const struct row *row, const char *name)
{
    for (uint32_t i = 0; i < row->key_count; i++)
        if (slice_equal(row->keys[i].name, slice_text(name)))
            return &row->keys[i];
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (slice_equal(row->cells[i].name, slice_text(name)))
            return &row->cells[i];
    return NULL;
}

static void screen_print_cell(const struct cell *cell, char *to, size_t size)
{
    if (cell == NULL)
        snprintf(to, size, "-");
    else if (cell->type == CELL_INTEGER)
        snprintf(to, size, "%lld", (long long)cell->integer);
    else if (cell->type == CELL_DOUBLE)
        snprintf(to, size, "%.2f", cell->number);
    else if (cell->type == CELL_BOOLEAN)
        snprintf(to, size, "%s", cell->boolean ? "yes" : "no");
    else
        snprintf(to, size, "%.*s", SLICE_ARG(cell->bytes));
}

static const struct {
    const char *name;
    int width; /* negative: to the left */
} columns[] = {{"sensor", -11}, {"report", 9},  {"site", -6},  {"temperature", 12},
               {"pressure", 9}, {"running", 8}, {"state", -14}};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* A time series has the sensor as its data source. */
static const struct cell *screen_column(const struct demo_screen *screen, const struct row *row,
                                        size_t column)
{
    if (screen->timeseries && column == 0)
        return &row->keys[SERIES_SOURCE];
    return screen_cell(row, columns[column].name);
}

static void screen_format_row(const struct demo_screen *screen, const struct row *row,
                              char line[SCREEN_LINE_MOST])
{
    size_t len = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        char text[32];
        screen_print_cell(screen_column(screen, row, i), text, sizeof(text));
        len += (size_t)snprintf(line + len, SCREEN_LINE_MOST - len, "  %*s", columns[i].width, text);
    }
}

static void screen_print_line(const struct demo_screen *screen, const struct change *change)
{
    struct buffer line;
    buffer_init(&line, SCREEN_ROW_MOST);
    if (screen->timeseries)
        row_line_put_series(&line, change->table, &change->row);
    else
        row_line_put(&line, change->table, &change->row);
    printf("{%.*s}\n", SLICE_ARG(buffer_slice(&line)));
    buffer_fini(&line);
}

void demo_screen_row(struct demo_screen *screen, const struct change *change)
{
    if (screen->fresh == (screen->terminal ? SCREEN_ROWS : SCREEN_PIPE_ROWS))
        return;
    screen->fresh++;
    if (screen->terminal)
        screen_format_row(screen, &change->row, screen->lines[screen->line_count++ % SCREEN_ROWS]);
    else
        screen_print_line(screen, change);
}

/* ---- figures ---- */

static void screen_look(struct demo_screen *screen, const struct demo_stage_state *state)
{
    int64_t passed_ms = screen->clock->now_ms - screen->looked_ms;
    if (passed_ms < 1000)
        return;
    screen->rate = (double)(state->pipe.rows - screen->looked_rows) * 1000.0 / (double)passed_ms;
    screen->looked_ms = screen->clock->now_ms;
    screen->looked_rows = state->pipe.rows;
}

static void screen_figures(const struct demo_screen *screen, const struct demo_stage_state *state, char *to,
                           size_t size)
{
    const struct channel_state *pipe = &state->pipe;
    if (pipe->trouble[0] != 0)
        snprintf(to, size, "waits for %.200s", pipe->trouble);
    else if (!pipe->assigned && pipe->rows == 0)
        snprintf(to, size, "joining the consumer group: the demo's broker takes 3 s for that ...");
    else
        snprintf(to, size, "%llu rows  %.0f rows/s  lag %llu  p50 %.1f ms  p99 %.1f ms",
                 (unsigned long long)pipe->rows, screen->rate,
                 (unsigned long long)(state->produced > pipe->rows ? state->produced - pipe->rows : 0),
                 (double)histogram_quantile(state->latency, 0.5) / 1000,
                 (double)histogram_quantile(state->latency, 0.99) / 1000);
}

static void screen_terminal_line(struct demo_screen *screen, const char *before, const char *text)
{
    int width = (int)screen_width(STDOUT_FILENO) - 1;
    printf("\033[K%s%.*s%s\n", screen->colour ? before : "", width, text, screen->colour ? "\033[0m" : "");
    screen->drawn++;
}

static void screen_draw_terminal(struct demo_screen *screen, const struct demo_stage_state *state)
{
    char text[SCREEN_LINE_MOST];
    size_t len = 0;
    if (screen->drawn > 0)
        printf("\033[%dA", screen->drawn);
    screen->drawn = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "  %*s", columns[i].width, columns[i].name);
    screen_terminal_line(screen, "\033[1m", text);
    for (uint64_t i = 0; i < SCREEN_ROWS; i++)
        screen_terminal_line(screen, "", screen->lines[(screen->line_count + i) % SCREEN_ROWS]);
    screen_terminal_line(screen, "", "");
    screen_figures(screen, state, text, sizeof(text));
    screen_terminal_line(screen, "\033[36m", text);
    screen->fresh = 0;
}

static void screen_draw_pipe(struct demo_screen *screen, const struct demo_stage_state *state)
{
    char text[SCREEN_LINE_MOST];
    screen->fresh = 0;
    screen_figures(screen, state, text, sizeof(text));
    if (strcmp(text, screen->said) == 0)
        return;
    memcpy(screen->said, text, sizeof(text));
    printf("%s\n", text);
}

void demo_screen_draw(struct demo_screen *screen, const struct demo_stage_state *state, bool last)
{
    int64_t before_ms = screen->looked_ms;
    screen_look(screen, state);
    if (screen->terminal)
        screen_draw_terminal(screen, state);
    else if (screen->looked_ms != before_ms && !last)
        screen_draw_pipe(screen, state);
    fflush(stdout);
}
