// SPDX-License-Identifier: MIT
#include "engine/explain.h"

#include "time/wall.h"

#include <stdio.h>
#include <string.h>

// A moment that passed so long ago is overdue: nearer ones are being worked on.
#define OVERDUE_MS MINUTE_MS

// ---- small words ------------------------------------------------------------------------------------

void explain_time(const struct zone *zone, int64_t ms, struct buf *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct wall w = zone_local(zone, (struct instant){ms}).wall;
    char date[WALL_TEXT_MAX], clock[WALL_TEXT_MAX];
    buf_addf(out, "%s %s %s", days[day_weekday(wall_day(w))], date_print_long(wall_day(w), date),
        clock_print(wall_clock(w), clock));
}

struct text explain_name(struct text key)
{
    size_t from = 0, to = key.len;
    for (size_t i = 0; i < key.len; i++) {
        if (key.data[i] == '|') from = i + 1; // the path before it says where in the script it was asked
    }
    for (size_t i = from; i < to; i++) {
        if (key.data[i] == ':') {
            from = i + 1;
            break;
        }
    }
    for (size_t i = from; i < to; i++) {
        if (key.data[i] == '/' || key.data[i] == '#') to = i;
    }
    return (struct text){key.data + from, to - from};
}

// What a row says, in one hand.
struct told {
    const struct explaining *x;
    struct record row;
    struct text state, step_state, kind, name, note;
    int64_t at, due, attempt;
    struct buf *out;
};

static void say(const struct told *t, const char *words)
{
    buf_addz(t->out, words);
}

static void say_text(const struct told *t, struct text words)
{
    buf_addt(t->out, words);
}

static void say_time(const struct told *t, const char *before, int64_t ms)
{
    if (!ms) return;
    say(t, before);
    explain_time(t->x->zone, ms, t->out);
}

static void say_name(const struct told *t)
{
    buf_addf(t->out, "'%.*s'", (int)t->name.len, t->name.data);
}

// ": because of this", as long as there is a reason.
static void say_reason(const struct told *t, struct text reason)
{
    if (reason.len) buf_addf(t->out, ": %.*s", (int)reason.len, reason.data);
}

// "2021-02-16 10:00 Asia/Thimphu (5 working days before)": the moment is said already, the phrase is left.
static void say_phrase(const struct told *t)
{
    const char *open = t->note.len && t->note.data[t->note.len - 1] == ')'
                           ? memchr(t->note.data, '(', t->note.len)
                           : NULL;
    if (open) buf_addf(t->out, " %.*s", (int)(t->note.len - (size_t)(open - t->note.data)), open);
    else if (t->note.len && (t->note.data[0] < '0' || t->note.data[0] > '9'))
        buf_addf(t->out, " (%.*s)", (int)t->note.len, t->note.data);
}

static bool is_effect(struct text kind)
{
    return text_is(kind, "mail") || text_is(kind, "http") || text_is(kind, "effect");
}

// Is a step with this state done with? What is unknown here is not: somebody has to look.
static bool is_over(struct text state)
{
    return text_is(state, "done") || text_is(state, "failed") || text_is(state, "skipped") ||
           text_is(state, "cancelled");
}

static bool goes_on(struct text state)
{
    return text_is(state, "ready") || text_is(state, "waiting") || text_is(state, "pinned");
}

// ---- where it stands --------------------------------------------------------------------------------

static void say_tries(const struct told *t)
{
    buf_addf(t->out, "did not get through (%lld %s, the last ", (long long)t->attempt,
        t->attempt == 1 ? "try" : "tries");
    explain_time(t->x->zone, t->at, t->out);
    say(t, ")");
    say_reason(t, t->note);
    say_time(t, "; it is tried again ", t->due);
    say(t, ", until it would come too late");
}

static void say_effect_waits(const struct told *t)
{
    if (t->attempt > 0) say_tries(t);
    else {
        say_time(t, "waits since ", t->at);
        say(t, " for its turn to leave");
        say_time(t, "; looks again ", t->due);
    }
}

