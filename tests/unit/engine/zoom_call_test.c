// SPDX-License-Identifier: MIT
// What Zoom tells at /zoom/webhook, on the whole engine: who is believed, when the answer leaves, and what
// becomes of a call. The calls are written from Zoom's documentation, which this file stands in for:
//   https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events (signature, url_validation)
//   https://developers.zoom.us/docs/api/meetings/events/ (participant_joined, participant_left, ended)
#include "engine_rig.h"

#include "engine/book.h"
#include "engine/web.h"

#define SECRET "the value of ZOOM_WEBHOOK" // as the rig keeps secrets
#define SCRIPT                                                                                         \
    "local attendance, strangers = require 'usher.attendance', require 'usher.attendance_strangers'\n" \
    "event 'hall' { title = 'Hall', when = 'Thu 25 Feb 2021 14:00-16:00 Asia/Thimphu',\n"              \
    "  from = 'o@x.example', where = zoom { link = 'https://zoom.example/j/94512345678',\n"            \
    "  id = '945 1234 5678', webhook = secret 'ZOOM_WEBHOOK' } }\n"                                    \
    "guests { { key = 'a', name = 'Dasho Aum Dechen', mail = 'a@b.example' },\n"                       \
    "  { key = 'b', name = 'Karma Dorji', mail = 'b@b.example' } }\n"                                  \
    "usher.on('minutes', function(r) return attendance.minutes(r.key) or 'nothing' end)\n"             \
    "usher.on('facts', function(r) return #(attendance.of(r.key) or {}) end)\n"                        \
    "usher.on('strangers', function()\n"                                                               \
    "  local names = {}\n"                                                                             \
    "  for i, one in ipairs(strangers.list()) do names[i] = strangers.shown(one) end\n"                \
    "  return table.concat(names, '; ') end)\n"
#define ON_THE_DAY "2021-02-25 08:10" // ten past two in Thimphu

static struct rig *begun(void)
{
    struct rig *r = rig_new(ON_THE_DAY);
    r->live = true;
    rig_write(r, "hall.lua", SCRIPT);
    rig_begin(r);
    return r;
}

// ---- what Zoom sends ------------------------------------------------------------------------------------

// A text as it stands inside JSON.
static const char *quoted(struct rig *r, const char *text)
{
    struct buf value, json;
    buf_init(&value, 1u << 20);
    buf_init(&json, 1u << 20);
    record_put_text(&value, text_of(text));
    record_print_json((struct record){(uint8_t *)value.data, value.len}, &json);
    const char *kept = rig_print(r, "%s", buf_z(&json));
    buf_release(&value);
    buf_release(&json);
    return kept;
}

static const char *signature(struct rig *r, const char *secret, const char *stamp, const char *body)
{
    char hex[2 * HASH_LEN + 1];
    hash_hex(hash_derive(text_of(secret), text_of(rig_print(r, "v0:%s:%s", stamp, body))), hex);
    return rig_print(r, "v0=%s", hex);
}

static const char *stamp_of(struct rig *r, const char *time)
{
    return rig_print(r, "%lld", (long long)(rig_at(time).ms / 1000));
}

static const char *request(struct rig *r, const char *body, const char *stamp, const char *proof)
{
    return rig_print(r,
        "{\"headers\": {\"content-type\": \"application/json\", \"x-zm-request-timestamp\": \"%s\","
        " \"x-zm-signature\": \"%s\"}, \"body\": %s}",
        stamp, proof, quoted(r, body));
}

// Sends it as Zoom does, signed just now.
static const char *call(struct rig *r, const char *body)
{
    const char *stamp = stamp_of(r, rig_print(r, "2021-%s", rig_time(r->engine->now)));
    return rig_visit(r, "POST", "/zoom/webhook", request(r, body, stamp, signature(r, SECRET, stamp, body)));
}

