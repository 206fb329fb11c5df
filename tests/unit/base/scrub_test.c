// SPDX-License-Identifier: MIT
// Words that say who somebody is are found in every dress, and nobody else's are.
#include "base/scrub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct buf words, keep, out;
static struct scrub scrub;

static void add_word(const char *find, const char *put)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "find", text_of(find));
    record_map_text(&map, "put", text_of(put));
    record_map_end(&map, &words);
}

static int set_up(void **state)
{
    buf_init(&words, 65536);
    buf_init(&keep, 65536);
    buf_init(&out, 1u << 20);
    record_put_list(&words, 3);
    add_word("Karma", "(n)");
    add_word("Sonam \"Sam\" Wangmo", "(n)");
    add_word("sonam@x.example", "(a)");
    record_put_list(&keep, 1);
    record_put_text(&keep, TEXT("Karma Dorji"));
    struct record all = {(uint8_t *)words.data, words.len}, kept = {(uint8_t *)keep.data, keep.len};
    assert_int_equal(scrub_init(&scrub, all, kept, NULL), 0);
    return 0;
}

static int tear_down(void **state)
{
    buf_release(&words);
    buf_release(&keep);
    buf_release(&out);
    return 0;
}

static void assert_scrubbed(const char *in, const char *want)
{
    buf_clear(&out);
    bool changed = scrub_text(&scrub, text_of(in), &out);
    assert_string_equal(buf_z(&out), want);
    assert_int_equal(changed, strcmp(in, want) != 0);
    assert_int_equal(scrub_finds(&scrub, text_of(in)), changed);
}

static void a_word_is_found_in_every_dress(void **state)
{
    assert_scrubbed("to sonam@x.example, and", "to (a), and");
    assert_scrubbed("SONAM@X.Example", "(a)");
    assert_scrubbed("write to sonam@x.example.", "write to (a).");
    assert_scrubbed("sonam\\@x.example", "(a)");
    assert_scrubbed("mailto:sonam%40x.example?subject=x", "mailto:(a)?subject=x");
    assert_scrubbed("u=mailto%3Asonam%40x.example%3E", "u=mailto%3A(a)%3E");
    assert_scrubbed("{\"a\":\"sonam\\u0040x.example\"}", "{\"a\":\"(a)\"}");
    assert_scrubbed("son=\r\nam=40x.example", "(a)");
    assert_scrubbed("ATTENDEE:mailto:sonam@x.exa\r\n mple\r\n", "ATTENDEE:mailto:(a)\r\n");
    assert_scrubbed("Sonam &quot;Sam&quot;\n  Wangmo", "(n)");
    assert_scrubbed("20310219-Sonam_\"Sam\"_Wangmo.eml", "20310219-(n).eml");
    assert_scrubbed("Karma, and Karma", "(n), and (n)");
}

static void what_is_somebody_elses_stays(void **state)
{
    assert_scrubbed("asonam@x.example", "asonam@x.example");
    assert_scrubbed("a.sonam@x.example", "a.sonam@x.example");
    assert_scrubbed("sonam@x.example.org", "sonam@x.example.org");
    assert_scrubbed("Karmapa, Skarma", "Karmapa, Skarma");
    assert_scrubbed("Karma Dorji and Karma", "Karma Dorji and (n)");
    assert_scrubbed("", "");
}

static void records_keep_their_form(void **state)
{
    struct buf in;
    char json[] = "{\"sonam@x.example\":[1,true,null,\"Dear Karma,\"],\"z\":{\"n\":\"x\"}}";
    buf_init(&in, 65536);
    assert_int_equal(record_from_json(text_of(json), &in, NULL), 0);
    assert_true(scrub_record(&scrub, (struct record){(uint8_t *)in.data, in.len}, &out));
    assert_int_equal(record_check((struct record){(uint8_t *)out.data, out.len}, NULL), 0);
    struct buf printed;
    buf_init(&printed, 65536);
    record_print_json((struct record){(uint8_t *)out.data, out.len}, &printed);
    assert_string_equal(buf_z(&printed), "{\"z\":{\"n\":\"x\"},\"(a)\":[1,true,null,\"Dear (n),\"]}");
    buf_release(&printed);
    buf_release(&in);
}

