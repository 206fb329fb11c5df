// SPDX-License-Identifier: MIT
// api: what a script sees. Each lib_* and api_* file fills one table; api_open calls them all.
#pragma once

#include <lua.h>

// Fills `env` (absolute index of the script environment) and its `usher` table.
void api_open(lua_State *L, int env);

// The deterministic base library: global functions and the tables string, table, math, utf8.
void lib_base_open(lua_State *L, int env);   // pairs next tostring pcall error select type setmetatable ...
void lib_string_open(lua_State *L, int env); // own matcher with a step budget, own format, bounded rep
void lib_table_open(lua_State *L, int env);  // stable merge sort, bounded move/concat/unpack
void lib_math_open(lua_State *L, int env);   // without random
void lib_utf8_open(lua_State *L, int env);

// Each pushes nothing and adds its functions to the table at `usher` (absolute index).
void api_time_open(lua_State *L, int usher);    // usher.time.*
void api_json_open(lua_State *L, int usher);    // usher.json.*
void api_declare_open(lua_State *L, int usher); // describe flow schedule on at_end
void api_flow_open(lua_State *L, int usher);    // sleep due wait first decide start signal
void api_branch_open(lua_State *L, int usher);  // spawn join each
void api_mail_open(lua_State *L, int usher);
void api_preview_open(lua_State *L, int usher); // preview hash
void api_http_open(lua_State *L, int usher);
void api_web_open(lua_State *L, int usher);   // after http: it adds route, static, url and push to it
void api_proof_open(lua_State *L, int usher); // after http
void api_effect_open(lua_State *L, int usher);
void api_facts_open(lua_State *L, int usher);
void api_log_open(lua_State *L, int usher);
void api_parts_open(lua_State *L, int usher);       // parts
void api_sheet_open(lua_State *L, int usher);       // sheet xlsx
void api_office_open(lua_State *L, int usher);      // audit settle
void api_gate_open(lua_State *L, int usher);        // hold release outgoing recheck
void api_certificate_open(lua_State *L, int usher); // picture qr
