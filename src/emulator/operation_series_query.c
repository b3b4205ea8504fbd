/* operation_series_query: QueryTimeseriesMeta: the series that a condition holds for, in the order of their
 * keys, a page at a time, and how many there are in all. */
#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/series_condition.h"
#include "emulator/series_id.h"
#include "emulator/series_known.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/series_tags.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* [assumed] A page has at most so many series, whatever limit is asked for. */
enum { QUERY_SERIES_MOST = 1000, QUERY_TOKEN_KIND = 3, QUERY_SCRATCH = 64 * 1024 };

/* A query under way. */
struct series_query {
    struct visit *visit;
    const struct store_table *series;
    const struct series_condition *condition; /* NULL: all series */
    struct slice from; /* a stored series: the page begins there; empty: at the first */
    uint32_t limit;
    bool total;        /* count what is before and behind the page, too */
    struct slice next; /* where the next page begins; at NULL: this is the last */
    int64_t hits;
    Ots__TimeseriesMeta **metas; /* room for `limit` */
    size_t count;
    struct arena scratch; /* of one series */
};

/* [assumed] The token is opaque: here a kind, and the stored series that comes next. */
static int query_read(struct series_query *query, const Ots__QueryTimeseriesMetaRequest *request)
{
    struct visit *visit = query->visit;
    struct slice token = request->has_token ? proto_slice(request->token) : SLICE("");
    if (token.len > 0 && (token.len == 1 || token.at[0] != QUERY_TOKEN_KIND))
        return refusal_set(&visit->refusal, INVALID, "Invalid token.");
    query->from = token.len == 0 ? SLICE("") : slice_of(token.at + 1, token.len - 1);
    query->total = request->has_get_total_hit && request->get_total_hit;
    bool given = request->has_limit && request->limit > 0 && request->limit < QUERY_SERIES_MOST;
    query->limit = given ? (uint32_t)request->limit : QUERY_SERIES_MOST;
    query->metas = arena_take(&visit->arena, query->limit * sizeof(query->metas[0]));
    if (request->condition == NULL)
        return 0;
    query->condition = series_condition_read(request->condition, &visit->arena, &visit->refusal);
    return query->condition == NULL ? -1 : 0;
}

/* ---- a series in the answer ---- */

static char *query_text(struct slice text, struct arena *arena)
{
    return (char *)(uintptr_t)arena_copy(arena, text).at;
}

static Ots__TimeseriesTag *query_tag(struct slice name, struct slice value, struct arena *arena)
{
    Ots__TimeseriesTag *tag = arena_take(arena, sizeof(*tag));
    ots__timeseries_tag__init(tag);
    tag->name = query_text(name, arena);
    tag->value = query_text(value, arena);
    return tag;
}

/* Both forms of tags: the list for the SDKs of today, the text for those that know no list. */
static Ots__TimeseriesKey *query_key(const struct series_id_texts *texts, struct arena *arena)
{
    Ots__TimeseriesKey *key = arena_take(arena, sizeof(*key));
    int64_t count = series_tags_count(texts->tags);
    struct slice name;
    struct slice value;
    size_t at = 0;
    ots__timeseries_key__init(key);
    key->measurement = query_text(texts->measurement, arena);
    key->source = query_text(texts->source, arena);
    key->tags = query_text(texts->tags, arena);
    if (count > 0)
        key->tag_list = arena_take(arena, (size_t)count * sizeof(key->tag_list[0]));
    while (series_tags_next(texts->tags, &at, &name, &value) > 0)
        key->tag_list[key->n_tag_list++] = query_tag(name, value, arena);
    return key;
}

static Ots__TimeseriesMeta *query_meta(const struct series_id_texts *texts, const struct series_known *known,
                                       struct arena *arena)
{
    Ots__TimeseriesMeta *meta = arena_take(arena, sizeof(*meta));
    ots__timeseries_meta__init(meta);
    meta->time_series_key = query_key(texts, arena);
    if (known->attributes.len > 0)
        meta->attributes = query_text(known->attributes, arena);
    meta->has_update_time = true;
    meta->update_time = known->updated_us;
    return meta;
}

/* ---- the walk ---- */

static bool query_holds(const struct series_query *query, const struct series_id_texts *texts,
                        const struct series_known *known)
{
    const struct series_condition_facts facts = {.measurement = texts->measurement,
                                                 .source = texts->source,
                                                 .tags = texts->tags,
                                                 .attributes = known->attributes,
                                                 .update_time_us = known->updated_us};
    return query->condition == NULL || series_condition_match(query->condition, &facts);
}

/* Looks at one series. False: nothing behind it matters. */
static bool query_look(struct series_query *query, const struct row_node *node)
{
    struct slice key = row_index_key(node);
    struct series_known known;
    struct arena *arena = &query->visit->arena;
    arena_reset(&query->scratch);
    if (!series_known_read(query->series, node, query->visit->ground->now_ms, &known))
        return true;
    struct series_id_texts texts = series_id_decode(key, &query->scratch);
    if (!query_holds(query, &texts, &known))
        return true;
    query->hits++;
    if (slice_compare(key, query->from) < 0)
        return true;
    if (query->count < query->limit)
        query->metas[query->count++] = query_meta(&texts, &known, arena);
    else if (query->next.at == NULL)
        query->next = arena_copy(arena, key);
    return query->total || query->next.at == NULL;
}

static void query_run(struct series_query *query)
{
    const struct row_index *rows = &query->series->rows;
    struct row_cursor cursor;
    arena_init(&query->scratch, QUERY_SCRATCH);
    struct slice first = query->total ? SLICE("") : query->from;
    const struct row_node *node = row_index_at_least(rows, first, &cursor);
    while (node != NULL && query_look(query, node))
        node = row_index_next(rows, &cursor);
    arena_fini(&query->scratch);
}

static void query_answer(const struct series_query *query)
{
    struct visit *visit = query->visit;
    Ots__QueryTimeseriesMetaResponse answer = OTS__QUERY_TIMESERIES_META_RESPONSE__INIT;
    answer.timeseries_metas = query->metas;
    answer.n_timeseries_metas = query->count;
    answer.has_total_hit = query->total;
    answer.total_hit = query->hits;
    answer.has_next_token = query->next.at != NULL;
    if (answer.has_next_token) {
        char *token = arena_take(&visit->arena, query->next.len + 1);
        token[0] = QUERY_TOKEN_KIND;
        memcpy(token + 1, query->next.at, query->next.len);
        answer.next_token = proto_bytes(slice_of(token, query->next.len + 1));
    }
    proto_pack(&answer.base, &visit->answer);
}

int operation_query_timeseries_meta(struct visit *visit)
{
    const Ots__QueryTimeseriesMetaRequest *request = visit->message;
    struct series_query query = {.visit = visit};
    if (query_read(&query, request) != 0)
        return -1;
    query.series = visit_series(visit, request->table_name);
    if (query.series == NULL)
        return -1;
    query_run(&query);
    query_answer(&query);
    return 0;
}
