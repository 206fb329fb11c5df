// SPDX-License-Identifier: MIT
#include "world/errand.h"

#include <stdio.h>

void errand_init(struct errand *r, const struct effect *effect, void (*free)(struct errand *r))
{
    *r = (struct errand){
        .flow = effect->flow,
        .step = effect->step,
        .attempt = effect->attempt,
        .free = free,
    };
    buf_init(&r->value, RECORD_LEN_MAX);
    buf_init(&r->note, ERRAND_NOTE_MAX);
}

void errand_release(struct errand *r)
{
    buf_release(&r->value);
    buf_release(&r->note);
}

void errand_end(struct errand *r, enum outcome outcome, const char *fmt, ...)
{
    char cut[ERRAND_NOTE_MAX]; // a buf drops the whole piece that does not fit; half a note beats none
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(cut, sizeof cut, fmt, ap);
    va_end(ap);
    r->outcome = outcome;
    buf_clear(&r->note);
    buf_addz(&r->note, cut);
}

void errand_list_add(struct errand_list *l, struct errand *r)
{
    r->next = NULL;
    if (l->last) l->last->next = r;
    else l->first = r;
    l->last = r;
}

struct errand *errand_list_take(struct errand_list *l)
{
    struct errand *r = l->first;
    if (!r) return NULL;
    l->first = r->next;
    if (!l->first) l->last = NULL;
    r->next = NULL;
    return r;
}
