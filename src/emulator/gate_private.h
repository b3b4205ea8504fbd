/* gate_private: what gate.c (the checks) and gate_seal.c (the answers) share. */
#ifndef EMULATOR_GATE_PRIVATE_H
#define EMULATOR_GATE_PRIVATE_H

#include "base/buffer.h"
#include "emulator/gate.h"

enum { GATE_TEXT_MOST = 256 * 1024, GATE_TEXT_KEEP = 4096, GATE_BODY_KEEP = 64 * 1024 };

struct gate {
    char **instances;
    size_t instance_count;
    struct keyring keyring;
    bool check_clock;
    struct digest *digest;
    struct buffer text;
    struct buffer body; /* of a request, unpacked */
    struct buffer packed;
    char date[SIGN_DATE + 4]; /* six digits of fraction */
    char md5[DIGEST_MD5_BASE64 + 1];
    char size[24];
    struct buffer authorization;
};

#endif
