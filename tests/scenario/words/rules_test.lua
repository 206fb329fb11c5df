-- SPDX-License-Identifier: MIT
-- When a mail goes out, and why one does not.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local guests = 'guests { { key = "a", name = "A", mail = "a@b.example" }, '
  .. '{ key = "b", name = "B", mail = "b@b.example" } }\n'

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function result_of(world, name, key)
  for _, one in ipairs(world.usher.results) do
    if one.name == name and one.key == key then return one.result end
  end
end

local function rule(name, to, phrase, more)
  local source = 'mail "%s" { to = %s, at = "%s", subject = "S", text = "T", %s }\n'
  return source:format(name, to, phrase, more or "")
end

local catch_up = "catch_up = true"

function tests.the_audience_is_asked_when_the_mail_is_sent()
  local world = stub.load(expect.event .. guests .. rule("x", "coming", "1 day before, 09:00"))
  world.usher.book("answers"):set("a", { answer = "yes" })
  world.run(at "2021-02-01 09:00")
  expect.equal(result_of(world, "x", "a").sent, true)
  expect.equal(result_of(world, "x", "b").skipped, "has not answered")
end

function tests.a_rule_that_is_newer_than_its_moment_sends_nothing()
  local world = stub.load(expect.event .. guests .. rule("x", "invited", "2 days before, 09:00"))
  world.run(at "2021-02-24 09:00")
  expect.contains(result_of(world, "x", "a").skipped, "newer than its moment")
end

function tests.catch_up_sends_it()
  local world = stub.load(expect.event .. guests .. rule("x", "invited", "2 days before, 09:00", catch_up))
  world.run(at "2021-02-24 09:00")
  expect.equal(result_of(world, "x", "a").sent, true)
end

function tests.a_late_guest_gets_what_is_still_of_use()
  local world = stub.load(expect.event .. guests .. rule("x", "invited", "2 days before, 09:00"))
  world.usher.book("rules"):set("x", 1)
  world.run(at "2021-02-24 09:00")
  expect.equal(result_of(world, "x", "a").sent, true)
end

function tests.a_reminder_dies_at_the_start()
  local world = stub.load(expect.event .. guests .. rule("x", "invited", "2 days before, 09:00", catch_up))
  world.run(at "2021-02-25 14:01")
  expect.equal(result_of(world, "x", "a").skipped, "too late")
end

function tests.of_several_overdue_only_the_latest_goes()
  local world = stub.load(expect.event .. guests .. rule("x", "invited", "3 days before, 09:00", catch_up)
    .. rule("y", "invited", "2 days before, 09:00", catch_up))
  world.run(at "2021-02-24 09:00")
  expect.equal(result_of(world, "x", "a").skipped, "'y' is due as well, and later")
  expect.equal(result_of(world, "y", "a").sent, true)
end

function tests.missed_each_sends_all()
  local world = stub.load(expect.event .. guests
    .. rule("x", "invited", "3 days before, 09:00", 'catch_up = true, missed = "each"')
    .. rule("y", "invited", "2 days before, 09:00", catch_up))
  world.run(at "2021-02-24 09:00")
  expect.equal(result_of(world, "x", "a").sent, true)
end

function tests.what_is_unsure_follows_from_the_moment()
  local world = stub.load(expect.event .. guests .. rule("x", "invited", "1 day before, 09:00")
    .. rule("y", "invited", "30 minutes before"))
  world.run(at "2021-02-01 09:00")
  expect.equal(world.usher.mails[1].unsure, "ask")
  expect.equal(world.usher.mails[3].unsure, "resend")
  expect.equal(world.usher.mails[1].give_up.utc, at "2021-02-25 14:00")
  expect.equal(world.usher.mails[3].give_up.utc, at "2021-02-25 13:45")
end

function tests.a_text_comes_in_the_language_of_the_guest()
  local world = stub.load(expect.event .. [[
    guests { { name = "A", mail = "a@b.example", language = "Dzongkha" },
      { name = "B", mail = "b@b.example" } }
    mail "x" { to = invited, at = "1 day before", subject = "S", text = { en = "English", dz = "KA" } }]])
  world.run(at "2021-02-01 09:00")
  expect.equal(world.usher.mails[1].text .. world.usher.mails[2].text, "KAEnglish")
end

function tests.a_file_beside_the_script_may_hold_rules()
  local house = rule("house", "invited", "1 day before")
  stub.load(expect.event .. guests, nil)
  package.preload["house"] = function() return load(house)() end
  local world = stub.load(expect.event .. guests .. 'use "house"', { ["house.lua"] = house })
  package.loaded["house"], package.preload["house"] = nil, nil
  world.run(at "2021-02-01 09:00")
  expect.equal(#world.usher.mails, 2)
end

function tests.names_cannot_become_markdown()
  local clever = 'guests { { name = "[x](http://evil.example)", mail = "a@b.example" } }\n'
  local world = stub.load(expect.event .. clever
    .. 'mail "x" { to = invited, at = "1 day before", subject = "For {name}", text = "Dear {name}" }')
  world.run(at "2021-02-01 09:00")
  expect.equal(world.usher.mails[1].text, "Dear \\[x\\](http:\\//evil.example)")
  expect.equal(world.usher.mails[1].subject, "For [x](http://evil.example)")
end

function tests.an_assistant_gets_a_copy()
  local boss = 'guests { { name = "A", mail = "a@b.example", assistant = "pa@b.example" } }\n'
  local world = stub.load(expect.event .. boss .. rule("x", "invited", "1 day before"))
  world.run(at "2021-02-01 09:00")
  expect.equal(world.usher.mails[2].to, "pa@b.example")
  expect.contains(world.usher.mails[2].text, "A copy of what A gets.")
end

local undecided_script = expect.event .. [[
people { { key = "doim", name = "DoIM", role = "organiser", mail = "doim@b.example" },
  { key = "ko", name = "Kiyoug Ko", role = "speaker", mail = "ko@b.example" } }
programme { { "14:00-16:00", "Talk", by = "ko" }, { "16:00-16:30", "Closing remarks" } }
undecided "Closing remarks" { ask = "doim" }]]

function tests.an_undecided_item_asks_and_nudges()
  local world = stub.load(undecided_script)
  world.run(at "2021-02-01 09:00")
  expect.equal(#world.usher.mails, 2)
  expect.contains(world.usher.mails[1].subject, "who gives 'Closing remarks'?")
  expect.equal(world.usher.results[1].result.skipped, "nobody was named")
end

function tests.whoever_is_named_gets_the_cue()
  local world = stub.load(undecided_script)
  world.usher.handlers.decide { item = "Closing remarks", person = "Ko" }
  world.run(at "2021-02-01 09:00")
  expect.equal(#world.usher.mails, 1)
  expect.equal(world.usher.mails[1].to, '"Kiyoug Ko" <ko@b.example>')
  expect.equal(world.usher.mails[1].at, at "2021-02-25 15:50")
end

return tests
