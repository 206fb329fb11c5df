// SPDX-License-Identifier: MIT
// api_mail: usher.mail, the step that sends one mail to one person.
//
// The whole mail is recorded when it is asked for (mail/mail.h says how it looks), so an attempt that is made
// again is the same mail, with the same Message-ID.
#include "engine/sent.h"
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"
#include "mail/mail.h"
#include "time/zone.h"

#include <string.h>
#include <strings.h>

static const struct option mail_options[] = {{"to", "text"}, {"from", "text?"}, {"reply_to", "text?"},
    {"cc", "table?"}, {"subject", "text"}, {"text", "text"}, {"html", "bool?"}, {"attach", "table?"},
    {"as", "text?"}, {"was", "text?"}, {"unsure", "text?"}, {"give_up", "moment?"}, {"headers", "table?"},
    {"lang", "text?"}, {"about", "table?"}, {"zone", "text?"}, {"sender", "text?"}, {"unsubscribe", "table?"},
    {"approval", "table?"}, {0}};

static const struct option approval_options[] = {{"rule", "text"}, {"hash", "text"}, {"why", "text"}, {0}};
static const struct option unsubscribe_options[] = {{"link", "text?"}, {"purpose", "text?"}, {0}};

static void check_address(lua_State *L, const char *field, struct text address)
{
    struct mail_address parsed;
    struct err e = {0};
    if (address.len && mail_address_parse(address, &parsed, &e))
        luaL_error(L, "usher.mail: %s: %s", field, e.text);
}

static void check_unsubscribe(lua_State *L)
{
    int top = lua_gettop(L);
    if (lua_getfield(L, 1, "unsubscribe") != LUA_TNIL) {
        check_options(L, -1, "usher.mail: unsubscribe", unsubscribe_options, 0);
        struct text link = option_text(L, -1, "link"), purpose = option_text(L, -1, "purpose");
        for (size_t i = 0; i < link.len; i++) {
            if (link.data[i] <= ' ' || link.data[i] >= 0x7f || strchr("<>,\"", link.data[i]))
                luaL_error(L, "usher.mail: unsubscribe: '%s' is no web address", link.data);
        }
        if (strspn(purpose.data, "abcdefghijklmnopqrstuvwxyz") != purpose.len)
            luaL_error(L, "usher.mail: unsubscribe: purpose is a word such as \"event\" or \"trainings\"");
    }
    lua_settop(L, top);
}

static void check_approval(lua_State *L)
{
    if (lua_getfield(L, 1, "approval") != LUA_TNIL) {
        check_options(L, -1, "usher.mail: approval", approval_options, 0);
        if (!option_text(L, -1, "rule").len || !option_text(L, -1, "hash").len ||
            !option_text(L, -1, "why").len)
            luaL_error(L, "usher.mail: approval: each of its fields is a text with something in it");
    }
    lua_pop(L, 1);
}

// hash(flow, key).flow@domain of the sender: the same in every attempt (engine/sent.h).
static void put_message_id(struct engine *g, struct flow *f, const char *key, const char *sender,
    struct buf *out)
{
    struct mail_address from;
    const char *domain = "usher.invalid";
    if (mail_address_parse(text_of(sender), &from, NULL) == 0 && strchr(from.address, '@')) {
        domain = strchr(from.address, '@') + 1;
    }
    sent_id(g, f, key, out);
    buf_addf(out, "@%s", domain);
}

static int copy_field(lua_State *L, struct record_map *map, const char *from, const char *to, struct err *e)
{
    struct buf value;
    int failed = 0;
    buf_init(&value, RECORD_LEN_MAX);
    if (lua_getfield(L, 1, from) != LUA_TNIL) failed = value_encode(L, -1, &value, e);
    if (failed) err_in(e, "%s", from);
    else if (value.len) record_map_value(map, to, (struct record){(uint8_t *)value.data, value.len});
    lua_pop(L, 1);
    buf_release(&value);
    return failed;
}

// ---- what programs read of a mail: whom to tell that it did not arrive, or is not wanted ------------------

// The envelope sender: as the script says, else the installation's address for bounces with this mail's mark.
static void put_sender(lua_State *L, const struct buf *bounces, struct record_map *map)
{
    struct text said = option_text(L, 1, "sender");
    if (said.len) record_map_text(map, "sender", said);
    else if (bounces->len) record_map_text(map, "sender", buf_text(bounces));
}

static void put_header(struct record_map *headers, const char *name, struct text value)
{
    struct buf *pair = record_map_pair(headers);
    record_put_text(pair, text_of(name));
    record_put_text(pair, value);
}

