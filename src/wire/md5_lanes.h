/* md5_lanes: MD5 of several bodies at once. One body alone waits for itself: each of the 64 steps needs the
 * one before. Bodies side by side do not: two in the registers of any processor, eight in those of one with
 * AVX2 (asked at run time). */
#ifndef WIRE_MD5_LANES_H
#define WIRE_MD5_LANES_H

#include "base/slice.h"

enum { MD5_LANES = 8, MD5_BYTES = 16 };

/* md5[i] becomes the digest of bodies[i]. Any count, any lengths; best with eight of about one length. No
 * memory is taken, nothing is kept: any thread may call it. */
void md5_lanes(const struct slice *bodies, size_t count, uint8_t (*md5)[MD5_BYTES]);

/* The ways to go: for tests and benchmarks, and to say which one this machine takes. */
enum md5_way {
    MD5_WAY_ONE,  /* one body after the other */
    MD5_WAY_TWO,  /* two side by side */
    MD5_WAY_EIGHT /* eight with AVX2, the last few two by two */
};
enum md5_way md5_lanes_best(void);
void md5_lanes_by(enum md5_way way, const struct slice *bodies, size_t count, uint8_t (*md5)[MD5_BYTES]);

#endif
