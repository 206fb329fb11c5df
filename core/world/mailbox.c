// SPDX-License-Identifier: MIT
#include "world/mailbox.h"

#include "base/instant.h"
#include "base/log.h"
#include "mail/incoming.h"
#include "world/imap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVERY_MS MINUTE_MS
#define EVERY_MS_MIN SECOND_MS
#define PAUSE_MS_MAX (15 * MINUTE_MS) // between two tries of a mailbox that does not answer
#define AHEAD_MAX 16                  // mails handed over and not settled
#define STUCK_MAX 3                   // a mail that broke so many conversations is passed over

// A mail on its way to the loop.
struct delivery {
    struct delivery *next;
    int64_t validity, uid;
    struct buf record; // empty: it can't be read
    char *why;         // then: what is wrong with it
};

struct mailbox {
    const struct live_settings *live; // the loop's: its callbacks
    struct mailbox_settings settings; // a copy: the loop's may change under the thread
    struct buf name;
    int64_t reader;
    struct imap *imap;
    uv_thread_t thread;
    uv_async_t news;

    // the thread's own
    int failed_n;      // polls in a row
    int64_t stuck_uid; // the mail at which the last conversation broke off
    int stuck_n;       // how often in a row
    struct err told;   // what the log knows already

    uv_mutex_t lock; // for all below
    uv_cond_t turn;  // something for the thread
    bool stopping;
    bool asks_where, begun;            // where to go on
    int64_t after_validity, after_uid; // the answer
    struct delivery *first, *last;     // for the loop
    size_t out_n;                      // handed over and not settled, and those in the list above
    int64_t unwanted[AHEAD_MAX];       // settled: nobody wanted them
    size_t unwanted_n;
    enum log_level level; // of `words`: a line for the log, which belongs to the loop
    char words[300];
};

// ---- on the thread: words between the two ----------------------------------------------------------

static void tell(struct mailbox *m, enum log_level level, const char *words)
{
    uv_mutex_lock(&m->lock);
    m->level = level;
    snprintf(m->words, sizeof m->words, "%s", words);
    uv_mutex_unlock(&m->lock);
    uv_async_send(&m->news);
}

// Waits for the loop's answer. False: it is time to stop.
static bool ask_where(struct mailbox *m, int64_t *validity, int64_t *uid)
{
    uv_mutex_lock(&m->lock);
    m->asks_where = true;
    m->begun = false;
    uv_async_send(&m->news);
    while (!m->begun && !m->stopping) uv_cond_wait(&m->turn, &m->lock);
    bool go_on = !m->stopping;
    *validity = m->after_validity;
    *uid = m->after_uid;
    uv_mutex_unlock(&m->lock);
    return go_on;
}

// Waits until fewer than `room` mails are out. False: it is time to stop.
static bool wait_for(struct mailbox *m, size_t room)
{
    uv_mutex_lock(&m->lock);
    while (m->out_n >= room && !m->stopping) uv_cond_wait(&m->turn, &m->lock);
    bool go_on = !m->stopping;
    uv_mutex_unlock(&m->lock);
    return go_on;
}

static size_t take_unwanted(struct mailbox *m, int64_t uids[AHEAD_MAX])
{
    uv_mutex_lock(&m->lock);
    size_t n = m->unwanted_n;
    memcpy(uids, m->unwanted, n * sizeof *uids);
    m->unwanted_n = 0;
    uv_mutex_unlock(&m->lock);
    return n;
}

static void hand_over(struct mailbox *m, struct delivery *d)
{
    uv_mutex_lock(&m->lock);
    if (m->last) m->last->next = d;
    else m->first = d;
    m->last = d;
    m->out_n++;
    uv_mutex_unlock(&m->lock);
    uv_async_send(&m->news);
}

static struct delivery *delivery_new(int64_t validity, int64_t uid)
{
    struct delivery *d = mem_alloc(sizeof *d);
    d->validity = validity;
    d->uid = uid;
    buf_init(&d->record, RECORD_LEN_MAX);
    return d;
}

static void delivery_free(struct delivery *d)
{
    buf_release(&d->record);
    free(d->why);
    free(d);
}

// ---- on the thread: reading ------------------------------------------------------------------------

static void read_bytes(struct delivery *d, struct buf *bytes)
{
    struct err e = {0};
    if (incoming_read(buf_text(bytes), bytes->over, &d->record, &e) == 0) return;
    buf_clear(&d->record);
    d->why = mem_copyz(e.text);
}

