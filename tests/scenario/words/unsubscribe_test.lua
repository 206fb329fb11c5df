-- SPDX-License-Identifier: MIT
-- Wanting no more mails: by the page, by one click of the mail program, and back again.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local script = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>" }
guests { { key = "a", name = "Aum Dechen", mail = "a@b.example", assistant = "pa@b.example" },
  { key = "b", name = "Bob", mail = "b@b.example" } }
mail "nudge" { to = not_answered, at = "2 days before, 10:00", subject = "S", text = "T" }
mail "joining" { to = coming, at = "1 day before, 10:00", subject = "S", text = "T" }
]]

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function loaded()
  local world = stub.load(script)
  world.now = at "2021-02-10 09:00"
  local links, roster = require "usher.links", require "usher.roster"
  function world.path(key, assistant)
    return links.path("unsubscribe", roster.person(key), { assistant = assistant })
  end
  function world.why(address) return require("usher.suppression").why(address, "event") end
  return world
end

local one_click <const> = { ["List-Unsubscribe"] = "One-Click" }

function tests.a_link_that_is_only_opened_changes_nothing()
  local world = loaded()
  expect.contains(world.visit("GET", world.path "a").body, "Which mails to a@b.example shall stop?")
  expect.equal(world.why "a@b.example", nil)
end

function tests.one_click_of_the_mail_program_is_enough()
  local world = loaded()
  local response = world.visit("POST", world.path "a", one_click)
  expect.equal(tostring(response.redirect) .. response.body, "nilDone: no more mails about this event.\n")
  expect.contains(world.why "a@b.example", "one click")
end

function tests.a_form_without_the_word_changes_nothing()
  local world = loaded()
  world.visit("POST", world.path "a", { purpose = "all" })
  expect.equal(world.why "a@b.example", nil)
end

function tests.each_purpose_has_a_button_and_all_are_taken_back_by_one()
  local world = loaded()
  local path = world.path "a"
  for purpose, words in pairs { event = "about this event", trainings = "about events and trainings",
    all = "gets no more mails from us" } do
    expect.equal(world.visit("POST", path .. "/choose", { purpose = purpose }).redirect, path)
    expect.contains(world.visit("GET", path).body, words)
    world.visit("POST", path .. "/choose", { purpose = "none" })
    expect.equal(world.why "a@b.example", nil)
  end
  world.visit("POST", path .. "/choose", { purpose = "<b>" })
  expect.equal(world.why "a@b.example", nil)
end

function tests.an_assistant_stops_their_own_copies()
  local world = loaded()
  world.visit("POST", world.path("a", true), one_click)
  expect.equal(world.why "a@b.example", nil)
  expect.contains(world.why "pa@b.example", "wants no more mail")
end

function tests.a_deputys_link_is_about_the_deputys_address()
  local world = loaded()
  local own = world.path "a"
  require("usher.answers").send_deputy("a", { name = "C", mail = "c@b.example" }, "guest")
  local deputys = world.path "a"
  world.visit("POST", deputys, one_click)
  expect.equal(tostring(world.why "a@b.example"), "nil")
  expect.contains(world.why "c@b.example", "wants no more mail")
  require("usher.answers").come_instead("a", "guest")
  expect.contains(world.visit("GET", deputys).body, "c@b.example gets no more mails")
  expect.contains(world.visit("GET", own).body, "Which mails to a@b.example")
end

function tests.who_comes_still_gets_what_they_need_and_the_page_says_so()
  local world = loaded()
  world.usher.book("answers"):set("a", { answer = "yes" })
  for _, key in ipairs { "a", "b" } do world.visit("POST", world.path(key), one_click) end
  expect.contains(world.visit("GET", world.path "a").body, "what you need for that still reaches you")
  expect.lacks(world.visit("GET", world.path "b").body, "still reaches you")
  world.run(at "2021-02-10 09:00")
  local fates = {}
  for _, result in ipairs(world.usher.results) do
    local fate = result.result.sent and "sent" or result.result.skipped
    fates[#fates + 1] = ("%s/%s: %s"):format(result.name, result.key, fate)
  end
  local text = table.concat(fates, "\n")
  expect.contains(text, "nudge/b: wants no more mail")
  expect.contains(text, "joining/a: sent")
end

return tests
