/* data: life of the file and of the instances in it. */
#include "emulator/data.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "emulator/data_private.h"

struct data *data_open(const char *file, struct error *err)
{
    struct data *data = check_memory(calloc(1, sizeof(*data)));
    buffer_init(&data->piece, SIZE_MAX);
    data_piece_begin(&data->piece);
    if (data_file_open(data, file, err) == 0)
        return data;
    data_close(data);
    return NULL;
}

static void data_detach(struct data_instance *instance)
{
    instance->store->keep = NULL;
    buffer_fini(&instance->key);
    buffer_fini(&instance->key_next);
    free(instance);
}

void data_close(struct data *data)
{
    while (data->instances != NULL) {
        struct data_instance *instance = data->instances;
        data->instances = instance->next;
        data_detach(instance);
    }
    data_file_close(data);
    buffer_fini(&data->piece);
    free(data);
}

/* Its number in the file, given when it is seen first. */
static int data_find(struct data_instance *instance, const char *name, struct error *err)
{
    struct data *data = instance->data;
    sqlite3_stmt *find = data_file_statement(data, DATA_FIND_INSTANCE);
    sqlite3_bind_text(find, 1, name, -1, SQLITE_TRANSIENT);
    int found = data_file_step(data, find, err);
    if (found == 1)
        instance->id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    if (found == 1 && (instance->id < 1 || instance->id > DATA_INSTANCES))
        return error_set(err, ERROR_CONFIG, "%s: damaged: instance %s cannot be read", data->name, name);
    if (found != 0)
        return found < 0 ? -1 : 0;
    sqlite3_stmt *add = data_file_statement(data, DATA_ADD_INSTANCE);
    sqlite3_bind_text(add, 1, name, -1, SQLITE_TRANSIENT);
    if (data_file_run(data, add, err) != 0)
        return -1;
    instance->id = sqlite3_last_insert_rowid(data->file);
    return 0;
}

int data_attach(struct data *data, const char *instance_name, struct store *store, struct error *err)
{
    struct data_instance *instance = check_memory(calloc(1, sizeof(*instance)));
    CHECK(store->count == 0 && store->change_count == 0 && store->keep == NULL);
    instance->data = data;
    instance->store = store;
    instance->next = data->instances;
    buffer_init(&instance->key, SIZE_MAX);
    buffer_init(&instance->key_next, SIZE_MAX);
    data->instances = instance;
    if (data_find(instance, instance_name, err) != 0 || data_load(instance, err) != 0)
        return -1;
    CHECK(store->change_count == 0);
    store->keep = data_keep;
    store->keeper = instance;
    return 0;
}
