// SPDX-License-Identifier: MIT
// office_rig: two events with one person for each role, and those people at their pages.
#pragma once

#include "engine_rig.h"

// One person for each role, two guests; and a handler that makes the token of a form, as its page would.
#define EVENT(id)                                                                                            \
    "event '" id "' { title = 'Title of " id "', when = 'Thu 25 Feb 2021 08:00-09:00 UTC',\n"                \
    "  from = 'o@x.example' }\n"                                                                             \
    "local list = {}\n"                                                                                      \
    "for i, role in ipairs { 'owner', 'organiser', 'approver', 'host', 'viewer', 'speaker' } do\n"           \
    "  list[i] = { key = role, name = 'The ' .. role, role = role, mail = role .. '@" id ".example' } end\n" \
    "people(list)\n"                                                                                         \
    "guests { { key = 'S1', name = 'Sonam', mail = 'sonam@x.example', group = 'A' },\n"                      \
    "  { key = 'S2', name = 'Karma', mail = 'karma@x.example', group = 'B' } }\n"                            \
    "programme { { '08:00-09:00', 'Talk', by = 'speaker' } }\n"                                              \
    "mail 'invitation' { to = invited, at = '2 days before, 09:00', subject = 's', text = 't' }\n"           \
    "usher.on('form-" id "', function(r)\n"                                                                  \
    "  local subject = usher.link.read('session', r.cookie)\n"                                               \
    "  return usher.link.make('form', subject:match('^%S+') .. ' ' .. r.form) end)\n"

static inline struct rig *rig_of_office(const char *now)
{
    struct rig *r = rig_new(now);
    r->base_url = "https://events.example";
    r->live = true;
    rig_write(r, "one.lua", EVENT("one"));
    rig_write(r, "two.lua", EVENT("two"));
    rig_begin(r);
    rig_settle(r);
    return r;
}

// The path of a fresh link for somebody, as `usher login` prints it.
static inline const char *link_for(struct rig *r, const char *event, const char *role)
{
    const char *reply = rig_call_in(r, event, "login-link",
        role ? rig_print(r, "{\"address\":\"%s@%s.example\"}", role, event) : "{}");
    const char *at = strstr(reply, "https://events.example/login/");
    if (!at) fail_msg("%s", reply);
    at += strlen("https://events.example");
    return rig_print(r, "%.*s", (int)strcspn(at, "\""), at);
}

// The cookie of somebody who has just logged in.
static inline const char *cookie_for(struct rig *r, const char *event, const char *role)
{
    const char *said = rig_visit(r, "POST", link_for(r, event, role), NULL);
    assert_holds_words(said, "303 ");
    assert_true(r->cookie[0] != 0);
    return r->cookie;
}

static inline const char *look(struct rig *r, const char *cookie, const char *path)
{
    return rig_visit(r, "GET", path, rig_with_cookie(r, cookie, NULL));
}

static inline const char *token_for(struct rig *r, const char *event, const char *cookie, const char *form)
{
    const char *token = rig_call(r, rig_print(r, "form-%s", event),
        rig_print(r, "{\"cookie\":\"%s\",\"form\":\"%s\"}", strchr(cookie, '=') + 1, form));
    return rig_print(r, "%.*s", (int)strlen(token) - 2, token + 1); // JSON, without its quotes
}

// Sends a form of the event "one" as its page would; `fields` is JSON without braces.
static inline const char *act(struct rig *r, const char *cookie, const char *form, const char *fields)
{
    const char *token = token_for(r, "one", cookie, form);
    const char *more = rig_print(r, "{\"form\": {\"token\": \"%s\"%s%s}}", token, *fields ? ", " : "",
        fields);
    return rig_visit(r, "POST", rig_print(r, "/e/one/%s", form), rig_with_cookie(r, cookie, more));
}

static inline void assert_status(struct rig *r, const char *said, int status)
{
    if (atoi(said) != status) fail_msg("wanted %d: %.300s", status, said);
    (void)r;
}
