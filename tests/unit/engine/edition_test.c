// SPDX-License-Identifier: MIT
// The event moves, on the whole engine: whoever has heard of the date hears of the new one, whenever it dies.
#include "engine_rig.h"

#define TEA(when)                                                                                    \
    "event 'test' { title = 'Tea', when = '" when " UTC', from = 'o@x.example' }\n"                  \
    "people { { key = 'lead', name = 'Karma', role = 'speaker', mail = 'karma@x.example' } }\n"      \
    "guests { { key = 'S1', name = 'Sonam', mail = 's1@x.example' },\n"                              \
    "  { key = 'S2', name = 'Pema', mail = 's2@x.example' },\n"                                      \
    "  { key = 'S3', name = 'Dorji', mail = 's3@x.example' } }\n"                                    \
    "mail 'invitation' { to = invited, at = '10 days before, 09:00', subject = 's', text = 't',\n"   \
    "  attach = 'calendar' }\n"                                                                      \
    "mail 'joining' { to = coming, at = '2 days before, 09:00', subject = 's', text = 't' }\n"       \
    "mail 'to-speaker' { to = speakers, at = '10 days before, 09:00', subject = 's', text = 't' }\n" \
    "usher.on('said', function()\n"                                                                  \
    "  local words = {}\n"                                                                           \
    "  for _, key in ipairs { 'S1', 'S2', 'S3' } do\n"                                               \
    "    local one = usher.book('answers'):get(key)\n"                                               \
    "    words[#words + 1] = one and one.answer or 'nothing'\n"                                      \
    "  end\n"                                                                                        \
    "  return table.concat(words, ' ') end)\n"

#define OLD TEA("Thu 25 Feb 2021 14:00-15:00")
#define AN_HOUR_LATER TEA("Thu 25 Feb 2021 15:00-16:00")
#define TWO_WEEKS_LATER TEA("Thu 11 Mar 2021 14:00-15:00")

// Invited on the 15th; S1 comes, S2 does not.
static struct rig *invited(void)
{
    struct rig *r = rig_with("2021-02-01 08:00", OLD);
    rig_run_until(r, "2021-02-16 08:00");
    rig_call(r, "answer", "{\"person\":\"S1\",\"answer\":\"yes\"}");
    rig_call(r, "answer", "{\"person\":\"S2\",\"answer\":\"no\"}");
    rig_run_until(r, "2021-02-17 08:00");
    return r;
}

// "S1 S3", in order: who got mails of that rule since; each repeat counts.
static const char *who_got(struct rig *r, const char *rule, const char *since)
{
    const char *text = "";
    for (const struct rig_effect *x = r->effects; x; x = x->next) {
        if (strcmp(x->flow, rule) != 0 || x->at.ms < rig_at(since).ms) continue;
        text = rig_print(r, "%s%s%s", text, *text ? " " : "", x->key);
    }
    return text;
}

// A person looks whether a mail arrived that nobody knows of, and says so or sends it.
static void answer_for_what_is_unsure(struct rig *r)
{
    struct buf rows;
    buf_init(&rows, 1u << 20);
    record_from_json(text_of(rig_list(r, "unsure", "{}")), &rows, NULL);
    struct record all = {(uint8_t *)rows.data, rows.len};
    for (struct record_iter it = record_each(all); record_next(&it);) {
        struct text name = record_get_text(it.value, "name"), key = record_get_text(it.value, "flow_key");
        bool arrived = false;
        for (const struct rig_effect *x = r->effects; x; x = x->next)
            arrived |= text_is(name, x->flow) && text_is(key, x->key);
        engine_decide_unsure(r->engine, TEXT("test"), name, key, (int32_t)record_get_int(it.value, "step", 0),
            (int32_t)record_get_int(it.value, "attempt", 0), !arrived);
    }
    rig_settle(r);
    buf_release(&rows);
}

static void a_kill_at_every_boundary_tells_everybody_once(void **state)
{
    for (int64_t boundary = 1, deaths = 1; deaths; boundary++) {
        struct rig *r = invited();
        virtual_crash_at(r->world, virtual_boundaries(r->world) + boundary);
        rig_reload(r, "test.lua", AN_HOUR_LATER, NULL);
        rig_settle(r);
        deaths = r->deaths;
        answer_for_what_is_unsure(r);
        const char *told = who_got(r, "new-time", "2021-02-17 08:00");
        for (const char *const *key = (const char *const[]){"S1", "S3", "lead", NULL}; *key; key++)
            assert_holds_words(told, *key);
        if (strlen(told) != strlen("S1 S3 lead")) fail_msg("boundary %d: %s", (int)boundary, told);
        rig_run(r);
        assert_text(who_got(r, "joining", "2021-02-17 08:00"), "S1");
        if (!deaths) print_message("%d boundaries\n", (int)boundary - 1);
        rig_end(r);
    }
}

static void a_new_edition_goes_out_once_whatever_had_gone_out_before(void **state)
{
    struct rig *r = invited();
    assert_holds_words(rig_reload(r, "test.lua", TWO_WEEKS_LATER, NULL), "\"applied\":false");
    assert_text(rig_call(r, "said", "null"), "\"yes no nothing\"");
    rig_reload(r, "test.lua", TWO_WEEKS_LATER, "{\"apply\":true,\"answers\":{\"edition\":\"new\"}}");
    assert_text(rig_call(r, "said", "null"), "\"nothing no nothing\"");
    assert_text(who_got(r, "new-time", "2021-02-17 08:00"), "S1 S3 lead");
    rig_call(r, "answer", "{\"person\":\"S3\",\"answer\":\"yes\"}");
    rig_run(r);
    assert_text(who_got(r, "invitation", "2021-02-17 08:00"), "S1/@2 S3/@2");
    assert_text(who_got(r, "to-speaker", "2021-02-17 08:00"), "lead/@2");
    assert_text(who_got(r, "joining", "2021-02-17 08:00"), "S3"); // it was waiting, and has moved
    assert_text(rig_state(r, "joining", "S3/@2"), "none");
    rig_end(r);
}

static void the_same_edition_sends_nothing_twice(void **state)
{
    struct rig *r = invited();
    rig_reload(r, "test.lua", TWO_WEEKS_LATER, "{\"apply\":true,\"answers\":{\"edition\":\"same\"}}");
    rig_run(r);
    assert_text(who_got(r, "invitation", "2021-02-17 08:00"), "");
    assert_text(who_got(r, "new-time", "2021-02-17 08:00"), "S1 S3 lead");
    assert_text(who_got(r, "joining", "2021-03-09 09:00"), "S1");
    assert_holds_words(rig_list(r, "audit", "{\"event\":\"test\"}"), "the event moves by 14 days");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_at_every_boundary_tells_everybody_once),
        cmocka_unit_test(a_new_edition_goes_out_once_whatever_had_gone_out_before),
        cmocka_unit_test(the_same_edition_sends_nothing_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
