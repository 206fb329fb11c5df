// SPDX-License-Identifier: MIT
#include "engine/arrival.h"

#include "base/log.h"
#include "engine/script.h"
#include "engine/sent.h"
#include "mail/classify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HANDLER "incoming"
// Mails in one turn: each may cost a script's whole slice, and timers wait meanwhile.
#define A_TURN 2

// A mailbox and up to where it is read, counting what is not on disk yet.
struct mailbox_cursor {
    struct mailbox_cursor *next;
    char *name;
    int64_t validity, uid;
    int64_t since_ms; // when it was opened first
    int64_t read_n, wanted_n, unreadable_n;
};

struct letter {
    struct letter *next;
    struct engine *engine;
    char *mailbox, *why;
    int64_t validity, uid;
    struct record mail; // owned
    engine_reply reply;
    void *ctx;
    bool begun, known; // its marks were found; what it is about is known
    bool waits;        // for an answer of the store
    bool dropped;      // an answer of the store is on its way to nobody
    struct verdict verdict;
    struct sent_mark marks[SENT_MARKS_MAX];
    size_t marks_n, marks_done;
    struct buf sent; // one map, once a mark is proven
    int64_t flow;
};

// ---- where a mailbox is read up to ------------------------------------------------------------------

static struct mailbox_cursor *cursor_find(struct engine *g, struct text name)
{
    for (struct mailbox_cursor *c = g->cursors; c; c = c->next) {
        if (text_is(name, c->name)) return c;
    }
    return NULL;
}

static struct mailbox_cursor *cursor_add(struct engine *g, struct text name, struct record kept)
{
    struct mailbox_cursor *c = mem_alloc(sizeof *c);
    c->name = mem_copy(name.data, name.len);
    c->validity = record_get_int(kept, "validity", 0);
    c->uid = record_get_int(kept, "uid", 0);
    c->since_ms = record_get_int(kept, "since", g->now.ms);
    c->read_n = record_get_int(kept, "read", 0);
    c->wanted_n = record_get_int(kept, "wanted", 0);
    c->unreadable_n = record_get_int(kept, "unreadable", 0);
    c->next = g->cursors;
    g->cursors = c;
    return c;
}

static void cursor_keep(struct engine *g, const struct mailbox_cursor *c)
{
    struct record_map map;
    struct buf value, name;
    record_map_init(&map);
    buf_init(&value, 1024);
    record_map_int(&map, "validity", c->validity);
    record_map_int(&map, "uid", c->uid);
    record_map_int(&map, "since", c->since_ms);
    record_map_int(&map, "read", c->read_n);
    record_map_int(&map, "wanted", c->wanted_n);
    record_map_int(&map, "unreadable", c->unreadable_n);
    record_map_end(&map, &value);
    buf_init(&name, 2048);
    buf_addf(&name, "mailbox %s", c->name); // the list "mailboxes" reads it
    batch_setting(g->batch, buf_text(&name), (struct record){(uint8_t *)value.data, value.len});
    buf_release(&name);
    buf_release(&value);
}

static void put_cursor(const struct mailbox_cursor *c, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_int(&map, "validity", c->validity);
    record_map_int(&map, "uid", c->uid);
    record_map_end(&map, out);
}

// ---- letters ------------------------------------------------------------------------------------------

static void letter_free(struct letter *l)
{
    free(l->mailbox);
    free(l->why);
    free((void *)l->mail.data);
    buf_release(&l->sent);
    free(l);
}

static void take_off(struct engine *g)
{
    g->letters_first = g->letters_first->next;
    if (!g->letters_first) g->letters_last = NULL;
}

// The answer waits for the disk, with everything that came of the mail.
static void leave(struct letter *l, bool wanted)
{
    struct record_map map;
    struct buf answer;
    record_map_init(&map);
    buf_init(&answer, 64);
    record_map_bool(&map, "wanted", wanted);
    record_map_end(&map, &answer);
    promise_reply(l->engine, l->reply, l->ctx, (struct record){(uint8_t *)answer.data, answer.len}, NULL);
    l->engine->world.wake_now(l->engine->world.self);
    buf_release(&answer);
    letter_free(l);
}

static void drop(struct letter *l)
{
    struct err e;
    err_set(&e, ERR_BUSY, "the mailbox is read again");
    l->reply(l->ctx, (struct record){0}, &e);
    l->reply = NULL;
}

// ---- what it is about ---------------------------------------------------------------------------------

