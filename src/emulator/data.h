/* data: tables that outlive the process, in one SQLite file.
 *
 * Memory is what requests are answered from. The file is a list of pieces, each the row changes of one
 * commit, in their order; reading them in that order makes the rows again. So a commit appends, wherever its
 * keys lie, and costs little more than its bytes. When a third of the file is old, rows as they are now are
 * written once more, a few with every commit, and then the pieces before them go: see data_sweep.c.
 *
 * A commit is done when it returns: kill -9 at any moment loses nothing that was committed and leaves no half
 * of a commit. When the machine itself stops, the last commits may be lost, but never the file. Errors of the
 * disk are refusals; memory and file stay equal. Waits for its disk. */
#ifndef EMULATOR_DATA_H
#define EMULATOR_DATA_H

struct data; /* opaque */
struct error;
struct store;

/* Made when it is not there. NULL and why: not such a file, of a newer version, in use, the disk. */
struct data *data_open(const char *file, struct error *err);

/* Reads what is kept for this instance into the store, which is empty, and keeps its commits from then on.
 * The store is lent until data_close(). -1 and why: a damaged file; the store may hold some of it then. */
int data_attach(struct data *data, const char *instance, struct store *store, struct error *err);

/* Before the stores end. */
void data_close(struct data *data);

#endif
