-- SPDX-License-Identifier: MIT
-- cover: how much of each file the unit tests reach, least first. Usage: lua tools/cover.lua build/cover
local source = require "tools.source"

local objects = arg[1] .. "/CMakeFiles/usher_core.dir/core"
local rows, lines_all, reached_all = {}, 0, 0

-- gcov answers in pairs: File 'core/base/buf.c' / Lines executed:97.06% of 68
local command = ("find %s -name '*.gcda' -exec gcov -n {} + 2>/dev/null"):format(objects)
local path
for _, line in ipairs(source.lines_of(command)) do
  path = line:match("^File '(.*)'$") or path
  local percent, lines = line:match("^Lines executed:([%d.]+)%% of (%d+)$")
  if percent and path and path:match("core/.*%.c$") then
    local reached = lines * percent / 100
    rows[#rows + 1] = { path = path:match("core/.*"), percent = tonumber(percent), lines = tonumber(lines) }
    lines_all, reached_all = lines_all + lines, reached_all + reached
    path = nil
  end
end

table.sort(rows, function(a, b)
  return a.percent < b.percent or (a.percent == b.percent and a.path < b.path)
end)
for _, row in ipairs(rows) do
  print(("%6.1f %%  of %4d lines  %s"):format(row.percent, row.lines, row.path))
end
if lines_all > 0 then
  print(("%6.1f %%  of %4d lines  in all"):format(100 * reached_all / lines_all, lines_all))
end
