/* What a store holds is in its file, whenever the process ends: random changes against a store in memory
 * alone, opened again at random moments, also from a copy made while the file was being written, as after
 * kill -9. */
#include "support/cmocka_all.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/chance.h"
#include "base/error.h"
#include "base/log.h"
#include "emulator/data.h"
#include "emulator/refusal.h"
#include "emulator/store.h"
#include "support/store_dump.h"
#include "support/store_steps.h"

enum { DUMP_MOST = 256 << 20, ROUNDS = 100, STEPS_MOST = 40, LARGE = 30000 };

/* What ends here is the process, never the machine: SQLite need not wait for a disk that others keep busy. */
int fsync(int fd)
{
    (void)fd;
    return 0;
}

int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

struct rig {
    char folder[64];
    char file[80];
    char copy[80];
    struct data *data;
    struct store store; /* with the file behind it */
    struct store twin;  /* in memory alone */
    struct chance chance;
    struct chance twin_chance;
    struct buffer dump;
    struct buffer twin_dump;
};

static void rig_open(struct rig *rig, const char *file)
{
    struct error err;
    store_init(&rig->store);
    rig->data = data_open(file, &err);
    if (rig->data == NULL)
        fail_msg("%s", err.text);
    if (data_attach(rig->data, "local", &rig->store, &err) != 0)
        fail_msg("%s", err.text);
}

static void rig_close(struct rig *rig)
{
    data_close(rig->data);
    store_fini(&rig->store);
}

static void quiet(void *arg, enum log_level level, struct slice line)
{
    (void)arg;
    (void)level;
    (void)line;
}

static void rig_init(struct rig *rig, uint64_t seed)
{
    *rig = (struct rig){.folder = "/tmp/test_data.XXXXXX"};
    assert_non_null(mkdtemp(rig->folder));
    snprintf(rig->file, sizeof(rig->file), "%s/data", rig->folder);
    snprintf(rig->copy, sizeof(rig->copy), "%s/copy", rig->folder);
    chance_init(&rig->chance, seed);
    chance_init(&rig->twin_chance, seed);
    buffer_init(&rig->dump, DUMP_MOST);
    buffer_init(&rig->twin_dump, DUMP_MOST);
    store_init(&rig->twin);
    log_set_output(quiet, NULL);
    rig_open(rig, rig->file);
}

static void rig_unlink(const char *file)
{
    char name[100];
    unlink(file);
    snprintf(name, sizeof(name), "%s-wal", file);
    unlink(name);
}

/* The file has been closed. */
static void rig_fini(struct rig *rig)
{
    rig_unlink(rig->file);
    rig_unlink(rig->copy);
    assert_int_equal(rmdir(rig->folder), 0); /* one file: nothing else is left */
    store_fini(&rig->twin);
    buffer_fini(&rig->dump);
    buffer_fini(&rig->twin_dump);
    log_set_output(NULL, NULL);
}

static void rig_equal(struct rig *rig)
{
    store_dump(&rig->store, &rig->dump);
    store_dump(&rig->twin, &rig->twin_dump);
    assert_int_equal(rig->dump.len, rig->twin_dump.len);
    assert_memory_equal(rig->dump.at, rig->twin_dump.at, rig->dump.len);
}

