/* answer: bytes of the service (or of whoever answers in its place) in, one of eight outcomes and words for a
 * person out. */
#include "ots/answer.h"

#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "ots/fault.h"
#include "wire/sign.h"
#include "wire/write_request.h"

enum { CODE_MOST = 64, MESSAGE_MOST = 200, ID_MOST = 64 };

static bool answer_has_name(const struct http_header *header, const char *name)
{
    return header->name.len == strlen(name) && strncasecmp(header->name.at, name, header->name.len) == 0;
}

/* at NULL when there is none. */
static struct slice answer_header(const struct http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++)
        if (answer_has_name(&reply->headers[i], name))
            return reply->headers[i].value;
    return (struct slice){NULL, 0};
}

/* Only what is signed: a proxy may add any number of others. */
static size_t answer_signed_headers(const struct http_reply *reply,
                                    struct sign_header headers[SIGN_HEADERS_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < reply->header_count && count < SIGN_HEADERS_MOST; i++) {
        const struct http_header *header = &reply->headers[i];
        if (header->name.len > 6 && strncasecmp(header->name.at, "x-ots-", 6) == 0)
            headers[count++] = (struct sign_header){header->name, header->value};
    }
    return count;
}

static int answer_verify(const struct ots_question *question, const struct http_reply *reply,
                         struct error *err)
{
    struct sign_header headers[SIGN_HEADERS_MOST];
    struct sign_answer answer = {
        .path = question->path,
        .access_key_id = question->access_key_id,
        .access_key_secret = question->access_key_secret,
        .headers = headers,
        .header_count = answer_signed_headers(reply, headers),
        .authorization = answer_header(reply, "Authorization"),
        .body = reply->body,
    };
    return signer_verify(question->signer, &answer, err);
}

static enum error_kind answer_error_kind(enum ots_outcome outcome)
{
    switch (outcome) {
    case OTS_OK:
        return ERROR_NONE;
    case OTS_RETRY:
    case OTS_CUT:
    case OTS_UNSENT:
        return ERROR_RETRY;
    case OTS_REFUSED:
        return ERROR_RECORD;
    case OTS_MISSING:
    case OTS_EXISTS:
    case OTS_BLOCKED:
        break;
    }
    return ERROR_CONFIG;
}

/* Cut, and without line ends and other controls: it goes into log lines. */
static const char *answer_words(struct slice text, char *to, size_t most)
{
    size_t len = text.len < most ? text.len : most;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        to[i] = byte < 0x20 || byte == 0x7f ? '?' : (char)byte;
    }
    to[len] = 0;
    return to;
}

static void answer_describe(const struct ots_question *question, struct ots_answer *answer)
{
    char code[CODE_MOST + 1], message[MESSAGE_MOST + 1], id[ID_MOST + 1];
    const char *advice = NULL;
    if (answer->outcome == OTS_BLOCKED || answer->outcome == OTS_MISSING)
        advice = ots_fault_advice(answer->code, answer->message);
    error_set(&answer->error, answer_error_kind(answer->outcome), "%s: %d %s%s%s%s%s (%s%s%s)",
              question->operation, answer->status,
              answer->code.len > 0 ? answer_words(answer->code, code, CODE_MOST) : "without a code",
              answer->message.len > 0 ? ": " : "", answer_words(answer->message, message, MESSAGE_MOST),
              advice != NULL ? "; " : "", advice != NULL ? advice : "", question->host,
              answer->request_id.len > 0 ? ", request " : "", answer_words(answer->request_id, id, ID_MOST));
}

/* Worthless: it may be anybody's, so it says nothing about what became of the request. */
static void answer_distrust(const struct ots_question *question, struct ots_answer *answer,
                            const struct error *why)
{
    answer->outcome = OTS_CUT;
    answer->throttled = false;
    answer->body = (struct slice){NULL, 0};
    error_set(&answer->error, ERROR_RETRY,
              "%s: answer %d of %s cannot be trusted: %s; is it Tablestore that answers there? Check "
              "tablestore.endpoint and proxies on the way",
              question->operation, answer->status, question->host, why->text);
}

static void answer_read_fault(const struct ots_question *question, const struct http_reply *reply,
                              struct ots_answer *answer)
{
    struct error err;
    struct slice code = {NULL, 0}, message = {NULL, 0};
    if (write_reply_fault(reply->body, &code, &message) == 0) {
        answer->code = code;
        answer->message = message;
    }
    answer->outcome = ots_fault_outcome(answer->status, answer->code, answer->message);
    answer->throttled = ots_fault_throttles(answer->status, answer->code, answer->message);
    bool is_signed = answer_header(reply, "Authorization").at != NULL;
    if (is_signed && !ots_fault_is_of_key(answer->code) && answer_verify(question, reply, &err) != 0)
        answer_distrust(question, answer, &err);
    else
        answer_describe(question, answer);
}

static void answer_say_unanswered(const struct ots_question *question, const struct http_reply *reply,
                                  struct ots_answer *answer)
{
    const char *advice = ots_fault_advice_unanswered(reply->words);
    error_set(&answer->error, ERROR_RETRY, "%s: %s%s%s", question->operation, reply->words,
              advice != NULL ? "; " : "", advice != NULL ? advice : "");
}

void ots_answer_read(const struct ots_question *question, const struct http_reply *reply,
                     struct ots_answer *answer)
{
    struct error err;
    *answer = (struct ots_answer){.outcome = OTS_OK, .status = reply->status};
    if (reply->outcome != HTTP_ANSWERED) {
        answer->outcome = reply->outcome == HTTP_UNSENT ? OTS_UNSENT : OTS_CUT;
        answer->status = 0;
        answer_say_unanswered(question, reply, answer);
        return;
    }
    answer->body = reply->body;
    answer->request_id = answer_header(reply, "x-ots-requestid");
    if (reply->status < 200 || reply->status > 299)
        answer_read_fault(question, reply, answer);
    else if (answer_verify(question, reply, &err) != 0)
        answer_distrust(question, answer, &err);
}

/* "Tue, 02 Jan 2024 03:04:05 GMT", by hand because strptime() reads names by locale. */
static int answer_parse_date(struct slice date, int64_t *wall_ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[40], month[4];
    struct tm utc = {0};
    if (date.len >= sizeof(text))
        return -1;
    snprintf(text, sizeof(text), "%.*s", SLICE_ARG(date));
    // NOLINTNEXTLINE(cert-err34-c): the widths leave nothing that could overflow
    int found = sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &utc.tm_mday, month,
                       &utc.tm_year, &utc.tm_hour, &utc.tm_min, &utc.tm_sec);
    const char *place = found == 6 ? strstr(months, month) : NULL;
    if (place == NULL || strlen(month) != 3 || (place - months) % 3 != 0 || utc.tm_year < 1970)
        return -1;
    utc.tm_mon = (int)(place - months) / 3;
    utc.tm_year -= 1900;
    *wall_ms = (int64_t)timegm(&utc) * 1000;
    return 0;
}

int ots_answer_wall_ms(const struct http_reply *reply, int64_t *wall_ms)
{
    struct slice ours = answer_header(reply, "x-ots-date");
    struct slice plain = answer_header(reply, "Date");
    if (ours.at != NULL && sign_parse_date(ours, wall_ms) == 0)
        return 0;
    return plain.at != NULL ? answer_parse_date(plain, wall_ms) : -1;
}
