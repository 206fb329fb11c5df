// SPDX-License-Identifier: MIT
// store: the facts that usher keeps, and when they are safe.
//
// The contract. The engine has one store and is its only writer. All requests are asynchronous and are
// carried out in the order in which they were made: a load asked for after a submit sees that batch.
// submit() hands a batch over; when its rows are on disk (WAL, synchronous=FULL) the batch comes back
// from store_next() as an answer. Nothing that a batch announces may leave the house before that.
// A batch is one transaction: all of it or nothing. Groups form by themselves: the store joins the
// batches that wait while the last fsync runs into one transaction, and never delays one on purpose.
// A failed commit is an unknown commit: the store says so and the process ends with code 3 at once,
// without a retry; recovery decides what was true.
//
// Two ways to run: STORE_THREAD carries requests out on its own thread and calls `wake` (from that
// thread) when answers are ready; STORE_INLINE carries them out inside the call (rehearsal, tests).
// The schema, field by field, is in store/schema.sql.
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/record.h"

struct store; // an open one

// ---- what a flow looks like on disk ---------------------------------------------------------------

#define FLOW_STATES(X)                                                                               \
    X(READY, "ready")             /* has something to run or an effect under way: loaded at start */ \
    X(WAITING, "waiting")         /* waits for a moment or an answer; costs rows only */             \
    X(DONE, "done")               /* ended */                                                        \
    X(FAILED, "failed")           /* raised an error; kept until somebody looks at it */             \
    X(CANCELLED, "cancelled")     /* stopped on request, or no longer declared */                    \
    X(PINNED, "pinned")           /* runs on under an older script */                                \
    X(HELD, "held")               /* waits for a person's word before it goes on */                  \
    X(DIVERGED, "diverged")       /* the script asked for something else than the journal holds */   \
    X(OVER_BUDGET, "over-budget") /* a piece of it took too long or too much memory */
enum flow_state {
#define X(name, text) FLOW_##name,
    FLOW_STATES(X)
#undef X
};
const char *flow_state_name(enum flow_state state);

#define STEP_STATES(X)                                                                     \
    X(OPEN, "open")       /* asked for, not begun (an effect tried again is open again) */ \
    X(STARTED, "started") /* an effect is under way: its outcome is not known yet */       \
    X(DONE, "done")                                                                        \
    X(FAILED, "failed")   /* will not be tried again */                                    \
    X(SKIPPED, "skipped") /* too late: never sent, and the reason is in the note */        \
    X(CANCELLED, "cancelled")                                                              \
    X(UNSURE, "unsure") /* perhaps it went out, perhaps not: a person or a rule decides */ \
    X(HELD, "held")     /* an effect that waits for a person's word before it may begin */
enum step_state {
#define X(name, text) STEP_##name,
    STEP_STATES(X)
#undef X
};
const char *step_state_name(enum step_state state);

#define STEP_KINDS(X)                                                          \
    X(DECIDE, "decide") /* runs a function once and keeps its answer */        \
    X(SLEEP, "sleep")                                                          \
    X(DUE, "due")      /* waits for a moment, with a word on lateness */       \
    X(FIRST, "first")  /* the first of several: answers, moments, durations */ \
    X(SPAWN, "branch") /* a branch begins */                                   \
    X(JOIN, "join")                                                            \
    X(START, "start")   /* another flow begins */                              \
    X(SIGNAL, "signal") /* tells another flow something */                     \
    X(MAIL, "mail")                                                            \
    X(HTTP, "http")                                                            \
    X(EFFECT, "effect") /* a kind that the embedding program brought */        \
    X(EDIT, "edit")     /* what a new version of the script meant for it: engine/edit.h */
enum step_kind {
#define X(name, text) STEP_KIND_##name,
    STEP_KINDS(X)
#undef X
};
const char *step_kind_name(enum step_kind kind);

// One immutable row, one transition of one step.
struct journal_row {
    int64_t flow;
    int32_t n;    // row number inside the flow, from 1
    int32_t step; // which ask of the flow it belongs to, from 1 (the order of asking)
    enum step_state state;
    enum step_kind kind;
    struct text key;     // on the step's first row only, else empty
    int32_t line;        // of the call in the script; first row only
    int32_t dseq;        // when it was handed to the flow: 1, 2, ... over the flow; 0 = not (yet) handed over
    int32_t attempt;     // effects: which try, from 1
    struct instant at;   // when this row was made
    struct instant due;  // when it falls due, or is tried again; ms == 0 means none
    struct text note;    // for people: a moment as it was meant, a reason, a mail server's last words
    struct record value; // arguments (first row of an effect) or the result
    uint64_t sum;        // set by the store: chain over the flow's rows, see schema.sql
};

