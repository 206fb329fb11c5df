// SPDX-License-Identifier: MIT
#include "engine_rig.h"

#include "engine/arrival.h"
#include "engine/sent.h"

static const char *const one_mail =
    "usher.flow('guest', function(g) usher.mail { 'hello', to = g.mail, from = 'office@box.example',"
    " subject = 'Hello', text = 'Hi', as = g.key } end)\n"
    "usher.start('guest', { key = 'P1', label = 'Karma', input = { key = 'P1', mail = 'karma@moic.example' } "
    "})\n"
    "usher.start('guest', { key = 'P2', input = { key = 'P2', mail = 'sonam@moh.example' } })\n";

static struct rig *begin(void)
{
    struct rig *r = rig_with("2021-02-16 08:00", one_mail);
    rig_run(r);
    return r;
}

static struct flow flow_like(const struct rig *r, const char *key, int64_t id)
{
    return (struct flow){.id = id, .script = r->engine->events->current, .name = "guest", .key = key};
}

static const char *id_of(struct rig *r, const char *key, int64_t id)
{
    struct buf out;
    struct flow f = flow_like(r, key, id);
    buf_init(&out, 512);
    sent_id(r->engine, &f, rig_print(r, "mail:hello/%s", key), &out);
    const char *text = rig_print(r, "%s", buf_z(&out));
    buf_release(&out);
    return text;
}

static const char *address_of(struct rig *r, const char *key, int64_t id)
{
    struct buf out;
    struct flow f = flow_like(r, key, id);
    buf_init(&out, 512);
    sent_address(r->engine, &f, rig_print(r, "mail:hello/%s", key), "bounces@box.example", &out);
    const char *text = rig_print(r, "%s", buf_z(&out));
    buf_release(&out);
    return text;
}

static size_t marks_in(const char *json, struct sent_mark out[SENT_MARKS_MAX])
{
    struct buf bytes;
    struct err e = {0};
    buf_init(&bytes, 65536);
    if (record_from_json(text_of(json), &bytes, &e)) fail_msg("%s: %s", e.text, json);
    size_t n = sent_marks((struct record){(uint8_t *)bytes.data, bytes.len}, out);
    buf_release(&bytes);
    return n;
}

static bool proves(struct rig *r, const struct sent_mark *mark, const char *key)
{
    return sent_proves(r->engine, mark, text_of(r->engine->events->name), TEXT("guest"), text_of(key),
        text_of(rig_print(r, "mail:hello/%s", key)));
}

static void a_mail_carries_the_marks_of_its_step(void **state)
{
    struct rig *r = begin();
    const char *id = rig_print(r, "%s@box.example", id_of(r, "P1", 1));
    assert_holds_words(r->effects->message_id, id);
    rig_end(r);
}

static void both_marks_are_found_and_prove_the_step(void **state)
{
    struct rig *r = begin();
    struct sent_mark marks[SENT_MARKS_MAX];
    size_t n = marks_in(rig_print(r,
                            "{\"to\":[\"office@box.example\",\"%s\"],\"answers\":[\"%s@box.example\"]}",
                            address_of(r, "P1", 1), id_of(r, "P1", 1)),
        marks);
    assert_int_equal(n, 2);
    assert_true(marks[0].is_address);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(marks[i].flow, 1);
        assert_true(proves(r, &marks[i], "P1"));
        assert_false(proves(r, &marks[i], "P2"));
    }
    rig_end(r);
}

static void servers_may_change_case_and_plus(void **state)
{
    struct rig *r = begin();
    struct sent_mark mark[SENT_MARKS_MAX];
    char *address = mem_copyz(address_of(r, "P1", 1));
    for (char *c = address; *c; c++) {
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
        if (*c == '+') *c = '=';
    }
    assert_int_equal(marks_in(rig_print(r, "{\"to\":[\"%s\"]}", address), mark), 1);
    assert_true(proves(r, &mark[0], "P1"));
    free(address);
    rig_end(r);
}

static void a_flows_number_alone_proves_nothing(void **state)
{
    struct rig *r = begin();
    struct sent_mark mark[SENT_MARKS_MAX];
    const char *id = id_of(r, "P1", 2); // the number belongs to another flow: an older backup was taken back
    assert_int_equal(marks_in(rig_print(r, "{\"answers\":[\"%s@x.example\"]}", id), mark), 1);
    assert_int_equal(mark[0].flow, 2);
    assert_false(proves(r, &mark[0], "P2"));
    assert_int_equal(marks_in("{\"answers\":[\"AAAAAAAAAAAAAAAAAAAAAA.1@x.example\"]}", mark), 1);
    assert_false(proves(r, &mark[0], "P1"));
    rig_end(r);
}

static void what_is_no_mark_is_passed_over(void **state)
{
    struct sent_mark marks[SENT_MARKS_MAX];
    assert_int_equal(
        marks_in(
            "{\"to\":[\"bounces+1-short@b.example\",\"a+b@c.example\",\"+1-@x\",\"1-abcdefghijklmnop@x\","
            "\"bounces+0-abcdefghijklmnop@x.example\",\"bounces+1-abcdefghijklmno1@x.example\","
            "\"bounces+1234567890123456-abcdefghijklmnop@x.example\"],\"answers\":[\"a@b\",\"x.1@b\","
            "\"AAAAAAAAAAAAAAAAAAAAAA@x\",\"AAAAAAAAAAAAAAAAAAAAAA.0@x\",\"AAAAAAAAAAAAAAAAAAAA+A.1@x\"]}",
            marks),
        0);
}

static void so_many_marks_are_enough(void **state)
{
    struct rig *r = begin();
    struct sent_mark marks[SENT_MARKS_MAX];
    struct buf json;
    buf_init(&json, 65536);
    buf_addz(&json, "{\"answers\":[");
    for (int i = 1; i <= 100; i++) buf_addf(&json, "%s\"%s@x.example\"", i > 1 ? "," : "", id_of(r, "P1", i));
    buf_addz(&json, "]}");
    assert_int_equal(marks_in(buf_z(&json), marks), SENT_MARKS_MAX);
    buf_release(&json);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_carries_the_marks_of_its_step),
        cmocka_unit_test(both_marks_are_found_and_prove_the_step),
        cmocka_unit_test(servers_may_change_case_and_plus),
        cmocka_unit_test(a_flows_number_alone_proves_nothing),
        cmocka_unit_test(what_is_no_mark_is_passed_over),
        cmocka_unit_test(so_many_marks_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
