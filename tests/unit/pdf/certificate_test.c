// SPDX-License-Identifier: MIT
#include "pdf/certificate.h"
#include "pdf/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WHOLE                                                                                    \
    "{\"host\":\"DoIM\",\"title\":\"Certificate of participation\",\"before\":\"This is to "     \
    "certify that\",\"name\":\"%s\",\"text\":\"took part in\",\"what\":\"High-Level Briefing\"," \
    "\"details\":[\"25 February 2021\",\"online\"],\"signed\":[\"Karma\\nDirector\"],"           \
    "\"url\":\"https://events.example/c/"                                                        \
    "7K4M-2Q9X-HT3W\",\"code\":\"7K4M-2Q9X-HT3W\",\"created\":1614571200000}"

static void record_of(const char *json, struct buf *out)
{
    struct err e = {0};
    buf_init(out, RECORD_LEN_MAX);
    if (record_from_json(text_of(json), out, &e)) fail_msg("%s", e.text);
}

static int draw(const char *json, struct buf *pdf, struct err *e)
{
    struct buf bytes;
    record_of(json, &bytes);
    buf_init(pdf, CERTIFICATE_LEN_MAX);
    *e = (struct err){0};
    int code = certificate_draw((struct record){(uint8_t *)bytes.data, bytes.len}, pdf, e);
    buf_release(&bytes);
    return code;
}

static const char *with_name(const char *name)
{
    static char json[4096];
    snprintf(json, sizeof json, WHOLE, name);
    return json;
}

static void draws(const char *json)
{
    struct buf pdf;
    struct err e;
    if (draw(json, &pdf, &e)) fail_msg("%s", e.text);
    assert_memory_equal(buf_z(&pdf), "%PDF-", 5);
    buf_release(&pdf);
}

static void refuses(const char *json, int code, const char *sentence)
{
    struct buf pdf;
    struct err e;
    assert_int_equal(draw(json, &pdf, &e), -code);
    if (!strstr(e.text, sentence)) fail_msg("'%s' has no '%s'", e.text, sentence);
    assert_int_equal(pdf.len, 0);
    buf_release(&pdf);
}

// What a program of its own draws of the same record, in another language and another zone.
static void drawn_elsewhere(const char *json, struct buf *out)
{
    char path[] = "/tmp/usher-certificate-XXXXXX", command[4400], piece[4096];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, json, strlen(json)), strlen(json));
    close(fd);
    snprintf(command, sizeof command,
        "LC_ALL=dz_BT.UTF-8 LANG=ja_JP.UTF-8 TZ=America/New_York %s/../certificate_draw < %s",
        getenv("TOOLS") ? getenv("TOOLS") : "build/dev/tests/unit", path);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    buf_init(out, CERTIFICATE_LEN_MAX);
    for (size_t n; (n = fread(piece, 1, sizeof piece, in)) > 0;) buf_add(out, piece, n);
    assert_int_equal(pclose(in), 0);
    unlink(path);
}

static void the_same_facts_are_the_same_bytes_in_two_processes(void **state)
{
    const char *json = with_name("བསྟན་འཛིན་རྒྱ་མཚོ Tenzin");
    struct buf here, elsewhere;
    struct err e;
    if (draw(json, &here, &e)) fail_msg("%s", e.text);
    drawn_elsewhere(json, &elsewhere);
    assert_int_equal(here.len, elsewhere.len);
    assert_memory_equal(here.data, elsewhere.data, here.len);
    buf_release(&elsewhere);
    buf_release(&here);
}

static void a_second_drawing_in_one_process_is_the_same(void **state)
{
    struct buf first, between, second;
    struct err e;
    assert_int_equal(draw(with_name("Karma"), &first, &e), 0);
    assert_int_equal(draw(with_name("དབང་ཕྱུག"), &between, &e), 0);
    assert_int_equal(draw(with_name("Karma"), &second, &e), 0);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    assert_true(between.len != first.len || memcmp(between.data, first.data, first.len) != 0);
    buf_release(&first);
    buf_release(&between);
    buf_release(&second);
}

static void the_file_was_made_when_the_record_says(void **state)
{
    struct buf pdf;
    struct err e;
    assert_int_equal(draw(with_name("Karma"), &pdf, &e), 0);
    assert_non_null(memmem(pdf.data, pdf.len, "(20210301040000Z)", 17));
    buf_release(&pdf);
}

static void long_names_and_titles_are_set_smaller_and_broken(void **state)
{
    draws(with_name("Her Excellency Professor Doctor Tshering Yangchen Wangmo Dorji Namgyel Lhamo of the "
                    "Department of Information Technology and Telecom"));
    draws(with_name(
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void what_fits_on_no_page_is_refused(void **state)
{
    struct buf json;
    buf_init(&json, 1 << 16);
    buf_addz(&json, "{\"title\":\"T\",\"name\":\"N\",\"text\":\"");
    for (int i = 0; i < 180; i++) buf_addz(&json, "line\\n");
    buf_addz(&json, "\"}");
    refuses(buf_z(&json), ERR_LIMIT, "too long for one page");
    refuses("{\"title\":\"T\",\"name\":\"N\",\"details\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
            "\"9\"]}",
        ERR_LIMIT, "at most 8");
    buf_release(&json);
}

static void a_record_that_is_none_is_refused(void **state)
{
    refuses("[]", ERR_INPUT, "must be a map");
    refuses("{\"title\":\"T\"}", ERR_INPUT, "a title and a name");
    refuses("{\"title\":\"T\",\"name\":\"N\",\"details\":[1]}", ERR_INPUT, "a list of texts");
}

// U+16FE0 is of a script that no font of Debian 12's lists has.
static void a_letter_without_a_font_names_the_package(void **state)
{
    refuses(with_name("\xf0\x98\xb4\x80"), ERR_USAGE, "install fonts-noto-core");
    draws(with_name("Karma")); // and the next one is drawn
}

static void a_name_cannot_turn_itself_round(void **state)
{
    struct buf turned, plain;
    struct err e;
    assert_int_equal(draw(with_name("\xe2\x80\xaeKarma"), &turned, &e), 0);
    assert_int_equal(draw(with_name("Karma"), &plain, &e), 0);
    assert_int_equal(turned.len, plain.len);
    assert_memory_equal(turned.data, plain.data, plain.len);
    buf_release(&turned);
    buf_release(&plain);
}

static void a_picture_that_nobody_has_kept_is_waited_for(void **state)
{
    refuses("{\"title\":\"T\",\"name\":\"N\",\"logo\":\"00\"}", ERR_USAGE, "its script has to be loaded");
}

int main(int argc, char **argv)
{
    char *folder = mem_copyz(argv[0]), *slash = strrchr(folder, '/');
    if (slash) *slash = 0;
    setenv("TOOLS", slash ? folder : ".", 1);
    free(folder);
    if (!certificate_is_built_in()) {
        print_message("this usher has no certificates\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_facts_are_the_same_bytes_in_two_processes),
        cmocka_unit_test(a_second_drawing_in_one_process_is_the_same),
        cmocka_unit_test(the_file_was_made_when_the_record_says),
        cmocka_unit_test(long_names_and_titles_are_set_smaller_and_broken),
        cmocka_unit_test(what_fits_on_no_page_is_refused),
        cmocka_unit_test(a_record_that_is_none_is_refused),
        cmocka_unit_test(a_letter_without_a_font_names_the_package),
        cmocka_unit_test(a_name_cannot_turn_itself_round),
        cmocka_unit_test(a_picture_that_nobody_has_kept_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
