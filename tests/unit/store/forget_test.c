// SPDX-License-Identifier: MIT
// A person goes out of every table and every byte of the file; the others' histories hold and say the rest.
#include "sample.h"

#include "base/hash.h"

#define NAME "Sonam Canary"
#define ADDRESS "sonam.canary@office.example"

static struct record parsed(const char *json, struct buf *into)
{
    buf_init(into, 1u << 20);
    assert_int_equal(record_from_json(text_of(json), into, NULL), 0);
    return (struct record){(uint8_t *)into->data, into->len};
}

static void add_flow(struct batch *b, int64_t id, const char *key, const char *note, const char *value)
{
    struct flow_row flow = sample_flow(id, key, 5000);
    struct buf input;
    flow.rows = 3;
    flow.steps = 3;
    flow.label = text_of(id == 1 ? NAME : "Karma Dorji");
    flow.input = parsed("{\"person\":\"x\"}", &input);
    batch_start(b, &flow);
    for (int32_t n = 1; n <= 3; n++) {
        struct journal_row row = sample_row(id, n);
        struct buf kept;
        row.key = n == 2 ? TEXT("mail:news/" NAME) : TEXT("sleep:reminder");
        row.note = n == 3 ? text_of(note) : (struct text){0};
        row.value = parsed(n == 2 ? value : "true", &kept);
        batch_journal(b, &row);
        buf_release(&kept);
    }
    buf_release(&input);
}

static void add_entry(struct batch *b, const char *book, const char *key, const char *json, bool sealed)
{
    struct buf value;
    struct record v = parsed(json, &value);
    (sealed ? batch_sealed : batch_book)(b, TEXT("hlb-2021"), text_of(book), text_of(key), v);
    buf_release(&value);
}

// What the sources of a version hash to is the engine's business; here any hash does.
static struct hash hash_any(struct record sources)
{
    return hash_of((struct text){(const char *)sources.data, sources.len});
}

static void add_version(struct batch *b, int64_t id, const char *guests)
{
    struct record_map map;
    struct buf sources;
    record_map_init(&map);
    buf_init(&sources, 65536);
    record_map_text(&map, "guests.csv", text_of(guests));
    record_map_text(&map, "programme.txt", TEXT("14:00 Welcome by " NAME "\n"));
    record_map_end(&map, &sources);
    struct record all = sample_record(&sources);
    batch_script(b, id, TEXT("hlb-2021"), hash_any(all), all, (struct instant){1});
    buf_release(&sources);
}

static void fill(struct store *s)
{
    struct batch *b = batch_new();
    struct buf value;
    add_flow(b, 1, "P0042", "250 sent to <" ADDRESS ">", "{\"to\":\"" ADDRESS "\"}");
    add_flow(b, 2, "P0043", "who comes: " NAME,
        "{\"text\":\"Come: Karma, " NAME " (write to " ADDRESS ")\",\"n\":7}");
    add_flow(b, 3, "P0042/2", "x", "true");
    add_flow(b, 4, "P00421", "x", "true");
    add_entry(b, "answers", "P0042", "{\"answer\":\"yes\",\"note\":\"I bring my dog Rex\"}", false);
    add_entry(b, "deputies", "P0043", "{\"list\":[{\"name\":\"" NAME "\",\"mail\":\"" ADDRESS "\"}]}", false);
    add_entry(b, "bounces", ADDRESS, "{\"soft\":1}", false);
    add_entry(b, "feedback-answered", "P0042", "true", true);
    add_entry(b, "feedback-answered", "P0043", "true", true);
    batch_setting(b, TEXT("hold"), parsed("{\"why\":\"" NAME " said so\"}", &value));
    buf_release(&value);
    batch_audit(b, &(struct audit_row){.at = {1},
                       .who = TEXT("office"),
                       .event = TEXT("hlb-2021"),
                       .what = TEXT("answer"),
                       .note = TEXT("yes"),
                       .about = TEXT("P0042")});
    batch_audit(b,
        &(struct audit_row){.at = {1}, .who = TEXT(NAME), .what = TEXT("hold"), .note = TEXT("x")});
    batch_inbox(b, &(struct inbox_row){.event = TEXT("hlb-2021"),
                       .flow_name = TEXT("guest"),
                       .flow_key = TEXT("P0042"),
                       .name = TEXT("mail:reply"),
                       .dedup = TEXT("1"),
                       .value = parsed("{\"from\":\"" ADDRESS "\"}", &value),
                       .at = {1}});
    buf_release(&value);
    add_version(b, 1, "name,mail\n" NAME "," ADDRESS "\nKarma Dorji,karma@office.example\n");
    add_version(b, 2, "name,mail\nKarma Dorji,karma@office.example\n");
    sample_commit(s, b);
}

