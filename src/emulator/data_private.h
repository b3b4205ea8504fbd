/* data_private: what the files of data share. data.c: life; data_file.c: SQLite; data_keep.c: a commit;
 * data_sweep.c: old pieces go; data_load.c: back into memory; data_piece.c: the bytes of a piece. */
#ifndef EMULATOR_DATA_PRIVATE_H
#define EMULATOR_DATA_PRIVATE_H

#include <sqlite3.h>

#include "base/buffer.h"
#include "emulator/data.h"
#include "emulator/store.h"

struct error;

enum data_statement {
    DATA_BEGIN,
    DATA_COMMIT,
    DATA_ROLLBACK,
    DATA_FIND_INSTANCE,
    DATA_ADD_INSTANCE,
    DATA_LIST_TABLES,
    DATA_ADD_TABLE,
    DATA_ALTER_TABLE,
    DATA_NUMBER_TABLE,
    DATA_DELETE_TABLE,
    DATA_LIST_PIECES,
    DATA_SIZE_PIECES,
    DATA_ADD_PIECE,
    DATA_DELETE_PIECES,
    DATA_STATEMENTS
};

/* Piece numbers of an instance begin at its own number in the upper bits. */
enum { DATA_PIECE_BITS = 40, DATA_PIECE_FULL = 1 << 20, DATA_INSTANCES = 1 << 20 };

enum data_sweep_phase { DATA_RESTING, DATA_COPYING, DATA_DELETING };

/* What an instance's pieces are at. Copied before a commit, so that a failed one can be forgotten. */
struct data_log {
    int64_t last_piece;
    uint64_t bytes; /* of all pieces */
    enum data_sweep_phase phase;
    int64_t old_last; /* pieces up to this one go */
    uint64_t old_bytes;
    int64_t table; /* copied so far: the tables before it, and its rows up to data_instance.key */
};

struct data_instance {
    struct data *data;
    struct data_instance *next;
    struct store *store;
    int64_t id;
    struct data_log log;
    struct buffer key;      /* of the last row that the sweep copied; empty: none of its table */
    struct buffer key_next; /* the same, once the commit is done */
};

struct data {
    sqlite3 *file;
    char *name;
    sqlite3_stmt *statements[DATA_STATEMENTS];
    struct data_instance *instances;
    struct buffer piece; /* being written */
    bool failing;        /* said so */
};

/* ---- data_file.c: all -1 and why; SQLite's words with the file's name in front. ---- */

int data_file_open(struct data *data, const char *file, struct error *err);
void data_file_close(struct data *data);
int data_file_error(const struct data *data, struct error *err);

/* The statement, ready for its values. */
sqlite3_stmt *data_file_statement(struct data *data, enum data_statement which);

/* Runs it to its end. */
int data_file_run(struct data *data, sqlite3_stmt *statement, struct error *err);

/* The next row of it: 1, or 0 behind the last one. */
int data_file_step(struct data *data, sqlite3_stmt *statement, struct error *err);

/* Memory of the statement; valid until its next step. */
struct slice data_file_bytes(sqlite3_stmt *statement, int column);

/* ---- data_piece.c ---- */

void data_piece_begin(struct buffer *piece);
void data_piece_add_row(struct buffer *piece, int64_t table, const struct row_node *node);
void data_piece_add_gone(struct buffer *piece, int64_t table, const struct row_node *node);
bool data_piece_empty(const struct buffer *piece);
void data_piece_finish(struct buffer *piece);

struct data_piece_row {
    int64_t table;
    struct slice key;
    bool gone;
    struct slice cells;
};

/* False: damaged. */
bool data_piece_open(struct slice piece, struct slice *rest);

/* 1 and a row, 0 behind the last one, -1: damaged. The row's bytes are the piece's. */
int data_piece_next(struct slice *rest, struct data_piece_row *row);

/* ---- the others ---- */

int data_keep(void *instance, const struct store_change *changes, size_t count, struct refusal *refusal);

/* Writes data->piece and begins a new one, when there is something in it. */
int data_keep_piece(struct data_instance *instance, struct error *err);

/* A commit's share of the sweep, inside its transaction; `bytes` are the commit's own. */
int data_sweep(struct data_instance *instance, uint64_t bytes, struct error *err);
void data_sweep_done(struct data_instance *instance); /* the commit is done */

int data_load(struct data_instance *instance, struct error *err);

#endif
