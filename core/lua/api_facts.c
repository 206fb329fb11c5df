// SPDX-License-Identifier: MIT
// api_facts: what a script keeps and reads: books, files, secrets.
#include "engine/book.h"
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#include <string.h>

// A book in Lua is { name = "answers" } with these methods: nothing of the engine is held by the script.
static struct book *check_book(lua_State *L, const char *func, int more)
{
    struct script *s = script_of(L);
    struct err e = {0};
    if (s->context == CONTEXT_FLOW) luaL_error(L, "%s: a flow looks at books only inside usher.decide", func);
    context_check(L, func, CALL_IN_DECIDE | CALL_IN_HANDLER | more);
    luaL_checktype(L, 1, LUA_TTABLE);
    bool shared = lua_getfield(L, 1, "shared") != LUA_TNIL;
    lua_getfield(L, 1, "sealed");
    lua_getfield(L, 1, "name");
    struct event *owner = shared ? s->engine->house : s->event;
    struct book *b = book_find(owner, check_text(L, -1, func, "name of the book"));
    if (lua_toboolean(L, -2) && book_seal(b, &e)) luaL_error(L, "%s: %s", func, e.text);
    lua_pop(L, 3);
    return b;
}

static struct text check_key(lua_State *L, const char *func)
{
    return check_text(L, 2, func, "key");
}

/// usher.book.get(book, key) -> value | nil
/// The value kept under that key; write it answers:get("P1"). Errors: a use outside decide and handlers.
/// Example: usher.on("look", function(r) return usher.book("answers"):get(r.key) end)
static int api_book_get(lua_State *L)
{
    struct book *b = check_book(L, "book:get", CALL_IN_LOOK);
    struct record value = book_get(b, check_key(L, "book:get"));
    if (value.data) value_push(L, value);
    else lua_pushnil(L);
    return 1;
}

/// usher.book.has(book, key) -> true | false
/// Whether something is kept under that key. Errors: a use outside decide and handlers.
/// Example: usher.on("known", function(r) return usher.book("answers"):has(r.key) end)
static int api_book_has(lua_State *L)
{
    struct book *b = check_book(L, "book:has", CALL_IN_LOOK);
    lua_pushboolean(L, book_get(b, check_key(L, "book:has")).data != NULL);
    return 1;
}

static int set(lua_State *L, const char *func, bool remove)
{
    struct book *b = check_book(L, func, 0);
    struct script *s = script_of(L);
    if (b->sealed && s->context == CONTEXT_DECIDE)
        luaL_error(L,
            "%s: a sealed book is changed in handlers and POST routes only: the history "
            "keeps when a decision was made",
            func);
    struct text key = check_key(L, func);
    struct buf value;
    struct err e = {0};
    buf_init(&value, RECORD_LEN_MAX);
    int failed = remove ? 0 : value_encode(L, 3, &value, &e);
    struct record kept = remove ? (struct record){0} : (struct record){(uint8_t *)value.data, value.len};
    if (!failed) failed = book_set(s->engine, s->event, b, key, kept, &e);
    buf_release(&value);
    return failed ? luaL_error(L, "%s: %s", func, e.text) : 0;
}

/// usher.book.set(book, key, value) -> nothing
/// Keeps a value under that key, in the same transaction as all else that this decision or handler changes.
/// Errors: a value that can't be kept; a key longer than 256 bytes; the event's books are full (64 MiB).
/// Example: usher.on("answer", function(r) usher.book("answers"):set(r.person, { yes = r.yes }) end)
static int api_book_set(lua_State *L)
{
    luaL_checkany(L, 3);
    return set(L, "book:set", false);
}

/// usher.book.remove(book, key) -> nothing
/// Forgets what is kept under that key. Errors: a use outside decide and handlers.
/// Example: usher.on("forget", function(r) usher.book("answers"):remove(r.person) end)
static int api_book_remove(lua_State *L)
{
    return set(L, "book:remove", true);
}

/// usher.book.count(book) -> number
/// How many keys the book has. Errors: a use outside decide and handlers.
/// Example: usher.on("how-many", function() return usher.book("answers"):count() end)
static int api_book_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)check_book(L, "book:count", CALL_IN_LOOK)->n);
    return 1;
}

// The entry after the key that the loop has: what is set or removed meanwhile does no harm.
static int next_entry(lua_State *L)
{
    struct book *b = check_book(L, "book:each", CALL_IN_LOOK);
    struct text before = lua_isnil(L, 2) ? (struct text){0} : check_key(L, "book:each");
    const struct book_entry *entry = book_after(b, before);
    if (!entry) return 0;
    lua_pushlstring(L, entry->key.data, entry->key.len);
    value_push(L, entry->value);
    return 2;
}

