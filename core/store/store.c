// SPDX-License-Identifier: MIT
// store: requests in, answers out, in order.
//
// Owns the connection, its thread, and two queues of requests: asked for, and answered. A request holds
// its own answer and moves from one queue to the other. Two locks: `queues` is held for moments only, so
// that asking never waits for the disk; `database` is held while requests are carried out, and by the few
// look-ups that happen in the call (facts.c).
#include "store/store.h"

#include "store/batch.h"
#include "store/borrow.h"
#include "store/faulty.h"
#include "store/fsck.h"
#include "store/load.h"
#include "store/mark.h"
#include "store/query.h"
#include "store/write.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

// Batches that wait are joined up to this many rows: 10,000 rows in one commit stall everybody for 50 ms.
#define GROUP_ROWS_MAX 4000
#define LIST_MAX SIZE_MAX // query.c has the limit

struct request {
    struct request *next;
    void (*carry_out)(struct store *s, struct request *r);
    struct store_answer answer;
    struct arena memory; // owns the arguments below
    const int64_t *ids;
    size_t limit; // of ids, or of flows in the answer
    int64_t after;
    struct instant until;
    struct text event, name, key;
    const char *what; // a list, a path
    struct record args;
};

struct queue {
    struct request *first, *last;
};

struct store {
    struct sqlite *db;
    struct writer *writer; // NULL when it is only looked at
    struct loader *loader;
    struct faulty faulty;
    enum store_mode mode;
    void (*wake)(void *ctx);
    void *wake_ctx;
    uint64_t tickets;
    size_t outstanding; // belongs to the engine's thread: it asks, and it takes the answers
    pthread_t thread;
    pthread_mutex_t queues, database;
    pthread_cond_t asked, answered;
    struct queue requests, answers;
    bool closing;
    bool marking; // the file is marked with how far the database has come
};

static void queue_add(struct queue *q, struct request *first, struct request *last)
{
    if (q->last) q->last->next = first;
    else q->first = first;
    q->last = last;
}

static struct request *queue_take(struct queue *q)
{
    struct request *r = q->first;
    if (!r) return NULL;
    q->first = r->next;
    if (!q->first) q->last = NULL;
    r->next = NULL;
    return r;
}

// ---- carrying out -----------------------------------------------------------------------------------

static void mark(struct store *s)
{
    int64_t seq;
    if (sqlite_int(s->db, "SELECT max(seq) FROM journal", &seq, NULL) == 0)
        mark_write(sqlite_lock(s->db), seq);
}

// One transaction for this batch and those that hang behind it.
static void commit_group(struct store *s, struct request *first)
{
    assert(s->writer);
    write_begin(s->writer);
    for (struct request *r = first; r; r = r->next) write_batch(s->writer, r->answer.batch);
    faulty_before_commit(&s->faulty);
    if (faulty_fails(&s->faulty)) sqlite_fatal(s->db, "what was to be kept (a fault on purpose)");
    write_commit(s->writer);
    faulty_after_commit(&s->faulty);
    if (s->marking) mark(s); // a few microseconds beside an fsync
}

static void give_flows(struct store *s, struct request *r, struct loaded found)
{
    for (size_t i = 0; s->writer && i < found.n; i++) {
        if (!found.flows[i].broken)
            write_remember(s->writer, found.flows[i].flow.id, found.flows[i].flow.sum);
    }
    r->answer.flows = found.flows;
    r->answer.flows_n = found.n;
}

static void do_due(struct store *s, struct request *r)
{
    struct loaded found = {0};
    load_due(s->loader, r->until, r->limit, &found, &r->answer.next_due, &r->answer.error);
    give_flows(s, r, found);
}

static void do_load(struct store *s, struct request *r)
{
    struct loaded found = {0};
    load_ids(s->loader, r->ids, r->limit, &found, &r->answer.error);
    give_flows(s, r, found);
}

