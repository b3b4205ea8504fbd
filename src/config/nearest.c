/* nearest: edit distance with swaps of neighbours, letters compared without case. */
#include "config/nearest.h"

#include <ctype.h>
#include <limits.h>

enum { NEAREST_LONGEST = 128 };

static bool nearest_same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned nearest_least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Three rows of the usual table: two back, one back, this one. */
static unsigned nearest_cell(struct slice a, struct slice b, size_t i, size_t j,
                             unsigned rows[3][NEAREST_LONGEST + 1])
{
    unsigned *before = rows[(i + 1) % 3];
    unsigned *above = rows[(i + 2) % 3];
    unsigned *row = rows[i % 3];
    bool same = nearest_same(a.at[i - 1], b.at[j - 1]);
    unsigned best = nearest_least(above[j - 1] + !same, nearest_least(above[j], row[j - 1]) + 1);
    bool swapped =
        i > 1 && j > 1 && nearest_same(a.at[i - 1], b.at[j - 2]) && nearest_same(a.at[i - 2], b.at[j - 1]);
    return swapped ? nearest_least(best, before[j - 2] + 1) : best;
}

unsigned config_distance(struct slice a, struct slice b)
{
    unsigned rows[3][NEAREST_LONGEST + 1];
    if (a.len > NEAREST_LONGEST || b.len > NEAREST_LONGEST)
        return UINT_MAX;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        rows[i % 3][0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++)
            rows[i % 3][j] = nearest_cell(a, b, i, j, rows);
    }
    return rows[a.len % 3][b.len];
}

struct config_nearest config_nearest_begin(const char *wanted)
{
    return (struct config_nearest){slice_text(wanted), NULL, UINT_MAX};
}

static struct slice nearest_leaf(struct slice path)
{
    size_t at = path.len;
    while (at > 0 && path.at[at - 1] != '.')
        at--;
    return slice_of(path.at + at, path.len - at);
}

/* Names whose lengths differ by more than `allowed` are further apart than that: no need to count. */
static unsigned nearest_within(struct slice a, struct slice b, unsigned allowed)
{
    size_t gap = a.len > b.len ? a.len - b.len : b.len - a.len;
    return gap > allowed ? UINT_MAX : config_distance(a, b);
}

/* Near: a third of the letters wrong at most, two always. The same last word in another section is near too.
 */
void config_nearest_try(struct config_nearest *nearest, const char *name)
{
    struct slice known = slice_text(name);
    unsigned allowed = nearest->wanted.len < 6 ? 2 : (unsigned)nearest->wanted.len / 3;
    unsigned distance = nearest_within(nearest->wanted, known, allowed);
    if (distance > allowed && slice_equal(nearest_leaf(nearest->wanted), nearest_leaf(known)))
        distance = allowed;
    if (distance > allowed || distance >= nearest->distance || distance >= known.len)
        return;
    nearest->distance = distance;
    nearest->name = name;
}
