/* fault: the table of codes, and how a code, or a status without one, finds its line in it.
 *
 * What was decided here, because the service's documentation does not say:
 * - A code decides, whatever status it came with. The status speaks only where there is no code of theirs.
 * - OTSTimeout and OTSRequestTimeout of a whole request are answers, but the write may still be applied
 * behind them: OTS_CUT, so that its keys stay busy for the settle time. So are 502 and 504 of a gateway,
 * which knows nothing of what is behind it. The other 5xx are final ("a 5xx costs nothing"): the same body is
 * sent again, and a put twice is a put. [assumed]
 * - One row of an answered batch that timed out is settled by that answer: sent again, not held back.
 * [assumed]
 * - 4xx without a code were not said by Tablestore (a proxy; plain HTTP sent to a TLS port): a person must
 * look. They must never cost records, as a refusal would. Only 413 does speak of the body.
 * - An unknown code of a row is retried, and its advice says so loudly: not lost, not silent. */
#include "ots/fault.h"

#include <stddef.h>

#define MISMATCH_OF_CLOCK "Mismatch between system time"

struct fault {
    const char *code;
    const char *part; /* of the message; NULL: any. The line without a part comes last */
    enum ots_outcome outcome;
    enum verdict verdict;
    bool throttles;
    const char *advice;
};

/* code, part of the message | a whole request | one row | slow down | advice. The service's texts are from
 * its documentation and may change; a line without a part catches what was not recognised. */
static const struct fault faults[] = {
    /* a person is needed; the same request works once that is mended, so no row is given up for it */
    {"OTSAuthFailed", "Mismatch between MD5", OTS_RETRY, VERDICT_RETRY, false,
     "the body was damaged on the way, or a proxy changes it"},
    {"OTSAuthFailed", MISMATCH_OF_CLOCK, OTS_BLOCKED, VERDICT_RETRY, false,
     "set this machine's clock: Tablestore refuses requests dated more than 15 minutes away from its own"},
    {"OTSAuthFailed", "ignature mismatch", OTS_BLOCKED, VERDICT_RETRY, false,
     "the access key secret does not belong to this access key id"},
    {"OTSAuthFailed", "AccessKeyID does not exist", OTS_BLOCKED, VERDICT_RETRY, false,
     "check the access key id"},
    {"OTSAuthFailed", "ecurity token", OTS_BLOCKED, VERDICT_RETRY, false,
     "the STS token is wrong or has expired: get a new one"},
    {"OTSAuthFailed", "disabled", OTS_BLOCKED, VERDICT_RETRY, false,
     "enable the access key in the RAM console, or use another one"},
    {"OTSAuthFailed", "privilege", OTS_BLOCKED, VERDICT_RETRY, false,
     "give this access key permission for the instance (RAM policy)"},
    {"OTSAuthFailed", "nstance", OTS_BLOCKED, VERDICT_RETRY, false,
     "check the instance name, that it is in the endpoint's region and belongs to the key's account"},
    {"OTSAuthFailed", NULL, OTS_BLOCKED, VERDICT_RETRY, false,
     "check access key id, secret, instance name and endpoint"},
    {"OTSNoPermissionAccess", NULL, OTS_BLOCKED, VERDICT_RETRY, false,
     "give this access key permission for the operation on the table (RAM policy)"},
    {"OTSMethodNotAllowed", NULL, OTS_BLOCKED, VERDICT_RETRY, false,
     "something between here and Tablestore changes POST to another method: check the endpoint and proxies "
     "on the way"},
    {"OTSForbiddenUpdateCapacityUnit", NULL, OTS_BLOCKED, VERDICT_RETRY, false,
     "this kind of instance takes no reserved throughput"},
    {"OTSTooFrequentReservedThroughputAdjustment", NULL, OTS_RETRY, VERDICT_RETRY, true, NULL},
    {"OTSQuotaExhausted", "Too frequent table operations.", OTS_RETRY, VERDICT_RETRY, true, NULL},
    {"OTSQuotaExhausted", NULL, OTS_BLOCKED, VERDICT_RETRY, false,
     "a quota of the instance or of the account is used up: raise it, or delete what is not needed"},
    {"OTSObjectNotExist", NULL, OTS_MISSING, VERDICT_RETRY, false,
     "create the table, or set auto_create (auto.create); was it deleted?"},
    {"OTSObjectAlreadyExist", NULL, OTS_EXISTS, VERDICT_RETRY, false, NULL},

    /* what the request or the row says: never right, however often it is sent */
    {"OTSParameterInvalid", NULL, OTS_REFUSED, VERDICT_REJECT, false, NULL},
    {"OTSInvalidPK", NULL, OTS_REFUSED, VERDICT_REJECT, false, NULL},
    {"OTSRequestBodyTooLarge", NULL, OTS_REFUSED, VERDICT_REJECT, false, NULL},
    {"OTSOutOfRowSizeLimit", NULL, OTS_REFUSED, VERDICT_REJECT, false, NULL},
    {"OTSOutOfColumnCountLimit", NULL, OTS_REFUSED, VERDICT_REJECT, false, NULL},
    {"OTSConditionCheckFail", NULL, OTS_REFUSED, VERDICT_REJECT, false, NULL},

    /* weather */
    {"OTSServerBusy", NULL, OTS_RETRY, VERDICT_RETRY, true, NULL},
    {"OTSStorageServerBusy", NULL, OTS_RETRY, VERDICT_RETRY, true, NULL},
    {"OTSOperationThrottled", NULL, OTS_RETRY, VERDICT_RETRY, true, NULL},
    {"OTSNotEnoughCapacityUnit", NULL, OTS_RETRY, VERDICT_RETRY, true, NULL},
    {"OTSCapacityUnitExhausted", NULL, OTS_RETRY, VERDICT_RETRY, true, NULL},
    {"OTSRowOperationConflict", NULL, OTS_RETRY, VERDICT_RETRY, false, NULL},
    {"OTSPartitionUnavailable", NULL, OTS_RETRY, VERDICT_RETRY, false, NULL},
    {"OTSTableNotReady", NULL, OTS_RETRY, VERDICT_RETRY, false, NULL},
    {"OTSServerUnavailable", NULL, OTS_RETRY, VERDICT_RETRY, false, NULL},
    {"OTSInternalServerError", NULL, OTS_RETRY, VERDICT_RETRY, false, NULL},
    {"OTSTimeout", NULL, OTS_CUT, VERDICT_RETRY, false, NULL},
    {"OTSRequestTimeout", NULL, OTS_CUT, VERDICT_RETRY, false, NULL},
    {NULL, NULL, OTS_BLOCKED, VERDICT_RETRY, false, NULL},
};

