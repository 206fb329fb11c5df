// SPDX-License-Identifier: MIT
// script: an event's script at one content hash, with what its top level declared.
//
// An event has one current script and, while older flows live, the older scripts that they began with
// (loaded from the database alone). The hash covers the script, every file that it read and the version
// of the library that is part of this program: SHA-256 over the name and the SHA-256 of each, by name, every
// piece with its length before it (hasher_add). Everything that a script declares is a list here.
#pragma once

#include "base/hash.h"
#include "engine/book.h"
#include "engine/engine.h"
#include "engine/guard.h"
#include "engine/sandbox.h"
#include "time/cron.h"

struct flow_def {
    struct flow_def *next;
    const char *name;
    const char *was; // its name in earlier versions; NULL: this one
    int function;    // registry reference
    int32_t line;
};

struct handler {
    struct handler *next;
    const char *name;
    int function, look; // registry references; look 0: it asks for no lists, and may change what it wants
};

// A page or a form: which function answers to a method and a path. See engine/route.h.
struct route {
    struct route *next;
    char *method, *path; // "GET", "/a/:token"
    int function, look;  // registry references; look 0: nothing is asked of the store before
    size_t body_max;     // most bytes of a body
    bool walks;          // it may take longer than a page does: see engine_handle
    bool open;           // whoever sends it: no look at where the form came from
    bool all;            // every event that has it gets the request, not only the first
    struct record fixed; // a static answer, owned; then function is 0
};

struct start_decl {
    struct start_decl *next;
    char *name, *key, *label;
    struct record input; // owned
};

enum missed { MISSED_LATEST, MISSED_NONE, MISSED_EACH };
enum overlap { OVERLAP_SKIP, OVERLAP_QUEUE, OVERLAP_REPLACE };

struct schedule {
    struct schedule *next;
    char *name, *spec, *zone, *flow;
    enum missed missed;
    enum overlap overlap;
    int64_t late_ms; // older than this counts as missed; 0: one period
    struct cron cron;
    const struct zone *place;
    struct instant last_at, next_at; // nominal moments; next_at never: it will not fire again
    int missed_n;                    // in a row, up to now
    int64_t running_flow;            // the last one started and not ended, in memory or not; 0: none
    uint64_t asked;                  // ticket: that one is being loaded, to be replaced; 0: no
};

// A file that a script read: what the hash covers and the database keeps.
struct source {
    struct source *next;
    char *name, *own; // own: NULL for usher's own files, which are lent
    const char *data;
    size_t len;
};

// Where Lua code is running just now: decides what it may call. LOOK is a handler that may change nothing: a
// page that is only looked at.
enum script_context {
    CONTEXT_NONE,
    CONTEXT_LOADING,
    CONTEXT_FLOW,
    CONTEXT_DECIDE,
    CONTEXT_HANDLER,
    CONTEXT_LOOK
};

struct script {
    struct script *next; // older ones of the event
    struct event *event;
    int64_t id;
    struct hash hash;
    struct sandbox *sandbox;
    char *path, *folder;
    struct flow_def *flows;
    struct handler *handlers;
    struct route *routes, *routes_last; // in the order in which they were declared
    struct start_decl *starts, *starts_last;
    size_t starts_n;
    struct schedule *schedules;
    struct source *sources;
    struct record stored; // sources of an older script: read from here and not from the folder
    char *event_name;     // what it calls its event
    struct record about;  // what usher.describe said; owned
    struct engine *engine;
    enum script_context context;
    struct branch *running; // CONTEXT_FLOW and CONTEXT_DECIDE
    int at_end_ref;         // registry: called once the top level has run; 0: none
};

struct event {
    struct event *next;
    char *name;
    struct script *current; // and the older ones behind it
    struct book *books;
    struct book_change *changes;
    size_t book_bytes;
    struct guard guard;
    bool recheck;              // its held effects must be looked at again (gate.h)
    struct proposal *proposal; // a changed script that waits for a word (proposal.h); NULL: none
};

// Reads, runs the top level, checks what it declared, freezes. Names its event, but joins no engine yet.
struct script *script_open(struct engine *g, const char *path, struct err *e);
// An older script of an event, from what the database kept.
struct script *script_reopen(struct engine *g, int64_t id, struct record sources, struct err *e);
void script_close(struct script *s);

// A file beside the script (or part of the program, under "usher/"): remembered for the hash.
int script_read(struct script *s, const char *name, struct text *out, struct err *e);

// What that event hands on under that name (handed.h), as JSON, and from then on a source of this version.
// out->data NULL: this database knows no such event.
int script_handed(struct script *s, struct text event, struct text list, struct text *out, struct err *e);

// The schedules go on where those of the version before were.
void script_take_schedules(struct script *anew, const struct script *old);

// All files that it read, as a map of name -> text.
struct record script_sources(struct script *s, struct buf *out);

// What a version with these sources is known by.
struct hash script_hash(struct record sources);

// A list of those of them that lie beside the script, by their names; the script is one.
void script_files(struct script *s, struct buf *out);

struct flow_def *script_flow(const struct script *s, struct text name);
// The flow that was called so in earlier versions; NULL: none.
struct flow_def *script_flow_was(const struct script *s, struct text was);
struct handler *script_handler(const struct script *s, struct text name);
// Names of all flows, for "did you mean": fills at most n, returns how many.
size_t script_flow_names(const struct script *s, const char **names, size_t n);

struct script *script_of(lua_State *L);
