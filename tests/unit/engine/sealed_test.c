// SPDX-License-Identifier: MIT
// Sealed books as scripts see them: where they may be changed, what survives, what is refused.
#include "engine_rig.h"

#define SURVEY                                                                               \
    "local marks = usher.book('answered', { sealed = true })\n"                              \
    "local answers = usher.book('answers', { sealed = true })\n"                             \
    "usher.on('send', function(r)\n"                                                         \
    "  marks:set(r.who, true)\n"                                                             \
    "  answers:set(r.key, { text = r.text })\n"                                              \
    "  if r.fail then error('no more') end end)\n"                                           \
    "usher.on('take', function(r) answers:remove(r.key) end)\n"                              \
    "usher.on('look', function()\n"                                                          \
    "  local list = {}\n"                                                                    \
    "  for key, value in answers:each() do list[#list + 1] = key .. '=' .. value.text end\n" \
    "  return { text = table.concat(list, ' '), marks = marks:count() } end)\n"

static void what_is_sealed_survives_a_crash(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->on_disk = true;
    rig_write(r, "test.lua", SURVEY);
    rig_begin(r);
    rig_call(r, "send", "{\"who\": \"P1\", \"key\": \"k7\", \"text\": \"good\"}");
    rig_call(r, "send", "{\"who\": \"P2\", \"key\": \"k3\", \"text\": \"fair\"}");
    rig_restart(r);
    assert_text(rig_call(r, "look", "{}"), "{\"text\":\"k3=fair k7=good\",\"marks\":2}");
    rig_call(r, "take", "{\"key\": \"k7\"}");
    rig_restart(r);
    assert_text(rig_call(r, "look", "{}"), "{\"text\":\"k3=fair\",\"marks\":2}");
    rig_end(r);
}

static void what_fails_seals_nothing(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", SURVEY);
    rig_call(r, "send", "{\"who\": \"P1\", \"key\": \"k7\", \"text\": \"good\", \"fail\": true}");
    assert_text(rig_call(r, "look", "{}"), "{\"text\":\"\",\"marks\":0}");
    rig_restart(r);
    assert_text(rig_call(r, "look", "{}"), "{\"text\":\"\",\"marks\":0}");
    rig_end(r);
}

// A decision is a row of the journal, with its time and whose flow it is.
static void a_decision_changes_no_sealed_book(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "local marks = usher.book('answered', { sealed = true })\n"
        "usher.flow('f', function() return usher.decide('d', function()\n"
        "  local fine, why = pcall(function() marks:set('P1', true) end)\n"
        "  return { why = why, known = marks:has('P1') } end) end)\n"
        "usher.start('f', { key = 'k' })\n");
    rig_settle(r);
    assert_text(rig_state(r, "f", "k"), "done");
    assert_holds_words(rig_result(r, "f", "k"), "a sealed book is changed in handlers and POST routes only");
    rig_end(r);
}

static void a_book_whose_order_is_on_disk_is_not_sealed(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "usher.on('open', function() usher.book('b'):set('k', 1) end)\n"
        "usher.on('seal', function() usher.book('b', { sealed = true }):set('k', 2) end)\n"
        "usher.on('misspelt', function() usher.book('b', { seeled = true }) end)\n");
    rig_call(r, "open", "{}");
    assert_holds_words(rig_call(r, "seal", "{}"), "book 'b' has entries that are not sealed");
    assert_holds_words(rig_call(r, "misspelt", "{}"), "no option 'seeled' (did you mean 'sealed'?)");
    rig_end(r);
}

// Whoever forgets the option does not unseal anything.
static void a_sealed_book_stays_sealed(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->on_disk = true;
    rig_write(r, "test.lua",
        "usher.on('seal', function() usher.book('b', { sealed = true }):set('k', 'one') end)\n"
        "usher.on('open', function() usher.book('b'):set('l', 'two') end)\n"
        "usher.on('both', function() return usher.book('b', { sealed = true }):count() end)\n");
    rig_begin(r);
    rig_call(r, "seal", "{}");
    rig_restart(r);
    rig_call(r, "open", "{}");
    rig_restart(r);
    assert_text(rig_call(r, "both", "{}"), "2");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_survives_a_crash),
        cmocka_unit_test(what_fails_seals_nothing),
        cmocka_unit_test(a_decision_changes_no_sealed_book),
        cmocka_unit_test(a_book_whose_order_is_on_disk_is_not_sealed),
        cmocka_unit_test(a_sealed_book_stays_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
