// SPDX-License-Identifier: MIT
// sample: a database in a directory of its own, and rows to put into it.
#pragma once

#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

struct sample {
    char dir[64], path[80];
};

static inline int sample_set_up(void **state)
{
    struct sample *s = mem_alloc(sizeof *s);
    snprintf(s->dir, sizeof s->dir, "/tmp/usher-store-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    snprintf(s->path, sizeof s->path, "%s/usher.db", s->dir);
    *state = s;
    return 0;
}

static inline int sample_tear_down(void **state)
{
    struct sample *s = *state;
    static const char *const files[] = {"usher.db", "usher.db-wal", "usher.db-shm", "copy.db"};
    char path[128];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", s->dir, files[i]);
        unlink(path);
    }
    rmdir(s->dir);
    free(s);
    return 0;
}

static inline struct store *sample_open(const char *path, enum store_mode mode)
{
    struct err e = {0};
    struct store *s = store_open(&(struct store_options){.path = path, .mode = mode}, &e);
    if (!s) fail_msg("%s", e.text);
    return s;
}

// A guest asleep until `due`.
static inline struct flow_row sample_flow(int64_t id, const char *key, int64_t due)
{
    return (struct flow_row){
        .id = id,
        .event = TEXT("hlb-2021"),
        .name = TEXT("guest"),
        .key = text_of(key),
        .script = 1,
        .state = FLOW_WAITING,
        .next_due = {due},
        .t0 = {INT64_C(1614236400000)},
        .updated_at = {INT64_C(1614236400500)},
        .rows = 1,
        .steps = 1,
    };
}

static inline struct journal_row sample_row(int64_t flow, int32_t n)
{
    return (struct journal_row){
        .flow = flow,
        .n = n,
        .step = n,
        .state = STEP_OPEN,
        .kind = STEP_KIND_SLEEP,
        .key = TEXT("sleep:reminder"),
        .line = 12,
        .at = {INT64_C(1614236400500)},
        .due = {INT64_C(1614841200000)},
    };
}

// Adds a flow with one open sleep.
static inline void sample_add_sleeper(struct batch *b, int64_t id, const char *key, int64_t due)
{
    struct flow_row flow = sample_flow(id, key, due);
    struct journal_row row = sample_row(id, 1);
    row.due.ms = due;
    batch_start(b, &flow);
    batch_journal(b, &row);
}

// The next answer; waits for it.
static inline struct store_answer sample_answer(struct store *s)
{
    struct store_answer a;
    store_wait(s);
    assert_true(store_next(s, &a));
    if (a.error.code) fail_msg("%s", a.error.text);
    return a;
}

static inline void sample_commit(struct store *s, struct batch *b)
{
    store_submit(s, b);
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.ask, STORE_COMMIT);
    assert_ptr_equal(a.batch, b);
    batch_free(b);
    store_answer_release(&a);
}

static inline struct record sample_record(struct buf *b)
{
    return (struct record){(const uint8_t *)b->data, b->len};
}
