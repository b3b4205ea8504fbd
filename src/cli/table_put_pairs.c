/* table_put_pairs: a row out of words: id=5 name=Ada height:double=1.7 */
#include "cli/table_put_pairs.h"
#include "base/arena.h"
#include "base/error.h"
#include "cli/table_key.h"

static bool pair_is_letter(char letter, bool first)
{
    bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
    return is_letter || (!first && letter >= '0' && letter <= '9');
}

static size_t pair_name_len(const char *text)
{
    size_t len = 0;
    while (pair_is_letter(text[len], len == 0))
        len++;
    return len;
}

bool table_put_pairs_has(const char *text)
{
    size_t len = pair_name_len(text);
    if (len > 0 && text[len] == ':')
        len += 1 + pair_name_len(text + len + 1);
    return len > 0 && text[len] == '=';
}

struct pair {
    struct slice name;
    char *type; /* NULL: not said */
    char *value;
};

static void pair_split(char *text, struct pair *pair)
{
    char *equals = strchr(text, '=');
    *equals = 0;
    char *colon = strchr(text, ':');
    if (colon != NULL)
        *colon = 0;
    *pair = (struct pair){slice_text(text), colon == NULL ? NULL : colon + 1, equals + 1};
}

static int pair_type(const struct mapping_plan *schema, const struct pair *pair, enum cell_type *type,
                     struct error *err)
{
    static const enum cell_type types[] = {CELL_STRING, CELL_INTEGER, CELL_DOUBLE, CELL_BOOLEAN, CELL_BINARY};
    *type = CELL_STRING;
    for (uint32_t i = 0; i < schema->column_count && pair->type == NULL; i++)
        if (slice_equal(schema->columns[i].name, pair->name))
            *type = schema->columns[i].type;
    if (pair->type == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(table_key_type_name(types[i]), pair->type) == 0) {
            *type = types[i];
            return 0;
        }
    return error_set(err, ERROR_CONFIG, "%.*s:%.40s: string, integer, double, boolean or binary was expected",
                     (int)pair->name.len, pair->name.at, pair->type);
}

static bool pair_is_known(const struct row *row, struct slice name)
{
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (slice_equal(row->cells[i].name, name))
            return true;
    return false;
}

/* The index of a key column, or the count of them. */
static uint32_t pair_key(const struct mapping_plan *schema, struct slice name)
{
    uint32_t i = 0;
    while (i < schema->key_count && !slice_equal(schema->keys[i].name, name))
        i++;
    return i;
}

static int pair_add(const struct mapping_plan *schema, const struct pair *pair, struct arena *arena,
                    struct row *row, struct error *err)
{
    uint32_t key = pair_key(schema, pair->name);
    enum cell_type type;
    bool twice = key < schema->key_count ? row->keys[key].name.at != NULL : pair_is_known(row, pair->name);
    if (twice)
        return error_set(err, ERROR_CONFIG, "%.*s: it is given twice", (int)pair->name.len, pair->name.at);
    if (key < schema->key_count && pair->type != NULL)
        return error_set(err, ERROR_CONFIG, "%.*s: the type of a key column is the table's, it is not given",
                         (int)pair->name.len, pair->name.at);
    if (key < schema->key_count)
        return table_key_cell(schema->keys[key].name, schema->keys[key].type, pair->value, arena,
                              &row->keys[key], err);
    if (pair_type(schema, pair, &type, err) != 0)
        return -1;
    return table_key_cell(pair->name, type, pair->value, arena, &row->cells[row->cell_count++], err);
}

static int pairs_complete(const struct mapping_plan *schema, struct row *row, struct error *err)
{
    for (uint32_t i = 0; i < schema->key_count; i++) {
        const struct mapping_column *column = &schema->keys[i];
        if (row->keys[i].name.at != NULL)
            continue;
        if (column->type != CELL_AUTO_INCREMENT)
            return error_set(err, ERROR_CONFIG, "key column %.*s is missing", (int)column->name.len,
                             column->name.at);
        row->keys[i] = (struct cell){.name = column->name, .type = CELL_AUTO_INCREMENT};
    }
    return 0;
}

int table_put_pairs_read(const struct mapping_plan *schema, const struct word_list *pairs, bool update,
                         struct arena *arena, struct row *row, struct error *err)
{
    *row = (struct row){.op = update ? ROW_UPDATE : ROW_PUT, .key_count = schema->key_count};
    row->keys = arena_take(arena, schema->key_count * sizeof(*row->keys));
    memset(row->keys, 0, schema->key_count * sizeof(*row->keys));
    row->cells = arena_take(arena, (pairs->count + 1) * sizeof(*row->cells));
    for (size_t i = 0; i < pairs->count; i++) {
        struct pair pair;
        if (!table_put_pairs_has(pairs->at[i]))
            return error_set(err, ERROR_CONFIG, "%.80s: NAME=VALUE was expected", pairs->at[i]);
        pair_split(pairs->at[i], &pair);
        if (pair_add(schema, &pair, arena, row, err) != 0)
            return -1;
    }
    return pairs_complete(schema, row, err);
}
