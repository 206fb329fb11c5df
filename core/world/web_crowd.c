// SPDX-License-Identifier: MIT
// web_crowd: how many connections there may be, of one address and of all, and how much is kept for them.
#include "world/web_conn.h"

#include <assert.h>
#include <string.h>

#define REFUSED_MAX 100 // so many beyond the limits at once are told so; others are only closed

// An address of IPv6 stands for its network of 64 bits, which is the least that one customer gets.
static int64_t peer_key(const uint8_t peer[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    const uint8_t *from = memcmp(peer, mapped, sizeof mapped) ? peer : peer + 8; // 00 00 ff ff a b c d
    uint64_t key = 0;
    for (size_t i = 0; i < 8; i++) key = key << 8 | from[i];
    return key ? (int64_t)key : 1; // a map holds no 0
}

static size_t peer_count(const struct web *w, const uint8_t peer[16])
{
    return (size_t)(uintptr_t)map_find(&w->peers, peer_key(peer));
}

static void peer_set(struct web *w, const uint8_t peer[16], size_t n)
{
    if (n) map_put(&w->peers, peer_key(peer), (void *)(uintptr_t)n);
    else map_take(&w->peers, peer_key(peer));
}

static bool same_peer(const struct conn *a, const struct conn *b)
{
    return peer_key(a->peer) == peer_key(b->peer);
}

// Closes whoever has been idle longest, of that address or of all. Nobody loses an answer by it.
static bool make_room(struct web *w, const struct conn *like)
{
    struct conn *k = w->idle.first;
    while (k && like && !same_peer(k, like)) k = k->next;
    if (k) conn_close(k);
    return k != NULL;
}

// A proxy that is listed asks for everybody, so it may have as many connections as there are.
static bool is_welcome(const struct conn *k)
{
    struct web *w = k->web;
    bool full = w->conns_n >= (size_t)w->settings.connections;
    bool greedy = !address_listed(&w->proxies, k->peer) &&
                  peer_count(w, k->peer) >= (size_t)w->settings.per_address;
    if (greedy) return make_room(w, k);
    return !full || make_room(w, NULL);
}

static void find_peer(struct conn *k)
{
    struct sockaddr_storage at;
    int len = sizeof at;
    if (!uv_tcp_getpeername(&k->tcp, (struct sockaddr *)&at, &len))
        address_bytes((const struct sockaddr *)&at, k->peer);
}

static void turn_away(struct conn *k)
{
    struct refusal r;
    k->refused = true;
    k->web->refused_n++;
    if (k->web->refused_n > REFUSED_MAX) conn_close(k);
    else {
        refuse(&r, 503, "Too many people are here at once. Please try again in a moment.");
        conn_refuse(k, &r);
    }
}

bool crowd_join(struct conn *k)
{
    struct web *w = k->web;
    find_peer(k);
    if (!is_welcome(k)) {
        turn_away(k);
        return false;
    }
    k->counted = true;
    w->conns_n++;
    peer_set(w, k->peer, peer_count(w, k->peer) + 1);
    return true;
}

void crowd_leave(struct conn *k)
{
    struct web *w = k->web;
    if (k->counted) {
        peer_set(w, k->peer, peer_count(w, k->peer) - 1);
        w->conns_n--;
    } else if (k->refused) w->refused_n--;
}

bool crowd_hold(struct conn *k)
{
    size_t now = k->in.room + (k->body ? k->body->bytes.room + k->body->head_len : 0);
    if (now > k->held && !web_hold(k->web, now - k->held)) return false;
    if (now < k->held) web_let_go(k->web, k->held - now);
    k->held = now;
    return true;
}

bool web_hold(struct web *w, size_t bytes)
{
    if (bytes > WEB_HELD_MAX - w->held) return false;
    w->held += bytes;
    return true;
}

void web_let_go(struct web *w, size_t bytes)
{
    assert(bytes <= w->held);
    w->held -= bytes;
}
