/* base64: the standard alphabet with padding, as Jackson writes and reads it. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <sys/types.h>

#include "base/slice.h"

/* `to` has room for BASE64_BYTES(bytes.len) bytes; no 0 byte is added. Answers the length. */
#define BASE64_BYTES(bytes) (((bytes) + 2) / 3 * 4)
size_t base64_encode(struct slice bytes, char *to);

/* `to` has room for text.len / 4 * 3 bytes. Answers the length, or -1: no blanks, no missing padding, nothing
 * behind it. */
ssize_t base64_decode(struct slice text, char *to);

#endif
