/* property_security: SASL from Java's JAAS text, TLS from Java's key and trust stores. */
#include "kafka/property_rules.h"

#include <strings.h>

#include "kafka/jaas.h"

static bool property_ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    return len >= strlen(end) && strcasecmp(text + len - strlen(end), end) == 0;
}

/* --- SASL --- */

static int property_jaas_password(const struct property_job *job, const struct jaas *jaas, struct error *err)
{
    const char *username = jaas_find(jaas, "username");
    const char *password = jaas_find(jaas, "password");
    if (username == NULL || password == NULL)
        return PROPERTY_REFUSE(job, err, "the login module needs username=\"...\" and password=\"...\"");
    property_put(job, "sasl.username", username);
    return property_put(job, "sasl.password", password);
}

static void property_jaas_copy(const struct property_job *job, const struct jaas *jaas, const char *option,
                               const char *name)
{
    const char *value = jaas_find(jaas, option);
    if (value != NULL)
        property_put(job, name, value);
}

static int property_jaas_module(const struct property_job *job, const struct jaas *jaas, struct error *err)
{
    if (property_ends_with(jaas->module, ".PlainLoginModule") ||
        property_ends_with(jaas->module, ".ScramLoginModule"))
        return property_jaas_password(job, jaas, err);
    if (property_ends_with(jaas->module, ".OAuthBearerLoginModule")) {
        property_put(job, "sasl.oauthbearer.method", "oidc");
        property_jaas_copy(job, jaas, "clientId", "sasl.oauthbearer.client.id");
        property_jaas_copy(job, jaas, "clientSecret", "sasl.oauthbearer.client.secret");
        property_jaas_copy(job, jaas, "scope", "sasl.oauthbearer.scope");
        return 0;
    }
    if (property_ends_with(jaas->module, ".Krb5LoginModule")) {
        property_jaas_copy(job, jaas, "principal", "sasl.kerberos.principal");
        property_jaas_copy(job, jaas, "keyTab", "sasl.kerberos.keytab");
        property_jaas_copy(job, jaas, "serviceName", "sasl.kerberos.service.name");
        return 0;
    }
    return PROPERTY_REFUSE(job, err,
                           "this login module is not known; there are PlainLoginModule, ScramLoginModule, "
                           "OAuthBearerLoginModule "
                           "and Krb5LoginModule");
}

int property_jaas(const struct property_job *job, struct error *err)
{
    struct jaas jaas;
    struct error why;
    if (jaas_read(&jaas, job->from->value, &why) != 0)
        return PROPERTY_REFUSE(job, err, "%s", why.text);
    int rc = property_jaas_module(job, &jaas, err);
    jaas_fini(&jaas);
    return rc;
}

/* --- key and trust stores --- */

static bool property_is_pem(const char *file, const char *type)
{
    if (type != NULL)
        return strcasecmp(type, "PEM") == 0;
    return property_ends_with(file, ".pem") || property_ends_with(file, ".crt") ||
           property_ends_with(file, ".cer");
}

int property_truststore(const struct property_job *job, struct error *err)
{
    if (property_is_pem(job->from->value, property_find(job, "ssl.truststore.type")))
        return property_put(job, "ssl.ca.location", job->from->value);
    return PROPERTY_REFUSE(
        job, err,
        "JKS and PKCS12 trust stores cannot be read; write the certificates as PEM (keytool -exportcert -rfc "
        "-keystore STORE -alias ALIAS -file ca.pem) and set ssl.ca.location to that file instead");
}

int property_keystore(const struct property_job *job, struct error *err)
{
    const char *type = property_find(job, "ssl.keystore.type");
    if (property_is_pem(job->from->value, type)) {
        property_put(job, "ssl.certificate.location", job->from->value);
        return property_put(job, "ssl.key.location", job->from->value);
    }
    bool jks = type != NULL ? strcasecmp(type, "JKS") == 0 : property_ends_with(job->from->value, ".jks");
    if (jks)
        return PROPERTY_REFUSE(
            job, err,
            "JKS key stores cannot be read; convert it (keytool -importkeystore -srckeystore STORE "
            "-destkeystore STORE.p12 -deststoretype PKCS12) and set ssl.keystore.type to PKCS12");
    return property_put(job, job->rule->name, job->from->value);
}

int property_keystore_password(const struct property_job *job, struct error *err)
{
    (void)err;
    const char *file = property_find(job, "ssl.keystore.location");
    bool unused = file == NULL || property_is_pem(file, property_find(job, "ssl.keystore.type"));
    return unused ? 0 : property_put(job, job->rule->name, job->from->value);
}

/* Java's names of cipher suites are not OpenSSL's. */
int property_cipher_suites(const struct property_job *job, struct error *err)
{
    if (strncmp(job->from->value, "TLS_", 4) != 0)
        return property_put(job, job->rule->name, job->from->value);
    return PROPERTY_REFUSE(job, err,
                           "these are Java's names; give OpenSSL's (openssl ciphers -v), or leave it out");
}
