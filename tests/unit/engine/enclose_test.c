// SPDX-License-Identifier: MIT
// Attachments that are made when their mail leaves: they go out, and are kept nowhere.
#include "engine_rig.h"

#define SCRIPT(made)                                                                                    \
    "usher.on('table', function(request)\n"                                                             \
    "  " made "\n"                                                                                      \
    "end, { look = function() return { flows = { ask = 'flows' } } end })\n"                            \
    "usher.on('put', function(r) usher.book('b'):set('text', r.text) end)\n"                            \
    "usher.flow('a', function()\n"                                                                      \
    "  return usher.mail { 'm', to = 'a@b.example', from = 'c@d.example', subject = 's', text = 't',\n" \
    "    attach = { { name = 'old.txt', type = 'text/plain', data = 'written' },\n"                     \
    "      { name = 'a.txt', type = 'text/plain', call = 'table', with = { of = 'a' } },\n"             \
    "      { name = 'b.txt', type = 'text/plain', call = 'table', with = { of = 'b' } } } }\n"          \
    "end)\n"                                                                                            \
    "usher.start('a', { key = 'P1' })\n"

#define FROM_BOOK                                                             \
    "return { data = request.of .. ' of ' .. #request.seen.flows .. ': ' .. " \
    "(usher.book('b'):get('text') or 'nothing yet') }"

static const char *files_of(const struct rig *r, int n)
{
    const struct rig_effect *x = r->effects;
    while (n-- > 0) x = x->next;
    return x->files;
}

static void files_are_made_when_the_mail_leaves(void **state)
{
    (void)state;
    struct rig *r = rig_with("2021-02-01 09:00", SCRIPT(FROM_BOOK));
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    assert_text(files_of(r, 0), "old.txt=written, a.txt=a of 1: nothing yet, b.txt=b of 1: nothing yet");
    assert_text(rig_result(r, "a", "P1"), "{\"sent\":true,\"reply\":\"250 fine\"}");
    rig_end(r);
}

static void nothing_of_them_is_kept(void **state)
{
    (void)state;
    struct rig *r = rig_with("2021-02-01 09:00", SCRIPT("return { data = 'canary' .. request.of }"));
    rig_run(r);
    assert_text(files_of(r, 0), "old.txt=written, a.txt=canarya, b.txt=canaryb");
    const char *mail = rig_list(r, "mail", "{\"flow\": 1, \"step\": 1}");
    assert_holds_words(mail, "\"call\":\"table\"");
    assert_null(strstr(mail, "canary"));
    assert_null(strstr(rig_list(r, "history", "{\"flow\": 1}"), "canary"));
    rig_end(r);
}

static enum outcome refuses_first(void *ctx, const struct rig_effect *effect, const char **note,
    const char **value)
{
    (void)ctx, (void)value;
    *note = effect->attempt == 1 ? "451 later" : "250 fine";
    return effect->attempt == 1 ? OUTCOME_AGAIN : OUTCOME_OK;
}

static void an_attempt_that_is_made_again_takes_what_is_true_then(void **state)
{
    (void)state;
    struct rig *r = rig_with("2021-02-01 09:00", SCRIPT(FROM_BOOK));
    r->peer = refuses_first;
    rig_settle(r);
    rig_call(r, "put", "{\"text\": \"more\"}");
    rig_run(r);
    assert_int_equal(r->effects_n, 2);
    assert_holds_words(files_of(r, 0), "a.txt=a of 1: nothing yet");
    assert_holds_words(files_of(r, 1), "a.txt=a of 1: more");
    assert_text(r->effects->message_id, r->effects->next->message_id);
    rig_end(r);
}

static void what_can_not_be_made_yet_is_tried_again(void **state)
{
    (void)state;
    struct rig *r = rig_with("2021-02-01 09:00",
        SCRIPT("if not usher.book('b'):get('text') then error('not today', 0) end " FROM_BOOK));
    rig_settle(r);
    assert_int_equal(r->effects_n, 0);
    assert_holds_words(rig_list(r, "again", "{\"since\": 0}"), "not today");
    rig_call(r, "put", "{\"text\": \"more\"}");
    rig_run(r);
    assert_holds_words(files_of(r, 0), "b.txt=b of 1: more");
    rig_end(r);
}

static void a_file_may_be_left_out(void **state)
{
    (void)state;
    struct rig *r = rig_with("2021-02-01 09:00",
        SCRIPT("if request.of == 'a' then return { none = true } end return { data = 'x' }"));
    rig_run(r);
    assert_text(files_of(r, 0), "old.txt=written, b.txt=x");
    rig_end(r);
}

static void no_data_and_no_such_handler_are_said(void **state)
{
    (void)state;
    struct rig *r = rig_with("2021-02-01 09:00", SCRIPT("return { text = 'x' }"));
    rig_settle(r);
    assert_holds_words(rig_list(r, "again", "{\"since\": 0}"), "what makes an attachment answered no data");
    rig_end(r);
    r = rig_with("2021-02-01 09:00",
        "usher.flow('a', function() usher.mail { 'm', to = 'a@b.example', from = 'c@d.example',\n"
        "  subject = 's', text = 't', attach = { { name = 'a', type = 'text/plain', call = 'tble' } } } "
        "end)\n"
        "usher.start('a', { key = 'P1' })\n");
    rig_settle(r);
    assert_holds_words(rig_list(r, "again", "{\"since\": 0}"), "no script that runs here answers to 'tble'");
    rig_end(r);
}

static void a_crash_while_a_file_is_made_loses_nothing(void **state)
{
    (void)state;
    for (int64_t boundary = 1; boundary <= 8; boundary++) {
        struct rig *r = rig_new("2021-02-01 09:00");
        rig_write(r, "test.lua", SCRIPT(FROM_BOOK));
        virtual_crash_at(r->world, boundary);
        rig_begin(r);
        rig_run(r);
        bool unsure = strcmp(rig_list(r, "unsure", "{}"), "[]") != 0;
        if (!unsure) assert_holds_words(files_of(r, r->effects_n - 1), "b.txt=b of 1: nothing yet");
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_made_when_the_mail_leaves),
        cmocka_unit_test(nothing_of_them_is_kept),
        cmocka_unit_test(an_attempt_that_is_made_again_takes_what_is_true_then),
        cmocka_unit_test(what_can_not_be_made_yet_is_tried_again),
        cmocka_unit_test(a_file_may_be_left_out),
        cmocka_unit_test(no_data_and_no_such_handler_are_said),
        cmocka_unit_test(a_crash_while_a_file_is_made_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
