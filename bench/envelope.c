/* envelope: the schema is read off a record, so that it always fits. */
#include "envelope.h"

#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"

enum { ENVELOPE_MEMBERS_MOST = 128 };

static void envelope_put_field(struct buffer *to, const struct json_member *member, bool first)
{
    static const char *const types[] = {"string", "boolean", "boolean", "int64", "int64", "double", "string"};
    buffer_print(to, "%s{\"type\":\"%s\",\"optional\":true,\"field\":\"%.*s\"}", first ? "" : ",",
                 types[member->value.kind], SLICE_ARG(member->name));
}

void envelope_put(struct buffer *to, struct slice like, struct slice record)
{
    struct json_member members[ENVELOPE_MEMBERS_MOST];
    struct json_fault fault;
    int count = json_object(like, 0, members, ENVELOPE_MEMBERS_MOST, &fault);
    CHECK(count > 0);
    buffer_print(to, "{\"schema\":{\"type\":\"struct\",\"fields\":[");
    for (int i = 0; i < count; i++)
        envelope_put_field(to, &members[i], i == 0);
    buffer_print(to, "],\"optional\":false,\"name\":\"record\"},\"payload\":");
    buffer_add_slice(to, record);
    buffer_add(to, "}", 1);
}
