-- SPDX-License-Identifier: MIT
-- lint: runs every check of the tree and says for each whether it holds. Usage: lua tools/lint.lua [NAME]
-- A check is a command that prints its findings and fails, or prints nothing and passes. The last line is
-- 'N passed, N failed', as for every member of the tests.
local source = require "tools.source"

local c_files = "find core include tests -name '*.[ch]'"
local lua_files = "find core scripts examples tests tools -name '*.lua'"

local checks = {
  { "ranks", "includes point down, third-party headers have one home", "lua5.4 tools/ranks.lua" },
  { "banned", "no function that overruns, hides errors or asks a clock", "lua5.4 tools/banned.lua" },
  { "shape", "heads, lengths of files, functions and lines", "lua5.4 tools/shape.lua" },
  { "wording", "options and zones are said in words that work", "lua5.4 tools/wording.lua" },
  { "apidoc", "every function has its block, and the manual is up to date", "lua5.4 tools/apidoc.lua check" },
  { "symbols", "objects use and export only what they may", "lua5.4 tools/symbols.lua" },
  { "clang-format", "C is formatted (./dev format does it)",
    c_files .. " | xargs -r -P 2 -n 1 sh -c 'clang-format-14 --dry-run --Werror \"$0\" 2>/dev/null"
      .. " || { echo \"$0: is formatted otherwise\"; exit 1; }'" },
  { "luacheck", "Lua has no unknown or unused names", lua_files .. " | xargs -r luacheck --quiet --codes" },
  { "usher.1", "its manual page names every command and option", "lua5.4 tools/manpage.lua check" },
  { "mandoc", "manual pages are well formed",
    "find docs -name '*.[1-8]' | xargs -r mandoc -T lint -W warning" },
  { "shellcheck", "shell scripts have no traps", "shellcheck dev .ci/run" },
}

-- The command's exit code as a boolean, and what it printed on either channel.
local function run(command)
  local pipe = assert(io.popen("{ " .. command .. "; } 2>&1"))
  local output = pipe:read("a")
  return pipe:close() == true, output
end

local passed, failed = 0, 0
for _, check in ipairs(checks) do
  local name, promise, command = table.unpack(check)
  if not arg[1] or name:find(arg[1], 1, true) then
    local ok, output = run(command)
    print(("%s  %-13s %s"):format(ok and "ok  " or "FAIL", name, promise))
    if ok then
      passed = passed + 1
    else
      failed = failed + 1
      print("      $ " .. command)
    end
    if output ~= "" and (not ok or name == "symbols") then
      for _, line in source.each_line(output) do
        print("      " .. line)
      end
    end
  end
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
