/* stopwatch: what one of something costs, in thread CPU time: the best of REPEATS runs, since others on the
 * machine only add. */
#ifndef BENCH_STOPWATCH_H
#define BENCH_STOPWATCH_H

#include <stddef.h>
#include <stdint.h>

/* Does it so many times. */
typedef void stopwatch_work_fn(void *arg, uint64_t times);

/* CPU time of this thread so far. */
uint64_t stopwatch_ns(void);

/* ns of one */
double stopwatch_measure(stopwatch_work_fn *work, void *arg, uint64_t times);

/* A line; `bytes` of one, for a rate as well; 0: none. */
void stopwatch_report(const char *name, double ns, size_t bytes);

#endif
