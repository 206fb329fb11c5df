-- SPDX-License-Identifier: MIT
-- Who gets no mail any more: what was wished, what comes back, and what the office says about it.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local script = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>" }
people { { key = "s", name = "Speaker", role = "speaker", mail = "s@b.example" } }
guests { { key = "a", name = "A", mail = "A@b.example" }, { key = "b", name = "B", mail = "b@b.example" } }
mail "invitation" { to = invited, at = "5 days before, 10:00", subject = "S", text = "T" }
mail "joining" { to = coming, at = "1 day before, 10:00", subject = "S", text = "T" }
mail "briefing" { to = speakers, at = "1 day before, 10:00", subject = "S", text = "T" }
]]

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function loaded()
  local world = stub.load(script)
  world.now = at "2021-02-10 09:00"
  world.usher.book("answers"):set("a", { answer = "yes" })
  return world, require "usher.suppression"
end

-- What became of each mail.
local function fates(world)
  world.run(at "2021-02-10 09:00")
  local list = {}
  for _, result in ipairs(world.usher.results) do
    local fate = result.result.sent and "sent" or result.result.skipped
    list[#list + 1] = ("%s/%s: %s"):format(result.name, result.key, fate)
  end
  return table.concat(list, "\n")
end

function tests.a_dead_address_gets_nothing_not_even_what_it_needs()
  local world, suppression = loaded()
  suppression.add("a@b.example", "bounce", "550 no such user")
  local text = fates(world)
  expect.contains(text, "invitation/a: mail to this address comes back (550 no such user)")
  expect.contains(text, "joining/a: mail to this address comes back")
  expect.contains(text, "invitation/b: sent")
end

function tests.the_office_may_allow_what_a_guest_needs_who_comes()
  local world, suppression = loaded()
  suppression.add("a@b.example", "bounce", "550")
  suppression.decide { address = "a@b.example", word = "allow", who = "Pema" }
  local text = fates(world)
  expect.contains(text, "invitation/a: mail to this address comes back")
  expect.contains(text, "joining/a: sent")
  expect.equal(suppression.list()[1].allowed, "Pema")
end

function tests.a_new_bounce_takes_back_what_was_allowed()
  local _, suppression = loaded()
  suppression.add("a@b.example", "bounce", "550")
  suppression.decide { address = "a@b.example", word = "allow", who = "Pema" }
  suppression.add("a@b.example", "bounce", "551")
  expect.equal(suppression.list()[1].allowed, nil)
end

function tests.whoever_comes_still_hears_how_to_join()
  local world, suppression = loaded()
  suppression.add("a@b.example", "all", "by their link")
  suppression.add("b@b.example", "trainings", "by their link")
  local text = fates(world)
  expect.contains(text, "invitation/a: wants no more mail at all (by their link)")
  expect.contains(text, "joining/a: sent")
  expect.contains(text, "invitation/b: wants no more mail about trainings")
end

function tests.who_runs_the_event_has_no_wish_but_a_dead_address()
  local world, suppression = loaded()
  suppression.add("s@b.example", "all", "by mail")
  expect.contains(fates(world), "briefing/s: sent")
  world, suppression = loaded()
  suppression.add("s@b.example", "bounce", "550")
  expect.contains(fates(world), "briefing/s: mail to this address comes back")
end

function tests.purposes_hold_one_another()
  local _, suppression = loaded()
  suppression.add("Aum <A@B.example>", "trainings", "x")
  expect.contains(suppression.why("a@b.example", "event"), "trainings")
  expect.contains(suppression.why("a@b.example", "trainings"), "trainings")
  expect.equal(suppression.why("a@b.example", "all"), nil)
  suppression.add("a@b.example", "bounce", "y")
  expect.contains(suppression.why("a@b.example", "all"), "comes back (y)")
  expect.contains(suppression.wish "a@b.example", "trainings")
end

function tests.lifting_takes_back_one_wish_or_all()
  local world, suppression = loaded()
  suppression.add("a@b.example", "event", "x")
  suppression.add("a@b.example", "trainings", "x")
  suppression.lift("a@b.example", "event")
  expect.contains(suppression.why "a@b.example", "trainings")
  suppression.lift "a@b.example"
  expect.equal(suppression.why "a@b.example", nil)
  expect.equal(world.usher.book("suppressed"):count(), 0)
end

function tests.the_office_is_told_what_it_may_say()
  local _, suppression = loaded()
  local fine, why = pcall(suppression.decide, { address = "x@y.example", word = "lift" })
  expect.equal(fine, false)
  expect.contains(why, "nothing stands against mail to 'x@y.example'")
  local said = suppression.decide { address = "x@y.example", word = "add" }
  expect.contains(said.text, "wants no more mail at all")
  fine, why = pcall(suppression.decide, { address = "x@y.example", word = "alow" })
  expect.equal(fine, false)
  expect.contains(why, "did you mean 'allow'")
end

return tests
