/* types: what a value may look like, and how it is printed. */
#include "config/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/number.h"

static int type_refuse(struct error *err, struct slice text, const char *wanted)
{
    return error_set(err, ERROR_CONFIG, "\"%.*s\" is wrong; %s", text.len > 100 ? 100 : (int)text.len,
                     text.at, wanted);
}

static int type_copy(struct slice text, void *to, struct arena *arena)
{
    *(const char **)to = arena_copy(arena, text).at;
    return 0;
}

static int string_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                      struct arena *arena, struct error *err)
{
    (void)form;
    if (text.len == 0)
        return error_set(err, ERROR_CONFIG, "nothing is given; for example %s",
                         key->example == NULL ? "a text" : key->example);
    return type_copy(text, to, arena);
}

static void string_print(const struct config_key *key, const void *from, struct buffer *to)
{
    (void)key;
    const char *text = *(const char *const *)from;
    if (text == NULL)
        buffer_add(to, "null", 4);
    else
        config_put_scalar(to, slice_text(text));
}

static int slice_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                     struct arena *arena, struct error *err)
{
    const char *copy = NULL;
    if (string_set(key, form, text, &copy, arena, err) != 0)
        return -1;
    *(struct slice *)to = slice_text(copy);
    return 0;
}

static void slice_print(const struct config_key *key, const void *from, struct buffer *to)
{
    string_print(key, &((const struct slice *)from)->at, to);
}

static void secret_print(const struct config_key *key, const void *from, struct buffer *to)
{
    (void)key;
    (void)from;
    buffer_print(to, "\"********\"");
}

static bool host_is_good(struct slice host)
{
    for (size_t i = 0; i < host.len; i++)
        if ((unsigned char)host.at[i] <= ' ' || host.at[i] == 0x7f ||
            strchr("/?#@\\\"<>", host.at[i]) != NULL)
            return false;
    return host.len > 0;
}

static bool port_is_good(struct slice port)
{
    int64_t number = 0;
    return number_int64(port, &number) && number >= 1 && number <= 65535;
}

/* host, host:port, [v6]:port. */
static bool host_port_is_good(struct slice text, bool port_needed)
{
    const char *bracket = text.len == 0 ? NULL : memrchr(text.at, ']', text.len);
    const char *from = bracket == NULL ? text.at : bracket;
    size_t left = text.len - (size_t)(from - text.at);
    const char *colon = left == 0 ? NULL : memchr(from, ':', left);
    if (colon == NULL)
        return !port_needed && host_is_good(text);
    struct slice host = slice_of(text.at, (size_t)(colon - text.at));
    return host_is_good(host) && port_is_good(slice_of(colon + 1, text.len - host.len - 1));
}

static int url_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                   struct arena *arena, struct error *err)
{
    (void)form;
    size_t scheme = 0;
    if (text.len > 8 && strncasecmp(text.at, "https://", 8) == 0)
        scheme = 8;
    else if (text.len > 7 && strncasecmp(text.at, "http://", 7) == 0)
        scheme = 7;
    struct slice bare = text;
    if (bare.len > scheme && bare.at[bare.len - 1] == '/')
        bare.len--;
    if (scheme == 0 || !host_port_is_good(slice_of(bare.at + scheme, bare.len - scheme), false)) {
        char wanted[200];
        snprintf(wanted, sizeof(wanted), "a URL of scheme and host was expected, such as %s", key->example);
        return type_refuse(err, text, wanted);
    }
    return type_copy(bare, to, arena);
}

static int hosts_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                     struct arena *arena, struct error *err)
{
    (void)key;
    (void)form;
    struct slice rest = text;
    struct slice item;
    struct buffer joined;
    int result = 0;
    buffer_init(&joined, 65536);
    while (result == 0 && config_next_item(&rest, &item)) {
        const char *scheme =
            memmem(item.at, item.len, "://", 3); /* librdkafka takes PLAINTEXT://host:port too */
        size_t skip = scheme == NULL ? 0 : (size_t)(scheme + 3 - item.at);
        if (!host_port_is_good(slice_of(item.at + skip, item.len - skip), true))
            result = type_refuse(
                err, item, "host:port was expected, several with commas, such as kafka-1:9092,kafka-2:9092");
        buffer_print(&joined, "%s%.*s", joined.len == 0 ? "" : ",", SLICE_ARG(item));
    }
    if (result == 0)
        type_copy(buffer_slice(&joined), to, arena);
    buffer_fini(&joined);
    return result;
}