// A plus sign is %2B: there are programs that read a space for it.
static void put_mailto(struct text address, struct text purpose, struct buf *out)
{
    buf_addf(out, "%s<mailto:", out->len ? ", " : "");
    for (size_t i = 0; i < address.len; i++) {
        if (address.data[i] == '+') buf_addz(out, "%2B");
        else buf_addc(out, address.data[i]);
    }
    buf_addf(out, "?subject=unsubscribe%s%.*s>", purpose.len ? "%20" : "", (int)purpose.len, purpose.data);
}

// RFC 2369: a link, and a mail whose address is this mail's mark and whose subject is what is not wanted. RFC
// 8058: the header that promises that one POST to the link is enough, which is for https only.
static void put_unsubscribe(lua_State *L, const struct buf *bounces, struct record_map *headers)
{
    struct buf value;
    if (lua_getfield(L, 1, "unsubscribe") != LUA_TTABLE) {
        lua_pop(L, 1);
        return;
    }
    struct text link = option_text(L, -1, "link"), purpose = option_text(L, -1, "purpose");
    buf_init(&value, 900); // one line: buttons have been seen to miss a folded one
    if (link.len) buf_addf(&value, "<%.*s>", (int)link.len, link.data);
    if (bounces->len) put_mailto(buf_text(bounces), purpose, &value);
    if (value.len) put_header(headers, "List-Unsubscribe", buf_text(&value));
    if (link.len > 8 && memcmp(link.data, "https://", 8) == 0)
        put_header(headers, "List-Unsubscribe-Post", TEXT("List-Unsubscribe=One-Click"));
    lua_pop(L, 1);
    buf_release(&value);
}

// No mail of usher's is written by a person: programs that answer by themselves leave it alone (RFC 3834).
static bool says_auto_submitted(struct record given)
{
    for (struct record_iter it = record_each(given); record_next(&it);) {
        struct text name;
        if (record_text(it.key, &name) && name.len == 14 && strncasecmp(name.data, "Auto-Submitted", 14) == 0)
            return true;
    }
    return false;
}

static int put_headers(lua_State *L, const struct buf *bounces, struct record_map *map, struct err *e)
{
    struct buf given;
    struct record_map headers;
    buf_init(&given, RECORD_LEN_MAX);
    int failed = lua_getfield(L, 1, "headers") == LUA_TNIL ? 0 : value_encode(L, -1, &given, e);
    struct record said = {(const uint8_t *)given.data, given.len};
    lua_pop(L, 1);
    record_map_init(&headers);
    for (struct record_iter it = record_each(said); !failed && it.map && record_next(&it);) {
        struct buf *pair = record_map_pair(&headers);
        record_put(pair, it.key);
        record_put(pair, it.value);
    }
    if (!says_auto_submitted(said)) put_header(&headers, "Auto-Submitted", TEXT("auto-generated"));
    put_unsubscribe(L, bounces, &headers);
    if (!failed && !record_map_close(&headers, record_map_key(map, "headers")))
        failed = err_set(e, ERR_INPUT, "a header is said twice");
    if (failed) err_in(e, "headers");
    buf_release(&given);
    return failed;
}

// The record of the mail, whole or not at all. Nothing in here raises.
static int compose(lua_State *L, struct branch *b, struct text name, struct text subject_of, const char *from,
    const struct zone *zone, struct buf *out, struct err *e)
{
    static const char *const same[] = {"to", "reply_to", "cc", "subject", "text", "html", "lang", "about",
        "approval"};
    struct engine *g = script_of(L)->engine;
    struct record_map map;
    struct buf id, bounces;
    record_map_init(&map);
    buf_init(&id, 512);
    buf_init(&bounces, 512);
    const char *key = step_next_key(b, STEP_KIND_MAIL, name, subject_of);
    put_message_id(g, b->flow, key, from, &id);
    sent_address(g, b->flow, key, g->options.mail_bounces, &bounces);
    put_sender(L, &bounces, &map);
    record_map_text(&map, "id", buf_text(&id));
    record_map_int(&map, "date", g->now.ms);
    if (zone) record_map_int(&map, "offset_min", zone_local(zone, g->now).offset / 60);
    record_map_text(&map, "from", text_of(from));
    int failed = put_headers(L, &bounces, &map, e);
    if (!failed) failed = copy_field(L, &map, "attach", "attachments", e);
    for (size_t i = 0; !failed && i < sizeof same / sizeof *same; i++)
        failed = copy_field(L, &map, same[i], same[i], e);
    record_map_end(&map, out);
    buf_release(&id);
    buf_release(&bounces);
    if (!failed && out->over) failed = err_set(e, ERR_LIMIT, "the mail is longer than 32 MiB");
    return failed;
}

