// SPDX-License-Identifier: MIT
#include "world/oauth.h"

#include "base/hash.h"
#include "base/instant.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#define TOKEN_MAX 7000               // Zoom's have about 700 bytes; a header line has 8192
#define TOKENS_MAX 32                // grants of all scripts; past that the one used least recently goes
#define QUESTION_MAX 65536           // bytes of a question: secrets have at most that
#define LIVES_MS (5 * MINUTE_MS)     // where the server does not say how long
#define EARLY_MS (30 * SECOND_MS)    // so long before its end it is not shown any more: the way takes time
#define QUESTION_MS (30 * SECOND_MS) // patience for the answer
#define WORDS_MAX 200                // of what the server says, in a sentence of ours

struct token {
    struct token *next;
    struct hash grant;
    char *text;     // NULL: there is none
    char *origin;   // whose it is, for sentences
    uint64_t until; // by uv_hrtime, in ms
    bool asked;     // the question is under way
    struct oauth_wait *first, **end;
};

struct oauth {
    oauth_ask *ask;
    void *ctx;
    struct token *tokens; // the last used first
};

struct oauth *oauth_new(oauth_ask *ask, void *ctx)
{
    struct oauth *o = mem_alloc(sizeof *o);
    o->ask = ask;
    o->ctx = ctx;
    return o;
}

static void forget_text(struct token *t)
{
    free(t->text);
    t->text = NULL;
}

static void token_free(struct token *t)
{
    forget_text(t);
    free(t->origin);
    free(t);
}

void oauth_free(struct oauth *o)
{
    if (!o) return;
    while (o->tokens) {
        struct token *t = o->tokens;
        o->tokens = t->next;
        token_free(t);
    }
    free(o);
}

static uint64_t now_ms(void)
{
    return uv_hrtime() / 1000000;
}

// ---- which token --------------------------------------------------------------------------------------

static void drop_least_used(struct oauth *o)
{
    struct token **last = NULL;
    size_t n = 0;
    for (struct token **at = &o->tokens; *at; at = &(*at)->next, n++)
        if (!(*at)->asked) last = at;
    if (n < TOKENS_MAX || !last) return;
    struct token *t = *last;
    *last = t->next;
    token_free(t);
}

static struct hash id_of(struct record grant)
{
    return hash_of((struct text){(const char *)grant.data, grant.len});
}

static struct token **find(struct oauth *o, struct hash grant)
{
    struct token **at = &o->tokens;
    while (*at && !hash_eq((*at)->grant, grant)) at = &(*at)->next;
    return at;
}

// The grant's token, put in front; a new one is empty.
static struct token *take_up(struct oauth *o, struct record grant)
{
    struct hash id = id_of(grant);
    struct token **at = find(o, id), *t = *at;
    if (t) *at = t->next;
    else {
        drop_least_used(o);
        t = mem_alloc(sizeof *t);
        t->grant = id;
        t->end = &t->first;
    }
    t->next = o->tokens;
    o->tokens = t;
    return t;
}

void oauth_refused(struct oauth *o, struct record grant, const char *token)
{
    struct token *t = *find(o, id_of(grant));
    if (t && t->text && strcmp(t->text, token) == 0) forget_text(t); // else somebody has fetched another
}

// ---- the question -------------------------------------------------------------------------------------

int oauth_check_url(struct text url, const char *what, struct err *e)
{
    static const char *const fine[] = {"https://", "http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        size_t len = strlen(fine[i]);
        if (url.len < len || strncasecmp(url.data, fine[i], len)) continue;
        if (i == 0 || url.len == len || strchr(":/", url.data[len])) return 0;
    }
    return err_set(e, ERR_INPUT, "%s must begin with https://, because a secret goes there", what);
}

// application/x-www-form-urlencoded, and the two halves of the password by RFC 6749, 2.3.1.
static void add_encoded(struct buf *out, struct text t)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.data[i], low = c | 0x20;
        bool plain = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
        if (plain) buf_addc(out, (char)c);
        else {
            buf_addc(out, '%');
            buf_addc(out, hex[c >> 4]);
            buf_addc(out, hex[c & 15]);
        }
    }
}

static void add_field(struct buf *out, struct text name, struct text value)
{
    if (out->len) buf_addc(out, '&');
    add_encoded(out, name);
    buf_addc(out, '=');
    add_encoded(out, value);
}

