/* self_signed: a key and a certificate for 127.0.0.1, made on the spot, as PEM texts. */
#ifndef SUPPORT_SELF_SIGNED_H
#define SUPPORT_SELF_SIGNED_H

#include "support/cmocka_all.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct self_signed {
    char *certificate;
    char *key;
    char file[64]; /* the certificate again: a ca file */
};

static inline char *self_signed_text(BIO *bio)
{
    char *at = NULL;
    long len = BIO_get_mem_data(bio, &at);
    char *text = strndup(at, (size_t)len);
    BIO_free(bio);
    return text;
}

static inline X509 *self_signed_make(EVP_PKEY *key, const char *address)
{
    X509 *x509 = X509_new();
    char names[64];
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
    X509_set_pubkey(x509, key);
    X509_NAME *name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(x509, name);
    snprintf(names, sizeof(names), "IP:%s", address);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
    assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
    return x509;
}

static inline void self_signed_create(struct self_signed *made, const char *address)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = self_signed_make(key, address);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, x509);
    made->certificate = self_signed_text(bio);
    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    made->key = self_signed_text(bio);
    X509_free(x509);
    EVP_PKEY_free(key);
    snprintf(made->file, sizeof(made->file), "self_signed.XXXXXX");
    int fd = mkstemp(made->file);
    size_t len = strlen(made->certificate);
    assert_int_equal(write(fd, made->certificate, len), (ssize_t)len);
    close(fd);
}

static inline void self_signed_destroy(struct self_signed *made)
{
    unlink(made->file);
    free(made->certificate);
    free(made->key);
}

#endif
