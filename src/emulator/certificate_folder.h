/* certificate_folder: where the emulator keeps the certificate that it made at its first start. */
#ifndef EMULATOR_CERTIFICATE_FOLDER_H
#define EMULATOR_CERTIFICATE_FOLDER_H

struct certificate;
struct error;

/* For clients: what they must trust. In the folder beside tls-certificate.pem and tls-key.pem, which is its
 * owner's alone. */
#define CERTIFICATE_AUTHORITY "tls-authority.pem"

/* Reads what is there; makes it, and the folder, when nothing is there or when what is there is no good for
 * this host (see certificate_make()). Two emulators that start at once find the same one. */
int certificate_keep(struct certificate *certificate, const char *folder, const char *host,
                     struct error *err);

#endif
