/* new_file: a file that is there whole or not at all. */
#ifndef CLI_NEW_FILE_H
#define CLI_NEW_FILE_H

#include "base/error.h"
#include "base/slice.h"

/* Written beside the place, then put there. A file that is there already is an error unless `replace`; what
 * is no regular file always is. `secret`: only its owner may read it. -1 and ERROR_CONFIG "FILE: why". */
int new_file_write(const char *name, struct slice text, bool replace, bool secret, struct error *err);

#endif
