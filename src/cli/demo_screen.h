/* demo_screen: what a person sees of the demo: on a terminal a table of the latest rows that is drawn again
 * and again, with one line of figures; in a pipe a few rows as JSON lines and a line of figures a second. */
#ifndef CLI_DEMO_SCREEN_H
#define CLI_DEMO_SCREEN_H

#include "demo/stage.h"

struct change;
struct demo_screen; /* opaque */

struct demo_screen *demo_screen_create(struct clock *clock, bool timeseries);
void demo_screen_destroy(struct demo_screen *screen);

/* A row was written. Cheap: most rows are never shown. */
void demo_screen_row(struct demo_screen *screen, const struct change *change);

/* To be called ten times a second or so; and a last time, with `last`. */
void demo_screen_draw(struct demo_screen *screen, const struct demo_stage_state *state, bool last);

#endif
