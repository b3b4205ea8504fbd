/* convert_fixed: Connect's converters of single values as bytes: big-endian numbers, one byte for a boolean.
 */
#include <endian.h>

#include "mapping/converter.h"

/* The type and the bytes of each format that has a fixed width. */
static const struct {
    enum value_type type;
    size_t bytes;
} fixed_widths[] = {
    [CONVERT_BOOLEAN] = {VALUE_BOOLEAN, 1}, [CONVERT_INT16] = {VALUE_INT16, 2},
    [CONVERT_INT32] = {VALUE_INT32, 4},     [CONVERT_INT64] = {VALUE_INT64, 8},
    [CONVERT_FLOAT32] = {VALUE_FLOAT32, 4}, [CONVERT_FLOAT64] = {VALUE_FLOAT64, 8},
};

/* The bytes as a number, its sign carried on to the left. */
static int64_t fixed_integer(struct slice bytes)
{
    uint64_t bits = 0;
    memcpy(&bits, bytes.at, bytes.len);
    return (int64_t)be64toh(bits) >> (64 - 8 * bytes.len);
}

static double fixed_double(struct slice bytes)
{
    uint64_t bits = (uint64_t)fixed_integer(bytes);
    uint32_t narrow_bits = (uint32_t)bits;
    double number;
    float narrow;
    memcpy(&number, &bits, sizeof(number));
    memcpy(&narrow, &narrow_bits, sizeof(narrow));
    return bytes.len == 4 ? (double)narrow : number;
}

static int fixed_boolean(struct slice bytes, struct value_field *field, struct error *err)
{
    unsigned byte = (unsigned char)bytes.at[0];
    if (byte > 1)
        return error_set(err, ERROR_RECORD, "the byte of a boolean is 0 or 1, this one is %u", byte);
    field->boolean = byte == 1;
    return 0;
}

int convert_fixed(struct converter *converter, struct value *value, struct error *err)
{
    struct slice bytes = converter->whole;
    enum value_type type = fixed_widths[converter->format].type;
    size_t width = fixed_widths[converter->format].bytes;
    struct value_field *field = &converter->fields[0];
    if (bytes.len != width)
        return error_set(err, ERROR_RECORD, "%zu bytes; %zu were expected for %s", bytes.len, width,
                         convert_format_name(converter->format));
    *field = (struct value_field){.type = type};
    *value = (struct value){SHAPE_SCALAR, false, field, 1, 0};
    if (type == VALUE_BOOLEAN)
        return fixed_boolean(bytes, field, err);
    if (type == VALUE_FLOAT32 || type == VALUE_FLOAT64)
        field->number = fixed_double(bytes);
    else
        field->integer = fixed_integer(bytes);
    return 0;
}
