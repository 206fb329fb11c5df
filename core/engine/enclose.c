// SPDX-License-Identifier: MIT
#include "engine/enclose.h"

#include "engine/script.h"

#include <stdlib.h>
#include <string.h>

#define MAIL_MAX (64u << 20) // as what effect.c hands on; the mail itself is limited by mail/mail.h

// A mail of which something is being made.
struct enclosing {
    struct enclosing *next;
    struct engine *engine;
    int64_t flow;
    int32_t step, attempt;
    char *event;
    struct record mail; // owned
};

static bool is_to_be_made(struct record attachment)
{
    return record_get_text(attachment, "call").len > 0;
}

// The first attachment that is still to be made; nothing when all are here.
static struct record next_of(struct record mail)
{
    struct record attachments = record_get(mail, "attachments");
    if (record_kind(attachments) != RECORD_LIST) return (struct record){0};
    for (struct record_iter it = record_each(attachments); record_next(&it);) {
        if (is_to_be_made(it.value)) return it.value;
    }
    return (struct record){0};
}

bool enclose_is_needed(struct record mail)
{
    return next_of(mail).data != NULL;
}

// ---- the mail with one attachment more ------------------------------------------------------------------

static void put_made(struct record attachment, struct text data, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    map.pairs.max = MAIL_MAX;
    record_map_value(&map, "name", record_get(attachment, "name"));
    record_map_value(&map, "type", record_get(attachment, "type"));
    record_map_text(&map, "data", data);
    record_map_end(&map, out);
}

// data: NULL: the file is left out.
static void put_attachments(struct record attachments, struct record made, const struct text *data,
    struct buf *out)
{
    record_put_list(out, record_count(attachments) - !data);
    for (struct record_iter it = record_each(attachments); record_next(&it);) {
        if (it.value.data != made.data) record_put(out, it.value);
        else if (data) put_made(made, *data, out);
    }
}

static void put_mail(struct record mail, struct record made, const struct text *data, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    map.pairs.max = MAIL_MAX;
    for (struct record_iter it = record_each(mail); record_next(&it);) {
        struct text key = {0};
        record_text(it.key, &key);
        char *name = mem_copy(key.data, key.len);
        if (text_is(key, "attachments")) put_attachments(it.value, made, data, record_map_key(&map, name));
        else record_map_value(&map, name, it.value);
        free(name);
    }
    record_map_end(&map, out);
}

// ---- making them, one after the other -------------------------------------------------------------------

static void enclosing_free(struct enclosing *e)
{
    free(e->event);
    free((void *)e->mail.data);
    free(e);
}

void enclose_forget(struct engine *g)
{
    while (g->enclosing) {
        struct enclosing *e = g->enclosing;
        g->enclosing = e->next;
        enclosing_free(e);
    }
}

static void leave(struct enclosing *e)
{
    struct enclosing **at = &e->engine->enclosing;
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    enclosing_free(e);
}

static void try_again(struct enclosing *e, struct text why)
{
    engine_post(e->engine, e->flow, e->step, e->attempt, OUTCOME_AGAIN, (struct record){0}, why, 0);
    leave(e);
}

static void make_next(struct enclosing *e);

static void on_made(void *ctx, struct record reply, const struct err *error)
{
    struct enclosing *e = ctx;
    bool none = record_get_bool(reply, "none", false);
    struct buf whole;
    struct text bytes;
    if (error) return try_again(e, text_of(error->text));
    if (!none && !record_text(record_get(reply, "data"), &bytes))
        return try_again(e, TEXT("what makes an attachment answered no data"));
    buf_init(&whole, MAIL_MAX);
    put_mail(e->mail, next_of(e->mail), none ? NULL : &bytes, &whole);
    if (whole.over) {
        buf_release(&whole);
        return try_again(e, TEXT("the mail's attachments are too large together"));
    }
    free((void *)e->mail.data);
    e->mail.data = (const uint8_t *)buf_take(&whole, &e->mail.len);
    make_next(e);
}

static void make_next(struct enclosing *e)
{
    struct record attachment = next_of(e->mail);
    if (attachment.data) {
        engine_call(e->engine, text_of(e->event), record_get_text(attachment, "call"),
            record_get(attachment, "with"), on_made, e);
        return;
    }
    effect_leave(e->engine, e->flow, e->step, e->attempt, e->mail);
    leave(e);
}

void enclose(struct engine *g, struct flow *f, struct step *s, struct record mail)
{
    struct enclosing *e = mem_alloc(sizeof *e);
    *e = (struct enclosing){.next = g->enclosing,
        .engine = g,
        .flow = f->id,
        .step = s->ord,
        .attempt = s->attempt,
        .event = mem_copyz(f->script->event->name)};
    e->mail = (struct record){mem_copy(mail.data, mail.len), mail.len};
    g->enclosing = e;
    make_next(e);
}
