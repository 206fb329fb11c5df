// SPDX-License-Identifier: MIT
// api_certificate: what a certificate needs besides words: pictures and QR codes. It is drawn where its mail
// or its answer leaves (usher.mail, usher.http.route).
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"
#include "pdf/picture.h"
#include "pdf/qr.h"

/// usher.picture(png) -> text
/// Keeps a picture (the bytes of a PNG, as usher.file gives them) for certificates, and says under which name
/// a certificate asks for it as its logo or signature. Only at the top level. Errors: it is no PNG; it has
/// more than 512 KiB, or a side of more than 4,000 pixels.
/// Example: local ok, logo = pcall(function() return usher.picture(usher.file("logo.png")) end)
static int api_picture(lua_State *L)
{
    char hash[2 * HASH_LEN + 1];
    struct err e = {0};
    context_check(L, "usher.picture", CALL_AT_TOP);
    if (picture_keep(check_text(L, 1, "usher.picture", "png"), hash, &e))
        return luaL_error(L, "usher.picture: %s", e.text);
    lua_pushstring(L, hash);
    return 1;
}

/// usher.qr(text) -> { size = , path = } | nil
/// A QR code for a page: path is that of an SVG, black on nothing, within size by size units, of which four
/// are free on each side. nil where usher has no part for that (usher.parts). Only in handlers and routes.
/// Errors: a text with more than 300 bytes.
/// Example: usher.on("code", function(r) local qr = usher.qr(r.text) return qr and qr.size end)
static int api_qr(lua_State *L)
{
    struct qr qr = {0};
    struct err e = {0};
    context_check(L, "usher.qr", CALL_IN_HANDLER | CALL_IN_LOOK);
    int failed = qr_make(check_text(L, 1, "usher.qr", "text"), &qr, &e);
    if (failed == -ERR_USAGE) return 0;
    if (failed) return luaL_error(L, "usher.qr: %s", e.text);
    struct buf path;
    buf_init(&path, 1u << 20);
    qr_path(&qr, &path);
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, qr.side + 2 * QR_QUIET);
    lua_setfield(L, -2, "size");
    lua_pushlstring(L, buf_z(&path), path.len);
    lua_setfield(L, -2, "path");
    buf_release(&path);
    qr_release(&qr);
    return 1;
}

void api_certificate_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"picture", api_picture}, {"qr", api_qr}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
