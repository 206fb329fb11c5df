-- SPDX-License-Identifier: MIT
-- symbols: what the compiled code asks of its surroundings, and what it shows them.
-- Usage: lua tools/symbols.lua [build/release]   Says so and passes when nothing has been built.
local source = require "tools.source"

local build = arg[1] or "build/release"
local findings, at = source.findings()

-- core/time keeps no state of the process: another thread may change TZ or the locale at any time.
local process_state = {}
for name in ([[tzset localtime localtime_r gmtime mktime timegm strftime strptime setenv putenv
  setlocale]]):gmatch("%S+") do
  process_state[name] = true
end

local function check_time_objects()
  for _, object in ipairs(source.files({ build .. "/CMakeFiles/usher_core.dir/core/time" }, { ".o" })) do
    for _, line in ipairs(source.lines_of("nm -u " .. object)) do
      local name = line:match("U ([%w_]+)")
      if name and process_state[name] then
        at(object:match("(core/time/.-)%.o$"), 1, "%s() depends on state of the whole process.", name)
      end
    end
  end
end

-- A host program with its own `flow_new` must not meet ours.
local function check_exports(library)
  for _, line in ipairs(source.lines_of("nm -D --defined-only " .. library)) do
    local name = line:match("%x+ %a ([%w_]+)")
    if name and not name:match("^usher_") then
      at(library, 1, "exports '%s': only usher_* is public (include/usher.h).", name)
    end
  end
end

local library = build .. "/libusher.so"
if not source.exists(library) then
  print(("%s is not built: ./dev build release makes it, then this check says more."):format(library))
else
  check_time_objects()
  check_exports(library)
end

source.report(findings)
