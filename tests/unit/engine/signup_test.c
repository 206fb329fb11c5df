// SPDX-License-Identifier: MIT
// Signing up, as random crowds do it: bursts of forms and buttons, double clicks, seats given up, offers that
// nobody answers, and crashes at any boundary. What the books then hold is compared with a model that knows
// the rules in another way: it keeps people and nothing else, and counts on its fingers.
//
// After a crash the books must hold what a beginning of the unanswered burst leaves behind, with at least
// everything in it that was answered. PROPERTY_RUNS says how many crowds (./dev property signup),
// PROPERTY_FROM which is the first, so that one of them is replayed. Versions of the word with a guard taken
// out must be found.
#include "engine_rig.h"

#include "engine/link.h"
#include "engine/web.h"
#include "time/span.h"

#define PEOPLE 20
#define GROUPS 3
#define BURST_MAX 10
#define STEPS 24
#define RUNS_SHORT 100 // under AddressSanitizer, some twenty seconds
#define MUTANT_RUNS 60
#define PENDING_MS (2 * DAY_MS)

#define STATES(X) X(none) X(pending) X(seat) X(waiting) X(offered) X(cancelled) X(lapsed)
enum state {
#define X(name) STATE_##name,
    STATES(X)
#undef X
};
static const char *const state_names[] = {
#define X(name) #name,
    STATES(X)
#undef X
};

// ---- the model ------------------------------------------------------------------------------------------

struct person {
    enum state state;
    int group;
    int64_t place, mailed_at, until_at;
    int64_t offer; // which offer of all; ties are settled in the order of the offers
    bool has_link; // has read the mail with it
};

struct model {
    struct person people[PEOPLE];
    int64_t places, offers, forgotten, now, starts_at, offer_ms;
    int groups, own[GROUPS], free;
    bool waitlist, confirm;
};

static int taken(const struct model *m, int group)
{
    int n = 0;
    for (int i = 0; i < PEOPLE; i++) {
        const struct person *p = &m->people[i];
        n += p->group == group && (p->state == STATE_seat || p->state == STATE_offered);
    }
    return n;
}

static int on_free_seats(const struct model *m)
{
    int n = 0;
    for (int g = 0; g < GROUPS; g++) n += taken(m, g) > m->own[g] ? taken(m, g) - m->own[g] : 0;
    return n;
}

static bool has_room(const struct model *m, int group)
{
    return taken(m, group) < m->own[group] || on_free_seats(m) < m->free;
}

static bool somebody_waits(const struct model *m, int group)
{
    for (int i = 0; i < PEOPLE; i++) {
        if (m->people[i].state == STATE_waiting && m->people[i].group == group) return true;
    }
    return false;
}

static struct person *next_in_line(struct model *m)
{
    struct person *first = NULL;
    for (int i = 0; i < PEOPLE; i++) {
        struct person *p = &m->people[i];
        if (p->state != STATE_waiting || !has_room(m, p->group)) continue;
        if (!first || p->place < first->place) first = p;
    }
    return first;
}

static void advance(struct model *m)
{
    struct person *p;
    while (m->now < m->starts_at && (p = next_in_line(m))) {
        p->state = STATE_offered;
        p->offer = ++m->offers;
        p->until_at = m->now + m->offer_ms < m->starts_at ? m->now + m->offer_ms : m->starts_at;
    }
}

static bool is_full(const struct model *m, int group)
{
    return somebody_waits(m, group) || !has_room(m, group);
}

static void enter(struct model *m, struct person *p)
{
    bool full = is_full(m, p->group);
    if (full && !m->waitlist) return;
    p->state = full ? STATE_waiting : STATE_seat;
    p->place = ++m->places;
}

#define ACTS(X) X(form) X(confirm) X(cancel) X(take) X(again) X(robot)
enum act {
#define X(name) ACT_##name,
    ACTS(X)
#undef X
        ACTS_N
};
static const char *const act_names[] = {
#define X(name) #name,
    ACTS(X)
#undef X
};

struct op {
    enum act act;
    int who, group;
    int status; // what it was answered with; 0: not answered
};

static int fill_in(struct model *m, struct person *p, int group)
{
    if (m->now >= m->starts_at) return 409;
    if (!m->waitlist && is_full(m, group)) return 409;
    if (p->mailed_at && m->now - p->mailed_at < HOUR_MS) return 303;
    p->mailed_at = m->now;
    if (p->state != STATE_none) return 303;
    p->group = group;
    p->state = STATE_pending;
    if (!m->confirm) enter(m, p);
    return 303;
}