/// usher.book.each(book) -> iterator
/// For a loop over keys and values, sorted by key. Errors: a use outside decide and handlers.
/// Example: usher.on("all", function() local n = 0 for key, value in usher.book("answers"):each() do n = n +
/// 1 end return n end)
static int api_book_each(lua_State *L)
{
    check_book(L, "book:each", CALL_IN_LOOK);
    lua_pushcfunction(L, next_entry);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/// usher.book.column(book, field) -> table
/// That field of every entry that has it: key -> value. For books of thousands of which a page counts one
/// thing: it takes a tenth of the time of book:each. Errors: a use outside decide and handlers.
/// Example: usher.on("coming", function() local n = 0 for _, said in
/// pairs(usher.book("answers"):column("answer")) do n = n + (said == "yes" and 1 or 0) end return n end)
static int api_book_column(lua_State *L)
{
    struct book *b = check_book(L, "book:column", CALL_IN_LOOK);
    const char *field = check_text(L, 2, "book:column", "field").data;
    lua_createtable(L, 0, (int)b->n);
    const struct book_entry *entry = book_after(b, (struct text){0});
    for (; entry; entry = book_after(b, entry->key)) {
        struct record value = record_get(entry->value, field);
        if (!value.data) continue;
        lua_pushlstring(L, entry->key.data, entry->key.len);
        value_push(L, value);
        lua_rawset(L, -3);
    }
    return 1;
}

/// usher.book(name, options) -> book
/// A collection of this event: kept in memory and on disk, read and changed inside usher.decide and handlers
/// with book:get, book:has, book:set, book:remove, book:count and book:each. Values are plain data.
/// options.sealed = true: nobody who has the database learns in which order, or when, its entries came. Such
/// a book is written anew as a whole with each change, and is changed in handlers and POST routes only; give
/// it keys that say nothing (usher.fresh). options.shared = true: a book that all events of the installation
/// share. Errors: a name that is no name; sealing a book that has entries.
/// Example: usher.on("yes", function(r) usher.book("answers"):set(r.who, "yes") end)
static int api_book(lua_State *L)
{
    static const struct option options[] = {{"sealed", "bool?"}, {"shared", "bool?"}, {0}};
    struct text name = context_name(L, 2, "usher.book"); // argument 1 is the table that __call passes
    bool sealed = false, shared = false;
    if (!lua_isnoneornil(L, 3)) {
        check_options(L, 3, "usher.book", options, 0);
        sealed = option_bool(L, 3, "sealed", false);
        shared = option_bool(L, 3, "shared", false);
    }
    lua_newtable(L);
    lua_pushlstring(L, name.data, name.len);
    lua_setfield(L, -2, "name");
    if (sealed) {
        lua_pushboolean(L, true);
        lua_setfield(L, -2, "sealed");
    }
    if (shared) {
        lua_pushboolean(L, true);
        lua_setfield(L, -2, "shared");
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setmetatable(L, -2);
    return 1;
}

static int read_file(lua_State *L, const char *func, const char *prefix)
{
    struct script *s = context_check(L, func, CALL_AT_TOP);
    struct text content;
    struct err e = {0};
    const char *name = luaL_checkstring(L, 1);
    lua_pushfstring(L, "%s%s", prefix, name);
    if (script_read(s, lua_tostring(L, -1), &content, &e)) return luaL_error(L, "%s: %s", func, e.text);
    lua_pushlstring(L, content.data, content.len);
    return 1;
}

/// usher.file(name) -> text
/// The content of a file beside the script; it is part of the script's version. Only at the top level.
/// Errors: no such file; a name that leaves the folder; more than 8 MiB.
/// Example: local ok, text = pcall(usher.file, "guests.csv")
static int api_file(lua_State *L)
{
    return read_file(L, "usher.file", "");
}

/// usher.shipped(name) -> text
/// A file that usher brings along, such as the holidays of a country. Only at the top level. Errors: usher
/// brings no such file.
/// Example: local days = usher.shipped("holidays/bt-2021.txt")
static int api_shipped(lua_State *L)
{
    return read_file(L, "usher.shipped", "shipped/");
}

/// usher.handed(event, list) -> { about =, people = } | nil
/// A list of people that another event of this database hands on: about is what that event says of the list
/// (hands_on of usher.describe), people a table of key -> what stands there of the person: what the event
/// keeps in the shared book "handed on" under "EVENT/LIST/KEY". It is part of the script's version, as a file
/// is. nil: this database knows no such event. Only at the top level. Errors: the event hands on no such
/// list; more than 8 MiB.
/// Example: local list = usher.handed("hlb-2021", "trainings")
static int api_handed(lua_State *L)
{
    struct script *s = context_check(L, "usher.handed", CALL_AT_TOP);
    struct text event = context_name(L, 1, "usher.handed"), list = context_name(L, 2, "usher.handed"), json;
    struct buf record;
    struct err e = {0};
    if (script_handed(s, event, list, &json, &e)) return luaL_error(L, "usher.handed: %s", e.text);
    if (!json.data) return 0;
    buf_init(&record, SIZE_MAX / 2);
    int failed = record_from_json(json, &record, &e);
    if (!failed) value_push(L, (struct record){(uint8_t *)record.data, record.len});
    buf_release(&record);
    return failed ? luaL_error(L, "usher.handed: %s", e.text) : 1;
}

/// usher.secret(name) -> text
/// A stand-in for a secret, safe to print and to keep: the value itself (from the environment, a file or the
/// service manager) is put in only where a mail or a request leaves. Only at the top level. Errors: the
/// secret is not there: the sentence says where it was looked for.
/// Example: local ok, link = pcall(usher.secret, "ZOOM_LINK")
static int api_secret(lua_State *L)
{
    struct script *s = context_check(L, "usher.secret", CALL_AT_TOP);
    struct text name = context_name(L, 1, "usher.secret");
    struct buf value, token;
    struct err e = {0};
    buf_init(&value, 65536);
    buf_init(&token, 512);
    int failed = s->engine->options.secret(s->engine->options.secret_ctx, name.data, &value, &e);
    if (!failed) engine_secret_token(s->engine, name, &token);
    lua_pushlstring(L, buf_z(&token), token.len);
    buf_release(&value);
    buf_release(&token);
    return failed ? luaL_error(L, "usher.secret: %s", e.text) : 1;
}

/// usher.rehearsing() -> true, told | false
/// Whether this is a rehearsal, and what it was told: guests, what they do (--guest), as { mix = list of
/// { how = "late", share = 10 } (of a hundred), people = { P0042 = "declines" } }; language, which one they
/// read (--lang); approver: "silent" (--approver); moved: by how much the event is by now (--move); several:
/// it is one of several scripts that are rehearsed as one story. Only at the top level and in handlers: a
/// flow must not know. Errors: a use in a flow.
/// Example: local really = not usher.rehearsing()
static int api_rehearsing(lua_State *L)
{
    struct script *s = context_check(L, "usher.rehearsing", CALL_AT_TOP | CALL_IN_HANDLER | CALL_IN_LOOK);
    const struct engine_options *o = &s->engine->options;
    lua_pushboolean(L, o->rehearsal);
    if (!o->rehearsal) return 1;
    lua_createtable(L, 0, 2);
    if (o->guests.data) {
        value_push(L, o->guests);
        lua_setfield(L, -2, "guests");
    }
    lua_pushstring(L, o->language); // NULL pushes nil
    lua_setfield(L, -2, "language");
    lua_pushstring(L, o->moved);
    lua_setfield(L, -2, "moved");
    lua_pushstring(L, o->approver);
    lua_setfield(L, -2, "approver");
    lua_pushboolean(L, o->several);
    lua_setfield(L, -2, "several");
    return 2;
}

/// usher.practising() -> true | false
/// Whether usher runs for practice, with a shifted clock (--as-if). Only in handlers and routes. Errors: a
/// use elsewhere.
/// Example: usher.on("real", function() return not usher.practising() end)
static int api_practising(lua_State *L)
{
    struct script *s = context_check(L, "usher.practising", CALL_IN_HANDLER | CALL_IN_LOOK);
    lua_pushboolean(L, s->engine->options.practice);
    return 1;
}

/// usher.sender() -> text | nil
/// The sender that the installation's configuration names for mails (mail.from), if it does.
/// Errors: none.
/// Example: local sender = usher.sender() or "Office <office@office.example>"
static int api_sender(lua_State *L)
{
    lua_pushstring(L, script_of(L)->engine->options.mail_from); // NULL pushes nil
    return 1;
}

static void open_book(lua_State *L, int usher)
{
    static const luaL_Reg methods[] = {{"get", api_book_get}, {"has", api_book_has}, {"set", api_book_set},
        {"remove", api_book_remove}, {"count", api_book_count}, {"each", api_book_each},
        {"column", api_book_column}, {0}};
    luaL_newlib(L, methods); // usher.book itself
    lua_newtable(L);         // its metatable: usher.book("answers")
    lua_newtable(L);         // what books have as theirs
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcclosure(L, api_book, 1);
    lua_setfield(L, -2, "__call");
    lua_setmetatable(L, -2);
    lua_setfield(L, usher, "book");
}

void api_facts_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"file", api_file}, {"shipped", api_shipped}, {"handed", api_handed},
        {"secret", api_secret}, {"rehearsing", api_rehearsing}, {"practising", api_practising},
        {"sender", api_sender}, {0}};
    open_book(L, usher);
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
