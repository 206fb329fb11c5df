// SPDX-License-Identifier: MIT
// web: see web.h.
#include "engine/web.h"

#include "base/log.h"
#include "engine/look.h"
#include "engine/response.h"
#include "engine/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct visit {
    struct visit *next;
    struct engine *engine;
    struct record request; // owned
    engine_reply reply;
    void *ctx;
    size_t passed; // matching routes that said that it is not theirs
    bool looked;   // its lists are asked for
    struct look *look;
};

// ---- finding the route --------------------------------------------------------------------------------

static bool method_is(const struct route *r, struct text method)
{
    return text_is(method, r->method);
}

// The route that is next in line: those before it passed the request on.
static struct route *find_route(const struct visit *v, struct script **script, struct route_params *params)
{
    struct text method = record_get_text(v->request, "method"), path = record_get_text(v->request, "path");
    size_t n = 0;
    for (struct event *ev = v->engine->events; ev; ev = ev->next) {
        for (struct route *r = ev->current->routes; r; r = r->next) {
            if (!method_is(r, method) || !route_match(r, path, params)) continue;
            *script = ev->current;
            if (n++ == v->passed) return r;
            break; // one route of an event answers for it
        }
    }
    return NULL;
}

static bool path_is_known(struct engine *g, struct text path)
{
    struct route_params params;
    for (struct event *ev = g->events; ev; ev = ev->next) {
        for (struct route *r = ev->current->routes; r; r = r->next) {
            if (route_match(r, path, &params)) return true;
        }
    }
    return false;
}

size_t engine_web_body_max(struct engine *g, struct text method, struct text path)
{
    struct route_params params;
    size_t most = 0;
    for (struct event *ev = g->events; ev; ev = ev->next) {
        for (struct route *r = ev->current->routes; r; r = r->next) {
            if (method_is(r, method) && r->body_max > most && route_match(r, path, &params))
                most = r->body_max;
        }
    }
    return most;
}

// ---- answering ----------------------------------------------------------------------------------------

static void forget_seen(struct visit *v)
{
    look_free(v->look);
    v->look = NULL;
}

static void visit_free(struct visit *v)
{
    forget_seen(v);
    free((void *)v->request.data);
    free(v);
}

static void leave(struct visit *v, struct record response)
{
    struct visit **at = &v->engine->visits;
    while (*at != v) at = &(*at)->next;
    *at = v->next;
    promise_reply(v->engine, v->reply, v->ctx, response, NULL);
    v->engine->world.wake_now(v->engine->world.self);
    visit_free(v);
}

static void answer_status(struct visit *v, int status, const char *note)
{
    struct buf response;
    buf_init(&response, 4096);
    response_short(status, note, &response);
    leave(v, (struct record){(uint8_t *)response.data, response.len});
    buf_release(&response);
}

// A mistake of a script's is the organiser's to read, not the guest's: the log has it, under a number.
static void log_failure(const struct visit *v, const struct err *e, char number[32])
{
    static unsigned count;
    struct text path = record_get_text(v->request, "path");
    char *where = mem_copy(path.data, path.len);
    snprintf(number, 32, "%llx-%u", (unsigned long long)v->engine->now.ms / 1000, ++count);
    if (strchr(where + 1, '/')) *strchr(where + 1, '/') = 0; // what comes behind may be somebody's token
    log_line(LOG_ERROR, e->text, "page", where, "reference", number, NULL);
    free(where);
}

static void answer_failed(struct visit *v, const struct err *e)
{
    char number[32], note[128];
    log_failure(v, e, number);
    snprintf(note, sizeof note, "Something went wrong here. Please tell the organisers this number: %s",
        number);
    answer_status(v, 500, note);
}

// ---- where a form came from ---------------------------------------------------------------------------

static struct text header(const struct visit *v, const char *name)
{
    return record_get_text(record_get(v->request, "headers"), name);
}

// "https://events.example" of a base URL with a path, too.
static bool is_origin_of(struct text origin, const char *base_url)
{
    return base_url && strncmp(base_url, origin.data, origin.len) == 0 &&
           (base_url[origin.len] == 0 || base_url[origin.len] == '/');
}

// Browsers say with every form where the page stood that it was sent from; programs say nothing.
static bool is_foreign(const struct visit *v)
{
    struct text origin = header(v, "origin"), host = record_get_text(v->request, "host");
    if (text_is(header(v, "sec-fetch-site"), "cross-site")) return true;
    if (origin.len == 0) return false;
    if (is_origin_of(origin, v->engine->options.base_url)) return false;
    const char *name = memmem(origin.data, origin.len, "://", 3);
    if (!name) return true;
    name += 3;
    return !text_eq((struct text){name, origin.len - (size_t)(name - origin.data)}, host);
}

// ---- running it ---------------------------------------------------------------------------------------

static void put_params(const struct route_params *params, struct buf *out)
{
    struct record_map values;
    record_map_init(&values);
    for (size_t i = 0; i < params->n; i++) {
        struct buf *pair = record_map_pair(&values);
        record_put_text(pair, params->of[i].name);
        record_put_text(pair, params->of[i].value);
    }
    record_map_close(&values, out); // a pattern with one name twice: empty
}

// What the script's function gets besides the request: the parts of its path, the lists that it asked for.
static void put_more(const struct visit *v, const struct route_params *params, struct buf *out)
{
    record_put_map(out, 2);
    record_put_text(out, TEXT("seen"));
    look_put(v->look, out);
    record_put_text(out, TEXT("params"));
    put_params(params, out);
}

static void visit_go_on(struct visit *v);