static int put_form(struct record form, struct buf *out, struct err *e)
{
    if (!record_get(form, "grant_type").data) add_field(out, TEXT("grant_type"), TEXT("client_credentials"));
    for (struct record_iter it = record_each(form); record_next(&it);) {
        struct text name, value;
        if (!it.map || !record_text(it.key, &name) || !record_text(it.value, &value))
            return err_set(e, ERR_INPUT, "oauth: form must be a table of names and texts");
        add_field(out, name, value);
    }
    return 0;
}

static void add_base64(struct buf *out, struct text t)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < t.len; i += 3) {
        uint32_t bits = (uint32_t)(unsigned char)t.data[i] << 16;
        if (i + 1 < t.len) bits |= (uint32_t)(unsigned char)t.data[i + 1] << 8;
        if (i + 2 < t.len) bits |= (unsigned char)t.data[i + 2];
        buf_addc(out, letters[bits >> 18]);
        buf_addc(out, letters[bits >> 12 & 63]);
        buf_addc(out, i + 1 < t.len ? letters[bits >> 6 & 63] : '=');
        buf_addc(out, i + 2 < t.len ? letters[bits & 63] : '=');
    }
}

static void put_headers(struct record grant, struct buf *out)
{
    struct buf pair, basic;
    struct record_map headers;
    buf_init(&pair, QUESTION_MAX);
    buf_init(&basic, 2 * QUESTION_MAX);
    add_encoded(&pair, record_get_text(grant, "client"));
    buf_addc(&pair, ':');
    add_encoded(&pair, record_get_text(grant, "secret"));
    buf_addz(&basic, "Basic ");
    add_base64(&basic, buf_text(&pair));
    record_map_init(&headers);
    record_map_text(&headers, "Authorization", buf_text(&basic));
    record_map_text(&headers, "Content-Type", TEXT("application/x-www-form-urlencoded"));
    record_map_text(&headers, "Accept", TEXT("application/json"));
    record_map_end(&headers, out);
    buf_release(&pair);
    buf_release(&basic);
}

// The question as a request (world/http_request.h). A redirect would carry the secret elsewhere.
static int put_question(struct record grant, struct buf *out, struct err *e)
{
    struct text url = record_get_text(grant, "token");
    struct buf body, headers;
    struct record_map map;
    if (oauth_check_url(url, "oauth: token", e)) return -ERR_INPUT;
    buf_init(&body, QUESTION_MAX);
    buf_init(&headers, 4 * QUESTION_MAX);
    int failed = put_form(record_get(grant, "form"), &body, e);
    put_headers(grant, &headers);
    record_map_init(&map);
    record_map_text(&map, "method", TEXT("POST"));
    record_map_text(&map, "url", url);
    record_map_value(&map, "headers", (struct record){(uint8_t *)headers.data, headers.len});
    record_map_text(&map, "body", buf_text(&body));
    record_map_int(&map, "timeout_ms", QUESTION_MS);
    record_map_int(&map, "redirects", 0);
    record_map_int(&map, "body_max", 65536);
    record_map_end(&map, out);
    if (!failed && body.over) failed = err_set(e, ERR_LIMIT, "oauth: the form is too long");
    buf_release(&body);
    buf_release(&headers);
    return failed;
}

// ---- the answer ---------------------------------------------------------------------------------------

static bool is_token(struct text t)
{
    if (!t.len || t.len > TOKEN_MAX) return false;
    for (size_t i = 0; i < t.len; i++)
        if (t.data[i] <= ' ' || t.data[i] > '~') return false;
    return true;
}

static bool is_bearer(struct text type)
{
    return type.len == 6 && strncasecmp(type.data, "bearer", 6) == 0;
}

// A number, or one in quotes: servers send both.
static int64_t lifetime_ms(struct record answer)
{
    struct text quoted = record_get_text(answer, "expires_in");
    int64_t seconds = record_get_int(answer, "expires_in", 0);
    if (quoted.len > 0 && quoted.len < 10)
        for (size_t i = 0; i < quoted.len && quoted.data[i] >= '0' && quoted.data[i] <= '9'; i++)
            seconds = 10 * seconds + (quoted.data[i] - '0');
    if (seconds <= 0) return LIVES_MS;
    return seconds > DAY_MS / SECOND_MS ? DAY_MS : seconds * SECOND_MS;
}

