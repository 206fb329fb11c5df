// SPDX-License-Identifier: MIT
// world_errands: the real world without an engine: performs the effects that come in as JSON lines, for
// checks against real peers.
//
// In: the settings as one JSON object in the first line, then one effect in each:
//   {"smtp":{"host":..,"port":..,"tls":"none|starttls|whole","user":..,"password":..,"connections":..,
//    "per_hour":..,"per_minute":..,"timeout_ms":..},"outbox":..,"ca_file":..,"practice":..,
//    "allow_private":[..]}
//   {"kind":"mail|http","args":{...},"attempt":1}
// Out: one line for each ending, in the order in which they came:
//   {"n":LINE,"outcome":"OK","value":..,"note":..,"retry_after_ms":..}
// With "stop_after":N in the settings it stops as SIGTERM does after N endings, and ends with
// {"run":0} or {"run":-7} and {"left":EFFECTS NOT BEGUN}.
#include "base/log.h"
#include "world/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EFFECTS_MAX 10000

// The engine's stand-in. Its flow ids are line numbers.
struct engine {
    struct live *live;
    struct buf effects[EFFECTS_MAX];
    size_t n, begun, ended, stop_after;
};

static const char *const outcome_names[] = {
#define X(name) #name,
    OUTCOMES(X)
#undef X
};

static void print_map(struct record_map *m)
{
    struct buf record, json;
    buf_init(&record, RECORD_LEN_MAX);
    buf_init(&json, 2 * RECORD_LEN_MAX);
    record_map_end(m, &record);
    record_print_json((struct record){(const uint8_t *)record.data, record.len}, &json);
    puts(buf_z(&json));
    fflush(stdout);
    buf_release(&record);
    buf_release(&json);
}

static void stand_in_post(struct engine *g, int64_t flow, int32_t step, int32_t attempt, enum outcome outcome,
    struct record value, struct text note, int64_t retry_after_ms)
{
    struct record_map m;
    record_map_init(&m);
    record_map_int(&m, "n", flow);
    record_map_text(&m, "outcome", text_of(outcome_names[outcome]));
    record_map_value(&m, "value", value);
    record_map_text(&m, "note", note);
    record_map_int(&m, "retry_after_ms", retry_after_ms);
    print_map(&m);
    g->ended++;
}

static void begin(struct engine *g, enum step_kind kind, struct record effect)
{
    struct world *w = live_world(g->live);
    struct text key = record_get_text(effect, "flow_key");
    struct effect f = {
        .flow = (int64_t)++g->begun,
        .step = 1,
        .attempt = (int32_t)record_get_int(effect, "attempt", 1),
        .kind = kind,
        .flow_name = TEXT("guest"),
        .flow_key = key.len ? key : TEXT("P0042"),
        .at = w->now(w->self),
        .args = record_get(effect, "args"),
    };
    w->perform(w->self, &f);
}

static bool stand_in_tick(struct engine *g)
{
    struct world *w = live_world(g->live);
    while (g->begun < g->n) {
        struct buf *b = &g->effects[g->begun];
        struct record effect = {(const uint8_t *)b->data, b->len};
        bool mail = text_is(record_get_text(effect, "kind"), "mail");
        enum step_kind kind = mail ? STEP_KIND_MAIL : STEP_KIND_HTTP;
        if (!w->room(w->self, kind)) break;
        begin(g, kind, effect);
    }
    if (g->ended == g->n || (g->stop_after && g->ended >= g->stop_after)) live_stop(g->live);
    return false;
}

static bool stand_in_idle(const struct engine *g)
{
    return true;
}

// The texts of the settings; live_close must be over before they go.
static void *kept[64];
static size_t kept_n;

static void *keep(void *p)
{
    if (kept_n == sizeof kept / sizeof *kept) exit(2);
    return kept[kept_n++] = p;
}

static const char *copy_text(struct record map, const char *key)
{
    struct text t;
    return record_text(record_get(map, key), &t) ? keep(mem_copy(t.data, t.len)) : NULL;
}

static enum tls_mode read_tls(struct record smtp)
{
    struct text tls = record_get_text(smtp, "tls");
    return text_is(tls, "starttls") ? TLS_STARTTLS : text_is(tls, "whole") ? TLS_WHOLE : TLS_NONE;
}

static const char *const *read_list(struct record list)
{
    const char **texts = keep(mem_alloc((record_count(list) + 1) * sizeof *texts));
    size_t n = 0;
    for (struct record_iter it = record_each(list); record_next(&it);) {
        struct text t = {0};
        record_text(it.value, &t);
        texts[n++] = keep(mem_copy(t.data, t.len));
    }
    return texts;
}

static struct live_settings read_settings(struct record r)
{
    struct record smtp = record_get(r, "smtp");
    return (struct live_settings){
        .smtp =
            {
                .host = copy_text(smtp, "host"),
                .port = (int)record_get_int(smtp, "port", 0),
                .tls = read_tls(smtp),
                .user = copy_text(smtp, "user"),
                .password = copy_text(smtp, "password"),
                .connections = (int)record_get_int(smtp, "connections", 0),
                .per_hour = (int)record_get_int(smtp, "per_hour", 0),
                .per_minute = (int)record_get_int(smtp, "per_minute", 0),
                .hello = copy_text(smtp, "hello"),
                .timeout_ms = record_get_int(smtp, "timeout_ms", 0),
            },
        .outbox = copy_text(r, "outbox"),
        .ca_file = copy_text(r, "ca_file"),
        .practice = record_get_bool(r, "practice", false),
        .drain_ms = record_get_int(r, "drain_ms", 0),
        .allow_private = read_list(record_get(r, "allow_private")),
    };
}

// The next line of stdin as a record; false at the end.
static bool read_line(struct buf *record)
{
    char *line = NULL;
    size_t room = 0;
    struct err e = {0};
    ssize_t len = getline(&line, &room, stdin);
    buf_init(record, RECORD_LEN_MAX);
    if (len > 0 && record_from_json((struct text){line, (size_t)len - 1}, record, &e)) {
        fprintf(stderr, "world_errands: %s\n", e.text);
        exit(2);
    }
    free(line);
    return len > 0;
}

static void print_number(const char *key, int64_t n)
{
    struct record_map m;
    record_map_init(&m);
    record_map_int(&m, key, n);
    print_map(&m);
}

int main(void)
{
    static struct engine g;
    static const struct live_engine_calls calls = {stand_in_post, stand_in_tick, stand_in_idle};
    struct buf first;
    struct err e = {0};
    if (!read_line(&first)) return 2;
    struct record given = {(const uint8_t *)first.data, first.len};
    struct live_settings settings = read_settings(given);
    g.stop_after = (size_t)record_get_int(given, "stop_after", 0);
    while (g.n < EFFECTS_MAX && read_line(&g.effects[g.n])) g.n++;
    g.live = live_open(&settings, &e);
    if (!g.live) {
        fprintf(stderr, "world_errands: %s\n", e.text);
        return 1;
    }
    log_set_clock(live_world(g.live)->now, g.live);
    live_attach_calls(g.live, &g, &calls);
    print_number("run", live_run(g.live));
    print_number("left", (int64_t)(g.n - g.begun));
    log_set_clock(NULL, NULL);
    live_close(g.live);
    buf_release(&first);
    for (size_t i = 0; i <= g.n && i < EFFECTS_MAX; i++) buf_release(&g.effects[i]);
    while (kept_n) free(kept[--kept_n]);
    return 0;
}
