/* rules: matching and acting. Reading them is rules_read.c. */
#include "emulator/rules.h"

#include <stdlib.h>

#include "emulator/operation.h"
#include "emulator/visit.h"

void rules_init(struct rules *rules)
{
    *rules = (struct rules){.list = NULL};
}

void rules_fini(struct rules *rules)
{
    free(rules->list);
    rules_init(rules);
}

static bool rules_match_change(const struct rule *rule, const struct change *change)
{
    bool key = rule->key_bytes == 0 || (change->key.len >= rule->key_bytes &&
                                        memcmp(change->key.at, rule->key, rule->key_bytes) == 0);
    return key && (rule->table[0] == 0 || slice_equal(change->table, slice_text(rule->table)));
}

static bool rules_match_operation(const struct rule *rule, const struct operation *operation)
{
    if (rule->operation == NULL)
        return operation->writes_rows || operation->reads_rows;
    return rule->operation == operation;
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

/* A match happened: does the rule act on it? */
static bool rules_act(struct rules *rules, struct rule *rule)
{
    if (rule->count == 0)
        return false;
    if (rule->skip > 0) {
        rule->skip--;
        return false;
    }
    if (rule->probability < 1 && chance_fraction(&rules->chance) >= rule->probability)
        return false;
    if (rule->count > 0)
        rule->count--;
    rules->acted++;
    return true;
}

static int64_t rules_ms(struct rules *rules, const struct rule *rule)
{
    return rule->ms + (int64_t)chance_below(&rules->chance, (uint64_t)(rule->ms_most - rule->ms) + 1);
}

static void rules_take(struct rules *rules, const struct rule *rule, struct rules_plan *plan)
{
    if (rule->action == RULE_DELAY) {
        plan->delay_ms += rules_ms(rules, rule);
        return;
    }
    plan->action = rule->action;
    plan->refusal = rule->refusal;
    memcpy(plan->text, rule->text, sizeof(plan->text));
    if (rule->action == RULE_LATE)
        plan->late_ms = rules_ms(rules, rule);
}

void rules_plan(struct rules *rules, const struct visit *visit, struct rules_plan *plan)
{
    plan->action = RULE_NOTHING;
    plan->delay_ms = 0;
    plan->late_ms = 0;
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->list[i];
        bool decided = rule->action != RULE_DELAY && plan->action != RULE_NOTHING;
        if (rule->action == RULE_ROW_ERROR || decided || !rules_match_visit(rule, visit))
            continue;
        if (rules_act(rules, rule))
            rules_take(rules, rule, plan);
    }
}

int rules_spoil(struct rules *rules, const struct visit *visit, const struct change *change,
                struct refusal *refusal)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->list[i];
        if (rule->action != RULE_ROW_ERROR || !rules_match_operation(rule, visit->operation) ||
            !rules_match_change(rule, change) || !rules_act(rules, rule))
            continue;
        *refusal = rule->refusal;
        return -1;
    }
    return 0;
}
