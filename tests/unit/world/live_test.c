// SPDX-License-Identifier: MIT
// The loop around a stand-in for the engine.
#include "world/live.h"

#include "world/live_clock.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

// Counts what it is told; `script` is what it does in its n-th tick.
struct engine {
    struct live *live;
    void (*script)(struct engine *g);
    int ticks, posts;
    bool more, inside, busy;
    enum outcome last;
    char note[400];
};

static void post(struct engine *g, int64_t flow, int32_t step, int32_t attempt, enum outcome outcome,
    struct record value, struct text note, int64_t retry_after_ms)
{
    assert_false(g->inside); // never inside a tick, and so never inside perform
    g->posts++;
    g->last = outcome;
    snprintf(g->note, sizeof g->note, "%.*s", (int)note.len, note.data);
}

static bool tick(struct engine *g)
{
    g->ticks++;
    g->more = false;
    g->inside = true;
    g->script(g);
    g->inside = false;
    return g->more;
}

static bool idle(const struct engine *g)
{
    return !g->busy;
}

static void engine_open(struct engine *g, void (*script)(struct engine *g),
    const struct live_settings *settings)
{
    static const struct live_engine_calls calls = {post, tick, idle};
    struct err e = {0};
    *g = (struct engine){.script = script};
    g->live = live_open(settings, &e);
    if (!g->live) fail_msg("%s", e.text);
    live_attach_calls(g->live, g, &calls);
}

static void run_with(struct engine *g, void (*script)(struct engine *g), const struct live_settings *settings)
{
    engine_open(g, script, settings);
    assert_int_equal(live_run(g->live), 0);
    live_close(g->live);
}

static void five_in_a_row(struct engine *g)
{
    g->more = g->ticks < 5;
    if (!g->more) live_stop(g->live);
}

static void a_tick_that_wants_more_is_called_again(void **state)
{
    struct engine g;
    run_with(&g, five_in_a_row, &(struct live_settings){0});
    assert_int_equal(g.ticks >= 5, 1);
}

static void alarm_then_stop(struct engine *g)
{
    struct world *w = live_world(g->live);
    struct instant now = w->now(w->self);
    if (g->ticks == 1) w->wake_at(w->self, instant_add(now, 30));
    else live_stop(g->live);
}

static void an_alarm_calls_the_engine(void **state)
{
    struct engine g;
    run_with(&g, alarm_then_stop, &(struct live_settings){0});
    assert_int_equal(g.ticks >= 2, 1);
}

static void a_shifted_clock_rings_at_its_own_time(void **state)
{
    struct engine g;
    run_with(&g, alarm_then_stop, &(struct live_settings){.shift_ms = 400 * DAY_MS});
    assert_int_equal(g.ticks >= 2, 1);
}

static void alarm_in_the_past(struct engine *g)
{
    struct world *w = live_world(g->live);
    if (g->ticks == 1) w->wake_at(w->self, (struct instant){0});
    else live_stop(g->live);
}

static void a_moment_in_the_past_rings_at_once(void **state)
{
    struct engine g;
    run_with(&g, alarm_in_the_past, &(struct live_settings){0});
    assert_int_equal(g.ticks >= 2, 1);
}

static void forbidden_request(struct engine *g)
{
    struct world *w = live_world(g->live);
    struct buf args;
    struct record_map m;
    if (g->posts) {
        live_stop(g->live);
        return;
    }
    if (g->ticks > 1) return;
    record_map_init(&m);
    record_map_text(&m, "url", TEXT("gopher://x/"));
    buf_init(&args, 1000);
    record_map_end(&m, &args);
    struct effect f = {.flow = 1,
        .step = 1,
        .attempt = 1,
        .kind = STEP_KIND_HTTP,
        .args = {(uint8_t *)args.data, args.len}};
    w->perform(w->self, &f);
    buf_release(&args);
}

static void an_effect_that_fails_at_once_is_still_posted_later(void **state)
{
    struct engine g;
    run_with(&g, forbidden_request, &(struct live_settings){0});
    assert_int_equal(g.posts, 1);
    assert_int_equal(g.last, OUTCOME_FAILED);
}

static void unknown_kind(struct engine *g)
{
    struct world *w = live_world(g->live);
    struct effect f = {.flow = 1, .step = 1, .attempt = 1, .kind = STEP_KIND_EFFECT};
    if (g->ticks == 1) w->perform(w->self, &f);
    if (g->posts) live_stop(g->live);
}

static void a_kind_that_nobody_performs_fails_with_a_sentence(void **state)
{
    struct engine g;
    run_with(&g, unknown_kind, &(struct live_settings){0});
    assert_int_equal(g.last, OUTCOME_FAILED);
    assert_non_null(strstr(g.note, "nothing here can perform"));
}