static const struct fault faults_of_unknown[] = {
    {.advice = "this is not an answer of Tablestore: check tablestore.endpoint, its port, http or https, "
               "and proxies on the way"},
    {.advice = "this program does not know the code: see Tablestore's documentation"},
};

static bool fault_contains(struct slice text, const char *part)
{
    return part == NULL || (text.len > 0 && memmem(text.at, text.len, part, strlen(part)) != NULL);
}

static const struct fault *fault_find(struct slice code, struct slice message)
{
    for (const struct fault *fault = faults; fault->code != NULL; fault++)
        if (slice_equal(slice_text(fault->code), code) && fault_contains(message, fault->part))
            return fault;
    return NULL;
}

/* Bytes from outside can be a protobuf Error by chance: a code of theirs begins with OTS. */
static bool fault_is_code(struct slice code)
{
    return code.len > 3 && memcmp(code.at, "OTS", 3) == 0;
}

static enum ots_outcome fault_of_status(int status, bool has_code)
{
    switch (status) {
    case 408:
        return OTS_CUT;
    case 502:
    case 504:
        return has_code ? OTS_RETRY : OTS_CUT;
    case 413:
        return OTS_REFUSED;
    case 429:
        return OTS_RETRY;
    case 400:
    case 409:
    case 422:
        return has_code ? OTS_REFUSED : OTS_BLOCKED;
    default:
        return status >= 500 ? OTS_RETRY : OTS_BLOCKED;
    }
}

enum ots_outcome ots_fault_outcome(int status, struct slice code, struct slice message)
{
    const struct fault *fault = fault_find(code, message);
    return fault != NULL ? fault->outcome : fault_of_status(status, fault_is_code(code));
}

enum verdict ots_fault_verdict(struct slice code, struct slice message)
{
    const struct fault *fault = fault_find(code, message);
    return fault != NULL ? fault->verdict : VERDICT_RETRY;
}

bool ots_fault_throttles(int status, struct slice code, struct slice message)
{
    const struct fault *fault = fault_find(code, message);
    return fault != NULL ? fault->throttles : status == 429;
}

const char *ots_fault_advice(struct slice code, struct slice message)
{
    const struct fault *fault = fault_find(code, message);
    if (fault == NULL)
        fault = &faults_of_unknown[fault_is_code(code)];
    return fault->advice;
}

/* http/reason.c, the C library, curl and OpenSSL have these words. */
static const struct {
    const char *part;
    const char *advice;
} faults_unanswered[] = {
    {"Connection refused", "nothing listens there: check tablestore.endpoint and its port"},
    {"name was not found", "check the host in tablestore.endpoint, and this machine's DNS"},
    {"no connection within", "is the endpoint right, does a firewall drop packets? A VPC endpoint is reached "
                             "from inside the VPC only"},
    {"No route to host", "check the network; a VPC endpoint is reached from inside the VPC only"},
    {"Network is unreachable", "check the network; a VPC endpoint is reached from inside the VPC only"},
    {"no byte moved", "is it Tablestore that listens there? Is a proxy or a firewall on the way?"},
    {"no whole answer within", "is the network slow, or a proxy on the way?"},
    {"is not HTTP", "does that port speak TLS? Then tablestore.endpoint begins with https://"},
    {"without an answer",
     "is it Tablestore that listens there? Does the port speak TLS (https://)? Is a proxy "
     "on the way?"},
    {"Connection reset", "is it Tablestore that listens there? Is a proxy or a firewall on the way?"},
    {"certificate", "is the host in tablestore.endpoint the one in the certificate, and its authority known "
                    "to this machine (ca-certificates)?"},
    {"Too many open files", "raise this process's limit of open files (ulimit -n, LimitNOFILE)"},
};

const char *ots_fault_advice_unanswered(const char *words)
{
    for (size_t i = 0; i < sizeof(faults_unanswered) / sizeof(faults_unanswered[0]); i++)
        if (strstr(words, faults_unanswered[i].part) != NULL)
            return faults_unanswered[i].advice;
    return NULL;
}

bool ots_fault_is_of_key(struct slice code)
{
    return slice_equal(code, SLICE("OTSAuthFailed"));
}

bool ots_fault_is_of_table(struct slice code)
{
    return fault_is_code(code) && !ots_fault_is_of_key(code);
}

bool ots_fault_is_of_clock(struct slice code, struct slice message)
{
    return ots_fault_is_of_key(code) && fault_contains(message, MISMATCH_OF_CLOCK);
}
