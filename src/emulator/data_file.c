/* data_file: the SQLite file: made, known again, locked; its statements. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "emulator/data_private.h"

enum { DATA_APPLICATION = 0x6f747370, DATA_VERSION = 2 }; /* "otsp"; both are in the file's header */

#define MAKE_INSTANCE "CREATE TABLE instance (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)"
#define TABLE_COLUMNS                                                                                        \
    "CREATE TABLE ots_table (id INTEGER PRIMARY KEY AUTOINCREMENT, instance INTEGER NOT NULL, "              \
    "name TEXT NOT NULL, request BLOB NOT NULL, last_number INTEGER NOT NULL, created_us INTEGER NOT NULL, " \
    "raised_us INTEGER NOT NULL, lowered_us INTEGER NOT NULL, streamed_us INTEGER NOT NULL"
#define KIND_COLUMN "kind INTEGER NOT NULL DEFAULT 0" /* enum store_kind; new in version 2 */
#define MAKE_TABLE_1 TABLE_COLUMNS ")"
#define MAKE_TABLE TABLE_COLUMNS ", " KIND_COLUMN ")" /* just what SQLite writes when the column is added */
#define MAKE_PIECE "CREATE TABLE piece (id INTEGER PRIMARY KEY, rows BLOB NOT NULL)"

/* In one transaction, before the file is anything else: whoever is killed here leaves an empty file. Numbers
 * of tables are never used twice: a piece may name one that is gone. */
static const char data_make[] = "PRAGMA page_size = 8192;"
                                "BEGIN EXCLUSIVE;"
                                "PRAGMA application_id = 0x6f747370;"
                                "PRAGMA user_version = 2;" MAKE_INSTANCE ";" MAKE_TABLE ";" MAKE_PIECE ";"
                                "COMMIT;";

/* A file of version 1 has data tables only. */
static const char data_upgrade[] = "BEGIN EXCLUSIVE;"
                                   "ALTER TABLE ots_table ADD COLUMN " KIND_COLUMN ";"
                                   "PRAGMA user_version = 2;"
                                   "COMMIT;";

/* What else is in the file: a view or a trigger in our tables' place would run, for ever if it likes. */
static const char data_strange[] =
    "SELECT count(*) FROM sqlite_schema WHERE sql NOT IN ('" MAKE_INSTANCE "', '" MAKE_TABLE_1
    "', '" MAKE_TABLE "', '" MAKE_PIECE "', 'CREATE TABLE sqlite_sequence(name,seq)')";

/* The log of the last commits is a file beside this one, put into it every 16 MB and at the end. It is synced
 * before it is put in, not at every commit. */
static const char data_settle[] = "PRAGMA journal_mode = WAL;"
                                  "PRAGMA synchronous = NORMAL;"
                                  "PRAGMA wal_autocheckpoint = 2048;"
                                  "PRAGMA journal_size_limit = 33554432;"
                                  "PRAGMA temp_store = MEMORY;";

static const char *const data_statements[DATA_STATEMENTS] = {
    [DATA_BEGIN] = "BEGIN IMMEDIATE",
    [DATA_COMMIT] = "COMMIT",
    [DATA_ROLLBACK] = "ROLLBACK",
    [DATA_FIND_INSTANCE] = "SELECT id FROM instance WHERE name = ?1",
    [DATA_ADD_INSTANCE] = "INSERT INTO instance (name) VALUES (?1)",
    [DATA_LIST_TABLES] =
        "SELECT id, request, last_number, created_us, raised_us, lowered_us, streamed_us, kind "
        "FROM ots_table WHERE instance = ?1 ORDER BY id",
    [DATA_ADD_TABLE] = "INSERT INTO ots_table (instance, name, request, last_number, created_us, raised_us, "
                       "lowered_us, streamed_us, kind) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [DATA_ALTER_TABLE] =
        "UPDATE ots_table SET request = ?3, last_number = ?4, created_us = ?5, raised_us = ?6, "
        "lowered_us = ?7, streamed_us = ?8 WHERE id = ?1 AND name = ?2",
    [DATA_NUMBER_TABLE] = "UPDATE ots_table SET last_number = ?2 WHERE id = ?1",
    [DATA_DELETE_TABLE] = "DELETE FROM ots_table WHERE id = ?1",
    [DATA_LIST_PIECES] = "SELECT id, rows FROM piece WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    [DATA_SIZE_PIECES] = "SELECT id, length(rows) FROM piece WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    [DATA_ADD_PIECE] = "INSERT INTO piece (id, rows) VALUES (?1, ?2)",
    [DATA_DELETE_PIECES] = "DELETE FROM piece WHERE id BETWEEN ?1 AND ?2",
};

static int data_file_refuse(const struct data *data, const char *words, struct error *err)
{
    return error_set(err, ERROR_CONFIG, "%s: %s", data->name, words);
}

int data_file_error(const struct data *data, struct error *err)
{
    int code = sqlite3_errcode(data->file) & 0xff;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return data_file_refuse(data, "in use: another emulator or program has it open", err);
    if (code == SQLITE_NOTADB)
        return data_file_refuse(data, "not a data file of this emulator", err);
    return data_file_refuse(data, sqlite3_errmsg(data->file), err);
}

