/* emulator_tls: finds the folder, then emulator/certificate_folder.c does the rest. */
#include "cli/emulator_tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "emulator/certificate_folder.h"
#include "emulator/emulator.h"

enum { TLS_PATH_MOST = 4096 - sizeof("/" CERTIFICATE_AUTHORITY) };

void emulator_tls_init(struct emulator_tls *tls)
{
    *tls = (struct emulator_tls){.wanted = false};
    certificate_init(&tls->certificate);
}

void emulator_tls_fini(struct emulator_tls *tls)
{
    certificate_fini(&tls->certificate);
}

/* The folder that the file is in. */
static int tls_print_folder_of(char *to, const char *file)
{
    const char *slash = strrchr(file, '/');
    if (slash == NULL)
        return snprintf(to, TLS_PATH_MOST, ".");
    return snprintf(to, TLS_PATH_MOST, "%.*s", slash == file ? 1 : (int)(slash - file), file);
}

/* The user's own, as freedesktop.org's base directories have it. */
static int tls_print_users_folder(char *to)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state != NULL && state[0] == '/')
        return snprintf(to, TLS_PATH_MOST, "%s/otspipe", state);
    if (home != NULL && home[0] == '/')
        return snprintf(to, TLS_PATH_MOST, "%s/.local/state/otspipe", home);
    return -1;
}

static int tls_find_folder(const struct emulator_tls *tls, const char *data_file, char *to, struct error *err)
{
    int len;
    if (tls->folder != NULL)
        len = snprintf(to, TLS_PATH_MOST, "%s", tls->folder);
    else if (data_file != NULL)
        len = tls_print_folder_of(to, data_file);
    else
        len = tls_print_users_folder(to);
    if (len < 0)
        return error_set(err, ERROR_CONFIG,
                         "there is no HOME to keep a certificate in; --tls-dir names a place");
    if (len >= TLS_PATH_MOST)
        return error_set(err, ERROR_CONFIG, "the name of the folder for the certificate is too long");
    return 0;
}

/* The name that clients use where the address is all addresses. NULL: nothing more than localhost. */
static const char *tls_host(const char *host, char *name, size_t room)
{
    bool all = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    if (!all)
        return strcmp(host, "localhost") == 0 ? NULL : host;
    if (gethostname(name, room) != 0)
        return NULL;
    name[room - 1] = 0;
    return name[0] == 0 ? NULL : name;
}

/* Clients may stand in another folder than we: they are told the whole path. */
static void tls_set_authority(struct emulator_tls *tls, const char *folder)
{
    char *whole = realpath(folder, NULL);
    snprintf(tls->authority_file, sizeof(tls->authority_file), "%s/" CERTIFICATE_AUTHORITY,
             whole == NULL ? folder : whole);
    free(whole);
}

static int tls_keep(struct emulator_tls *tls, const struct emulator_options *options, struct error *err)
{
    char folder[TLS_PATH_MOST], name[256];
    if (tls_find_folder(tls, options->data_file, folder, err) != 0)
        return -1;
    const char *host = tls_host(options->host, name, sizeof(name));
    if (certificate_keep(&tls->certificate, folder, host, err) != 0)
        return error_wrap(err, "--tls");
    tls_set_authority(tls, folder);
    return 0;
}

static int tls_read(struct emulator_tls *tls, struct error *err)
{
    if (tls->certificate_file == NULL || tls->key_file == NULL)
        return error_set(err, ERROR_CONFIG, "--tls-cert and --tls-key belong together");
    if (tls->folder != NULL)
        return error_set(err, ERROR_CONFIG,
                         "--tls-dir is for a certificate that is made, not for --tls-cert");
    if (certificate_read(&tls->certificate, tls->certificate_file, tls->key_file, err) != 0)
        return error_wrap(err, "--tls-cert");
    return 0;
}

int emulator_tls_prepare(struct emulator_tls *tls, struct emulator_options *options, struct error *err)
{
    bool given = tls->certificate_file != NULL || tls->key_file != NULL;
    if (!tls->wanted && !given && tls->folder == NULL)
        return 0;
    tls->wanted = true;
    if ((given ? tls_read(tls, err) : tls_keep(tls, options, err)) != 0)
        return -1;
    options->tls_certificate = tls->certificate.chain.at;
    options->tls_key = tls->certificate.key.at;
    return 0;
}