// device: what tells two of them apart; who: further fields of the participant.
static const char *came_or_left(struct rig *r, const char *word, const char *device, const char *clock,
    const char *who)
{
    long long ts = (long long)rig_at(rig_print(r, "2021-02-25 %s", clock)).ms;
    return rig_print(r,
        "{\"event\": \"meeting.participant_%s\", \"event_ts\": %lld, \"payload\": {\"account_id\": \"A\","
        " \"object\": {\"id\": \"94512345678\", \"uuid\": \"4444AAAiAAAAAiAiAiiAii==\", \"host_id\": \"h\","
        " \"topic\": \"Hall\", \"type\": 2, \"start_time\": \"2021-02-25T08:00:00Z\","
        " \"timezone\": \"Asia/Thimphu\", \"duration\": 120, \"participant\": {\"user_id\": \"%s\","
        " \"participant_uuid\": \"uuid-%s\", \"%s_time\": \"2021-02-25T%s:00Z\", %s}}}}",
        word, ts, device, device, strcmp(word, "joined") == 0 ? "join" : "leave", clock, who);
}

#define DECHEN "\"user_name\": \"Dechen's iPad\", \"email\": \"A@b.example\""
#define KARMA "\"user_name\": \"DASHO  Karma dorji\", \"email\": \"\""
#define IPHONE "\"user_name\": \"iPhone\", \"email\": \"\""

static void assert_status(const char *said, int status)
{
    if (atoi(said) != status) fail_msg("wanted %d: %.300s", status, said);
}

// ---- who is believed --------------------------------------------------------------------------------------

static void a_signed_call_is_taken_in(void **state)
{
    struct rig *r = begun();
    assert_text(call(r, came_or_left(r, "joined", "1", "08:05", DECHEN)), "204 ");
    rig_run_until(r, "2021-02-25 09:05");
    assert_text(call(r, came_or_left(r, "left", "1", "09:00", DECHEN)), "204 ");
    assert_text(rig_call(r, "minutes", "{\"key\": \"a\"}"), "55");
    rig_end(r);
}

static void without_a_signature_or_with_a_wrong_one_nothing_is_taken(void **state)
{
    struct rig *r = begun();
    const char *body = came_or_left(r, "joined", "1", "08:05", DECHEN);
    const char *stamp = stamp_of(r, ON_THE_DAY), *right = signature(r, SECRET, stamp, body);
    const char *const wrong[] = {"", "v0=", right + 3, rig_print(r, "v1=%s", right + 3),
        signature(r, "another secret", stamp, body), signature(r, SECRET, "1614240000", body),
        signature(r, SECRET, stamp, came_or_left(r, "joined", "1", "08:06", DECHEN)), SECRET};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *said = rig_visit(r, "POST", "/zoom/webhook", request(r, body, stamp, wrong[i]));
        assert_status(said, 401);
        assert_holds_words(said, "not signed with this event's secret");
    }
    assert_status(rig_visit(r, "POST", "/zoom/webhook", rig_print(r, "{\"body\": %s}", quoted(r, body))),
        401);
    assert_text(rig_call(r, "facts", "{\"key\": \"a\"}"), "0");
    assert_text(rig_visit(r, "POST", "/zoom/webhook", request(r, body, stamp, right)), "204 ");
    assert_text(rig_call(r, "facts", "{\"key\": \"a\"}"), "1");
    rig_end(r);
}

static void a_late_call_is_refused_though_it_is_signed(void **state)
{
    static const struct {
        const char *sent;
        int status;
    } calls[] = {{"2021-02-25 08:04:59", 401}, {"2021-02-25 08:05", 204}, {"2021-02-25 08:15", 204},
        {"2021-02-25 08:15:01", 401}, {"2021-02-24 08:10", 401}};
    struct rig *r = begun();
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const char *body = came_or_left(r, "joined", rig_print(r, "%zu", i), "08:03", DECHEN);
        const char *stamp = stamp_of(r, calls[i].sent);
        const char *said = rig_visit(r, "POST", "/zoom/webhook",
            request(r, body, stamp, signature(r, SECRET, stamp, body)));
        assert_status(said, calls[i].status);
        if (calls[i].status == 401) assert_holds_words(said, "more than 5 minutes are too many");
    }
    assert_text(rig_call(r, "facts", "{\"key\": \"a\"}"), "2");
    rig_end(r);
}

