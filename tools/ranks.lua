-- SPDX-License-Identifier: MIT
-- ranks: includes point down only, and every third-party header has one home. Usage: lua tools/ranks.lua
local source = require "tools.source"

-- A file may include its own folder and folders of a lower rank; equal ranks do not see each other, but
-- for time, which may use base, and pdf, which may use both.
local ranks = {
  base = 0, time = 0.5, pdf = 0.7, mail = 1, sheet = 1, store = 1, web = 1, engine = 2, world = 3, lua = 3,
  usher = 4,
}

-- header -> the places (plain prefixes) that may include it
local lua_homes = { "core/engine/", "core/lua/" }
local homes = {
  ["sqlite3.h"] = { "core/store/" },
  ["uv.h"] = { "core/world/" },
  ["curl/curl.h"] = { "core/world/" },
  ["openssl/ssl.h"] = { "core/world/tls.c" },
  ["openssl/err.h"] = { "core/world/tls.c" },
  ["sodium.h"] = { "core/base/hash.c" },
  ["md4c.h"] = { "core/mail/markdown.c" },
  ["gmime/gmime.h"] = { "core/mail/gmime_late.h" },
  ["zip.h"] = { "core/sheet/zip_late.h" },
  ["expat.h"] = { "core/sheet/expat_late.h" },
  ["xlsxwriter.h"] = { "core/sheet/xlsxwriter_late.h" },
  ["cairo-pdf.h"] = { "core/pdf/late.h" },
  ["pango/pangocairo.h"] = { "core/pdf/late.h" },
  ["qrencode.h"] = { "core/pdf/qr.c" },
  ["lua.h"] = lua_homes,
  ["lauxlib.h"] = lua_homes,
  ["lualib.h"] = lua_homes,
}

local findings, at = source.findings()

local function lives_in(path, places)
  for _, place in ipairs(places) do
    if path:sub(1, #place) == place then
      return true
    end
  end
  return false
end

local function check_home(path, line, header)
  local places = homes[header]
  if places and not lives_in(path, places) then
    at(path, line, "<%s> belongs to %s: ask for what you need there.", header, table.concat(places, ", "))
  end
end

local function check_folder(path, line, folder, header)
  local target = header:match("^(%w+)/")
  if not target then
    if header ~= "usher.h" then
      at(path, line, '"%s": write the folder too ("engine/flow.h"): the direction is visible then.', header)
    end
  elseif folder == "cli" then
    if target ~= "cli" and target ~= "base" and target ~= "time" then
      at(path, line, 'the commands use include/usher.h, base and time only, not "%s".', header)
    end
  elseif not ranks[target] then
    at(path, line, '"%s" is in a folder that has no rank: give it one in tools/ranks.lua.', header)
  elseif target ~= folder and ranks[target] >= ranks[folder] then
    at(path, line, '%s may not include "%s": includes point down (base, time, mail and store, engine, '
      .. "world and lua, usher).", folder, header)
  end
end

for _, path in ipairs(source.files({ "core" }, { ".c", ".h" })) do
  local folder = path:match("^core/(%w+)")
  if folder ~= "cli" and not ranks[folder] then
    at(path, 1, "the folder '%s' has no rank: give it one in tools/ranks.lua.", folder)
  else
    for line, text in source.each_line(source.read(path)) do
      local open, header = text:match('^%s*#%s*include%s*([<"])([^>"]+)[>"]')
      if open then
        check_home(path, line, header)
      end
      if open == '"' then
        check_folder(path, line, folder, header)
      end
    end
  end
end

source.report(findings)
