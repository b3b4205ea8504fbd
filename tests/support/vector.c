/* vector: see vector.h. Read with our own JSON reader: one of the recorded strings has a zero byte in it. */
#include "support/vector.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/number.h"
#include "support/cmocka_all.h"
#include "support/hex.h"

enum { MEMBERS_MOST = 64, VALUES_MOST = 4096 };

static const char *const operations[] = {
    "CreateTable", "ListTable", "DescribeTable", "UpdateTable", "DeleteTable",   "PutRow",    "UpdateRow",
    "DeleteRow",   "GetRow",    "GetRange",      "BatchGetRow", "BatchWriteRow", "BulkImport"};

struct json_value vector_get(struct slice object, const char *member)
{
    struct json_member members[MEMBERS_MOST];
    struct json_fault fault;
    int count = json_object(object, 0, members, MEMBERS_MOST, &fault);
    if (count < 0)
        fail_msg("%s at byte %zu", fault.what, fault.at);
    for (int i = 0; i < count; i++) {
        if (slice_equal(members[i].name, slice_text(member)))
            return members[i].value;
    }
    return (struct json_value){.kind = JSON_NULL};
}

bool vector_has(struct slice object, const char *member)
{
    return vector_get(object, member).kind != JSON_NULL;
}

struct slice vector_object(struct slice object, const char *member)
{
    struct json_value value = vector_get(object, member);
    if (value.kind != JSON_OBJECT)
        fail_msg("%s is not an object", member);
    return value.text;
}

struct slice vector_string(struct arena *arena, struct json_value value)
{
    assert_int_equal(value.kind, JSON_STRING);
    char *at = arena_take(arena, value.text.len + 1);
    size_t len = json_unescape(value.text, at);
    at[len] = 0;
    return slice_of(at, len);
}

struct slice vector_text(struct arena *arena, struct slice object, const char *member)
{
    struct json_value value = vector_get(object, member);
    return value.kind == JSON_NULL ? (struct slice){NULL, 0} : vector_string(arena, value);
}

int64_t vector_integer(struct slice object, const char *member, int64_t otherwise)
{
    struct json_value value = vector_get(object, member);
    int64_t integer = otherwise;
    if (value.kind == JSON_INTEGER)
        return value.integer;
    if (value.kind != JSON_NULL)
        assert_true(number_int64(value.text, &integer));
    return integer;
}

size_t vector_values(struct arena *arena, struct slice array, struct json_value **values)
{
    struct json_fault fault;
    *values = arena_take(arena, VALUES_MOST * sizeof(**values));
    int count = json_array(array, 0, *values, VALUES_MOST, &fault);
    if (count < 0)
        fail_msg("%s at byte %zu", fault.what, fault.at);
    return count < 0 ? 0 : (size_t)count;
}

size_t vector_array(struct arena *arena, struct slice object, const char *member, struct json_value **values)
{
    struct json_value value = vector_get(object, member);
    *values = NULL;
    return value.kind == JSON_NULL ? 0 : vector_values(arena, value.text, values);
}

/* ---- files ---- */

static struct slice read_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    char *at = arena_take(arena, (size_t)size);
    assert_int_equal(fread(at, 1, (size_t)size, file), size);
    fclose(file);
    return slice_of(at, (size_t)size);
}

static void read_headers(struct vector *vector, struct arena *arena, struct slice object)
{
    struct json_value *pairs;
    size_t count = vector_array(arena, object, "headers", &pairs);
    assert_true(count <= VECTOR_HEADERS_MOST);
    for (size_t i = 0; i < count; i++) {
        struct json_value *pair;
        assert_int_equal(vector_values(arena, pairs[i].text, &pair), 2);
        vector->headers[i].name = vector_string(arena, pair[0]);
        vector->headers[i].value = vector_string(arena, pair[1]);
    }
    vector->header_count = count;
}

static void read_request(struct vector *vector, struct arena *arena)
{
    struct slice request = vector_object(vector->json, "request");
    vector->input = vector_object(vector->json, "input");
    vector->path = vector_text(arena, request, "path");
    vector->body = hex_take(arena, vector_text(arena, request, "body_hex").at);
    read_headers(vector, arena, request);
}

static void read_answer(struct vector *vector, struct arena *arena)
{
    char path[64];
    snprintf(path, sizeof(path), "/%.*s", SLICE_ARG(vector->operation));
    vector->path = arena_copy(arena, slice_text(path));
    vector->body = hex_take(arena, vector_text(arena, vector->json, "body_hex").at);
    read_headers(vector, arena, vector->json);
}

static bool is_ours(struct slice operation, const char *only)
{
    if (only != NULL)
        return slice_equal(operation, slice_text(only));
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (slice_equal(operation, slice_text(operations[i])))
            return true;
    }
    return false;
}

static bool run_file(const char *name, const char *only, vector_fn *run)
{
    char path[512];
    struct arena arena;
    struct vector vector = {.name = name};
    snprintf(path, sizeof(path), "%s/vectors/%s", TESTS_DIR, name);
    arena_init(&arena, 1 << 20);
    vector.json = read_file(&arena, path);
    vector.operation = vector_text(&arena, vector.json, "operation");
    bool ours = is_ours(vector.operation, only);
    if (ours) {
        if (vector_has(vector.json, "request"))
            read_request(&vector, &arena);
        else
            read_answer(&vector, &arena);
        run(&vector, &arena);
    }
    arena_fini(&arena);
    return ours;
}

static int is_json(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".json") == 0;
}

size_t vector_each(const char *folder, vector_fn *run)
{
    return vector_each_of(folder, NULL, run);
}

size_t vector_each_of(const char *folder, const char *operation, vector_fn *run)
{
    char path[512];
    struct dirent **entries;
    size_t ran = 0;
    snprintf(path, sizeof(path), "%s/vectors/%s", TESTS_DIR, folder);
    int count = scandir(path, &entries, is_json, alphasort);
    if (count <= 0)
        fail_msg("%s: no vectors", path);
    for (int i = 0; i < count; i++) {
        char name[400];
        snprintf(name, sizeof(name), "%s/%s", folder, entries[i]->d_name);
        ran += run_file(name, operation, run) ? 1 : 0;
        free(entries[i]);
    }
    free(entries);
    return ran;
}
