/* refusal: the service's table of codes, statuses and usual words (tablestore-protocol.md 2.2). */
#include "emulator/refusal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

struct refusal_kind {
    const char *code;
    int status;
    const char *words;
};

static const struct refusal_kind kinds[] = {
    {"OTSAuthFailed", 403, "Signature mismatch."},
    {"OTSNoPermissionAccess", 403, "The operation is denied by a policy."},
    {"OTSRequestBodyTooLarge", 413, "The size of POST data is too large."},
    {"OTSRequestTimeout", 408, "Request timeout."},
    {"OTSMethodNotAllowed", 405, "Only POST method for requests is supported."},
    {"OTSParameterInvalid", 400, "A parameter is invalid."},
    {"OTSInvalidPK", 400, "Primary key schema mismatch."},
    {"OTSOutOfRowSizeLimit", 400, "The row is too large."},
    {"OTSOutOfColumnCountLimit", 400, "The row has too many columns."},
    {"OTSForbiddenUpdateCapacityUnit", 400, "This instance does not allow it."},
    {"OTSConditionCheckFail", 403, "Condition check failed."},
    {"OTSQuotaExhausted", 403, "Too frequent table operations."},
    {"OTSNotEnoughCapacityUnit", 403, "Remaining capacity unit is not enough."},
    {"OTSCapacityUnitExhausted", 403, "Capacity unit is exhausted."},
    {"OTSTooFrequentReservedThroughputAdjustment", 403, "Capacity unit adjustment is too frequent."},
    {"OTSObjectNotExist", 404, "Requested table does not exist."},
    {"OTSObjectAlreadyExist", 409, "Requested table already exists."},
    {"OTSTableNotReady", 404, "The table is not ready."},
    {"OTSRowOperationConflict", 409, "Data is being modified by the other request."},
    /* [assumed] The statuses of these four are documented nowhere. */
    {"OTSSessionNotExist", 404, "Session not exist or may be timeout."},
    {"OTSSessionBusy", 409, "The session is busy."},
    {"OTSOutOfTransactionDataSizeLimit", 400, "The transaction holds too much data."},
    {"OTSDataOutOfRange", 400, "Data out of scope of transaction."},
    {"OTSServerBusy", 503, "Server is busy."},
    {"OTSPartitionUnavailable", 503, "The partition is not available."},
    {"OTSTimeout", 503, "Operation timeout."},
    {"OTSServerUnavailable", 503, "Server is not available."},
    {"OTSInternalServerError", 500, "Internal server error."},
};

static const struct refusal_kind *refusal_find(const char *code)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].code, code) == 0)
            return &kinds[i];
    return NULL;
}

int refusal_status(const char *code)
{
    const struct refusal_kind *kind = refusal_find(code);
    return kind == NULL ? 0 : kind->status;
}

const char *refusal_words(const char *code)
{
    const struct refusal_kind *kind = refusal_find(code);
    return kind == NULL ? code : kind->words;
}

/* What a client sent is part of some messages, and they are cut: only whole characters are text in an answer.
 */
static void refusal_clean(char *message)
{
    const char *end = message + strlen(message);
    for (char *at = message; at < end;) {
        size_t len = utf8_length(at, end);
        if (len == 0 || (unsigned char)*at < ' ')
            *at = '?';
        at += len == 0 ? 1 : len;
    }
}

int refusal_set(struct refusal *refusal, const char *code, const char *format, ...)
{
    va_list args;
    int status = refusal_status(code);
    refusal->status = status == 0 ? 400 : status;
    snprintf(refusal->code, sizeof(refusal->code), "%s", code);
    va_start(args, format);
    vsnprintf(refusal->message, sizeof(refusal->message), format, args);
    va_end(args);
    refusal_clean(refusal->message);
    return -1;
}
