/* certificate: made and looked at by OpenSSL. */
#include "emulator/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"

enum {
    CERTIFICATE_MOST = 1024 * 1024,
    CERTIFICATE_DAY_S = 24 * 3600,
    CERTIFICATE_DAYS = 730,
    CERTIFICATE_DAYS_LEAST = 30,
    CERTIFICATE_NAMES = 512
};

struct extension {
    int nid;
    const char *value;
};

void certificate_init(struct certificate *certificate)
{
    buffer_init(&certificate->chain, CERTIFICATE_MOST);
    buffer_init(&certificate->key, CERTIFICATE_MOST);
    buffer_init(&certificate->authority, CERTIFICATE_MOST);
}

void certificate_fini(struct certificate *certificate)
{
    if (certificate->key.at != NULL)
        OPENSSL_cleanse(certificate->key.at, certificate->key.room);
    buffer_fini(&certificate->chain);
    buffer_fini(&certificate->key);
    buffer_fini(&certificate->authority);
}

/* ---- making ---- */

static void certificate_set_time(X509 *x509)
{
    X509_gmtime_adj(X509_getm_notBefore(x509), -CERTIFICATE_DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(x509), (long)CERTIFICATE_DAYS * CERTIFICATE_DAY_S);
}

static void certificate_set_serial(X509 *x509)
{
    uint64_t serial = 0;
    CHECK(RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1);
    CHECK(ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1 | 1) == 1);
}

static int certificate_extend(X509 *x509, X509 *issuer, const struct extension *extensions, size_t count)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    for (size_t i = 0; i < count; i++) {
        X509_EXTENSION *extension =
            X509V3_EXT_conf_nid(NULL, &context, extensions[i].nid, extensions[i].value);
        if (extension == NULL)
            return -1;
        CHECK(X509_add_ext(x509, extension, -1) == 1);
        X509_EXTENSION_free(extension);
    }
    return 0;
}

/* Unsigned. `issuer` NULL: its own. */
static X509 *certificate_begin(EVP_PKEY *key, X509 *issuer, const char *name)
{
    X509 *x509 = check_memory(X509_new());
    X509_NAME *subject = X509_get_subject_name(x509);
    CHECK(X509_set_version(x509, X509_VERSION_3) == 1);
    certificate_set_serial(x509);
    certificate_set_time(x509);
    CHECK(X509_set_pubkey(x509, key) == 1);
    CHECK(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) ==
          1);
    CHECK(X509_set_issuer_name(x509, issuer == NULL ? subject : X509_get_subject_name(issuer)) == 1);
    return x509;
}

static X509 *certificate_make_authority(EVP_PKEY *key)
{
    static const struct extension extensions[] = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                                  {NID_key_usage, "critical,keyCertSign"},
                                                  {NID_subject_key_identifier, "hash"}};
    X509 *x509 = certificate_begin(key, NULL, "otspipe emulator authority (its key is gone)");
    CHECK(certificate_extend(x509, x509, extensions, sizeof(extensions) / sizeof(extensions[0])) == 0);
    CHECK(X509_sign(x509, key, EVP_sha256()) > 0);
    return x509;
}

