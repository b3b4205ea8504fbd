/* parallel: test cases that mostly wait (librdkafka's mock holds every first join back for three seconds),
 * each in a process of its own, all at the same time. */
#ifndef SUPPORT_PARALLEL_H
#define SUPPORT_PARALLEL_H

#include "support/cmocka_all.h"

/* Set-up and tear-down run in each process. Answers how many failed; their output comes one after the other.
 */
int parallel_run(const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup,
                 CMFixtureFunction teardown);

#endif
