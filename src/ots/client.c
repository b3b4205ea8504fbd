/* client: signs with the service's clock, which it learns when ours is wrong; everything else is the exchange
 * below (http) and the reading of its reply (answer). */
#include "ots/client.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "loop/loop.h"
#include "loop/work.h"
#include "ots/answer.h"
#include "ots/endpoint.h"
#include "ots/fault.h"
#include "wire/digest.h"
#include "wire/sign.h"

enum {
    OPERATION_MOST = 60,
    DIGEST_MOST = 1024 * 1024 /* a larger body is digested on a worker: 1.6 ms a MB, and 4 MB are allowed */
};

/* Below it a difference is no reason for a refusal (the service allows 15 minutes), and learning it would not
 * help. */
static const int64_t skew_worth_ms = 60 * 1000;

struct ots_client {
    struct loop *loop;
    struct clock *clock;
    struct http_client *http;
    struct signer *signer;
    char base[OTS_ENDPOINT_MOST + 1];
    char *instance;
    char *access_key_id;
    char *access_key_secret;
    int64_t skew_ms; /* the service's clock less ours, as far as it was learned */
    uint32_t calls;
};

struct ots_call {
    struct ots_client *client;
    struct http_exchange *exchange;
    ots_answer_fn *on_answer;
    void *arg;
    const char *operation;
    int64_t skew_ms; /* what the request in flight was signed with */
    char url[OTS_ENDPOINT_MOST + 1 + OPERATION_MOST + 1];
    struct slice body;
    bool fresh;
    struct loop_work *work; /* NULL until the first large body */
    bool digesting;         /* the worker is at it */
    bool cut;               /* while digesting */
    char body_md5[DIGEST_MD5_BASE64 + 1];
};

static int client_check(const struct ots_client_options *options, char *base, struct error *err)
{
    if (ots_endpoint_read(options->endpoint == NULL ? "" : options->endpoint, base, err) != 0 ||
        ots_endpoint_check_name("instance", options->instance, "-_", err) != 0 ||
        ots_endpoint_check_name("access key id", options->access_key_id, "+./_-", err) != 0)
        return -1;
    if (options->access_key_secret == NULL || options->access_key_secret[0] == 0)
        return error_set(err, ERROR_CONFIG, "access key secret is missing");
    return 0;
}

struct ots_client *ots_client_create(struct loop *loop, const struct ots_client_options *options,
                                     struct error *err)
{
    char base[OTS_ENDPOINT_MOST + 1];
    if (client_check(options, base, err) != 0)
        return NULL;
    struct http_client *http = http_client_create(loop, &options->http, err);
    if (http == NULL)
        return NULL;
    struct ots_client *client = check_memory(calloc(1, sizeof(*client)));
    client->loop = loop;
    client->clock = loop_clock(loop);
    client->http = http;
    client->signer = signer_create();
    memcpy(client->base, base, sizeof(base));
    client->instance = check_memory(strdup(options->instance));
    client->access_key_id = check_memory(strdup(options->access_key_id));
    client->access_key_secret = check_memory(strdup(options->access_key_secret));
    return client;
}

void ots_client_destroy(struct ots_client *client)
{
    if (client == NULL)
        return;
    CHECK(client->calls == 0);
    http_client_destroy(client->http);
    signer_destroy(client->signer);
    explicit_bzero(client->access_key_secret, strlen(client->access_key_secret));
    free(client->access_key_secret);
    free(client->access_key_id);
    free(client->instance);
    free(client);
}

struct clock *ots_client_clock(const struct ots_client *client)
{
    return client->clock;
}

static struct slice call_path(const struct ots_call *call)
{
    return slice_text(call->url + strlen(call->client->base));
}

/* A refusal because of the time carries the service's time: with that the next request will do (promise 7).
 * Answers true when something was learned that the refused request did not know. */