static void a_time_that_is_none_is_refused(void **state)
{
    static const char *const stamps[] = {"", "soon", "-", "1e9", "99999999999999", "0x5f", "1614240600.5"};
    struct rig *r = begun();
    const char *body = came_or_left(r, "joined", "1", "08:05", DECHEN);
    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
        assert_status(rig_visit(r, "POST", "/zoom/webhook",
                          request(r, body, stamps[i], signature(r, SECRET, stamps[i], body))),
            401);
    }
    rig_end(r);
}

static void what_is_not_zooms_is_refused_though_it_is_signed(void **state)
{
    static const char *const bodies[] = {"", "{", "[]", "null", "7", "{\"event\": \"meeting.started\"}",
        "{\"event\": 7, \"payload\": {}}", "{\"event\": \"meeting.ended\", \"payload\": \"x\"}"};
    struct rig *r = begun();
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const char *said = call(r, bodies[i]);
        assert_status(said, 400);
        assert_holds_words(said, "not what Zoom sends");
    }
    rig_end(r);
}

static void calls_with_odd_fields_break_nothing(void **state)
{
    static const char *const bodies[] = {
        "{\"event\": \"meeting.participant_joined\", \"payload\": {}}",
        "{\"event\": \"meeting.participant_joined\", \"payload\": {\"object\": {}}}",
        "{\"event\": \"meeting.participant_joined\", \"payload\": {\"object\": {\"id\": {}}}}",
        "{\"event\": \"meeting.participant_joined\", \"payload\": {\"object\": {\"id\": 94512345678}}}",
        "{\"event\": \"meeting.participant_joined\", \"event_ts\": \"x\", \"payload\": {\"object\":"
        " {\"id\": 94512345678, \"uuid\": {}, \"participant\": {\"user_id\": {}, \"user_name\": 7,"
        " \"email\": [], \"join_time\": \"yesterday\"}}}}",
        "{\"event\": \"meeting.participant_left\", \"event_ts\": 1e300, \"payload\": {\"object\":"
        " {\"id\": 94512345678.0, \"participant\": [1, 2]}}}",
        "{\"event\": \"meeting.ended\", \"event_ts\": -1, \"payload\": {\"object\": {\"id\": \"94512345678\","
        " \"end_time\": \"2021-13-99T99:99:99Z\"}}}",
        "{\"event\": \"webinar.participant_left\", \"payload\": {\"object\": {\"id\": \"94512345678\","
        " \"participant\": {\"leave_time\": \"2021-02-25T08:01:00Z\", \"email\": \"no address\"}}}}",
        "{\"event\": \"meeting.sharing_started\", \"payload\": {\"object\": {\"id\": \"94512345678\"}}}",
    };
    struct rig *r = begun();
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) assert_text(call(r, bodies[i]), "204 ");
    assert_int_equal(rig_count(r, "failed"), 0);
    assert_text(call(r, came_or_left(r, "joined", "1", "08:05", DECHEN)), "204 ");
    assert_text(rig_call(r, "minutes", "{\"key\": \"a\"}"), "5");
    rig_end(r);
}

static void the_address_proves_itself_when_zoom_asks(void **state)
{
    struct rig *r = begun();
    char hex[2 * HASH_LEN + 1];
    hash_hex(hash_derive(text_of(SECRET), text_of("qgg8vlvZRS6UYooatFL8Aw")), hex);
    const char *said = call(r, "{\"payload\": {\"plainToken\": \"qgg8vlvZRS6UYooatFL8Aw\"},"
                               " \"event_ts\": 1614240600000, \"event\": \"endpoint.url_validation\"}");
    assert_text(said,
        rig_print(r, "200 {\"encryptedToken\":\"%s\",\"plainToken\":\"qgg8vlvZRS6UYooatFL8Aw\"}", hex));
    rig_end(r);
}

