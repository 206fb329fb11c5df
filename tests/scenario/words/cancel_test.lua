-- SPDX-License-Identifier: MIT
-- The event is cancelled: who is told, with what, and what its pages say.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local script = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>" }
people { { key = "speaker", name = "Min-jun", role = "speaker", mail = "min@c.example" } }
guests { { key = "a", name = "Aum", mail = "a@b.example" },
  { key = "b", name = "Bob", mail = "b@b.example" } }
mail "invitation" { to = invited, at = "15 days before, 10:00", attach = "calendar", subject = "S",
  text = "T" }
mail "hello-speaker" { to = speakers, at = "15 days before, 10:00", subject = "S", text = "T" }
mail "joining" { to = invited, at = "3 days before, 10:00", subject = "S", text = "T" }
]]

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function invited(more)
  local world = stub.load(script .. (more or ""))
  world.run(at "2021-02-01 09:00", at "2021-02-15 09:00")
  return world
end

local function cancel(world, note)
  local said = world.usher.handlers.cancel { who = "karma", note = note }
  world.go(world.now)
  return said
end

local function mails_of(world, rule)
  local by = {}
  for _, mail in ipairs(world.usher.mails) do
    if mail.about.rule == rule then by[mail.about.person] = mail end
  end
  return by
end

function tests.whoever_has_heard_of_it_gets_one_mail_that_says_why()
  local world = invited()
  expect.equal(cancel(world, " The speaker\nis ill. ").ends, "the event was cancelled")
  local mails = mails_of(world, "cancelled")
  expect.equal(mails.a.subject, "Cancelled: Test")
  expect.contains(mails.a.text, "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)\n\nThe speaker is ill")
  expect.equal(mails.a.unsure, "ask")
  expect.equal(mails.speaker ~= nil and mails.b ~= nil, true)
end

function tests.it_takes_the_entry_out_of_calendars_that_have_it()
  local world = invited()
  cancel(world)
  local mails = mails_of(world, "cancelled")
  for _, line in ipairs { "METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:1", "UID:test@b.example" } do
    expect.contains(mails.a.attach[1].data, line .. "\r\n")
  end
  expect.equal(mails.a.attach[1].params.method, "CANCEL")
  expect.equal(mails.speaker.attach, nil)
end

function tests.who_has_declined_is_left_in_peace()
  local world = invited()
  world.usher.handlers.answer { person = "a", answer = "no" }
  cancel(world)
  expect.equal(mails_of(world, "cancelled").a, nil)
end

function tests.nothing_else_leaves()
  local world = invited()
  cancel(world)
  local n = #world.usher.mails
  world.go()
  expect.equal(#world.usher.mails, n)
  expect.equal(world.usher.results[#world.usher.results].result.skipped, "the event was cancelled")
end

function tests.before_anybody_has_heard_of_it_nobody_is_written_to()
  local world = stub.load(script)
  world.run(at "2021-02-01 09:00", at "2021-02-02 09:00")
  expect.contains(world.usher.handlers.cancel({ look = true }).text, "Nobody has heard of the date so far")
  cancel(world)
  expect.equal(#world.usher.mails, 0)
end

function tests.a_script_may_want_no_mail()
  local world = invited 'mail "cancelled" { off = true }'
  expect.contains(world.usher.handlers.cancel({ look = true }).text, 'mail "cancelled" { off = true }')
  cancel(world)
  expect.equal(next(mails_of(world, "cancelled")), nil)
end

function tests.a_sign_up_is_refused_politely()
  local world = stub.load [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>" }
people { { key = "office", name = "Desk", role = "organiser", mail = "desk@b.example" } }
signup { seats = 10 }
]]
  world.run(at "2021-02-01 09:00", at "2021-02-02 09:00")
  cancel(world)
  local path = require("usher.facts").signup.path
  expect.contains(world.visit("GET", path).body, "The event is cancelled")
  expect.equal(world.visit("POST", path, { name = "Aum", mail = "a@b.example" }).status, 410)
end

function tests.a_note_has_an_end()
  local fine, problem = pcall(cancel, invited(), ("x"):rep(2001))
  expect.equal(fine, false)
  expect.contains(problem, "the note has more than 2000 bytes")
end

function tests.a_cancelled_event_that_moves_tells_nobody()
  local world = invited()
  cancel(world)
  expect.equal(world.usher.handlers.reloaded { version = 2 }, nil)
end

return tests
