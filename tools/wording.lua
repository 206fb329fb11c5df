-- SPDX-License-Identifier: MIT
-- wording: promises about the words that organisers and guests meet. Usage: lua tools/wording.lua
--   No option is a word of Lua itself: `end = "..."` would be a syntax error that explains nothing.
--   No text names a zone by an abbreviation: PST is Manila's and California's; place and offset are clear.
--   No sentence has a word of the engine's own workshop (tools/engine_words.txt): not in C, not in the words
--   for events, not in what commands print in the examples and the golden transcripts.
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

-- ---- words of the workshop -----------------------------------------------------------------------------

local patterns = {}
for _, line in source.each_line(source.read("tools/engine_words.txt")) do
  local word, any = line:match("^(%l+)(%*?)$")
  if word then patterns[#patterns + 1] = "%f[%a]" .. word .. (any == "*" and "%a*" or "") .. "%f[%A]" end
end

local function workshop_word(text)
  local lower = text:lower()
  for _, pattern in ipairs(patterns) do
    local word = lower:match(pattern)
    if word then return word end
  end
end

local function check_workshop(path, line, text)
  local word = workshop_word(text)
  if word then
    at(path, line, "'%s' is a word of the workshop (tools/engine_words.txt): say what it means to a person.",
      word)
  end
end

-- What a person may read for what the language itself needs: names of options and of states have no space. A
-- statement of SQL is no sentence either.
local function is_sentence(text)
  return text:find("%a %a") and not text:find("%f[%u]FROM%f[%U]") and not text:find("%f[%u]SELECT%f[%U]")
    and not text:find("%f[%u]JOIN%f[%U]") and not text:find("%f[%u]WHERE%f[%U]")
end

-- Sentences that nobody reads who is not at work on usher or on Lua itself.
local for_others <const> = {
  ["core/base/hash.c"] = true, -- for the compiler, and a key of bytes
  ["core/cli/selftest.c"] = true, -- the name of a test
  ["core/lua/lib_string.c"] = true, ["core/lua/lib_utf8.c"] = true, -- Lua's own messages, word for word
}

-- The strings of a C file with their lines, without those of comments.
local function each_string(text)
  local position, line, from = 1, 1, 1
  return function()
    while true do
      local start = text:find("[\"'/]", position)
      if not start then return nil end
      local two, stop = text:sub(start, start + 1), nil
      if two == "//" then stop = text:find("\n", start, true) or #text
      elseif two == "/*" then stop = select(2, text:find("*/", start + 2, true)) or #text
      elseif two:sub(1, 1) ~= "/" then stop = source.string_end(text, start) end
      position = (stop or start) + 1
      if stop and two:sub(1, 1) == '"' then
        line = line + select(2, text:sub(from, start - 1):gsub("\n", ""))
        from = start
        return line, text:sub(start + 1, stop - 1)
      end
    end
  end
end

-- A comment of Lua ends its line; a quoted -- is none.
local function without_comment(text)
  for start in text:gmatch("()%-%-") do
    local before = text:sub(1, start - 1):gsub("\\.", "")
    local quotes = select(2, before:gsub('"', "")) + select(2, before:gsub("'", ""))
    if quotes % 2 == 0 then return text:sub(1, start - 1) end
  end
  return text
end

-- core/store speaks SQL; its sentences are in the files named here.
local c_files = source.files({ "core/base", "core/cli", "core/engine", "core/lua", "core/mail", "core/time",
  "core/usher", "core/web", "core/world" }, { ".c", ".h" })
local speaking <const> = { "core/store/fsck.c", "core/store/fsck.h", "core/store/query.c",
  "core/store/store.c" }
for _, path in ipairs(speaking) do
  c_files[#c_files + 1] = path
end
for _, path in ipairs(c_files) do
  for line, text in each_string(source.read(path)) do
    if is_sentence(text) and not for_others[path] then check_workshop(path, line, text) end
  end
end
for _, path in ipairs(source.files({ "scripts/usher" }, { ".lua" })) do
  for line, text in source.each_line(source.read(path)) do
    for quoted in without_comment(text):gmatch('"(.-)"') do
      if is_sentence(quoted) then check_workshop(path, line, quoted) end
    end
  end
end
for _, path in ipairs(source.files({ "examples", "tests/scenario" }, { "expected.txt", ".expect" })) do
  for line, text in source.each_line(source.read(path)) do check_workshop(path, line, text) end
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
