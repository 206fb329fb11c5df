// SPDX-License-Identifier: MIT
// engine: everything that one running usher holds together, and the look-up by id.
//
// Owns the events with their scripts and books, the warm flows, the batch that this tick fills, and the
// promises: what may leave once a batch is on disk. Borrows the store and the world.
// Holds always: whatever leaves (an effect begun, a reply, a flow started) is a promise of a batch that
// came back committed. tick.c is the heartbeat.
#pragma once

#include "base/hash.h"
#include "base/map.h"
#include "engine/agenda.h"
#include "engine/flow.h"
#include "engine/gate.h"
#include "engine/home.h"
#include "engine/queue.h"
#include "engine/world.h"
#include "engine/zones.h"
#include "store/store.h"

struct event;
struct forgetting;
struct promise;
struct script;

// Most flows in memory at once; those that a commit holds count. More wait on disk: 2,000 are about 4 MB.
#define FLOWS_WARM_MAX 2000
// A flow that next looks at something within this time stays in memory: loading it again would cost more.
#define FLOW_STAYS_WARM_MS (30 * SECOND_MS)
// In a rehearsal a flow that is forgotten is loaded again within the second: memory is the better place.
#define FLOWS_WARM_REHEARSED_MAX 40000
// Most ops of a batch: 10,000 rows in one commit stall 50-100 ms, 500 stay under 5.
#define BATCH_OPS_MAX 500
// Batches at the store at once: one being synced, one waiting to join the next group.
#define BATCHES_OUT_MAX 2

struct scrub;

struct engine_options {
    struct store *store;
    struct world world;
    // Rehearsed crashes: asked before and after each commit; true: this engine is dead. May be NULL.
    bool (*boundary)(void *ctx);
    void *boundary_ctx;
    bool look_only;                // starts no flow: for checking a script
    const char *machine, *file;    // where the database is (home.h); NULL: it is at home everywhere
    const char *const *only;       // domains to which mails may leave, ended by NULL; NULL: to all
    void (*on_adopted)(void *ctx); // the database belongs here from now on; may be NULL
    void *adopted_ctx;
    bool practice;        // runs on a shifted clock; pages say so
    bool rehearsal;       // fixed secret, so that two rehearsals are byte-identical
    struct record guests; // of a rehearsal: what guests do (usher/guests.h), when it was said
    const char *language; // of a rehearsal: what they read, when it was said; may be NULL
    // Asked for every file a script names; the answer is malloc'd. -INPUT with a sentence.
    int (*read_file)(void *ctx, const char *path, char **data, size_t *len, struct err *e);
    void *read_ctx;
    // Value of a secret, or -INPUT with what to do. Never journaled.
    int (*secret)(void *ctx, const char *name, struct buf *out, struct err *e);
    void *secret_ctx;
    int64_t mails_an_hour_max; // of an event that says nothing of its own; 0: GUARD_MAILS_MAX
    const char *mail_from;     // the installation's sender, for mails that name none; may be NULL
    const char *mail_bounces;  // where bounces go; each mail's own address is made of it; may be NULL
    const char *base_url; // "https://events.moic.example", without a slash at its end; NULL: no web address
    bool approved;        // of a plan: every mail that waits for approval goes as if it had it
    const char *moved;    // of a rehearsal: by how much the event is moved just now ("+1 day"); may be NULL
    const char *approver; // of a rehearsal: "silent", when it was said; may be NULL
    bool several;         // of a rehearsal: of several scripts as one story
    // Of a person who is forgotten: removes the files of mails that name them, and counts these. May be NULL.
    int (*forget_files)(void *ctx, const struct scrub *words, int64_t *n, struct err *e);
    void *forget_ctx;
    // Told what a person may want to see: rehearsal prints it. kind: "skipped", "failed", "schedule" ...
    void (*notice)(void *ctx, const struct step *step, const struct flow *flow, struct text sentence);
    void *notice_ctx;
    // Makes a plan for a changed script beside the engine, with these answers to what needs one; it comes
    // back as a proposal (proposal.h). NULL: nobody here can.
    void (*plan)(void *ctx, struct text event, struct text script, struct record answers, struct text who);
    void *plan_ctx;
};

struct engine {
    struct engine_options options;
    struct store *store;
    struct world world;
    struct event *events;
    struct event *house; // whose books all events share (book.h); no script, not among `events`
    char secret[HASH_LEN];

    struct map flows;                      // warm ones, by id
    struct flow *ready_first, *ready_last; // to run, in the order in which they became ready
    int64_t stays_warm_ms;
    size_t warm_n, warm_max; // most at once; a quarter may be asleep, waiting for a moment that is near
    int64_t last_flow, last_script, last_inbox;

