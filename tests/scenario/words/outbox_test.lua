-- SPDX-License-Identifier: MIT
-- What somebody sees before they approve a rule; and mails for trial.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local event = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>", where = zoom { link = "https://zoom.example/j/1" }, approver = "doim" }
people { { key = "doim", name = "DoIM", role = "organiser", mail = "doim@b.example" },
  { key = "ko", name = "Kiyoug Ko", salutation = "Mr.", role = "speaker", mail = "ko@b.example",
    zone = "Asia/Seoul" } }
]]
local guests = [[
guests { { key = "a", name = "Karma Dorji", mail = "a@b.example" },
  { key = "b", name = "Bobby Wangchuck Dorji", salutation = "Dasho", mail = "b@b.example" },
  { key = "c", name = "Pema", mail = "c@b.example" },
  { key = "d", name = "Sonam Wangmo", mail = "d@b.example", language = "Dzongkha" } }
]]
local programme = 'programme { { "14:00-15:00", "Talk", by = "ko" }, { "15:00-16:00", "More", by = "ko" } }\n'
local rules = [[
mail "invitation" { to = invited, at = "10 days before, 09:00", attach = { "calendar", "slides.pdf" },
  subject = "Come to {title}",
  text = { en = "Dear {full_name},\n\n{how_to_answer}", dz = "{full_name} {when}" } }
mail "joining" { to = coming, at = "1 day before, 09:00", subject = "Join", text = "{where}" }
mail "speakers" { to = speakers, at = "1 day before, 09:00", zone = "theirs", subject = "Part",
  text = "{own_items}" }
cue "next" { at = "10 minutes before", subject = "Next: {item}", text = "{item_when}" }
]]

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function loaded(more)
  local world = stub.load(event .. guests .. programme .. rules .. (more or ""),
    { ["slides.pdf"] = ("x"):rep(2048) })
  world.now = at "2021-02-01 09:00"
  return world
end

local function call(world, handler, with) return world.usher.handlers[handler](with) end

local function row_of(world, name)
  for _, row in ipairs(call(world, "outbox").rules) do
    if row.name == name then return row end
  end
end

function tests.the_list_says_when_to_how_many_and_about_what()
  local world = loaded()
  local list = call(world, "outbox")
  expect.equal(list.approvers[1], "DoIM")
  local invitation = list.rules[1]
  expect.equal(invitation.name, "invitation")
  expect.equal(invitation.subject, "Come to Test")
  expect.equal(invitation.when, "Mon 15 Feb 2021, 09:00 Thimphu (UTC+6)")
  expect.equal(("%d of %d"):format(invitation.n, invitation.of), "4 of 4")
  expect.equal(row_of(world, "joining").n, 0)
  expect.equal(row_of(world, "joining").of, 4)
  expect.equal(row_of(world, "next").n, 2) -- one speaker, two items
  expect.equal(row_of(world, "next").when,
    "Thu 25 Feb 2021, 13:50 Thimphu (UTC+6) to Thu 25 Feb 2021, 14:50 Thimphu (UTC+6)")
  expect.equal(row_of(world, "confirmation").by_itself, true)
  expect.equal(row_of(world, "confirmation").subject, "You are expected: Test")
end

function tests.three_samples_differ_as_much_as_they_can()
  local world = loaded()
  local rule = call(world, "outbox", { rule = "invitation" })
  local names = {}
  for i, one in ipairs(rule.samples) do names[i] = one.name end
  expect.equal(table.concat(names, ", "), "Pema, Dasho Bobby Wangchuck Dorji, Sonam Wangmo")
  expect.equal(rule.samples[3].language, "dz")
  expect.contains(rule.samples[2].text, "Dear Dasho Bobby Wangchuck Dorji,")
  expect.equal(rule.samples[1].to, '"Pema" <c@b.example>')
  expect.equal(rule.samples[1].from, "Desk <desk@b.example>")
end

function tests.files_have_their_sizes()
  local files = call(loaded(), "outbox", { rule = "invitation" }).samples[1].files
  expect.equal(files[1].name, "invite.ics")
  expect.equal(files[2].name .. " " .. files[2].size, "slides.pdf 2048")
end

