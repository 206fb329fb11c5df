// SPDX-License-Identifier: MIT
#include "world/courier.h"

#include "base/instant.h"
#include "mail/mail.h"
#include "world/outbox.h"
#include "world/smtp.h"
#include "world/window.h"
#include <stdlib.h>

#define RIDERS 4                            // a small server's usual limit for one sender
#define RIDERS_MAX 64                       // more connections than that are called an attack
#define IDLE_NS (10 * UINT64_C(1000000000)) // then QUIT: servers count open connections

// A mail on its way. The errand comes first: the sink knows only that.
struct letter {
    struct errand errand;
    struct buf names, mail; // copies: flow name and key one after the other, the mail's record
    size_t name_len;
};

// A thread and its connection.
struct rider {
    uv_thread_t thread;
    struct courier *courier;
    struct smtp *smtp; // NULL: rides to the outbox
};

struct courier {
    struct errand_sink sink;
    void (*on_room)(void *ctx);
    const struct live_settings *settings;
    bool by_smtp;
    size_t under_way; // handed in and not yet handed back

    struct rider *riders;
    size_t riders_n;
    uv_async_t back; // a thread has put something into `done`
    uv_timer_t door; // when a limit opens it again
    int open_handles;
    uv_mutex_t lock; // for the four below
    uv_cond_t work;
    struct errand_list waiting, done;
    bool stopping;

    struct window hour, minute;
};

static void letter_free(struct errand *r)
{
    struct letter *l = (struct letter *)r;
    buf_release(&l->names);
    buf_release(&l->mail);
    errand_release(r);
    free(l);
}

static struct letter *letter_new(const struct effect *effect)
{
    struct letter *l = mem_alloc(sizeof *l);
    errand_init(&l->errand, effect, letter_free);
    buf_init(&l->names, RECORD_LEN_MAX);
    buf_init(&l->mail, RECORD_LEN_MAX);
    buf_addt(&l->names, effect->flow_name);
    buf_addt(&l->names, effect->flow_key);
    l->name_len = effect->flow_name.len;
    buf_add(&l->mail, effect->args.data, effect->args.len);
    return l;
}

// ---- on a thread ----------------------------------------------------------------------------------

// What this machine lacks for a mail (a font for a certificate) can be installed while the mail waits.
static void refuse(struct letter *l, const struct err *e)
{
    l->errand.loud = e->code == ERR_USAGE;
    errand_end(&l->errand, l->errand.loud ? OUTCOME_AGAIN : OUTCOME_FAILED, "%s", e->text);
}

static void deliver(const struct courier *c, struct smtp *smtp, struct letter *l)
{
    struct err e = {0};
    struct mail_envelope envelope;
    struct buf message;
    struct record mail = {(const uint8_t *)l->mail.data, l->mail.len};
    struct text names = buf_text(&l->names);
    buf_init(&message, MAIL_LEN_MAX);
    if (mail_envelope(mail, &envelope, &e)) errand_end(&l->errand, OUTCOME_FAILED, "%s", e.text);
    else if (mail_compose(mail, &message, &e)) refuse(l, &e);
    else if (smtp) smtp_send(smtp, &envelope, buf_text(&message), &l->errand);
    else {
        const char *folder = c->settings->outbox ? c->settings->outbox : "outbox";
        struct outbox_letter letter = {
            .flow_name = {names.data, l->name_len},
            .flow_key = {names.data + l->name_len, names.len - l->name_len},
            .mail = mail,
            .message = buf_text(&message),
        };
        outbox_write(folder, &letter, &l->errand);
    }
    buf_release(&message);
}

// The next letter, or NULL when it is time to stop. Hangs up while nothing is to do.
static struct letter *wait_for_work(struct courier *c, struct smtp *smtp)
{
    bool idle = false;
    uv_mutex_lock(&c->lock);
    while (!c->waiting.first && !c->stopping) {
        if (smtp && !idle) {
            idle = uv_cond_timedwait(&c->work, &c->lock, IDLE_NS) != 0;
            if (!idle || c->waiting.first) continue;
            uv_mutex_unlock(&c->lock); // QUIT is a conversation
            smtp_hang_up(smtp);
            uv_mutex_lock(&c->lock);
        } else uv_cond_wait(&c->work, &c->lock);
    }
    struct letter *l = NULL;
    if (!c->stopping) l = (struct letter *)errand_list_take(&c->waiting);
    uv_mutex_unlock(&c->lock);
    return l;
}

static void ride(void *ctx)
{
    struct rider *r = ctx;
    struct courier *c = r->courier;
    struct letter *l;
    while ((l = wait_for_work(c, r->smtp))) {
        deliver(c, r->smtp, l);
        uv_mutex_lock(&c->lock);
        errand_list_add(&c->done, &l->errand);
        uv_mutex_unlock(&c->lock);
        uv_async_send(&c->back);
    }
}

// ---- on the loop ----------------------------------------------------------------------------------

