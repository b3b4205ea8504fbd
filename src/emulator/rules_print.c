/* rules_print: the rules as they are, and the manual. */
#include "base/buffer.h"
#include "base/json.h"
#include "emulator/rule_keys.h"
#include "emulator/rules.h"

static void rules_put_text(struct buffer *to, const char *name, const char *text)
{
    buffer_print(to, "\"%s\":", name);
    json_put_string(to, slice_text(text));
    buffer_add_slice(to, SLICE(","));
}

static void rules_put_rule(struct buffer *to, const struct rule *rule)
{
    buffer_add_slice(to, SLICE("{"));
    rules_put_text(to, "name", rule->name);
    rules_put_text(to, "action", rule_keys_actions[rule->action].name);
    buffer_print(to, "\"matched\":%llu,\"acted\":%llu,\"left\":", (unsigned long long)rule->matched,
                 (unsigned long long)rule->acted);
    if (rule->count < 0)
        buffer_add_slice(to, SLICE("null}"));
    else
        buffer_print(to, "%lld}", (long long)rule->count);
}

void rules_print(const struct rules *rules, struct buffer *to)
{
    buffer_print(to, "{\"seed\":%lld,\"rules\":[", (long long)rules->seed);
    for (size_t i = 0; i < rules->count; i++) {
        buffer_add_slice(to, i == 0 ? SLICE("") : SLICE(","));
        rules_put_rule(to, &rules->list[i]);
    }
    buffer_add_slice(to, SLICE("]}\n"));
}

static const char reference_top[] =
    "# Faults of the emulator\n"
    "\n"
    "This page is printed by `otspipe emulator --faults-help`; a test keeps it current.\n"
    "\n"
    "Faults are rules, as JSON: from a file at the start (`otspipe emulator --faults FILE`), or while it "
    "runs "
    "(with `--control`):\n"
    "\n"
    "```sh\n"
    "curl -X POST --data-binary @rules.json http://127.0.0.1:8087/_control/faults\n"
    "curl http://127.0.0.1:8087/_control/faults        # the rules, and how often each acted\n"
    "curl -X POST http://127.0.0.1:8087/_control/faults # no rules any more\n"
    "```\n"
    "\n"
    "```json\n"
    "{\"seed\": 1, \"rules\": [ // comments are allowed\n"
    "  {\"action\": \"delay\", \"ms\": 5, \"ms_most\": 20},\n"
    "  {\"name\": \"one bad key\", \"action\": \"row_error\", \"table\": \"orders\", \"key\": [\"anna\", "
    "7],\n"
    "   \"code\": \"OTSTimeout\", \"count\": 3}\n"
    "]}\n"
    "```\n"
    "\n"
    "All delays that match a request add up; of the other actions on requests the first rule that matches "
    "acts, in the order\n"
    "of the list. Rules for rows are asked for each row, when it is applied or read. Everything that "
    "is left to\n"
    "chance comes from the seed (1 where none is given): the same rules and the same sequence of requests "
    "give the same faults,\n"
    "and one rule more changes nothing in the others. A request whose client got no valid answer, or none, "
    "though its rows were\n"
    "applied, has an `unanswered` line in the journal. Complete samples are in `configs/faults/`.\n";

static void reference_put_action(struct buffer *to, const struct rule_keys_action *action)
{
    buffer_print(to, "| `%s` | %s | `{\"action\": \"%s\", %s}` |\n", action->name, action->help, action->name,
                 action->example);
}

static void reference_put_actions_of(struct buffer *to, uint32_t actions)
{
    uint32_t all = RULE_BIT(RULE_ACTIONS) - RULE_BIT(RULE_DELAY);
    const char *between = "";
    if (actions == all)
        buffer_print(to, "all");
    for (int i = 1; i < RULE_ACTIONS && actions != all; i++) {
        if ((actions & RULE_BIT(i)) == 0)
            continue;
        buffer_print(to, "%s%s", between, rule_keys_actions[i].name);
        between = ", ";
    }
}

/* A key that most have is told by who has not. */
static void reference_put_who(struct buffer *to, uint32_t actions)
{
    uint32_t others = (RULE_BIT(RULE_ACTIONS) - RULE_BIT(RULE_DELAY)) & ~actions;
    bool most = others != 0 && __builtin_popcount(others) < __builtin_popcount(actions);
    if (most)
        buffer_print(to, "all but ");
    reference_put_actions_of(to, most ? others : actions);
}

static void reference_put_key(struct buffer *to, const struct rule_key *key)
{
    buffer_print(to, "| `%s` | %s", key->name, key->type->words);
    if (key->type == &rule_value_whole)
        buffer_print(to, key->most == INT64_MAX ? ", from %lld" : ", %lld to %lld", (long long)key->least,
                     (long long)key->most);
    buffer_print(to, " | ");
    reference_put_who(to, key->actions);
    buffer_print(to, " | %s | %s |\n", key->preset == NULL ? "must be given" : key->preset, key->help);
}

void rules_print_reference(struct buffer *to)
{
    buffer_print(to, "%s\n## Actions\n\n| action | what happens | for example |\n|---|---|---|\n",
                 reference_top);
    for (int i = 1; i < RULE_ACTIONS; i++)
        reference_put_action(to, &rule_keys_actions[i]);
    buffer_print(to, "\n## Keys\n\n| key | value | with | when absent | meaning |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < rule_keys_count; i++)
        reference_put_key(to, &rule_keys[i]);
}
