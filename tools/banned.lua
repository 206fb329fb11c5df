-- SPDX-License-Identifier: MIT
-- banned: functions that have no place here, each with what to use instead. Usage: lua tools/banned.lua
-- Three kinds: those that overrun or hide errors, those with state of the whole process (a second thread or
-- an embedding program sees it), and clocks and dice, which would make a replay differ from the first run.
local source = require "tools.source"

local never = {
  strcpy = "use a buf, or snprintf with the size",
  strcat = "use a buf",
  sprintf = "use snprintf, or buf_addf",
  vsprintf = "use vsnprintf",
  gets = "use getline with a limit",
  strtok = "it writes into its argument and keeps state: use text and strchr",
  atoi = "it cannot say that the text is no number: use strtol and look at the end",
  atol = "it cannot say that the text is no number: use strtol and look at the end",
  atof = "it cannot say that the text is no number: use strtod and look at the end",
  gmtime = "it has one buffer for all threads: use time/wall.h",
  localtime = "it reads the TZ of the process: use time/zone.h",
  localtime_r = "it reads the TZ of the process: use time/zone.h",
  mktime = "it reads the TZ of the process: use time/zone.h",
  strftime = "it reads the locale of the process: use time/wall.h",
  setenv = "the environment belongs to the program that embeds us",
  putenv = "the environment belongs to the program that embeds us",
  tzset = "the environment belongs to the program that embeds us",
  system = "a shell is no interface: use posix_spawn",
  popen = "a shell is no interface: use posix_spawn",
  alloca = "its failure cannot be seen: use a fixed array or a buf",
}

local clock = "time comes from the world table, so that a rehearsal can be exact"
local dice = "randomness is derived (hash_derive), so that a replay gives the same"
local live_only = {
  time = clock,
  clock = clock,
  clock_gettime = clock,
  gettimeofday = clock,
  rand = dice,
  random = dice,
  srand = dice,
  getrandom = dice,
  arc4random = dice,
}

-- Where the clock and the dice live: the real world, and the home of sodium.
local function is_live(path)
  return path:match("^core/world/live[%w_]*%.c$") or path == "core/base/hash.c"
end

local findings, at = source.findings()

local function check_line(path, line, text, names, reason_head)
  for before, name in text:gmatch("(.?.?)%f[%w_]([%a_][%w_]*)%s*%(") do
    -- `x->time(` and `x.clock(` are fields of a table of functions, not libc's.
    if names[name] and not before:match("%.$") and before ~= "->" then
      at(path, line, "%s() %s: %s.", name, reason_head, names[name])
    end
  end
end

for _, path in ipairs(source.files({ "core", "include" }, { ".c", ".h" })) do
  for line, text in source.each_line(source.bare_c(source.read(path))) do
    check_line(path, line, text, never, "is not used here")
    if not is_live(path) then
      check_line(path, line, text, live_only, "is called only in core/world/live*.c and core/base/hash.c")
    end
  end
end

source.report(findings)
