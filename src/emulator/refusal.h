/* refusal: why a request or one of its rows is not done: the service's code, its HTTP status, words for a
 * person. */
#ifndef EMULATOR_REFUSAL_H
#define EMULATOR_REFUSAL_H

struct refusal {
    int status; /* 0: not refused */
    char code[64];
    char message[200]; /* cut when longer; UTF-8 without control characters, whatever was put in */
};

/* The status comes from the service's table of codes; a code outside it is 400. Returns -1. */
int refusal_set(struct refusal *refusal, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* 0 when the service has no such code. */
int refusal_status(const char *code);

/* The words the service uses for this code; the code itself when there are none. */
const char *refusal_words(const char *code);

#endif
