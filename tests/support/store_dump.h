/* store_dump: all that a store holds, as one text: two stores are equal when their texts are. */
#ifndef SUPPORT_STORE_DUMP_H
#define SUPPORT_STORE_DUMP_H

struct buffer;
struct store;

/* Replaces what is in `to`. Also checks what the store counts about its rows. */
void store_dump(const struct store *store, struct buffer *to);

#endif