static const char request[] =
    "{\"people\":[{\"event\":\"hlb-2021\",\"key\":\"P0042\"}],"
    "\"words\":[{\"find\":\"" NAME "\",\"put\":\"(forgotten)\"},{\"find\":\"" ADDRESS
    "\",\"put\":\"removed@forgotten.invalid\"},"
    "{\"find\":\"I bring my dog Rex\",\"put\":\"(removed)\"}],\"keep\":[],"
    "\"entries\":[{\"event\":\"hlb-2021\",\"book\":\"answers\",\"key\":\"P0042\","
    "\"was\":{\"answer\":\"yes\",\"note\":\"I bring my dog Rex\"}},"
    "{\"event\":\"hlb-2021\",\"book\":\"feedback-answered\",\"key\":\"P0042\",\"sealed\":true}],"
    "\"who\":\"office\",\"at\":1614236400000,\"event\":\"hlb-2021\",\"note\":\"asked for it\"}";

static int forget(struct store *s, const char *json, struct store_forgotten *out)
{
    struct buf what;
    int failed = store_forget(s, parsed(json, &what), hash_any, false, out, NULL);
    buf_release(&what);
    return failed;
}

static void assert_not_in_file(const char *path, const char *word)
{
    char *data = NULL;
    size_t len = 0, room = 0;
    FILE *file = fopen(path, "rb");
    if (!file) return;
    for (size_t n = 1; n; len += n) {
        if (room - len < 65536) data = mem_grow(data, room = room * 2 + 65536);
        n = fread(data + len, 1, room - len, file);
    }
    fclose(file);
    if (len && memmem(data, len, word, strlen(word))) fail_msg("'%s' is in %s", word, path);
    free(data);
}

static struct store_answer load(struct store *s, int64_t flow)
{
    store_load(s, &flow, 1);
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.flows_n, 1);
    assert_false(a.flows[0].broken);
    return a;
}

static void no_byte_of_the_file_says_who_it_was(void **state)
{
    struct sample *sample = *state;
    static const char *const words[] = {NAME, ADDRESS, "dog Rex", "P0042\"", "Canary"};
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct store_forgotten out;
    char wal[128];
    fill(s);
    assert_int_equal(forget(s, request, &out), 0);
    assert_int_equal(out.flows, 2);
    assert_int_equal(out.ended, 2);
    assert_int_equal(out.entries, 2);
    assert_int_equal(out.rows, 1);
    assert_int_equal(store_sweep(s, NULL), 0);
    snprintf(wal, sizeof wal, "%s-wal", sample->path);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_not_in_file(sample->path, words[i]);
        assert_not_in_file(wal, words[i]);
    }
    store_close(s);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) assert_not_in_file(sample->path, words[i]);
}