    struct batch *batch;                         // what this tick writes
    struct promise *promises;                    // what waits for `batch`
    struct map promised;                         // ticket -> promises of batches at the store
    struct map asked;                            // ticket -> who asked for a list
    struct visit *visits;                        // requests that wait for lists of the store (web.c)
    struct call *calls;                          // calls of handlers that do (call.c)
    struct enclosing *enclosing;                 // mails of which a file is being made (enclose.c)
    struct letter *letters_first, *letters_last; // mails that came in and are to be looked at (arrival.c)
    struct letter *letters_dropped;              // given up, while an answer of the store is on its way
    struct mailbox_cursor *cursors;              // up to where each mailbox is read
    int batches_out;
    int64_t batch_n;   // number of the batch that is being filled, from 1
    int64_t durable_n; // number of the newest batch that came back: all up to it are on disk

    struct agenda agenda;
    struct zones zones;
    struct gate gate;
    struct home home;
    struct post *posts_first, *posts_last; // outcomes from the world, for the next settle
    struct queue queue[3];                 // effects that wait for room, by their kind: mail, http, effect
    size_t beginning[3];                   // promised to the world but not begun yet
    size_t finding;       // store_find requests under way: an outside fact looks for its flow
    int64_t ready_cursor; // flows READY on disk with a greater id are still to be picked up
    bool ready_asked, ready_more;
    bool due_asked;
    bool stopping; // begins no more effects
    struct forgetting
        *forgetting;     // a person is to be forgotten: likewise, for a moment (forget.h); NULL: nobody
    uint64_t fresh_n;    // how many keys a rehearsal has made up
    uint64_t steps_done; // for people and the bench
    struct instant now;  // of this tick
    struct instant
        first_due; // earliest moment that any flow waited for; where a rehearsal of the past begins
};

struct engine *engine_new(const struct engine_options *options, struct err *e);
void engine_free(struct engine *g);

// Keeps a number about this database, for the next start.
void engine_keep_setting(struct engine *g, const char *name, int64_t value);

// The books that all events share are there before the first script; loading sees to it.
int engine_open_house(struct engine *g, struct err *e);

// Loads a script and what it declares; its flows begin with the next ticks. `path` names it to people.
int engine_load(struct engine *g, const char *path, struct err *e);

// Loads an event to run it, from the database alone: the version in force, and those that flows stay on.
// -INPUT when the database does not know it.
int engine_load_kept(struct engine *g, struct text event, struct err *e);

// Loads the newest version of every event from the database alone: for looking and answering, not for
// running.
int engine_load_stored(struct engine *g, struct err *e);

// Calls a handler of an event ("" = the first that has it) at once. The reply comes when what it changed is
// on disk: error is set when it raised.
typedef void (*engine_reply)(void *ctx, struct record reply, const struct err *error);
void engine_call(struct engine *g, struct text event, struct text name, struct record request,
    engine_reply reply, void *ctx);

// A function of a script as one transaction: runs it with the request and encodes what it returned. When it
// raises, or returns nothing and `may_pass`, what it changed is taken back. 0, with *passed; or -code.
struct handling {
    const char *name;   // for messages
    int function;       // registry reference
    bool looks;         // it may change nothing
    bool walks;         // it may take longer: few ask for it, and it goes through all that is known
    bool may_pass;      // nil means: not mine
    struct record more; // a map whose fields the request gets besides its own; not there: none
};
int engine_handle(struct script *s, const struct handling *h, struct record request, struct buf *reply,
    bool *passed, struct err *e);

// The organiser's word on a step that is UNSURE after that attempt: send it again, or it did arrive.
void engine_decide_unsure(struct engine *g, struct text event, struct text flow_name, struct text flow_key,
    int32_t step, int32_t attempt, bool again);
// Takes back the mail of a flow that waits to leave, or to be tried again; one on its way goes on.
void engine_recall(struct engine *g, struct text event, struct text flow_name, struct text flow_key,
    struct text why);

bool engine_has_handler(struct engine *g, struct text event, struct text name);
// Calls that wait for lists are answered no more.
void engine_call_forget(struct engine *g);

// The script's row in the database, made when it is new, and the flows that it declares (join.c).
int join_version(struct engine *g, struct script *s, struct err *e);
void join_starts(struct engine *g, struct script *s);
void join_keep_version(struct engine *g, const struct script *s); // this is the one in force
// Which one that is; 0: the database knows no such event.
int join_version_in_force(struct engine *g, struct text event, int64_t *id, struct err *e);
// Waits until everything that was written is on disk and nothing is asked of the store any more.
int engine_flush(struct engine *g, struct err *e);

// Begins anew from what is on disk, as at a start: no flow, script or book stays in memory. Only while it is
// idle.
int engine_renew(struct engine *g, struct err *e);
// Nothing new begins: it is about to end, or to begin anew.
bool engine_pauses(const struct engine *g);

// Begins no further effects; engine_idle then says when those under way have ended.
void engine_stop(struct engine *g);

