-- SPDX-License-Identifier: MIT
-- wording: two promises about the words that organisers and guests meet. Usage: lua tools/wording.lua
--   No option is a word of Lua itself: `end = "..."` would be a syntax error that explains nothing.
--   No text names a zone by an abbreviation: PST is Manila's and California's; place and offset are clear.
local source = require "tools.source"

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then
  true until while]]):gmatch("%a+") do
  keywords[word] = true
end

-- As whole words. UTC is the reference, not an abbreviation of a place.
local abbreviations = {}
for word in ([[GMT PST PDT PHT EST EDT CST CDT MST MDT KST JST IST BTT BST CET CEST EET EEST MSK SGT HKT AEST
  AEDT NZST NZDT ICT WIB NPT PKT]]):gmatch("%a+") do
  abbreviations[word] = true
end

local findings, at = source.findings()

-- In C an option is a row { "name", "type" }; in Lua a key ["end"] or, in a checked table, end = "text".
local function check_options(path, line, text)
  local names = {}
  if path:match("%.lua$") then
    names[1] = text:match('%["(%a+)"%]%s*=')
  elseif path:match("%.c$") then
    names[1] = text:match('^%s*{%s*"(%a+)"%s*,%s*"%a+%??"%s*}')
    names[2] = text:match('option_%a+%([^"]*"(%a+)"')
  end
  for _, name in pairs(names) do
    if keywords[name] then
      at(path, line, "the option '%s' is a word of Lua itself: a script cannot write it.", name)
    end
  end
end

local function check_abbreviations(path, line, text)
  for word in text:gmatch("%f[%w]%u%u%u%u?%f[^%w]") do
    if abbreviations[word] then
      at(path, line, "'%s' names several zones: write the place and the offset, as in Thimphu (UTC+6).", word)
    end
  end
end

for _, path in ipairs(source.files({ "core/lua", "scripts/usher" }, { ".c", ".lua" })) do
  for line, text in source.each_line(source.read(path)) do
    check_options(path, line, text)
  end
end
-- What is generated speaks of abbreviations to say that they are refused.
for _, path in ipairs(source.files({ "scripts/usher", "examples" }, { ".lua", ".md", ".html", ".txt" })) do
  for line, text in source.each_line(source.read(path)) do
    check_abbreviations(path, line, text)
  end
end

source.report(findings)
