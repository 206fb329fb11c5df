// SPDX-License-Identifier: MIT
// A book is held beside a model: an array with a place for each of the keys that may be in it.
#include "engine_rig.h"

#include "engine/book.h"

#define KEYS 3000 // many pages
#define NOT_THERE (-1)

struct model {
    struct rig *rig;
    struct event *event;
    struct book *book;
    uint32_t dice;
    int values[KEYS];
};

// xorshift: the same story every time.
static uint32_t roll(struct model *m, uint32_t sides)
{
    m->dice ^= m->dice << 13;
    m->dice ^= m->dice >> 17;
    m->dice ^= m->dice << 5;
    return m->dice % sides;
}

static void begin(struct model *m)
{
    *m = (struct model){.dice = 2463534242u};
    m->rig = rig_with("2021-02-01 09:00", "usher.describe { id = \"e\", title = \"E\", zone = \"UTC\" }");
    m->event = m->rig->engine->events;
    m->book = book_find(m->event, TEXT("answers"));
    for (int i = 0; i < KEYS; i++) m->values[i] = NOT_THERE;
}

static struct text key_of(int i)
{
    static char key[16];
    return (struct text){key, (size_t)snprintf(key, sizeof key, "guest%d", i)};
}

// Sets key i to a value, or takes it out.
static void change(struct model *m, int i, int value)
{
    struct err e = {0};
    struct buf bytes;
    buf_init(&bytes, 64);
    if (value != NOT_THERE) record_put_int(&bytes, value);
    struct record r = {(const uint8_t *)bytes.data, bytes.len};
    assert_int_equal(book_set(m->rig->engine, m->event, m->book, key_of(i), r, &e), 0);
    m->values[i] = value;
    buf_release(&bytes);
}

static void assert_same(const struct model *m)
{
    size_t n = 0;
    for (int i = 0; i < KEYS; i++) {
        struct record r = book_get(m->book, key_of(i));
        int64_t value = NOT_THERE;
        if (r.data) assert_true(record_int(r, &value));
        assert_int_equal(value, m->values[i]);
        n += r.data != NULL;
    }
    assert_int_equal(m->book->n, n);
    struct text key = {0};
    for (const struct book_entry *entry; (entry = book_after(m->book, key)); key = entry->key) {
        if (key.len) assert_true(strcmp(key.data, entry->key.data) < 0);
        n--;
    }
    assert_int_equal(n, 0);
}

static void end(struct model *m)
{
    assert_same(m);
    book_forget_changes(m->event);
    rig_end(m->rig);
}

static void book_keeps_its_order_whatever_comes_and_goes(void **state)
{
    struct model m;
    begin(&m);
    for (uint32_t round = 0; round < 8; round++) {
        // Grows in the first rounds, and shrinks to nearly nothing in the last.
        for (int n = 0; n < 4000; n++) {
            change(&m, (int)roll(&m, KEYS), roll(&m, 8) < round ? NOT_THERE : n);
        }
        assert_same(&m);
    }
    for (int i = 0; i < KEYS; i++) change(&m, i, NOT_THERE);
    assert_int_equal(m.book->pages_n, 0);
    end(&m);
}

static void book_whose_keys_come_in_order_has_full_pages(void **state)
{
    struct model m;
    begin(&m);
    for (int i = 1000; i < 2024; i++) change(&m, i, i);
    assert_int_equal(m.book->pages_n, 8);
    end(&m);
}

static void book_rewind_takes_back_what_came_after_the_mark_and_nothing_else(void **state)
{
    struct model m, before;
    begin(&m);
    for (int n = 0; n < 2000; n++) change(&m, (int)roll(&m, KEYS), n);
    book_forget_changes(m.event);
    before = m;
    size_t bytes = m.event->book_bytes;
    struct book_change *mark = book_mark(m.event);
    for (int n = 0; n < 6000; n++) change(&m, (int)roll(&m, KEYS), roll(&m, 2) ? n : NOT_THERE);
    book_rewind(m.event, mark);
    memcpy(m.values, before.values, sizeof m.values);
    assert_int_equal(m.event->book_bytes, bytes);
    end(&m);
}

static void book_each_goes_on_behind_a_key_that_was_taken_out(void **state)
{
    struct model m;
    begin(&m);
    for (int i = 0; i < 1000; i++) change(&m, i, i);
    change(&m, 500, NOT_THERE);
    const struct book_entry *next = book_after(m.book, TEXT("guest500"));
    assert_non_null(next);
    assert_string_equal(next->key.data, "guest501");
    assert_null(book_after(m.book, TEXT("guest999")));
    end(&m);
}

static void a_column_has_one_field_of_every_entry_that_has_it(void **state)
{
    struct rig *r = rig_with("2021-02-01 09:00",
        "usher.on('fill', function() local b = usher.book('answers')\n"
        "  b:set('a', { answer = 'yes', at = 1 }) b:set('b', { at = 2 }) b:set('c', { answer = 'no' })\n"
        "  b:set('d', 'no table') end)\n"
        "usher.on('column', function(r) return usher.book('answers'):column(r.field) end)\n");
    assert_text(rig_call(r, "column", "{\"field\":\"answer\"}"), "{}");
    rig_call(r, "fill", "{}");
    assert_text(rig_call(r, "column", "{\"field\":\"answer\"}"), "{\"a\":\"yes\",\"c\":\"no\"}");
    assert_text(rig_call(r, "column", "{\"field\":\"at\"}"), "{\"a\":1,\"b\":2}");
    assert_text(rig_call(r, "column", "{\"field\":\"nothing\"}"), "{}");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_has_one_field_of_every_entry_that_has_it),
        cmocka_unit_test(book_keeps_its_order_whatever_comes_and_goes),
        cmocka_unit_test(book_whose_keys_come_in_order_has_full_pages),
        cmocka_unit_test(book_rewind_takes_back_what_came_after_the_mark_and_nothing_else),
        cmocka_unit_test(book_each_goes_on_behind_a_key_that_was_taken_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
