/* peers: an entry a broker, by the name it was given or gave itself. */
#include "kafka/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum {
    WELL_MS = 3000,    /* up for so long: well. A broker that wants a login lets us in for half a second */
    SILENT_MS = 3000,  /* a step of a new connection that takes longer is said */
    FORGET_MS = 20000, /* and twice the longest wait: the library tries it no more, it is not needed */
    REQUEST_MS = 10000 /* how long the library waits for a broker's first answer */
};

enum peer_step { PEER_IDLE, PEER_CONNECT, PEER_TLS, PEER_HELLO, PEER_LOGIN, PEER_UP };

struct peer {
    char name[KAFKA_FAULT_NAME_MOST];
    /* under the lock */
    enum peer_step step;
    uint32_t tries;
    uint32_t changes;
    /* the loop's */
    uint32_t tries_seen;
    uint32_t changes_seen;
    int64_t changed_ms;
    bool troubled;
    struct error error;
};

static const struct peer_state {
    const char *name;
    enum peer_step step;
    const char *silence; /* when it lasts */
} peer_states[] = {
    {"CONNECT", PEER_CONNECT, "no connection yet: is the address right, does a firewall drop packets?"},
    {"SSL_HANDSHAKE", PEER_TLS,
     "connected, but TLS is not answered yet: does this port speak TLS (security.protocol)?"},
    {"APIVERSION_QUERY", PEER_HELLO,
     "connected, but no answer yet: is it a Kafka broker that listens there, and does the port speak TLS?"},
    {"AUTH_LEGACY", PEER_LOGIN, "connected, but the login is not answered yet"},
    {"AUTH_HANDSHAKE", PEER_LOGIN, "connected, but the login is not answered yet"},
    {"AUTH_REQ", PEER_LOGIN, "connected, but the login is not answered yet"},
    {"UPDATE", PEER_UP, NULL},
    {"UP", PEER_UP, NULL},
};

enum { PEER_STATES = sizeof(peer_states) / sizeof(peer_states[0]) };

static enum peer_step peer_step(const char *state)
{
    for (size_t i = 0; i < PEER_STATES; i++) {
        if (strcmp(peer_states[i].name, state) == 0)
            return peer_states[i].step;
    }
    return PEER_IDLE;
}

/* Under the lock. */
static struct peer *peers_find(struct peers *peers, const char *name)
{
    for (size_t i = 0; i < peers->count; i++) {
        if (strcmp(peers->items[i]->name, name) == 0)
            return peers->items[i];
    }
    if (peers->count == peers->room) {
        peers->room = peers->room * 2 + 4;
        peers->items = check_memory(realloc(peers->items, peers->room * sizeof(struct peer *)));
    }
    struct peer *peer = check_memory(calloc(1, sizeof(*peer)));
    snprintf(peer->name, sizeof(peer->name), "%s", name);
    peers->items[peers->count++] = peer;
    return peer;
}

/* As kafka_fault_read() has it: host:port, [::1]:port. */
static void peers_key(const char *name, int port, char key[KAFKA_FAULT_NAME_MOST])
{
    bool bare = strchr(name, ':') != NULL && name[0] != '['; /* IPv6 */
    if (port == 0)
        snprintf(key, KAFKA_FAULT_NAME_MOST, "%s", name);
    else
        snprintf(key, KAFKA_FAULT_NAME_MOST, "%s%.250s%s:%d", bare ? "[" : "", name, bare ? "]" : "", port);
}

static void peers_note(struct peers *peers, const char *key, enum peer_step step)
{
    pthread_mutex_lock(&peers->lock);
    struct peer *peer = peers_find(peers, key);
    peer->tries += step == PEER_CONNECT;
    peer->changes += step != peer->step;
    peer->step = step;
    pthread_mutex_unlock(&peers->lock);
}

/* A thread of the library. Brokers without a port are its own inventions, but for the coordinator. */
// NOLINTNEXTLINE(readability-function-size): librdkafka says what the parameters are
static rd_kafka_resp_err_t peers_on_state(rd_kafka_t *rk, int32_t id, const char *protocol, const char *name,
                                          int port, const char *state, void *opaque)
{
    char key[KAFKA_FAULT_NAME_MOST];
    (void)rk;
    (void)id;
    (void)protocol;
    if (name[0] == 0)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    peers_key(name, port, key);
    peers_note(opaque, key, peer_step(state));
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t peers_on_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
                                        char *words, size_t room)
{
    (void)conf;
    if (room > 0)
        words[0] = 0; /* what went wrong: nothing */
    return rd_kafka_interceptor_add_on_broker_state_change(rk, "peers", peers_on_state, opaque);
}

