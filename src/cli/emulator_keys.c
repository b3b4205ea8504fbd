/* emulator_keys: read from argv and from files. */
#include "cli/emulator_keys.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"

enum { KEYS_TOKEN_MOST = 32 * 1024 };

static char *keys_copy(const char *at, size_t len)
{
    return check_memory(strndup(at, len));
}

/* SECRET or SECRET@INSTANCE */
static int keys_split_secret(const char *text, struct keyring_pair *pair, struct error *err)
{
    const char *at = strrchr(text, '@');
    size_t len = at == NULL ? strlen(text) : (size_t)(at - text);
    if (len == 0 || len > SIGN_V4_SECRET_MOST || (at != NULL && at[1] == 0))
        return error_set(err, ERROR_CONFIG, "ID:SECRET or ID:SECRET@INSTANCE was expected");
    pair->secret = keys_copy(text, len);
    pair->instance = at == NULL ? NULL : keys_copy(at + 1, strlen(at + 1));
    return 0;
}

static bool keys_known(const struct emulator_keys *keys, const char *id, size_t len)
{
    for (size_t i = 0; i < keys->count; i++)
        if (slice_equal(slice_text(keys->pairs[i].id), slice_of(id, len)))
            return true;
    return false;
}

int emulator_keys_add(struct emulator_keys *keys, const char *text, struct error *err)
{
    const char *colon = strchr(text, ':');
    struct keyring_pair *pair = &keys->pairs[keys->count];
    if (keys->count == EMULATOR_KEYS_MOST)
        return error_set(err, ERROR_CONFIG, "more than %d key pairs", EMULATOR_KEYS_MOST);
    if (colon == NULL || colon == text)
        return error_set(err, ERROR_CONFIG, "ID:SECRET or ID:SECRET@INSTANCE was expected");
    if (keys_known(keys, text, (size_t)(colon - text)))
        return error_set(err, ERROR_CONFIG, "the access key id %.*s is there twice", (int)(colon - text),
                         text);
    *pair = (struct keyring_pair){.id = NULL};
    if (keys_split_secret(colon + 1, pair, err) != 0)
        return -1;
    pair->id = keys_copy(text, (size_t)(colon - text));
    keys->count++;
    return 0;
}

int emulator_keys_add_token(struct emulator_keys *keys, const char *token, struct error *err)
{
    size_t len = strlen(token);
    if (len == 0 || len > KEYS_TOKEN_MOST)
        return error_set(err, ERROR_CONFIG, "a token has 1 to %d bytes", KEYS_TOKEN_MOST);
    if (keys->count == 0 && emulator_keys_add(keys, "testid:testsecret", err) != 0)
        return -1;
    struct keyring_pair *pair = &keys->pairs[keys->count - 1];
    if (pair->sts_token != NULL)
        return error_set(err, ERROR_CONFIG, "the access key id %s has two tokens", pair->id);
    pair->sts_token = keys_copy(token, len);
    return 0;
}

static int keys_take_line(struct emulator_keys *keys, char *line, struct error *err)
{
    char *rest = line;
    const char *pair = strtok_r(line, " \t\r\n", &rest);
    if (pair == NULL || pair[0] == '#')
        return 0;
    const char *token = strtok_r(NULL, " \t\r\n", &rest);
    if (emulator_keys_add(keys, pair, err) != 0)
        return -1;
    return token == NULL ? 0 : emulator_keys_add_token(keys, token, err);
}

int emulator_keys_add_file(struct emulator_keys *keys, const char *file, struct error *err)
{
    FILE *in = fopen(file, "r");
    char *line = NULL;
    size_t room = 0;
    int rc = 0;
    if (in == NULL)
        return error_set(err, ERROR_CONFIG, "open %s: %s", file, strerror(errno));
    for (int number = 1; rc == 0 && getline(&line, &room, in) > 0; number++) {
        rc = keys_take_line(keys, line, err);
        if (rc != 0)
            error_wrap(err, "%s:%d", file, number);
        OPENSSL_cleanse(line, room);
    }
    free(line);
    fclose(in);
    return rc;
}

static void keys_forget(const char *text)
{
    if (text != NULL)
        OPENSSL_cleanse((char *)(uintptr_t)text, strlen(text));
    free((char *)(uintptr_t)text);
}

void emulator_keys_fini(struct emulator_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        keys_forget(keys->pairs[i].id);
        keys_forget(keys->pairs[i].secret);
        keys_forget(keys->pairs[i].sts_token);
        keys_forget(keys->pairs[i].instance);
    }
    keys->count = 0;
}