static void copy_one(const char *from, const char *to, const char *suffix)
{
    char name[100];
    char piece[65536];
    snprintf(name, sizeof(name), "%s%s", from, suffix);
    FILE *in = fopen(name, "rb");
    snprintf(name, sizeof(name), "%s%s", to, suffix);
    unlink(name);
    if (in == NULL)
        return;
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    for (size_t got = fread(piece, 1, sizeof(piece), in); got > 0; got = fread(piece, 1, sizeof(piece), in))
        assert_int_equal(fwrite(piece, 1, got, out), got);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* What kill -9 leaves: the file and its log as they are now. */
static void rig_copy(const struct rig *rig)
{
    copy_one(rig->file, rig->copy, "");
    copy_one(rig->file, rig->copy, "-wal");
}

static void rig_killed(struct rig *rig)
{
    struct rig other = *rig;
    rig_copy(rig);
    rig_open(&other, rig->copy);
    rig_equal(&other);
    rig->dump = other.dump; /* they may have grown */
    rig->twin_dump = other.twin_dump;
    rig_close(&other);
}

static void rig_commit(struct rig *rig)
{
    struct refusal refusal = {.status = 0};
    assert_int_equal(store_commit(&rig->store, &refusal), 0);
    assert_int_equal(store_commit(&rig->twin, &refusal), 0);
}

/* Some changes that stay, and sometimes some that do not. */
static void rig_steps(struct rig *rig)
{
    for (uint64_t i = 1 + chance_below(&rig->chance, STEPS_MOST); i > 0; i--)
        store_step(&rig->store, &rig->chance);
    for (uint64_t i = 1 + chance_below(&rig->twin_chance, STEPS_MOST); i > 0; i--)
        store_step(&rig->twin, &rig->twin_chance);
    if (chance_below(&rig->chance, 4) == 0) {
        size_t mark = store_mark(&rig->store);
        struct chance aside;
        chance_init(&aside, 77);
        store_step(&rig->store, &aside);
        store_undo(&rig->store, mark);
    }
    chance_below(&rig->twin_chance, 4);
    rig_commit(rig);
}

static void test_every_kind_of_change_survives(void **state)
{
    struct rig rig;
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        rig_init(&rig, seed);
        for (int i = 0; i < ROUNDS; i++) {
            rig_steps(&rig);
            if (i % 10 == 3)
                rig_killed(&rig);
            if (i % 10 != 7)
                continue;
            rig_close(&rig);
            rig_open(&rig, rig.file);
            rig_equal(&rig);
        }
        rig_equal(&rig);
        rig_close(&rig);
        rig_fini(&rig);
    }
}

static void set_both(struct rig *rig, int table, const char *id, int64_t seq, size_t bytes)
{
    store_steps_set(&rig->store, table, id, seq, bytes);
    store_steps_set(&rig->twin, table, id, seq, bytes);
}

static off_t file_bytes(const char *file)
{
    struct stat about;
    assert_int_equal(stat(file, &about), 0);
    return about.st_size;
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A change that cannot be kept, in the middle of whatever the file is doing. */
static void fail_once(struct rig *rig)
{
    struct refusal refusal = {.status = 0};
    limit_files(4096);
    store_steps_set(&rig->store, 0, "large-3", 0, 10);
    store_delete(rig->store.tables[0]);
    assert_int_equal(store_commit(&rig->store, &refusal), -1);
    limit_files(RLIM_INFINITY);
}

enum { LARGE_KEYS = 40, SWEEP_COMMITS = 5000 };

/* Rows that are never written again: only a sweep keeps them from going with the old pieces. */
static void set_rows_that_stay(struct rig *rig)
{
    char id[24];
    for (int table = 0; table < 3; table++) {
        store_steps_make_table(&rig->store, table);
        store_steps_make_table(&rig->twin, table);
        for (int i = 0; i < 300; i++) {
            snprintf(id, sizeof(id), "large-%d-small", i);
            set_both(rig, table, id, i, 20);
        }
        rig_commit(rig);
    }
}

static void change_large_rows(struct rig *rig)
{
    char id[24];
    snprintf(id, sizeof(id), "large-%d", (int)chance_below(&rig->chance, LARGE_KEYS));
    if (chance_below(&rig->chance, 2) == 0)
        set_both(rig, 0, id, 0, LARGE + chance_below(&rig->chance, 1000));
    snprintf(id, sizeof(id), "large-%d", (int)chance_below(&rig->chance, LARGE_KEYS));
    if (chance_below(&rig->chance, 2) == 0) {
        store_steps_remove(&rig->store, 0, id, 0);
        store_steps_remove(&rig->twin, 0, id, 0);
    }
}

static void test_old_rows_make_room_while_it_runs(void **state)
{
    struct rig rig;
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    rig_init(&rig, 5);
    set_rows_that_stay(&rig);
    for (int i = 0; i < SWEEP_COMMITS; i++) {
        change_large_rows(&rig);
        rig_commit(&rig);
        if (i % 7 == 0)
            fail_once(&rig);
        if (i % 239 == 0)
            rig_killed(&rig);
    }
    rig_equal(&rig);
    rig_close(&rig);
    assert_in_range(file_bytes(rig.file), 10 * LARGE, 3 * LARGE_KEYS * LARGE + (6 << 20));
    rig_open(&rig, rig.file);
    rig_equal(&rig);
    rig_close(&rig);
    rig_fini(&rig);
}

static void test_a_row_written_often_in_a_commit_is_kept_once(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, 6);
    store_steps_make_table(&rig.store, 0);
    store_steps_make_table(&rig.twin, 0);
    for (int i = 0; i < 200; i++)
        set_both(&rig, 0, "hot", 1, LARGE);
    rig_commit(&rig);
    rig_close(&rig);
    assert_in_range(file_bytes(rig.file), LARGE, 4 * LARGE);
    rig_open(&rig, rig.file);
    rig_equal(&rig);
    rig_close(&rig);
    rig_fini(&rig);
}