static void say_overdue(const struct told *t)
{
    if (t->x->now.ms && t->due && t->due < t->x->now.ms - OVERDUE_MS)
        say(t, ". That has passed: it goes on as soon as usher runs");
}

static void say_moment_waits(const struct told *t)
{
    say_time(t, "waits until ", t->due);
    say_phrase(t);
    say_time(t, ", since ", t->at);
    say(t, "; then it goes on by itself");
    say_overdue(t);
}

static void say_answer_waits(const struct told *t)
{
    say(t, "waits for ");
    say_name(t);
    say_time(t, " since ", t->at);
    if (t->due) {
        say_time(t, "; without it, it goes on by itself ", t->due);
        say_overdue(t);
    } else say(t, "; it goes on when that comes, and not before");
}

// What a step that is not over waits for.
static void say_waiting_step(const struct told *t)
{
    if (text_is(t->step_state, "unsure")) {
        say_time(t, "left ", t->at);
        say(t, ", and it is not known whether it arrived");
        say_reason(t, t->note);
    } else if (text_is(t->step_state, "held")) {
        say_time(t, "is held since ", t->at);
        say_reason(t, t->note);
    } else if (text_is(t->step_state, "started")) {
        say_time(t, "is on its way since ", t->at);
        if (t->attempt > 1) buf_addf(t->out, " (try %lld)", (long long)t->attempt);
    } else if (!text_is(t->step_state, "open")) {
        say_name(t);
        buf_addf(t->out, " is %.*s", (int)t->step_state.len, t->step_state.data);
        say_time(t, " since ", t->at);
        say_reason(t, t->note);
    } else if (is_effect(t->kind)) say_effect_waits(t);
    else if (text_is(t->kind, "first")) say_answer_waits(t);
    else say_moment_waits(t);
}

// How it ended by itself: what the script returned says more than "done".
static void say_ended(const struct told *t)
{
    struct record result = record_get(t->row, "result");
    struct text skipped = record_get_text(result, "skipped"), why = record_get_text(result, "why");
    int64_t at = record_get_int(t->row, "updated_at", 0);
    bool refused = is_effect(t->kind) && text_is(t->step_state, "failed");
    if (refused) {
        say_time(t, "was not delivered, ", at);
        say_reason(t, t->note.len ? t->note : skipped);
    } else if (skipped.len) {
        say_time(t, "was not sent, ", at);
        say_reason(t, skipped);
    } else if (record_get_bool(result, "sent", false)) {
        say_time(t, "was sent ", t->at ? t->at : at);
        struct text reply = record_get_text(result, "reply");
        say_reason(t, reply.len || !is_effect(t->kind) ? reply : t->note);
    } else {
        say_time(t, "ended ", at);
        say_reason(t, why);
    }
}

static const struct {
    const char *state, *words;
} stops[] = {
    {"failed", "stopped "},
    {"over-budget", "was stopped "},
    {"diverged", "stopped, because the script and what has happened do not fit together any more, "},
    {"held", "is held since "},
    {"cancelled", "was cancelled "},
};

static void say_stopped(const struct told *t)
{
    int64_t at = record_get_int(t->row, "updated_at", 0);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        if (!text_is(t->state, stops[i].state)) continue;
        say_time(t, stops[i].words, at);
        say_reason(t, record_get_text(t->row, "why"));
        return;
    }
    buf_addf(t->out, "is %.*s", (int)t->state.len, t->state.data);
    say_time(t, " since ", at);
    say_reason(t, record_get_text(t->row, "why"));
}

// That it stays on an older version of the script is worth a word wherever it stands.
static void say_version(const struct told *t)
{
    struct text why = record_get_text(t->row, "pinned");
    if (!why.len) return;
    say(t, ". It ");
    say_text(t, why);
    say_time(t, " (since ", record_get_int(t->row, "pinned_at", 0));
    say(t, ")");
}

// A flow that an edit of the script has left with a question.
static bool waits_for_answer(const struct told *t)
{
    return text_is(t->state, "held") && text_is(t->kind, "edit") && text_is(t->step_state, "open");
}