struct flow *engine_flow(const struct engine *g, int64_t id); // warm, or NULL
struct event *engine_event(struct engine *g, struct text name);
struct script *engine_script(struct engine *g, int64_t id);

// Flows with effects that wait for room or for their outcome.
size_t engine_under_way(const struct engine *g);
// A flow on disk that can't be run waits for a person, with the reason.
void engine_hold(struct engine *g, const struct flow_row *row, const char *why);
// Starts a flow, unless there is one of that name and key. Its id, if it is new.
int64_t engine_start_flow(struct engine *g, struct script *s, struct text name, struct text key,
    struct text label, struct record input, int64_t parent);
// Writes the stand-in for a secret; engine_reveal puts the value in where something leaves.
void engine_secret_token(struct engine *g, struct text name, struct buf *out);
// Copies a record with every stand-in replaced; the value never reaches the journal. -INPUT when one is gone.
int engine_reveal(struct engine *g, struct record in, struct buf *out, struct err *e);
// A list from the store goes to who asked for it.
void engine_ask_store(struct engine *g, uint64_t ticket, engine_reply reply, void *ctx);
bool engine_take_list(struct engine *g, struct store_answer *answer);
void engine_take_answers(struct engine *g); // tick.c

// ---- promises: what leaves when a batch is on disk (promise.c) -------------------------------------

void promise_effect(struct engine *g, struct flow *f, struct step *s);
void promise_rest(struct engine *g, struct flow *f);
void promise_start(struct engine *g, struct script *script, const struct flow_row *row);
void promise_deliver(struct engine *g, struct text event, struct text flow_name, struct text flow_key);
void promise_reply(struct engine *g, engine_reply reply, void *ctx, struct record value,
    const struct err *error);
// A flow that is ready on disk is picked up from there when the batch is.
void promise_pick_up(struct engine *g, int64_t flow);
void promise_push(struct engine *g, struct text topic, struct text data);
// Drops what was promised after `mark` (a slice that was taken back).
struct promise *promise_mark(const struct engine *g);
void promise_rewind(struct engine *g, struct promise *mark);
// Keeps every promise of a batch that came back, then frees them.
void promise_keep_all(struct engine *g, struct promise *first, const struct batch *batch);
void promise_free_all(struct promise *first);
struct promise *promise_none(void); // stands for "nothing promised" in a map, which holds no NULL

// ---- effects (effect.c) -----------------------------------------------------------------------------

// A new or due effect: written as started when the gate lets it through and there is room; else as held, or
// as open and queued.
void effect_begin(struct engine *g, struct flow *f, struct step *s);
// The same for one that was begun or queued before: given up when its limit has passed.
void effect_begin_again(struct engine *g, struct flow *f, struct step *s);
size_t effect_waiting(const struct engine *g); // how many are open and queued
// When a hold has begun: what waits for room and may not leave now is held, and does not wait for room first.
void effect_hold_queued(struct engine *g);
void effect_fill_room(struct engine *g); // begins queued ones while there is room
void effect_perform(struct engine *g, int64_t flow, int32_t step);
// What was still to be made for it is here (enclose.h): it goes to the world.
void effect_leave(struct engine *g, int64_t flow, int32_t step, int32_t attempt, struct record args);
// When memory is crowded and a queue is long and slow, some of it makes way for others; and when to look if
// it is slow.
void effect_make_way(struct engine *g);
struct instant effect_way_at(const struct engine *g);
// The slice that promised it was taken back.
void effect_unpromise(struct engine *g, int64_t flow, enum step_kind kind, int32_t attempt);
// What a flow that was loaded finds under way belongs to a process that is gone.
void effect_recover(struct engine *g, struct flow *f);
// Looks whether a person has said what became of an UNSURE step.
void effect_settle_unsure(struct engine *g, struct flow *f, struct step *s);
// A HELD step is looked at again: it begins, is held for another reason, or ends because it is too late.
void effect_settle_held(struct engine *g, struct flow *f, struct step *s);
// The script asks for a HELD mail in other words than before: these will be sent.
void effect_reword(struct engine *g, struct flow *f, struct step *s, struct record args);
// Ends an open mail that was taken back before it left. False: it was not.
bool effect_recalled(struct engine *g, struct flow *f, struct step *s);
// A new one that is not to be done: it ends at once, with the reason.
void effect_skip(struct engine *g, struct flow *f, struct step *s, struct text why);
void effect_outcome(struct engine *g, struct flow *f, struct step *s, enum outcome outcome,
    struct record value, struct text note, int64_t retry_after_ms);

// ---- outside facts (inbox.c) ------------------------------------------------------------------------

void inbox_settle(struct engine *g); // outcomes that were posted
void inbox_signal(struct engine *g, struct text event, struct text flow, struct text key, struct text name,
    struct record value, struct text dedup);
void inbox_merge(struct engine *g, struct flow *f, const struct inbox_row *rows, size_t n);
void inbox_release(struct engine *g);
