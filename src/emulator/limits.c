/* limits: what a name may be. */
#include "emulator/limits.h"

static bool limit_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool limits_name(struct slice name)
{
    if (name.len == 0 || name.len > LIMIT_NAME_BYTES || !limit_letter(name.at[0]))
        return false;
    for (size_t i = 1; i < name.len; i++)
        if (!limit_letter(name.at[i]) && !(name.at[i] >= '0' && name.at[i] <= '9'))
            return false;
    return true;
}
