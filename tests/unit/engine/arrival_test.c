// SPDX-License-Identifier: MIT
#include "engine_rig.h"

#include "engine/arrival.h"

// What became of each mail, in the order in which the engine said so: "1 wanted, 2 left".
static struct buf said;
static int64_t uids[64]; // what a reply is about: their addresses are handed to the engine

static void on_settled(void *ctx, struct record reply, const struct err *error)
{
    const int64_t *uid = ctx;
    const char *how = error ? "dropped" : record_get_bool(reply, "wanted", false) ? "wanted" : "left";
    buf_addf(&said, "%s%lld %s", said.len ? ", " : "", (long long)*uid, how);
}

static int begin_saying(void **state)
{
    buf_init(&said, 65536);
    return 0;
}

static int end_saying(void **state)
{
    buf_release(&said);
    return 0;
}

#define BOX "office@box.example:993/INBOX"

static void arrive_from(struct rig *r, int64_t validity, int64_t uid, const char *json)
{
    struct buf bytes;
    struct err e = {0};
    buf_init(&bytes, 65536);
    if (json && record_from_json(text_of(json), &bytes, &e)) fail_msg("%s: %s", e.text, json);
    uids[uid] = uid;
    struct arrival a = {TEXT(BOX), validity, uid, {(const uint8_t *)(json ? bytes.data : NULL), bytes.len},
        TEXT("it is broken")};
    engine_arrive(r->engine, &a, on_settled, &uids[uid]);
    buf_release(&bytes);
}

static void arrive(struct rig *r, int64_t uid, const char *json)
{
    arrive_from(r, 7, uid, json);
    rig_settle(r);
}

static void on_cursor(void *ctx, struct record cursor, const struct err *error)
{
    struct buf *out = ctx;
    record_print_json(cursor, out);
}

static const char *read_up_to(struct rig *r)
{
    struct buf json;
    buf_init(&json, 4096);
    engine_mailbox(r->engine, TEXT(BOX), on_cursor, &json);
    rig_settle(r);
    const char *text = rig_print(r, "%s", buf_z(&json));
    buf_release(&json);
    return text;
}

static const char *const script =
    "usher.flow('guest', function(g) usher.mail { 'hello', to = 'Karma <' .. g.mail .. '>', from ="
    " 'office@box.example', subject = 'Hello', text = 'Hi', about = { person = g.key } } "
    "usher.wait('mail:report')"
    " usher.mail { 'again', to = 'x@y.example', from = 'office@box.example', subject = 'Again', text = 'Hi' "
    "} end)\n"
    "usher.start('guest', { key = 'P1', label = 'Karma', input = { key = 'P1', mail = 'karma@moic.example' } "
    "})\n"
    "usher.on('incoming', function(m)\n"
    "  if m.subject == 'not mine' then usher.book('mails'):set('lost', 1) return nil end\n"
    "  if m.subject == 'broken' then usher.book('mails'):set('broken', 1) error('no', 0) end\n"
    "  local s = m.sent or {}\n"
    "  usher.book('mails'):set('u' .. m.uid, m.kind .. ' ' .. tostring(s.to) .. ' ' .. tostring(s.about and"
    " s.about.person) .. ' ' .. tostring(m.fate) .. ' ' .. tostring(m.old)) return true end)\n"
    "usher.on('mails', function() local l = {} for k, v in usher.book('mails'):each() do l[#l + 1] = k .. "
    "'=' .. v end"
    " return table.concat(l, '; ') end)\n";

static struct rig *begin(void)
{
    struct rig *r = rig_new("2021-02-16 08:00");
    r->on_disk = true;
    rig_write(r, "event.lua", script);
    rig_begin(r);
    rig_run(r);
    return r;
}

static const char *hello_id(struct rig *r)
{
    return r->effects->message_id;
}

