/* fault: the one table from Tablestore's codes and HTTP statuses to what they mean for us. Nobody else reads
 * codes. */
#ifndef OTS_FAULT_H
#define OTS_FAULT_H

#include "bucket/batch.h"
#include "ots/client.h"

/* A whole request: status 300 and above. The message tells the kinds of OTSQuotaExhausted and OTSAuthFailed
 * apart. */
enum ots_outcome ots_fault_outcome(int status, struct slice code, struct slice message);

/* One row of a batch. */
enum verdict ots_fault_verdict(struct slice code, struct slice message);

/* Does it ask to slow down? Of a row: with the status of its answer, 200. */
bool ots_fault_throttles(int status, struct slice code, struct slice message);

/* What a person can do about it, or NULL. */
const char *ots_fault_advice(struct slice code, struct slice message);

/* The same for a request that got no answer: `words` say why. */
const char *ots_fault_advice_unanswered(const char *words);

/* Is it about the key or the signature (then the answer may not be signed with our secret)? About our clock?
 */
bool ots_fault_is_of_key(struct slice code);
/* Did Tablestore say it, to a key that it knows? */
bool ots_fault_is_of_table(struct slice code);
bool ots_fault_is_of_clock(struct slice code, struct slice message);

#endif