static void do_ready(struct store *s, struct request *r)
{
    struct loaded found = {0};
    load_ready(s->loader, r->after, r->limit, &found, &r->answer.error);
    give_flows(s, r, found);
}

static void do_held(struct store *s, struct request *r)
{
    struct loaded found = {0};
    load_held(s->loader, r->event, r->after, r->limit, &found, &r->answer.error);
    give_flows(s, r, found);
}

static void do_find(struct store *s, struct request *r)
{
    struct loaded found = {0};
    load_named(s->loader, r->event, r->name, r->key, &found, &r->answer.error);
    give_flows(s, r, found);
}

static void give_list(struct request *r, struct buf *list)
{
    size_t len;
    char *data = buf_take(list, &len);
    r->answer.list = (struct record){(uint8_t *)data, len};
}

static void do_list(struct store *s, struct request *r)
{
    struct buf list;
    buf_init(&list, LIST_MAX);
    if (strcmp(r->what, "fsck") == 0) fsck_list(s->db, s->loader, &list, &r->answer.error);
    else query_list(s->db, r->what, r->args, &list, &r->answer.error);
    give_list(r, &list);
}

static void do_books(struct store *s, struct request *r)
{
    struct buf list;
    buf_init(&list, LIST_MAX);
    query_books(s->db, r->event, &list, &r->answer.error);
    give_list(r, &list);
}

static void do_backup(struct store *s, struct request *r)
{
    sqlite_backup(s->db, r->what, &r->answer.error);
}

static void do_copy(struct store *s, struct request *r)
{
    sqlite_pour(s->db, r->what, &r->answer.error);
}

// The next request, with the batches that may share its transaction hanging behind it. While a crash is
// counted down each batch has its own commit, so that the n-th is the same one in every run.
static struct request *take_group(struct store *s, struct request **last)
{
    struct request *first = queue_take(&s->requests);
    bool alone = s->faulty.fault != STORE_FAULT_NONE && s->faulty.fault != STORE_FAULT_SLOW;
    *last = first;
    if (!first || first->carry_out != commit_group) return first;
    size_t rows = batch_rows(first->answer.batch);
    for (struct request *r; (r = s->requests.first) && r->carry_out == commit_group && !alone; *last = r) {
        rows += batch_rows(r->answer.batch);
        if (rows > GROUP_ROWS_MAX) break;
        (*last)->next = queue_take(&s->requests);
    }
    return first;
}

// Carries out what can be done at once and moves it to the answers. Called and left with `queues` held.
static void carry_out_next(struct store *s)
{
    struct request *last, *first = take_group(s, &last);
    pthread_mutex_unlock(&s->queues);
    pthread_mutex_lock(&s->database);
    first->carry_out(s, first);
    pthread_mutex_unlock(&s->database);
    pthread_mutex_lock(&s->queues);
    queue_add(&s->answers, first, last);
    pthread_cond_signal(&s->answered);
}

static void *work(void *ctx)
{
    struct store *s = ctx;
    pthread_mutex_lock(&s->queues);
    for (;;) {
        while (!s->requests.first && !s->closing) pthread_cond_wait(&s->asked, &s->queues);
        if (!s->requests.first) break; // closing, and everything is done
        carry_out_next(s);
        if (!s->wake) continue;
        pthread_mutex_unlock(&s->queues);
        s->wake(s->wake_ctx);
        pthread_mutex_lock(&s->queues);
    }
    pthread_mutex_unlock(&s->queues);
    return NULL;
}

// ---- requests ---------------------------------------------------------------------------------------

static struct request *request_new(enum store_ask ask, void (*carry_out)(struct store *, struct request *))
{
    struct request *r = mem_alloc(sizeof *r);
    r->answer.ask = ask;
    r->answer.next_due = INSTANT_NEVER;
    r->carry_out = carry_out;
    return r;
}

static void request_free(struct request *r)
{
    arena_release(&r->memory);
    free(r);
}

