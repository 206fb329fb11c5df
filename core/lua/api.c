// SPDX-License-Identifier: MIT
#include "lua/api.h"

#include <lauxlib.h>

void api_open(lua_State *L, int env)
{
    lib_base_open(L, env);
    lib_string_open(L, env);
    lib_table_open(L, env);
    lib_math_open(L, env);
    lib_utf8_open(L, env);
    lua_newtable(L);
    int usher = lua_gettop(L);
    api_time_open(L, usher);
    api_json_open(L, usher);
    api_declare_open(L, usher);
    api_flow_open(L, usher);
    api_branch_open(L, usher);
    api_mail_open(L, usher);
    api_preview_open(L, usher);
    api_http_open(L, usher);
    api_web_open(L, usher);
    api_proof_open(L, usher);
    api_effect_open(L, usher);
    api_facts_open(L, usher);
    api_log_open(L, usher);
    api_parts_open(L, usher);
    api_sheet_open(L, usher);
    api_office_open(L, usher);
    api_gate_open(L, usher);
    api_certificate_open(L, usher);
    lua_pushstring(L, "usher");
    lua_insert(L, -2);
    lua_rawset(L, env);
}
