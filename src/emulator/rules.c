/* rules: matching and acting. Reading them is rules_read.c, showing them rules_print.c. */
#include "emulator/rules.h"

#include <stdlib.h>

#include "emulator/operation.h"
#include "emulator/visit.h"
#include "loop/clock.h"

enum {
    RULES_OF_ROWS = RULE_BIT(RULE_ROW_ERROR),
    RULES_OF_GATE = RULE_BIT(RULE_REFUSE_CREDENTIALS) | RULE_BIT(RULE_EXPIRE_TOKEN)
};

void rules_init(struct rules *rules, const struct clock *clock)
{
    *rules = (struct rules){.clock = clock, .seed = 1};
}

void rules_fini(struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        throttle_fini(&rules->list[i].throttle);
    free(rules->list);
    rules_init(rules, rules->clock);
}

/* ---- matching ---- */

static bool rules_is(const struct rule *rule, uint32_t actions)
{
    return (RULE_BIT(rule->action) & actions) != 0;
}

static bool rules_awake(const struct rules *rules, const struct rule *rule)
{
    int64_t age_ms = rules->clock->now_ms - rule->set_ms;
    return age_ms >= rule->after_ms && (rule->for_ms < 0 || age_ms < rule->after_ms + rule->for_ms);
}

static bool rules_match_change(const struct rule *rule, const struct change *change)
{
    bool key = rule->key_bytes == 0 || (change->key.len >= rule->key_bytes &&
                                        memcmp(change->key.at, rule->key, rule->key_bytes) == 0);
    return key && (rule->table[0] == 0 || slice_equal(change->table, slice_text(rule->table)));
}

static bool rules_match_operation(const struct rule *rule, const struct operation *operation)
{
    if (rule->operations != 0)
        return (rule->operations >> operation_index(operation) & 1) != 0;
    return operation->writes_rows || operation->reads_rows;
}

static bool rules_match_visit(const struct rule *rule, const struct visit *visit)
{
    const char *table = visit_table_name(visit);
    if (!rules_match_operation(rule, visit->operation))
        return false;
    for (uint32_t i = 0; i < visit->change_count; i++)
        if (rules_match_change(rule, &visit->changes[i]))
            return true;
    if (visit->change_count > 0 || rule->key_bytes > 0)
        return false;
    return rule->table[0] == 0 || (table != NULL && strcmp(table, rule->table) == 0);
}

/* ---- acting ---- */

static void rules_count(struct rules *rules, struct rule *rule)
{
    rule->acted++;
    rules->acted++;
}

/* A match happened: does the rule act on it? */
static bool rules_act(struct rules *rules, struct rule *rule)
{
    rule->matched++;
    if (rule->count == 0)
        return false;
    if (rule->skip > 0) {
        rule->skip--;
        return false;
    }
    if (rule->probability < 1 && chance_fraction(&rule->chance) >= rule->probability)
        return false;
    if (rule->count > 0)
        rule->count--;
    rules_count(rules, rule);
    return true;
}

static int64_t rules_between(struct rule *rule, int64_t least, int64_t most)
{
    return least + (int64_t)chance_below(&rule->chance, (uint64_t)(most - least) + 1);
}

static int64_t rules_ms(struct rule *rule)
{
    if (rule->slow_probability > 0 && chance_fraction(&rule->chance) < rule->slow_probability)
        return rules_between(rule, rule->slow_ms, rule->slow_ms_most);
    return rules_between(rule, rule->ms, rule->ms_most);
}

static void rules_take(struct rule *rule, struct rules_plan *plan)
{
    if (rule->action == RULE_DELAY) {
        plan->delay_ms += rules_ms(rule);
        plan->drop_when_gone |= rule->drop_when_gone;
        return;
    }
    plan->action = rule->action == RULE_THROTTLE ? RULE_ERROR : rule->action;
    plan->refusal = rule->refusal;
    plan->body = rule->body;
    plan->hold = rule->hold;
    plan->applied = rule->applied;
    plan->bytes = rule->bytes;
    plan->pause_ms = rule->ms;
    if (rule->action == RULE_LATE)
        plan->late_ms = rules_ms(rule);
}

/* Credentials are everybody's, a token those that have it. */
static bool rules_match_token(const struct rule *rule, struct slice token)
{
    if (rule->action != RULE_EXPIRE_TOKEN)
        return true;
    if (token.at == NULL)
        return false;
    return rule->token[0] == 0 || slice_equal(token, slice_text(rule->token));
}

int rules_turn_away(struct rules *rules, const struct operation *operation, struct slice token,
                    struct refusal *refusal)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->list[i];
        bool all = rule->operations == 0 || rules_match_operation(rule, operation);
        if (!rules_is(rule, RULES_OF_GATE) || !all || !rules_awake(rules, rule))
            continue;
        if (!rules_match_token(rule, token) || !rules_act(rules, rule))
            continue;
        *refusal = rule->refusal;
        return -1;
    }
    return 0;
}

/* ---- capacity units ---- */

/* A throttle acts when it refuses. The rows of a write are asked for one by one as they are applied, unless
 * the rule is for whole requests; reads when they begin. */
