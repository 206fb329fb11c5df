// SPDX-License-Identifier: MIT
// Requests: which route answers, what it may change, when its answer leaves, and the tokens of links.
#include "engine_rig.h"

#include "engine/link.h"
#include "engine/route.h"

#define COUNTER                                                              \
    "usher.http.route('GET', '/count', function()\n"                         \
    "  return { body = tostring(usher.book('count'):get('n') or 0) } end)\n" \
    "usher.http.route('POST', '/count/:by', function(r)\n"                   \
    "  local book = usher.book('count')\n"                                   \
    "  book:set('n', (book:get('n') or 0) + tonumber(r.params.by))\n"        \
    "  if r.form and r.form.fail then error('no more') end\n"                \
    "  if r.form and r.form.pass then return nil end\n"                      \
    "  return { redirect = '/count' } end)\n"

static void the_route_that_matches_answers(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", COUNTER);
    assert_text(rig_visit(r, "GET", "/count", NULL), "200 0");
    assert_text(rig_visit(r, "POST", "/count/3", NULL), "303 /count");
    assert_text(rig_visit(r, "GET", "/count", NULL), "200 3");
    assert_holds_words(rig_visit(r, "GET", "/nowhere", NULL), "404: There is nothing at this address");
    assert_holds_words(rig_visit(r, "GET", "/count/3", NULL), "405: ");
    assert_holds_words(rig_visit(r, "GET", "/count/", NULL), "404: ");
    rig_end(r);
}

static void what_fails_or_passes_changes_nothing(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", COUNTER);
    assert_holds_words(rig_visit(r, "POST", "/count/3", "{\"form\": {\"fail\": \"1\"}}"),
        "500: Something went wrong");
    assert_holds_words(rig_visit(r, "POST", "/count/3", "{\"form\": {\"pass\": \"1\"}}"), "404: ");
    assert_text(rig_visit(r, "GET", "/count", NULL), "200 0");
    rig_end(r);
}

static void a_page_that_is_looked_at_changes_nothing(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "local tries = { set = function() usher.book('b'):set('k', 1) end,\n"
        "  remove = function() usher.book('b'):remove('k') end,\n"
        "  start = function() usher.start('f', { key = 'k' }) end,\n"
        "  signal = function() usher.signal('f', 'k', 's', true) end,\n"
        "  push = function() usher.http.push('t', 'x') end, fresh = function() usher.fresh() end }\n"
        "usher.flow('f', function() end)\n"
        "usher.http.route('GET', '/try/:what', function(r)\n"
        "  local fine, why = pcall(tries[r.params.what])\n"
        "  return { body = fine and 'it worked' or why } end)\n");
    const char *const tries[] = {"set", "remove", "start", "signal", "push", "fresh"};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        const char *said = rig_visit(r, "GET", rig_print(r, "/try/%s", tries[i]), NULL);
        assert_holds_words(said, "can't be used inside a GET route, which changes nothing");
    }
    rig_end(r);
}

static void an_event_passes_on_what_is_not_its_own(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    const char *script = "usher.describe { id = '%s' }\n"
                         "usher.http.route('GET', '/t/:token', function(r)\n"
                         "  local who = usher.link.read('join', r.params.token)\n"
                         "  return who and { body = '%s ' .. who } or nil end)\n"
                         "usher.on('token', function() return usher.link.make('join', 'P1') end)\n";
    rig_write(r, "one.lua", rig_print(r, script, "one", "one"));
    rig_write(r, "two.lua", rig_print(r, script, "two", "two"));
    rig_begin(r);
    struct buf token;
    buf_init(&token, 1024);
    link_make(r->engine, TEXT("two"), TEXT("join"), TEXT("P1"), (struct instant){0}, 0, &token);
    assert_text(rig_visit(r, "GET", rig_print(r, "/t/%s", buf_z(&token)), NULL), "200 two P1");
    assert_holds_words(rig_visit(r, "GET", "/t/abc", NULL), "404: ");
    buf_release(&token);
    rig_end(r);
}

