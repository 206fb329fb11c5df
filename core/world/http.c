// SPDX-License-Identifier: MIT
#include "world/http.h"

#include "base/instant.h"
#include "world/address.h"
#include "world/easy.h"
#include "world/http_request.h"
#include "time/wall.h"
#include "world/live_now.h"
#include "world/multi.h"
#include "world/oauth.h"
#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS 32              // enough for a burst of 400 webhooks; 32 look-up threads at worst
#define CONNECT_MS (10 * SECOND_MS) // a peer that does not take a call in this time is down
#define HEAD_MAX (64u << 10)        // of an answer

struct http {
    struct multi *multi;
    struct address_policy policy;
    struct errand_sink sink;
    struct oauth *oauth;
    const char *ca_file;
    size_t connections_max, under_way;
    struct fetch *first; // the requests under way
};

// One request under way. The errand comes first: the sink knows only that.
struct fetch {
    struct errand errand;
    struct transfer transfer;
    struct http *http;
    struct errand_sink sink;
    struct fetch *next, *previous;
    struct http_request request;
    struct buf grant;                 // of the token that it shows; empty: it shows none
    struct oauth_wait wait;           // for that token
    char *token;                      // the one that it shows
    bool renewed;                     // after a 401
    int64_t hops, spent_ms;           // redirects followed, time used
    bool left;                        // some of the request, of any hop, may have reached a peer
    struct buf body;                  // of the answer
    size_t head_len;                  // of the answer
    char forbidden[ADDRESS_TEXT_MAX]; // the address that the policy refused, or empty
    char words[CURL_ERROR_SIZE];
};

static void fetch_free(struct errand *r)
{
    struct fetch *f = (struct fetch *)r;
    curl_easy_cleanup(f->transfer.easy);
    http_request_release(&f->request);
    buf_release(&f->body);
    buf_release(&f->grant);
    free(f->token);
    errand_release(&f->errand);
    free(f);
}

static void link_in(struct http *h, struct fetch *f)
{
    f->next = h->first;
    if (h->first) h->first->previous = f;
    h->first = f;
    h->under_way++;
}

static void link_out(struct http *h, struct fetch *f)
{
    if (f->next) f->next->previous = f->previous;
    if (f->previous) f->previous->next = f->next;
    else h->first = f->next;
    h->under_way--;
}

static curl_socket_t on_socket_wanted(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct fetch *f = ctx;
    if (!address_may(&f->http->policy, &to->addr)) {
        address_print(&to->addr, f->forbidden);
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t on_body(char *data, size_t one, size_t len, void *ctx)
{
    struct fetch *f = ctx;
    buf_add(&f->body, data, len);
    return f->body.over ? 0 : len;
}

static size_t on_header(char *data, size_t one, size_t len, void *ctx)
{
    struct fetch *f = ctx;
    f->head_len += len;
    return f->head_len > HEAD_MAX ? 0 : len;
}

static void set_method(struct fetch *f)
{
    CURL *easy = f->transfer.easy;
    const struct http_request *r = &f->request;
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (r->has_body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buf_z(&f->request.body));
    }
    if (!strcmp(r->method, "HEAD")) curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    else curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
    // On a connection that the peer has closed meanwhile curl quietly sends the request once more.
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, r->repeatable ? 0L : 1L);
}

static void set_callbacks(struct fetch *f)
{
    CURL *easy = f->transfer.easy;
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket_wanted);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, f);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, f);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, f->words);
}

// One hop. A new handle for each, so that nothing of the last one (a user in its URL) goes along.
static void hop(struct fetch *f)
{
    CURL *easy = f->transfer.easy = easy_open("http,https", f->http->ca_file);
    f->words[0] = 0;
    f->head_len = 0;
    buf_clear(&f->body);
    set_callbacks(f);
    set_method(f);
    curl_easy_setopt(easy, CURLOPT_URL, f->request.url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, f->request.headers);
    // One request on one connection at a time: a lost connection then concerns one request.
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(f->request.timeout_ms - f->spent_ms));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    multi_begin(f->http->multi, &f->transfer);
}

static void add_header(struct record_map *headers, CURL *easy, const struct curl_header *first)
{
    struct buf name, value;
    buf_init(&name, HEAD_MAX);
    buf_init(&value, HEAD_MAX);
    for (const char *c = first->name; *c; c++) buf_addc(&name, (char)tolower((unsigned char)*c));
    struct curl_header *h;
    for (size_t i = 0; !curl_easy_header(easy, first->name, i, CURLH_HEADER, -1, &h); i++)
        buf_addf(&value, "%s%s", i ? ", " : "", h->value);
    record_map_text(headers, buf_z(&name), buf_text(&value));
    buf_release(&name);
    buf_release(&value);
}

