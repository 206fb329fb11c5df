// SPDX-License-Identifier: MIT
// cli: the commands of `usher`. Each takes the parsed line and answers an exit code:
// 0 fine, 1 the input is wrong, 2 wrong usage, 3 storage or memory failed.
#pragma once

#include "base/instant.h"
#include "base/record.h"
#include "cli/options.h"

int command_new(const struct options *o);
int command_run(const struct options *o);
int command_rehearse(const struct options *o);
int command_check(const struct options *o);
int command_plan(const struct options *o);
int command_reload(const struct options *o);
int command_cancel(const struct options *o);
int command_flows(const struct options *o);
int command_history(const struct options *o);
int command_fork(const struct options *o);
int command_why(const struct options *o);
int command_retry(const struct options *o);
int command_resend(const struct options *o);
int command_who(const struct options *o);
int command_answer(const struct options *o);
int command_deputy(const struct options *o);
int command_hand_over(const struct options *o);
int command_attended(const struct options *o);
int command_certificate(const struct options *o);
int command_attendance(const struct options *o);
int command_invite_now(const struct options *o);
int command_ics(const struct options *o);
int command_unsure(const struct options *o);
int command_next(const struct options *o);
int command_report(const struct options *o);
int command_log(const struct options *o);
int command_hold(const struct options *o);
int command_adopt(const struct options *o);
int command_release(const struct options *o);
int command_login(const struct options *o);
int command_suppressed(const struct options *o);
int command_export_person(const struct options *o);
int command_forget(const struct options *o);
int command_outbox(const struct options *o);
int command_approve(const struct options *o);
int command_disapprove(const struct options *o);
int command_test_mail(const struct options *o);
int command_import(const struct options *o);
int command_help(const struct options *o);
int command_selftest(const struct options *o);

// Says on stderr what is wrong and answers `code`.
int complain(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// The only argument that the command takes; NULL after complaining.
const char *only_argument(const struct options *o, const char *what);
// The configuration to use: --config, or usher.conf.lua when it is there, or NULL.
const char *config_path(const struct options *o);

// Asks the engine (or its database). `request` is a map. 0, and the answer in `out`, a record.
int ask_usher(const struct options *o, struct record request, struct buf *out);
// The same for a request of the form { ask = what, event = as --event says }, and one text more.
int ask_list(const struct options *o, const char *what, const char *name, const char *value, struct buf *out);
// Calls a handler of the script with a map (which it releases). event: NULL for what --event says.
int call_handler(const struct options *o, const char *event, const char *handler, struct record_map *with,
    struct buf *out);
// The same with who says it (--by), for a handler that answers { text = a sentence }: prints that.
int call_and_say(const struct options *o, const char *event, const char *handler, struct record_map *with);
// The same for a map that the caller has filled; it is released.
int ask_with(const struct options *o, struct record_map *map, struct buf *out);
// Whom a row of a list is about: the name that people have, else the key.
struct text who_of(struct record row);
// The one flow that is meant: by its number, as RULE/KEY, or by a person's name and a rule. `flow` is a row
// of the list "flows" and lives in `out`, which is the caller's. When none or several fit it says so: INPUT.
int find_flow(const struct options *o, const char *const *words, int n, struct buf *out, struct record *flow);
// What happened (rows of the list "history"), a line each, and what it waits for behind them.
void print_happened(struct record answer);
// "reminder for Dasho Karma (12), as it stood Mon 22 Feb 2021 10:00"; at 0: as it stands.
void print_head(struct record answer, struct record flow, int64_t at);
// --at on the clocks of the answer; 0 when it is not there.
int read_at(const struct options *o, struct record answer, int64_t *at);
// Whether an event of that name runs here. 0, or an exit code.
int event_is(const struct options *o, const char *name, bool *is);
// With --json: prints it and answers true.
bool print_json(const struct options *o, struct record answer);
// What came back for the mails of a flow (a row of the list "flows" or "why"), a line each. 0, or a code.
int print_arrivals(const struct options *o, struct record flow);
// "Thu 25 Feb 2021 14:00" in the zone that the answer names; "" for 0.
struct shown {
    char text[64];
};
struct shown show_time(struct record answer, int64_t ms);
