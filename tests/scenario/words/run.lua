-- SPDX-License-Identifier: MIT
-- run: the tests of the words, in plain Lua. From the root: lua5.4 tests/scenario/words/run.lua
package.path = "tests/scenario/words/?.lua;scripts/?.lua;" .. package.path

-- Each test loads all words anew; what takes the time is compiling them, and that is done once.
local compiled <const> = {}
table.insert(package.searchers, 2, function(name)
  local path = name:find "^usher%." and package.searchpath(name, package.path)
  if not path then return nil end
  compiled[name] = compiled[name] or string.dump(assert(loadfile(path)))
  return load(compiled[name], path, "b"), path
end)

-- Every file that ends in _test.lua, so that a new one needs no list.
local files = {}
for path in io.popen("ls tests/scenario/words/*_test.lua"):lines() do
  files[#files + 1] = path:match("([%w_]+)%.lua$")
end

local passed, failed = 0, 0
for _, file in ipairs(files) do
  local tests, names = require(file), {}
  for name in pairs(tests) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local fine, problem = xpcall(tests[name], debug.traceback)
    if fine then passed = passed + 1 else
      failed = failed + 1
      print(("%s: %s\n  %s"):format(file, name, problem))
    end
  end
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
