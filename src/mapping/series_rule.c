/* series_rule: short texts, looked at byte by byte; the table of invisible characters is for the few that are
 * not ASCII. */
#include "mapping/series_rule.h"

#include "base/utf8.h"
#include "record/series.h"

bool series_rule_field(struct slice name)
{
    static const struct slice own[] = {{"_m_name", 7}, {"_data_source", 12},      {"_tags", 5},
                                       {"_time", 5},   {"_meta_update_time", 17}, {"_attributes", 11}};
    if (name.len == 0 || name.len > SERIES_NAME_MOST || (name.at[0] >= '0' && name.at[0] <= '9'))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    for (size_t i = 0; name.at[0] == '_' && i < sizeof(own) / sizeof(own[0]); i++)
        if (slice_equal(name, own[i]))
            return false;
    return true;
}

bool series_rule_tag_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] < '!' || name.at[i] > '~')
            return false;
    return series_rule_tag_value(name);
}

bool series_rule_tag_value(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '"' || text.at[i] == '=')
            return false;
    return text.len > 0;
}

/* Beyond ASCII; ordered. */
static bool rule_is_invisible(uint32_t character)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        {0x80, 0xa0},       {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},     {0x6dd, 0x6dd},
        {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},     {0x1680, 0x1680},   {0x180e, 0x180e},
        {0x2000, 0x200f},   {0x2028, 0x202f},   {0x205f, 0x2064},   {0x2066, 0x206f},   {0x3000, 0x3000},
        {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f},
        {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0001, 0xe0001}, {0xe0020, 0xe007f},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (character <= ranges[i].last)
            return character >= ranges[i].first;
    return false;
}

static bool rule_is_visible(const char *at, const char *end)
{
    while (at < end) {
        size_t length = utf8_length(at, end);
        if (length == 0 || (length > 1 && rule_is_invisible(utf8_character(at, length))))
            return false;
        at += length;
    }
    return true;
}

bool series_rule_measurement(struct slice text)
{
    bool ascii = true;
    if (text.len == 0 || text.len > SERIES_MEASUREMENT_MOST)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c <= ' ' || c == '#' || c == 0x7f)
            return false;
        ascii &= c < 0x80;
    }
    return ascii || rule_is_visible(text.at, text.at + text.len);
}