static void add_words(struct buf *out, struct text t)
{
    for (size_t i = 0; i < t.len && i < WORDS_MAX; i++)
        buf_addc(out, (unsigned char)t.data[i] < ' ' ? ' ' : t.data[i]);
}

// What a server says of a refusal (RFC 6749, 5.2; Zoom says "reason").
static void put_refusal(struct record answer, struct buf *out)
{
    static const char *const fields[] = {"error", "error_description", "reason"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct text words = record_get_text(answer, fields[i]);
        if (!words.len) continue;
        buf_addz(out, out->len ? ", " : ": ");
        add_words(out, words);
    }
}

static void refuse(struct token *t, struct errand *r, int64_t status, struct record answer)
{
    struct buf words;
    buf_init(&words, 4 * WORDS_MAX);
    put_refusal(answer, &words);
    r->loud = true; // nothing that needs this token works until somebody has looked
    errand_end(r, OUTCOME_FAILED,
        "%s gives no token, it answered %lld%s; look whether the client and its secret are right and the "
        "app is active",
        t->origin, (long long)status, buf_z(&words));
    buf_release(&words);
}

// Takes the token out of the answer; else r says why there is none.
static void read_answer(struct token *t, struct errand *r)
{
    struct record value = {(const uint8_t *)r->value.data, r->value.len};
    int64_t status = record_get_int(value, "status", 0);
    struct buf json;
    buf_init(&json, RECORD_LEN_MAX);
    record_from_json(record_get_text(value, "body"), &json, NULL);
    struct record answer = {(const uint8_t *)json.data, json.len};
    struct text text = record_get_text(answer, "access_token");
    if (status < 200 || status > 299) refuse(t, r, status, answer);
    else if (!is_token(text) || !is_bearer(record_get_text(answer, "token_type")))
        errand_end(r, OUTCOME_FAILED, "%s answered something that is no token; look at oauth: token",
            t->origin);
    else {
        int64_t lives_ms = lifetime_ms(answer);
        t->text = mem_copy(text.data, text.len);
        t->until = now_ms() + (uint64_t)(lives_ms > 2 * EARLY_MS ? lives_ms - EARLY_MS : lives_ms / 2);
    }
    buf_release(&json);
}

static void tell(struct token *t, const struct errand *failed)
{
    struct oauth_wait *w = t->first;
    char *text = t->text ? mem_copyz(t->text) : NULL; // whoever is told may have it thrown away
    t->first = NULL;
    t->end = &t->first;
    while (w) {
        struct oauth_wait *next = w->next;
        w->ready(w, text, failed);
        w = next;
    }
    free(text);
}

static void on_answer(void *ctx, struct errand *r)
{
    struct token *t = ctx;
    t->asked = false;
    if (r->outcome == OUTCOME_OK) read_answer(t, r);
    else if (r->outcome == OUTCOME_UNSURE) r->outcome = OUTCOME_AGAIN; // one token more does no harm
    tell(t, r);
    r->free(r);
}

// ---- asking -------------------------------------------------------------------------------------------

// "https://zoom.us" of an address: the path may say more than a sentence should.
static char *origin_of(struct text url)
{
    size_t len = 0, slashes = 0;
    for (; len < url.len && len < 200; len++)
        if (url.data[len] == '/' && ++slashes == 3) break;
    return mem_copy(url.data, len);
}

static void fail(struct token *t, const struct err *e)
{
    static const struct effect none = {0};
    struct errand r;
    errand_init(&r, &none, NULL);
    errand_end(&r, OUTCOME_FAILED, "%s", e->text);
    tell(t, &r);
    errand_release(&r);
}

static void ask(struct oauth *o, struct token *t, struct record grant)
{
    struct buf question;
    struct err e = {0};
    buf_init(&question, RECORD_LEN_MAX);
    if (!t->origin) t->origin = origin_of(record_get_text(grant, "token"));
    if (put_question(grant, &question, &e)) fail(t, &e);
    else {
        t->asked = true;
        o->ask(o->ctx, (struct record){(uint8_t *)question.data, question.len},
            (struct errand_sink){t, on_answer});
    }
    buf_release(&question);
}

void oauth_get(struct oauth *o, struct record grant, struct oauth_wait *w)
{
    struct token *t = take_up(o, grant);
    if (t->text && t->until <= now_ms()) forget_text(t);
    w->next = NULL;
    *t->end = w;
    t->end = &w->next;
    if (t->text) tell(t, NULL);
    else if (!t->asked) ask(o, t, grant);
}
