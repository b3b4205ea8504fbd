/* md5_lanes: every way, every length around the edges of blocks, every count, against OpenSSL. */
#include "support/cmocka_all.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/chance.h"
#include "wire/md5_lanes.h"

enum { BODIES_MOST = 40, BODY_MOST = 4000 };

static const enum md5_way ways[] = {MD5_WAY_ONE, MD5_WAY_TWO, MD5_WAY_EIGHT};
static size_t way_count; /* the ways that this machine has */

static int start(void **state)
{
    (void)state;
    way_count = md5_lanes_best() == MD5_WAY_EIGHT ? 3 : 2;
    return 0;
}

static void assert_as_openssl(const struct slice *bodies, size_t count, uint8_t (*md5)[MD5_BYTES])
{
    for (size_t i = 0; i < count; i++) {
        unsigned char expected[EVP_MAX_MD_SIZE];
        assert_int_equal(EVP_Digest(bodies[i].at, bodies[i].len, expected, NULL, EVP_md5(), NULL), 1);
        assert_memory_equal(md5[i], expected, MD5_BYTES);
    }
}

static void check_all_ways(const struct slice *bodies, size_t count)
{
    for (size_t way = 0; way < way_count; way++) {
        uint8_t md5[BODIES_MOST + 1][MD5_BYTES];
        memset(md5, 0x5a, sizeof(md5));
        md5_lanes_by(ways[way], bodies, count, md5);
        assert_as_openssl(bodies, count, md5);
        for (size_t i = 0; i < MD5_BYTES; i++)
            assert_int_equal(md5[count][i], 0x5a);
    }
}

/* Each in memory of exactly its size, so that a sanitizer sees a read outside. */
static struct slice random_body(struct chance *chance, size_t len)
{
    char *at = malloc(len + 1);
    assert_non_null(at);
    for (size_t i = 0; i < len + 1; i++)
        at[i] = (char)chance_next(chance);
    return slice_of(at + 1, len);
}

static void free_bodies(struct slice *bodies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *at;
        memcpy(&at, &bodies[i].at, sizeof(at));
        free(at - 1);
    }
}

static void test_known_digests(void **state)
{
    (void)state;
    const struct slice bodies[] = {SLICE(""), SLICE("abc")};
    uint8_t md5[2][MD5_BYTES];
    md5_lanes(bodies, 2, md5);
    assert_memory_equal(md5[0], "\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e", 16);
    assert_memory_equal(md5[1], "\x90\x01\x50\x98\x3c\xd2\x4f\xb0\xd6\x96\x3f\x7d\x28\xe1\x7f\x72", 16);
}

static void test_every_length_around_the_blocks(void **state)
{
    (void)state;
    struct chance chance;
    chance_init(&chance, 5);
    for (size_t len = 0; len < 260; len++) {
        struct slice bodies[MD5_LANES];
        for (size_t i = 0; i < MD5_LANES; i++)
            bodies[i] = random_body(&chance, len + i);
        check_all_ways(bodies, MD5_LANES);
        free_bodies(bodies, MD5_LANES);
    }
}

static void test_every_count_and_lengths_by_chance(void **state)
{
    (void)state;
    struct chance chance;
    chance_init(&chance, 6);
    for (size_t count = 0; count <= BODIES_MOST; count++) {
        struct slice bodies[BODIES_MOST];
        for (size_t i = 0; i < count; i++)
            bodies[i] =
                random_body(&chance, chance_below(&chance, chance_below(&chance, 2) ? BODY_MOST : 70));
        check_all_ways(bodies, count);
        free_bodies(bodies, count);
    }
}

static void test_bodies_of_one_length(void **state)
{
    (void)state;
    struct chance chance;
    chance_init(&chance, 7);
    for (size_t count = 1; count <= 17; count++) {
        struct slice bodies[17];
        for (size_t i = 0; i < count; i++)
            bodies[i] = random_body(&chance, 1000);
        check_all_ways(bodies, count);
        free_bodies(bodies, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_digests),
        cmocka_unit_test(test_every_length_around_the_blocks),
        cmocka_unit_test(test_every_count_and_lengths_by_chance),
        cmocka_unit_test(test_bodies_of_one_length),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
