/* stopwatch: a quarter of a run warms up. */
#include "stopwatch.h"

#include <stdio.h>
#include <time.h>

enum { REPEATS = 11 };

uint64_t stopwatch_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

double stopwatch_measure(stopwatch_work_fn *work, void *arg, uint64_t times)
{
    double best = 0;
    work(arg, times / 4 + 1);
    for (int i = 0; i < REPEATS; i++) {
        uint64_t begin = stopwatch_ns();
        work(arg, times);
        double ns = (double)(stopwatch_ns() - begin) / (double)times;
        best = i == 0 || ns < best ? ns : best;
    }
    return best;
}

void stopwatch_report(const char *name, double ns, size_t bytes)
{
    printf("%-50s %9.1f ns", name, ns);
    if (bytes > 0)
        printf("  %6zu B  %7.0f MB/s", bytes, (double)bytes * 1000 / ns);
    printf("\n");
}