// Whether a button is there for somebody in that state.
static bool is_there(enum act act, enum state state)
{
    switch (act) {
    case ACT_confirm: return state == STATE_pending;
    case ACT_cancel: return state == STATE_seat || state == STATE_waiting || state == STATE_offered;
    case ACT_take: return state == STATE_offered;
    case ACT_again: return state == STATE_cancelled || state == STATE_lapsed;
    default: return false;
    }
}

// What the rules make of a request: its status.
static int apply(struct model *m, const struct op *op)
{
    struct person *p = &m->people[op->who];
    if (op->act == ACT_robot) return m->now >= m->starts_at ? 409 : 303;
    if (op->act == ACT_form) return fill_in(m, p, op->group);
    if (!p->has_link) return 410;
    if (!is_there(op->act, p->state)) return 303;
    if (m->now >= m->starts_at) return 409;
    if (op->act == ACT_take) p->state = STATE_seat;
    else if (op->act == ACT_cancel) p->state = STATE_cancelled;
    else enter(m, p);
    if (op->act == ACT_cancel) advance(m);
    return 303;
}

// The next thing that happens by itself: an offer ends, or a form is forgotten. NULL: none until then.
static struct person *next_event(struct model *m, int64_t until, int64_t *at)
{
    struct person *first = NULL;
    for (int i = 0; i < PEOPLE; i++) {
        struct person *p = &m->people[i];
        int64_t due = p->state == STATE_offered   ? p->until_at
                      : p->state == STATE_pending ? p->mailed_at + PENDING_MS
                                                  : INT64_MAX;
        if (due > until || (first && (due > *at || (due == *at && p->offer > first->offer)))) continue;
        first = p;
        *at = due;
    }
    return first;
}

static void pass_time(struct model *m, int64_t until)
{
    struct person *p;
    int64_t at;
    while ((p = next_event(m, until, &at))) {
        m->now = at;
        if (p->state == STATE_pending) {
            *p = (struct person){0};
            m->forgotten++;
        } else {
            p->state = STATE_lapsed;
            advance(m);
        }
    }
    m->now = until;
}

// ---- a crowd --------------------------------------------------------------------------------------------

struct crowd {
    struct rig *rig;
    struct model model; // as it must be
    struct model seen;  // as the books say
    char keys[PEOPLE][64];
    uint64_t dice;
    struct op burst[BURST_MAX];
    size_t burst_n;
    char wrong[512]; // the first thing that was wrong; "": nothing
};

static struct {
    int64_t runs, requests, answered, doubles, crashes, offers, lapsed, forgotten, most_taken, waiting;
} count;

static int64_t roll(struct crowd *c, int64_t n)
{
    c->dice ^= c->dice << 13;
    c->dice ^= c->dice >> 7;
    c->dice ^= c->dice << 17;
    return (int64_t)(c->dice % (uint64_t)n);
}

static void say_wrong(struct crowd *c, const char *format, ...)
{
    va_list ap;
    if (*c->wrong) return;
    va_start(ap, format);
    vsnprintf(c->wrong, sizeof c->wrong, format, ap);
    va_end(ap);
}

#define BEGINS "2021-02-01 08:00"
#define STARTS "2021-02-08 10:00" // a Monday

static const char look[] = "usher.on('look', function()\n"
                           "  local all = {}\n"
                           "  for key, e in usher.book('signup'):each() do\n"
                           "    local person = e.form or usher.book('roster'):get(key)\n"
                           "    all[#all + 1] = { who = tonumber(person.mail:lower():match('^p(%d+)@')), key "
                           "= key, state = e.state,\n"
                           "      group = e.group, place = e.place or 0, kept = e.kept_until or 0 }\n"
                           "  end\n"
                           "  return { all = all }\n"
                           "end)\n";