// An answer of the store came for it. True: it is nobody's any more.
static bool is_dropped(struct letter *l)
{
    struct letter **at = &l->engine->letters_dropped;
    if (!l->dropped) return false;
    while (*at != l) at = &(*at)->next;
    *at = l->next;
    letter_free(l);
    return true;
}

static void ask_mail(struct letter *l, const char *list, int64_t flow, int64_t step, engine_reply on_rows)
{
    struct record_map map;
    struct buf args;
    record_map_init(&map);
    buf_init(&args, 256);
    record_map_int(&map, "flow", flow);
    if (step) record_map_int(&map, "step", step);
    record_map_end(&map, &args);
    uint64_t ticket = store_list(l->engine->store, list, (struct record){(uint8_t *)args.data, args.len});
    engine_ask_store(l->engine, ticket, on_rows, l);
    l->waits = true;
    buf_release(&args);
}

static void put_sent(struct letter *l, struct record row)
{
    struct record args = record_get(row, "value");
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "event", record_get_text(row, "event"));
    record_map_text(&map, "flow", record_get_text(row, "name"));
    record_map_text(&map, "key", record_get_text(row, "flow_key"));
    record_map_value(&map, "label", record_get(row, "label"));
    record_map_text(&map, "step", record_get_text(row, "key"));
    record_map_int(&map, "at", record_get_int(row, "at", 0));
    record_map_value(&map, "to", record_get(args, "to"));
    record_map_value(&map, "subject", record_get(args, "subject"));
    record_map_value(&map, "about", record_get(args, "about"));
    record_map_end(&map, &l->sent);
}

static void on_mail_found(void *ctx, struct record rows, const struct err *error)
{
    struct letter *l = ctx;
    if (is_dropped(l)) return;
    struct record_iter it = record_each(rows);
    if (!error && record_next(&it)) put_sent(l, it.value);
    l->known = true;
    l->waits = false;
}

static void on_flow_found(void *ctx, struct record rows, const struct err *error)
{
    struct letter *l = ctx;
    if (is_dropped(l)) return;
    l->waits = false;
    const struct sent_mark *mark = &l->marks[l->marks_done++];
    for (struct record_iter it = record_each(rows); !error && record_next(&it);) {
        if (!sent_proves(l->engine, mark, record_get_text(it.value, "event"),
                record_get_text(it.value, "name"), record_get_text(it.value, "flow_key"),
                record_get_text(it.value, "key")))
            continue;
        l->flow = mark->flow;
        ask_mail(l, "mail", mark->flow, record_get_int(it.value, "step", 0), on_mail_found);
        return;
    }
}

// Looks the marks up, one after the other, until one proves something. True: an answer is to come.
static bool waits_for_proof(struct letter *l)
{
    if (l->waits) return true;
    if (!l->begun && l->mail.data) {
        classify(l->mail, &l->verdict);
        l->marks_n = sent_marks(l->mail, l->marks);
    }
    l->begun = true;
    if (l->known || l->marks_done == l->marks_n) return false;
    ask_mail(l, "mails", l->marks[l->marks_done].flow, 0, on_flow_found);
    return true;
}

// ---- what comes of it -----------------------------------------------------------------------------------

static struct record sent_of(const struct letter *l)
{
    return (struct record){(const uint8_t *)(l->sent.len ? l->sent.data : NULL), l->sent.len};
}

static bool is_old(const struct letter *l, const struct mailbox_cursor *c)
{
    int64_t sent_ms = record_get_int(l->mail, "received", record_get_int(l->mail, "date", 0));
    return sent_ms && sent_ms < c->since_ms;
}

static void put_request(const struct letter *l, const struct mailbox_cursor *c, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    for (struct record_iter it = record_each(l->mail); record_next(&it);) {
        struct buf *pair = record_map_pair(&map);
        record_put(pair, it.key);
        record_put(pair, it.value);
    }
    verdict_put(&l->verdict, &map);
    record_map_value(&map, "sent", sent_of(l));
    record_map_text(&map, "mailbox", text_of(l->mailbox));
    record_map_int(&map, "uid", l->uid);
    if (is_old(l, c)) record_map_bool(&map, "old", true);
    record_map_end(&map, out);
}

// What people read in the history of the mail that it is about.
static void put_fact(const struct letter *l, struct buf *out)
{
    const struct verdict *v = &l->verdict;
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "kind", text_of(mail_kind_name(v->kind)));
    if (v->fate) record_map_text(&map, "fate", text_of(mail_fate_name(v->fate)));
    if (v->status[0]) record_map_text(&map, "status", text_of(v->status));
    record_map_text(&map, "why", text_of(v->why));
    if (v->diagnostic[0]) record_map_text(&map, "diagnostic", text_of(v->diagnostic));
    record_map_value(&map, "from", record_get(l->mail, "from"));
    record_map_value(&map, "subject", record_get(l->mail, "subject"));
    record_map_text(&map, "step", record_get_text(sent_of(l), "step"));
    record_map_end(&map, out);
}