// Somebody asks to be let in: every event that knows them acts, one answer leaves, and a mistake in one event
// takes nothing from the others.
static void a_route_for_all_events_runs_in_each_of_them(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    const char *script = "usher.describe { id = '%s' }\n"
                         "usher.http.route('POST', '/in', function(r) %s\n"
                         "  usher.book('asked'):set(r.form.who, true)\n"
                         "  return { body = '%s' } end, { all = true })\n"
                         "usher.on('asked-%s', function() return usher.book('asked'):count() end)\n";
    rig_write(r, "one.lua", rig_print(r, script, "one", "", "one", "one"));
    rig_write(r, "two.lua",
        rig_print(r, script, "two", "if r.form.who == 'x' then error('two is broken') end", "two", "two"));
    rig_write(r, "three.lua",
        rig_print(r, script, "three", "if r.form.who ~= 'P1' then return nil end", "three", "three"));
    rig_begin(r);
    assert_text(rig_visit(r, "POST", "/in", "{\"form\": {\"who\": \"P1\"}}"), "200 one");
    assert_text(rig_visit(r, "POST", "/in", "{\"form\": {\"who\": \"x\"}}"), "200 one");
    assert_text(rig_call(r, "asked-one", "{}"), "2");
    assert_text(rig_call(r, "asked-two", "{}"), "1");
    assert_text(rig_call(r, "asked-three", "{}"), "1");
    rig_end(r);
}

// One event does not know who knocks, and another does: the refusal is not what leaves.
static void of_all_events_the_first_that_refuses_nothing_answers(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    const char *script = "usher.describe { id = '%s' }\n"
                         "usher.http.route('POST', '/in', function(r)\n"
                         "  if r.form.who ~= '%s' then return { status = 401, body = 'not %s' } end\n"
                         "  return { body = '%s' } end, { all = true })\n";
    rig_write(r, "one.lua", rig_print(r, script, "one", "P1", "one", "one"));
    rig_write(r, "two.lua", rig_print(r, script, "two", "P2", "two", "two"));
    rig_begin(r);
    assert_text(rig_visit(r, "POST", "/in", "{\"form\": {\"who\": \"P1\"}}"), "200 one");
    assert_text(rig_visit(r, "POST", "/in", "{\"form\": {\"who\": \"P2\"}}"), "200 two");
    assert_text(rig_visit(r, "POST", "/in", "{\"form\": {\"who\": \"P3\"}}"), "401 not one");
    rig_end(r);
}

static void a_form_of_another_site_is_refused(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", COUNTER "usher.http.route('POST', '/open', function()\n"
                                                         "  return { body = 'in' } end, { open = true })\n");
    const char *foreign =
        "{\"host\": \"events.example\", \"headers\": {\"origin\": \"https://evil.example\"}}";
    const char *own = "{\"host\": \"events.example\", \"headers\": {\"origin\": \"https://events.example\"}}";
    const char *hidden = "{\"host\": \"events.example\", \"headers\": {\"origin\": \"null\"}}";
    const char *crossing = "{\"headers\": {\"sec-fetch-site\": \"cross-site\"}}";
    assert_holds_words(rig_visit(r, "POST", "/count/1", foreign), "403: ");
    assert_holds_words(rig_visit(r, "POST", "/count/1", hidden), "403: ");
    assert_holds_words(rig_visit(r, "POST", "/count/1", crossing), "403: ");
    assert_text(rig_visit(r, "POST", "/count/1", own), "303 /count");
    assert_text(rig_visit(r, "POST", "/open", foreign), "200 in");
    rig_end(r);
}

static void a_page_gets_the_lists_that_it_asks_for(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "usher.flow('nap', function() usher.sleep('nap', '1 day') end)\n"
        "usher.start('nap', { key = 'P1' })\n"
        "usher.http.route('GET', '/flows', function(r)\n"
        "  local names = {}\n"
        "  for i, flow in ipairs(r.seen.all) do names[i] = flow.name .. '/' .. flow.key end\n"
        "  return { body = table.concat(names, ' ') } end,\n"
        "  { look = function() return { all = { ask = 'flows' } } end })\n");
    rig_settle(r);
    assert_text(rig_visit(r, "GET", "/flows", NULL), "200 nap/P1");
    rig_end(r);
}

