-- SPDX-License-Identifier: MIT
-- Who comes: answers by link, by the office and by a calendar; deputies; who speaks for whom.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local guests = [[
people { { key = "office", name = "Desk", role = "organiser", mail = "desk@b.example" } }
guests {
  { key = "a", name = "Aum Dechen", salutation = "Dasho", mail = "a@b.example", assistant = "pa@b.example",
    phone = "17" },
  { key = "b", name = "Bob", mail = "b@b.example" } }
]]
local office = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>", where = zoom { link = "https://zoom.example/j/1" } }
]]

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

-- A world at a time, with shorthands for what its guests do.
local function loaded(more, now)
  local world = stub.load(office .. guests .. (more or ""))
  world.now = at(now or "2021-02-10 09:00")
  local links = require "usher.links"
  local roster = require "usher.roster"
  function world.path(kind, key, assistant)
    return links.path(kind, roster.person(key), { assistant = assistant })
  end
  function world.own_path(kind, key) return links.path(kind, key) end
  function world.say(path, answer, note)
    return world.visit("POST", path, { answer = answer, note = note })
  end
  function world.book(name, key) return world.usher.book(name):get(key) end
  return world
end

-- The flows that were started, as "confirmation/a".
local function letters_of(world)
  local list = {}
  for _, start in ipairs(world.usher.starts) do list[#list + 1] = start.name .. "/" .. start.key end
  return table.concat(list, " ")
end

local sonam <const> = { name = " Sonam  Wangmo ", mail = "sonam@b.example" }

local function send_sonam(world)
  return world.visit("POST", world.path("answer", "a") .. "/deputy", sonam)
end

function tests.a_button_writes_the_answer_down_and_leads_on()
  local world = loaded()
  local path = world.path("answer", "a")
  expect.equal(world.say(path, "yes", " I am\nlate ").redirect, path .. "/thanks")
  local said = world.book("answers", "a")
  expect.equal(("%s %s %s"):format(said.answer, said.who, said.note), "yes guest I am late")
  expect.equal(letters_of(world), "confirmation/a")
end

function tests.looking_at_the_page_changes_nothing()
  local world = loaded()
  expect.contains(world.visit("GET", world.path("answer", "a")).body, "Dasho Aum Dechen, will you come?")
  expect.equal(world.book("answers", "a"), nil)
end

function tests.the_one_before_is_remembered()
  local world = loaded()
  local path = world.path("answer", "a")
  for _, answer in ipairs { "yes", "no", "no", "yes" } do world.say(path, answer) end
  local before = world.book("answers", "a").before
  expect.equal(#before, 2)
  expect.equal(before[1].answer .. before[2].answer, "noyes")
end

function tests.no_more_than_twenty_are_remembered()
  local world = loaded()
  local path = world.path("answer", "a")
  for i = 1, 60 do world.say(path, i % 2 == 0 and "yes" or "no") end
  expect.equal(#world.book("answers", "a").before, 20)
end

function tests.a_no_is_confirmed_only_to_whoever_had_said_yes()
  local world = loaded()
  world.say(world.path("answer", "a"), "no")
  expect.equal(letters_of(world), "")
  world.say(world.path("answer", "b"), "yes")
  world.say(world.path("answer", "b"), "no")
  expect.equal(letters_of(world), "confirmation/b withdrawn/b")
end

function tests.pressing_a_button_forty_times_writes_ten_mails_of_a_kind()
  local world = loaded()
  for i = 1, 40 do world.say(world.path("answer", "b"), i % 2 == 0 and "no" or "yes") end
  expect.equal(#world.usher.starts, 20)
end

function tests.the_assistant_answers_by_a_link_of_their_own()
  local world = loaded()
  local path = world.path("answer", "a", true)
  expect.contains(world.visit("GET", path).body, "You answer for Dasho Aum Dechen")
  world.say(path, "yes")
  expect.equal(world.book("answers", "a").who, "assistant")
  expect.contains(world.visit("GET", world.path("answer", "a")).body, "by the assistant")
end

function tests.another_word_than_yes_or_no_is_asked_again()
  local world = loaded()
  local response = world.say(world.path("answer", "a"), "perhaps<b>")
  expect.equal(response.status, 400)
  expect.contains(response.body, "Please press one of the buttons.")
  expect.equal(world.book("answers", "a"), nil)
end

function tests.after_the_end_nothing_can_be_changed()
  local world = loaded(nil, "2021-02-25 16:30")
  local response = world.say(world.path("answer", "a"), "yes")
  expect.equal(response.status, 410)
  expect.contains(response.body, "The event is over")
  expect.equal(world.book("answers", "a"), nil)
end

function tests.the_office_is_named_with_what_it_typed_in()
  local world = loaded()
  local reply = world.usher.handlers.answer { person = "bob", answer = "no", who = "karma", note = "phoned" }
  expect.equal(reply.text, "Bob: no")
  expect.equal(world.book("answers", "b").who, "office:karma")
  reply = world.usher.handlers.answer { person = "b", answer = "coming", who = "karma" }
  expect.equal(reply.text, "Bob: yes (it was no)")
  expect.contains(world.visit("GET", world.path("answer", "b")).body, "noted by the organisers")
end

function tests.a_tentative_calendar_leaves_the_question_open()
  local world = loaded([[
    mail "nudge" { to = not_answered, at = "2 days before, 10:00", subject = "S", text = "T" }
    mail "joining" { to = coming, at = "1 day before, 10:00", subject = "S", text = "T" }]])
  require("usher.answers").answer { person = "a", answer = "tentative", who = "calendar" }
  require("usher.answers").answer { person = "b", answer = "yes", who = "calendar" }
  world.run(at "2021-02-10 09:00")
  local got = {}
  for _, mail in ipairs(world.usher.mails) do
    if mail[1] == "mail" then got[#got + 1] = mail.flow .. "/" .. mail.as end
  end
  expect.equal(table.concat(got, " "), "confirmation/b nudge/a joining/b")
end

-- ---- deputies -----------------------------------------------------------------------------------------

function tests.a_deputy_gets_the_place_and_a_link_of_their_own()
  local world = loaded()
  local guests_own = world.path("answer", "a")
  expect.equal(send_sonam(world).redirect, guests_own .. "/thanks")
  local person = require("usher.roster").person("a")
  expect.equal(person.name .. " " .. person.mail, "Sonam Wangmo sonam@b.example")
  expect.equal(person.salutation or person.assistant or person.phone, nil)
  expect.equal(world.book("answers", "a").answer, "yes")
  assert(world.path("answer", "a") ~= guests_own)
  expect.equal(letters_of(world), "deputy-sent/a deputy/a deputy-news/office")
end

function tests.mails_go_to_the_deputy_from_then_on_and_copies_to_nobody()
  local world = loaded('mail "joining" { to = coming, at = "1 day before, 10:00", subject = "S",'
    .. ' text = "Dear {full_name} {join_link}" }')
  send_sonam(world)
  world.run(at "2021-02-10 09:00")
  local last = world.usher.mails[#world.usher.mails]
  expect.equal(last.flow .. " " .. last.to, 'joining "Sonam Wangmo" <sonam@b.example>')
  expect.contains(last.text, world.path("join", "a"))
end

function tests.both_calendars_are_told()
  local world = loaded()
  send_sonam(world)
  world.run(at "2021-02-10 09:00")
  local told = {}
  for _, mail in ipairs(world.usher.mails) do
    local entry = mail.attach and mail.attach[1]
    if entry then told[#told + 1] = ("%s %s %s"):format(mail.to:match("<(.-)>"), entry.params.method,
      entry.data:match("SEQUENCE:(%d+)")) end
  end
  expect.equal(table.concat(told, ", "), "a@b.example CANCEL 1, sonam@b.example REQUEST 2")
end

function tests.the_feed_is_the_deputys_from_then_on()
  local world = loaded()
  local function entries(path)
    local _, n = world.visit("GET", path .. "/calendar.ics").body:gsub("BEGIN:VEVENT", "")
    return n
  end
  local own = world.path("calendar", "a")
  expect.equal(entries(own), 1)
  send_sonam(world)
  local deputys = world.path("calendar", "a")
  expect.equal(entries(own) .. entries(deputys), "01")
  world.say(world.own_path("answer", "a"), "yes")
  expect.equal(entries(own) .. entries(deputys), "10")
end

function tests.the_guests_old_link_says_who_comes_and_takes_it_back()
  local world = loaded()
  local own, join = world.path("answer", "a"), world.path("join", "a")
  send_sonam(world)
  expect.contains(world.visit("GET", own).body, "Sonam Wangmo comes in your place.")
  expect.contains(world.visit("GET", join).body, "Sonam Wangmo comes in your place, so the link")
  local deputys = world.path("answer", "a")
  world.say(own, "yes")
  expect.equal(require("usher.roster").person("a").name, "Aum Dechen")
  expect.contains(world.visit("GET", deputys).body, "You are no longer expected")
  expect.equal(world.path("answer", "a"), own)
  expect.contains(letters_of(world), "deputy-ended/a deputy-news/office/2 confirmation/a")
end

function tests.a_deputy_who_cannot_come_gives_the_place_back_to_the_guest()
  local world = loaded()
  local own = world.path("answer", "a")
  send_sonam(world)
  local deputys = world.path("answer", "a")
  world.say(deputys, "no")
  expect.equal(world.book("answers", "a").answer .. world.book("answers", "a").who, "nodeputy")
  expect.contains(letters_of(world), "withdrawn/a deputy-declined/a deputy-news/office/2")
  expect.contains(world.visit("GET", deputys).body, "You told us that you can&#39;t come in the place of")
  expect.contains(world.visit("GET", own).body, "Somebody else comes")
  expect.equal(world.say(deputys, "yes").redirect, nil)
  expect.equal(world.book("answers", "a").answer, "no")
end

function tests.nobody_comes_when_the_guest_says_so()
  local world = loaded()
  local own = world.path("answer", "a")
  send_sonam(world)
  world.say(own, "no")
  expect.equal(world.book("answers", "a").answer, "no")
  expect.contains(letters_of(world), "deputy-ended/a deputy-news/office/2")
  expect.lacks(letters_of(world), "deputy-declined")
end

function tests.a_deputy_can_not_send_a_deputy()
  local world = loaded()
  send_sonam(world)
  local deputys = world.path("answer", "a")
  expect.equal(world.visit("GET", deputys .. "/deputy").redirect, deputys)
  local given = { name = "C", mail = "c@b.example" }
  expect.equal(world.visit("POST", deputys .. "/deputy", given).redirect, deputys)
  expect.equal(require("usher.roster").person("a").name, "Sonam Wangmo")
end

function tests.another_deputy_ends_the_first()
  local world = loaded()
  local own = world.path("answer", "a")
  send_sonam(world)
  local first = world.path("join", "a")
  world.visit("POST", own .. "/deputy", { name = "Pema", salutation = "Ms.", mail = "pema@b.example" })
  expect.equal(world.usher.handlers.who()[1].name, "Ms. Pema for Dasho Aum Dechen")
  expect.contains(world.visit("GET", first).body, "You are no longer expected")
  local list = world.book("deputies", "a").list
  expect.equal(list[1].name .. " " .. list[2].name .. " " .. list[2].ended_by, "Pema Sonam Wangmo guest")
end

function tests.what_is_typed_in_for_a_deputy_is_checked()
  local world = loaded()
  local path = world.path("answer", "a") .. "/deputy"
  local long = ("n"):rep(181)
  for _, try in ipairs {
    { { name = " ", mail = "c@b.example" }, "write the name" },
    { { name = long, mail = "c@b.example" }, "write the name" },
    { { name = "C", mail = "nobody" }, "not a mail address" },
    { { name = "C", mail = "c@b.example, d@b.example" }, "not a mail address" },
    { { name = "C", mail = "c@b.example\nBcc: x@b.example" }, "not a mail address" },
    { { name = "C", mail = "c\u{200B}@b.example" }, "not a mail address" },
    { { name = "C", mail = "A@b.example" }, "take this address" },
    { { name = "C", mail = "B@B.example" }, "take this address" },
    { { name = "C", mail = "c@b.example", salutation = long }, "shorter form of address" },
    { {}, "write the name" },
  } do
    local response = world.visit("POST", path, try[1])
    expect.equal(response.status, 422)
    expect.contains(response.body, try[2])
  end
  expect.equal(#world.usher.starts, 0)
end

function tests.deputies_have_an_end_for_whoever_holds_a_link_but_not_for_the_office()
  local world = loaded()
  local path = world.path("answer", "a") .. "/deputy"
  for i = 1, 5 do
    local mail = ("d%d@b.example"):format(i)
    expect.equal(world.visit("POST", path, { name = "D", mail = mail }).status, nil)
  end
  expect.contains(world.visit("POST", path, { name = "D", mail = "d6@b.example" }).body, "Please write to us")
  local reply = world.usher.handlers.deputy { person = "a", name = "D", mail = "d7@b.example", who = "karma" }
  expect.equal(reply.text, "D for Dasho Aum Dechen: comes")
end

function tests.tries_have_an_end_too()
  local world = loaded()
  local path = world.path("answer", "a") .. "/deputy"
  for _ = 1, 20 do world.visit("POST", path, { name = "D", mail = "b@b.example" }) end
  expect.contains(world.visit("POST", path, { name = "D", mail = "d@b.example" }).body, "Please write to us")
end

function tests.the_office_sends_a_deputy_and_takes_them_back()
  local world = loaded()
  local deputy = world.usher.handlers.deputy
  expect.equal(deputy { person = "dechen", name = "Pema", mail = "pema@b.example", who = "karma" }.name,
    "Pema for Dasho Aum Dechen")
  expect.equal(letters_of(world), "deputy-sent/a deputy/a") -- it need not be told what it did
  expect.equal(world.usher.handlers.answer { person = "Pema", answer = "yes", who = "karma" }.key, "a")
  expect.equal(deputy { person = "Aum Dechen", who = "karma" }.text, "Dasho Aum Dechen: comes")
  local fine, why = pcall(deputy, { person = "a", who = "karma" })
  expect.equal(fine, false)
  expect.contains(why, "nobody comes in the place of Dasho Aum Dechen")
  fine, why = pcall(deputy, { person = "office", name = "X", mail = "x@b.example" })
  expect.equal(fine, false)
  expect.contains(why, "Desk is not a guest")
end

function tests.who_shows_the_deputy_and_for_whom()
  local world = loaded()
  send_sonam(world)
  local list = world.usher.handlers.who()
  expect.equal(list[1].name, "Sonam Wangmo for Dasho Aum Dechen")
  expect.equal(list[1].stands_in_for, "Dasho Aum Dechen")
  expect.contains(require("usher.tally").text("en", tostring), "- Sonam Wangmo for Dasho Aum Dechen")
end

-- ---- links --------------------------------------------------------------------------------------------

function tests.a_link_of_another_kind_opens_nothing()
  local world = loaded()
  local token = world.path("join", "a"):match("[^/]+$")
  expect.equal(world.visit("GET", "/a/" .. token), nil)
  expect.equal(world.visit("POST", "/a/" .. token, { answer = "yes" }), nil)
  expect.equal(world.visit("GET", "/a/nonsense"), nil)
end

function tests.whoever_is_on_no_list_any_more_is_told()
  local world = loaded()
  expect.equal(world.visit("GET", world.own_path("answer", "gone")).status, 410)
end

function tests.the_thank_you_without_an_answer_is_the_page_itself()
  local world = loaded()
  local path = world.path("answer", "a")
  expect.equal(world.visit("GET", path .. "/thanks").redirect, path)
end

return tests
