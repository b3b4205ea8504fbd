/* certificate: made once, found again, made anew when it will not do; its key is its owner's alone, and its
 * authority vouches for it. */
#include "support/cmocka_all.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "emulator/certificate.h"
#include "emulator/certificate_folder.h"

struct place {
    char root[32];
    char folder[64]; /* not there yet */
    struct certificate certificate;
    struct error err;
    int warnings;
};

static void on_line(void *arg, enum log_level level, struct slice line)
{
    struct place *place = arg;
    (void)line;
    place->warnings += level == LOG_WARN;
}

static int build(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    snprintf(place->root, sizeof(place->root), "certificate.XXXXXX");
    assert_non_null(mkdtemp(place->root));
    snprintf(place->folder, sizeof(place->folder), "%s/a/b", place->root);
    certificate_init(&place->certificate);
    log_set_output(on_line, place);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"a/b/tls-authority.pem",
                                        "a/b/tls-certificate.pem",
                                        "a/b/tls-key.pem",
                                        "a/b/tls-new.pem",
                                        "a/b",
                                        "a",
                                        ""};
    struct place *place = *state;
    char path[128];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", place->root, names[i]);
        remove(path);
    }
    assert_int_not_equal(access(place->root, F_OK), 0);
    certificate_fini(&place->certificate);
    log_set_output(NULL, NULL);
    free(place);
    return 0;
}

static void keep(struct place *place, const char *host)
{
    if (certificate_keep(&place->certificate, place->folder, host, &place->err) != 0)
        fail_msg("%s", place->err.text);
    assert_null(certificate_fault(&place->certificate, host));
}

static X509 *read_x509(const struct buffer *text)
{
    BIO *bio = BIO_new_mem_buf(text->at, (int)text->len);
    X509 *x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(x509);
    return x509;
}

/* As a client does it, as strictly as OpenSSL can. */
static bool is_trusted(const struct place *place, const char *host)
{
    X509 *x509 = read_x509(&place->certificate.chain);
    X509 *authority = read_x509(&place->certificate.authority);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE_add_cert(store, authority);
    X509_STORE_CTX_init(context, store, x509, NULL);
    X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
    X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT);
    bool good = X509_verify_cert(context) == 1 &&
                (X509_check_ip_asc(x509, host, 0) == 1 || X509_check_host(x509, host, 0, 0, NULL) == 1);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    X509_free(x509);
    X509_free(authority);
    return good;
}

static char *copy_of(const struct buffer *text)
{
    return strndup(text->at, text->len);
}

static void test_a_client_trusts_it_for_this_machine_and_its_host_only(void **state)
{
    static const char *const good[] = {"localhost", "127.0.0.1", "::1", "emulator.example"};
    struct place *place = *state;
    keep(place, "emulator.example");
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(is_trusted(place, good[i]));
    assert_false(is_trusted(place, "other.example"));
    assert_false(is_trusted(place, "127.0.0.2"));
}

static void test_it_is_made_once_and_the_key_is_its_owners(void **state)
{
    struct place *place = *state;
    struct stat key;
    char path[128];
    keep(place, NULL);
    char *first = copy_of(&place->certificate.key);
    keep(place, NULL);
    assert_string_equal(first, place->certificate.key.at);
    snprintf(path, sizeof(path), "%s/tls-key.pem", place->folder);
    assert_int_equal(stat(path, &key), 0);
    assert_int_equal(key.st_mode & 0777, 0600);
    assert_int_equal(place->warnings, 0);
    free(first);
}

static void test_another_host_or_broken_files_make_it_anew_and_it_is_said(void **state)
{
    static const char *const names[] = {"tls-key.pem", "tls-certificate.pem", "tls-authority.pem"};
    struct place *place = *state;
    keep(place, NULL);
    keep(place, "192.0.2.7");
    assert_true(is_trusted(place, "192.0.2.7"));
    assert_int_equal(place->warnings, 1);
    for (int i = 0; i < 3; i++) {
        char path[128];
        char *before = copy_of(&place->certificate.key);
        snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
        FILE *file = fopen(path, "w");
        fputs("nothing of worth\n", file);
        fclose(file);
        keep(place, "192.0.2.7");
        assert_true(is_trusted(place, "192.0.2.7"));
        assert_string_not_equal(before, place->certificate.key.at);
        free(before);
    }
    assert_true(place->warnings >= 2); /* equal lines of one second are one */
}

static void test_a_key_or_an_authority_of_another_certificate_is_a_fault(void **state)
{
    struct place *place = *state;
    struct certificate other;
    keep(place, NULL);
    certificate_init(&other);
    assert_int_equal(certificate_make(&other, NULL, &place->err), 0);
    struct certificate mixed = place->certificate;
    mixed.key = other.key;
    assert_string_equal(certificate_fault(&mixed, NULL), "its key is another one's");
    mixed = place->certificate;
    mixed.authority = other.authority;
    assert_string_equal(certificate_fault(&mixed, NULL), "its authority is another one");
    certificate_fini(&other);
}

static void test_what_is_no_host_gets_no_certificate(void **state)
{
    struct place *place = *state;
    char longest[600] = {0};
    memset(longest, 'a', sizeof(longest) - 1);
    assert_int_equal(certificate_make(&place->certificate, "a,DNS:evil.example", &place->err), -1);
    assert_int_equal(certificate_make(&place->certificate, longest, &place->err), -1);
    keep(place, NULL); /* the place is as good as before */
}

static void test_files_that_cannot_be_read_or_made_are_named(void **state)
{
    struct place *place = *state;
    assert_int_equal(certificate_read(&place->certificate, "/nowhere/chain", "/nowhere/key", &place->err),
                     -1);
    assert_string_equal(place->err.text, "/nowhere/chain: No such file or directory");
    assert_int_equal(certificate_keep(&place->certificate, "/dev/null/folder", NULL, &place->err), -1);
    assert_non_null(strstr(place->err.text, "/dev/null/folder: Not a directory"));
    keep(place, NULL);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, build, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_client_trusts_it_for_this_machine_and_its_host_only),
        TEST(test_it_is_made_once_and_the_key_is_its_owners),
        TEST(test_another_host_or_broken_files_make_it_anew_and_it_is_said),
        TEST(test_a_key_or_an_authority_of_another_certificate_is_a_fault),
        TEST(test_what_is_no_host_gets_no_certificate),
        TEST(test_files_that_cannot_be_read_or_made_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