static void nothing(struct engine *g)
{
}

static void raise_when_running(struct engine *g)
{
    if (g->ticks == 1) kill(getpid(), SIGTERM);
}

static void sigterm_stops(void **state)
{
    struct engine g;
    run_with(&g, raise_when_running, &(struct live_settings){0});
}

static void count_stops(void *ctx, bool at_once)
{
    int *stops = ctx;
    *stops += at_once ? 10 : 1;
    if (!at_once) kill(getpid(), SIGTERM);
}

static void a_second_sigterm_stops_at_once(void **state)
{
    struct engine g;
    int stops = 0;
    struct live_settings s = {.ctx = &stops, .on_stop = count_stops, .drain_ms = 60000};
    engine_open(&g, raise_when_running, &s);
    g.busy = true; // it never drains
    live_run(g.live);
    live_close(g.live);
    assert_int_equal(stops, 11);
}

static void while_stopping_there_is_no_room(void **state)
{
    struct engine g;
    engine_open(&g, nothing, &(struct live_settings){.http_connections = 3});
    struct world *w = live_world(g.live);
    assert_int_equal(w->room(w->self, STEP_KIND_HTTP), 3);
    live_stop(g.live);
    assert_int_equal(w->room(w->self, STEP_KIND_HTTP), 0);
    assert_int_equal(w->room(w->self, STEP_KIND_MAIL), 0);
    live_run(g.live);
    live_close(g.live);
}

static void wake_from_a_thread(void *live)
{
    live_store_wake(live);
}

static void wake_by_the_store(struct engine *g)
{
    uv_thread_t thread;
    if (g->ticks > 1) live_stop(g->live);
    else {
        uv_thread_create(&thread, wake_from_a_thread, g->live);
        uv_thread_join(&thread);
    }
}

static void the_store_may_wake_it_from_another_thread(void **state)
{
    struct engine g;
    run_with(&g, wake_by_the_store, &(struct live_settings){0});
    assert_int_equal(g.ticks >= 2, 1);
}

static void a_foreign_loop_turns_it_by_hand(void **state)
{
    struct engine g;
    engine_open(&g, nothing, &(struct live_settings){0});
    assert_true(live_turn(g.live, 0));
    assert_true(live_turn(g.live, 5));
    assert_int_equal(g.ticks, 1);
    live_stop(g.live);
    while (live_turn(g.live, 5)) continue;
    live_close(g.live);
}

static void opening_and_closing_leaves_nothing(void **state)
{
    struct live_settings s = {.smtp = {.host = "mail.example"}};
    struct err e = {0};
    for (int i = 0; i < 3; i++) live_close(live_open(&s, &e));
    s.smtp.host = "no host";
    assert_null(live_open(&s, &e));
    static const char *const nets[] = {"here", NULL};
    s = (struct live_settings){.allow_private = nets};
    assert_null(live_open(&s, &e));
}

static void assert_step(int64_t ms, const char *words)
{
    struct buf b;
    buf_init(&b, 100);
    live_clock_describe_step(ms, &b);
    assert_string_equal(buf_z(&b), words);
    buf_release(&b);
}

static void a_set_clock_is_described(void **state)
{
    assert_step(3603 * SECOND_MS, "clock set forward 1 h 00 m 03 s");
    assert_step(-90 * SECOND_MS, "clock set back 01 m 30 s");
    assert_step(2 * SECOND_MS, "clock set forward 02 s");
    assert_step(DAY_MS + HOUR_MS, "clock set forward 1 d 1 h 00 m 00 s");
    assert_step(1999, "");
    assert_step(-1999, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tick_that_wants_more_is_called_again),
        cmocka_unit_test(an_alarm_calls_the_engine),
        cmocka_unit_test(a_shifted_clock_rings_at_its_own_time),
        cmocka_unit_test(a_moment_in_the_past_rings_at_once),
        cmocka_unit_test(an_effect_that_fails_at_once_is_still_posted_later),
        cmocka_unit_test(a_kind_that_nobody_performs_fails_with_a_sentence),
        cmocka_unit_test(sigterm_stops),
        cmocka_unit_test(a_second_sigterm_stops_at_once),
        cmocka_unit_test(while_stopping_there_is_no_room),
        cmocka_unit_test(the_store_may_wake_it_from_another_thread),
        cmocka_unit_test(a_foreign_loop_turns_it_by_hand),
        cmocka_unit_test(opening_and_closing_leaves_nothing),
        cmocka_unit_test(a_set_clock_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