static void say_where(const struct told *t)
{
    if (text_is(t->state, "done")) {
        say_ended(t);
        return;
    }
    if (!goes_on(t->state)) say_stopped(t);
    else if (t->step_state.len && !is_over(t->step_state)) say_waiting_step(t);
    else say_time(t, "is being worked on since ", record_get_int(t->row, "updated_at", 0));
    say_version(t);
}

// ---- what a person can do ---------------------------------------------------------------------------

static void say_todo(const struct told *t)
{
    long long flow = (long long)record_get_int(t->row, "flow", 0);
    struct text rule = record_get_text(t->row, "name"), key = record_get_text(t->row, "flow_key");
    bool refused = text_is(t->kind, "mail") && text_is(t->step_state, "failed");
    if (waits_for_answer(t)) {
        buf_addz(t->out, "look at what the edit means with usher plan, and answer with usher reload");
    } else if (goes_on(t->state) && text_is(t->step_state, "unsure")) {
        buf_addf(t->out,
            "ask whoever should have it, then: usher unsure %lld sent, or usher unsure %lld again", flow,
            flow);
    } else if (text_is(t->state, "failed") || text_is(t->state, "diverged")) {
        buf_addf(t->out, "put the script right, then: usher retry %lld", flow);
    } else if (text_is(t->state, "over-budget") || text_is(t->state, "held")) {
        buf_addf(t->out, "when the reason is gone: usher retry %lld", flow);
    } else if (refused) {
        buf_addf(t->out, "correct the address, then: usher resend '%.*s' '%.*s'", (int)rule.len, rule.data,
            (int)key.len, key.data);
    }
}

// The reason alone: what has the same one is counted together.
static void say_because(const struct told *t)
{
    struct text why = record_get_text(t->row, "why");
    say_text(t, why.len ? why : t->note);
}

// ---- what has happened ------------------------------------------------------------------------------

// For each kind what it means that it began to wait, and that it ended. %s: its name.
static const struct {
    const char *kind, *opened, *ended;
} kinds[] = {
    {"mail", "mail '%s' asked for", "mail '%s' sent"},
    {"http", "request '%s' asked for", "request '%s' answered"},
    {"effect", "'%s' asked for", "'%s' done"},
    {"due", "waits for the moment '%s'", "the moment '%s' came"},
    {"sleep", "pauses", "the pause is over"},
    {"first", "waits for '%s'", "'%s' is over"},
    {"decide", "'%s' looked up", "'%s' looked up"},
    {"branch", "'%s' goes on beside", "'%s' goes on beside"},
    {"join", "waits until '%s' has ended", "'%s' has ended"},
    {"start", "began '%s'", "began '%s'"},
    {"signal", "told others '%s'", "told others '%s'"},
};

static void say_named(const struct told *t, const char *words)
{
    const char *place = strstr(words, "%s");
    if (!place) {
        say(t, words);
        return;
    }
    buf_add(t->out, words, (size_t)(place - words));
    say_text(t, t->name);
    say(t, place + 2);
}

static void say_kind(const struct told *t, bool ended)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!text_is(t->kind, kinds[i].kind)) continue;
        say_named(t, ended ? kinds[i].ended : kinds[i].opened);
        return;
    }
    buf_addf(t->out, "%.*s '%.*s'", (int)t->kind.len, t->kind.data, (int)t->name.len, t->name.data);
    if (!ended) say(t, " began");
}

// What a look-up found, when it is plain enough to be read: a text, or a reason.
static void say_found(const struct told *t)
{
    struct record value = record_get(t->row, "value");
    struct text found = {0};
    if (t->note.len) say_reason(t, t->note);
    else if (record_text(value, &found)) say_reason(t, found);
    else say_reason(t, record_get_text(value, "why"));
}

static void say_opened(const struct told *t)
{
    if (is_effect(t->kind) && t->attempt > 0) {
        buf_addf(t->out, "try %lld of ", (long long)t->attempt);
        say_name(t);
        say(t, " did not get through");
        say_reason(t, t->note);
        say_time(t, "; tried again ", t->due);
        return;
    }
    say_kind(t, false);
    say_time(t, " until ", t->due);
    say_phrase(t);
}

