// SPDX-License-Identifier: MIT
#include "web/form.h"

#include "base/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// The fields of a form as JSON, then its files; or the status that it is refused with.
static const char *read_form(const char *type, struct text body)
{
    static struct buf json;
    static struct form f; // large
    struct refusal r = {0};
    struct buf out;
    buf_release(&json);
    buf_init(&json, 1 << 20);
    buf_init(&out, 1 << 20);
    char *exact = mem_copy(body.data, body.len);
    if (form_read(&f, text_of(type), (struct text){exact, body.len}, &r)) buf_addf(&json, "%d", r.status);
    else if (!f.is_form) buf_addz(&json, "no form");
    else {
        fields_put_all(&f.fields, &out);
        record_print_json((struct record){(uint8_t *)out.data, out.len}, &json);
        buf_clear(&out);
        form_put_files(&f, &out);
        if (f.files_n) record_print_json((struct record){(uint8_t *)out.data, out.len}, &json);
    }
    form_release(&f);
    buf_release(&out);
    free(exact);
    return buf_z(&json);
}

static const char *urlencoded(const char *body)
{
    return read_form("application/x-www-form-urlencoded", text_of(body));
}

static const char *multipart(const char *body)
{
    return read_form("multipart/form-data; boundary=XX", text_of(body));
}

#define PART(head, data) "--XX\r\n" head "\r\n\r\n" data "\r\n"
#define FIELD(name, data) PART("Content-Disposition: form-data; name=\"" name "\"", data)
#define END "--XX--\r\n"

static void urlencoded_fields_are_decoded(void **state)
{
    assert_string_equal(urlencoded("a=1&b=x+y&a=%E0%BD%96"), "{\"a\":[\"1\",\"བ\"],\"b\":[\"x y\"]}");
    assert_string_equal(urlencoded(""), "{}");
    assert_string_equal(urlencoded("text=one%0D%0Atwo"), "{\"text\":[\"one\\r\\ntwo\"]}");
    assert_string_equal(read_form("Application/X-WWW-Form-URLEncoded ; charset=utf-8", TEXT("a=1")),
        "{\"a\":[\"1\"]}");
}

static void urlencoded_that_is_no_text_is_refused(void **state)
{
    assert_string_equal(urlencoded("a=%"), "400");
    assert_string_equal(urlencoded("a=%4"), "400");
    assert_string_equal(urlencoded("a=%ff"), "400");
    assert_string_equal(urlencoded("a%00=1"), "400");
    assert_string_equal(read_form("application/x-www-form-urlencoded", (struct text){"a=\0", 3}), "400");
}

static void another_type_is_no_form(void **state)
{
    assert_string_equal(read_form("text/plain", TEXT("a=1")), "no form");
    assert_string_equal(read_form("", TEXT("a=1")), "no form");
    assert_string_equal(read_form("multipart/mixed; boundary=XX", TEXT("")), "no form");
}

static void multipart_fields_are_read(void **state)
{
    assert_string_equal(multipart(FIELD("a", "1") FIELD("b", "two\r\nlines") FIELD("a", "") END),
        "{\"a\":[\"1\",\"\"],\"b\":[\"two\\r\\nlines\"]}");
    assert_string_equal(multipart(END), "{}");
    assert_string_equal(multipart("--XX--"), "{}");
    assert_string_equal(multipart(FIELD("a", "--XX\r\n-- \r\n--X") "--XX--"),
        "{\"a\":[\"--XX\\r\\n-- \\r\\n--X\"]}");
    assert_string_equal(multipart(PART("content-disposition:form-data;name=a", "1") END), "{\"a\":[\"1\"]}");
    assert_string_equal(read_form("multipart/form-data; charset=utf-8; boundary=\"a b\"",
                            TEXT("--a b\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n--a b--\r\n")),
        "{\"x\":[\"y\"]}");
}

#define FILE_PART(name, data) \
    PART("Content-Disposition: form-data; name=\"f\"; filename=\"" name "\"\r\nContent-Type: text/csv", data)