/* ---- known again ---- */

static int data_file_execute(struct data *data, const char *sql, struct error *err)
{
    if (sqlite3_exec(data->file, sql, NULL, NULL, NULL) != SQLITE_OK)
        return data_file_error(data, err);
    return 0;
}

static int data_file_ask(struct data *data, const char *sql, int64_t *number, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(data->file, sql, -1, &statement, NULL) != SQLITE_OK)
        return data_file_error(data, err);
    int rc = sqlite3_step(statement);
    *number = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : data_file_error(data, err);
}

static int data_file_know_version(struct data *data, int64_t *version, struct error *err)
{
    int64_t application = 0;
    if (data_file_ask(data, "PRAGMA application_id", &application, err) != 0 ||
        data_file_ask(data, "PRAGMA user_version", version, err) != 0)
        return -1;
    if (application != DATA_APPLICATION)
        return data_file_refuse(data, "a database of another program", err);
    if (*version > DATA_VERSION)
        return error_set(err, ERROR_CONFIG,
                         "%s: written by a newer otspipe: its form is %lld, this one reads %d", data->name,
                         (long long)*version, DATA_VERSION);
    if (*version < 1)
        return data_file_refuse(data, "not a data file of this emulator", err);
    return 0;
}

/* All pages are read at the start anyway. A page that is used twice would be found out only after the first
 * write, with what was in it lost. */
static int data_file_check(struct data *data, struct error *err)
{
    int64_t problems = 0;
    if (data_file_ask(data, "SELECT count(*) FROM pragma_quick_check(1) WHERE quick_check <> 'ok'", &problems,
                      err) != 0)
        return -1;
    return problems == 0 ? 0 : data_file_refuse(data, "damaged: its pages do not fit together", err);
}

static int data_file_know(struct data *data, struct error *err)
{
    int64_t pages = 0;
    int64_t version = 0;
    int64_t strange = 0;
    if (data_file_ask(data, "PRAGMA page_count", &pages, err) != 0)
        return -1;
    if (pages == 0)
        return data_file_execute(data, data_make, err);
    if (data_file_know_version(data, &version, err) != 0 ||
        data_file_ask(data, data_strange, &strange, err) != 0)
        return -1;
    if (strange != 0)
        return data_file_refuse(data, "damaged: it holds more than this emulator's tables", err);
    if (data_file_check(data, err) != 0)
        return -1;
    return version == DATA_VERSION ? 0 : data_file_execute(data, data_upgrade, err);
}

/* ---- life ---- */

static int data_file_prepare(struct data *data, struct error *err)
{
    for (int i = 0; i < DATA_STATEMENTS; i++)
        if (sqlite3_prepare_v3(data->file, data_statements[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &data->statements[i], NULL) != SQLITE_OK)
            return data_file_error(data, err);
    return 0;
}

/* From here on nobody else can open it, which is known only once it has been read. */
static int data_file_lock(struct data *data, struct error *err)
{
    if (sqlite3_db_readonly(data->file, "main") != 0)
        return data_file_refuse(data, "it cannot be written", err);
    return data_file_execute(data, "PRAGMA locking_mode = EXCLUSIVE", err);
}

int data_file_open(struct data *data, const char *file, struct error *err)
{
    /* SQLite has meanings of its own for some names, never for one with a slash in it. */
    char *path = check_memory(sqlite3_mprintf("%s%s", file[0] == '/' ? "" : "./", file));
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    data->name = check_memory(strdup(file));
    int rc = sqlite3_open_v2(path, &data->file, flags, NULL);
    sqlite3_free(path);
    if (rc != SQLITE_OK)
        return data_file_error(data, err);
    if (data_file_lock(data, err) != 0 || data_file_know(data, err) != 0 ||
        data_file_execute(data, data_settle, err) != 0)
        return -1;
    return data_file_prepare(data, err);
}

void data_file_close(struct data *data)
{
    for (int i = 0; i < DATA_STATEMENTS; i++)
        sqlite3_finalize(data->statements[i]);
    CHECK(sqlite3_close(data->file) == SQLITE_OK);
    free(data->name);
}

/* ---- statements ---- */

sqlite3_stmt *data_file_statement(struct data *data, enum data_statement which)
{
    sqlite3_reset(data->statements[which]);
    return data->statements[which];
}

int data_file_step(struct data *data, sqlite3_stmt *statement, struct error *err)
{
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc != SQLITE_DONE)
        data_file_error(data, err);
    sqlite3_reset(statement);
    return rc == SQLITE_DONE ? 0 : -1;
}

int data_file_run(struct data *data, sqlite3_stmt *statement, struct error *err)
{
    int rc = data_file_step(data, statement, err);
    CHECK(rc != 1);
    return rc;
}

struct slice data_file_bytes(sqlite3_stmt *statement, int column)
{
    const void *at = sqlite3_column_blob(statement, column);
    return slice_of(at, (size_t)sqlite3_column_bytes(statement, column));
}
