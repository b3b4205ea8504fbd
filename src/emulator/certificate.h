/* certificate: what https needs: a chain and its key as PEM texts. The emulator makes its own: an authority
 * that signs one certificate and whose key is then thrown away, so that to trust it is to trust that one
 * certificate and nothing else. */
#ifndef EMULATOR_CERTIFICATE_H
#define EMULATOR_CERTIFICATE_H

#include "base/buffer.h"

struct error;

struct certificate {
    struct buffer chain;     /* the certificate, then the authority; each text ends with a 0 byte */
    struct buffer key;       /* its private key */
    struct buffer authority; /* what clients must trust */
};

void certificate_init(struct certificate *certificate);
void certificate_fini(struct certificate *certificate); /* the key is wiped */

/* For localhost, 127.0.0.1, ::1 and the host (NULL: none; an address or a name), good for two years. -1:
 * OpenSSL refuses, for a host that is neither. */
int certificate_make(struct certificate *certificate, const char *host, struct error *err);

/* NULL: it is good for these hosts for a month at least, and the key is its own. Else what is wrong. */
const char *certificate_fault(const struct certificate *certificate, const char *host);

/* Files of somebody's own: no authority then. */
int certificate_read(struct certificate *certificate, const char *chain_file, const char *key_file,
                     struct error *err);

#endif