static void two_keys_that_become_one_leave_no_broken_map(void **state)
{
    struct buf in;
    buf_init(&in, 65536);
    record_from_json(TEXT("{\"sonam@x.example\":1,\"SONAM@x.example\":2}"), &in, NULL);
    scrub_record(&scrub, (struct record){(uint8_t *)in.data, in.len}, &out);
    assert_int_equal(record_check((struct record){(uint8_t *)out.data, out.len}, NULL), 0);
    buf_release(&in);
}

static void a_mail_is_found_in_base64_too(void **state)
{
    // "Dear Karma, see you" behind a head
    assert_true(scrub_finds_mail(&scrub,
        TEXT("Content-Transfer-Encoding: base64\r\n\r\nRGVhciBLYXJt\r\nYSwgc2VlIHlvdQ==\r\n")));
    assert_false(scrub_finds_mail(&scrub, TEXT("Content-Transfer-Encoding: base64\r\n\r\nRGVhciBQZW1h\r\n")));
}

static void rows_of_a_list_go_whole(void **state)
{
    size_t line = 0;
    assert_int_equal(scrub_rows(&scrub,
                         TEXT("name,mail\r\n\"Sonam\nW\",\"Sonam@x.example\"\r\nKarma Dorji,k@x.example\r\n"),
                         &out, &line),
        1);
    assert_string_equal(buf_z(&out), "name,mail\r\nKarma Dorji,k@x.example\r\n");
    assert_int_equal(line, 2);
    buf_clear(&out);
    assert_int_equal(scrub_rows(&scrub, TEXT("name;mail\nPema;p@x.example\n Karma ;q@x.example"), &out,
                         &line),
        1);
    assert_string_equal(buf_z(&out), "name;mail\nPema;p@x.example\n");
    assert_int_equal(line, 3);
}

static void endless_folds_are_no_danger(void **state)
{
    struct buf in;
    buf_init(&in, 8u << 20);
    for (int i = 0; i < 20000; i++) buf_addz(&in, "=\n");
    assert_false(scrub_finds(&scrub, buf_text(&in)));
    buf_release(&in);
}

static void a_word_of_one_letter_is_refused(void **state)
{
    struct scrub bad;
    struct err e = {0};
    struct buf list;
    buf_init(&list, 4096);
    record_from_json(TEXT("[{\"find\":\"a\",\"put\":\"b\"}]"), &list, NULL);
    struct record one = {(uint8_t *)list.data, list.len};
    assert_int_equal(scrub_init(&bad, one, (struct record){0}, &e), -ERR_INPUT);
    buf_release(&list);
}

static void a_value_with_the_address_alone_in_it_is_about_them(void **state)
{
    struct buf in;
    buf_init(&in, 4096);
    record_from_json(TEXT("{\"to\":\"SONAM@x.example\"}"), &in, NULL);
    assert_true(scrub_names_address(&scrub, (struct record){(uint8_t *)in.data, in.len}));
    buf_clear(&in);
    record_from_json(TEXT("{\"text\":\"write to sonam@x.example\",\"n\":\"Karma\"}"), &in, NULL);
    assert_false(scrub_names_address(&scrub, (struct record){(uint8_t *)in.data, in.len}));
    assert_true(scrub_finds_in(&scrub, (struct record){(uint8_t *)in.data, in.len}));
    buf_release(&in);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_word_is_found_in_every_dress),
        TEST(what_is_somebody_elses_stays),
        TEST(records_keep_their_form),
        TEST(two_keys_that_become_one_leave_no_broken_map),
        TEST(a_mail_is_found_in_base64_too),
        TEST(rows_of_a_list_go_whole),
        TEST(endless_folds_are_no_danger),
        TEST(a_word_of_one_letter_is_refused),
        TEST(a_value_with_the_address_alone_in_it_is_about_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