// A conversation that breaks off again and again at the same mail has something against that mail.
static bool is_stuck(struct mailbox *m, int64_t uid)
{
    m->stuck_n = m->stuck_uid == uid ? m->stuck_n + 1 : 1;
    m->stuck_uid = uid;
    return m->stuck_n >= STUCK_MAX;
}

static int read_mail(struct mailbox *m, int64_t validity, int64_t uid, struct err *e)
{
    struct delivery *d = delivery_new(validity, uid);
    struct buf bytes;
    buf_init(&bytes, INCOMING_LEN_MAX);
    int failed = imap_fetch(m->imap, validity, uid, &bytes, e);
    bool hopeless = failed == -ERR_INPUT || (failed && is_stuck(m, uid));
    if (!failed) read_bytes(d, &bytes);
    else if (hopeless) d->why = mem_copyz(e->text);
    buf_release(&bytes);
    if (failed && !hopeless) {
        delivery_free(d);
        return failed;
    }
    hand_over(m, d);
    if (failed == -ERR_NET) imap_hang_up(m->imap); // the next mail begins another conversation
    return 0;
}

// Marks as unread what nobody wanted. Where the conversation breaks off the marks stay as they are.
static int mark_unwanted(struct mailbox *m, struct err *e)
{
    int64_t uids[AHEAD_MAX];
    int failed = 0;
    size_t n = take_unwanted(m, uids);
    for (size_t i = 0; i < n && !failed; i++) failed = imap_unsee(m->imap, uids[i], e);
    return failed;
}

static int list_new(struct mailbox *m, struct imap_list *list, struct err *e)
{
    int64_t validity, after;
    *list = (struct imap_list){0};
    if (!ask_where(m, &validity, &after)) return 0;
    if (imap_list(m->imap, after, list, e)) return -(int)e->code;
    if (list->validity == validity || !after) return 0;
    free(list->uids);
    tell(m, LOG_WARN,
        "the mailbox was numbered anew: it is read from its beginning; what was acted on counts once");
    return imap_list(m->imap, 0, list, e);
}

static int read_new(struct mailbox *m, struct err *e)
{
    struct imap_list list;
    int failed = list_new(m, &list, e);
    for (size_t i = 0; i < list.n && !failed && wait_for(m, AHEAD_MAX); i++) {
        failed = mark_unwanted(m, e);
        if (!failed) failed = read_mail(m, list.validity, list.uids[i], e);
    }
    free(list.uids);
    bool settled = wait_for(m, 1); // then it is on disk where the next poll goes on
    return failed || !settled ? failed : mark_unwanted(m, e);
}

// Says what is wrong when it is something new, and when it is over.
static void tell_state(struct mailbox *m, int failed, const struct err *e)
{
    char words[sizeof m->words];
    bool known = failed ? m->told.code && !strcmp(m->told.text, e->text) : !m->told.code;
    m->failed_n = failed ? m->failed_n + 1 : 0;
    if (known) return;
    snprintf(words, sizeof words, "the mailbox can't be read; it is tried again: %.200s", e->text);
    tell(m, failed ? LOG_ERROR : LOG_INFO, failed ? words : "the mailbox can be read again");
    m->told = *e;
}

static int64_t pause_of(const struct mailbox *m)
{
    int64_t every = m->settings.every_ms > 0 ? m->settings.every_ms : EVERY_MS;
    if (every < EVERY_MS_MIN) every = EVERY_MS_MIN;
    int64_t pause = every;
    for (int i = 1; i < m->failed_n && pause < PAUSE_MS_MAX; i++) pause *= 2;
    return m->failed_n && pause > PAUSE_MS_MAX && every < PAUSE_MS_MAX ? PAUSE_MS_MAX : pause;
}

static bool rest(struct mailbox *m, int64_t pause_ms)
{
    uv_mutex_lock(&m->lock);
    uint64_t until = uv_hrtime() + (uint64_t)pause_ms * 1000000, now;
    while (!m->stopping && (now = uv_hrtime()) < until) uv_cond_timedwait(&m->turn, &m->lock, until - now);
    bool go_on = !m->stopping;
    uv_mutex_unlock(&m->lock);
    return go_on;
}

