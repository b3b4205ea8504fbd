/* certificate_folder: three files, written beside their places and renamed. */
#include "emulator/certificate_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "emulator/certificate.h"

enum { FOLDER_PATH_MOST = 4096 };

static const char folder_chain[] = "tls-certificate.pem";
static const char folder_key[] = "tls-key.pem";

/* With the folders above it. */
static int folder_make(const char *folder)
{
    char path[FOLDER_PATH_MOST];
    size_t len = strlen(folder);
    if (len >= sizeof(path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(path, folder, len + 1);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

/* The folder, locked as long as it is open. */
static int folder_open(const char *folder, struct error *err)
{
    int fd = folder_make(folder) == 0 ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0 && flock(fd, LOCK_EX) == 0)
        return fd;
    error_set(err, ERROR_CONFIG, "%s: %s", folder, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static int folder_write(int folder, const char *name, const struct buffer *text, mode_t mode)
{
    static const char beside[] = "tls-new.pem"; /* one writer: the folder is locked */
    if (unlinkat(folder, beside, 0) != 0 && errno != ENOENT)
        return -1;
    int fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return -1;
    ssize_t written = write(fd, text->at, text->len);
    if (close(fd) != 0 || written != (ssize_t)text->len)
        return -1;
    return renameat(folder, beside, folder, name);
}

static int folder_write_all(int folder, const struct certificate *certificate)
{
    if (folder_write(folder, folder_key, &certificate->key, 0600) != 0 ||
        folder_write(folder, folder_chain, &certificate->chain, 0644) != 0)
        return -1;
    return folder_write(folder, CERTIFICATE_AUTHORITY, &certificate->authority, 0644);
}

static int folder_path(char path[FOLDER_PATH_MOST], const char *folder, const char *name)
{
    return snprintf(path, FOLDER_PATH_MOST, "%s/%s", folder, name) < FOLDER_PATH_MOST ? 0 : -1;
}

/* -1: there is none, or not all of it. */
static int folder_read(struct certificate *certificate, const char *folder)
{
    char chain[FOLDER_PATH_MOST], key[FOLDER_PATH_MOST], authority[FOLDER_PATH_MOST];
    struct certificate trusted;
    struct error ignored;
    if (folder_path(chain, folder, folder_chain) != 0 || folder_path(key, folder, folder_key) != 0 ||
        folder_path(authority, folder, CERTIFICATE_AUTHORITY) != 0 ||
        certificate_read(certificate, chain, key, &ignored) != 0)
        return -1;
    certificate_init(&trusted);
    int rc = certificate_read(&trusted, authority, authority, &ignored);
    if (rc == 0)
        rc = buffer_add_slice(&certificate->authority, buffer_slice(&trusted.chain));
    certificate_fini(&trusted);
    return rc;
}

static int folder_fill(int fd, struct certificate *certificate, const char *folder, const char *host,
                       struct error *err)
{
    if (folder_read(certificate, folder) == 0) {
        const char *fault = certificate_fault(certificate, host);
        if (fault == NULL)
            return 0;
        log_warn("the certificate in %s is made anew: %s; clients must read " CERTIFICATE_AUTHORITY " again",
                 folder, fault);
    }
    if (certificate_make(certificate, host, err) != 0)
        return -1;
    if (folder_write_all(fd, certificate) != 0)
        return error_set(err, ERROR_CONFIG, "%s: %s", folder, strerror(errno));
    return 0;
}

int certificate_keep(struct certificate *certificate, const char *folder, const char *host, struct error *err)
{
    int fd = folder_open(folder, err);
    if (fd < 0)
        return -1;
    int rc = folder_fill(fd, certificate, folder, host, err);
    close(fd);
    return rc;
}
