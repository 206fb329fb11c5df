// SPDX-License-Identifier: MIT
// api_preview: what somebody needs who is to approve a mail: to see it as its reader will, and a mark by
// which a later change of it is found.
#include "base/hash.h"
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"
#include "mail/mail.h"

static const struct option preview_options[] = {{"from", "text?"}, {"to", "text?"}, {"reply_to", "text?"},
    {"subject", "text"}, {"text", "text"}, {"attach", "table?"}, {0}};

/// usher.preview(mail) -> text
/// A mail as a page of HTML, as its reader's mail program will show it: from, to, reply_to, subject, text
/// (Markdown), attach (list of { name = }), all as in usher.mail. The page needs nothing else and holds no
/// script. Nothing is sent. Errors: an option that is none.
/// Example: local page = usher.preview { subject = "Hello", text = "Dear *Karma*" }
static int api_preview(lua_State *L)
{
    context_check(L, "usher.preview", CALL_ANYWHERE);
    check_options(L, 1, "usher.preview", preview_options, 0);
    lua_settop(L, 1);
    lua_getfield(L, 1, "attach"); // a mail's record calls them otherwise
    lua_setfield(L, 1, "attachments");
    lua_pushnil(L);
    lua_setfield(L, 1, "attach");
    struct buf mail, page;
    struct err e = {0};
    buf_init(&mail, MAIL_LEN_MAX);
    buf_init(&page, MAIL_LEN_MAX);
    int failed = value_encode(L, 1, &mail, &e);
    if (!failed) mail_preview((struct record){(uint8_t *)mail.data, mail.len}, (struct text){0}, &page);
    if (!failed && page.over) failed = err_set(&e, ERR_LIMIT, "the mail is longer than 32 MiB");
    if (!failed) lua_pushlstring(L, buf_z(&page), page.len);
    buf_release(&mail);
    buf_release(&page);
    return failed ? luaL_error(L, "usher.preview: %s", e.text) : 1;
}

/// usher.hash(text, ...) -> text
/// A mark of these texts, 64 hexadecimal digits (SHA-256): the same for the same texts in the same order, and
/// another one as soon as a letter of them is another. Where one text ends and the next begins counts, too.
/// Errors: a value that is no text.
/// Example: local has_changed = usher.hash("Dear Karma") ~= usher.hash("Dear Sonam")
static int api_hash(lua_State *L)
{
    struct hasher hasher;
    char hex[2 * HASH_LEN + 1];
    context_check(L, "usher.hash", CALL_ANYWHERE);
    hasher_init(&hasher);
    for (int i = 1; i <= lua_gettop(L); i++) hasher_add(&hasher, check_text(L, i, "usher.hash", "text"));
    hash_hex(hasher_end(&hasher), hex);
    lua_pushlstring(L, hex, sizeof hex - 1);
    return 1;
}

void api_preview_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"preview", api_preview}, {"hash", api_hash}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
