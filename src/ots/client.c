/* client: signs with the service's clock, which it learns when ours is wrong; everything else is the exchange
 * below (http) and the reading of its reply (answer). */
#include "ots/client.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/check.h"
#include "base/list.h"
#include "base/log.h"
#include "loop/loop.h"
#include "loop/work.h"
#include "ots/answer.h"
#include "ots/endpoint.h"
#include "ots/fault.h"
#include "wire/digest.h"
#include "wire/md5_lanes.h"
#include "wire/sign.h"

enum {
    OPERATION_MOST = 60,
    DIGEST_MOST = 1024 * 1024 /* a larger body is digested on a worker: 1.6 ms a MB, and 4 MB are allowed */
};

/* Below it a difference is no reason for a refusal (the service allows 15 minutes), and learning it would not
 * help. */
static const int64_t skew_worth_ms = 60000;

struct ots_client {
    struct loop *loop;
    struct clock *clock;
    struct http_client *http;
    struct signer *signer;
    char base[OTS_ENDPOINT_MOST + 1];
    char *instance;
    char *access_key_id;
    char *access_key_secret;
    char *sts_token; /* NULL: none */
    int64_t skew_ms; /* the service's clock less ours, as far as it was learned */
    bool watches_clock;
    bool saw_clock;
    int64_t seen_skew_ms;
    uint32_t calls;
    struct list cut; /* calls that were cut before they were sent: to be answered */
    struct list
        queue; /* calls whose bodies are digested together: several at once cost much less than one by one */
    uint32_t queued;
    struct clock_timer flush;
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
    struct loop_work *work; /* NULL until the first large body */
    bool digesting;         /* a worker is at it, or it is queued */
    bool cut;               /* while digesting */
    struct list node;       /* in the client's queue, or among the cut */
    char body_md5[DIGEST_MD5_BASE64 + 1];
};

/* It travels in a header as it is: a line end in it would begin another header. */
static int client_check_token(const char *token, struct error *err)
{
    size_t len = token == NULL ? 0 : strlen(token);
    if (token != NULL && len == 0)
        return error_set(err, ERROR_CONFIG, "STS token: it is empty");
    if (len > OTS_STS_TOKEN_MOST)
        return error_set(err, ERROR_CONFIG, "STS token: longer than %d characters", OTS_STS_TOKEN_MOST);
    for (size_t i = 0; i < len; i++)
        if (token[i] <= ' ' || token[i] > '~')
            return error_set(err, ERROR_CONFIG, "STS token: there is a character in it that no token has");
    return 0;
}

static int client_check(const struct ots_client_options *options, char *base, struct error *err)
{
    if (ots_endpoint_read(options->endpoint == NULL ? "" : options->endpoint, base, err) != 0 ||
        ots_endpoint_check_name("instance", options->instance, "-_", err) != 0 ||
        ots_endpoint_check_name("access key id", options->access_key_id, "+./_-", err) != 0)
        return -1;
    if (options->access_key_secret == NULL || options->access_key_secret[0] == 0)
        return error_set(err, ERROR_CONFIG, "access key secret is missing");
    return client_check_token(options->sts_token, err);
}

static void client_on_flush(void *arg, struct clock_timer *timer);

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
    if (options->sts_token != NULL)
        client->sts_token = check_memory(strdup(options->sts_token));
    list_init(&client->cut);
    list_init(&client->queue);
    clock_timer_init(&client->flush, client_on_flush, client);
    return client;
}