static void on_seen(void *ctx, const struct err *error)
{
    struct visit *v = ctx;
    if (error) answer_failed(v, error);
    else visit_go_on(v);
}

// Runs one function of the route. 0: it answered; `out` has what it said.
static int run(struct visit *v, struct script *s, const struct route *r, int function, bool looks,
    const struct route_params *params, bool *passed, struct buf *out, struct err *e)
{
    struct handling h = {.name = r->path,
        .function = function,
        .looks = looks,
        .walks = r->walks,
        .may_pass = true};
    struct buf more;
    buf_init(&more, 4 * RECORD_LEN_MAX);
    put_more(v, params, &more);
    h.more = (struct record){(uint8_t *)more.data, more.len};
    int failed = engine_handle(s, &h, v->request, out, passed, e);
    buf_release(&more);
    return failed;
}

static bool only_looks(const struct route *r)
{
    return strcmp(r->method, "GET") == 0;
}

// Runs the route's function; unless it passed, `response` has what leaves.
static int respond(struct visit *v, struct script *s, const struct route *r,
    const struct route_params *params, bool *passed, struct buf *response, struct err *e)
{
    struct buf said;
    buf_init(&said, RECORD_LEN_MAX);
    int failed = run(v, s, r, r->function, only_looks(r), params, passed, &said, e);
    if (!failed && !*passed) {
        bool secure = record_get_bool(v->request, "secure", false);
        failed = response_make(v->engine, (struct record){(uint8_t *)said.data, said.len}, secure, response,
            e);
    }
    buf_release(&said);
    return failed;
}

static int answer(struct visit *v, struct script *s, const struct route *r, const struct route_params *params,
    bool *passed, struct err *e)
{
    struct buf response;
    buf_init(&response, RECORD_LEN_MAX);
    int failed = respond(v, s, r, params, passed, &response, e);
    if (!failed && !*passed) leave(v, (struct record){(uint8_t *)response.data, response.len});
    buf_release(&response);
    return failed;
}

// The lists that the page wants, once. True: they are on their way.
static bool look(struct visit *v, struct script *s, const struct route *r, const struct route_params *params,
    bool *passed, int *failed, struct err *e)
{
    struct buf wanted;
    if (!r->look || v->looked) return false;
    buf_init(&wanted, 65536);
    *failed = run(v, s, r, r->look, true, params, passed, &wanted, e);
    v->looked = !*failed && !*passed;
    struct record lists = {(uint8_t *)wanted.data, wanted.len};
    if (v->looked) v->look = look_begin(v->engine, lists, on_seen, v);
    buf_release(&wanted);
    return v->look != NULL;
}

static void pass_on(struct visit *v)
{
    v->passed++;
    v->looked = false;
    forget_seen(v);
}

static bool is_refusal(const struct buf *response)
{
    return record_get_int((struct record){(uint8_t *)response->data, response->len}, "status", 200) >= 400;
}

// What concerns every event (somebody asks to be let in, and no page says to which): each has its turn, in a
// transaction of its own, and the first answer that refuses nothing is the one that leaves; else the first.
// What one event fails at is logged.
static void answer_all(struct visit *v)
{
    struct script *s;
    struct route_params params;
    struct route *r;
    struct buf first;
    struct err e = {0};
    buf_init(&first, RECORD_LEN_MAX);
    for (; (r = find_route(v, &s, &params)); pass_on(v)) {
        struct buf response;
        bool passed = true;
        char number[32];
        buf_init(&response, RECORD_LEN_MAX);
        int failed = r->all ? respond(v, s, r, &params, &passed, &response, &e) : 0;
        if (failed) log_failure(v, &e, number);
        bool better = !first.len || (is_refusal(&first) && !is_refusal(&response));
        if (!failed && !passed && better) {
            first.len = 0;
            buf_addt(&first, buf_text(&response));
        }
        buf_release(&response);
    }
    if (first.len) leave(v, (struct record){(uint8_t *)first.data, first.len});
    else if (e.code) answer_failed(v, &e);
    else answer_status(v, 404, "There is nothing at this address. Perhaps the link was cut in two.");
    buf_release(&first);
}

static void visit_go_on(struct visit *v)
{
    for (;;) {
        struct script *s;
        struct route_params params;
        struct err e = {0};
        bool passed = false;
        int failed = 0;
        struct route *r = find_route(v, &s, &params);
        if (!r) break;
        if (r->fixed.data) return leave(v, r->fixed);
        if (!only_looks(r) && !r->open && is_foreign(v))
            return answer_status(v, 403,
                "This form was sent from another site. Open the page here and send it again.");
        if (r->all) return answer_all(v);
        if (look(v, s, r, &params, &passed, &failed, &e)) return;
        if (!failed && !passed) failed = answer(v, s, r, &params, &passed, &e);
        if (failed) return answer_failed(v, &e);
        if (!passed) return;
        pass_on(v);
    }
    bool other_method = !v->passed && path_is_known(v->engine, record_get_text(v->request, "path"));
    if (other_method) answer_status(v, 405, "This address does not take that kind of request.");
    else answer_status(v, 404, "There is nothing at this address. Perhaps the link was cut in two.");
}

void engine_web(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    struct visit *v = mem_alloc(sizeof *v);
    *v = (struct visit){.next = g->visits, .engine = g, .reply = reply, .ctx = ctx};
    v->request = (struct record){mem_copy(request.data, request.len), request.len};
    g->visits = v;
    g->now = g->world.now(g->world.self);
    visit_go_on(v);
}

void engine_web_forget(struct engine *g)
{
    while (g->visits) {
        struct visit *v = g->visits;
        g->visits = v->next;
        visit_free(v);
    }
}