static void files_keep_their_bytes_and_lose_their_folders(void **state)
{
    assert_string_equal(multipart(FILE_PART("guests.csv", "a,b\r\n1,2") END),
        "{}[{\"data\":\"a,b\\r\\n1,2\",\"name\":\"guests.csv\",\"type\":\"text/csv\",\"field\":\"f\"}]");
    assert_string_equal(multipart(FILE_PART("C:\\Users\\x\\guests.csv", "1") END),
        "{}[{\"data\":\"1\",\"name\":\"guests.csv\",\"type\":\"text/csv\",\"field\":\"f\"}]");
    assert_string_equal(multipart(FILE_PART("../../etc/passwd", "1") END),
        "{}[{\"data\":\"1\",\"name\":\"passwd\",\"type\":\"text/csv\",\"field\":\"f\"}]");
    assert_string_equal(multipart(FILE_PART("a/..", "1") END),
        "{}[{\"data\":\"1\",\"name\":\"\",\"type\":\"text/csv\",\"field\":\"f\"}]");
    assert_string_equal(multipart(PART("Content-Disposition: form-data; name=f; filename=x", "\xff") END),
        "{}[{\"data\":\"\uFFFD\",\"name\":\"x\",\"type\":\"application/octet-stream\",\"field\":\"f\"}]");
}

static void a_file_that_was_not_chosen_is_none(void **state)
{
    assert_string_equal(multipart(FILE_PART("", "") END), "{}");
}

static void broken_multipart_is_refused(void **state)
{
    static const char *const bodies[] = {"", "x", "--XX", "--XX\r\n", "--XX\n", "--XY\r\n", "--XX-",
        "--XX--\r\nmore", "--XX--more", "preamble\r\n--XX--\r\n", FIELD("a", "1"), FIELD("a", "1") "--XX",
        FIELD("a", "1") "--XXX--\r\n", "--XX\r\n\r\n1\r\n" END, PART("Content-Type: text/plain", "1") END,
        PART("Content-Disposition: form-data", "1") END,
        PART("Content-Disposition: attachment; name=a", "1") END,
        PART("Content-Disposition: form-data; name=\"a", "1") END,
        PART("Content-Disposition: form-data; name=\"a\"b", "1") END,
        PART("Content-Disposition: form-data; name=a; name=b", "1") END,
        PART("Content-Disposition: form-data; name=a; filename=b; filename=c", "1") END,
        PART("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b", "1") END,
        PART("Content-Disposition : form-data; name=a", "1") END, PART(" folded", "1") END,
        PART("Content-Disposition: form-data; name=\"a\x01\"", "1") END,
        PART("Content-Disposition: form-data; name=\"a\nb\"", "1") END, FIELD("", "1") END,
        FIELD("a", "\xff") END, FIELD("\xff", "1") END,
        PART("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64", "MQ==") END,
        PART("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\nG: 7\r\nH: 8\r\n"
             "Content-Disposition: form-data; name=a",
            "1") END};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const char *got = multipart(bodies[i]);
        if (strcmp(got, "400") != 0) fail_msg("%s\ngave %s", bodies[i], got);
    }
}

static void a_boundary_must_be_one(void **state)
{
    static const char *const types[] = {"multipart/form-data",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a", "multipart/form-data; boundary=a{b",
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; "
        "boundary=01234567890123456789012345678901234567890123456789012345678901234567890"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        assert_string_equal(read_form(types[i], TEXT("--a--\r\n")), "400");
}

static void names_and_files_have_limits(void **state)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_addz(&b, "--XX\r\nContent-Disposition: form-data; name=");
    for (int i = 0; i < 257; i++) buf_addc(&b, 'n');
    buf_addz(&b, "\r\n\r\n1\r\n" END);
    assert_string_equal(multipart(buf_z(&b)), "400");
    buf_clear(&b);
    for (int i = 0; i < 17; i++) buf_addz(&b, FILE_PART("x", "1"));
    buf_addz(&b, END);
    assert_string_equal(multipart(buf_z(&b)), "400");
    buf_clear(&b);
    for (int i = 0; i < 257; i++) buf_addz(&b, FIELD("a", "1"));
    buf_addz(&b, END);
    assert_string_equal(multipart(buf_z(&b)), "400");
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urlencoded_fields_are_decoded),
        cmocka_unit_test(urlencoded_that_is_no_text_is_refused),
        cmocka_unit_test(another_type_is_no_form),
        cmocka_unit_test(multipart_fields_are_read),
        cmocka_unit_test(files_keep_their_bytes_and_lose_their_folders),
        cmocka_unit_test(a_file_that_was_not_chosen_is_none),
        cmocka_unit_test(broken_multipart_is_refused),
        cmocka_unit_test(a_boundary_must_be_one),
        cmocka_unit_test(names_and_files_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
