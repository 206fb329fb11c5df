-- SPDX-License-Identifier: MIT
-- Mails that go out because something happened; and what placeholders say with a web address and without.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local event = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>", where = zoom { link = "https://zoom.example/j/1", id = "1", code = "2" } }
]]
local guests = 'guests { { key = "a", name = "A", mail = "a@b.example", assistant = "pa@b.example" } }\n'

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function loaded(more, now)
  local world = stub.load(event .. guests .. (more or ""))
  world.now = at(now or "2021-02-10 09:00")
  return world
end

local function answer(world, word) world.visit("POST", "/a/answer.a", { answer = word }) end

local function first_mail(world)
  world.run(world.now)
  return world.usher.mails[1]
end

local function without_web(world)
  world.usher.http.url = function() return nil end
end

function tests.a_confirmation_says_what_somebody_needs()
  local world = loaded()
  answer(world, "yes")
  local mail = first_mail(world)
  expect.equal(mail.subject, "You are expected: Test")
  for _, part in ipairs { "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)", "<http://127.0.0.1:8080/j/join.a>",
    "<http://127.0.0.1:8080/a/answer.a>", "With respect,\n\nDesk" } do
    expect.contains(mail.text, part)
  end
  expect.equal(mail.attach[1].params.method, "REQUEST")
  expect.equal(mail.unsure, "resend")
  expect.equal(mail.give_up.utc, at "2021-02-25 16:30")
end

function tests.without_a_web_address_it_says_what_to_reply()
  local world = loaded()
  without_web(world)
  answer(world, "yes")
  local text = first_mail(world).text
  expect.contains(text, "Zoom: <https://zoom.example/j/1>, meeting ID 1, passcode 2")
  expect.contains(text, "If anything changes, a reply to this mail is enough.")
  expect.lacks(text, "127.0.0.1")
end

function tests.the_invitation_asks_by_a_link_or_for_a_reply()
  local rule = 'mail "x" { to = invited, at = "1 day before", subject = "S", '
    .. 'text = "{where} {venue} {how_to_answer} {how_to_join}" }'
  local text = first_mail(loaded(rule)).text
  expect.contains(text, "Zoom: <http://127.0.0.1:8080/j/join.a> Zoom Please tell us here whether you")
  local world = loaded(rule)
  without_web(world)
  text = first_mail(world).text
  expect.contains(text, "a reply to this mail with *yes* or *no* is enough")
  expect.contains(text, "Zoom: <https://zoom.example/j/1>")
end

function tests.a_copy_has_the_assistants_own_link()
  local world = loaded [[
    mail "x" { to = invited, at = "1 day before", subject = "S", text = "{how_to_answer}" }]]
  world.run(world.now)
  local own, copy = world.usher.mails[1], world.usher.mails[2]
  expect.contains(own.text, "/a/answer.a>")
  expect.equal(copy.to, "pa@b.example")
  expect.contains(copy.text, "*A copy of what A gets.*")
  expect.contains(copy.text, "whether A will come")
  expect.contains(copy.text, "/a/answer-assistant.a>")
end

function tests.a_letter_that_is_no_longer_true_is_not_sent()
  local world = loaded()
  answer(world, "yes")
  answer(world, "no")
  world.run(world.now)
  expect.equal(world.usher.results[1].result.skipped, "answered no meanwhile")
  expect.equal(world.usher.mails[1].flow, "withdrawn")
end

function tests.a_late_yes_hears_what_the_others_have_heard()
  local rule = [[
    mail "prepare" { to = coming, at = "3 days before, 10:00", subject = "Bring", text = "A cup, {name}" }
    mail "news" { to = invited, at = "3 days before, 10:00", subject = "N", text = "News" }]]
  local world = loaded(rule, "2021-02-23 09:00")
  answer(world, "yes")
  local text = first_mail(world).text
  expect.contains(text, "**Bring**\n\nA cup, A")
  expect.lacks(text, "News")
  world = loaded(rule, "2021-02-10 09:00")
  answer(world, "yes")
  expect.lacks(first_mail(world).text, "cup")
end

function tests.the_script_says_its_own_words_or_wants_none()
  local world = loaded [[mail "confirmation" { subject = "Good", text = "See you, {name}.\n\n{missed}" }]]
  answer(world, "yes")
  expect.equal(first_mail(world).subject, "Good")
  world = loaded [[mail "confirmation" { off = true }]]
  answer(world, "yes")
  world.run(world.now)
  expect.equal(#world.usher.mails, 0)
  expect.lacks(world.visit("GET", "/a/answer.a/thanks").body, "on its way")
end

function tests.what_a_script_may_not_say_of_a_letter_is_refused()
  expect.refused(event .. guests .. 'mail "confirmation" { to = coming, text = "T" }', nil, "test.lua:4:",
    'mail "confirmation": usher sends it by itself when it is time: leave  to  and  at  out')
  expect.refused(event .. guests .. 'mail "deputy" { text = "Dear {gest}" }', nil,
    "unknown placeholder {gest} (did you mean 'guest'?)")
  expect.refused(event .. guests .. 'mail "confirmation" { attach = "calendar" }', nil,
    "usher puts the calendar entry in by itself")
  expect.refused(event .. guests .. 'mail "confirmation" { text = "{organisers}" }', nil,
    "{organisers} is empty")
end

function tests.nobody_who_sends_no_mail_sends_letters()
  local world = stub.load [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu" }
guests { { key = "a", name = "A", mail = "a@b.example" } }]]
  world.usher.sender = function() return nil end
  world.visit("POST", "/a/answer.a", { answer = "yes" })
  expect.equal(world.usher.book("answers"):get("a").answer, "yes")
  expect.equal(#world.usher.starts, 0)
end

function tests.values_of_people_cannot_become_markdown()
  local world = loaded()
  local given = { name = "**[x](http://evil.example)**", mail = "c@b.example" }
  require("usher.answers").send_deputy("a", given, "guest")
  world.run(world.now)
  for _, mail in ipairs(world.usher.mails) do
    if mail.flow == "deputy-sent" then
      expect.contains(mail.text, "\\*\\*\\[x\\](http:\\//evil.example)\\*\\*")
      expect.contains(mail.subject, "**[x](http://evil.example)** comes in your place")
    end
  end
end

return tests
