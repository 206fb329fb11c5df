-- SPDX-License-Identifier: MIT
-- What mails that come in mean: whom they move, and what is passed on to a person. The mails are as the
-- engine hands them over (engine/arrival.h).
local expect = require "expect"
local stub = require "stub"

local tests = {}

local script = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  organisers = { "o" }, from = "Desk <desk@b.example>" }
people { { key = "o", name = "Organiser", role = "organiser", mail = "o@b.example" } }
guests { { key = "a", name = "Aum Dechen", mail = "a@b.example", assistant = "pa@b.example" },
  { key = "b", name = "B", mail = "b@b.example" } }
mail "invitation" { to = invited, at = "5 days before, 10:00", subject = "S", text = "T" }
]]

local uid = "test@b.example"

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function loaded(source)
  local world = stub.load(source or script)
  world.now = at "2021-02-16 09:00"
  world.n = 0
  function world.answer(key) return (world.usher.book("answers"):get(key) or {}).answer end
  function world.passed_on()
    local last = world.usher.starts[#world.usher.starts]
    return last and last.name == "passed on" and last or nil
  end
  return world
end

-- A mail that came in; `sent` true: it proves that it is about a's invitation.
local function mail(world, m)
  world.n = world.n + 1
  m.id, m.uid, m.kind = m.id or ("m%d@x.example"):format(world.n), world.n, m.kind or "reply"
  if m.sent == true then
    m.sent = { event = "test", flow = "invitation", key = "a", to = "Aum <a@b.example>", subject = "S",
      about = { person = "a", audience = "invited" } }
  end
  return world.usher.handlers.incoming(m)
end

local function calendar(answer, more)
  local c = { method = "reply", uid = uid, attendee = "a@b.example", answer = answer, sequence = 0,
    stamp = 1 }
  for name, value in pairs(more or {}) do c[name] = value end
  return c
end

function tests.a_proven_yes_is_the_guests_answer()
  local world = loaded()
  expect.equal(mail(world, { from = "A@b.example", text = "yes", sent = true }).answer, "yes")
  expect.equal(world.answer "a", "yes")
  expect.equal(world.usher.book("answers"):get("a").who, "mail")
end

function tests.a_yes_without_a_proof_goes_to_a_person()
  local world = loaded()
  mail(world, { from = "a@b.example", text = "yes" })
  expect.equal(world.answer "a", nil)
  expect.equal(world.passed_on().label, "Aum Dechen")
end

function tests.a_yes_to_a_mail_that_asks_nothing_goes_to_a_person()
  local world = loaded()
  mail(world, { from = "a@b.example", text = "yes", sent = { event = "test", to = "a@b.example",
    about = { person = "a", audience = "coming" } } })
  expect.equal(world.answer "a", nil)
  expect.equal(world.passed_on() ~= nil, true)
end

function tests.a_strangers_mail_is_nobodys()
  local world = loaded()
  expect.equal(mail(world, { from = "stranger@c.example", text = "yes" }), nil)
  expect.equal(mail(world, { from = "a@b.example", text = "yes", old = true }), nil)
  expect.equal(mail(world, { from = "a@b.example", text = "yes", sent = { event = "other" } }), nil)
  expect.equal(world.passed_on(), nil)
end

function tests.a_mail_counts_once()
  local world = loaded()
  local function again()
    return mail(world, { id = "one@x.example", from = "a@b.example", text = "yes", sent = true })
  end
  again()
  world.usher.book("answers"):set("a", { answer = "no" })
  expect.equal(again().again, true)
  expect.equal(world.answer "a", "no")
end

function tests.a_calendar_moves_the_answer_of_its_sender()
  local world = loaded()
  for _, case in ipairs { { "accepted", "yes" }, { "declined", "no" }, { "tentative", "tentative" } } do
    world.now = world.now + 1
    local answer = calendar(case[1], { stamp = world.now })
    mail(world, { kind = "calendar", from = "a@b.example", calendar = answer })
    expect.equal(world.answer "a", case[2])
  end
end

function tests.an_assistants_calendar_answers_for_the_guest()
  local world = loaded()
  mail(world, { kind = "calendar", from = "pa@b.example",
    calendar = calendar("accepted", { sent_by = "pa@b.example" }) })
  expect.equal(world.usher.book("answers"):get("a").who, "assistant")
end

function tests.somebody_elses_calendar_moves_nothing()
  local world = loaded()
  mail(world, { kind = "calendar", from = "b@b.example", calendar = calendar "declined" })
  expect.equal(world.answer "a", nil)
  expect.contains(world.passed_on().input.why, "came from somebody else")
end

function tests.a_counter_and_one_occurrence_go_to_a_person()
  local world = loaded()
  local others = { { method = "counter" }, { recurrence = "20210304T140000" }, { answer = "delegated" } }
  for _, more in ipairs(others) do
    world.usher.starts = {}
    world.now = world.now + 120000
    mail(world, { kind = "calendar", from = "a@b.example", calendar = calendar("accepted", more) })
    expect.equal(world.answer "a", nil)
    expect.contains(world.passed_on().input.why, "does not take by itself")
  end
end

function tests.an_older_answer_of_a_calendar_is_overtaken()
  local world = loaded()
  local newer, older = calendar("declined", { stamp = 20 }), calendar("accepted", { stamp = 10 })
  mail(world, { kind = "calendar", from = "a@b.example", calendar = newer })
  expect.equal(mail(world, { kind = "calendar", from = "a@b.example", calendar = older }).overtaken, true)
  expect.equal(world.answer "a", "no")
end

function tests.a_hard_bounce_stops_mail_and_a_soft_one_is_counted()
  local world = loaded()
  local suppression = require "usher.suppression"
  mail(world, { kind = "report", fate = "soft", status = "5.2.2", sent = true })
  mail(world, { kind = "report", fate = "soft", status = "5.2.2", sent = true })
  expect.equal(world.usher.book("bounces"):get("a@b.example").soft, 2)
  expect.equal(suppression.why "a@b.example", nil)
  mail(world, { kind = "report", fate = "delayed", sent = true })
  expect.equal(suppression.why "a@b.example", nil)
  mail(world, { kind = "report", fate = "hard", diagnostic = "550 no", sent = true })
  expect.contains(suppression.why "a@b.example", "550 no")
  expect.equal(mail(world, { kind = "report", fate = "hard", recipient = "b@b.example" }), nil)
  expect.equal(suppression.why "b@b.example", nil)
end

function tests.an_automatic_reply_is_noted_and_nothing_else()
  local world = loaded()
  local function away(sent)
    return mail(world, { kind = "automatic", from = "a@b.example", text = "yes", sent = sent })
  end
  expect.equal(away(true).noted, true)
  expect.equal(away(nil), nil)
  expect.equal(world.answer "a", nil)
  expect.equal(world.passed_on(), nil)
end

function tests.a_wish_with_a_proof_is_granted()
  local world = loaded()
  mail(world, { kind = "unsubscribe", from = "x@y.example", purpose = "trainings", sent = true })
  expect.contains(require("usher.suppression").why "a@b.example", "trainings")
  mail(world, { kind = "unsubscribe", from = "b@b.example", purpose = "all" })
  expect.equal(require("usher.suppression").why "b@b.example", nil)
  expect.contains(world.passed_on().input.why, "without a proof")
end

function tests.what_is_passed_on_says_who_what_and_why()
  local world = loaded()
  mail(world, { from = "a@b.example", subject = "Re: S", text = "May I bring <b>two</b> colleagues?\n> S",
    sent = true, answers = { "s2@b.example", "s1@b.example" }, id = "q@x.example",
    parts = { { type = "text/plain" }, { type = "application/pdf", name = "list.pdf" } } })
  world.run(world.now)
  local sent = world.usher.mails[1]
  expect.equal(sent.to, "o@b.example")
  expect.equal(sent.reply_to, "a@b.example")
  expect.equal(sent.html, false)
  expect.equal(sent.subject, "Aum Dechen: Re: S")
  expect.equal(sent.headers.References, "<s1@b.example> <s2@b.example> <q@x.example>")
  expect.contains(sent.text, "Aum Dechen <a@b.example> wrote to Test:\n\n> May I bring <b>two</b> coll")
  expect.contains(sent.text, "With it came: list.pdf.")
end

function tests.a_sender_is_passed_on_once_a_minute_and_twenty_times_an_hour()
  local world = loaded()
  local taken = 0
  for _ = 1, 30 do
    if mail(world, { from = "a@b.example", text = "again" }) then taken = taken + 1 end
  end
  expect.equal(taken, 20)
  world.run(world.now)
  local last
  for _, sent in ipairs(world.usher.mails) do
    if last and sent.flow == "passed on" then expect.equal(sent.at - last >= 60000, true) end
    last = sent.flow == "passed on" and sent.at or last
  end
end

function tests.nothing_goes_to_whoever_wrote_it_or_back_into_the_mailbox()
  local world = loaded()
  expect.equal(mail(world, { from = "o@b.example", text = "hello", sent = true }), nil)
  expect.equal(mail(world, { from = "Desk@b.example", text = "hello", sent = true }), nil)
  world = loaded((script:gsub("o@b%.example", "desk@b.example")))
  expect.equal(mail(world, { from = "a@b.example", text = "hello" }), nil)
end

function tests.an_answer_that_can_not_be_taken_goes_to_a_person()
  local world = loaded()
  require("usher.answers").follow(function() error("all seats are taken", 0) end)
  mail(world, { from = "a@b.example", text = "yes", sent = true })
  expect.equal(world.answer "a", nil)
  expect.contains(world.passed_on().input.why, "all seats are taken")
end

return tests
