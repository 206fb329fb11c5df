-- SPDX-License-Identifier: MIT
-- luacheck's settings. What a script may use is narrower than Lua: no os, io, load, coroutine.
max_line_length = 110
exclude_files = { "scripts/meta", "build", "tests/errors", "tests/fuzz/corpus" } -- those are broken on purpose
color = false

stds.sandbox = {
  read_globals = {
    "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen",
    "rawset", "require", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall", "_VERSION",
    math = { other_fields = true }, string = { other_fields = true },
    table = { other_fields = true }, utf8 = { other_fields = true },
  },
}

-- The words and primitives, as their documentation names them (./dev docs).
local known, words = pcall(dofile, "tools/words.lua")
stds.words = { read_globals = known and words or { usher = { other_fields = true } } }

std = "lua54"
files["scripts"] = { std = "sandbox+words" }
files["core"] = { std = "sandbox+words" }
files["examples"] = { std = "sandbox+words" }
files["tests/scenario/*.lua"] = { std = "sandbox+words" }
files["tests/calendar"] = { std = "sandbox+words" }