static int64_t peers_number(const rd_kafka_conf_t *conf, const char *name)
{
    char text[16] = "";
    size_t bytes = sizeof(text);
    if (rd_kafka_conf_get(conf, name, text, &bytes) != RD_KAFKA_CONF_OK || bytes > sizeof(text))
        return 0;
    return strtol(text, NULL, 10);
}

void peers_init(struct peers *peers, rd_kafka_conf_t *conf, peers_tell_fn *tell, void *arg)
{
    *peers = (struct peers){.lock = PTHREAD_MUTEX_INITIALIZER, .tell = tell, .arg = arg};
    peers->within_ms = peers_number(conf, "reconnect.backoff.max.ms");
    CHECK(rd_kafka_conf_interceptor_add_on_new(conf, "peers", peers_on_new, peers) ==
          RD_KAFKA_RESP_ERR_NO_ERROR);
}

void peers_fini(struct peers *peers)
{
    for (size_t i = 0; i < peers->count; i++)
        free(peers->items[i]);
    free(peers->items);
    pthread_mutex_destroy(&peers->lock);
}

static void peer_begin(struct peers *peers, struct peer *peer)
{
    peer->troubled = true;
    peers->tell(peers->arg, peer->name, &peer->error);
}

void peers_failed(struct peers *peers, struct kafka_fault *fault, int64_t now_ms)
{
    char next[64];
    pthread_mutex_lock(&peers->lock);
    struct peer *peer = peers_find(peers, fault->name);
    peer->tries_seen = peer->tries;
    peer->changes_seen = peer->changes;
    pthread_mutex_unlock(&peers->lock);
    peer->changed_ms = now_ms;
    snprintf(next, sizeof(next), "tried again within %lld s", (long long)(peers->within_ms + 999) / 1000);
    kafka_fault_advise(fault, next);
    peer->error = fault->error;
    peer_begin(peers, peer);
}

static void peer_end(struct peers *peers, struct peer *peer)
{
    peer->troubled = false;
    peer->error.text[0] = 0;
    peers->tell(peers->arg, peer->name, NULL);
}

static void peer_look_silence(struct peers *peers, struct peer *peer, enum peer_step step, int64_t lasts_ms)
{
    for (size_t i = 0; i < PEER_STATES && lasts_ms >= SILENT_MS; i++) {
        const char *silence = peer_states[i].silence;
        if (peer_states[i].step != step || silence == NULL || strcmp(peer->error.text, silence) == 0)
            continue;
        error_set(&peer->error, ERROR_RETRY, "%s", silence);
        peer_begin(peers, peer);
        return;
    }
}

/* The copies are of one moment; peers go only at the end. */
static void peer_look(struct peers *peers, struct peer *peer, enum peer_step step, int64_t lasts_ms)
{
    peer_look_silence(peers, peer, step, lasts_ms);
    if (!peer->troubled)
        return;
    if (step == PEER_UP ? lasts_ms >= WELL_MS : lasts_ms >= FORGET_MS + 2 * peers->within_ms + REQUEST_MS)
        peer_end(peers, peer);
}

static struct peer *peers_at(struct peers *peers, size_t index)
{
    pthread_mutex_lock(&peers->lock);
    struct peer *peer = index < peers->count ? peers->items[index] : NULL;
    pthread_mutex_unlock(&peers->lock);
    return peer;
}

void peers_pass(struct peers *peers, int64_t now_ms)
{
    struct peer *peer;
    for (size_t i = 0; (peer = peers_at(peers, i)) != NULL; i++) {
        pthread_mutex_lock(&peers->lock);
        enum peer_step step = peer->step;
        uint32_t tries = peer->tries, changes = peer->changes;
        pthread_mutex_unlock(&peers->lock);
        if (changes != peer->changes_seen)
            peer->changed_ms = now_ms;
        if (peer->troubled && tries != peer->tries_seen)
            peers->tell(peers->arg, peer->name, &peer->error);
        peer->changes_seen = changes;
        peer->tries_seen = tries;
        peer_look(peers, peer, step, now_ms - peer->changed_ms);
    }
}
