/* log: several threads write while another changes where and what: libraries log on threads of their own. */
#include "support/cmocka_all.h"

#include <pthread.h>
#include <string.h>

#include "base/log.h"

enum { THREADS = 4, LINES = 2000 };

struct heard {
    unsigned lines;
    unsigned broken;
};

static void hear(void *arg, enum log_level level, struct slice line)
{
    struct heard *heard = arg;
    bool whole = line.len > 6 && memcmp(line.at, "begin ", 6) == 0 && line.at[line.len - 1] == '.';
    heard->lines++;
    heard->broken += level != LOG_WARN || !whole;
}

static void *write_lines(void *arg)
{
    for (int i = 0; i < LINES; i++)
        log_warn("begin %d of %s.", i, (const char *)arg);
    return NULL;
}

static void test_lines_of_several_threads_stay_whole_and_none_is_lost(void **state)
{
    (void)state;
    static const char *const names[THREADS] = {"first", "second", "third", "fourth"};
    pthread_t threads[THREADS];
    struct heard heard[2] = {{0}};
    log_set_output(hear, &heard[0]);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, (void *)(uintptr_t)names[i]), 0);
    for (int i = 0; i < LINES; i++) {
        log_set_level(i % 2 == 0 ? LOG_INFO : LOG_WARN);
        log_set_output(hear, &heard[i % 2]);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    log_set_output(NULL, NULL);
    log_set_level(LOG_INFO);
    assert_int_equal(heard[0].lines + heard[1].lines, THREADS * LINES);
    assert_int_equal(heard[0].broken + heard[1].broken, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_of_several_threads_stay_whole_and_none_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