// Else anybody could have a call signed by having it asked for as a token.
static void nothing_but_a_token_is_signed_and_for_nobody_but_zoom(void **state)
{
    struct rig *r = begun();
    const char *body = "{\"event\": \"endpoint.url_validation\", \"payload\": {\"plainToken\": \"abc\"}}";
    const char *stamp = stamp_of(r, ON_THE_DAY);
    const char *said = rig_visit(r, "POST", "/zoom/webhook", request(r, body, stamp, "v0=00"));
    assert_status(said, 401);
    assert_null(strstr(said, "encryptedToken"));
    assert_status(call(r, "{\"event\": \"endpoint.url_validation\", \"payload\": {\"plainToken\":"
                          " \"v0:1614240600:{}\"}}"),
        400);
    assert_status(call(r, "{\"event\": \"endpoint.url_validation\", \"payload\": {}}"), 400);
    rig_end(r);
}

// ---- when the answer leaves -------------------------------------------------------------------------------

struct seen_then {
    struct rig *rig;
    int status;
    size_t written_down, waiting, known; // calls in the book, of which with a body; people with attendance
};

static size_t entries(struct rig *r, const char *book, const char *field)
{
    struct book *b = book_find(engine_event(r->engine, TEXT("hall")), text_of(book));
    size_t n = 0;
    for (const struct book_entry *e = book_after(b, (struct text){0}); e; e = book_after(b, e->key))
        n += !field || record_get(e->value, field).data != NULL;
    return n;
}

static void on_answer(void *ctx, struct record response, const struct err *error)
{
    struct seen_then *m = ctx;
    assert_null(error);
    m->status = (int)record_get_int(response, "status", 0);
    m->written_down = entries(m->rig, "zoom-calls", NULL);
    m->waiting = entries(m->rig, "zoom-calls", "body");
    m->known = entries(m->rig, "attendance", NULL);
}

static void the_answer_leaves_before_any_work_and_the_work_is_done_after_it(void **state)
{
    struct rig *r = begun();
    struct seen_then m = {.rig = r};
    struct buf bytes;
    const char *body = came_or_left(r, "joined", "1", "08:05", DECHEN), *stamp = stamp_of(r, ON_THE_DAY);
    const char *json = rig_print(r, "{\"method\": \"POST\", \"path\": \"/zoom/webhook\", %s",
        request(r, body, stamp, signature(r, SECRET, stamp, body)) + 1);
    buf_init(&bytes, RECORD_LEN_MAX);
    assert_int_equal(record_from_json(text_of(json), &bytes, NULL), 0);
    engine_web(r->engine, (struct record){(uint8_t *)bytes.data, bytes.len}, on_answer, &m);
    buf_release(&bytes);
    assert_int_equal(m.status, 0); // not before the call is on disk
    rig_settle(r);
    assert_int_equal(m.status, 204);
    assert_int_equal(m.written_down, 1); // the raw call was kept when the answer left,
    assert_int_equal(m.waiting, 1);
    assert_int_equal(m.known, 0); // and nothing was made of it yet
    assert_int_equal(entries(r, "zoom-calls", "body"), 0);
    assert_int_equal(entries(r, "attendance", NULL), 1);
    assert_text(rig_state(r, "zoom calls", "1"), "done");
    rig_end(r);
}

static void a_call_that_was_answered_outlives_a_crash(void **state)
{
    struct rig *r = rig_new(ON_THE_DAY);
    r->live = r->on_disk = true;
    rig_write(r, "hall.lua", SCRIPT);
    rig_begin(r);
    assert_text(call(r, came_or_left(r, "joined", "1", "08:05", DECHEN)), "204 ");
    rig_restart(r);
    rig_settle(r);
    assert_text(rig_call(r, "minutes", "{\"key\": \"a\"}"), "5");
    rig_end(r);
}