static void an_answer_finds_the_mail_that_it_answers(void **state)
{
    struct rig *r = begin();
    arrive(r, 1,
        rig_print(r, "{\"from\":\"karma@moic.example\",\"answers\":[\"%s\"],\"text\":\"yes\"}", hello_id(r)));
    assert_text(rig_call(r, "mails", "null"), "\"u1=reply Karma <karma@moic.example> P1 nil nil\"");
    assert_string_equal(buf_z(&said), "1 wanted");
    assert_holds_words(rig_list(r, "audit", "{}"), "mail:reply");
    rig_end(r);
}

static void a_report_is_written_to_its_flow_and_wakes_who_waits(void **state)
{
    struct rig *r = begin();
    arrive(r, 1,
        rig_print(r,
            "{\"from\":\"mailer-daemon@x.example\",\"original\":{\"id\":\"%s\"},\"reports\":[{\"action\":"
            "\"failed\",\"status\":\"5.1.1\"}]}",
            hello_id(r)));
    assert_holds_words(rig_list(r, "inbox", "{}"), "\"fate\":\"hard\"");
    assert_holds_words(rig_effects(r), "mail:again");
    assert_text(rig_state(r, "guest", "P1"), "done");
    arrive(r, 2,
        rig_print(r,
            "{\"from\":\"mailer-daemon@x.example\",\"id\":\"late@x\",\"original\":{\"id\":\"%s\"},"
            "\"reports\":[{\"action\":\"delayed\"}]}",
            hello_id(r)));
    assert_holds_words(rig_list(r, "inbox", "{}"), "\"fate\":\"delayed\""); // kept after the flow's end, too
    rig_end(r);
}

static void what_is_forged_proves_nothing(void **state)
{
    struct rig *r = begin();
    arrive(r, 1,
        "{\"from\":\"a@b.example\",\"answers\":[\"AAAAAAAAAAAAAAAAAAAAAA.1@box.example\"],\"subject\":"
        "\"x\"}");
    arrive(r, 2,
        "{\"from\":\"a@b.example\",\"to\":[\"bounces+1-abcdefghijklmnop@box.example\"],\"subject\":\"x\"}");
    arrive(r, 3,
        "{\"from\":\"a@b.example\",\"answers\":[\"AAAAAAAAAAAAAAAAAAAAAA.999@box.example\"],\"subject\":"
        "\"x\"}");
    assert_text(rig_call(r, "mails", "null"),
        "\"u1=reply nil nil nil nil; u2=reply nil nil nil nil; u3=reply nil nil nil nil\"");
    rig_end(r);
}

static void what_nobody_wants_changes_nothing_and_is_passed(void **state)
{
    struct rig *r = begin();
    arrive(r, 1, "{\"subject\":\"not mine\"}");
    arrive(r, 2, "{\"subject\":\"broken\"}");
    arrive(r, 3, NULL);
    arrive(r, 4, "{\"subject\":\"fine\"}");
    assert_string_equal(buf_z(&said), "1 left, 2 left, 3 left, 4 wanted");
    assert_text(rig_call(r, "mails", "null"), "\"u4=reply nil nil nil nil\"");
    assert_text(read_up_to(r), "{\"uid\":4,\"validity\":7}");
    rig_end(r);
}

static void the_number_is_kept_with_what_the_mail_changed(void **state)
{
    struct rig *r = begin();
    assert_text(read_up_to(r), "{\"uid\":0,\"validity\":0}");
    arrive(r, 3, "{\"subject\":\"x\"}");
    rig_restart(r);
    assert_text(read_up_to(r), "{\"uid\":3,\"validity\":7}");
    assert_text(rig_call(r, "mails", "null"), "\"u3=reply nil nil nil nil\"");
    arrive_from(r, 7, 4, "{\"subject\":\"y\"}"); // read, and killed before the commit
    rig_kill(r);
    rig_begin(r);
    rig_settle(r);
    assert_text(read_up_to(r), "{\"uid\":3,\"validity\":7}");
    assert_text(rig_call(r, "mails", "null"), "\"u3=reply nil nil nil nil\"");
    rig_end(r);
}

