// SPDX-License-Identifier: MIT
// Certificates on the whole engine: issued in one transaction with the decision to send, kept through a
// crash, looked at without a change, corrected and withdrawn; and a code that two events are asked for.
#include "engine_rig.h"

#include "engine/link.h"

#define EVENT                                                                                     \
    "event '%s' { title = 'Hall', when = 'Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu',\n"           \
    "  from = 'Desk <desk@b.example>', where = zoom { link = 'https://zoom.example/j/1' } }\n"    \
    "people { { key = 'desk', name = 'Desk', role = 'organiser', mail = 'desk@b.example' } }\n"   \
    "guests { { key = 'a', name = 'Aum Dechen', mail = 'a@b.example', group = 'Health' },\n"      \
    "  { key = 'b', name = 'Bob', mail = 'b@b.example', group = 'Health' } }\n"                   \
    "certificate { to = present, at = '1 hour after' }\n"                                         \
    "usher.on('book', function(r) return usher.book(r.name):get(r.key) or usher.json.null end)\n" \
    "usher.on('code', function(r)\n"                                                              \
    "  local entry = usher.book('certificates'):get(r.key)\n"                                     \
    "  local versions = entry and entry.of.certificate and entry.of.certificate.versions or {}\n" \
    "  return versions[#versions] and versions[#versions].paper.code or 'none' end)\n"

static struct rig *rig_of(const char *event)
{
    struct rig *r = rig_new("2021-02-25 08:10"); // ten past two in Thimphu
    r->on_disk = true;
    r->base_url = "https://events.example";
    rig_write(r, "hall.lua", rig_print(r, EVENT, event));
    return r;
}

static struct rig *begun(void)
{
    struct rig *r = rig_of("hall");
    rig_begin(r);
    return r;
}

static void attend(struct rig *r, const char *event, const char *key)
{
    rig_call_in(r, event, "attended", rig_print(r, "{\"person\": \"%s\", \"who\": \"desk\"}", key));
}

// Without the quotes that its JSON has.
static const char *code_of(struct rig *r, const char *event, const char *key)
{
    const char *json = rig_call_in(r, event, "code", rig_print(r, "{\"key\": \"%s\"}", key));
    return rig_print(r, "%.*s", (int)strlen(json) - 2, json + 1);
}

static const char *own_path(struct rig *r, const char *key, const char *rest)
{
    struct buf token;
    buf_init(&token, 1024);
    link_make(r->engine, TEXT("hall"), TEXT("certificate"), text_of(key), (struct instant){0}, 0, &token);
    const char *path = rig_print(r, "/certificate/%s%s", buf_z(&token), rest);
    buf_release(&token);
    return path;
}

static const char *check(struct rig *r, const char *code)
{
    return rig_visit(r, "GET", rig_print(r, "/c/%s", code), NULL);
}

#define NAME(name) "{\"form\": {\"name\": \"" name "\"}}"

static void who_was_there_has_one_and_its_code_opens_a_page(void **state)
{
    struct rig *r = begun();
    attend(r, "hall", "a");
    rig_run_until(r, "2021-02-25 11:31");
    assert_text(rig_effects(r), "02-25 09:00 a mail:mail/a\n");
    assert_text(rig_result(r, "certificate", "b"), "{\"skipped\":\"was not there\"}");
    const char *said = check(r, code_of(r, "hall", "a"));
    assert_holds_words(said, "This certificate is genuine");
    assert_holds_words(said, "Aum Dechen");
    assert_null(strstr(said, "a@b.example"));
    assert_null(strstr(said, "Health"));
    rig_end(r);
}

static void it_is_there_after_a_crash_with_the_same_code(void **state)
{
    struct rig *r = begun();
    attend(r, "hall", "a");
    rig_run_until(r, "2021-02-25 11:31");
    const char *code = code_of(r, "hall", "a");
    rig_kill(r);
    rig_begin(r);
    assert_text(code_of(r, "hall", "a"), code);
    assert_holds_words(check(r, code), "Aum Dechen");
    rig_end(r);
}