static void test_a_table_without_rows_is_read_and_kept_once(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, 14);
    for (int table = 0; table < 3; table++) {
        store_steps_make_table(&rig.store, table);
        store_steps_make_table(&rig.twin, table);
        rig_commit(&rig);
        rig_close(&rig);
        rig_open(&rig, rig.file);
        rig_equal(&rig);
    }
    rig_close(&rig);
    rig_fini(&rig);
}

static void test_instances_do_not_mix(void **state)
{
    struct rig rig;
    struct error err;
    struct refusal refusal;
    struct store other;
    (void)state;
    rig_init(&rig, 7);
    store_init(&other);
    assert_int_equal(data_attach(rig.data, "other", &other, &err), 0);
    rig_steps(&rig);
    store_steps_make_table(&other, 1);
    for (int i = 0; i < 30; i++) {
        store_steps_set(&other, 1, "theirs", i, 10);
        assert_int_equal(store_commit(&other, &refusal), 0);
        rig_steps(&rig);
    }
    rig_equal(&rig);
    rig_close(&rig);
    store_fini(&other);
    rig_open(&rig, rig.file);
    rig_equal(&rig);
    assert_int_equal(data_attach(rig.data, "other", &other, &err), 0);
    assert_int_equal(other.count, 1);
    assert_int_equal(other.tables[0]->rows.count, 30);
    rig_close(&rig);
    store_fini(&other);
    rig_fini(&rig);
}

/* ---- trouble ---- */

static void test_a_full_disk_refuses_changes_and_memory_stays_equal_to_the_file(void **state)
{
    struct rig rig;
    struct refusal refusal = {.status = 0};
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    rig_init(&rig, 8);
    for (int i = 0; i < 20; i++)
        rig_steps(&rig);
    limit_files(102400);
    int refused = 0;
    for (int i = 0; i < 50; i++) {
        store_step(&rig.store, &rig.chance);
        store_steps_make_table(&rig.store, 9);
        store_steps_set(&rig.store, 9, "large", i, (size_t)20 * LARGE);
        assert_int_equal(store_commit(&rig.store, &refusal), -1);
        assert_string_equal(refusal.code, "OTSInternalServerError");
        refused++;
        rig_equal(&rig);
    }
    limit_files(RLIM_INFINITY);
    assert_int_equal(refused, 50);
    rig.chance = rig.twin_chance;
    rig_steps(&rig);
    rig_killed(&rig);
    rig_close(&rig);
    rig_open(&rig, rig.file);
    rig_equal(&rig);
    rig_close(&rig);
    rig_fini(&rig);
}