static void write_fact(const struct letter *l)
{
    struct engine *g = l->engine;
    struct record sent = sent_of(l);
    struct text id = record_get_text(l->mail, "id");
    char name[32], dedup[400];
    struct buf fact;
    buf_init(&fact, 65536);
    put_fact(l, &fact);
    snprintf(name, sizeof name, "mail:%s", mail_kind_name(l->verdict.kind));
    // The mail's own id, so that it counts once when the mailbox is numbered anew.
    if (id.len) snprintf(dedup, sizeof dedup, "%.*s", (int)id.len, id.data);
    else snprintf(dedup, sizeof dedup, "%lld/%lld", (long long)l->validity, (long long)l->uid);
    inbox_signal(g, record_get_text(sent, "event"), record_get_text(sent, "flow"),
        record_get_text(sent, "key"), text_of(name), (struct record){(uint8_t *)fact.data, fact.len},
        text_of(dedup));
    buf_release(&fact);
}

static bool ask_event(struct letter *l, struct event *ev, struct record request)
{
    struct handler *handler = script_handler(ev->current, TEXT(HANDLER));
    struct buf answer;
    struct err e = {0};
    bool passed = false;
    if (!handler) return false;
    struct handling h = {.name = handler->name, .function = handler->function, .may_pass = true};
    buf_init(&answer, RECORD_LEN_MAX);
    int failed = engine_handle(ev->current, &h, request, &answer, &passed, &e);
    buf_release(&answer);
    if (failed) {
        char uid[24];
        snprintf(uid, sizeof uid, "%lld", (long long)l->uid);
        log_line(LOG_ERROR, "a script could not take a mail; it stays in the mailbox", "event", ev->name,
            "mail", uid, "why", e.text, NULL);
    }
    return !failed && !passed;
}

// The event that the proof names comes first; the others may still know the sender.
static bool ask_events(struct letter *l, struct record request)
{
    struct engine *g = l->engine;
    struct event *first = engine_event(g, record_get_text(sent_of(l), "event"));
    if (first && ask_event(l, first, request)) return true;
    for (struct event *ev = g->events; ev; ev = ev->next) {
        if (ev != first && ask_event(l, ev, request)) return true;
    }
    return false;
}

static void write_audit(const struct letter *l)
{
    char what[32];
    struct record sent = sent_of(l);
    snprintf(what, sizeof what, "mail:%s", mail_kind_name(l->verdict.kind));
    batch_audit(l->engine->batch, &(struct audit_row){.at = l->engine->now,
                                      .who = record_get_text(l->mail, "from"),
                                      .event = record_get_text(sent, "event"),
                                      .flow = l->flow,
                                      .what = text_of(what),
                                      .note = text_of(l->verdict.why),
                                      .about = record_get_text(record_get(sent, "about"), "person")});
}

static void log_unwanted(const struct letter *l)
{
    char uid[24];
    snprintf(uid, sizeof uid, "%lld", (long long)l->uid);
    if (!l->mail.data)
        log_line(LOG_WARN, "a mail can't be read; it stays in the mailbox", "mailbox", l->mailbox, "mail",
            uid, "why", l->why, NULL);
    else
        log_line(LOG_INFO, "nobody here knows what a mail is about; it stays in the mailbox", "mailbox",
            l->mailbox, "mail", uid, "kind", mail_kind_name(l->verdict.kind), NULL);
}

// A report about a mail of ours is taken care of by being written down; the rest is a script's to want.
static bool act_on(struct letter *l, const struct mailbox_cursor *c)
{
    struct buf request;
    if (!l->mail.data) return false;
    buf_init(&request, RECORD_LEN_MAX);
    put_request(l, c, &request);
    bool wanted = ask_events(l, (struct record){(uint8_t *)request.data, request.len});
    buf_release(&request);
    if (!l->sent.len) return wanted;
    write_fact(l);
    return wanted || l->verdict.kind == MAIL_REPORT || l->verdict.kind == MAIL_AUTOMATIC;
}

