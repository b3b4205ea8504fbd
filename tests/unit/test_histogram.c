/* test_histogram: quantiles against the sorted values themselves. */
#include "base/histogram.h"

#include <math.h>
#include <stdlib.h>

#include "base/chance.h"
#include "support/cmocka_all.h"

enum { VALUES = 20000 };

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void check_quantile(const struct histogram *histogram, const uint64_t *sorted, double part)
{
    uint64_t index = (uint64_t)ceil(part * VALUES);
    uint64_t exact = sorted[index == 0 ? 0 : index - 1];
    uint64_t found = histogram_quantile(histogram, part);
    assert_true(found >= exact);
    assert_true((double)found <= (double)exact * 1.0625 + 1);
}

static void quantiles_are_those_of_the_values_to_a_sixteenth(void **state)
{
    static struct histogram histogram;
    static uint64_t values[VALUES];
    struct chance chance;
    (void)state;
    chance_init(&chance, 7);
    for (int i = 0; i < VALUES; i++) {
        values[i] = chance_next(&chance) >> chance_below(&chance, 64);
        histogram_add(&histogram, values[i]);
    }
    qsort(values, VALUES, sizeof(values[0]), compare);
    for (double part = 0.01; part < 1; part += 0.01)
        check_quantile(&histogram, values, part);
    assert_true(histogram_quantile(&histogram, 1) == values[VALUES - 1]);
}

static void the_ends_of_the_range_have_a_place(void **state)
{
    static struct histogram histogram;
    (void)state;
    assert_true(histogram_quantile(&histogram, 0.5) == 0);
    histogram_add(&histogram, 0);
    assert_true(histogram_quantile(&histogram, 0.5) == 0);
    histogram_add(&histogram, UINT64_MAX);
    assert_true(histogram_quantile(&histogram, 1) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(quantiles_are_those_of_the_values_to_a_sixteenth),
                                       cmocka_unit_test(the_ends_of_the_range_have_a_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
