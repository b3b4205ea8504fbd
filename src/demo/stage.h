/* stage: the whole play in one process: the demo's broker and plant, the real pipeline, the emulator. Records
 * are fed once the pipeline has its partitions, at a rate, or as fast as rows are acknowledged. */
#ifndef DEMO_STAGE_H
#define DEMO_STAGE_H

#include "base/histogram.h"
#include "channel/kafka_to_table.h"

struct change;
struct demo_stage; /* opaque */

struct demo_stage_options {
    uint64_t records; /* 0: until it is stopped */
    uint64_t rate;    /* records a second; 0: as fast as they are written */
    bool timeseries;  /* into a time-series table */
    void *arg;
    /* Each row as it is written into the table. Lent. */
    void (*on_row)(void *arg, const struct change *change);
    /* Once: all is written and committed, or it was stopped, or it failed. Broker and emulator stay up. */
    void (*on_done)(void *arg);
};

/* The options are copied. */
struct demo_stage *demo_stage_create(struct loop *loop, const struct demo_stage_options *options,
                                     struct error *err);
void demo_stage_stop(struct demo_stage *stage);    /* an orderly stop: on_done follows */
void demo_stage_destroy(struct demo_stage *stage); /* after on_done, before loop_destroy() */

struct demo_stage_state {
    struct channel_state pipe;
    uint64_t produced;               /* records sent to the broker */
    uint64_t written;                /* rows in the table */
    int64_t ran_ms;                  /* from the first record to now, or to the last acknowledgement */
    const struct histogram *latency; /* microseconds from produced to acknowledged, seen every millisecond */
};
void demo_stage_read_state(const struct demo_stage *stage, struct demo_stage_state *state);

/* For a person: where things are, and the configuration of the pipeline, a file that `otspipe run` accepts.
 */
const char *demo_stage_broker(const struct demo_stage *stage);   /* host:port */
const char *demo_stage_endpoint(const struct demo_stage *stage); /* http://host:port */
struct slice demo_stage_config(const struct demo_stage *stage);

#endif
