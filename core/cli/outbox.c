// SPDX-License-Identifier: MIT
// outbox: what is to leave, and the word before it does: `usher outbox`, `approve`, `disapprove`,
// `test-mail`.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

#define INDENT "    "

static void print_text(const char *before, struct text t)
{
    printf("%s%.*s", before, (int)t.len, t.data);
}

static void print_line(struct text t)
{
    if (t.len) printf(INDENT "%.*s\n", (int)t.len, t.data);
}

// ---- which event ----------------------------------------------------------------------------------------

// Calls fn for each event that runs here, or for the one that is meant; an event that does not is complained
// about with those that do.
static int each_event(const struct options *o, const char *meant,
    int (*fn)(const struct options *o, const char *event, struct text title), int *found)
{
    struct buf bytes;
    char event[256];
    int code = ask_list(o, "events", NULL, NULL, &bytes);
    if (code) return code;
    *found = 0;
    struct record rows = record_get((struct record){(uint8_t *)bytes.data, bytes.len}, "rows");
    for (struct record_iter it = record_each(rows); !code && record_next(&it);) {
        struct text name = record_get_text(it.value, "event");
        if (meant && !text_is(name, meant)) continue;
        snprintf(event, sizeof event, "%.*s", (int)name.len, name.data);
        ++*found;
        if (fn) code = fn(o, event, record_get_text(it.value, "title"));
    }
    buf_release(&bytes);
    if (code || *found) return code;
    return meant ? complain(USHER_INPUT, "no event '%s' runs here: `usher next` shows which do", meant)
                 : complain(USHER_INPUT, "no event runs here");
}

static int need_event(const struct options *o, const char *event)
{
    int found;
    return each_event(o, event, NULL, &found);
}

// ---- the list -------------------------------------------------------------------------------------------

// How many mails of that rule are held just now.
static int64_t count_held(struct record counts, struct text rule)
{
    for (struct record_iter it = record_each(counts); record_next(&it);) {
        struct text name = record_get_text(it.value, "name");
        if (name.len == rule.len && memcmp(name.data, rule.data, rule.len) == 0)
            return record_get_int(it.value, "n", 0);
    }
    return 0;
}

static void print_number(struct record rule)
{
    long long n = record_get_int(rule, "n", 0), of = record_get_int(rule, "of", 0);
    if (n == of) printf("%lld", n);
    else printf("%lld of %lld as answers are now", n, of);
}

static void print_rule(struct record rule, struct record held)
{
    struct text name = record_get_text(rule, "name"), when = record_get_text(rule, "when");
    int64_t waiting = count_held(held, name);
    printf("%.*s", (int)name.len, name.data);
    print_text(", ", record_get_text(rule, "whom"));
    if (!record_get_bool(rule, "by_itself", false)) {
        printf(": ");
        print_number(rule);
    }
    printf("\n");
    print_line(when);
    print_line(record_get_text(rule, "subject"));
    print_line(record_get_text(rule, "sentence"));
    if (waiting) printf(INDENT "%lld held now\n", (long long)waiting);
}

// Of mails that go out by themselves only those are told at length that wait.
static bool is_long(struct record rule)
{
    struct text state = record_get_text(rule, "state");
    return !record_get_bool(rule, "by_itself", false) || !text_is(state, "none");
}

static void print_by_themselves(struct record rules)
{
    const char *between = "These go out by themselves when somebody's act causes them, and wait for nobody: ";
    for (struct record_iter it = record_each(rules); record_next(&it);) {
        if (is_long(it.value)) continue;
        print_text(between, record_get_text(it.value, "name"));
        between = ", ";
    }
    if (*between == ',') printf("\n");
}

static int ask_held(const struct options *o, const char *event, struct buf *out)
{
    struct record_map map;
    struct buf request;
    record_map_init(&map);
    buf_init(&request, 4096);
    record_map_text(&map, "ask", TEXT("held_counts"));
    record_map_text(&map, "event", text_of(event));
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, out);
    buf_release(&request);
    return code;
}