static void many_calls_at_once_are_one_heap(void **state)
{
    struct rig *r = begun();
    const char *stamp = stamp_of(r, ON_THE_DAY);
    struct seen_then m[45];
    for (size_t i = 0; i < 45; i++) {
        const char *body = came_or_left(r, "joined", rig_print(r, "d%zu", i), "08:05",
            i % 2 ? DECHEN : KARMA);
        const char *json = rig_print(r, "{\"method\": \"POST\", \"path\": \"/zoom/webhook\", %s",
            request(r, body, stamp, signature(r, SECRET, stamp, body)) + 1);
        struct buf bytes;
        m[i] = (struct seen_then){.rig = r};
        buf_init(&bytes, RECORD_LEN_MAX);
        assert_int_equal(record_from_json(text_of(json), &bytes, NULL), 0);
        engine_web(r->engine, (struct record){(uint8_t *)bytes.data, bytes.len}, on_answer, &m[i]);
        buf_release(&bytes);
    }
    rig_settle(r);
    for (size_t i = 0; i < 45; i++) assert_int_equal(m[i].status, 204);
    assert_text(rig_call(r, "facts", "{\"key\": \"a\"}"), "22");
    assert_text(rig_call(r, "facts", "{\"key\": \"b\"}"), "23");
    assert_text(rig_call(r, "minutes", "{\"key\": \"b\"}"), "5");
    assert_int_equal(entries(r, "zoom-calls", "body"), 0);
    assert_text(rig_state(r, "zoom calls", "1"), "done");
    assert_text(rig_state(r, "zoom calls", "2"), "none"); // one flow took all of them in
    rig_end(r);
}

// ---- what becomes of it -----------------------------------------------------------------------------------

static void a_call_that_comes_again_changes_nothing(void **state)
{
    struct rig *r = begun();
    const char *body = came_or_left(r, "joined", "1", "08:05", DECHEN);
    for (int i = 0; i < 3; i++) assert_text(call(r, body), "204 ");
    rig_run_until(r, "2021-02-25 09:40"); // Zoom's third try is 90 minutes later, with a time of its own
    assert_text(call(r, body), "204 ");
    assert_text(rig_call(r, "facts", "{\"key\": \"a\"}"), "1");
    assert_text(rig_state(r, "zoom calls", "2"), "none");
    rig_end(r);
}

static void the_order_of_arrival_does_not_matter(void **state)
{
    struct rig *r = begun();
    rig_run_until(r, "2021-02-25 10:30");
    call(r, came_or_left(r, "left", "2", "09:50", DECHEN));
    call(r, came_or_left(r, "left", "1", "09:00", DECHEN));
    call(r, came_or_left(r, "joined", "2", "08:50", DECHEN));
    call(r, came_or_left(r, "joined", "1", "08:10", DECHEN));
    assert_text(rig_call(r, "minutes", "{\"key\": \"a\"}"), "100"); // 14:10 to 15:50
    rig_end(r);
}

static void the_end_of_the_meeting_ends_it_for_whoever_never_left(void **state)
{
    struct rig *r = begun();
    call(r, came_or_left(r, "joined", "1", "08:10", DECHEN));
    rig_run_until(r, "2021-02-25 10:30");
    assert_text(rig_call(r, "minutes", "{\"key\": \"a\"}"), "110");
    assert_text(call(r,
                    "{\"event\": \"meeting.ended\", \"event_ts\": 1614246300000, \"payload\": {\"object\":"
                    " {\"id\": \"94512345678\", \"uuid\": \"4444AAAiAAAAAiAiAiiAii==\","
                    " \"end_time\": \"2021-02-25T09:45:00Z\"}}}"),
        "204 ");
    assert_text(rig_call(r, "minutes", "{\"key\": \"a\"}"), "95");
    rig_end(r);
}