// The rules of this event: how many seats, for whom, and what the form asks.
static const char *write_script(struct crowd *c, const char *mutant)
{
    struct model *m = &c->model;
    char seats[200] = "", *at = seats;
    m->groups = (int)roll(c, 2) ? GROUPS : 1;
    m->waitlist = roll(c, 5) > 0;
    m->confirm = roll(c, 3) > 0;
    m->offer_ms = (1 + roll(c, 40)) * HOUR_MS;
    m->free = m->groups == 1 ? 1 + (int)roll(c, 6) : (int)roll(c, 3);
    m->starts_at = rig_at(STARTS).ms;
    for (int g = 0; m->groups > 1 && g < GROUPS; g++) {
        m->own[g] = 1 + (int)roll(c, 3);
        at += snprintf(at, 40, "g%d = %d, ", g, m->own[g]);
    }
    if (m->groups > 1 && m->free) snprintf(at, 40, "free = %d", m->free);
    if (m->groups == 1) snprintf(seats, sizeof seats, "%d", m->free);
    const char *room = m->groups > 1 ? rig_print(c->rig, "{ %s }", seats) : seats;
    const char *offer = m->waitlist ? rig_print(c->rig, "offer = '%dh', ", (int)(m->offer_ms / HOUR_MS)) : "";
    return rig_print(c->rig,
        "%s\nevent 'party' { title = 'Party', when = 'Mon 8 Feb 2021 10:00-12:00 UTC',\n"
        "  from = 'Office <office@office.example>' }\n"
        "people { { key = 'o', name = 'Office', role = 'organiser', mail = 'o@office.example' } }\n"
        "signup { seats = %s, waitlist = %s, %s confirm = %s, limit = false }\n%s",
        mutant, room, m->waitlist ? "true" : "false", offer, m->confirm ? "true" : "false", look);
}

// ---- looking --------------------------------------------------------------------------------------------

static enum state state_of(struct text name)
{
    for (int s = 0; s <= STATE_lapsed; s++) {
        if (text_is(name, state_names[s])) return (enum state)s;
    }
    fail_msg("a state '%.*s'", (int)name.len, name.data);
    return STATE_none;
}

static void on_look(void *ctx, struct record reply, const struct err *error)
{
    struct crowd *c = ctx;
    if (error) fail_msg("%s", error->text);
    for (struct record_iter it = record_each(record_get(reply, "all")); record_next(&it);) {
        int64_t who = record_get_int(it.value, "who", -1);
        struct text group = record_get_text(it.value, "group"), key = record_get_text(it.value, "key");
        assert_in_range(who, 0, PEOPLE - 1);
        struct person *p = &c->seen.people[who];
        if (p->state != STATE_none) say_wrong(c, "p%d has signed up twice", (int)who);
        p->state = state_of(record_get_text(it.value, "state"));
        p->place = record_get_int(it.value, "place", 0);
        p->until_at = record_get_int(it.value, "kept", 0);
        p->group = group.data[0] == 'g' ? group.data[1] - '0' : 0;
        snprintf(c->keys[who], sizeof c->keys[who], "%.*s", (int)key.len, key.data);
    }
}

static void look_at_books(struct crowd *c)
{
    virtual_crash_at(c->rig->world, 0);
    c->seen = c->model;
    memset(c->seen.people, 0, sizeof c->seen.people);
    engine_call(c->rig->engine, (struct text){0}, TEXT("look"), (struct record){0}, on_look, c);
    rig_settle(c->rig);
}

// What must hold whatever the model says.
static void check_rules(struct crowd *c)
{
    struct model *m = &c->seen;
    int all = 0;
    m->now = c->model.now;
    for (int g = 0; g < GROUPS; g++) all += taken(m, g);
    if (all > count.most_taken) count.most_taken = all;
    if (on_free_seats(m) > m->free) say_wrong(c, "oversold: %d seats are taken", all);
    if (next_in_line(m) && m->now < m->starts_at)
        say_wrong(c, "gap: p%d waits, and there is a seat", (int)(next_in_line(m) - m->people));
}

static bool is_same(const struct person *a, const struct person *b)
{
    bool in_line = a->state >= STATE_seat;
    return a->state == b->state && (!in_line || (a->group == b->group && a->place == b->place)) &&
           (a->state != STATE_offered || a->until_at == b->until_at);
}

// Which person differs, or -1.
static int difference(const struct model *a, const struct model *b)
{
    for (int i = 0; i < PEOPLE; i++) {
        if (!is_same(&a->people[i], &b->people[i])) return i;
    }
    return -1;
}

