/* crc_table: the 256 entries of a table of checksums, out of those of the eight single bits. */
#ifndef WIRE_CRC_TABLE_H
#define WIRE_CRC_TABLE_H

/* The checksum is linear over exclusive or: a table is spanned by the checksums of its eight single bits. */
#define CRC_BIT(b, n, value) (((b) >> (n)&1) * (value))
#define CRC_SPAN(b, v0, v1, v2, v3, v4, v5, v6, v7)                                                          \
    (CRC_BIT(b, 0, v0) ^ CRC_BIT(b, 1, v1) ^ CRC_BIT(b, 2, v2) ^ CRC_BIT(b, 3, v3) ^ CRC_BIT(b, 4, v4) ^     \
     CRC_BIT(b, 5, v5) ^ CRC_BIT(b, 6, v6) ^ CRC_BIT(b, 7, v7))
#define CRC_FOUR(b, ...)                                                                                     \
    CRC_SPAN(b, __VA_ARGS__), CRC_SPAN((b) + 1, __VA_ARGS__), CRC_SPAN((b) + 2, __VA_ARGS__),                \
        CRC_SPAN((b) + 3, __VA_ARGS__)
#define CRC_SIXTEEN(b, ...)                                                                                  \
    CRC_FOUR(b, __VA_ARGS__), CRC_FOUR((b) + 4, __VA_ARGS__), CRC_FOUR((b) + 8, __VA_ARGS__),                \
        CRC_FOUR((b) + 12, __VA_ARGS__)
#define CRC_SIXTY_FOUR(b, ...)                                                                               \
    CRC_SIXTEEN(b, __VA_ARGS__), CRC_SIXTEEN((b) + 16, __VA_ARGS__), CRC_SIXTEEN((b) + 32, __VA_ARGS__),     \
        CRC_SIXTEEN((b) + 48, __VA_ARGS__)
#define CRC_TABLE(...)                                                                                       \
    {                                                                                                        \
        CRC_SIXTY_FOUR(0, __VA_ARGS__), CRC_SIXTY_FOUR(64, __VA_ARGS__), CRC_SIXTY_FOUR(128, __VA_ARGS__),   \
            CRC_SIXTY_FOUR(192, __VA_ARGS__)                                                                 \
    }

#endif