static uint64_t request_send(struct store *s, struct request *r)
{
    uint64_t ticket = r->answer.ticket = ++s->tickets; // r may be gone once the lock is given back
    s->outstanding++;
    pthread_mutex_lock(&s->queues);
    queue_add(&s->requests, r, r);
    if (s->mode == STORE_INLINE) carry_out_next(s);
    else pthread_cond_signal(&s->asked);
    pthread_mutex_unlock(&s->queues);
    return ticket;
}

static const char *keep_z(struct request *r, const char *z)
{
    return arena_text(&r->memory, (struct text){z, strlen(z) + 1}).data;
}

uint64_t store_submit(struct store *s, struct batch *batch)
{
    struct request *r = request_new(STORE_COMMIT, commit_group);
    r->answer.batch = batch;
    return request_send(s, r);
}

uint64_t store_due(struct store *s, struct instant until, size_t limit)
{
    struct request *r = request_new(STORE_DUE, do_due);
    r->until = until;
    r->limit = limit;
    return request_send(s, r);
}

uint64_t store_load(struct store *s, const int64_t *flows, size_t n)
{
    struct request *r = request_new(STORE_LOAD, do_load);
    int64_t *ids = arena_alloc(&r->memory, n * sizeof *ids);
    if (n) memcpy(ids, flows, n * sizeof *ids);
    r->ids = ids;
    r->limit = n;
    return request_send(s, r);
}

uint64_t store_ready(struct store *s, int64_t after, size_t limit)
{
    struct request *r = request_new(STORE_LOAD, do_ready);
    r->after = after;
    r->limit = limit;
    return request_send(s, r);
}

uint64_t store_held(struct store *s, struct text event, int64_t after, size_t limit)
{
    struct request *r = request_new(STORE_LOAD, do_held);
    r->event = arena_text(&r->memory, event);
    r->after = after;
    r->limit = limit;
    return request_send(s, r);
}

uint64_t store_find(struct store *s, struct text event, struct text name, struct text key)
{
    struct request *r = request_new(STORE_FIND, do_find);
    r->event = arena_text(&r->memory, event);
    r->name = arena_text(&r->memory, name);
    r->key = arena_text(&r->memory, key);
    return request_send(s, r);
}

uint64_t store_books(struct store *s, struct text event)
{
    struct request *r = request_new(STORE_BOOKS, do_books);
    r->event = arena_text(&r->memory, event);
    return request_send(s, r);
}

uint64_t store_list(struct store *s, const char *what, struct record args)
{
    struct request *r = request_new(STORE_LIST, do_list);
    r->what = keep_z(r, what);
    r->args = arena_record(&r->memory, args);
    return request_send(s, r);
}

uint64_t store_backup(struct store *s, const char *to_path)
{
    struct request *r = request_new(STORE_BACKUP, do_backup);
    r->what = keep_z(r, to_path);
    return request_send(s, r);
}

int store_living(struct store *s, struct text event, int64_t after, size_t limit, struct loaded_flow **flows,
    size_t *n, struct err *e)
{
    struct loaded found = {0};
    pthread_mutex_lock(&s->database);
    int failed = load_living(s->loader, event, after, limit, &found, e);
    pthread_mutex_unlock(&s->database);
    *flows = found.flows;
    *n = found.n;
    return failed;
}

int store_flow(struct store *s, int64_t flow, struct loaded_flow **flows, size_t *n, struct err *e)
{
    struct loaded found = {0};
    pthread_mutex_lock(&s->database);
    int failed = load_ids(s->loader, &flow, 1, &found, e);
    pthread_mutex_unlock(&s->database);
    *flows = found.flows;
    *n = found.n;
    return failed;
}

void store_flows_release(struct loaded_flow *flows, size_t n)
{
    loaded_release(flows, n);
}

uint64_t store_copy(struct store *s, const char *to_path)
{
    struct request *r = request_new(STORE_BACKUP, do_copy);
    r->what = keep_z(r, to_path);
    return request_send(s, r);
}