// Everything about the mail at the head of the queue is known.
static void judge(struct letter *l)
{
    struct engine *g = l->engine;
    struct mailbox_cursor *c = cursor_find(g, text_of(l->mailbox));
    take_off(g);
    bool again = c->validity == l->validity && l->uid <= c->uid;
    bool wanted = !again && act_on(l, c);
    if (!again) {
        c->validity = l->validity;
        c->uid = l->uid;
        c->read_n++;
        c->wanted_n += wanted;
        c->unreadable_n += !l->mail.data;
        cursor_keep(g, c);
        if (wanted) write_audit(l);
        else log_unwanted(l);
    }
    leave(l, wanted || again);
}

bool engine_sort_arrivals(struct engine *g)
{
    for (int n = 0; g->letters_first && !waits_for_proof(g->letters_first); n++) {
        if (n == A_TURN) return true;
        judge(g->letters_first);
    }
    return false;
}

// ---- in and out -----------------------------------------------------------------------------------------

void engine_arrive(struct engine *g, const struct arrival *a, engine_reply reply, void *ctx)
{
    struct letter *l = mem_alloc(sizeof *l);
    *l = (struct letter){.engine = g,
        .mailbox = mem_copy(a->mailbox.data, a->mailbox.len),
        .why = mem_copy(a->why.data, a->why.len),
        .validity = a->validity,
        .uid = a->uid,
        .reply = reply,
        .ctx = ctx};
    if (a->mail.data) l->mail = (struct record){mem_copy(a->mail.data, a->mail.len), a->mail.len};
    buf_init(&l->sent, RECORD_LEN_MAX);
    if (!cursor_find(g, a->mailbox)) cursor_add(g, a->mailbox, (struct record){0});
    if (g->stopping) { // the next start reads it again
        drop(l);
        letter_free(l);
        return;
    }
    if (g->letters_first) g->letters_last->next = l;
    else g->letters_first = l;
    g->letters_last = l;
    g->world.wake_now(g->world.self);
}

// Who asked where a mailbox is read up to.
struct cursor_asker {
    struct engine *engine;
    char *mailbox;
    engine_reply reply;
    void *ctx;
};

static void reply_cursor(const struct mailbox_cursor *c, engine_reply reply, void *ctx)
{
    struct buf answer;
    buf_init(&answer, 256);
    put_cursor(c, &answer);
    reply(ctx, (struct record){(uint8_t *)answer.data, answer.len}, NULL);
    buf_release(&answer);
}

static void on_cursor(void *ctx, struct record rows, const struct err *error)
{
    struct cursor_asker *a = ctx;
    struct record_iter it = record_each(rows);
    struct record kept = {0};
    if (!error && record_next(&it)) kept = record_get(it.value, "value");
    if (error) a->reply(a->ctx, (struct record){0}, error);
    else {
        struct mailbox_cursor *c = cursor_find(a->engine, text_of(a->mailbox));
        if (!c) c = cursor_add(a->engine, text_of(a->mailbox), kept);
        reply_cursor(c, a->reply, a->ctx);
    }
    free(a->mailbox);
    free(a);
}

static void drop_all(struct engine *g)
{
    struct letter *l = g->letters_first;
    g->letters_first = g->letters_last = NULL;
    for (bool head = true; l; head = false) {
        struct letter *next = l->next;
        drop(l);
        if (head && l->waits) { // the store has an answer for it
            l->dropped = true;
            l->next = g->letters_dropped;
            g->letters_dropped = l;
        } else letter_free(l);
        l = next;
    }
}

void engine_mailbox(struct engine *g, struct text mailbox, engine_reply reply, void *ctx)
{
    struct mailbox_cursor *c = cursor_find(g, mailbox);
    drop_all(g);
    if (c) return reply_cursor(c, reply, ctx);
    struct cursor_asker *a = mem_alloc(sizeof *a);
    *a = (struct cursor_asker){g, mem_copy(mailbox.data, mailbox.len), reply, ctx};
    struct record_map map;
    struct buf args;
    record_map_init(&map);
    buf_init(&args, 4096);
    record_map_text(&map, "name", mailbox);
    record_map_end(&map, &args);
    engine_ask_store(g, store_list(g->store, "mailboxes", (struct record){(uint8_t *)args.data, args.len}),
        on_cursor, a);
    buf_release(&args);
}

static void free_letters(struct letter *l)
{
    while (l) {
        struct letter *next = l->next;
        if (l->reply) drop(l);
        letter_free(l);
        l = next;
    }
}

void engine_forget_arrivals(struct engine *g)
{
    free_letters(g->letters_first);
    free_letters(g->letters_dropped);
    while (g->cursors) {
        struct mailbox_cursor *c = g->cursors;
        g->cursors = c->next;
        free(c->name);
        free(c);
    }
}
