-- SPDX-License-Identifier: MIT
-- examples: every 'Example:' of the manual as a script of its own, and the proof that it runs.
-- Usage: lua tools/examples.lua write FOLDER    one file per example
--        lua tools/examples.lua check USHER     rehearses them all; prints 'N passed, N failed'
-- A step's example is put into a flow, because that is where a step may be used; the manual shows it bare.
local source = require "tools.source"
local blocks = require "tools.blocks"

local FOLDER = "build/examples"
local SECONDS_MAX = 20 -- a rehearsal of one line takes milliseconds

local frames = {
  top = "%s\n",
  word = 'event "example" { title = "Example", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", '
    .. 'from = "Office <office@office.example>" }\n%s\n',
  flow = 'usher.flow("example", function(input)\n%s\nend)\nusher.start("example", { key = "1" })\n',
  decide = 'usher.flow("example", function(input)\nusher.decide("example", function()\n%s\nend)\nend)\n'
    .. 'usher.start("example", { key = "1" })\n',
}

-- Where the example stands: at the top level when it may, or when it says for itself where it belongs. A word
-- needs an event, and a function of a module the module.
local function frame_of(block, section)
  local flags, example = block.flags or {}, block.example
  local module = section.words and block.name:match("^([%w_]+)%.")
  if module then
    return ('local %s = require "usher.%s"\n%%s\n'):format(module, module)
  elseif section.words and not example:find('event "', 1, true) then
    return frames.word
  end
  local says_where = example:match("usher%.flow%s*%(") or example:match("usher%.on%s*%(")
  if not next(flags) or flags.CALL_AT_TOP or says_where then
    return frames.top
  end
  return flags.CALL_IN_FLOW and frames.flow or frames.decide
end

-- Writes the files and returns them as a list of { name, path }.
local function write(folder)
  local list = {}
  assert(os.execute("mkdir -p '" .. folder .. "'"))
  for _, section in ipairs(blocks.read(function() end)) do
    for _, block in ipairs(section.blocks) do
      if block.example then
        local path = ("%s/%s.lua"):format(folder, (block.name:gsub("[.:_]", "-")))
        source.write(path, frame_of(block, section):format(block.example))
        list[#list + 1] = { name = block.name, path = path }
      end
    end
  end
  return list
end

local function check(usher)
  local passed, failed = 0, 0
  for _, example in ipairs(write(FOLDER)) do
    local command = ("timeout %d %s rehearse %s 2>&1 </dev/null"):format(SECONDS_MAX, usher, example.path)
    local pipe = assert(io.popen(command))
    local output = pipe:read("a")
    if pipe:close() then
      passed = passed + 1
    else
      failed = failed + 1
      print(("%s: its example does not run:\n$ %s\n%s"):format(example.name, command, output))
    end
  end
  print(("%d passed, %d failed"):format(passed, failed))
  os.exit(failed == 0 and 0 or 1)
end

if arg[1] == "write" and arg[2] then
  write(arg[2])
elseif arg[1] == "check" and arg[2] then
  check(arg[2])
else
  io.stderr:write("usage: lua tools/examples.lua write FOLDER | check USHER\n")
  os.exit(2)
end