static void their_flows_stay_as_numbers_and_the_others_hold(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct store_forgotten out;
    fill(s);
    assert_int_equal(forget(s, request, &out), 0);
    struct store_answer a = load(s, 1);
    assert_int_equal(a.flows[0].flow.state, FLOW_CANCELLED);
    assert_true(text_is(a.flows[0].flow.key, "forgotten-1"));
    assert_true(text_is(a.flows[0].journal[1].key, "mail:news"));
    assert_null(a.flows[0].journal[1].value.data);
    store_answer_release(&a);
    a = load(s, 2);
    assert_int_equal(a.flows[0].flow.state, FLOW_WAITING);
    assert_true(text_is(a.flows[0].journal[2].note, "who comes: (forgotten)"));
    assert_true(text_is(record_get_text(a.flows[0].journal[1].value, "text"),
        "Come: Karma, (forgotten) (write to removed@forgotten.invalid)"));
    assert_int_equal(record_get_int(a.flows[0].journal[1].value, "n", 0), 7);
    store_answer_release(&a);
    a = load(s, 4); // P00421 is somebody else
    assert_int_equal(a.flows[0].flow.state, FLOW_WAITING);
    store_answer_release(&a);
    store_close(s);
}

static void a_flow_goes_on_behind_what_was_taken_out(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct store_forgotten out;
    fill(s);
    forget(s, request, &out);
    struct batch *b = batch_new();
    struct journal_row row = sample_row(2, 4);
    batch_journal(b, &row);
    struct flow_row flow = sample_flow(2, "P0043", 9000);
    flow.rows = 4;
    batch_flow(b, &flow);
    sample_commit(s, b);
    store_close(s);
    s = sample_open(sample->path, STORE_INLINE);
    struct store_answer a = load(s, 2);
    assert_int_equal(a.flows[0].journal_n, 4);
    store_answer_release(&a);
    store_close(s);
}

static void versions_that_become_the_same_become_one(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct store_forgotten out;
    struct buf sources;
    fill(s);
    forget(s, request, &out);
    buf_init(&sources, 65536);
    assert_int_equal(store_sources(s, 2, &sources, NULL), -ERR_INPUT); // it is version 1 now
    buf_clear(&sources);
    assert_int_equal(store_sources(s, 1, &sources, NULL), 0);
    struct record all = sample_record(&sources);
    assert_true(text_is(record_get_text(all, "guests.csv"), "name,mail\nKarma Dorji,karma@office.example\n"));
    assert_true(text_is(record_get_text(all, "programme.txt"), "14:00 Welcome by (forgotten)\n"));
    struct store_answer a = load(s, 2);
    assert_int_equal(a.flows[0].flow.script, 1);
    store_answer_release(&a);
    buf_release(&sources);
    store_close(s);
}

static void what_changed_meanwhile_is_not_written_over(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct store_forgotten out;
    fill(s);
    struct batch *b = batch_new();
    add_entry(b, "answers", "P0042", "{\"answer\":\"no\"}", false);
    sample_commit(s, b);
    assert_int_equal(forget(s, request, &out), -ERR_BUSY);
    struct store_answer a = load(s, 1); // nothing has happened
    assert_true(text_is(a.flows[0].flow.key, "P0042"));
    store_answer_release(&a);
    store_close(s);
}

static void what_is_left_to_do_is_known_until_it_is_done(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct store_forgotten out;
    struct buf stage;
    fill(s);
    forget(s, request, &out);
    store_close(s); // as after a crash
    s = sample_open(sample->path, STORE_INLINE);
    buf_init(&stage, 4096);
    assert_int_equal(store_setting(s, STORE_FORGETTING, &stage, NULL), 0);
    assert_true(text_is(record_get_text(sample_record(&stage), "stage"), "sweep"));
    assert_int_equal(store_sweep(s, NULL), 0);
    buf_clear(&stage);
    store_setting(s, STORE_FORGETTING, &stage, NULL);
    assert_int_equal(stage.len, 0);
    buf_release(&stage);
    store_close(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sample_set_up, sample_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_byte_of_the_file_says_who_it_was),
        TEST(their_flows_stay_as_numbers_and_the_others_hold),
        TEST(a_flow_goes_on_behind_what_was_taken_out),
        TEST(versions_that_become_the_same_become_one),
        TEST(what_changed_meanwhile_is_not_written_over),
        TEST(what_is_left_to_do_is_known_until_it_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