static void expect_refused(const char *file, const char *words)
{
    struct error err;
    struct store store;
    store_init(&store);
    struct data *data = data_open(file, &err);
    int rc = data == NULL ? -1 : data_attach(data, "local", &store, &err);
    assert_int_equal(rc, -1);
    assert_non_null(strstr(err.text, words));
    assert_non_null(strstr(err.text, file));
    if (data != NULL)
        data_close(data);
    store_fini(&store);
}

static void test_a_file_has_one_user(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, 9);
    expect_refused(rig.file, "in use");
    rig_steps(&rig);
    expect_refused(rig.file, "in use");
    rig_close(&rig);
    rig_open(&rig, rig.file);
    rig_equal(&rig);
    rig_close(&rig);
    rig_fini(&rig);
}

static void file_execute(const char *file, const char *sql)
{
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

static void test_other_files_are_refused_and_left_alone(void **state)
{
    static const struct {
        const char *sql;
        const char *words;
    } files[] = {{"CREATE TABLE notes (text)", "another program"},
                 {"PRAGMA application_id = 0x6f747370; PRAGMA user_version = 3; CREATE TABLE piece (id)",
                  "newer otspipe"},
                 {"PRAGMA application_id = 0x6f747370; CREATE TABLE piece (id)", "not a data file"}};
    struct rig rig;
    (void)state;
    rig_init(&rig, 10);
    rig_close(&rig);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        rig_unlink(rig.copy);
        file_execute(rig.copy, files[i].sql);
        off_t bytes = file_bytes(rig.copy);
        expect_refused(rig.copy, files[i].words);
        assert_int_equal(file_bytes(rig.copy), bytes);
    }
    FILE *text = fopen(rig.copy, "wb");
    assert_non_null(text);
    for (int i = 0; i < 100; i++)
        fputs("this is a letter, and no database\n", text);
    fclose(text);
    expect_refused(rig.copy, "not a data file");
    assert_int_equal(file_bytes(rig.copy), 3400);
    expect_refused(rig.folder, "unable to open");
    rig_fini(&rig);
}

static void test_an_empty_file_becomes_a_data_file(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, 11);
    rig_close(&rig);
    rig_unlink(rig.file);
    FILE *empty = fopen(rig.file, "wb");
    assert_non_null(empty);
    fclose(empty);
    rig_open(&rig, rig.file);
    rig_steps(&rig);
    rig_close(&rig);
    rig_open(&rig, rig.file);
    rig_equal(&rig);
    rig_close(&rig);
    rig_fini(&rig);
}

/* How the tables of a file of version 1 were made: without their kind. */
static const char form_1[] = "PRAGMA writable_schema = ON; "
                             "UPDATE sqlite_schema SET sql = replace(sql, ', kind INTEGER NOT NULL DEFAULT "
                             "0', '') WHERE name = 'ots_table'; "
                             "PRAGMA writable_schema = OFF; PRAGMA user_version = 1";

static void test_a_file_of_version_1_becomes_one_of_version_2(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, 14);
    store_steps_make_table(&rig.store, 0);
    store_steps_make_table(&rig.twin, 0);
    set_both(&rig, 0, "a", 1, 100);
    rig_commit(&rig);
    rig_close(&rig);
    file_execute(rig.file, form_1);
    for (int i = 0; i < 3; i++) {
        rig_open(&rig, rig.file);
        rig_equal(&rig);
        for (int k = 0; k < 10; k++)
            rig_steps(&rig);
        rig_close(&rig);
    }
    rig_open(&rig, rig.file);
    rig_equal(&rig);
    rig_close(&rig);
    rig_fini(&rig);
}

