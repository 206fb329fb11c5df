// SPDX-License-Identifier: MIT
// Handlers that look: lists of the database come with the request, and nothing is changed.
#include "engine_rig.h"

static const char script[] =
    "usher.flow('a', function() usher.sleep('1 hour') return 'done' end)\n"
    "usher.start('a', { key = 'P1' })\n"
    "usher.start('a', { key = 'P2' })\n"
    "usher.on('names', function(request)\n"
    "  local keys = {}\n"
    "  for i, row in ipairs(request.seen.flows) do keys[i] = row.key end\n"
    "  return { keys = table.concat(keys, ' '), said = request.said, others = #request.seen.others }\n"
    "end, { look = function(request)\n"
    "  return { flows = { ask = 'flows', name = request.name or 'a' }, others = { ask = 'unsure' } } end })\n"
    "usher.on('nothing', function(request) return { none = next(request.seen) == nil } end,\n"
    "  { look = function() return {} end })\n"
    "usher.on('greedy', function() usher.book('b'):set('k', 1) end, { look = function() return {} end })\n"
    "usher.on('wrong', function() return true end, { look = function() return { x = { ask = 'flws' } } end "
    "})\n"
    "usher.on('broken', function() return true end, { look = function() error('no idea', 0) end })\n";

static struct rig *rig_of(const char *source)
{
    struct rig *r = rig_with("2021-02-01 09:00", source);
    rig_settle(r);
    return r;
}

static void a_handler_gets_the_lists_that_it_asked_for(void **state)
{
    (void)state;
    struct rig *r = rig_of(script);
    assert_text(rig_call(r, "names", "{\"said\": \"so\"}"),
        "{\"keys\":\"P1 P2\",\"said\":\"so\",\"others\":0}");
    assert_text(rig_call(r, "names", "{\"name\": \"b\"}"), "{\"keys\":\"\",\"others\":0}");
    rig_end(r);
}

static void lists_may_be_none_and_the_request_need_not_be_a_table(void **state)
{
    (void)state;
    struct rig *r = rig_of(script);
    assert_text(rig_call(r, "nothing", "{}"), "{\"none\":true}");
    assert_text(rig_call(r, "nothing", "7"), "{\"none\":true}");
    rig_end(r);
}

static void a_handler_that_looks_changes_nothing(void **state)
{
    (void)state;
    struct rig *r = rig_of(script);
    assert_holds_words(rig_call(r, "greedy", "{}"), "error: ");
    assert_holds_words(rig_call(r, "greedy", "{}"), "changes nothing");
    rig_end(r);
}

static void what_is_wrong_with_a_list_is_the_answer(void **state)
{
    (void)state;
    struct rig *r = rig_of(script);
    assert_holds_words(rig_call(r, "wrong", "{}"), "did you mean \"flows\"");
    assert_holds_words(rig_call(r, "broken", "{}"), "no idea");
    assert_holds_words(rig_call(r, "nobody", "{}"), "no script that runs here answers to 'nobody'");
    rig_end(r);
}

static void ignore(void *ctx, struct record reply, const struct err *error)
{
    (void)ctx, (void)reply, (void)error;
}

static void a_call_that_waits_for_lists_ends_with_its_engine(void **state)
{
    (void)state;
    struct rig *r = rig_of(script);
    engine_call(r->engine, (struct text){0}, TEXT("names"), (struct record){0}, ignore, NULL);
    rig_kill(r);
    rig_restart(r);
    assert_holds_words(rig_call(r, "names", "{}"), "P1 P2");
    rig_end(r);
}

// ---- the list of which a report is made -----------------------------------------------------------------

static const char mails[] = "usher.flow('a', function(input)\n"
                            "  if input.skip then return { skipped = 'has answered' } end\n"
                            "  return { sent = usher.mail { 'm', to = 'a@b.example', from = 'c@d.example', "
                            "subject = 's', text = 't' }.sent }\n"
                            "end)\n"
                            "for i = 1, 5 do usher.start('a', { key = 'P' .. i, label = 'Guest ' .. i, input "
                            "= { skip = i > 3 } }) end\n"
                            "usher.flow('b', function() usher.sleep('9 days') end)\n"
                            "usher.start('b', { key = 'P1' })\n"
                            "usher.start('b', { key = 'P2' })\n";

static void flows_that_ended_alike_are_one_row(void **state)
{
    (void)state;
    struct rig *r = rig_with("2021-02-01 09:00", mails);
    rig_run_until(r, "2021-02-02 09:00");
    const char *rows = rig_list(r, "fate_counts", "{}");
    assert_holds_words(rows, "\"n\":3,\"mail\":1,\"name\":\"a\"");
    assert_holds_words(rows, "\"result\":{\"skipped\":\"has answered\"}");
    assert_holds_words(rows, "\"n\":2,\"mail\":0,\"name\":\"b\"");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handler_gets_the_lists_that_it_asked_for),
        cmocka_unit_test(lists_may_be_none_and_the_request_need_not_be_a_table),
        cmocka_unit_test(a_handler_that_looks_changes_nothing),
        cmocka_unit_test(what_is_wrong_with_a_list_is_the_answer),
        cmocka_unit_test(a_call_that_waits_for_lists_ends_with_its_engine),
        cmocka_unit_test(flows_that_ended_alike_are_one_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