static void put_result(struct fetch *f, long status)
{
    struct record_map result, headers;
    record_map_init(&headers);
    struct curl_header *h = NULL;
    while ((h = curl_easy_nextheader(f->transfer.easy, CURLH_HEADER, -1, h)))
        if (h->index == 0) add_header(&headers, f->transfer.easy, h);
    record_map_init(&result);
    record_map_int(&result, "status", status);
    record_map_end(&headers, record_map_key(&result, "headers"));
    record_map_text(&result, "body", buf_text(&f->body));
    record_map_int(&result, "ms", f->spent_ms);
    record_map_end(&result, &f->errand.value);
}

// Retry-After as Zoom writes it: "2021-02-25T00:00:00Z". What RFC 9110 allows, curl reads.
static bool read_moment(CURL *easy, int64_t *wait_ms)
{
    struct curl_header *h;
    struct wall wall;
    if (curl_easy_header(easy, "retry-after", 0, CURLH_HEADER, -1, &h)) return false;
    struct text t = text_of(h->value);
    if (!t.len || t.data[t.len - 1] != 'Z') return false;
    t.len--;
    if (wall_parse(t, &wall, NULL)) return false;
    *wait_ms = wall.seconds * SECOND_MS - live_now().ms;
    return true;
}

static int64_t retry_after_ms(CURL *easy)
{
    curl_off_t after_s = 0;
    int64_t wait_ms;
    if (!read_moment(easy, &wait_ms)) {
        curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after_s);
        wait_ms = after_s > DAY_MS / SECOND_MS ? DAY_MS : (int64_t)after_s * SECOND_MS;
    }
    return wait_ms < 0 ? 0 : wait_ms > DAY_MS ? DAY_MS : wait_ms;
}

// An answer came. Whether the peer did what was asked is its status' word.
static void judge_answer(struct fetch *f, long status)
{
    struct errand *r = &f->errand;
    put_result(f, status);
    bool refused = status == 408 || status == 425 || status == 429 || status == 503;
    if (!refused && status < 500) {
        r->outcome = OUTCOME_OK;
        return;
    }
    r->retry_after_ms = retry_after_ms(f->transfer.easy);
    if (refused || f->request.repeatable)
        errand_end(r, OUTCOME_AGAIN, "%s answered %ld", f->request.origin, status);
    else
        errand_end(r, OUTCOME_UNSURE, "%s answered %ld, so it may have done what the %s asked or not",
            f->request.origin, status, f->request.method);
}

static void judge_silence(struct fetch *f, CURLcode result)
{
    struct errand *r = &f->errand;
    const char *origin = f->request.origin, *words = f->words[0] ? f->words : curl_easy_strerror(result);
    if (f->forbidden[0])
        errand_end(r, OUTCOME_FAILED,
            "%s leads to %s, an address inside this machine or a private network; if it shall be reached, "
            "list its network in allow_private in the configuration",
            origin, f->forbidden);
    else if (f->body.over)
        errand_end(r, OUTCOME_FAILED,
            "the answer of %s is longer than %zu bytes; raise body_max or ask for less", origin,
            f->request.body_max);
    else if (f->head_len > HEAD_MAX)
        errand_end(r, OUTCOME_FAILED, "the headers of %s's answer are longer than %u bytes", origin,
            HEAD_MAX);
    else if (result == CURLE_UNSUPPORTED_PROTOCOL || result == CURLE_URL_MALFORMAT)
        errand_end(r, OUTCOME_FAILED, "%s can't be asked: %s", origin, words);
    else if (f->left && !f->request.repeatable)
        errand_end(r, OUTCOME_UNSURE, "%s did not answer, but may have done what was asked: %s", origin,
            words);
    else errand_end(r, OUTCOME_AGAIN, "%s did not answer: %s", origin, words);
}

static void finish(struct fetch *f)
{
    struct http *h = f->http;
    link_out(h, f);
    f->sink.end(f->sink.ctx, &f->errand);
}

// ---- tokens -------------------------------------------------------------------------------------------

static void on_token(struct oauth_wait *w, const char *token, const struct errand *failed)
{
    struct fetch *f = (struct fetch *)((char *)w - offsetof(struct fetch, wait));
    if (token) {
        free(f->token);
        f->token = mem_copyz(token);
        http_request_authorize(&f->request, token);
        hop(f);
        return;
    }
    f->errand.retry_after_ms = failed->retry_after_ms;
    f->errand.loud = failed->loud;
    errand_end(&f->errand, failed->outcome, "%s", failed->note.len ? failed->note.data : "no token came");
    finish(f);
}

static void await_token(struct fetch *f)
{
    struct record grant = {(const uint8_t *)f->grant.data, f->grant.len};
    f->wait.ready = on_token;
    oauth_get(f->http->oauth, grant, &f->wait);
}

