/* offsets: fates come in any order, commits go out contiguous. For every assigned partition a queue of runs:
 * stretches of offsets taken together, each with a count of rows without a fate. The watermark is the first
 * offset that may still have to be read again. Gaps in offsets (compaction, transactions) need no care: runs
 * are in the order of reading.
 *
 * A partition record is a receipt_book. After offsets_drop() of its assignment it takes settlements still,
 * but they count for nothing; it goes when its last receipt is settled. */
#ifndef KAFKA_OFFSETS_H
#define KAFKA_OFFSETS_H

#include "kafka/source.h"
#include "record/receipt.h"

struct offsets;           /* opaque: all partitions of one channel */
struct offsets_partition; /* opaque */

struct offsets *offsets_create(void);
void offsets_destroy(struct offsets *offsets); /* every receipt must be settled */

void offsets_assign(struct offsets *offsets, const struct source_partition *partitions, size_t count);
void offsets_drop(struct offsets *offsets); /* all partitions: revoked and committed, or lost */

/* Lookup by topic and partition; the last one found is tried first. NULL: not assigned. */
struct offsets_partition *offsets_find(struct offsets *offsets, struct slice topic, int32_t partition);

/* A record enters: joins the partition's open run or begins a new one (256 records a run, say). Offsets must
 * ascend. The receipt is to be settled exactly once. */
struct receipt offsets_enter(struct offsets_partition *partition, int64_t offset);

/* Fills at most `most` partitions whose watermark moved since the last offsets_committed(); answers the
 * count. */
size_t offsets_to_commit(struct offsets *offsets, struct source_partition *partitions, size_t most);

/* The commit of just these succeeded: they are not offered again until they move. */
void offsets_committed(struct offsets *offsets, const struct source_partition *partitions, size_t count);

/* Receipts without a fate, over all assigned partitions. */
uint64_t offsets_open(const struct offsets *offsets);
size_t offsets_partition_count(const struct offsets *offsets);

/* Where a partition or a receipt is from: topic (lent, as long as the partition), partition, lane. */
void offsets_name(const struct offsets_partition *partition, struct source_partition *origin);
void offsets_origin(struct receipt receipt, struct source_partition *origin);

/* Instead of settling: this record will never have a fate, the channel stops because of it. It does not count
 * as open any more; the watermark goes up to its offset once all other records of its run are settled, and no
 * further. */
void offsets_hold(struct receipt receipt, int64_t offset);

/* Counters since the start, of live assignments: by fate. */
uint64_t offsets_fate_count(const struct offsets *offsets, enum fate fate);

/* The watermark of one partition, -1 when nothing was read of it yet; for checks and for the end of
 * --until-end. */
int64_t offsets_watermark(const struct offsets_partition *partition);

#endif