static void test_damage_is_named(void **state)
{
    static const struct {
        const char *sql;
        const char *words;
    } damages[] = {
        {"UPDATE piece SET rows = substr(rows, 1, length(rows) - 1)", "damaged: piece"},
        {"UPDATE piece SET rows = x'0000000001'", "damaged: piece"},
        {"UPDATE piece SET rows = x''", "damaged: piece"},
        {"UPDATE ots_table SET request = x'0a'", "damaged: table"},
        {"UPDATE ots_table SET last_number = -1", "damaged: table"},
        {"UPDATE ots_table SET kind = 3", "damaged: table"},
        {"UPDATE ots_table SET kind = 1 WHERE kind = 0", "damaged: table"},
        {"DELETE FROM ots_table WHERE kind = 1", "damaged: table"},
        {"DELETE FROM ots_table WHERE kind = 2", "damaged: table"},
        {"UPDATE instance SET id = 1 << 50", "damaged: instance"},
        {"DROP TABLE piece", "no such table: piece"},
        {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM "
         "sqlite_schema "
         "WHERE name = 'piece') WHERE name = 'ots_table'",
         "damaged: its pages do not fit together"},
        {"CREATE TRIGGER later AFTER INSERT ON piece BEGIN DELETE FROM piece; END", "damaged: it holds more"},
        {"DROP TABLE piece; CREATE VIEW piece AS WITH RECURSIVE r (id, rows) AS (SELECT 1 << 40, x'' "
         "UNION ALL SELECT id, rows FROM r) SELECT * FROM r; "
         "CREATE TRIGGER put INSTEAD OF INSERT ON piece BEGIN SELECT 1; END; "
         "CREATE TRIGGER rid INSTEAD OF DELETE ON piece BEGIN SELECT 1; END",
         "damaged: it holds more"}};
    struct rig rig;
    (void)state;
    rig_init(&rig, 12);
    for (int i = 0; i < 10; i++)
        rig_steps(&rig);
    rig_close(&rig);
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        copy_one(rig.file, rig.copy, "");
        file_execute(rig.copy, damages[i].sql);
        expect_refused(rig.copy, damages[i].words);
    }
    rig_fini(&rig);
}

/* Any byte may be wrong: it is refused, or nothing that matters, but never the end of the process. */
static void test_wrong_bytes_do_no_harm(void **state)
{
    struct rig rig;
    int refused = 0;
    (void)state;
    rig_init(&rig, 13);
    for (int i = 0; i < 100; i++)
        rig_steps(&rig);
    rig_close(&rig);
    off_t bytes = file_bytes(rig.file);
    for (int i = 0; i < 400; i++) {
        struct error err;
        struct store store;
        store_init(&store);
        copy_one(rig.file, rig.copy, "");
        FILE *file = fopen(rig.copy, "r+b");
        assert_int_equal(fseek(file, (long)chance_below(&rig.chance, (uint64_t)bytes), SEEK_SET), 0);
        for (uint64_t k = chance_below(&rig.chance, 20); k < 20; k++)
            fputc((int)chance_below(&rig.chance, 256), file);
        fclose(file);
        struct data *data = data_open(rig.copy, &err);
        refused += data == NULL || data_attach(data, "local", &store, &err) != 0 ? 1 : 0;
        if (data != NULL)
            data_close(data);
        store_fini(&store);
    }
    assert_in_range(refused, 200, 400);
    rig_fini(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_change_survives),
        cmocka_unit_test(test_old_rows_make_room_while_it_runs),
        cmocka_unit_test(test_a_row_written_often_in_a_commit_is_kept_once),
        cmocka_unit_test(test_a_table_without_rows_is_read_and_kept_once),
        cmocka_unit_test(test_instances_do_not_mix),
        cmocka_unit_test(test_a_full_disk_refuses_changes_and_memory_stays_equal_to_the_file),
        cmocka_unit_test(test_a_file_has_one_user),
        cmocka_unit_test(test_other_files_are_refused_and_left_alone),
        cmocka_unit_test(test_an_empty_file_becomes_a_data_file),
        cmocka_unit_test(test_a_file_of_version_1_becomes_one_of_version_2),
        cmocka_unit_test(test_damage_is_named),
        cmocka_unit_test(test_wrong_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