// The peer did nothing but look at the token: what it was asked may be asked again.
static bool renew(struct fetch *f, long status)
{
    if (status != 401 || !f->grant.len || f->renewed || f->hops) return false;
    f->renewed = true;
    f->left = false;
    curl_easy_cleanup(f->transfer.easy);
    f->transfer.easy = NULL;
    oauth_refused(f->http->oauth, (struct record){(const uint8_t *)f->grant.data, f->grant.len}, f->token);
    await_token(f);
    return true;
}

// ---- one exchange -------------------------------------------------------------------------------------

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// False: this redirect is not followed, and the errand says why.
static bool follow(struct fetch *f, long status, const char *to)
{
    struct err e = {0};
    if (f->hops++ >= f->request.redirects)
        err_set(&e, ERR_LIMIT, "%s redirects more often than %" PRId64 " times", f->request.origin,
            f->request.redirects);
    else if (f->spent_ms >= f->request.timeout_ms)
        err_set(&e, ERR_NET, "%s redirected until the time was up", f->request.origin);
    else http_request_follow(&f->request, status, to, &e);
    if (!e.code) return true;
    put_result(f, status);
    errand_end(&f->errand, OUTCOME_FAILED, "%s", e.text);
    return false;
}

static void note_hop(struct fetch *f)
{
    long sent = 0;
    curl_off_t us = 0;
    curl_easy_getinfo(f->transfer.easy, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(f->transfer.easy, CURLINFO_TOTAL_TIME_T, &us);
    if (sent > 0) f->left = true;
    f->spent_ms += us / 1000;
}

static void on_fetched(struct transfer *t, CURLcode result)
{
    struct fetch *f = (struct fetch *)((char *)t - offsetof(struct fetch, transfer));
    long status = 0;
    char *to = NULL;
    note_hop(f);
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
    if (!result && renew(f, status)) return;
    if (result) judge_silence(f, result);
    else if (!is_redirect(status) || !to || !f->request.redirects) judge_answer(f, status);
    else if (follow(f, status, to)) {
        curl_easy_cleanup(t->easy);
        hop(f);
        return;
    }
    finish(f);
}

static void begin(struct http *h, const struct effect *effect, struct errand_sink sink)
{
    struct err e = {0};
    struct fetch *f = mem_alloc(sizeof *f);
    struct record grant = record_get(effect->args, "oauth");
    errand_init(&f->errand, effect, fetch_free);
    f->http = h;
    f->sink = sink;
    f->transfer.on_end = on_fetched;
    buf_init(&f->grant, RECORD_LEN_MAX);
    link_in(h, f);
    if (http_request_init(&f->request, effect->args, &e)) {
        errand_end(&f->errand, OUTCOME_FAILED, "%s", e.text);
        finish(f);
        return;
    }
    buf_init(&f->body, f->request.body_max);
    if (!grant.data) {
        hop(f);
        return;
    }
    buf_add(&f->grant, grant.data, grant.len);
    await_token(f);
}

void http_perform(struct http *h, const struct effect *effect)
{
    begin(h, effect, h->sink);
}

// The question for a token is a request like any other; only its end goes elsewhere.
static void ask_for_token(void *ctx, struct record request, struct errand_sink sink)
{
    struct effect effect = {.kind = STEP_KIND_HTTP, .args = request};
    begin(ctx, &effect, sink);
}

struct http *http_open(uv_loop_t *loop, const struct live_settings *settings, struct errand_sink sink,
    struct err *e)
{
    struct http *h = mem_alloc(sizeof *h);
    h->sink = sink;
    h->oauth = oauth_new(ask_for_token, h);
    h->ca_file = settings->ca_file;
    h->connections_max = settings->http_connections > 0 ? (size_t)settings->http_connections : CONNECTIONS;
    if (address_policy_init(&h->policy, settings->allow_private, "allow_private", e)) goto fail;
    h->multi = multi_open(loop, (long)h->connections_max, e);
    if (h->multi) return h;
fail:
    http_close(h);
    return NULL;
}

void http_close(struct http *h)
{
    if (!h) return;
    while (h->first) {
        struct fetch *f = h->first;
        link_out(h, f);
        if (f->transfer.easy) multi_drop(h->multi, &f->transfer); // else it waits for a token
        fetch_free(&f->errand);
    }
    oauth_free(h->oauth);
    multi_close(h->multi);
    address_policy_release(&h->policy);
    free(h);
}

size_t http_room(const struct http *h)
{
    return h->under_way < h->connections_max ? h->connections_max - h->under_way : 0;
}

size_t http_under_way(const struct http *h)
{
    return h->under_way;
}
