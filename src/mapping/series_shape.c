/* series_shape: two hash tables over what the plan lists; a sort of the rest. */
#include "mapping/series_shape.h"

#include <stdlib.h>

#include "base/check.h"
#include "mapping/series_rule.h"

static struct slice shape_lower(struct slice name, struct arena *arena)
{
    char *to = arena_take(arena, name.len);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        to[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return slice_of(to, name.len);
}

/* As it is written. */
static struct slice shape_name(const struct series_plan *plan, struct slice name, struct arena *arena)
{
    return plan->lowercase ? shape_lower(name, arena) : arena_copy(arena, name);
}

/* ---- what the plan lists ---- */

static int shape_compare_names(const void *a, const void *b)
{
    const struct slice *left = a, *right = b;
    return slice_compare(*left, *right);
}

static void shape_sort_tags(struct series_shape *shape)
{
    const struct series_plan *plan = shape->plan;
    shape->tags = check_memory(calloc(plan->tag_count + 1, sizeof(*shape->tags)));
    if (plan->tag_count == 0)
        return;
    memcpy(shape->tags, plan->tags, plan->tag_count * sizeof(*shape->tags));
    qsort(shape->tags, plan->tag_count, sizeof(*shape->tags), shape_compare_names);
}

/* A name that is empty is none. */
static int32_t shape_enter(struct series_shape *shape, bool from_field, struct slice name)
{
    return from_field && name.len > 0 ? name_table_enter(&shape->roles, name) : NAME_TABLE_NONE;
}

static void shape_enter_roles(struct series_shape *shape)
{
    const struct series_plan *plan = shape->plan;
    bool of_field = plan->measurement == SERIES_MEASUREMENT_FIELD;
    uint32_t roles = SERIES_ROLE_TAGS + plan->tag_count;
    name_table_init(&shape->roles, roles);
    shape->role_numbers = check_memory(calloc(roles, sizeof(*shape->role_numbers)));
    shape->role_at = check_memory(calloc(roles, sizeof(*shape->role_at)));
    shape->number_at = check_memory(calloc(roles, sizeof(*shape->number_at)));
    shape->role_numbers[SERIES_ROLE_MEASUREMENT] = shape_enter(shape, of_field, plan->measurement_name);
    shape->role_numbers[SERIES_ROLE_SOURCE] = shape_enter(shape, true, plan->source);
    shape->role_numbers[SERIES_ROLE_TIME] = shape_enter(shape, true, plan->time);
    for (uint32_t i = 0; i < plan->tag_count; i++)
        shape->role_numbers[SERIES_ROLE_TAGS + i] = shape_enter(shape, true, shape->tags[i]);
}

static void shape_enter_listed(struct series_shape *shape)
{
    const struct series_plan *plan = shape->plan;
    name_table_init(&shape->listed, plan->field_count);
    shape->types = check_memory(calloc(plan->field_count + 1, sizeof(*shape->types)));
    for (uint32_t i = 0; i < plan->field_count; i++) {
        struct slice name = shape_name(plan, plan->fields[i].name, &shape->texts);
        shape->types[name_table_enter(&shape->listed, name)] = plan->fields[i].type;
    }
}

void series_shape_init(struct series_shape *shape, const struct series_plan *plan)
{
    *shape = (struct series_shape){.plan = plan};
    arena_init(&shape->texts, 4096);
    arena_init(&shape->arena, 16384);
    shape_sort_tags(shape);
    shape_enter_roles(shape);
    shape_enter_listed(shape);
}

void series_shape_fini(struct series_shape *shape)
{
    name_table_fini(&shape->roles);
    name_table_fini(&shape->listed);
    arena_fini(&shape->texts);
    arena_fini(&shape->arena);
    free(shape->tags);
    free(shape->role_numbers);
    free(shape->role_at);
    free(shape->number_at);
    free(shape->types);
}

/* ---- a value ---- */

static void shape_add(struct series_shape *shape, const struct value *value, uint32_t at)
{
    struct slice name = shape_name(shape->plan, value->fields[at].name, &shape->arena);
    int32_t number = name_table_find(&shape->listed, name);
    if (number < 0 && !shape->plan->map_all)
        return;
    shape->fields[shape->field_count++] = (struct series_shape_field){
        .name = name,
        .at = at,
        .rank = shape->plan->same_name == SERIES_SAME_NAME_LAST ? value->count - at : at,
        .bad_name = !series_rule_field(name),
        .listed = number >= 0,
        .type = number >= 0 ? shape->types[number] : CELL_INTEGER,
    };
}

static int shape_compare_fields(const void *a, const void *b)
{
    const struct series_shape_field *left = a, *right = b;
    int order = slice_compare(left->name, right->name);
    return order != 0 ? order : (left->rank > right->rank) - (left->rank < right->rank);
}

static void shape_sort_fields(struct series_shape *shape)
{
    struct series_shape_field *fields = shape->fields;
    qsort(fields, shape->field_count, sizeof(*fields), shape_compare_fields);
    for (uint32_t i = 1; i < shape->field_count; i++) {
        fields[i].again = slice_equal(fields[i].name, fields[i - 1].name);
        if (fields[i].again)
            fields[i].name = fields[i - 1].name;
    }
}

void series_shape_learn(struct series_shape *shape, const struct value *value)
{
    uint32_t roles = SERIES_ROLE_TAGS + shape->plan->tag_count;
    arena_reset(&shape->arena);
    shape->names = value->names;
    shape->fields = arena_take(&shape->arena, value->count * sizeof(*shape->fields));
    shape->field_count = 0;
    memset(shape->number_at, -1, roles * sizeof(*shape->number_at));
    for (uint32_t i = 0; i < value->count; i++) {
        int32_t number = name_table_find(&shape->roles, value->fields[i].name);
        if (number >= 0)
            shape->number_at[number] = (int32_t)i;
        else
            shape_add(shape, value, i);
    }
    for (uint32_t i = 0; i < roles; i++)
        shape->role_at[i] = shape->role_numbers[i] < 0 ? -1 : shape->number_at[shape->role_numbers[i]];
    shape_sort_fields(shape);
}
