// SPDX-License-Identifier: MIT
// A message to a person that goes by HTTP (an SMS, say) passes the gate as a mail does.
#include "engine_rig.h"

// A message to somebody that goes by HTTP.
static const char message[] =
    "usher.flow('guest', function() usher.sleep('1 hour')\n"
    "  return usher.http.post { 'sms', url = 'https://sms.example/', to = '+97517123456', json = {},\n"
    "    rehearse = { status = 200 }, approval = { rule = 'r', hash = 'aa', why = 'waits for a word' } } "
    "end)\n"
    "usher.on('approve', function(hash) usher.book('approvals'):set('r', { hash = hash }) usher.recheck() "
    "end)\n"
    "usher.on('recall', function() usher.recall('guest', 'P1', 'is over') end)\n"
    "usher.start('guest', { key = 'P1' })\n";

static void a_message_by_http_waits_for_a_word_as_a_mail_does(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", message);
    rig_run(r);
    assert_text(rig_history(r, "guest", "P1"),
        "sleep:1 hour open\nsleep:1 hour done\nhttp:sms held: waits for a word\n");
    rig_call(r, "approve", "\"aa\"");
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    assert_int_equal(rig_count(r, "done"), 1);
    rig_end(r);
}

static void a_message_by_http_that_is_held_may_be_taken_back(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", message);
    rig_run(r);
    rig_call(r, "recall", "{}");
    rig_run(r);
    assert_int_equal(r->effects_n, 0);
    assert_holds_words(rig_result(r, "guest", "P1"), "\"why\":\"is over\"");
    rig_end(r);
}

static void for_practice_or_where_only_some_mails_leave_no_message_does(void **state)
{
    static const char *const only[] = {"moic.example", NULL};
    static const char *const why[] = {"for practice", "only mails to moic.example leave from here"};
    for (int i = 0; i < 2; i++) {
        struct rig *r = rig_new("2021-02-01 08:00");
        r->practice = i == 0;
        r->only = i == 1 ? only : NULL;
        rig_write(r, "test.lua", message);
        rig_begin(r);
        rig_run(r);
        assert_int_equal(r->effects_n, 0);
        assert_holds_words(rig_result(r, "guest", "P1"), why[i]);
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_by_http_waits_for_a_word_as_a_mail_does),
        cmocka_unit_test(a_message_by_http_that_is_held_may_be_taken_back),
        cmocka_unit_test(for_practice_or_where_only_some_mails_leave_no_message_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
