/* envelope: the record's own converter says whether the bytes can be read; what it makes of JSON is not
 * needed. */
#include "channel/envelope.h"

#include <math.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/check.h"
#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"

struct envelope {
    enum convert_format format;
    struct converter *converter;
};

struct envelope *envelope_create(enum convert_format format)
{
    struct envelope *envelope = check_memory(malloc(sizeof(*envelope)));
    *envelope = (struct envelope){format, converter_create(format)};
    return envelope;
}

void envelope_destroy(struct envelope *envelope)
{
    if (envelope == NULL)
        return;
    converter_destroy(envelope->converter);
    free(envelope);
}

/* As Connect's converters of single values declare what they read. */
static const char *const envelope_types[] = {
    [CONVERT_STRING] = "string", [CONVERT_BYTES] = "bytes",   [CONVERT_BOOLEAN] = "boolean",
    [CONVERT_INT16] = "int16",   [CONVERT_INT32] = "int32",   [CONVERT_INT64] = "int64",
    [CONVERT_FLOAT32] = "float", [CONVERT_FLOAT64] = "double"};

static void envelope_begin(struct buffer *to, const char *type)
{
    buffer_print(to, "{\"schema\":{\"type\":\"%s\",\"optional\":true},\"payload\":", type);
}

static void envelope_put_bytes(struct buffer *to, struct slice bytes)
{
    envelope_begin(to, "bytes");
    buffer_add_slice(to, SLICE("\""));
    char *text = buffer_reserve(to, BASE64_BYTES(bytes.len));
    CHECK(text != NULL);
    to->len += base64_encode(bytes, text);
    buffer_add_slice(to, SLICE("\"}"));
}

/* The document alone: without a byte order mark, and without what Connect's reader does not look at either.
 */
static struct slice envelope_json(struct slice bytes, struct json_value *value)
{
    struct slice mark = SLICE("\xef\xbb\xbf");
    struct json_fault fault;
    size_t begin = bytes.len >= mark.len && memcmp(bytes.at, mark.at, mark.len) == 0 ? mark.len : 0;
    size_t end;
    if (json_value(bytes, 0, value, &end, &fault) != 0)
        return (struct slice){NULL, 0};
    return slice_of(bytes.at + begin, end - begin);
}

static bool envelope_put_json(const struct envelope *envelope, struct slice bytes, struct buffer *to)
{
    struct json_value value;
    struct slice document = envelope_json(bytes, &value);
    if (document.at == NULL) {
        envelope_put_bytes(to, bytes);
    } else if (value.kind == JSON_NULL) {
        return false;
    } else if (envelope->format != CONVERT_JSON) {
        buffer_add_slice(to, document);
    } else {
        buffer_add_slice(to, SLICE("{\"schema\":null,\"payload\":"));
        buffer_add_slice(to, document);
        buffer_add_slice(to, SLICE("}"));
    }
    return true;
}

static void envelope_put_field(const struct value_field *field, struct buffer *to)
{
    if (field->type == VALUE_STRING)
        json_put_string(to, field->text);
    else if (field->type == VALUE_BOOLEAN)
        buffer_add_slice(to, field->boolean ? SLICE("true") : SLICE("false"));
    else if (field->type == VALUE_FLOAT32 || field->type == VALUE_FLOAT64)
        json_put_double(to, field->number);
    else
        json_put_integer(to, field->integer);
}

/* Bytes anyway, and what would be another value when it is read again: text that is no UTF-8; NaN and
 * infinity, which JSON does not have. */
static bool envelope_needs_bytes(const struct envelope *envelope, struct slice bytes,
                                 const struct value_field *field)
{
    const char *end = bytes.at + bytes.len;
    if (envelope->format == CONVERT_STRING)
        return utf8_check(bytes.at, end) != end;
    if (field->type == VALUE_FLOAT32 || field->type == VALUE_FLOAT64)
        return !isfinite(field->number);
    return envelope->format == CONVERT_BYTES;
}

bool envelope_put(struct envelope *envelope, struct slice bytes, struct buffer *to)
{
    bool json = convert_format_is_json(envelope->format);
    struct value value;
    struct error err;
    if (bytes.at == NULL && json)
        return false;
    if (bytes.at == NULL) {
        envelope_begin(to, envelope_types[envelope->format]);
        buffer_add_slice(to, SLICE("null}"));
        return true;
    }
    if (converter_read(envelope->converter, bytes, &value, &err) != 0) {
        envelope_put_bytes(to, bytes);
        return true;
    }
    if (json)
        return envelope_put_json(envelope, bytes, to);
    if (envelope_needs_bytes(envelope, bytes, &value.fields[0])) {
        envelope_put_bytes(to, bytes);
        return true;
    }
    envelope_begin(to, envelope_types[envelope->format]);
    envelope_put_field(&value.fields[0], to);
    buffer_add_slice(to, SLICE("}"));
    return true;
}
