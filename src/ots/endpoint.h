/* endpoint: where Tablestore is, checked: http or https, a host, perhaps a port, nothing else. */
#ifndef OTS_ENDPOINT_H
#define OTS_ENDPOINT_H

struct error;

enum { OTS_ENDPOINT_MOST = 300 };

/* Into `base`: scheme://host[:port], a slash at the end taken away. 0, or -1 with ERROR_CONFIG. */
int ots_endpoint_read(const char *text, char base[OTS_ENDPOINT_MOST + 1], struct error *err);

/* host[:port] of such a base. */
const char *ots_endpoint_host(const char *base);

/* Names that travel in headers: the characters the official clients allow. `key` is said in the error. */
int ots_endpoint_check_name(const char *key, const char *text, const char *others, struct error *err);

#endif