static void read_on(void *ctx)
{
    struct mailbox *m = ctx;
    int64_t pause_ms = 0;
    while (rest(m, pause_ms)) {
        struct err e = {0};
        int failed = read_new(m, &e);
        imap_hang_up(m->imap); // a kept connection saves little once a minute, and goes stale
        uv_mutex_lock(&m->lock);
        bool stopping = m->stopping;
        uv_mutex_unlock(&m->lock);
        if (!stopping) tell_state(m, failed, &e); // what was cut is no trouble
        pause_ms = pause_of(m);
    }
}

// ---- on the loop ----------------------------------------------------------------------------------

static void say(struct mailbox *m, enum log_level level, const char *words)
{
    log_line(level, words, "mailbox", buf_z(&m->name), NULL);
}

static void on_news(uv_async_t *news)
{
    struct mailbox *m = news->data;
    char words[sizeof m->words];
    uv_mutex_lock(&m->lock);
    struct delivery *d = m->stopping ? NULL : m->first;
    bool asks = m->asks_where && !m->stopping;
    enum log_level level = m->level;
    memcpy(words, m->words, sizeof words);
    if (d) m->first = m->last = NULL;
    m->asks_where = false;
    m->words[0] = 0;
    uv_mutex_unlock(&m->lock);
    if (words[0]) say(m, level, words);
    if (asks) m->live->on_mailbox(m->live->ctx, buf_z(&m->name), m->reader);
    while (d) {
        struct delivery *next = d->next;
        struct mail_arrival arrival = {buf_z(&m->name), m->reader, d->validity, d->uid,
            {(const uint8_t *)(d->record.len ? d->record.data : NULL), d->record.len}, d->why};
        m->live->on_mail(m->live->ctx, &arrival);
        delivery_free(d);
        d = next;
    }
}

void mailbox_begin(struct mailbox *m, int64_t reader, int64_t validity, int64_t uid)
{
    if (!m || m->reader != reader) return;
    uv_mutex_lock(&m->lock);
    m->begun = true;
    m->after_validity = validity;
    m->after_uid = uid;
    uv_cond_signal(&m->turn);
    uv_mutex_unlock(&m->lock);
}

void mailbox_settled(struct mailbox *m, int64_t reader, int64_t uid, bool wanted)
{
    if (!m || m->reader != reader) return;
    uv_mutex_lock(&m->lock);
    if (!wanted && m->unwanted_n < AHEAD_MAX) m->unwanted[m->unwanted_n++] = uid;
    m->out_n--;
    uv_cond_signal(&m->turn);
    uv_mutex_unlock(&m->lock);
}

struct mailbox *mailbox_open(uv_loop_t *loop, const struct live_settings *settings, int64_t reader,
    struct err *e)
{
    if (imap_settings_check(&settings->mailbox, e)) return NULL;
    struct mailbox *m = mem_alloc(sizeof *m);
    m->live = settings;
    m->settings = settings->mailbox;
    m->reader = reader;
    buf_init(&m->name, 1024);
    imap_name(&m->settings, &m->name);
    m->imap = imap_open(&m->settings);
    uv_mutex_init(&m->lock);
    uv_cond_init(&m->turn);
    uv_async_init(loop, &m->news, on_news);
    m->news.data = m;
    if (uv_thread_create(&m->thread, read_on, m) == 0) return m;
    err_set(e, ERR_LIMIT, "the system gives no thread for the mailbox");
    m->stopping = true; // no thread to join
    m->reader = 0;
    mailbox_close(m);
    return NULL;
}

static void on_closed(uv_handle_t *news)
{
    struct mailbox *m = news->data;
    while (m->first) {
        struct delivery *d = m->first;
        m->first = d->next;
        delivery_free(d);
    }
    imap_close(m->imap);
    uv_mutex_destroy(&m->lock);
    uv_cond_destroy(&m->turn);
    buf_release(&m->name);
    free(m);
}

void mailbox_stop(struct mailbox *m)
{
    if (!m) return;
    uv_mutex_lock(&m->lock);
    m->stopping = true;
    uv_cond_signal(&m->turn);
    uv_mutex_unlock(&m->lock);
    imap_abort(m->imap);
}

void mailbox_close(struct mailbox *m)
{
    if (!m) return;
    mailbox_stop(m);
    if (m->reader) uv_thread_join(&m->thread);
    uv_close((uv_handle_t *)&m->news, on_closed);
}
