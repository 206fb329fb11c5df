-- SPDX-License-Identifier: MIT
-- manpage: docs/usher.1 from its prose (docs/usher.1.in) and the one table of commands and options.
-- Usage: lua tools/manpage.lua write|check
--
-- core/cli/options.h holds two lists, from which the program parses, prints --help, and this page is made:
--   #define COMMANDS(X) X("run", "SCRIPT...", "Runs scripts until it is stopped.")
--   #define OPTIONS(X)  X("config", FILE, "usher.conf.lua", "USHER_CONFIG", "Settings of the installation.")
-- An option: its name, the kind of its value (FLAG has none), default, variable of the environment, sentence.
local source = require "tools.source"

local TABLE, PROSE, PAGE = "core/cli/options.h", "docs/usher.1.in", "docs/usher.1"

-- The arguments of one X(...): texts without their quotes (adjacent ones joined), names as they are. A quote
-- inside of a text (\") is no end of it.
local function arguments_of(call)
  local list, position = {}, 1
  call = call:sub(2, -2):gsub('\\"', "\1"):gsub('"%s*\n?%s*"', function(between)
    return between == '""' and '""' or ""
  end)
  while position <= #call do
    local text, stop = call:match('^%s*"(.-)"%s*,?()', position)
    if not text then
      text, stop = call:match("^%s*([%w_]+)%s*,?()", position)
    end
    if not text then
      break
    end
    list[#list + 1], position = (text:gsub("\1", '"')), stop
  end
  return list
end

-- The rows of '#define NAME(X) ...', up to the first line that does not go on.
local function rows_of(header, name)
  local body = header:match("#define " .. name .. "%(X%)(.-[^\\])\n") or ""
  local rows, seen = {}, {}
  for call in body:gsub("\\\n", "\n"):gsub("/%*.-%*/", ""):gmatch("%f[%w]X(%b())") do
    local row = arguments_of(call)
    if seen[row[1]] then
      error(("%s: '%s' is in the list %s twice"):format(TABLE, row[1], name), 0)
    end
    rows[#rows + 1], seen[row[1]] = row, true
  end
  return rows
end

local function roff(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("^([.'])", "\\&%1"))
end

-- Each sentence on a line of its own, as mdoc(7) wants it.
local function sentences(text)
  return (roff(text):gsub("%. (%u)", ".\n%1"))
end

local function quoted(text)
  return '"' .. roff(text):gsub('"', "\\(dq") .. '"'
end

local function command_list(rows)
  local lines = { ".Bl -tag -width Ds" }
  for _, row in ipairs(rows) do
    local name, values, sentence = table.unpack(row)
    local item = ".It Cm " .. quoted(name)
    lines[#lines + 1] = values == "" and item or item .. " Ar " .. quoted(values)
    lines[#lines + 1] = sentences(sentence)
  end
  lines[#lines + 1] = ".El"
  return table.concat(lines, "\n")
end

local function option_list(rows)
  local lines = { ".Bl -tag -width Ds" }
  for _, row in ipairs(rows) do
    local name, kind, default, variable, sentence = table.unpack(row)
    local item = ".It Fl \\-" .. roff(name)
    lines[#lines + 1] = kind == "FLAG" and item or item .. " Ar " .. kind:lower()
    lines[#lines + 1] = sentences(sentence)
    if default ~= "" then
      lines[#lines + 1] = (".br\nDefault: %s."):format(roff(default))
    end
    if variable ~= "" then
      lines[#lines + 1] = (".br\nEnvironment:\n.Ev %s ."):format(variable)
    end
  end
  lines[#lines + 1] = ".El"
  return table.concat(lines, "\n")
end

local function page()
  local header = source.read(TABLE)
  local lists = {
    COMMANDS = command_list(rows_of(header, "COMMANDS")),
    OPTIONS = option_list(rows_of(header, "OPTIONS")),
  }
  return (source.read(PROSE):gsub("\n@(%u+)@\n", function(name)
    return "\n" .. lists[name] .. "\n"
  end))
end

if arg[1] == "write" then
  source.write(PAGE, page())
elseif arg[1] == "check" then
  if not source.exists(PAGE) or source.read(PAGE) ~= page() then
    print(PAGE .. ":1: is not what its prose and core/cli/options.h say now: ./dev docs writes it.")
    os.exit(1)
  end
else
  io.stderr:write("usage: lua tools/manpage.lua write|check\n")
  os.exit(2)
end
