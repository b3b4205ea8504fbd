/* provider: Kafka Connect's config providers under the names that a worker gives them: config.providers=f and
 * config.providers.f.class=...FileConfigProvider make ${f:PATH:KEY} what ${file:PATH:KEY} is. */
#ifndef CONFIG_PROVIDER_H
#define CONFIG_PROVIDER_H

#include "config/document.h"

/* In all documents: references under a name that one of them declares get the name that config/reference
 * knows. A reference to a provider that is not one of Kafka's own three is an error. Names that nobody
 * declares stay as they are. */
void config_provider_rename(struct config_document *documents, size_t count,
                            struct config_mistakes *mistakes);

#endif