function tests.every_name_is_there_once()
  local world = loaded()
  local people = call(world, "outbox", { rule = "invitation" }).people
  expect.equal(#people, 4)
  expect.equal(people[2].name .. " " .. people[2].mail, "Dasho Bobby Wangchuck Dorji b@b.example")
  people = call(world, "outbox", { rule = "next" }).people
  expect.equal(#people, 1)
  expect.equal(people[1].name, "Mr. Kiyoug Ko")
end

function tests.a_deputy_stands_there_for_the_guest()
  local world = loaded()
  require("usher.answers").send_deputy("a", { name = "Tashi", mail = "t@b.example" }, "guest")
  local people = call(world, "outbox", { rule = "invitation" }).people
  expect.equal(people[1].name .. " " .. people[1].mail, "Tashi t@b.example")
end

function tests.looking_tells_no_calendar_and_no_book()
  local world = loaded()
  world.looking = true
  call(world, "outbox")
  for _, row in ipairs(call(world, "outbox").rules) do call(world, "outbox", { rule = row.name }) end
  world.looking = false
  expect.equal(next(world.usher.books.calendar or {}), nil)
end

function tests.nobodys_own_link_is_shown()
  local world = loaded()
  world.usher.link.make = function() return ("x"):rep(40) end
  expect.contains(call(world, "outbox", { rule = "invitation" }).samples[1].text, "/\u{2026}")
  expect.lacks(call(world, "outbox", { rule = "invitation" }).samples[1].text, "xxxx")
end

function tests.whoever_signs_up_is_invented_until_somebody_has()
  local world = stub.load(event .. 'signup { seats = 3, zones = { "Asia/Thimphu" } }\n'
    .. 'mail "joining" { to = coming, at = "1 day before, 09:00", subject = "Join", text = "Dear {name}" }')
  local rule = call(world, "outbox", { rule = "joining" })
  expect.equal(#rule.people, 0)
  expect.equal(rule.samples[1].name, "Sonam Wangmo")
  rule = call(world, "outbox", { rule = "signup-offer" })
  expect.contains(rule.samples[1].text, "We keep it for you until")
end

-- ---- mails for trial ------------------------------------------------------------------------------------

local function trial(world, with)
  local said = call(world, "test-mail", with)
  world.run(world.now, world.now + 1000)
  local mails = world.usher.mails
  return mails[#mails], said
end

function tests.a_test_mail_is_what_that_guest_would_get()
  local world = loaded()
  local mail, said = trial(world, { rule = "invitation", to = "me@b.example", as = "Bobby", who = "root" })
  expect.equal(said.text,
    "invitation as Dasho Bobby Wangchuck Dorji gets it now is on its way to me@b.example")
  expect.equal(mail.to, "me@b.example")
  expect.equal(mail.subject, "TEST: Come to Test")
  expect.contains(mail.text, "*This is a test. It was written for Dasho Bobby Wangchuck Dorji, b\\@b.exam")
  expect.contains(mail.text, "Dear Dasho Bobby Wangchuck Dorji,\n\nPlease tell us here whether you")
  expect.contains(mail.text, "/a/answer.b>")
  expect.equal(#mail.attach, 2)
  expect.equal(mail.flow, "test mail")
  expect.equal(world.usher.trail[1].note, "invitation, as for Dasho Bobby Wangchuck Dorji, to me@b.example")
end

function tests.it_waits_for_no_approval_and_counts_for_nobody()
  local world = loaded()
  local mail = trial(world, { rule = "invitation", to = "me@b.example", as = "a" })
  expect.equal(mail.approval, nil)
  expect.equal(mail.unsubscribe, nil)
  expect.equal(mail.about.person, nil)
  expect.equal(next(world.usher.books.calendar or {}), nil)
  call(world, "approve", { all = true, who = "doim" })
  world.go(at "2021-02-15 10:00")
  local sent = 0
  for _, one in ipairs(world.usher.mails) do sent = sent + (one.flow == "invitation" and 1 or 0) end
  expect.equal(sent, 4)
end

function tests.a_cue_and_a_letter_can_be_tried_too()
  local world = loaded()
  expect.equal(trial(world, { rule = "next", to = "me@b.example" }).subject, "TEST: Next: Talk")
  expect.contains(trial(world, { rule = "deputy", to = "me@b.example", as = "a" }).text, "Dasho Karma Dorji")
  expect.equal(trial(world, { rule = "deputy-news", to = "me@b.example" }).subject,
    "TEST: Sonam Wangmo comes: Test")
end

function tests.what_can_not_be_tried_is_said()
  local world = loaded()
  local function refused(with, part)
    local fine, why = pcall(world.usher.handlers["test-mail"], with)
    expect.equal(fine, false)
    expect.contains(why, part)
  end
  refused({ rule = "invitation", to = "me" }, "'me' is not a mail address: write it as name@office.example")
  refused({ rule = "invitatoin", to = "me@b.example" }, "did you mean 'invitation'?")
  refused({ rule = "invitation", to = "me@b.example", as = "Zorro" }, "nobody is called 'Zorro'")
  refused({ rule = "invitation", to = "me@b.example", as = "ko" }, "Mr. Kiyoug Ko is not one of those to")
end

return tests
