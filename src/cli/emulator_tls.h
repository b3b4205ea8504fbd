/* emulator_tls: `otspipe emulator --tls`: where its certificate is, and that it is there. */
#ifndef CLI_EMULATOR_TLS_H
#define CLI_EMULATOR_TLS_H

#include "emulator/certificate.h"

struct emulator_options;

struct emulator_tls {
    bool wanted;
    const char *folder; /* of the certificate that is made; NULL: beside the data file, or the user's own */
    const char *certificate_file; /* somebody's own */
    const char *key_file;
    struct certificate certificate;
    char authority_file[4096]; /* what clients must trust; "": the certificate is somebody's own */
};

void emulator_tls_init(struct emulator_tls *tls);
void emulator_tls_fini(struct emulator_tls *tls);

/* When TLS is wanted the options get the certificate; it is the caller's, `tls`. */
int emulator_tls_prepare(struct emulator_tls *tls, struct emulator_options *options, struct error *err);

#endif