struct flow_row {
    int64_t id;
    struct text event, name, key, label; // label: how people call it; may be empty
    int64_t script;                      // id of the script row that it runs on
    int64_t parent;                      // flow id, or 0
    enum flow_state state;
    struct instant next_due; // ms == 0 means none
    struct instant t0, updated_at;
    int32_t rows, steps, dseq; // counters; rows = greatest n
    struct text why;           // one sentence for FAILED, HELD, DIVERGED, OVER_BUDGET, CANCELLED
    struct record input, result;
    uint64_t sum; // of the last journal row
};

// An outside fact addressed to a flow (which may not exist yet).
struct inbox_row {
    int64_t id;
    struct text event, flow_name, flow_key, name, dedup;
    struct record value;
    struct instant at;
    int64_t taken_by; // flow id, or 0
    int32_t taken_step;
};

// ---- one tick's writes ----------------------------------------------------------------------------

struct batch; // ops in order; all texts and records are copied in
struct batch *batch_new(void);
void batch_free(struct batch *b);
size_t batch_rows(const struct batch *b); // ops so far: 0 means there is nothing to commit

// A slice of a flow is all or nothing: what was added after the mark can be taken back before submit.
struct batch_mark {
    size_t ops, starts, inboxes;
};
struct batch_mark batch_mark(const struct batch *b);
void batch_rewind(struct batch *b, struct batch_mark mark);
// How many start ops were added so far: the next one's number for batch_started. Likewise for the inbox.
size_t batch_starts(const struct batch *b);
size_t batch_inboxes(const struct batch *b);

// Starts a flow unless (event, name, key) exists. The commit's answer tells which (batch_started).
void batch_start(struct batch *b, const struct flow_row *flow);
void batch_journal(struct batch *b, const struct journal_row *row);
// Writes state, next_due, rows, steps, dseq, why, label, script, updated_at, and result when it is there.
void batch_flow(struct batch *b, const struct flow_row *flow);
// Keeps an outside fact unless (event, flow, key, name, dedup) exists. Its id comes with the answer.
void batch_inbox(struct batch *b, const struct inbox_row *row);
void batch_take(struct batch *b, int64_t inbox_id, int64_t flow, int32_t step);
void batch_book(struct batch *b, struct text event, struct text book, struct text key,
    struct record value); // no value: removes
// The same in a sealed book: what is on disk says nothing about the order in which its entries came, nor
// when. The commit that carries one overwrites with zeros what it replaces; before it is answered the
// write-ahead log is folded into the file and emptied. Costs two more fsyncs and a rewriting of the book
// for each group of batches. (Between the commit and the folding, some milliseconds, the old state is still
// on the disk; a crash there is made good when the file is opened.)
void batch_sealed(struct batch *b, struct text event, struct text book, struct text key,
    struct record value); // no value: removes
void batch_script(struct batch *b, int64_t id, struct text event, struct hash hash, struct record sources,
    struct instant at);
void batch_schedule(struct batch *b, struct text event, struct text name, struct text spec,
    struct instant last, struct instant next);
// decision: "ran", "missed", "late", "overlap": one row per occurrence, kept when it is there already.
void batch_occurrence(struct batch *b, struct text event, struct text schedule, struct instant nominal,
    struct text decision, struct instant at, struct text note);
void batch_setting(struct batch *b, struct text name, struct record value);
// The audit trail: who did what, when, to what.
struct audit_row {
    struct instant at;
    struct text who, event; // event: may be empty
    int64_t flow;           // or 0
    struct text what, note;
    struct text about; // key of the person whom it concerns; may be empty
};
void batch_audit(struct batch *b, const struct audit_row *row);

// Every flow of the event that was called `was`, and what waits for it, is called `name` from here on. One
// that has a namesake under the new name keeps the old one.
// A flow that stopped (failed, held, diverged, over budget) is ready again; any other stays as it is.
void batch_retry(struct batch *b, int64_t flow, struct instant at);
void batch_rename(struct batch *b, struct text event, struct text was, struct text name);