static void a_page_that_is_looked_at_changes_nothing(void **state)
{
    struct rig *r = begun();
    attend(r, "hall", "a");
    rig_run_until(r, "2021-02-25 11:31");
    const char *before = rig_call(r, "book", "{\"name\": \"certificates\", \"key\": \"a\"}");
    const char *const rests[] = {"", "/certificate", "/certificate/certificate.pdf"};
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++)
        assert_holds_words(rig_visit(r, "GET", own_path(r, "a", rests[i]), NULL), "200 ");
    check(r, code_of(r, "hall", "a"));
    assert_text(rig_call(r, "book", "{\"name\": \"certificates\", \"key\": \"a\"}"), before);
    rig_end(r);
}

static void a_name_that_was_corrected_is_on_disk_before_the_page_says_so(void **state)
{
    struct rig *r = begun();
    attend(r, "hall", "a");
    rig_run_until(r, "2021-02-25 11:31");
    const char *old = code_of(r, "hall", "a");
    assert_holds_words(rig_visit(r, "POST", own_path(r, "a", ""), NAME("Aum Dechen Wangmo")), "303 ");
    rig_kill(r);
    rig_begin(r);
    const char *now = code_of(r, "hall", "a");
    assert_string_not_equal(now, old);
    assert_holds_words(check(r, old), rig_print(r, "replaced by the one with the code %s", now));
    assert_holds_words(check(r, now), "Aum Dechen Wangmo");
    rig_end(r);
}

static void one_that_was_withdrawn_says_so_until_it_is_valid_again(void **state)
{
    struct rig *r = begun();
    attend(r, "hall", "a");
    rig_run_until(r, "2021-02-25 11:31");
    const char *code = code_of(r, "hall", "a");
    assert_holds_words(rig_call(r, "certificate", "{\"person\": \"a\", \"revoke\": true, \"who\": \"desk\"}"),
        "withdrawn by desk");
    assert_holds_words(check(r, code), "This certificate was withdrawn");
    assert_null(strstr(check(r, code), "Dechen"));
    rig_call(r, "certificate", "{\"person\": \"a\", \"restore\": true}");
    assert_holds_words(check(r, code), "This certificate is genuine");
    assert_holds_words(rig_call(r, "certificate", "{\"person\": \"b\"}"), "Bob has no certificate");
    rig_end(r);
}

static void of_two_events_the_one_that_knows_a_code_answers(void **state)
{
    struct rig *r = rig_of("hall");
    rig_write(r, "other.lua", rig_print(r, EVENT, "other"));
    rig_begin(r);
    attend(r, "hall", "a");
    attend(r, "other", "b");
    rig_run_until(r, "2021-02-25 11:31");
    assert_holds_words(check(r, code_of(r, "hall", "a")), "Aum Dechen");
    assert_holds_words(check(r, code_of(r, "other", "b")), "Bob");
    assert_holds_words(check(r, "7K4M-2Q9X-HT3W"), "There is no certificate with this code");
    assert_int_equal(strncmp(check(r, "7K4M-2Q9X-HT3W"), "404", 3), 0);
    rig_end(r);
}

static void a_link_of_another_kind_opens_no_certificate(void **state)
{
    struct rig *r = begun();
    struct buf token;
    buf_init(&token, 1024);
    link_make(r->engine, TEXT("hall"), TEXT("join"), TEXT("a"), (struct instant){0}, 0, &token);
    assert_holds_words(rig_visit(r, "GET", rig_print(r, "/certificate/%s", buf_z(&token)), NULL), "404: ");
    assert_holds_words(rig_visit(r, "POST", rig_print(r, "/certificate/%s", buf_z(&token)), NAME("X Y")),
        "404: ");
    buf_release(&token);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_there_has_one_and_its_code_opens_a_page),
        cmocka_unit_test(it_is_there_after_a_crash_with_the_same_code),
        cmocka_unit_test(a_page_that_is_looked_at_changes_nothing),
        cmocka_unit_test(a_name_that_was_corrected_is_on_disk_before_the_page_says_so),
        cmocka_unit_test(one_that_was_withdrawn_says_so_until_it_is_valid_again),
        cmocka_unit_test(of_two_events_the_one_that_knows_a_code_answers),
        cmocka_unit_test(a_link_of_another_kind_opens_no_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