static void client_forget(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

void ots_client_destroy(struct ots_client *client)
{
    if (client == NULL)
        return;
    CHECK(client->calls == 0);
    clock_stop(client->clock, &client->flush);
    http_client_destroy(client->http);
    signer_destroy(client->signer);
    client_forget(client->access_key_secret);
    client_forget(client->sts_token);
    free(client->access_key_id);
    free(client->instance);
    free(client);
}

struct clock *ots_client_clock(const struct ots_client *client)
{
    return client->clock;
}

void ots_client_watch_clock(struct ots_client *client)
{
    client->watches_clock = true;
}

bool ots_client_skew_ms(const struct ots_client *client, int64_t *skew_ms)
{
    *skew_ms = client->seen_skew_ms;
    return client->saw_clock;
}

static void client_see_clock(struct ots_client *client, const struct http_reply *reply)
{
    int64_t server_ms;
    if (!client->watches_clock || ots_answer_wall_ms(reply, &server_ms) != 0)
        return;
    client->saw_clock = true;
    client->seen_skew_ms = server_ms - client->clock->wall_ms;
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
    if (answer.outcome == OTS_OK || answer.code.len > 0) /* not anybody's clock */
        client_see_clock(client, reply);
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
    list_init(&call->node);
    call->exchange = http_exchange_create(client->http, client_on_reply, call);
    client->calls++;
    return call;
}

static void call_leave_queue(struct ots_call *call)
{
    if (list_empty(&call->node))
        return;
    list_remove(&call->node);
    call->client->queued -= !call->cut;
}

void ots_call_destroy(struct ots_call *call)
{
    if (call == NULL)
        return;
    call_leave_queue(call);
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
        .sts_token = slice_text(client->sts_token),
        .body = call->body,
        .body_md5 = body_md5,
        .wall_ms = client->clock->wall_ms + call->skew_ms,
    };
    struct http_request sent = {.url = call->url, .lines = lines, .body = call->body};
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

static void call_answer_cut(struct ots_call *call)
{
    call->digesting = false;
    struct ots_answer answer = {.outcome = OTS_UNSENT};
    error_set(&answer.error, ERROR_RETRY, "%s: cancelled before it was sent", call->operation);
    call->on_answer(call->arg, call, &answer);
}

static void call_digested(struct ots_call *call)
{
    call->digesting = false;
    call_begin(call, slice_of(call->body_md5, DIGEST_MD5_BASE64));
}

static void call_on_digested(void *arg)
{
    struct ots_call *call = arg;
    if (call->cut)
        call_answer_cut(call);
    else
        call_digested(call);
}

/* Digests up to MD5_LANES queued bodies side by side and sends them. */
static void client_send_some(struct ots_client *client)
{
    struct ots_call *calls[MD5_LANES];
    struct slice bodies[MD5_LANES];
    uint8_t md5[MD5_LANES][MD5_BYTES];
    size_t count = 0;
    for (struct list *node; count < MD5_LANES && (node = list_pop(&client->queue)) != NULL; count++) {
        calls[count] = LIST_OWNER(node, struct ots_call, node);
        bodies[count] = calls[count]->body;
    }
    client->queued -= (uint32_t)count;
    md5_lanes(bodies, count, md5);
    for (size_t i = 0; i < count; i++) {
        base64_encode(slice_of(md5[i], MD5_BYTES), calls[i]->body_md5);
        call_digested(calls[i]);
    }
}

static void client_on_flush(void *arg, struct clock_timer *timer)
{
    struct ots_client *client = arg;
    struct list *node;
    (void)timer;
    while ((node = list_pop(&client->cut)) != NULL)
        call_answer_cut(LIST_OWNER(node, struct ots_call, node));
    while (client->queued > 0)
        client_send_some(client);
}

static void client_arm(struct ots_client *client)
{
    if (!clock_started(&client->flush))
        clock_start(client->clock, &client->flush, 0);
}

/* Sent in the next turn, or at once when a whole set of lanes is together. */
static void client_queue(struct ots_client *client, struct ots_call *call)
{
    list_push(&client->queue, &call->node);
    client->queued++;
    if (client->queued == MD5_LANES)
        client_send_some(client);
    else
        client_arm(client);
}

void ots_call_send(struct ots_call *call, const char *operation, struct slice body)
{
    CHECK(strlen(operation) <= OPERATION_MOST && !call->digesting);
    call->operation = operation;
    call->body = body.at != NULL ? body : SLICE("");
    snprintf(call->url, sizeof(call->url), "%s/%s", call->client->base, operation);
    call->digesting = true;
    call->cut = false;
    if (body.len <= DIGEST_MOST) {
        client_queue(call->client, call);
        return;
    }
    if (call->work == NULL)
        call->work = loop_work_create(call->client->loop, call_on_worker, call_on_digested, call);
    loop_work_start(call->work);
}

void ots_call_cut(struct ots_call *call)
{
    struct ots_client *client = call->client;
    if (!call->digesting) {
        http_cancel(call->exchange);
        return;
    }
    if (!list_empty(&call->node) && !call->cut) {
        call_leave_queue(call);
        list_push(&client->cut, &call->node);
        client_arm(client);
    }
    call->cut = true;
}
