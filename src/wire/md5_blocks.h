/* md5_blocks: MD5 over whole blocks of 64 bytes; private to md5_lanes. */
#ifndef WIRE_MD5_BLOCKS_H
#define WIRE_MD5_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MD5_BLOCK = 64, MD5_WORDS = 4 };

void md5_blocks_one(uint32_t state[MD5_WORDS], const char *at, size_t blocks);
void md5_blocks_two(uint32_t *const states[2], const char *const at[2], size_t blocks);

/* Eight states, eight places, as many blocks of each. Only where md5_blocks_has_eight() says so. */
bool md5_blocks_has_eight(void);
void md5_blocks_eight(uint32_t *const states[8], const char *const at[8], size_t blocks);

#endif
