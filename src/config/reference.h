/* reference: ${...} in a value: environment variables and, in Kafka Connect's files, properties of other
 * files. */
#ifndef CONFIG_REFERENCE_H
#define CONFIG_REFERENCE_H

#include "config/document.h"

struct buffer;

/* Resolves the references of all entries, in place.
 *
 * YAML: ${NAME} is an environment variable, ${file:PATH} the text of a file, "$${" stands for "${"; a
 * variable that is not set and a file that cannot be read are errors. Connect: ${env:NAME}, ${file:PATH:KEY}
 * and ${directory:PATH:FILE}, as its config providers do it; whatever cannot be resolved is left as it
 * stands, with a warning. */
void config_reference_resolve_yaml(struct config_document *document, struct config_mistakes *mistakes);
void config_reference_resolve_connect(struct config_document *document, struct config_mistakes *mistakes);

/* What a Connect file says, as YAML says it: ${env:NAME} becomes ${NAME}, ${directory:PATH:FILE}
 * ${file:PATH/FILE}, and what is no reference there is made to be none. False when YAML cannot say it, as
 * with
 * ${file:PATH:KEY}; then `to` is of no use. */
struct config_variables {
    void (*on_name)(void *arg, struct slice name);
    void *arg;
};
bool config_reference_to_yaml(const char *written, const struct config_variables *variables,
                              struct buffer *to);

#endif
