// SPDX-License-Identifier: MIT
// gate: see gate.h.
#include "engine/gate.h"

#include "engine/engine.h"
#include "engine/hold.h"
#include "engine/script.h"

#include <string.h>
#include <strings.h>

// How many flows are loaded at once: as the agenda does.
#define LOAD_AT_ONCE 500

// ---- reasons ----------------------------------------------------------------------------------------

// A mail, or a message that goes by HTTP, whose rule needs somebody's word carries the hash of what that word
// is about, beside its text: so a word on other words opens nothing.
// The newest content that somebody has approved, or an earlier one: a flow may go on with the script that it
// began with, and what it says was read as well.
static bool holds_hash(struct record given, struct text hash)
{
    struct text approved = record_get_text(given, "hash");
    if (approved.len && approved.len == hash.len && memcmp(approved.data, hash.data, hash.len) == 0)
        return true;
    for (struct record_iter it = record_each(record_get(given, "earlier")); it.map && record_next(&it);) {
        if (record_text(it.key, &approved) && approved.len == hash.len &&
            memcmp(approved.data, hash.data, hash.len) == 0)
            return true;
    }
    return false;
}

static bool is_approved(struct event *ev, const struct step *s, struct buf *why)
{
    struct record approval = record_get(s->args, "approval");
    if (!approval.data) return true;
    struct text rule = record_get_text(approval, "rule"), hash = record_get_text(approval, "hash");
    struct record given = book_get(book_find(ev, TEXT(GATE_APPROVALS)), rule);
    if (holds_hash(given, hash)) return true;
    buf_addt(why, record_get_text(approval, "why"));
    return false;
}

static void put_domains(const char *const *only, struct buf *out)
{
    for (size_t i = 0; only[i]; i++) buf_addf(out, "%s%s", i ? (only[i + 1] ? ", " : " and ") : "", only[i]);
}

static bool is_domain(const char *domain, struct text address)
{
    size_t len = strlen(domain);
    return address.len > len && address.data[address.len - len - 1] == '@' &&
           strncasecmp(address.data + address.len - len, domain, len) == 0;
}

// A message to a person that goes by HTTP: of its address nobody can say in which domain it is.
static bool is_message(const struct step *s)
{
    return s->kind == STEP_KIND_HTTP && record_get(s->args, "to").data;
}

bool gate_leads_elsewhere(const struct engine *g, const struct step *s, struct buf *why)
{
    const char *const *only = g->options.only;
    struct text to = record_get_text(s->args, "to");
    if (g->options.practice && is_message(s)) {
        buf_addz(why, "usher runs for practice: only mails are written, into the outbox folder");
        return true;
    }
    if (!only || !only[0] || (s->kind != STEP_KIND_MAIL && !is_message(s))) return false;
    if (to.len && to.data[to.len - 1] == '>') to.len--; // "Karma <karma@moic.example>"
    for (size_t i = 0; only[i] && s->kind == STEP_KIND_MAIL; i++) {
        if (is_domain(only[i], to)) return false;
    }
    buf_addz(why, "only mails to ");
    put_domains(only, why);
    buf_addz(why, " leave from here");
    return true;
}

// GET and HEAD ask and change nothing (RFC 9110, 9.2.1).
static bool only_reads(const struct step *s)
{
    struct text method = record_get_text(s->args, "method");
    return s->kind == STEP_KIND_HTTP && (text_is(method, "GET") || text_is(method, "HEAD"));
}

static bool is_on_hold(struct engine *g, const struct event *ev, struct buf *why)
{
    struct hold h;
    if (!hold_find(g, ev, &h)) return false;
    hold_sentence(&h, ev, why);
    return true;
}

bool gate_look(struct engine *g, struct flow *f, struct step *s, struct buf *why)
{
    struct event *ev = f->script->event;
    if (home_is_elsewhere(g, why)) return false;
    if (!only_reads(s) && is_on_hold(g, ev, why)) return false;
    return g->options.approved || is_approved(ev, s, why);
}

static void put_away(const struct engine *g, struct record_map *map)
{
    struct buf why;
    buf_init(&why, GATE_WHY_MAX);
    if (home_is_elsewhere(g, &why)) record_map_text(map, "away", buf_text(&why));
    buf_release(&why);
}

static void put_only(const struct engine *g, struct record_map *map)
{
    size_t n = 0;
    while (g->options.only && g->options.only[n]) n++;
    if (!n) return;
    struct buf *list = record_map_key(map, "only");
    record_put_list(list, n);
    for (size_t i = 0; i < n; i++) record_put_text(list, text_of(g->options.only[i]));
}

void gate_describe(const struct engine *g, const struct event *ev, struct buf *out)
{
    struct record_map map;
    struct hold h;
    record_map_init(&map);
    put_away(g, &map);
    put_only(g, &map);
    if (hold_find(g, ev, &h)) hold_describe(&h, ev, record_map_key(&map, "hold"));
    record_map_end(&map, out);
}

// ---- looking again ------------------------------------------------------------------------------------

static bool has_held(const struct flow *f)
{
    for (int32_t i = 0; i < f->steps_n; i++) {
        if (f->steps[i]->state == STEP_HELD) return true;
    }
    return false;
}

void gate_recheck(struct engine *g, struct event *ev)
{
    size_t i = 0;
    void *p;
    ev->recheck = true;
    while (map_each(&g->flows, &i, &p)) {
        struct flow *f = p;
        if (f->script->event == ev && f->state <= FLOW_WAITING && has_held(f)) flow_make_ready(g, f);
    }
    g->world.wake_now(g->world.self);
}

static struct event *next_event(struct engine *g)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        if (ev->recheck) return ev;
    }
    return NULL;
}

void gate_ask_store(struct engine *g)
{
    struct gate *gate = &g->gate;
    if (engine_pauses(g) || gate->asked || g->warm_n >= FLOWS_WARM_MAX / 2) return;
    if (!gate->event) {
        if (!(gate->event = next_event(g))) return;
        gate->event->recheck = false;
        gate->after = 0;
    }
    gate->asked = store_held(g->store, text_of(gate->event->name), gate->after, LOAD_AT_ONCE);
}

bool gate_take_loaded(struct engine *g, const struct store_answer *a)
{
    struct gate *gate = &g->gate;
    if (!gate->asked || a->ticket != gate->asked) return false;
    gate->asked = 0;
    if (gate->event->recheck || a->flows_n < LOAD_AT_ONCE) gate->event = NULL; // from the beginning, or done
    else gate->after = a->flows[a->flows_n - 1].flow.id;
    return true;
}