// Answers inside a committed batch, by the order in which start / inbox ops were added (from 0).
bool batch_started(const struct batch *b, size_t i, int64_t *flow, bool *has_inbox); // false: existed
int64_t batch_inbox_id(const struct batch *b, size_t i);                             // 0: was there already

// ---- requests and answers -------------------------------------------------------------------------

enum store_mode { STORE_THREAD, STORE_INLINE };

struct store_options {
    const char *path; // ":memory:" for a rehearsal
    enum store_mode mode;
    void (*wake)(void *ctx); // called from the store's thread when an answer is ready
    void *wake_ctx;
    const char *from;    // a copy of this database file (or /proc/PID/fd/N) to begin with; NULL: none
    bool read_only_look; // open for looking at it while no engine runs; never writes
};

// Opens or makes the database; migrates an older schema; refuses a newer one, another program's file,
// and one that another engine holds (the sentence names its process id). -STORAGE or -BUSY with words.
struct store *store_open(const struct store_options *options, struct err *e);
void store_close(struct store *s); // waits for what was submitted

enum store_ask { STORE_COMMIT, STORE_DUE, STORE_LOAD, STORE_FIND, STORE_LIST, STORE_BOOKS, STORE_BACKUP };

// A flow as it stands on disk with all its rows in order, and its untaken inbox rows.
struct loaded_flow {
    struct flow_row flow;
    struct journal_row *journal;
    size_t journal_n;
    struct inbox_row *inbox;
    size_t inbox_n;
    bool broken;         // the checksum chain does not hold: never run it
    struct arena memory; // owns every text above
};

struct store_answer {
    enum store_ask ask;
    uint64_t ticket;           // what the request returned
    struct batch *batch;       // STORE_COMMIT: give it to batch_free
    struct loaded_flow *flows; // STORE_DUE, STORE_LOAD, STORE_FIND
    size_t flows_n;
    struct instant next_due; // STORE_DUE: the earliest due of waiting flows not in this answer; never if none
    struct record list;      // STORE_LIST, STORE_BOOKS: owned by the answer
    struct err error;        // code ERR_NONE when it went well
};

// Each returns a ticket > 0. A batch belongs to the store until it comes back.
uint64_t store_submit(struct store *s, struct batch *batch);
// Flows in state WAITING whose next_due <= until, earliest first (then by id), at most `limit`, loaded.
uint64_t store_due(struct store *s, struct instant until, size_t limit);
uint64_t store_load(struct store *s, const int64_t *flows, size_t n);
// By name and key; 0 or 1 flows in the answer.
uint64_t store_find(struct store *s, struct text event, struct text name, struct text key);
// Flows with id > after that have something to go on with: those in state READY, and those WAITING for whom
// an answer lies untaken in the inbox (we were killed before it was handed over, or it came while no engine
// ran). What a start picks up, `limit` at a time, by id.
uint64_t store_ready(struct store *s, int64_t after, size_t limit); // answers as STORE_LOAD
// Every book entry of the event: list of [book, key, value], those of sealed books with `true` behind.
uint64_t store_books(struct store *s, struct text event);
// Flows of the event with id > after that have a step HELD, `limit` at a time, by id. Answers as
// STORE_LOAD.
uint64_t store_held(struct store *s, struct text event, int64_t after, size_t limit);
// What people look at. `what` is one of the queries listed at the head of store/query.c; `args` is a map.
uint64_t store_list(struct store *s, const char *what, struct record args);
uint64_t store_backup(struct store *s, const char *to_path); // makes the file
uint64_t store_copy(struct store *s, const char *to_path);   // into one that is there; answered as a backup

bool store_next(struct store *s, struct store_answer *out); // false: nothing ready
void store_answer_release(struct store_answer *a);          // frees all but the batch
size_t store_outstanding(const struct store *s);            // requests that store_next has not answered yet
void store_wait(struct store *s); // blocks until an answer is ready, or none is to come (tests, closing)

