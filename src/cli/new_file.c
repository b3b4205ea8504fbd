/* new_file: a hidden file beside the place, then a link or a rename, which are there at once or not at all.
 */
#include "cli/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int new_file_fail(const char *name, struct error *err)
{
    return error_set(err, ERROR_CONFIG, "%s: %s", name, strerror(errno));
}

static int new_file_check(const char *name, bool replace, struct error *err)
{
    struct stat about;
    if (stat(name, &about) != 0)
        return errno == ENOENT ? 0 : new_file_fail(name, err);
    if (!S_ISREG(about.st_mode))
        return error_set(err, ERROR_CONFIG, "%s: is no regular file; without --output it goes to stdout",
                         name);
    return replace ? 0 : error_set(err, ERROR_CONFIG, "%s: is there already; --force replaces it", name);
}

static int new_file_put(int file, struct slice text)
{
    while (text.len > 0) {
        ssize_t written = write(file, text.at, text.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        text = slice_of(text.at + written, text.len - (size_t)written);
    }
    return fsync(file);
}

static int new_file_create(const char *name, struct slice text, bool secret)
{
    int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0666);
    if (file < 0)
        return -1;
    int result = new_file_put(file, text);
    int why = errno;
    close(file);
    errno = why;
    return result;
}

/* Without `replace` a link: it fails if somebody made the file meanwhile. */
static int new_file_move(const char *from, const char *to, bool replace)
{
    return replace ? rename(from, to) : link(from, to);
}

int new_file_write(const char *name, struct slice text, bool replace, bool secret, struct error *err)
{
    char hidden[4096];
    if (new_file_check(name, replace, err) != 0)
        return -1;
    /* What a symbolic link leads to is replaced, not the link. */
    char *real = realpath(name, NULL);
    const char *place = real == NULL ? name : real;
    const char *slash = strrchr(place, '/');
    const char *bare = slash == NULL ? place : slash + 1;
    int len =
        snprintf(hidden, sizeof(hidden), "%.*s.%s.%ld", (int)(bare - place), place, bare, (long)getpid());
    int result = 0;
    errno = ENAMETOOLONG;
    if (len >= (int)sizeof(hidden) || new_file_create(hidden, text, secret) != 0 ||
        new_file_move(hidden, place, replace) != 0)
        result = new_file_fail(name, err);
    unlink(hidden);
    free(real);
    return result;
}
