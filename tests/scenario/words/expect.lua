-- SPDX-License-Identifier: MIT
-- expect: what tests of the words say. Each raises a sentence with both sides when they differ.
local stub = require "stub"

local expect = {}

function expect.equal(got, wanted)
  if got ~= wanted then error(("got '%s', wanted '%s'"):format(tostring(got), tostring(wanted)), 2) end
end

function expect.contains(text, part)
  if not tostring(text):find(part, 1, true) then
    error(("'%s' does not say '%s'"):format(tostring(text), part), 2)
  end
end

function expect.lacks(text, part)
  if tostring(text):find(part, 1, true) then error(("'%s' says '%s'"):format(tostring(text), part), 2) end
end

-- The script is refused, and the message holds each of the parts.
function expect.refused(source, files, ...)
  local fine, problem = pcall(stub.load, source, files)
  if fine then error("the script was taken", 2) end
  for _, part in ipairs { ... } do
    if not tostring(problem):find(part, 1, true) then
      error(("'%s' does not say '%s'"):format(tostring(problem), part), 2)
    end
  end
end

-- A script that begins with an event, for tests of what follows.
expect.event = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", from = "a@b.example" }
]]

return expect