static int boolean_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                       struct arena *arena, struct error *err)
{
    (void)key;
    (void)form;
    (void)arena;
    bool yes = config_same_word(text, SLICE("true"));
    if (!yes && !config_same_word(text, SLICE("false")))
        return type_refuse(err, text, "true or false was expected");
    *(bool *)to = yes;
    return 0;
}

static void boolean_print(const struct config_key *key, const void *from, struct buffer *to)
{
    (void)key;
    buffer_print(to, "%s", *(const bool *)from ? "true" : "false");
}

/* Zero is not a number of anything: where it is kept, it stands for auto. */
static int count_refuse(const struct config_key *key, enum config_form form, struct slice text,
                        struct error *err)
{
    return error_set(err, ERROR_CONFIG, "%.*s is out of range; %lld to %lld%s was expected", SLICE_ARG(text),
                     key->least == 0 ? 1LL : (long long)key->least, (long long)key->most,
                     key->least == 0 && form == CONFIG_FORM_YAML ? " or auto" : "");
}

static int count_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                     struct arena *arena, struct error *err)
{
    (void)arena;
    int64_t number = 0;
    bool has_auto = key->least == 0 && form == CONFIG_FORM_YAML;
    if (has_auto && config_same_word(text, SLICE("auto"))) {
        *(uint32_t *)to = 0;
        return 0;
    }
    if (!number_int64(text, &number))
        return type_refuse(err, text,
                           has_auto ? "a whole number or auto was expected" : "a whole number was expected");
    if (number < (key->least == 0 ? 1 : key->least) || number > key->most)
        return count_refuse(key, form, text, err);
    *(uint32_t *)to = (uint32_t)number;
    return 0;
}

static void count_print(const struct config_key *key, const void *from, struct buffer *to)
{
    uint32_t number = *(const uint32_t *)from;
    if (number == 0 && key->least == 0)
        buffer_print(to, "auto");
    else
        buffer_print(to, "%u", number);
}

struct type_unit {
    const char *name;
    int64_t factor;
};

static const struct type_unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0},
};

static const struct type_unit byte_units[] = {
    {"B", 1},      {"KB", 1024},     {"MB", 1 << 20},  {"GB", 1 << 30},
    {"KiB", 1024}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0},
};

static size_t unit_digits(struct slice text)
{
    size_t digits = 0;
    while (digits < text.len && text.at[digits] >= '0' && text.at[digits] <= '9')
        digits++;
    return digits;
}

/* "15 MB", "15MB", bare numbers when `bare` allows them. False: not a number with a unit, or too large for 64
 * bits. */
static bool unit_read(struct slice text, const struct type_unit *units, bool bare, int64_t *value)
{
    size_t digits = unit_digits(text);
    struct slice unit = config_trim(slice_of(text.at + digits, text.len - digits));
    int64_t number = 0;
    if (!number_int64(slice_of(text.at, digits), &number))
        return false;
    if (unit.len == 0) {
        *value = number;
        return bare || number == 0;
    }
    for (; units->name != NULL; units++)
        if (config_same_word(unit, slice_text(units->name)))
            return !__builtin_mul_overflow(number, units->factor, value);
    return false;
}

/* With the largest unit that divides it. */
static void unit_print(int64_t value, const struct type_unit *units, struct buffer *to)
{
    const struct type_unit *best = units;
    for (const struct type_unit *unit = units; unit->name != NULL; unit++)
        if (value != 0 && value % unit->factor == 0 && unit->factor > best->factor)
            best = unit;
    buffer_print(to, "%lld%s", (long long)(value / best->factor), best->name);
}

static int unit_refuse(const struct config_key *key, const struct type_unit *units, struct slice text,
                       struct error *err)
{
    struct buffer words;
    buffer_init(&words, 300);
    unit_print(key->least, units, &words);
    buffer_print(&words, " to ");
    unit_print(key->most, units, &words);
    int result = error_set(err, ERROR_CONFIG, "\"%.*s\" is out of range; %.*s was expected",
                           text.len > 100 ? 100 : (int)text.len, text.at, (int)words.len, words.at);
    buffer_fini(&words);
    return result;
}

static int duration_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                        struct arena *arena, struct error *err)
{
    (void)arena;
    int64_t value = 0;
    if (form == CONFIG_FORM_CONNECT && !number_int64(text, &value))
        return type_refuse(err, text, "a whole number of milliseconds was expected");
    if (form == CONFIG_FORM_YAML && !unit_read(text, duration_units, false, &value))
        return type_refuse(err, text, "a number with a unit was expected, such as 100ms, 5s, 1m, 2h or 7d");
    if (value < key->least || value > key->most)
        return unit_refuse(key, duration_units, text, err);
    *(int64_t *)to = value;
    return 0;
}

