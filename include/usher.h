/* SPDX-License-Identifier: MIT */
/* usher.h: the whole public face of libusher.
 *
 * usher runs scripts in which flows wait for weeks and lose nothing through any crash. A program opens an
 * engine on one database file, loads scripts, and runs it; it may bring effects of its own, ask questions,
 * and rehearse a script without touching anything. The command line program `usher` uses only this header.
 *
 * All functions belong to one thread per engine. Texts are UTF-8 and end in NUL. A function that returns
 * int returns 0 or one of the exit codes below; usher_error then has one whole sentence. What comes back in
 * a `char **` is JSON, and is given back with usher_free.
 *
 *     #include <usher.h>
 *     struct usher *u = usher_open(&(struct usher_options){.database = "event.db"});
 *     if (usher_load(u, "hello.lua") == 0) usher_run(u);
 *     fprintf(stderr, "%s\n", usher_error(u));
 *     usher_close(u);
 */
#ifndef USHER_H
#define USHER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define USHER_API __attribute__((visibility("default")))

#define USHER_OK 0      /* fine */
#define USHER_INPUT 1   /* a script, a list, a request: somebody's text is wrong; or a peer failed */
#define USHER_USAGE 2   /* the call itself is wrong */
#define USHER_STORAGE 3 /* disk, database or memory failed */

struct usher;

/* Zero is a sensible value everywhere. */
struct usher_options {
    const char *database; /* path; NULL: "usher.db"; ":memory:" keeps nothing */
    const char *config;   /* path of usher.conf.lua; NULL: none */
    const char *as_if;    /* practice: the clock starts at this moment ("1 Feb 2021 09:00 Asia/Thimphu"), and
                             mails go to the outbox folder only */
    const char *outbox;   /* folder for mails when there is no SMTP server; NULL: "outbox" */
    const char *control;  /* path of the control socket; NULL: the database's with ".sock"; "": none */
    const char *only;     /* mails leave to these domains only: "moic.example,other.example"; NULL: as the
                             configuration says (mail.only), else to all */
    const char *program; /* path of the usher program: makes plans beside the engine, for the organisers' page
                             and for watched scripts; NULL: none are made */
    int watch;           /* nonzero: scripts that are loaded are watched, and their changes proposed */
    int verbose;         /* 1: debug lines; -1: errors only */
};

/* Opens the engine. Never NULL; when something failed usher_failed says so and every later call fails. */
USHER_API struct usher *usher_open(const struct usher_options *options);
/* Stops at once, waits for what is being written, frees everything. NULL is fine. */
USHER_API void usher_close(struct usher *u);
/* The last error: one sentence, or "". Valid until the next call. */
USHER_API const char *usher_error(const struct usher *u);
/* The code of the last error, or USHER_OK. */
USHER_API int usher_failed(const struct usher *u);

/* Loads a script file. Its flows begin when the engine runs. */
USHER_API int usher_load(struct usher *u, const char *path);
/* Runs until SIGTERM, SIGINT or usher_stop; then lets what is under way end, and returns. */
USHER_API int usher_run(struct usher *u);
/* For programs with a loop of their own: one turn, waiting at most so long. 0: stopped, 1: call again. */
USHER_API int usher_turn(struct usher *u, int64_t max_wait_ms);
/* Asks usher_run to end, from a signal handler's deferred part or from an effect. */
USHER_API void usher_stop(struct usher *u);

/* An effect of the program's own: scripts call it as usher.effect(kind, { "name", ... }). `begin` gets the
 * arguments as JSON when the step is on disk, and must later (not inside the call) say how it ended with
 * usher_effect_done. `id` names the attempt; it may be begun again after a crash, with the same key. */
typedef void (*usher_effect_begin)(void *ctx, const char *id, const char *key, const char *args_json);
USHER_API int usher_effect_add(struct usher *u, const char *kind, usher_effect_begin begin, void *ctx);
/* result_json: what the script gets. error: NULL when it worked, else a sentence; again: nonzero to have it
 * tried again later. */
USHER_API int usher_effect_done(struct usher *u, const char *id, const char *result_json, const char *error,
    int again);

/* Asks the engine something: {"ask": "flows"}, {"ask": "why", ...}; the commands of `usher` are listed in
 * docs/operators.md. The answer is JSON; an error sentence is USHER_INPUT. */
USHER_API int usher_ask(struct usher *u, const char *request_json, char **answer_json);

/* The same, of whichever process has the database: through its control socket when one runs, else by opening
 * the file for the time of the call, without sending anything. */