static int push_mail_result(lua_State *L, struct step *s)
{
    value_push(L, s->value);
    return 1;
}

/// usher.mail(options) -> result
/// Sends one mail to one person, and goes on when its fate is known. The first value is the step's name. to,
/// from, reply_to: `Name <address>`; subject; text: Markdown, sent as text and as HTML (html = false: text
/// only); cc: list of addresses to show; attach: list of { name = , type = , data = }. Instead of data: call
/// = the name of a handler and with = a table for it (it is called when the mail leaves and answers { data =
/// } or { none = true }, and nothing of that is kept); or certificate = { title = , name = , ... }
/// (core/pdf/certificate.h), a page that is drawn when the mail leaves. headers: map (each mail says
/// Auto-Submitted: auto-generated unless they say otherwise); lang; zone: whose clock the Date header shows
/// (default UTC). as: whose mail it is (the person's key: part of the step's identity, unlike the address).
/// was: the name that this mail had in the version before. unsure: what happens when a crash or a lost
/// connection leaves open whether it went out: "ask" a person (default), "resend" it with the same
/// Message-ID, or "leave" it. give_up: moment after which it is no longer tried (default: the limit of the
/// usher.due before it, else three days). sender: who hears of a bounce, "<>" for nobody (default: an address
/// of this mail's own when mail.bounces is configured, else from). unsubscribe = { link = , purpose = }: the
/// headers by which mail programs unsubscribe. about: a table for transcripts. approval = { rule = , hash = ,
/// why = }: the mail waits until the event's book "approvals" has under that rule a table with that hash; why
/// says in a sentence for whose word it waits. Comes back with { sent = true, reply = } or { sent = false,
/// why = , unsure = }.
/// Errors: an address that is none; a line break in an address or a subject.
/// Example: usher.mail { "hello", to = "karma@moic.example", from = "usher@moic.example",
/// subject = "Hello", text = "Hi" }
static int api_mail(lua_State *L)
{
    struct script *s = context_check_wait(L, "usher.mail");
    check_options(L, 1, "usher.mail", mail_options, 1);
    lua_settop(L, 1);
    struct branch *b = context_branch(L);
    lua_geti(L, 1, 1);
    struct text name = context_name(L, -1, "usher.mail");
    struct text from = option_text(L, 1, "from"), subject_of = option_text(L, 1, "as");
    const char *sender = from.len ? from.data : s->engine->options.mail_from;
    if (!sender)
        return luaL_error(L,
            "usher.mail: from is missing, and the configuration names no sender (mail.from)");
    check_address(L, "to", option_text(L, 1, "to"));
    check_address(L, "from", text_of(sender));
    check_address(L, "reply_to", option_text(L, 1, "reply_to"));
    struct text path = option_text(L, 1, "sender");
    if (!text_is(path, "<>")) check_address(L, "sender", path);
    check_unsubscribe(L);
    check_approval(L);
    struct text place = option_text(L, 1, "zone");
    struct err e = {0};
    const struct zone *zone = place.len ? zone_find(place, &e) : NULL;
    if (place.len && !zone) return luaL_error(L, "usher.mail: %s", e.text);
    enum unsure unsure = check_unsure(L, "usher.mail", UNSURE_ASK);
    struct instant give_up = {0};
    if (lua_getfield(L, 1, "give_up") != LUA_TNIL) give_up = check_moment(L, -1, "usher.mail", "give_up");
    struct buf args;
    buf_init(&args, MAIL_LEN_MAX);
    if (compose(L, b, name, subject_of, sender, zone, &args, &e)) {
        buf_release(&args);
        return luaL_error(L, "usher.mail: %s", e.text);
    }
    struct ask ask = {.kind = STEP_KIND_MAIL,
        .name = name,
        .subject = subject_of,
        .was = option_text(L, 1, "was"),
        .line = context_line(L),
        .late_after = give_up,
        .args = {(uint8_t *)args.data, args.len},
        .unsure = unsure};
    struct step *step = step_ask(s->engine, b, &ask);
    buf_release(&args);
    return context_wait(L, step, push_mail_result);
}

void api_mail_open(lua_State *L, int usher)
{
    lua_pushcfunction(L, api_mail);
    lua_setfield(L, usher, "mail");
}