static bool client_learn_clock(struct ots_call *call, const struct http_reply *reply)
{
    struct ots_client *client = call->client;
    int64_t server_ms;
    if (ots_answer_wall_ms(reply, &server_ms) != 0)
        return false;
    int64_t skew_ms = server_ms - client->clock->wall_ms;
    if (llabs(skew_ms - call->skew_ms) < skew_worth_ms)
        return false;
    if (llabs(skew_ms - client->skew_ms) >= skew_worth_ms) {
        client->skew_ms = skew_ms;
        log_warn("ots: this machine's clock differs from Tablestore's, requests are dated by theirs now: "
                 "difference_s=%lld "
                 "host=%s",
                 (long long)(skew_ms / 1000), ots_endpoint_host(client->base));
    }
    return true;
}

static void client_on_reply(void *arg, struct http_exchange *exchange, const struct http_reply *reply)
{
    struct ots_call *call = arg;
    struct ots_client *client = call->client;
    (void)exchange;
    struct ots_question question = {
        .signer = client->signer,
        .operation = call->operation,
        .host = ots_endpoint_host(client->base),
        .path = call_path(call),
        .access_key_id = slice_text(client->access_key_id),
        .access_key_secret = slice_text(client->access_key_secret),
    };
    struct ots_answer answer;
    ots_answer_read(&question, reply, &answer);
    if (ots_fault_is_of_clock(answer.code, answer.message) && client_learn_clock(call, reply)) {
        answer.outcome = OTS_RETRY;
        answer.error.kind = ERROR_RETRY;
    }
    call->on_answer(call->arg, call, &answer);
}

struct ots_call *ots_call_create(struct ots_client *client, ots_answer_fn *on_answer, void *arg)
{
    struct ots_call *call = check_memory(calloc(1, sizeof(*call)));
    call->client = client;
    call->on_answer = on_answer;
    call->arg = arg;
    call->exchange = http_exchange_create(client->http, client_on_reply, call);
    client->calls++;
    return call;
}

void ots_call_destroy(struct ots_call *call)
{
    if (call == NULL)
        return;
    loop_work_destroy(call->work);
    http_exchange_destroy(call->exchange);
    call->client->calls--;
    free(call);
}

static void call_begin(struct ots_call *call, struct slice body_md5)
{
    struct ots_client *client = call->client;
    const char *lines[SIGN_LINES];
    call->skew_ms = client->skew_ms;
    struct sign_request request = {
        .path = call_path(call),
        .instance = slice_text(client->instance),
        .access_key_id = slice_text(client->access_key_id),
        .access_key_secret = slice_text(client->access_key_secret),
        .body = call->body,
        .body_md5 = body_md5,
        .wall_ms = client->clock->wall_ms + call->skew_ms,
    };
    struct http_request sent = {.url = call->url, .lines = lines, .body = call->body, .fresh = call->fresh};
    sent.line_count = signer_request(client->signer, &request, lines);
    http_send(call->exchange, &sent);
}

static void call_on_worker(void *arg)
{
    struct ots_call *call = arg;
    struct digest *digest = digest_create();
    digest_md5(digest, call->body, call->body_md5);
    digest_destroy(digest);
}

static void call_on_digested(void *arg)
{
    struct ots_call *call = arg;
    call->digesting = false;
    if (!call->cut) {
        call_begin(call, slice_of(call->body_md5, DIGEST_MD5_BASE64));
        return;
    }
    struct ots_answer answer = {.outcome = OTS_UNSENT};
    error_set(&answer.error, ERROR_RETRY, "%s: cancelled before it was sent", call->operation);
    call->on_answer(call->arg, call, &answer);
}

void ots_call_send(struct ots_call *call, const char *operation, struct slice body, bool fresh)
{
    CHECK(strlen(operation) <= OPERATION_MOST && !call->digesting);
    call->operation = operation;
    call->body = body.at != NULL ? body : SLICE("");
    call->fresh = fresh;
    snprintf(call->url, sizeof(call->url), "%s/%s", call->client->base, operation);
    if (body.len <= DIGEST_MOST) {
        call_begin(call, (struct slice){NULL, 0});
        return;
    }
    if (call->work == NULL)
        call->work = loop_work_create(call->client->loop, call_on_worker, call_on_digested, call);
    call->digesting = true;
    call->cut = false;
    loop_work_start(call->work);
}

void ots_call_cut(struct ots_call *call)
{
    if (call->digesting)
        call->cut = true;
    else
        http_cancel(call->exchange);
}