static void compare(struct crowd *c, const char *when)
{
    int i = difference(&c->model, &c->seen);
    for (int k = 0; k < PEOPLE; k++) c->model.people[k].has_link = c->model.people[k].state != STATE_none;
    if (i < 0) return;
    const struct person *want = &c->model.people[i], *got = &c->seen.people[i];
    say_wrong(c, "%s: p%d is %s (place %d), not %s (place %d)", when, i, state_names[got->state],
        (int)got->place, state_names[want->state], (int)want->place);
}

// ---- sending --------------------------------------------------------------------------------------------

static void on_answer(void *ctx, struct record response, const struct err *error)
{
    struct op *op = ctx;
    if (error) fail_msg("%s", error->text);
    op->status = (int)record_get_int(response, "status", 0);
    count.answered++;
}

static void put_token(struct crowd *c, const char *purpose, const char *subject, struct buf *out)
{
    buf_init(out, 1024);
    link_make(c->rig->engine, TEXT("party"), text_of(purpose), text_of(subject), (struct instant){0}, 0, out);
}

// The same address in whatever way people write it.
static const char *address_of(struct crowd *c, int who)
{
    static const char *const ways[] = {"p%d@x.example", "P%d@X.example", " p%d@x.Example", "p%d@X.EXAMPLE  "};
    static char text[64];
    snprintf(text, sizeof text, ways[roll(c, 4)], who);
    return text;
}

static void put_form(struct crowd *c, const struct op *op, struct buf *json)
{
    struct buf note;
    char made[32];
    snprintf(made, sizeof made, "%lld", (long long)(virtual_now(c->rig->world).ms - MINUTE_MS));
    put_token(c, "door", made, &note);
    buf_addf(json, "{\"method\":\"POST\",\"path\":\"/signup/party\",\"form\":{\"name\":\"Person %d\",",
        op->who);
    buf_addf(json, "\"mail\":\"%s\",\"group\":\"g%d\",\"note\":\"%s\"%s}}", address_of(c, op->who), op->group,
        buf_z(&note), op->act == ACT_robot ? ",\"website\":\"http://x\"" : "");
    buf_release(&note);
}

static void put_button(struct crowd *c, const struct op *op, struct buf *json)
{
    struct buf token;
    put_token(c, "signup", *c->keys[op->who] ? c->keys[op->who] : "signup-999999", &token);
    buf_addf(json,
        "{\"method\":\"POST\",\"path\":\"/p/%s\",\"form\":{\"act\":\"%s\",\"name\":\"Person %d\"}}",
        buf_z(&token), act_names[op->act], op->who);
    buf_release(&token);
}

static void send(struct crowd *c, struct op *op)
{
    struct buf json, bytes;
    buf_init(&json, 4096);
    buf_init(&bytes, RECORD_LEN_MAX);
    if (op->act == ACT_form || op->act == ACT_robot) put_form(c, op, &json);
    else put_button(c, op, &json);
    assert_int_equal(record_from_json(buf_text(&json), &bytes, NULL), 0);
    engine_web(c->rig->engine, (struct record){(uint8_t *)bytes.data, bytes.len}, on_answer, op);
    buf_release(&json);
    buf_release(&bytes);
    count.requests++;
}

// ---- what a crowd does ----------------------------------------------------------------------------------

// A button that is likely to be there; sometimes another one.
static enum act likely_act(struct crowd *c, enum state state)
{
    if (roll(c, 10) == 0) return (enum act)roll(c, ACTS_N);
    switch (state) {
    case STATE_pending: return ACT_confirm;
    case STATE_seat: return roll(c, 3) ? ACT_form : ACT_cancel;
    case STATE_waiting: return roll(c, 6) ? ACT_form : ACT_cancel;
    case STATE_offered: return roll(c, 2) ? ACT_take : ACT_cancel;
    case STATE_cancelled:
    case STATE_lapsed: return roll(c, 2) ? ACT_again : ACT_form;
    default: return ACT_form;
    }
}

static void plan_burst(struct crowd *c)
{
    c->burst_n = 1 + (size_t)roll(c, BURST_MAX);
    for (size_t i = 0; i < c->burst_n; i++) {
        struct op *op = &c->burst[i];
        if (i && roll(c, 6) == 0) { // a double click
            *op = c->burst[i - 1];
            count.doubles++;
            continue;
        }
        int who = (int)roll(c, PEOPLE);
        *op = (struct op){.who = who, .group = (int)roll(c, c->model.groups)};
        op->act = likely_act(c, c->model.people[who].state);
    }
}

