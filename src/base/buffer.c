/* buffer: grows by doubling up to its most. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

void buffer_init(struct buffer *buffer, size_t most)
{
    *buffer = (struct buffer){.most = most};
}

void buffer_fini(struct buffer *buffer)
{
    free(buffer->at);
    *buffer = (struct buffer){.most = buffer->most};
}

static void buffer_grow(struct buffer *buffer, size_t wanted)
{
    size_t room = buffer->room < 256 ? 256 : buffer->room;
    while (room < wanted)
        room *= 2;
    if (room > buffer->most)
        room = buffer->most;
    buffer->at = check_memory(realloc(buffer->at, room));
    buffer->room = room;
}

char *buffer_reserve(struct buffer *buffer, size_t bytes)
{
    if (bytes > buffer->most - buffer->len)
        return NULL;
    if (buffer->len + bytes > buffer->room || buffer->at == NULL)
        buffer_grow(buffer, buffer->len + bytes);
    return buffer->at + buffer->len;
}

int buffer_add(struct buffer *buffer, const void *at, size_t bytes)
{
    char *to = buffer_reserve(buffer, bytes);
    if (to == NULL)
        return -1;
    if (bytes > 0)
        memcpy(to, at, bytes);
    buffer->len += bytes;
    return 0;
}

int buffer_print(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int len = vasprintf(&text, format, args);
    va_end(args);
    CHECK(len >= 0);
    int rc = buffer_add(buffer, text, (size_t)len);
    free(text);
    return rc;
}

void buffer_reset(struct buffer *buffer, size_t keep)
{
    buffer->len = 0;
    if (buffer->room <= keep)
        return;
    free(buffer->at);
    buffer->at = NULL;
    buffer->room = 0;
}
