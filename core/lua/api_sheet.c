// SPDX-License-Identifier: MIT
// api_sheet: tables as spreadsheets keep them.
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"
#include "sheet/sheet.h"

#include <string.h>

// Not in a flow's own code: what a library makes of a file may differ after an update, and a flow must ask
// the same thing each time.
#define CALL_OUTSIDE_FLOWS (CALL_AT_TOP | CALL_IN_DECIDE | CALL_IN_HANDLER | CALL_IN_LOOK)

// The bytes as Lua's own, so that whatever raises from here on leaves nothing behind.
static struct record keep(lua_State *L, struct buf *bytes)
{
    void *own = lua_newuserdatauv(L, bytes->len ? bytes->len : 1, 0);
    if (bytes->len) memcpy(own, bytes->data, bytes->len);
    struct record r = {own, bytes->len};
    buf_release(bytes);
    return r;
}

/// usher.sheet(bytes, name) -> table
/// Reads an .xlsx file: its first visible sheet, or the one of that name. The table has sheet (its name),
/// sheets (list of { name, hidden }), rows (list of { line, cells, hidden }) and notes (list of { line,
/// column, text }: cells that hold an error, or a formula that was never worked out). Cells are texts, as
/// people see them: dates as 2021-02-25 14:00, 3 and not 3.0. line is the row's number in the sheet, empty
/// rows are left out. Not in a flow's own code. Errors: what is no .xlsx file, has a password, is damaged or
/// too large (8 MiB, 20,000 rows, 256 columns); a sheet that is not there; an usher without this part.
/// Example: local ok, said = pcall(usher.sheet, "name,mail"); assert(said:find("this is no .xlsx file", 1,
/// true))
static int api_sheet(lua_State *L)
{
    context_check(L, "usher.sheet", CALL_OUTSIDE_FLOWS);
    struct text bytes = check_text(L, 1, "usher.sheet", "bytes"), name = {0};
    if (!lua_isnoneornil(L, 2)) name = check_text(L, 2, "usher.sheet", "name");
    struct buf read;
    struct err e = {0};
    buf_init(&read, RECORD_LEN_MAX);
    if (sheet_read(bytes, name, &read, &e)) {
        buf_release(&read);
        return luaL_error(L, "usher.sheet: %s", e.text);
    }
    value_push(L, keep(L, &read));
    return 1;
}

/// usher.xlsx(sheets) -> text
/// The bytes of an .xlsx file, the same for the same tables. sheets: a list of { name = "Guests", columns =
/// { "name", "mail" }, rows = list of maps by column, or of lists }. Texts stay texts, whatever they begin
/// with: no cell is a formula or a link. Numbers, true and false stay what they are. Not in a flow's own
/// code. Errors: a name that Excel does not take; a text of more than 32,767 characters; more than 50,000
/// cells, 256 columns, 16 sheets (take the CSV then); an usher without this part.
/// Example: local ok, file = pcall(usher.xlsx, { { name = "A", columns = { "name" }, rows = { { name =
/// "=1+1" } } } })
static int api_xlsx(lua_State *L)
{
    context_check(L, "usher.xlsx", CALL_OUTSIDE_FLOWS);
    luaL_checktype(L, 1, LUA_TTABLE);
    struct buf tables, file;
    struct err e = {0};
    buf_init(&tables, RECORD_LEN_MAX);
    buf_init(&file, SHEET_FILE_MAX);
    int failed = value_encode(L, 1, &tables, &e);
    if (!failed) failed = sheet_write((struct record){(uint8_t *)tables.data, tables.len}, &file, &e);
    buf_release(&tables);
    if (failed) {
        buf_release(&file);
        return luaL_error(L, "usher.xlsx: %s", e.text);
    }
    struct record bytes = keep(L, &file);
    lua_pushlstring(L, (const char *)bytes.data, bytes.len);
    return 1;
}

void api_sheet_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"sheet", api_sheet}, {"xlsx", api_xlsx}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
