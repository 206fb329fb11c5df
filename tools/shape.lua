-- SPDX-License-Identifier: MIT
-- shape: every file says in its head what it is, and neither files nor functions grow past one idea.
-- Usage: lua tools/shape.lua   (universal-ctags finds where C functions end)
local source = require "tools.source"

local FILE_LINES_MAX = 700 -- most files are 150-500; past this the file holds two ideas
local FUNCTION_LINES_MAX = 80 -- most are 10-30; past this a helper wants out
local LINE_MAX = 110

local SPDX = "SPDX-License-Identifier: MIT"
local folders = { "core", "include", "tests", "tools", "scripts" }
-- What another program writes has another head.
local generated = { ["scripts/meta/usher.lua"] = true, ["tools/words.lua"] = true }

local findings, at = source.findings()

local function head_of(text)
  local lines = {}
  for number, line in source.each_line(text) do
    if number > 4 then
      break
    end
    lines[number] = line
  end
  return lines
end

local function check_head(path, text)
  local lines = head_of(text)
  local first = (lines[1] or ""):match("^#!") and 2 or 1
  if not (lines[first] or ""):find(SPDX, 1, true) then
    at(path, first, "the first line is '%s', as a comment.", SPDX)
    return
  end
  -- A comment of at least three words. The header of a .c file may have said it for both, and a unit test
  -- is named after the file it tests.
  local purpose = (lines[first + 1] or ""):match("^%s*[/%-#*]+%s*(.+)") or ""
  local said = path:match("_test%.c$") or path:match("%.c$") and source.exists((path:gsub("c$", "h")))
  if not purpose:match("%S+%s+%S+%s+%S+") and not said then
    at(path, first + 1, "the second line says what this file is, in a sentence.")
  end
end

local function check_lines(path, text)
  local total = 0
  for number, line in source.each_line(text) do
    total = number
    if utf8.len(line) and utf8.len(line) > LINE_MAX then
      at(path, number, "the line has %d characters; the most is %d.", utf8.len(line), LINE_MAX)
    elseif line:find("%s$") then
      at(path, number, "the line ends in a space.")
    elseif line:find("\t", 1, true) then
      at(path, number, "a tab: indent with spaces, and write \\t in a text.")
    elseif line:find("TO" .. "DO", 1, true) or line:find("FIX" .. "ME", 1, true) then
      at(path, number, "open ends live in the issue tracker, not in the code.")
    end
  end
  if total > FILE_LINES_MAX then
    at(path, total, "the file has %d lines; the most is %d: which of its ideas wants a file of its own?",
      total, FILE_LINES_MAX)
  end
end

local function check_functions()
  local command = "ctags -R -f - --languages=C --kinds-C=f --fields=ne core include tests 2>/dev/null"
  for _, tag in ipairs(source.lines_of(command)) do
    local name, path, first, last = tag:match("^([^\t]+)\t([^\t]+)\t.*line:(%d+).*end:(%d+)")
    local lines = name and last - first + 1 or 0
    if lines > FUNCTION_LINES_MAX then
      at(path, first, "%s has %d lines; the most is %d: look for the helper that wants out.", name, lines,
        FUNCTION_LINES_MAX)
    end
  end
end

for _, path in ipairs(source.files(folders, { ".c", ".h", ".lua", ".mjs" })) do
  local text = source.read(path)
  if not generated[path] then
    check_head(path, text)
    check_lines(path, text)
  end
end
check_functions()

source.report(findings)