static void a_number_that_was_read_is_not_acted_on_again(void **state)
{
    struct rig *r = begin();
    arrive(r, 3, "{\"subject\":\"x\"}");
    arrive(r, 3, "{\"subject\":\"x\",\"reports\":[{\"action\":\"failed\"}]}");
    assert_text(rig_call(r, "mails", "null"), "\"u3=reply nil nil nil nil\"");
    arrive_from(r, 8, 1, "{\"subject\":\"x\"}"); // numbered anew
    rig_settle(r);
    assert_text(read_up_to(r), "{\"uid\":1,\"validity\":8}");
    rig_end(r);
}

static void mails_are_taken_in_their_order_although_one_waits(void **state)
{
    struct rig *r = begin();
    arrive_from(r, 7, 1, rig_print(r, "{\"answers\":[\"%s\"]}", hello_id(r)));
    arrive_from(r, 7, 2, "{\"subject\":\"x\"}");
    arrive_from(r, 7, 3,
        rig_print(r, "{\"answers\":[\"AAAAAAAAAAAAAAAAAAAAAA.5@x.example\",\"%s\"]}", hello_id(r)));
    rig_settle(r);
    assert_string_equal(buf_z(&said), "1 wanted, 2 wanted, 3 wanted");
    assert_holds_words(rig_call(r, "mails", "null"), "u3=reply Karma");
    rig_end(r);
}

static void who_opens_the_mailbox_anew_reads_what_was_waiting_again(void **state)
{
    struct rig *r = begin();
    arrive_from(r, 7, 1, rig_print(r, "{\"answers\":[\"%s\"]}", hello_id(r)));
    arrive_from(r, 7, 2, "{\"subject\":\"x\"}");
    assert_text(read_up_to(r), "{\"uid\":0,\"validity\":0}");
    assert_string_equal(buf_z(&said), "1 dropped, 2 dropped");
    assert_text(rig_call(r, "mails", "null"), "\"\"");
    rig_end(r);
}

static void old_mails_are_told_from_new_ones(void **state)
{
    struct rig *r = begin();
    arrive(r, 1, rig_print(r, "{\"date\":%lld}", (long long)rig_at("2021-02-01 00:00").ms));
    arrive(r, 2,
        rig_print(r, "{\"date\":%lld,\"received\":%lld}", (long long)rig_at("2021-02-01 00:00").ms,
            (long long)rig_at("2021-02-16 08:01").ms));
    assert_text(rig_call(r, "mails", "null"), "\"u1=reply nil nil nil true; u2=reply nil nil nil nil\"");
    rig_end(r);
}

static void the_event_of_the_proof_is_asked_first(void **state)
{
    struct rig *r = rig_new("2021-02-16 08:00");
    rig_write(r, "z.lua", "usher.on('incoming', function(m) return 'z' end)");
    rig_write(r, "event.lua", script);
    rig_begin(r);
    rig_run(r);
    arrive(r, 1, rig_print(r, "{\"answers\":[\"%s\"]}", hello_id(r)));
    assert_holds_words(rig_call(r, "mails", "null"), "u1=reply Karma");
    rig_end(r);
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin_saying, end_saying)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(an_answer_finds_the_mail_that_it_answers),
        test(a_report_is_written_to_its_flow_and_wakes_who_waits),
        test(what_is_forged_proves_nothing),
        test(what_nobody_wants_changes_nothing_and_is_passed),
        test(the_number_is_kept_with_what_the_mail_changed),
        test(a_number_that_was_read_is_not_acted_on_again),
        test(mails_are_taken_in_their_order_although_one_waits),
        test(who_opens_the_mailbox_anew_reads_what_was_waiting_again),
        test(old_mails_are_told_from_new_ones),
        test(the_event_of_the_proof_is_asked_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
