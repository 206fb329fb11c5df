// SPDX-License-Identifier: MIT
#include "engine/again.h"

#include "base/buf.h"

#include <stdlib.h>

// Who asked, while the store looks.
struct again {
    engine_reply reply;
    void *ctx;
    struct engine *engine;
    char *who, *to;
};

static struct again *again_new(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    struct again *a = mem_alloc(sizeof *a);
    struct text who = record_get_text(request, "who"), to = record_get_text(request, "to");
    *a = (struct again){reply, ctx, g, mem_copy(who.data, who.len), mem_copy(to.data, to.len)};
    if (!who.len) {
        free(a->who);
        a->who = mem_copyz("office");
    }
    return a;
}

static void again_free(struct again *a)
{
    free(a->who);
    free(a->to);
    free(a);
}

static void refuse(struct again *a, const struct err *e)
{
    promise_reply(a->engine, a->reply, a->ctx, (struct record){0}, e);
    a->engine->world.wake_now(a->engine->world.self);
    again_free(a);
}

// The first row of a list about one flow; no data: there is no such flow.
static struct record first_row(struct record rows)
{
    struct record_iter it = record_each(rows);
    return record_next(&it) ? it.value : (struct record){0};
}

static void ask_about(struct engine *g, const char *list, struct record request, engine_reply reply,
    void *ctx)
{
    struct record_map map;
    struct buf args;
    record_map_init(&map);
    buf_init(&args, 256);
    record_map_int(&map, "flow", record_get_int(request, "flow", 0));
    record_map_end(&map, &args);
    engine_ask_store(g, store_list(g->store, list, (struct record){(uint8_t *)args.data, args.len}), reply,
        ctx);
    buf_release(&args);
}

// ---- tried again --------------------------------------------------------------------------------------

static bool is_stopped(struct text state)
{
    return text_is(state, "failed") || text_is(state, "held") || text_is(state, "diverged") ||
           text_is(state, "over-budget");
}

// Why it makes no sense to try it again; 0: it does.
static int check_retry(const struct again *a, struct record row, struct err *e)
{
    struct text state = record_get_text(row, "state"), name = record_get_text(row, "name"),
                key = record_get_text(row, "flow_key");
    bool asked = text_is(record_get_text(row, "kind"), "edit") &&
                 text_is(record_get_text(row, "step_state"), "open");
    if (!row.data) return err_set(e, ERR_INPUT, "there is no such flow: usher flows lists them");
    if (text_is(state, "done"))
        return err_set(e, ERR_INPUT,
            "it has come to its end, so there is nothing to try again. To send its mail once more: usher "
            "resend "
            "'%.*s' '%.*s'",
            (int)name.len, name.data, (int)key.len, key.data);
    if (text_is(state, "cancelled"))
        return err_set(e, ERR_INPUT,
            "it was cancelled for good. When it belongs into the script again, put it back and usher reload");
    if (!is_stopped(state))
        return err_set(e, ERR_INPUT, "it has not stopped: usher history %lld says what it waits for",
            (long long)record_get_int(row, "flow", 0));
    if (asked && text_is(state, "held"))
        return err_set(e, ERR_INPUT,
            "an edit of the script has left it with a question: usher plan shows it, usher reload answers "
            "it");
    if (engine_flow(a->engine, record_get_int(row, "flow", 0)))
        return err_set(e, ERR_BUSY, "it has stopped just now: try it again in a moment");
    return 0;
}

static void put_sentence(struct record row, struct buf *out)
{
    struct record_map map;
    struct buf text;
    struct text name = record_get_text(row, "name"), label = record_get_text(row, "label"),
                key = record_get_text(row, "flow_key");
    struct text whom = label.len ? label : key;
    record_map_init(&map);
    buf_init(&text, 4096);
    buf_addf(&text, "%.*s for %.*s is tried again", (int)name.len, name.data, (int)whom.len, whom.data);
    record_map_text(&map, "text", buf_text(&text));
    record_map_end(&map, out);
    buf_release(&text);
}

static void retry(struct again *a, struct record row)
{
    struct engine *g = a->engine;
    int64_t flow = record_get_int(row, "flow", 0);
    struct buf answer;
    g->now = g->world.now(g->world.self);
    batch_retry(g->batch, flow, g->now);
    batch_audit(g->batch, &(struct audit_row){.at = g->now,
                              .who = text_of(a->who),
                              .event = record_get_text(row, "event"),
                              .flow = flow,
                              .what = TEXT("tried again"),
                              .note = record_get_text(row, "name"),
                              .about = record_get_text(row, "flow_key")});
    promise_pick_up(g, flow);
    buf_init(&answer, 8192);
    put_sentence(row, &answer);
    promise_reply(g, a->reply, a->ctx, (struct record){(uint8_t *)answer.data, answer.len}, NULL);
    buf_release(&answer);
    g->world.wake_now(g->world.self);
    again_free(a);
}

static void on_stopped(void *ctx, struct record rows, const struct err *error)
{
    struct again *a = ctx;
    struct record row = first_row(rows);
    struct err e = {0};
    if (error) e = *error;
    if (e.code || check_retry(a, row, &e)) refuse(a, &e);
    else retry(a, row);
}

void engine_retry(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    ask_about(g, "why", request, on_stopped, again_new(g, request, reply, ctx));
}

// ---- sent again ---------------------------------------------------------------------------------------

static void on_recorded(void *ctx, struct record rows, const struct err *error)
{
    struct again *a = ctx;
    struct record row = first_row(rows);
    struct err e = {0};
    if (error) e = *error;
    else if (!row.data)
        err_set(&e, ERR_INPUT,
            "no mail has left there, so there is none to send again: usher why says the reason");
    if (e.code) {
        refuse(a, &e);
        return;
    }
    struct record_map map;
    struct buf request;
    record_map_init(&map);
    buf_init(&request, 64u << 20);
    record_map_text(&map, "rule", record_get_text(row, "name"));
    record_map_text(&map, "key", record_get_text(row, "flow_key"));
    record_map_text(&map, "label", record_get_text(row, "label"));
    record_map_text(&map, "state", record_get_text(row, "state"));
    record_map_value(&map, "mail", record_get(row, "value"));
    record_map_text(&map, "who", text_of(a->who));
    if (*a->to) record_map_text(&map, "to", text_of(a->to));
    record_map_end(&map, &request);
    engine_call(a->engine, record_get_text(row, "event"), TEXT("resend"),
        (struct record){(uint8_t *)request.data, request.len}, a->reply, a->ctx);
    buf_release(&request);
    again_free(a);
}

void engine_resend(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    ask_about(g, "recorded", request, on_recorded, again_new(g, request, reply, ctx));
}
