// SPDX-License-Identifier: MIT
// live: the real world of engine/world.h, one libuv loop around the engine.
//
// Owns the loop and everything on it: the clock's alarm, HTTP, mail, the control socket, the signals.
// Borrows the engine and the settings. Holds always: the engine is entered from one place only, a prepare
// handle, which is the last thing before the loop sleeps; so every callback of this turn has been heard,
// and endings of effects are posted there and nowhere else.
// For the whole process it ignores SIGPIPE, and while open it hears SIGTERM, SIGINT and SIGHUP.
#pragma once

#include "engine/world.h"
#include "world/settings.h"

struct live;

// Opens the loop and what the settings ask for. NULL with a sentence. The settings' texts are borrowed
// until live_close; the struct itself is copied.
struct live *live_open(const struct live_settings *settings, struct err *e);
void live_close(struct live *l); // NULL is fine; what is under way is cut, the journal knows it as started

// For what else runs on it: world/child.h, world/watcher.h. Closed before live_close.
struct uv_loop_s;
struct uv_loop_s *live_loop(struct live *l);

struct world *live_world(struct live *l); // valid until live_close
void live_attach(struct live *l, struct engine *g);

// Takes up another mail server, other limits and allowed networks as soon as nothing is under way; what is on
// its way ends under the old ones, and nothing new begins meanwhile. Tells by settings.on_configured.
void live_configure(struct live *l, const struct live_settings *settings);

// Turns the loop until it is told to stop. 0; -LIMIT when a stop had to cut what was under way.
int live_run(struct live *l);
// For programs with a loop of their own: one turn that waits at most max_wait_ms. False: stopped.
bool live_turn(struct live *l, int64_t max_wait_ms);

// Begins no more effects, lets those under way end and the engine write it down, then live_run returns;
// after settings.drain_ms it returns anyway.
void live_stop(struct live *l);
void live_stop_at_once(struct live *l);

// For store_options.wake: may be called from any thread.
void live_store_wake(void *live);

void live_reply(struct live *l, uint64_t reply_id, struct record answer); // control.h

// The answer to settings.on_web (web/reply.h).
void live_web_reply(struct live *l, uint64_t reply_id, struct record response);
// The port that pages are served at; 0: none are. Differs from the settings when the next free one was taken.
int live_web_port(const struct live *l);
// The answers to settings.on_mailbox and on_mail; see mailbox.h.
void live_mailbox_begin(struct live *l, int64_t reader, int64_t validity, int64_t uid);
void live_mailbox_settled(struct live *l, int64_t reader, int64_t uid, bool wanted);

// What the loop asks of the engine. live_attach takes the engine's own three; a test brings a stand-in.
struct live_engine_calls {
    void (*post)(struct engine *g, int64_t flow, int32_t step, int32_t attempt, enum outcome outcome,
        struct record value, struct text note, int64_t retry_after_ms);
    bool (*tick)(struct engine *g);
    bool (*idle)(const struct engine *g);
};
void live_attach_calls(struct live *l, struct engine *g, const struct live_engine_calls *calls);