static void may_crash(struct crowd *c)
{
    if (roll(c, 12)) return; // each costs as much as fifty requests: the script is read anew
    virtual_crash_at(c->rig->world, virtual_boundaries(c->rig->world) + 1 + roll(c, 9));
}

// All of a burst that was answered has happened, and beyond that as much as the books have, in order.
static void settle_burst(struct crowd *c, bool died)
{
    size_t i = 0;
    for (; i < c->burst_n; i++) {
        if (died && !c->burst[i].status) break;
        int status = apply(&c->model, &c->burst[i]);
        if (c->burst[i].status != status)
            say_wrong(c, "%s of p%d was answered with %d, not %d", act_names[c->burst[i].act],
                c->burst[i].who, c->burst[i].status, status);
    }
    for (; i < c->burst_n && difference(&c->model, &c->seen) >= 0; i++) apply(&c->model, &c->burst[i]);
    compare(c, died ? "after a crash" : "after a burst");
}

static void do_burst(struct crowd *c)
{
    int deaths = c->rig->deaths;
    plan_burst(c);
    may_crash(c);
    for (size_t i = 0; i < c->burst_n; i++) send(c, &c->burst[i]);
    rig_settle(c->rig);
    look_at_books(c);
    check_rules(c);
    settle_burst(c, c->rig->deaths > deaths);
}

static int64_t some_time(struct crowd *c)
{
    int64_t at, now = c->model.now;
    struct model ahead = c->model;
    switch (roll(c, 5)) {
    case 0: return next_event(&ahead, INT64_MAX - 1, &at) ? at : now; // exactly when something ends
    case 1: return now + roll(c, 50) * MINUTE_MS;
    case 2: return now + HOUR_MS;
    case 3: return now + roll(c, 30) * HOUR_MS;
    default: return now;
    }
}

static void do_wait(struct crowd *c)
{
    int64_t until = some_time(c);
    may_crash(c);
    struct instant at = {until};
    rig_run_until(c->rig, rig_print(c->rig, "2021-%s", rig_time(at)));
    pass_time(&c->model, until);
    look_at_books(c);
    check_rules(c);
    compare(c, "after a while");
}

// ---- what people were written ---------------------------------------------------------------------------

static int64_t count_mails(struct crowd *c, const char *flow, const char *key)
{
    const char *id = NULL;
    int64_t n = 0;
    for (struct rig_effect *x = c->rig->effects; x; x = x->next) {
        if (strcmp(x->flow, flow) != 0 || strcmp(x->key, key) != 0) continue;
        if (!id || strcmp(id, x->message_id) != 0) n++; // the same mail again after a crash counts once
        id = x->message_id;
    }
    return n;
}

static bool by_the_form(const struct rig_effect *x)
{
    return strcmp(x->flow, "signup-check") == 0 || strcmp(x->flow, "signup-known") == 0;
}

static size_t key_len(const struct rig_effect *x)
{
    return (size_t)(strchr(x->key, '/') - x->key);
}

// Whoever fills in the form with somebody's address has them written to once an hour, and no more.
static void check_hours(struct crowd *c)
{
    for (struct rig_effect *x = c->rig->effects; x; x = x->next) {
        for (struct rig_effect *y = c->rig->effects; by_the_form(x) && y != x; y = y->next) {
            bool same_person = key_len(x) == key_len(y) && !strncmp(x->key, y->key, key_len(x));
            if (!by_the_form(y) || !same_person || !strcmp(x->key, y->key)) continue;
            if (x->at.ms - y->at.ms < HOUR_MS) say_wrong(c, "%s was written to twice within an hour", x->key);
        }
    }
}

static void check_mails(struct crowd *c)
{
    for (int i = 0; i < PEOPLE; i++) {
        const struct person *p = &c->model.people[i];
        const char *key = rig_print(c->rig, "%s/%d", c->keys[i], (int)p->place);
        if (p->state == STATE_seat && count_mails(c, "signup-seat", key) != 1)
            say_wrong(c, "p%d has a seat, and got %d mails about it", i,
                (int)count_mails(c, "signup-seat", key));
        if (p->state == STATE_waiting && count_mails(c, "signup-waiting", key) != 1)
            say_wrong(c, "p%d waits, and got %d mails about it", i,
                (int)count_mails(c, "signup-waiting", key));
    }
    check_hours(c);
}