// ---- answers ----------------------------------------------------------------------------------------

bool store_next(struct store *s, struct store_answer *out)
{
    pthread_mutex_lock(&s->queues);
    struct request *r = queue_take(&s->answers);
    pthread_mutex_unlock(&s->queues);
    if (!r) return false;
    *out = r->answer;
    request_free(r);
    s->outstanding--;
    return true;
}

void store_answer_release(struct store_answer *a)
{
    loaded_release(a->flows, a->flows_n);
    free((void *)a->list.data);
    a->flows = NULL;
    a->flows_n = 0;
    a->list = (struct record){0};
}

size_t store_outstanding(const struct store *s)
{
    return s->outstanding;
}

void store_wait(struct store *s)
{
    pthread_mutex_lock(&s->queues);
    while (s->outstanding && !s->answers.first) pthread_cond_wait(&s->answered, &s->queues);
    pthread_mutex_unlock(&s->queues);
}

struct sqlite *store_borrow(struct store *s)
{
    pthread_mutex_lock(&s->database);
    return s->db;
}

struct writer *store_writer(struct store *s)
{
    return s->writer;
}

void store_give_back(struct store *s)
{
    pthread_mutex_unlock(&s->database);
}

void store_set_fault(struct store *s, enum store_fault fault, int64_t n)
{
    pthread_mutex_lock(&s->database); // not in the middle of a commit
    pthread_mutex_lock(&s->queues);
    s->faulty = (struct faulty){.fault = fault, .n = n};
    pthread_mutex_unlock(&s->queues);
    pthread_mutex_unlock(&s->database);
}

void store_mark(struct store *s)
{
    pthread_mutex_lock(&s->database);
    s->marking = s->writer != NULL;
    if (s->marking) mark(s);
    pthread_mutex_unlock(&s->database);
}

// ---- opening and closing ----------------------------------------------------------------------------

// The thread takes no signals: they belong to the loop.
static int begin_thread(struct store *s, struct err *e)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&s->thread, NULL, work, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) return 0;
    return err_set(e, ERR_STORAGE, "The store's thread can't be started: %s.", strerror(failed));
}

static void release(struct store *s)
{
    writer_free(s->writer);
    loader_free(s->loader);
    sqlite_close(s->db);
    pthread_cond_destroy(&s->asked);
    pthread_cond_destroy(&s->answered);
    pthread_mutex_destroy(&s->queues);
    pthread_mutex_destroy(&s->database);
    free(s);
}

struct store *store_open(const struct store_options *options, struct err *e)
{
    struct store *s = mem_alloc(sizeof *s);
    s->mode = options->mode;
    s->wake = options->wake;
    s->wake_ctx = options->wake_ctx;
    pthread_mutex_init(&s->queues, NULL);
    pthread_mutex_init(&s->database, NULL);
    pthread_cond_init(&s->asked, NULL);
    pthread_cond_init(&s->answered, NULL);
    if (!(s->db = sqlite_open(options->path, options->read_only_look, e))) goto fail;
    if (options->from && sqlite_restore(s->db, options->from, e)) goto fail;
    if (!options->read_only_look && !(s->writer = writer_new(s->db, e))) goto fail;
    if (!(s->loader = loader_new(s->db, e))) goto fail;
    if (s->mode == STORE_THREAD && begin_thread(s, e)) goto fail;
    return s;
fail:
    release(s);
    return NULL;
}

void store_close(struct store *s)
{
    struct store_answer unread;
    if (!s) return;
    if (s->mode == STORE_THREAD) {
        pthread_mutex_lock(&s->queues);
        s->closing = true;
        pthread_cond_signal(&s->asked);
        pthread_mutex_unlock(&s->queues);
        pthread_join(s->thread, NULL);
    }
    while (store_next(s, &unread)) {
        batch_free(unread.batch);
        store_answer_release(&unread);
    }
    release(s);
}