static void on_back(uv_async_t *back)
{
    struct courier *c = back->data;
    uv_mutex_lock(&c->lock);
    struct errand_list done = c->done;
    c->done = (struct errand_list){0};
    uv_mutex_unlock(&c->lock);
    struct errand *r;
    while ((r = errand_list_take(&done))) {
        c->under_way--;
        c->sink.end(c->sink.ctx, r);
    }
}

static void on_door(uv_timer_t *door)
{
    struct courier *c = door->data;
    c->on_room(c->sink.ctx);
}

size_t courier_room(struct courier *c)
{
    size_t most = c->under_way < c->riders_n ? c->riders_n - c->under_way : 0;
    uint64_t now = uv_now(c->door.loop), hour = window_shut_ms(&c->hour, now),
             minute = window_shut_ms(&c->minute, now), shut_ms = hour > minute ? hour : minute;
    if (shut_ms) uv_timer_start(&c->door, on_door, shut_ms, 0);
    return window_room(&c->hour, now, window_room(&c->minute, now, most));
}

void courier_perform(struct courier *c, const struct effect *effect)
{
    struct letter *l = letter_new(effect);
    c->under_way++;
    window_note(&c->hour, uv_now(c->door.loop));
    window_note(&c->minute, uv_now(c->door.loop));
    uv_mutex_lock(&c->lock);
    errand_list_add(&c->waiting, &l->errand);
    uv_cond_signal(&c->work);
    uv_mutex_unlock(&c->lock);
}

size_t courier_under_way(const struct courier *c)
{
    return c->under_way;
}

static size_t wanted_riders(const struct courier *c)
{
    int n = c->settings->smtp.connections;
    if (!c->by_smtp) return 1; // one disk
    return n <= 0 ? RIDERS : n > RIDERS_MAX ? RIDERS_MAX : (size_t)n;
}

static int start_riders(struct courier *c, struct err *e)
{
    const struct live_settings *s = c->settings;
    size_t n = wanted_riders(c);
    c->riders = mem_alloc(n * sizeof *c->riders);
    while (c->riders_n < n) {
        struct rider *r = &c->riders[c->riders_n];
        r->courier = c;
        r->smtp = c->by_smtp ? smtp_open(&s->smtp, s->ca_file) : NULL;
        int code = uv_thread_create(&r->thread, ride, r);
        if (code) {
            smtp_close(r->smtp);
            return err_set(e, ERR_LIMIT, "the system gives no thread for mail: %s", uv_strerror(code));
        }
        c->riders_n++;
    }
    return 0;
}

static void init_handles(struct courier *c, uv_loop_t *loop)
{
    uv_mutex_init(&c->lock);
    uv_cond_init(&c->work);
    uv_timer_init(loop, &c->door);
    uv_async_init(loop, &c->back, on_back);
    c->door.data = c->back.data = c;
    c->open_handles = 2;
}

struct courier *courier_open(uv_loop_t *loop, const struct live_settings *settings, struct errand_sink sink,
    void (*on_room)(void *ctx), struct err *e)
{
    if (smtp_settings_check(&settings->smtp, e)) return NULL;
    struct courier *c = mem_alloc(sizeof *c);
    c->sink = sink;
    c->on_room = on_room;
    c->settings = settings;
    c->by_smtp = settings->smtp.host && !settings->practice;
    window_init(&c->hour, HOUR_MS, c->by_smtp ? settings->smtp.per_hour : 0);
    window_init(&c->minute, MINUTE_MS, c->by_smtp ? settings->smtp.per_minute : 0);
    init_handles(c, loop);
    if (!start_riders(c, e)) return c;
    courier_close(c);
    return NULL;
}

static void on_closed(uv_handle_t *handle)
{
    struct courier *c = handle->data;
    if (--c->open_handles) return;
    uv_mutex_destroy(&c->lock);
    uv_cond_destroy(&c->work);
    free(c->riders);
    window_release(&c->hour);
    window_release(&c->minute);
    free(c);
}

static void forget(struct errand_list *list)
{
    struct errand *r;
    while ((r = errand_list_take(list))) r->free(r);
}

static void stop_riders(struct courier *c)
{
    uv_mutex_lock(&c->lock);
    c->stopping = true;
    uv_cond_broadcast(&c->work);
    uv_mutex_unlock(&c->lock);
    for (size_t i = 0; i < c->riders_n; i++)
        if (c->riders[i].smtp) smtp_abort(c->riders[i].smtp);
    for (size_t i = 0; i < c->riders_n; i++) {
        uv_thread_join(&c->riders[i].thread);
        smtp_close(c->riders[i].smtp);
    }
}

void courier_close(struct courier *c)
{
    if (!c) return;
    stop_riders(c);
    forget(&c->waiting);
    forget(&c->done);
    uv_close((uv_handle_t *)&c->back, on_closed);
    uv_close((uv_handle_t *)&c->door, on_closed);
}