// Read in the call, before the engine runs: what was known at open.
struct store_facts {
    int64_t last_flow, last_script, last_inbox; // greatest ids
    struct instant newest;                      // newest journal stamp
    struct instant next_due;                    // earliest due of waiting flows
    bool is_older;                              // than its own file was: a backup was put in its place
};
// From here on the file itself is marked with how far the database has come (store/mark.h).
void store_mark(struct store *s);
int store_facts(struct store *s, struct store_facts *out, struct err *e);
// Flows of the event with id > after that have not ended, or that an edit ended or a person may retry; at
// most `limit`, by id. Only while nothing is outstanding: read in the call. Give the flows to
// store_flows_release.
int store_living(struct store *s, struct text event, int64_t after, size_t limit, struct loaded_flow **flows,
    size_t *n, struct err *e);
// The same for one flow, whatever its state; n is 0 when there is none.
int store_flow(struct store *s, int64_t flow, struct loaded_flow **flows, size_t *n, struct err *e);
void store_flows_release(struct loaded_flow *flows, size_t n);
// In a copy of a database that nobody else has: this flow stands as it did before its row `n`, and no other
// goes on. What it was told from then on waits for it again.
int store_cut(struct store *s, int64_t flow, int32_t n, struct err *e);
// ---- forgetting a person (store/forget.c) -----------------------------------------------------------

// What is to go, as a map:
//   people  = list of { event, key, apart? = list of names of flows that bear such a key for another reason }
//   words, keep = what is taken out of everything else: base/scrub.h
//   entries = list of { event, book, key, sealed?, was?, now? }: was: what the book must hold, else -BUSY;
//             without `now` the entry goes
//   who, at, note = for the audit trail, which says no name
//   events  = list of { event, counts }: of these everything goes but the counts, which stay in the book
//             "forgotten": flows, what waited for them, books (not anonymous answers), the trail, the
//             versions of its script; the setting "version EVENT" is -1 from then on
// The flows of these people end and stay as numbers: without key, label, input, result, notes and values.
// What waits for them and what the trail says of them goes. Everything else stays, without the words, and
// every chain holds. One transaction, during which whatever goes is overwritten with zeros; it leaves the
// setting FORGETTING = { stage = "sweep" }, which store_sweep takes away. `hash` is that of a version's
// sources. Read and written in the call: only while nothing is outstanding.
#define STORE_FORGETTING "forgetting"
struct store_forgotten {
    int64_t events;       // of which everything went
    int64_t flows, ended; // of these people; how many of them had not ended
    int64_t entries, facts, lines, mentions, rows, versions; // rows: of lists in kept versions of scripts
};
// anyway: whatever the books hold by now (it was begun before a crash).
int store_forget(struct store *s, struct record what, struct hash (*hash)(struct record sources), bool anyway,
    struct store_forgotten *out, struct err *e);
// Writes the whole file anew, without what lay between, and empties the write-ahead log.
int store_sweep(struct store *s, struct err *e);

// Settings and small look-ups that a start needs at once; the record is owned by the caller (free data).
int store_setting(struct store *s, const char *name, struct buf *out, struct err *e); // empty: not set
// When the mails of an event were first tried since that moment: the newest *n of them, newest first.
int store_mails_left(struct store *s, struct text event, struct instant since, struct instant *at, size_t *n,
    struct err *e);
// The id of an event's script row with this hash; 0 if there is none (its starts were applied with it).
int64_t store_script(struct store *s, struct text event, struct hash hash, struct err *e);
// The sources that a script row holds (a map of file name -> text); -INPUT when there is no such row.
int store_sources(struct store *s, int64_t script, struct buf *out, struct err *e);
struct schedule_row {
    struct instant last, next;
    bool known;
    char spec[256];
};
int store_schedule(struct store *s, struct text event, struct text name, struct schedule_row *out,
    struct err *e);

// A wrapper that makes any of the n-th requests stall, fail or end the process: store/faulty.c.
#define STORE_FAULTS(X)                                                                 \
    X(CRASH_BEFORE, "crash-before") /* _exit(99) before the n-th commit */              \
    X(CRASH_AFTER, "crash-after")   /* _exit(99) after it, before anybody knows */      \
    X(SLOW, "slow")                 /* the fsync of every commit takes 200 ms longer */ \
    X(FAIL, "fail")                 /* the n-th commit reports an I/O error */
enum store_fault {
    STORE_FAULT_NONE,
#define X(name, text) STORE_FAULT_##name,
    STORE_FAULTS(X)
#undef X
};
void store_set_fault(struct store *s, enum store_fault fault, int64_t n);
