/* filter_rule: PCRE2 with all its memory in an arena and its work counted, so that no expression and no text
 * holds the loop for long. */
#include "emulator/filter_rule.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/number.h"
#include "emulator/filter.h"
#include "emulator/limits.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* [assumed] An expression that takes more than RULE_COST_MOST for one value does not match it. A step costs 1
 * and the text it may run over. */
enum { RULE_COST_MOST = 50000, RULE_COST_BYTES = 1024, RULE_HEAP_KB = 1024, RULE_MATCH_LIMIT = 1000000 };

struct filter_rule {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    enum cell_type type; /* STRING, INTEGER or DOUBLE */
    uint64_t left;       /* of the cost of this match */
    uint64_t *cost;
};

static void *rule_take(PCRE2_SIZE bytes, void *arena)
{
    return arena_take(arena, bytes);
}

static void rule_give(void *at, void *arena)
{
    (void)arena; /* goes with the arena */
    (void)at;
}

/* Called before each step. Anything but 0 ends the match. */
static int rule_on_step(pcre2_callout_block *step, void *arg)
{
    struct filter_rule *rule = arg;
    uint64_t cost = 1 + (step->subject_length - step->current_position) / RULE_COST_BYTES;
    *rule->cost += cost;
    if (cost > rule->left)
        return PCRE2_ERROR_CALLOUT;
    rule->left -= cost;
    return 0;
}

static int rule_compile(struct filter_rule *rule, struct slice regex, struct arena *arena,
                        struct refusal *refusal)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    uint32_t options = PCRE2_AUTO_CALLOUT | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
    pcre2_general_context *memory = pcre2_general_context_create(rule_take, rule_give, arena);
    pcre2_compile_context *compile = pcre2_compile_context_create(memory);
    CHECK(memory != NULL && compile != NULL);
    rule->code = pcre2_compile((PCRE2_SPTR)regex.at, regex.len, options, &code, &at, compile);
    if (rule->code == NULL)
        return refusal_set(refusal, INVALID, "Invalid regular expression: error %d at byte %zu.", code, at);
    rule->match = pcre2_match_data_create_from_pattern(rule->code, memory);
    rule->context = pcre2_match_context_create(memory);
    CHECK(rule->match != NULL && rule->context != NULL);
    pcre2_set_callout(rule->context, rule_on_step, rule);
    pcre2_set_match_limit(rule->context, RULE_MATCH_LIMIT);
    pcre2_set_heap_limit(rule->context, RULE_HEAP_KB);
    return 0;
}

/* [assumed] Only these three can be compared; without a type it is a string. */
static int rule_type(const Ots__ValueTransferRule *from, enum cell_type *type, struct refusal *refusal)
{
    bool given = from->has_cast_type;
    *type = CELL_STRING;
    if (given && from->cast_type == OTS__VARIANT_TYPE__VT_INTEGER)
        *type = CELL_INTEGER;
    else if (given && from->cast_type == OTS__VARIANT_TYPE__VT_DOUBLE)
        *type = CELL_DOUBLE;
    else if (given && from->cast_type != OTS__VARIANT_TYPE__VT_STRING)
        return refusal_set(refusal, INVALID, "Invalid cast type: %d.", (int)from->cast_type);
    return 0;
}

struct filter_rule *filter_rule_read(const Ots__ValueTransferRule *rule, uint64_t *cost, struct arena *arena,
                                     struct refusal *refusal)
{
    struct slice regex = slice_text(rule->regex);
    struct filter_rule *made = arena_take(arena, sizeof(*made));
    *made = (struct filter_rule){.type = CELL_STRING};
    made->cost = cost;
    if (regex.len == 0 || regex.len > LIMIT_REGEX_BYTES) {
        refusal_set(refusal, INVALID, "The length of a regular expression must be in range: [1, %d].",
                    LIMIT_REGEX_BYTES);
        return NULL;
    }
    if (rule_type(rule, &made->type, refusal) != 0 || rule_compile(made, regex, arena, refusal) != 0)
        return NULL;
    return made;
}

static bool rule_find(struct filter_rule *rule, struct slice text, struct slice *part)
{
    rule->left = RULE_COST_MOST;
    int parts = pcre2_match(rule->code, (PCRE2_SPTR)text.at, text.len, 0, 0, rule->match, rule->context);
    if (parts < 1)
        return false;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(rule->match);
    bool inner = parts > 1 && at[2] != PCRE2_UNSET;
    size_t from = inner ? at[2] : at[0];
    size_t to = inner ? at[3] : at[1];
    *part = slice_of(text.at + from, to > from ? to - from : 0); /* \K can put the start behind the end */
    return true;
}

static size_t rule_digits(struct slice text, size_t at)
{
    size_t from = at;
    while (at < text.len && text.at[at] >= '0' && text.at[at] <= '9')
        at++;
    return at - from;
}

/* A sign, digits with or without a point, an exponent. */
static bool rule_is_decimal(struct slice text)
{
    size_t at = text.len > 0 && (text.at[0] == '-' || text.at[0] == '+') ? 1 : 0;
    size_t whole = rule_digits(text, at);
    size_t behind = 0;
    at += whole;
    if (at < text.len && text.at[at] == '.') {
        behind = rule_digits(text, at + 1);
        at += 1 + behind;
    }
    if (whole + behind == 0)
        return false;
    if (at < text.len && (text.at[at] == 'e' || text.at[at] == 'E')) {
        at++;
        at += at < text.len && (text.at[at] == '-' || text.at[at] == '+') ? 1 : 0;
        size_t exponent = rule_digits(text, at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == text.len;
}

bool filter_rule_apply(struct filter_rule *rule, const struct cell *from, struct cell *to)
{
    struct slice part;
    if (from->type != CELL_STRING || *rule->cost > FILTER_COST_MOST || !rule_find(rule, from->bytes, &part))
        return false;
    *to = (struct cell){.name = from->name, .op = CELL_PUT, .type = rule->type};
    if (rule->type == CELL_INTEGER)
        return number_int64(part, &to->integer);
    if (rule->type == CELL_STRING) {
        to->bytes = part;
        return true;
    }
    if (!rule_is_decimal(part))
        return false;
    to->number = number_double(part);
    return true;
}