static int print_event(const struct options *o, const char *event, struct text title)
{
    struct record_map none;
    struct buf bytes, list;
    record_map_init(&none);
    int code = call_handler(o, event, "outbox", &none, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (!print_json(o, answer) && (code = ask_held(o, event, &list)) == 0) {
        struct record rules = record_get(record_get(answer, "reply"), "rules");
        struct record held = record_get((struct record){(uint8_t *)list.data, list.len}, "rows");
        print_text("", text_of(event));
        print_text(": ", title);
        printf("\n\n");
        for (struct record_iter it = record_each(rules); record_next(&it);)
            if (is_long(it.value)) print_rule(it.value, held);
        print_by_themselves(rules);
        buf_release(&list);
    }
    buf_release(&bytes);
    return code;
}

// ---- one rule -------------------------------------------------------------------------------------------

static void print_size(int64_t bytes)
{
    if (bytes < 1024) printf("%lld bytes", (long long)bytes);
    else if (bytes < 1024 * 1024) printf("%.1f KiB", (double)bytes / 1024);
    else printf("%.1f MiB", (double)bytes / 1024 / 1024);
}

static void print_files(struct record files)
{
    const char *between = "Attached: ";
    for (struct record_iter it = record_each(files); record_next(&it);) {
        print_text(between, record_get_text(it.value, "name"));
        printf(" (");
        int64_t bytes = record_get_int(it.value, "size", -1);
        if (bytes >= 0) print_size(bytes);
        else printf("made when the mail leaves");
        printf(")");
        between = ", ";
    }
    if (record_count(files)) printf("\n");
}

static void print_field(const char *name, struct text value)
{
    if (value.len) printf("%s: %.*s\n", name, (int)value.len, value.data);
}

static void print_sample(struct record sample)
{
    struct text language = record_get_text(sample, "language");
    print_text("\n---- as ", record_get_text(sample, "name"));
    printf(" gets it");
    if (language.len) printf(" (%.*s)", (int)language.len, language.data);
    printf("\n");
    print_field("From", record_get_text(sample, "from"));
    print_field("To", record_get_text(sample, "to"));
    print_field("Reply to", record_get_text(sample, "reply_to"));
    print_field("Subject", record_get_text(sample, "subject"));
    print_files(record_get(sample, "files"));
    print_text("\n", record_get_text(sample, "text"));
    printf("\n");
}

static void print_people(struct record people)
{
    printf("\n---- to whom it may go, each name once: %zu\n", record_count(people));
    for (struct record_iter it = record_each(people); record_next(&it);) {
        struct text name = record_get_text(it.value, "name"), group = record_get_text(it.value, "group"),
                    mail = record_get_text(it.value, "mail");
        printf("%-34.*s %-36.*s %.*s\n", (int)name.len, name.data, (int)mail.len, mail.data, (int)group.len,
            group.data);
    }
}

static int show_rule(const struct options *o, const char *event, const char *rule)
{
    struct record_map with;
    struct buf bytes, list;
    record_map_init(&with);
    record_map_text(&with, "rule", text_of(rule));
    int code = call_handler(o, event, "outbox", &with, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, reply = record_get(answer, "reply");
    if (!print_json(o, answer) && (code = ask_held(o, event, &list)) == 0) {
        print_rule(reply, record_get((struct record){(uint8_t *)list.data, list.len}, "rows"));
        for (struct record_iter it = record_each(record_get(reply, "samples")); record_next(&it);)
            print_sample(it.value);
        print_people(record_get(reply, "people"));
        buf_release(&list);
    }
    buf_release(&bytes);
    return code;
}

int command_outbox(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments), found, code;
    if (n > 2) return complain(USHER_USAGE, "usher outbox [EVENT], or usher outbox EVENT RULE");
    if (n && option(o, "event")) return complain(USHER_USAGE, "the event is said twice");
    if (n < 2) return each_event(o, n ? arguments[0] : option(o, "event"), print_event, &found);
    code = need_event(o, arguments[0]);
    return code ? code : show_rule(o, arguments[0], arguments[1]);
}

// ---- the word -------------------------------------------------------------------------------------------

// EVENT RULE..., or EVENT --all.
static int say_word(const struct options *o, const char *handler)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    bool all = option(o, "all") != NULL;
    if (n < 1 || (all ? n > 1 : n < 2))
        return complain(USHER_USAGE, "usher %s EVENT RULE..., or usher %s EVENT --all", handler, handler);
    int code = need_event(o, arguments[0]);
    if (code) return code;
    struct record_map with;
    record_map_init(&with);
    if (all) record_map_bool(&with, "all", true);
    struct buf *rules = record_map_key(&with, "rules");
    record_put_list(rules, (size_t)n - 1);
    for (int i = 1; i < n; i++) record_put_text(rules, text_of(arguments[i]));
    return call_and_say(o, arguments[0], handler, &with);
}

int command_approve(const struct options *o)
{
    return say_word(o, "approve");
}

int command_disapprove(const struct options *o)
{
    return say_word(o, "disapprove");
}

int command_test_mail(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n != 3) return complain(USHER_USAGE, "usher test-mail EVENT RULE ADDRESS [--as GUEST]");
    int code = need_event(o, arguments[0]);
    if (code) return code;
    struct record_map with;
    record_map_init(&with);
    record_map_text(&with, "rule", text_of(arguments[1]));
    record_map_text(&with, "to", text_of(arguments[2]));
    if (option(o, "as")) record_map_text(&with, "as", text_of(option(o, "as")));
    return call_and_say(o, arguments[0], "test-mail", &with);
}
