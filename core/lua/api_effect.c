// SPDX-License-Identifier: MIT
// api_effect: usher.effect, steps that the program around usher performs (usher_effect_add in usher.h).
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

static int push_effect_result(lua_State *L, struct step *s)
{
    if (s->value.data) value_push(L, s->value);
    else lua_pushnil(L);
    return 1;
}

/// usher.effect(kind, options) -> result
/// Asks the program that usher is part of to do something; kind is what that program calls it. The first
/// value of options is the step's name; args: any data, given to the program; as: part of the step's
/// identity; unsure: as in usher.mail (default "resend"); give_up: a moment. Comes back with what the program
/// answers, or { sent = false, why = }. The program `usher` itself brings no effects. Errors: args that can't
/// be kept.
/// Example: usher.flow("f", function() usher.effect("lamp", { "on", args = { room = 3 } }) end)
static int api_effect(lua_State *L)
{
    static const struct option options[] = {{"args", "any?"}, {"as", "text?"}, {"unsure", "text?"},
        {"give_up", "moment?"}, {0}};
    struct script *s = context_check_wait(L, "usher.effect");
    struct text kind = context_name(L, 1, "usher.effect");
    check_options(L, 2, "usher.effect", options, 1);
    lua_settop(L, 2);
    lua_remove(L, 1); // the options are at 1, as in usher.mail and usher.http
    lua_pushlstring(L, kind.data, kind.len);
    lua_geti(L, 1, 1);
    struct text name = context_name(L, -1, "usher.effect");
    enum unsure unsure = check_unsure(L, "usher.effect", UNSURE_RESEND);
    struct instant give_up = {0};
    if (lua_getfield(L, 1, "give_up") != LUA_TNIL) give_up = check_moment(L, -1, "usher.effect", "give_up");
    struct buf args, whole;
    struct err e = {0};
    buf_init(&args, RECORD_LEN_MAX);
    buf_init(&whole, RECORD_LEN_MAX);
    lua_getfield(L, 1, "args");
    if (value_encode(L, -1, &args, &e)) {
        buf_release(&args);
        return luaL_error(L, "usher.effect: args: %s", e.text);
    }
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "kind", kind);
    record_map_value(&map, "args", (struct record){(uint8_t *)args.data, args.len});
    record_map_end(&map, &whole);
    if (whole.over) {
        buf_release(&args);
        buf_release(&whole);
        return luaL_error(L, "usher.effect: args are longer than 8 MiB");
    }
    struct ask ask = {.kind = STEP_KIND_EFFECT,
        .name = name,
        .subject = option_text(L, 1, "as"),
        .line = context_line(L),
        .late_after = give_up,
        .args = {(uint8_t *)whole.data, whole.len},
        .unsure = unsure};
    struct step *step = step_ask(s->engine, context_branch(L), &ask);
    buf_release(&args);
    buf_release(&whole);
    return context_wait(L, step, push_effect_result);
}

void api_effect_open(lua_State *L, int usher)
{
    lua_pushcfunction(L, api_effect);
    lua_setfield(L, usher, "effect");
}
