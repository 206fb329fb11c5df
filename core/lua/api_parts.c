// SPDX-License-Identifier: MIT
// api_parts: what this usher was built with.
#include "lua/api.h"
#include "lua/context.h"
#include "pdf/certificate.h"
#include "pdf/qr.h"
#include "sheet/sheet.h"

static void set_part(lua_State *L, const char *name, bool is_there)
{
    lua_pushboolean(L, is_there);
    lua_setfield(L, -2, name);
}

/// usher.parts() -> table
/// Which optional parts this usher was built with: xlsx (spreadsheets are read and written), pdf
/// (certificates are drawn), qr (they have QR codes). A script, or a page, offers what needs one only where
/// it is there. No library is loaded for the answer; where one has gone missing, what needs it says so. Not
/// in a flow's own code: a flow must do the same on every machine.
/// Example: if usher.parts().xlsx then usher.log("lists may be .xlsx files") end
static int api_parts(lua_State *L)
{
    context_check(L, "usher.parts", CALL_AT_TOP | CALL_IN_DECIDE | CALL_IN_HANDLER | CALL_IN_LOOK);
    lua_createtable(L, 0, 3);
    set_part(L, "xlsx", sheet_is_built_in());
    set_part(L, "pdf", certificate_is_built_in());
    set_part(L, "qr", qr_is_built_in());
    return 1;
}

void api_parts_open(lua_State *L, int usher)
{
    lua_pushcfunction(L, api_parts);
    lua_setfield(L, usher, "parts");
}