USHER_API int usher_command(const struct usher_options *options, const char *request_json, char **answer_json,
    char **error);

/* A life that crashed at a boundary and went on as after a restart. */
struct usher_crash {
    int64_t boundary;
    const char *history; /* as in usher_report */
    int64_t unsure_n;
    int code;          /* not USHER_OK: it did not go on, and `error` says why */
    const char *error; /* "" */
};

/* Plays the whole life of a script in virtual time; nothing leaves and nothing is kept. */
struct usher_rehearsal {
    const char *from;  /* moment to begin at; NULL: now, or a day before the first moment when that is past */
    int64_t from_ms;   /* the same as milliseconds since 1970, when it is not 0 */
    const char *until; /* moment to end at; NULL: when nothing is left to do (five weeks with a schedule) */
    const char *config;
    int64_t crash_at;     /* > 0: crash at this boundary and go on as after a restart */
    int no_pretending;    /* nonzero: nobody answers */
    const char *guests;   /* what guests do: "accepts" (NULL), "late 10%, no-show 20%", "P0042=declines" */
    const char *language; /* what every guest reads ("dz"); NULL: as the list says */
    const char *down;     /* "FROM..TO", several with commas between: when the engine is gone */
    const char *person;   /* a key: report.person is what that person gets and does; NULL: nobody's */
    int check_only;       /* nonzero: load and check, play nothing */
    int want_json;        /* nonzero: report.json is made */
    int want_saved;       /* nonzero: report.saved is made */
    /* A rehearsal that was saved (report.saved): report.changes says what differs from it. It is played as
     * that one was, as far as the members above leave it open. */
    const char *before;
    size_t before_len;
    int watch_owners; /* nonzero: before each move of the clock, look whether anything unfinished is left
                             that nothing would wake; the first such thing ends the rehearsal as an error */
    /* Called whenever virtual time moves on, with milliseconds since 1970 and how much has left so far. */
    void (*on_progress)(void *ctx, int64_t now_ms, size_t effects_n);
    /* Called for every person at the end, when it is set: "people/S01.html", a page with all their mails. */
    void (*on_person)(void *ctx, const char *file, const char *html);
    /* When it is set, the life also crashes at each of its boundaries in turn; called for each life that came
     * of it, in their order. They are processes of their own (fork), so have no threads when you ask. */
    void (*on_crash)(void *ctx, const struct usher_crash *crash);
    /* Called for every mail at the end, when it is set: its bytes, and a page that shows it. */
    void (*on_mail)(void *ctx, const char *file, const char *eml, size_t eml_len, const char *html);
    void *ctx;
    const char *move, *at; /* at that moment the event is moved by so much ("+1 day"); NULL: it is not */
    const char *edition;   /* "new" or "same", when it moves by two days or more; may be NULL */
    const char *cancel_at; /* moment, by the event's clock: the event is cancelled then */
    const char *approver;  /* "silent": nobody approves any mail; NULL: within the hour of being asked */
    /* Further scripts of the same story, ended by NULL: they share the database and the clock, and each is
     * loaded when its time comes. Of several scripts there is no move, cancel_at, down, before and
     * want_saved. */
    const char *const *then;
    const char
        *load_at; /* when these are loaded: "MOMENT; MOMENT"; NULL, or nothing between two: a day before
                            the script's first moment */
    /* Called at the end for every list that an event hands on to a later one, when it is set:
     * "lists/hlb-2021-trainings.csv". */
    void (*on_list)(void *ctx, const char *file, const char *csv);
};
/* What came of it. Every text is given back by usher_report_release. */
struct usher_report {
    char *text;  /* the timeline and what to look at */
    char *check; /* what can be known without playing */
    char *html;  /* the page that lists every mail */
    char *told;  /* what would be reported of the event afterwards, as a page; "": the script has no words */
    char *history; /* what left, one line each, in order: "mail invitation/P0042/mail:mail/P0042" */
    char *json;    /* { "effects": [...], "report": {...}, "from", "until" } when it was wanted */
    char *saved;   /* lines of JSON, to be compared with a later one, when it was wanted */
    char *person;  /* one person's mails from first to last, when they were wanted */
    char *changes; /* what differs from `before`, when it was given */
    int differs;   /* nonzero: something does */
    int64_t from_ms, until_ms;
    int64_t boundaries; /* how many commits and effects there were to crash at */
    int64_t unsure_n;   /* mails that a crash left unsure */
    int64_t looks;      /* how often watch_owners looked */
};
/* `error` gets a sentence. */
USHER_API int usher_rehearse(const char *script, const struct usher_rehearsal *options,
    struct usher_report *report, char **error);