static void another_meeting_of_the_account_is_none_of_ours(void **state)
{
    struct rig *r = begun();
    assert_text(call(r,
                    "{\"event\": \"meeting.participant_joined\", \"event_ts\": 1614240600000, \"payload\":"
                    " {\"object\": {\"id\": \"11122233344\", \"uuid\": \"x\", \"participant\":"
                    " {\"user_name\": \"Somebody\", \"join_time\": \"2021-02-25T08:05:00Z\"}}}}"),
        "204 ");
    assert_text(rig_call(r, "strangers", "{}"), "\"\"");
    assert_int_equal(entries(r, "zoom-calls", NULL), 0);
    rig_end(r);
}

static void of_several_events_the_one_whose_meeting_it_is_takes_it(void **state)
{
    static const char script[] =
        "event '%s' { title = '%s', when = 'Thu 25 Feb 2021 14:00-16:00 Asia/Thimphu', from = "
        "'o@x.example',\n"
        "  where = zoom { link = 'https://zoom.example/j/%s', webhook = secret '%s' } }\n"
        "guests { { key = 'a', name = 'Dechen', mail = 'a@b.example' } }\n"
        "usher.on('facts-%s', function()\n"
        "  return #(require('usher.attendance').of('a') or {}) end)\n";
    struct rig *r = rig_new(ON_THE_DAY);
    r->live = true;
    rig_write(r, "one.lua", rig_print(r, script, "one", "One", "111222333", "OTHER", "one"));
    rig_write(r, "two.lua", rig_print(r, script, "two", "Two", "444555666", "ZOOM_WEBHOOK", "two"));
    rig_write(r, "three.lua", rig_print(r, script, "three", "Three", "94512345678", "ZOOM_WEBHOOK", "three"));
    rig_begin(r);
    assert_text(call(r, came_or_left(r, "joined", "1", "08:05", DECHEN)), "204 ");
    assert_text(rig_call(r, "facts-one", "{}"), "0");
    assert_text(rig_call(r, "facts-two", "{}"), "0");
    assert_text(rig_call(r, "facts-three", "{}"), "1");
    rig_end(r);
}

static void people_are_found_by_address_and_by_name_and_others_are_asked_about(void **state)
{
    struct rig *r = begun();
    call(r, came_or_left(r, "joined", "1", "08:05", DECHEN));
    call(r, came_or_left(r, "joined", "2", "08:05", KARMA));
    call(r, came_or_left(r, "joined", "3", "08:05", IPHONE));
    assert_text(rig_call(r, "minutes", "{\"key\": \"a\"}"), "5");
    assert_text(rig_call(r, "minutes", "{\"key\": \"b\"}"), "5");
    assert_text(rig_call(r, "strangers", "{}"), "\"iPhone\"");
    rig_end(r);
}

static void who_is_told_by_a_person_stays_known_until_they_leave(void **state)
{
    struct rig *r = begun();
    call(r, came_or_left(r, "joined", "3", "08:05", IPHONE));
    assert_holds_words(rig_call(r, "attendance-assign",
                           "{\"stranger\": \"iphone\", \"person\": \"Karma\", \"who\": \"office\"}"),
        "iPhone is Karma Dorji");
    rig_run_until(r, "2021-02-25 09:10");
    call(r, came_or_left(r, "left", "3", "09:05", IPHONE));
    assert_text(rig_call(r, "minutes", "{\"key\": \"b\"}"), "60");
    assert_text(rig_call(r, "strangers", "{}"), "\"\"");
    rig_end(r);
}

static void nobody_of_ours_is_asked_about_once(void **state)
{
    struct rig *r = begun();
    call(r, came_or_left(r, "joined", "3", "08:05", IPHONE));
    assert_holds_words(rig_call(r, "attendance-assign", "{\"stranger\": \"iPhone\", \"person\": \"nobody\"}"),
        "iPhone is nobody of ours");
    call(r, came_or_left(r, "left", "3", "08:09", IPHONE));
    assert_text(rig_call(r, "strangers", "{}"), "\"\"");
    rig_end(r);
}

