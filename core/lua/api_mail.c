// SPDX-License-Identifier: MIT
// api_mail: usher.mail, the step that sends one mail to one person.
//
// The whole mail is recorded when it is asked for (mail/mail.h says how it looks), so an attempt that is made
// again is the same mail, with the same Message-ID.
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"
#include "mail/mail.h"
#include "time/zone.h"

#include <string.h>

static const struct option mail_options[] = {{"to", "text"}, {"from", "text?"}, {"reply_to", "text?"},
    {"cc", "table?"}, {"subject", "text"}, {"text", "text"}, {"html", "bool?"}, {"attach", "table?"},
    {"as", "text?"}, {"unsure", "text?"}, {"give_up", "moment?"}, {"headers", "table?"}, {"lang", "text?"},
    {"about", "table?"}, {"zone", "text?"}, {0}};

static void check_address(lua_State *L, const char *field, struct text address)
{
    struct mail_address parsed;
    struct err e = {0};
    if (address.len && mail_address_parse(address, &parsed, &e))
        luaL_error(L, "usher.mail: %s: %s", field, e.text);
}

// hash(flow, key)@domain of the sender: the same in every attempt, and nothing can be read from it.
static void put_message_id(struct engine *g, struct flow *f, const char *key, const char *sender,
    struct buf *out)
{
    struct hash seed = flow_seed(g, f);
    struct hash id = hash_derive((struct text){(char *)seed.bytes, HASH_LEN}, text_of(key));
    hash_base64url((struct text){(char *)id.bytes, 16}, out);
    struct mail_address from;
    const char *domain = "usher.invalid";
    if (mail_address_parse(text_of(sender), &from, NULL) == 0 && strchr(from.address, '@')) {
        domain = strchr(from.address, '@') + 1;
    }
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

// The record of the mail, whole or not at all. Nothing in here raises.
static int compose(lua_State *L, struct branch *b, struct text name, struct text subject_of, const char *from,
    const struct zone *zone, struct buf *out, struct err *e)
{
    static const char *const same[] = {"to", "reply_to", "cc", "subject", "text", "html", "headers", "lang",
        "about"};
    struct engine *g = script_of(L)->engine;
    struct record_map map;
    struct buf id;
    record_map_init(&map);
    buf_init(&id, 512);
    put_message_id(g, b->flow, step_next_key(b, STEP_KIND_MAIL, name, subject_of), from, &id);
    record_map_text(&map, "id", buf_text(&id));
    record_map_int(&map, "date", g->now.ms);
    if (zone) record_map_int(&map, "offset_min", zone_local(zone, g->now).offset / 60);
    record_map_text(&map, "from", text_of(from));
    int failed = copy_field(L, &map, "attach", "attachments", e);
    for (size_t i = 0; !failed && i < sizeof same / sizeof *same; i++)
        failed = copy_field(L, &map, same[i], same[i], e);
    record_map_end(&map, out);
    buf_release(&id);
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
/// only); cc: list of addresses to show; attach: list of { name = , type = , data = }; headers: map; lang;
/// zone: whose clock the Date header shows (default UTC). as: whose mail it is (the person's key: part of the
/// step's identity, unlike the address). unsure: what happens when a crash or a lost connection leaves open
/// whether it went out: "ask" a person (default), "resend" it with the same Message-ID, or "leave" it.
/// give_up: moment after which it is no longer tried (default: the limit of the usher.due before it, else
/// three days). about: a table for transcripts. Comes back with { sent = true, reply = } or { sent = false,
/// why = , unsure = }. Errors: an address that is none; a line break in an address or a subject.
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
