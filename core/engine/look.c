// SPDX-License-Identifier: MIT
#include "engine/look.h"

#include "engine/ask.h"

#include <stdlib.h>

#define LISTS_MAX 16 // what a page shows is a few lists; more is a mistake of its script's

struct list {
    struct list *next;
    struct look *look;
    char *name;
    struct record rows; // owned
};

struct look {
    struct list *lists;
    size_t awaited;
    struct err error; // of the first that failed
    look_ready ready;
    void *ctx;
};

static void on_rows(void *ctx, struct record rows, const struct err *error)
{
    struct list *one = ctx;
    struct look *l = one->look;
    if (!error) one->rows = (struct record){mem_copy(rows.data, rows.len), rows.len};
    else if (!l->error.code) l->error = *error;
    if (--l->awaited == 0) l->ready(l->ctx, l->error.code ? &l->error : NULL);
}

static struct list *add(struct look *l, struct record key)
{
    struct text name = {0};
    struct list *one = mem_alloc(sizeof *one);
    record_text(key, &name);
    *one = (struct list){.next = l->lists, .look = l, .name = mem_copy(name.data, name.len)};
    l->lists = one;
    l->awaited++;
    return one;
}

struct look *look_begin(struct engine *g, struct record wanted, look_ready ready, void *ctx)
{
    struct look *l = mem_alloc(sizeof *l);
    *l = (struct look){.ready = ready, .ctx = ctx};
    for (struct record_iter it = record_each(wanted); l->awaited < LISTS_MAX && record_next(&it);) {
        engine_ask_list(g, it.value, on_rows, add(l, it.key));
    }
    if (l->lists) return l;
    look_free(l);
    return NULL;
}

void look_put(const struct look *l, struct buf *out)
{
    struct record_map lists;
    record_map_init(&lists);
    for (const struct list *one = l ? l->lists : NULL; one; one = one->next) {
        record_map_value(&lists, one->name, one->rows);
    }
    record_map_end(&lists, out);
}

void look_free(struct look *l)
{
    while (l && l->lists) {
        struct list *one = l->lists;
        l->lists = one->next;
        free(one->name);
        free((void *)one->rows.data);
        free(one);
    }
    free(l);
}