static bool certificate_is_address(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* A comma would begin a name of its own. */
static int certificate_names(const char *host, char names[CERTIFICATE_NAMES])
{
    int len = snprintf(names, CERTIFICATE_NAMES, "DNS:localhost,IP:127.0.0.1,IP:::1");
    if (host == NULL)
        return 0;
    if (strpbrk(host, ",\n\\\"") != NULL)
        return -1;
    len += snprintf(names + len, CERTIFICATE_NAMES - (size_t)len, ",%s:%s",
                    certificate_is_address(host) ? "IP" : "DNS", host);
    return len < CERTIFICATE_NAMES ? 0 : -1;
}

/* NULL: the host is neither an address nor a name. */
static X509 *certificate_make_leaf(EVP_PKEY *key, X509 *authority, EVP_PKEY *authority_key, const char *host)
{
    char names[CERTIFICATE_NAMES];
    const struct extension extensions[] = {{NID_basic_constraints, "critical,CA:FALSE"},
                                           {NID_key_usage, "critical,digitalSignature"},
                                           {NID_ext_key_usage, "serverAuth"},
                                           {NID_subject_key_identifier, "hash"},
                                           {NID_authority_key_identifier, "keyid:always"},
                                           {NID_subject_alt_name, names}};
    if (certificate_names(host, names) != 0)
        return NULL;
    X509 *x509 = certificate_begin(key, authority, "otspipe emulator");
    if (certificate_extend(x509, authority, extensions, sizeof(extensions) / sizeof(extensions[0])) != 0) {
        X509_free(x509);
        return NULL;
    }
    CHECK(X509_sign(x509, authority_key, EVP_sha256()) > 0);
    return x509;
}

/* Appends what was written to the BIO, and a 0 byte that does not count. */
static void certificate_take_text(BIO *bio, struct buffer *to)
{
    char *at = NULL;
    long len = BIO_get_mem_data(bio, &at);
    CHECK(len > 0 && buffer_add(to, at, (size_t)len) == 0 && buffer_reserve(to, 1) != NULL);
    to->at[to->len] = 0;
    BIO_free(bio);
}

static void certificate_put(X509 *x509, struct buffer *to)
{
    BIO *bio = check_memory(BIO_new(BIO_s_mem()));
    CHECK(PEM_write_bio_X509(bio, x509) == 1);
    certificate_take_text(bio, to);
}

static void certificate_put_key(EVP_PKEY *key, struct buffer *to)
{
    BIO *bio = check_memory(BIO_new(BIO_s_secmem()));
    CHECK(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1);
    certificate_take_text(bio, to);
}

int certificate_make(struct certificate *certificate, const char *host, struct error *err)
{
    EVP_PKEY *authority_key = check_memory(EVP_EC_gen("P-256"));
    EVP_PKEY *key = check_memory(EVP_EC_gen("P-256"));
    X509 *authority = certificate_make_authority(authority_key);
    X509 *x509 = certificate_make_leaf(key, authority, authority_key, host);
    certificate->chain.len = certificate->key.len = certificate->authority.len = 0;
    if (x509 != NULL) {
        certificate_put(x509, &certificate->chain);
        certificate_put(authority, &certificate->chain);
        certificate_put_key(key, &certificate->key);
        certificate_put(authority, &certificate->authority);
    }
    bool made = x509 != NULL;
    X509_free(x509);
    X509_free(authority);
    EVP_PKEY_free(key);
    EVP_PKEY_free(authority_key);
    return made ? 0 : error_set(err, ERROR_CONFIG, "no certificate can be made for the host %s", host);
}

/* ---- looking ---- */

static bool certificate_is_for(X509 *x509, const char *host)
{
    return X509_check_ip_asc(x509, host, 0) == 1 || X509_check_host(x509, host, 0, 0, NULL) == 1;
}

static bool certificate_lasts(X509 *x509)
{
    int days = 0, seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x509)) != 1)
        return false;
    return days >= CERTIFICATE_DAYS_LEAST && X509_cmp_current_time(X509_get0_notBefore(x509)) < 0;
}

static const char *certificate_fault_of(X509 *x509, EVP_PKEY *key, X509 *authority, const char *host)
{
    if (x509 == NULL || key == NULL || authority == NULL)
        return "it cannot be read";
    if (X509_check_private_key(x509, key) != 1)
        return "its key is another one's";
    if (X509_verify(x509, X509_get0_pubkey(authority)) != 1)
        return "its authority is another one";
    if (!certificate_lasts(x509))
        return "its time is over, or soon will be";
    if (!certificate_is_for(x509, "localhost") || (host != NULL && !certificate_is_for(x509, host)))
        return "it is for another host";
    return NULL;
}

const char *certificate_fault(const struct certificate *certificate, const char *host)
{
    BIO *chain = check_memory(BIO_new_mem_buf(certificate->chain.at, (int)certificate->chain.len));
    BIO *private = check_memory(BIO_new_mem_buf(certificate->key.at, (int)certificate->key.len));
    BIO *trusted = check_memory(BIO_new_mem_buf(certificate->authority.at, (int)certificate->authority.len));
    X509 *x509 = PEM_read_bio_X509(chain, NULL, NULL, NULL);
    X509 *authority = PEM_read_bio_X509(trusted, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(private, NULL, NULL, NULL);
    const char *fault = certificate_fault_of(x509, key, authority, host);
    X509_free(x509);
    X509_free(authority);
    EVP_PKEY_free(key);
    BIO_free(chain);
    BIO_free(private);
    BIO_free(trusted);
    return fault;
}

/* ---- reading ---- */

static int certificate_read_file(const char *file, struct buffer *to, struct error *err)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : 1;
    to->len = 0;
    while (got > 0) {
        char *at = buffer_reserve(to, 4096 + 1);
        got = at == NULL ? -1 : read(fd, at, 4096);
        if (at == NULL)
            errno = EFBIG;
        if (got > 0)
            to->len += (size_t)got;
    }
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (got < 0)
        return error_set(err, ERROR_CONFIG, "%s: %s", file, strerror(why));
    to->at[to->len] = 0;
    return 0;
}

int certificate_read(struct certificate *certificate, const char *chain_file, const char *key_file,
                     struct error *err)
{
    certificate->authority.len = 0;
    if (certificate_read_file(chain_file, &certificate->chain, err) != 0)
        return -1;
    return certificate_read_file(key_file, &certificate->key, err);
}