static void say_done(const struct told *t)
{
    struct record value = record_get(t->row, "value");
    if (is_effect(t->kind) && record_get_bool(value, "unsure", false)) {
        say_name(t);
        say(t, " is left as it is: perhaps it arrived, perhaps not");
        say_reason(t, t->note);
    } else if (text_is(t->kind, "first")) {
        say_name(t);
        say_reason(t, t->note);
    } else {
        say_kind(t, true);
        say_found(t);
    }
}

static const struct {
    const char *state, *words; // behind the name
} changes[] = {
    {"failed", " did not work"},
    {"skipped", " was left out"},
    {"cancelled", " was taken back"},
    {"unsure", " left, and it is not known whether it arrived"},
    {"held", " is held"},
};

static void say_happened(const struct told *t)
{
    if (text_is(t->kind, "edit")) {
        say(t, "the script was edited");
        say_reason(t, t->note);
    } else if (text_is(t->step_state, "open")) say_opened(t);
    else if (text_is(t->step_state, "done")) say_done(t);
    else if (text_is(t->step_state, "started")) {
        struct text to = record_get_text(record_get(t->row, "value"), "to");
        say_name(t);
        say(t, t->attempt > 1 ? " goes out once more" : " goes out");
        if (to.len) buf_addf(t->out, " to %.*s", (int)to.len, to.data);
    } else {
        const char *words = NULL;
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
            if (text_is(t->step_state, changes[i].state)) words = changes[i].words;
        say_name(t);
        if (words) say(t, words);
        else buf_addf(t->out, " is %.*s", (int)t->step_state.len, t->step_state.data);
        say_reason(t, t->note);
    }
}

// ---- rows -------------------------------------------------------------------------------------------

static struct told told_of(const struct explaining *x, struct record row, bool history, struct buf *out)
{
    return (struct told){.x = x,
        .row = row,
        .state = history ? TEXT("waiting") : record_get_text(row, "state"),
        .step_state = record_get_text(row, history ? "state" : "step_state"),
        .kind = record_get_text(row, "kind"),
        .name = explain_name(record_get_text(row, "key")),
        .note = record_get_text(row, "note"),
        .at = record_get_int(row, "at", 0),
        .due = record_get_int(row, "due", 0),
        .attempt = record_get_int(row, "attempt", 0),
        .out = out};
}

static void add_field(struct record_map *map, const char *name, const struct told *told,
    void (*sentence)(const struct told *t))
{
    struct buf words;
    struct told t = *told;
    buf_init(&words, 64u << 10);
    t.out = &words;
    sentence(&t);
    if (words.len) record_map_text(map, name, buf_text(&words));
    buf_release(&words);
}

const char *explain_list(struct text list)
{
    static const char *const lists[] = {"why", "attention", "pinned", "history"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (text_is(list, lists[i])) return lists[i];
    }
    return NULL;
}

void explain_row(const struct explaining *x, struct text list, struct record row, struct buf *out)
{
    bool history = text_is(list, "history");
    struct told t = told_of(x, row, history, out);
    struct record_map map;
    record_map_init(&map);
    for (struct record_iter it = record_each(row); record_next(&it);) {
        struct text name;
        char field[32];
        if (!record_text(it.key, &name) || name.len >= sizeof field) continue;
        memcpy(field, name.data, name.len);
        field[name.len] = 0;
        record_put(record_map_key(&map, field), it.value);
    }
    if (history) {
        add_field(&map, "says", &t, say_happened);
        if (!is_over(t.step_state) && !text_is(t.kind, "edit"))
            add_field(&map, "stands", &t, say_waiting_step);
    } else {
        add_field(&map, "says", &t, say_where);
        add_field(&map, "todo", &t, say_todo);
        if (text_is(list, "attention")) add_field(&map, "because", &t, say_because);
    }
    record_map_end(&map, out);
}