static void whoever_takes_another_name_in_the_meeting_is_the_same_person(void **state)
{
    struct rig *r = begun();
    call(r, came_or_left(r, "joined", "3", "08:05", IPHONE)); // is renamed, and leaves as Karma Dorji
    rig_run_until(r, "2021-02-25 09:10");
    call(r, came_or_left(r, "left", "3", "09:05", KARMA));
    assert_text(rig_call(r, "minutes", "{\"key\": \"b\"}"), "60");
    assert_text(rig_call(r, "strangers", "{}"), "\"\"");
    call(r, came_or_left(r, "joined", "4", "09:05", DECHEN)); // and the other way round
    rig_run_until(r, "2021-02-25 09:20");
    call(r, came_or_left(r, "left", "4", "09:15", "\"user_name\": \"D\""));
    assert_text(rig_call(r, "minutes", "{\"key\": \"a\"}"), "10");
    assert_text(rig_call(r, "strangers", "{}"), "\"\"");
    rig_end(r);
}

static void what_is_tried_out_days_before_is_not_kept(void **state)
{
    struct rig *r = rig_new("2021-02-20 08:10");
    r->live = true;
    rig_write(r, "hall.lua", SCRIPT);
    rig_begin(r);
    const char *body = "{\"event\": \"meeting.participant_joined\", \"event_ts\": 1613808600000, \"payload\":"
                       " {\"object\": {\"id\": \"94512345678\", \"uuid\": \"x\", \"participant\":"
                       " {\"user_name\": \"A tester\", \"join_time\": \"2021-02-20T08:10:00Z\"}}}}";
    assert_text(call(r, body), "204 ");
    assert_text(rig_call(r, "strangers", "{}"), "\"\"");
    rig_end(r);
}

static void the_secret_is_in_no_answer_and_no_log(void **state)
{
    struct rig *r = begun();
    const char *const said[] = {call(r, "{"), call(r, came_or_left(r, "joined", "1", "08:05", DECHEN)),
        rig_visit(r, "POST", "/zoom/webhook", NULL), rig_notices(r), rig_list(r, "flows", "{}"),
        rig_list(r, "audit", "{\"limit\": 100}")};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) assert_null(strstr(said[i], SECRET));
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_call_is_taken_in),
        cmocka_unit_test(without_a_signature_or_with_a_wrong_one_nothing_is_taken),
        cmocka_unit_test(a_late_call_is_refused_though_it_is_signed),
        cmocka_unit_test(a_time_that_is_none_is_refused),
        cmocka_unit_test(what_is_not_zooms_is_refused_though_it_is_signed),
        cmocka_unit_test(calls_with_odd_fields_break_nothing),
        cmocka_unit_test(the_address_proves_itself_when_zoom_asks),
        cmocka_unit_test(nothing_but_a_token_is_signed_and_for_nobody_but_zoom),
        cmocka_unit_test(the_answer_leaves_before_any_work_and_the_work_is_done_after_it),
        cmocka_unit_test(a_call_that_was_answered_outlives_a_crash),
        cmocka_unit_test(many_calls_at_once_are_one_heap),
        cmocka_unit_test(a_call_that_comes_again_changes_nothing),
        cmocka_unit_test(the_order_of_arrival_does_not_matter),
        cmocka_unit_test(the_end_of_the_meeting_ends_it_for_whoever_never_left),
        cmocka_unit_test(another_meeting_of_the_account_is_none_of_ours),
        cmocka_unit_test(of_several_events_the_one_whose_meeting_it_is_takes_it),
        cmocka_unit_test(people_are_found_by_address_and_by_name_and_others_are_asked_about),
        cmocka_unit_test(who_is_told_by_a_person_stays_known_until_they_leave),
        cmocka_unit_test(nobody_of_ours_is_asked_about_once),
        cmocka_unit_test(whoever_takes_another_name_in_the_meeting_is_the_same_person),
        cmocka_unit_test(what_is_tried_out_days_before_is_not_kept),
        cmocka_unit_test(the_secret_is_in_no_answer_and_no_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