// ---- running --------------------------------------------------------------------------------------------

static void tally(const struct crowd *c)
{
    count.runs++;
    count.crashes += c->rig->deaths;
    count.offers += c->model.offers;
    count.forgotten += c->model.forgotten;
    for (int i = 0; i < PEOPLE; i++) {
        count.lapsed += c->model.people[i].state == STATE_lapsed;
        count.waiting += c->model.people[i].state == STATE_waiting;
    }
}

// One crowd from its first form to after the event. What was wrong, or "".
static const char *play(int64_t run, const char *mutant, char out[512])
{
    struct crowd c = {.dice = 0x9e3779b97f4a7c15u * (uint64_t)(run + 1)};
    c.rig = rig_new(BEGINS);
    c.rig->base_url = "https://events.example";
    c.model.now = rig_at(BEGINS).ms;
    rig_write(c.rig, "party.lua", write_script(&c, mutant));
    rig_begin(c.rig);
    rig_settle(c.rig);
    for (int i = 0; i < STEPS && !*c.wrong; i++) {
        do_burst(&c);
        if (!*c.wrong) do_wait(&c);
    }
    if (!*c.wrong) check_mails(&c);
    tally(&c);
    if (*c.wrong) virtual_crash_at(c.rig->world, 0);
    snprintf(out, 512, "%s", c.wrong);
    rig_end(c.rig);
    return out;
}

static int64_t wanted(const char *name, int64_t otherwise)
{
    const char *given = getenv(name);
    return given ? strtoll(given, NULL, 10) : otherwise;
}

static void no_crowd_gets_more_seats_than_there_are_or_jumps_the_queue(void **state)
{
    char wrong[512];
    int64_t from = wanted("PROPERTY_FROM", 0), until = from + wanted("PROPERTY_RUNS", RUNS_SHORT);
    for (int64_t run = from; run < until; run++) {
        if (*play(run, "", wrong)) fail_msg("run %lld: %s", (long long)run, wrong);
        if (run % 1000 == 999) print_message("%lld crowds so far\n", (long long)run + 1);
    }
    print_message(
        "%lld runs, %lld requests (%lld answered, %lld double clicks), %lld crashes; most seats "
        "taken %lld; %lld offers, %lld forms forgotten; at the end %lld had let an offer pass, %lld waited\n",
        (long long)count.runs, (long long)count.requests, (long long)count.answered, (long long)count.doubles,
        (long long)count.crashes, (long long)count.most_taken, (long long)count.offers,
        (long long)count.forgotten, (long long)count.lapsed, (long long)count.waiting);
}

// The word with a guard taken out must be found, in few runs and for the right reason.
static void assert_found(const char *mutant, const char *why)
{
    char wrong[512];
    for (int64_t run = 0; run < MUTANT_RUNS; run++) {
        if (!*play(run, mutant, wrong)) continue;
        assert_holds_words(wrong, why);
        return;
    }
    fail_msg("nobody noticed: %s", mutant);
}

static void without_the_seat_check_it_is_found(void **state)
{
    assert_found("require('usher.seats').has_room = function() return true end", "oversold");
}

static void without_asking_the_next_it_is_found(void **state)
{
    assert_found("require('usher.signup_acts').advance = function() end", "gap");
}

static void with_the_queue_turned_round_it_is_found(void **state)
{
    assert_found("local seats = require 'usher.seats'\n"
                 "local enter = seats.enter\n"
                 "seats.enter = function(plan, key, entry)\n"
                 "  local state = enter(plan, key, entry)\n"
                 "  if state ~= 'waiting' then return state end\n"
                 "  local queue = usher.book('wait-list ' .. entry.group)\n"
                 "  queue:remove(('%08d'):format(entry.place))\n"
                 "  queue:set(('%08d'):format(50000000 - entry.place), key)\n"
                 "  return state\n"
                 "end",
        "waiting");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_crowd_gets_more_seats_than_there_are_or_jumps_the_queue),
        cmocka_unit_test(without_the_seat_check_it_is_found),
        cmocka_unit_test(without_asking_the_next_it_is_found),
        cmocka_unit_test(with_the_queue_turned_round_it_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