static void duration_print(const struct config_key *key, const void *from, struct buffer *to)
{
    (void)key;
    unit_print(*(const int64_t *)from, duration_units, to);
}

static int lifetime_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                        struct arena *arena, struct error *err)
{
    int64_t value_ms = 0;
    if (config_same_word(text, SLICE("forever"))) {
        *(int32_t *)to = -1;
        return 0;
    }
    if (duration_set(key, form, text, &value_ms, arena, err) != 0)
        return -1;
    *(int32_t *)to = (int32_t)(value_ms / 1000);
    return 0;
}

static void lifetime_print(const struct config_key *key, const void *from, struct buffer *to)
{
    (void)key;
    int32_t seconds = *(const int32_t *)from;
    if (seconds < 0)
        buffer_print(to, "forever");
    else
        unit_print((int64_t)seconds * 1000, duration_units, to);
}

static int bytes_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                     struct arena *arena, struct error *err)
{
    (void)form;
    (void)arena;
    int64_t value = 0;
    if (!unit_read(text, byte_units, true, &value))
        return type_refuse(err, text, "a size was expected, such as 8MB or 512KB");
    if (value < key->least || value > key->most)
        return unit_refuse(key, byte_units, text, err);
    *(size_t *)to = (size_t)value;
    return 0;
}

static void bytes_print(const struct config_key *key, const void *from, struct buffer *to)
{
    (void)key;
    unit_print((int64_t) * (const size_t *)from, byte_units, to);
}

/* "kafka, record_key or record_value": what may be had. */
static void choosing_names(const struct config_choice *choices, struct buffer *to)
{
    const char *before = NULL;
    bool first = true;
    for (; choices->name != NULL; choices++) {
        if (choices->refused != NULL)
            continue;
        if (before != NULL) {
            buffer_print(to, "%s%s", first ? "" : ", ", before);
            first = false;
        }
        before = choices->name;
    }
    buffer_print(to, "%s%s", first ? "" : " or ", before == NULL ? "" : before);
}

static int choosing_refuse(const struct config_key *key, struct slice text, struct error *err)
{
    struct buffer names;
    buffer_init(&names, 300);
    choosing_names(key->choices, &names);
    buffer_print(&names, " was expected");
    buffer_add(&names, "", 1);
    int result = type_refuse(err, text, names.at);
    buffer_fini(&names);
    return result;
}

static int choosing_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                        struct arena *arena, struct error *err)
{
    (void)form;
    (void)arena;
    for (const struct config_choice *choice = key->choices; choice->name != NULL; choice++) {
        if (!config_same_word(text, slice_text(choice->name)))
            continue;
        if (choice->refused != NULL)
            return error_set(err, ERROR_CONFIG, "%s: %s", choice->name, choice->refused);
        memcpy(to, &choice->value, sizeof(int));
        return 0;
    }
    return choosing_refuse(key, text, err);
}

static void choosing_print(const struct config_key *key, const void *from, struct buffer *to)
{
    int value = 0;
    memcpy(&value, from, sizeof(value));
    for (const struct config_choice *choice = key->choices; choice->name != NULL; choice++)
        if (choice->value == value && choice->refused == NULL) {
            buffer_print(to, "%s", choice->name);
            return;
        }
}

static int either_set(const struct config_key *key, enum config_form form, struct slice text, void *to,
                      struct arena *arena, struct error *err)
{
    int value = 0;
    if (choosing_set(key, form, text, &value, arena, err) != 0)
        return -1;
    *(bool *)to = value != 0;
    return 0;
}

static void either_print(const struct config_key *key, const void *from, struct buffer *to)
{
    int value = *(const bool *)from;
    choosing_print(key, &value, to);
}

const struct config_type config_string = {"text", false, string_set, string_print};
const struct config_type config_slice = {"text", false, slice_set, slice_print};
const struct config_type config_secret = {"secret", true, string_set, secret_print};
const struct config_type config_url = {"URL", false, url_set, string_print};
const struct config_type config_hosts = {"host:port list", false, hosts_set, string_print};
const struct config_type config_names = {"list", false, string_set, string_print};
const struct config_type config_boolean = {"boolean", false, boolean_set, boolean_print};
const struct config_type config_count = {"number", false, count_set, count_print};
const struct config_type config_duration = {"duration", false, duration_set, duration_print};
const struct config_type config_lifetime = {"duration", false, lifetime_set, lifetime_print};
const struct config_type config_bytes = {"size", false, bytes_set, bytes_print};
const struct config_type config_choosing = {"choice", false, choosing_set, choosing_print};
const struct config_type config_either = {"choice", false, either_set, either_print};