USHER_API void usher_report_release(struct usher_report *report);

/* What it would mean if this script took the place of the version that runs: for whichever process has the
 * database, which hears nothing of it. request_json: answers to what needs one, or NULL: { "skip", "send",
 * "stay": lists of names, "all_stay", "hold", "end_gone": true; "list": true for what leaves, too }. The
 * answer: { "text", "html", "needs": how much needs an answer, "questions": what that is, "same": true when
 * nothing has changed, "digest", "outline", "files": paths of what the script reads }. To carry it out, ask
 * { "ask": "reload", "script": path, "digest": ..., "apply": true } and the same answers by usher_command;
 * to leave it to the organisers, ask { "ask": "propose" } with what the plan says. */
USHER_API int usher_plan(const struct usher_options *options, const char *script, const char *request_json,
    char **answer_json, char **error);

/* One flow once more, from a point in its life, on a copy and in virtual time; nothing leaves. request_json:
 * { "event", "flow": its number, and "name" of a step, "step": its number, or "at": milliseconds since
 * 1970; "script": a changed script, or none }. The answer: { "rows": as the list history has, "at", "zone"
 * }. */
USHER_API int usher_fork(const struct usher_options *options, const char *request_json, char **answer_json,
    char **error);

/* A newer list of people (CSV or .xlsx), merged into the one that scripts read. Nothing is written. */
struct usher_import {
    const char *file;  /* the newer list */
    const char *into;  /* the list that is there, a CSV file; it may be missing */
    const char *sheet; /* which sheet of an .xlsx file; NULL: the first visible one */
    int drop_gone;     /* nonzero: whoever is not in the newer list is taken out */
};
/* The answer: { "text": who is added, changed and gone, "csv": what `into` is to hold, missing when that is
 * what it holds, "scripts": paths of the scripts beside it that read it }. Each of these was tried with the
 * merged list; one that refuses it is the error. Of a programme in a text file (.txt): { "lua": what a script
 * says instead }. */
USHER_API int usher_import(const struct usher_import *import, char **answer_json, char **error);

/* What is kept of a person, in all events of the database or one. request_json: { "person": a key, an
 * address or a whole name; "act": "look" (who is meant), "export" (everything of them) or "forget"; "event":
 * id or none; "who": says so, "note"; of "forget", "lists": true: the rows in the lists beside the scripts go
 * too }. The answer: { "people": [{ event, key, name, mail }], "deputies", "export", "done": counts of what
 * went }. */
USHER_API int usher_person(const struct usher_options *options, const char *request_json, char **answer_json,
    char **error);

/* Events that ended longer ago than "after" ("12 months") lose everything about people and keep their counts.
 * request_json: { "after", "apply": true (else they are only listed), "who" }. The answer: { "events": [{
 * event, title, ends: milliseconds since 1970, counts }], "done" }. An event that runs is refused. */
USHER_API int usher_retention(const struct usher_options *options, const char *request_json,
    char **answer_json, char **error);

/* A folder for an event that does not exist yet, made where the program stands: a script, its lists and its
 * texts, fine as they are. Nothing that is there is written over. `said`: what was written, and what to do
 * next. */
struct usher_new {
    const char *kind; /* "briefing", "series"; NULL: like another event */
    const char *name; /* of the folder; the event's id and title are made of it */
    const char *zone; /* "Asia/Thimphu"; NULL: this machine's */
    const char *when; /* "Thu 25 Feb 2031 14:00-16:30"; NULL: in eight weeks; like another: to be said yet */
    const char *like; /* the id of an event of the database, or the folder of one */
    int with_guests;  /* nonzero: its lists of guests are taken over */
    const char *database, *config; /* as in usher_options */
};
USHER_API int usher_new(const struct usher_new *what, char **said, char **error);

/* What usher says of a word ("usher.sleep", "mail"): the block above its definition; NULL when unknown, and
 * then *nearest (may be NULL) is the nearest known word. Both are given back with usher_free. */
USHER_API char *usher_help(const char *word, char **nearest);

/* A file that usher brings along ("selftest.lua", "holidays/bt-2021.txt"); NULL when there is none. */
USHER_API char *usher_file(const char *name);

USHER_API void usher_free(void *p);
/* "0.1.0" */
USHER_API const char *usher_version(void);

#ifdef __cplusplus
}
#endif

#endif