static void where_a_response_leads_is_checked(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", "usher.http.route('POST', '/go', function(r) return { "
                                                 "redirect = r.form.to, away = r.form.away } end)\n");
    assert_text(rig_visit(r, "POST", "/go", "{\"form\": {\"to\": \"/thanks?a=1\"}}"), "303 /thanks?a=1");
    assert_holds_words(rig_visit(r, "POST", "/go", "{\"form\": {\"to\": \"//evil.example\"}}"), "500: ");
    assert_holds_words(rig_visit(r, "POST", "/go", "{\"form\": {\"to\": \"/a\\r\\nset-cookie: x\"}}"),
        "500: ");
    assert_holds_words(rig_visit(r, "POST", "/go", "{\"form\": {\"to\": \"/\\\\evil.example\"}}"), "500: ");
    assert_holds_words(rig_visit(r, "POST", "/go", "{\"form\": {\"away\": \"javascript:x\"}}"), "500: ");
    assert_text(rig_visit(r, "POST", "/go", "{\"form\": {\"away\": \"https://zoom.example/j/1\"}}"),
        "303 https://zoom.example/j/1");
    rig_end(r);
}

static void answers_that_changed_something_survive_a_crash(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->on_disk = true;
    rig_write(r, "test.lua", COUNTER);
    rig_begin(r);
    for (int i = 0; i < 20; i++) {
        assert_text(rig_visit(r, "POST", "/count/1", NULL), "303 /count");
        rig_kill(r);
        rig_begin(r);
    }
    assert_text(rig_visit(r, "GET", "/count", NULL), "200 20");
    rig_end(r);
}

static struct buf token_for(struct rig *r, const char *purpose, const char *subject, int64_t expires_ms)
{
    struct buf token;
    buf_init(&token, 1024);
    link_make(r->engine, TEXT("test"), text_of(purpose), text_of(subject), (struct instant){expires_ms}, 7,
        &token);
    return token;
}

static enum link_state read_token(struct rig *r, const char *purpose, struct text token, const char *subject)
{
    struct buf got;
    uint32_t generation = 0;
    buf_init(&got, 1024);
    enum link_state state = link_read(r->engine, TEXT("test"), text_of(purpose), token, &got, &generation);
    if (state == LINK_FINE) {
        assert_string_equal(buf_z(&got), subject);
        assert_int_equal(generation, 7);
    }
    buf_release(&got);
    return state;
}

static void a_token_opens_one_thing_only(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", COUNTER);
    struct buf token = token_for(r, "join", "P1", 0), same = token_for(r, "join", "P1", 0);
    assert_true(text_eq(buf_text(&token), buf_text(&same)));
    assert_int_equal(read_token(r, "join", buf_text(&token), "P1"), LINK_FINE);
    assert_int_equal(read_token(r, "answer", buf_text(&token), "P1"), LINK_WRONG);
    struct buf old = token_for(r, "join", "P1", rig_at("2021-02-25 07:59").ms);
    assert_int_equal(read_token(r, "join", buf_text(&old), "P1"), LINK_EXPIRED);
    assert_int_equal(read_token(r, "join", TEXT(""), ""), LINK_WRONG);
    buf_release(&token);
    buf_release(&same);
    buf_release(&old);
    rig_end(r);
}

// Every bit of a token flipped, every length cut, and whatever else somebody may try.
static void no_changed_token_is_taken(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", COUNTER);
    struct buf token = token_for(r, "survey", "Dasho Karma", 0);
    for (size_t i = 0; i < token.len; i++) {
        assert_int_equal(read_token(r, "survey", (struct text){token.data, i}, ""), LINK_WRONG);
        for (int c = 1; c < 256; c++) {
            char before = token.data[i];
            if ((char)c == before) continue;
            token.data[i] = (char)c;
            assert_int_equal(read_token(r, "survey", buf_text(&token), ""), LINK_WRONG);
            token.data[i] = before;
        }
    }
    buf_addc(&token, 'A');
    assert_int_equal(read_token(r, "survey", buf_text(&token), ""), LINK_WRONG);
    buf_release(&token);
    rig_end(r);
}

static void patterns_that_are_none_are_named(void **state)
{
    const char *const wrong[] = {"a", "", "/a//b", "/a/", "/:", "/a:b", "/a b", "/\xc3\xa9", "/a?b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_non_null(route_check(wrong[i]));
    const char *const right[] = {"/", "/a", "/a/:token", "/a/:token/calendar.ics", "/static/usher.css"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) assert_null(route_check(right[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_route_that_matches_answers),
        cmocka_unit_test(what_fails_or_passes_changes_nothing),
        cmocka_unit_test(a_page_that_is_looked_at_changes_nothing),
        cmocka_unit_test(an_event_passes_on_what_is_not_its_own),
        cmocka_unit_test(a_route_for_all_events_runs_in_each_of_them),
        cmocka_unit_test(of_all_events_the_first_that_refuses_nothing_answers),
        cmocka_unit_test(a_form_of_another_site_is_refused),
        cmocka_unit_test(a_page_gets_the_lists_that_it_asks_for),
        cmocka_unit_test(where_a_response_leads_is_checked),
        cmocka_unit_test(answers_that_changed_something_survive_a_crash),
        cmocka_unit_test(a_token_opens_one_thing_only),
        cmocka_unit_test(no_changed_token_is_taken),
        cmocka_unit_test(patterns_that_are_none_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