static bool rules_throttle_has(struct rules *rules, struct rule *rule, struct slice table, int64_t reads,
                               int64_t writes)
{
    int64_t now_ms = rules->clock->now_ms;
    rule->matched++;
    if (throttle_has(&rule->throttle, rule->limits, table, THROTTLE_READ, reads, now_ms) &&
        throttle_has(&rule->throttle, rule->limits, table, THROTTLE_WRITE, writes, now_ms))
        return true;
    rules_count(rules, rule);
    return false;
}

static void rules_throttle_take(struct rules *rules, struct rule *rule, struct slice table, int64_t reads,
                                int64_t writes)
{
    int64_t now_ms = rules->clock->now_ms;
    throttle_take(&rule->throttle, rule->limits, table, THROTTLE_READ, reads, now_ms);
    throttle_take(&rule->throttle, rule->limits, table, THROTTLE_WRITE, writes, now_ms);
}

/* A condition costs a read, as the answer to the write says. */
static int64_t rules_reads(const struct change *change)
{
    return change->expect == CHANGE_ANY ? 0 : 1;
}

/* From `first` on, the changes of one table. Answers where the next table begins. */
static uint32_t rules_sum(const struct visit *visit, uint32_t first, int64_t *reads, int64_t *writes)
{
    struct slice table = visit->changes[first].table;
    uint32_t i = first;
    for (*reads = *writes = 0; i < visit->change_count && slice_equal(visit->changes[i].table, table); i++) {
        *reads += rules_reads(&visit->changes[i]);
        *writes += change_units(visit->changes[i].bytes);
    }
    return i;
}

static bool rules_request_fits(struct rules *rules, struct rule *rule, const struct visit *visit)
{
    int64_t reads = 0;
    int64_t writes = 0;
    for (uint32_t i = 0, next = 0; i < visit->change_count; i = next) {
        next = rules_sum(visit, i, &reads, &writes);
        if (rules_match_change(rule, &visit->changes[i]) &&
            !rules_throttle_has(rules, rule, visit->changes[i].table, reads, writes))
            return false;
    }
    for (uint32_t i = 0, next = 0; i < visit->change_count; i = next) {
        next = rules_sum(visit, i, &reads, &writes);
        if (rules_match_change(rule, &visit->changes[i]))
            rules_throttle_take(rules, rule, visit->changes[i].table, reads, writes);
    }
    return true;
}

/* True when the request may go on. */
static bool rules_throttle_request(struct rules *rules, struct rule *rule, const struct visit *visit)
{
    const char *table = visit_table_name(visit);
    if (visit->change_count > 0)
        return !rule->whole_request || rules_request_fits(rules, rule, visit);
    return table == NULL || rules_throttle_has(rules, rule, slice_text(table), 1, 0);
}

/* A row of BatchGetRow is one unit: of which table the others were is not known in the end. The other reads
 * were asked for as requests. */
static bool rules_throttle_row(struct rules *rules, struct rule *rule, const struct visit *visit,
                               const struct change *change)
{
    bool writes = visit->operation->writes_rows;
    int64_t write_units = writes ? change_units(change->bytes) : 0;
    int64_t read_units = writes ? rules_reads(change) : 1;
    if (writes ? rule->whole_request : visit_table_name(visit) != NULL)
        return true;
    if (!rules_throttle_has(rules, rule, change->table, read_units, write_units))
        return false;
    rules_throttle_take(rules, rule, change->table, read_units, write_units);
    return true;
}

void rules_charge(struct rules *rules, const struct visit *visit, int64_t units)
{
    const char *table = visit_table_name(visit);
    for (size_t i = 0; i < rules->count && table != NULL; i++) {
        struct rule *rule = &rules->list[i];
        if (rule->action == RULE_THROTTLE && rules_match_visit(rule, visit) && rules_awake(rules, rule))
            rules_throttle_take(rules, rule, slice_text(table), units, 0);
    }
}

/* ---- requests and rows ---- */

static bool rules_acts_on_request(struct rules *rules, struct rule *rule, const struct visit *visit)
{
    if (rules_is(rule, RULES_OF_ROWS | RULES_OF_GATE) || !rules_awake(rules, rule) ||
        !rules_match_visit(rule, visit))
        return false;
    if (rule->action == RULE_THROTTLE)
        return !rules_throttle_request(rules, rule, visit);
    return rules_act(rules, rule);
}

void rules_plan(struct rules *rules, const struct visit *visit, struct rules_plan *plan)
{
    *plan = (struct rules_plan){.action = RULE_NOTHING};
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->list[i];
        bool decided = rule->action != RULE_DELAY && plan->action != RULE_NOTHING;
        if (!decided && rules_acts_on_request(rules, rule, visit))
            rules_take(rule, plan);
    }
}

static bool rules_acts_on_row(struct rules *rules, struct rule *rule, const struct visit *visit,
                              const struct change *change)
{
    if (rule->action == RULE_THROTTLE)
        return !rules_throttle_row(rules, rule, visit, change);
    return rules_act(rules, rule);
}

int rules_spoil(struct rules *rules, const struct visit *visit, const struct change *change,
                struct refusal *refusal)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->list[i];
        if (!rules_is(rule, RULES_OF_ROWS | RULE_BIT(RULE_THROTTLE)) || !rules_awake(rules, rule) ||
            !rules_match_operation(rule, visit->operation) || !rules_match_change(rule, change) ||
            !rules_acts_on_row(rules, rule, visit, change))
            continue;
        *refusal = rule->refusal;
        return -1;
    }
    return 0;
}
