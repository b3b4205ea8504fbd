/* aside: where records go that cannot become rows or cannot be written: an error topic (kafka/producer) or an
 * error table (channel/error_table). What it has taken it sends until it is confirmed, however long that
 * takes; it forgets nothing and decides nothing. The fourth seam of the simulator. All calls and callbacks
 * are on the loop's thread. */
#ifndef RECORD_ASIDE_H
#define RECORD_ASIDE_H

#include "base/error.h"
#include "base/list.h"
#include "record/message.h"

struct aside_record {
    struct message message;    /* as it came; its bytes stay where they are until on_done */
    struct slice why;          /* words for a person */
    struct slice request_id;   /* of the service's refusal; empty: it was none */
    const char *stage;         /* "convert" "transform" "map" "limit" "write"; static */
    const char *connect_stage; /* the same as Kafka Connect calls it: "VALUE_CONVERTER"; static */
    const char *connect_class; /* the Java class that does this in Kafka Connect; static */
    int64_t failed_wall_ms;    /* when; since 1970, UTC */
    bool documents;            /* key and value are: what does not fit whole is left out, not cut */

    /* The aside's own, from put to on_done. */
    struct list node;
    size_t room;   /* bytes that the record may have there */
    bool given_up; /* its failure is its end: nobody waits for it any more */
};

struct aside;

struct aside_events {
    void *arg;
    /* Exactly once for each record: `confirmed` by the topic or the table, or given up after aside_cut().
     * Never from inside aside_put(). The record is the giver's again. */
    void (*on_done)(void *arg, struct aside_record *record, bool confirmed);
    /* ERROR_RETRY: it failed, once more; records are sent again until they are taken. NULL: they are taken
     * again. Another kind: it cannot go on. The words are without the aside's name. */
    void (*on_trouble)(void *arg, const struct aside *aside, const struct error *err);
};

struct aside_class {
    size_t (*put)(struct aside *aside, struct aside_record *record);
    void (*cut)(struct aside *aside);
    uint32_t (*in_flight)(const struct aside *aside);
};

struct aside {
    const struct aside_class *class;
    struct aside_events events; /* set by who gives records, before the first */
    const char *name;           /* for words: "error topic x" */
};

/* Lends the record until on_done. Answers how many bytes the aside itself holds of it until then. */
static inline size_t aside_put(struct aside *aside, struct aside_record *record)
{
    return aside->class->put(aside, record);
}

/* What is not confirmed is given up as far as it can be called back; what cannot may still be confirmed. */
static inline void aside_cut(struct aside *aside)
{
    aside->class->cut(aside);
}

/* What must come home before the aside may be destroyed: none of its own threads, requests on the loop. */
static inline uint32_t aside_in_flight(const struct aside *aside)
{
    return aside->class->in_flight(aside);
}

#endif
