-- SPDX-License-Identifier: MIT
-- The event moves: who is told, what goes out once more, and what the organisers are asked first.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local people = [[
people { { key = "office", name = "Desk", role = "organiser", mail = "desk@b.example" },
  { key = "speaker", name = "Min-jun", role = "speaker", mail = "min@c.example", zone = "Asia/Seoul" } }
guests { { key = "a", name = "Aum", mail = "a@b.example", assistant = "pa@b.example" },
  { key = "b", name = "Bob", mail = "b@b.example" } }
]]
local rules = [[
mail "invitation" { to = invited, at = "15 days before, 10:00", attach = "calendar", subject = "S",
  text = "T" }
mail "hello-speaker" { to = speakers, at = "15 days before, 10:00", subject = "S", text = "T" }
mail "please-answer" { to = not_answered, at = "5 days before, 10:00", subject = "S", text = "T" }
mail "joining" { to = coming, at = "3 days before, 10:00", subject = "S", text = "T" }
mail "later" { to = invited, at = "at the end", subject = "S", text = "T" }
]]

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function loaded(when, more)
  local event = 'event "test" { title = "Test", when = "%s Asia/Thimphu", from = "Desk <desk@b.example>" }'
  return stub.load(event:format(when) .. people .. rules .. (more or ""))
end

local function id(flow) return flow.name .. "|" .. flow.key end

-- The script now says `when`, and takes the place of the one that ran until that moment.
local function reloaded(before, when, answers, more)
  local world, over = loaded(when, more), before.over or {}
  for _, result in ipairs(before.usher.results) do over[id(result)] = true end
  for i = #world.usher.starts, 1, -1 do
    if over[id(world.usher.starts[i])] then table.remove(world.usher.starts, i) end
  end
  world.usher.books, world.now, world.over = before.usher.books, before.now, over
  world.said = world.usher.handlers.reloaded { version = 2, who = "karma", answers = answers }
  return world
end

-- "invitation a, new-time b": what has left since that moment.
local function sent(world, since)
  local list = {}
  for _, mail in ipairs(world.usher.mails) do
    if mail.at >= (since or 0) and mail.about.what ~= "copy" then
      list[#list + 1] = mail.about.rule .. " " .. mail.about.person
    end
  end
  return table.concat(list, ", ")
end

local function mail_to(world, rule, person)
  for _, mail in ipairs(world.usher.mails) do
    if mail.about.rule == rule and mail.about.person == person then return mail end
  end
end

local function answer(world, key, word) world.usher.handlers.answer { person = key, answer = word } end

-- Invited on the 10th of February; stands at the 15th.
local function invited()
  local world = loaded "Thu 25 Feb 2021 14:00-16:30"
  world.run(at "2021-02-01 09:00", at "2021-02-15 09:00")
  return world
end

function tests.an_hour_later_is_told_at_once_to_whoever_has_heard_of_the_date()
  local world = reloaded(invited(), "Thu 25 Feb 2021 15:00-17:30")
  expect.equal(world.said.asks, nil)
  world.run(world.now, world.now)
  expect.equal(sent(world), "new-time a, new-time b, new-time speaker")
  local mail = mail_to(world, "new-time", "a")
  for _, part in ipairs { "New: **Thu 25 Feb 2021, 15:00-17:30 Thimphu (UTC+6)**",
    "Before: Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)", "If anything changes" } do
    expect.contains(mail.text, part)
  end
  expect.equal(mail.unsure, "ask")
  expect.contains(mail.attach[1].data, "SEQUENCE:1\r\n")
  expect.contains(mail.attach[1].data, "DTSTART;TZID=Asia/Thimphu:20210225T150000\r\n")
end

function tests.whoever_reads_another_clock_reads_both()
  local world = reloaded(invited(), "Thu 25 Feb 2021 15:00-17:30")
  world.run(world.now, world.now)
  local mail = mail_to(world, "new-time", "speaker")
  local day = "Thu 25 Feb 2021, "
  expect.contains(mail.text, "New: **" .. day .. "18:00-20:30 Seoul (UTC+9), which is 15:00-17:30 Thimphu")
  expect.contains(mail.text, "Before: " .. day .. "17:00-19:30 Seoul (UTC+9), which is 14:00-16:30 Thimphu")
  expect.lacks(mail.text, "/a/")
  expect.equal(mail.attach, nil) -- no entry of ours is in that calendar
end

function tests.the_assistants_copy_has_the_assistants_link()
  local world = reloaded(invited(), "Thu 25 Feb 2021 15:00-17:30")
  world.run(world.now, world.now)
  for _, mail in ipairs(world.usher.mails) do
    if mail.about.what == "copy" then expect.contains(mail.text, "/a/answer-assistant.a>") end
  end
end

function tests.what_was_sent_is_not_sent_again_and_the_rest_moves()
  local world = reloaded(invited(), "Fri 26 Feb 2021 14:00-16:30")
  local told_at = world.now
  world.run(world.now)
  expect.equal(sent(world, told_at + 1), "please-answer a, please-answer b, later a, later b")
  expect.equal(mail_to(world, "please-answer", "a").at, at "2021-02-21 10:00")
end

function tests.who_has_declined_is_left_in_peace()
  local before = invited()
  answer(before, "a", "no")
  local world = reloaded(before, "Thu 25 Feb 2021 15:00-17:30")
  world.run(world.now, world.now)
  expect.equal(sent(world), "new-time b, new-time speaker")
end

function tests.before_anybody_has_heard_nothing_is_told()
  local before = loaded "Thu 25 Feb 2021 14:00-16:30"
  before.run(at "2021-02-01 09:00", at "2021-02-05 09:00")
  local world = reloaded(before, "Thu 11 Mar 2021 14:00-16:30")
  expect.equal(world.said, nil)
  world.run(world.now, at "2021-02-24 09:00")
  expect.equal(sent(world), "")
end

function tests.a_move_by_weeks_needs_an_answer()
  local world = reloaded(invited(), "Thu 11 Mar 2021 14:00-16:30")
  expect.equal(world.said.asks[1].n, 3)
  expect.contains(world.said.asks[1].text, "The event moves by 14 days after 3 people have heard of the date")
  expect.contains(world.said.asks[1].say, "--edition new")
end

function tests.a_new_edition_asks_again_and_reminds_again()
  local before = invited()
  answer(before, "a", "yes")
  before.run(before.now, at "2021-02-24 11:00")
  expect.equal(sent(before), "invitation a, invitation b, hello-speaker speaker, confirmation a, "
    .. "please-answer b, joining a")
  local world = reloaded(before, "Thu 11 Mar 2021 14:00-16:30", { edition = "new" })
  expect.equal(world.said.asks, nil)
  local told_at = world.now
  world.run(world.now, world.now)
  expect.contains(mail_to(world, "new-time", "a").text, "Please tell us here whether you will come")
  expect.equal(world.usher.book("answers"):get("a"), nil)
  answer(world, "a", "yes")
  world.run(world.now)
  expect.equal(sent(world, told_at + 1), "please-answer b, joining a, later a, later b")
  expect.equal(mail_to(world, "joining", "a").key, "a/@2")
end

function tests.a_unit_that_was_waiting_goes_out_once_in_the_new_edition()
  local world = reloaded(invited(), "Thu 11 Mar 2021 14:00-16:30", { edition = "new" })
  local told_at = world.now
  world.run(world.now)
  expect.equal(sent(world, told_at + 1), "invitation a, invitation b, hello-speaker speaker, "
    .. "please-answer a, please-answer b, later a, later b")
end

function tests.what_waits_moves_and_has_no_second_unit()
  local world = reloaded(invited(), "Thu 11 Mar 2021 14:00-16:30", { edition = "new" })
  world.run(world.now)
  expect.equal(mail_to(world, "please-answer", "a").key, "a")
  expect.equal(mail_to(world, "invitation", "a").key, "a/@2")
end

function tests.whoever_can_not_be_told_is_not_asked_about_again()
  local off = 'mail "new-time" { off = true }'
  local before = invited()
  before.usher.book("suppressed", { shared = true }):set("b@b.example", { bounce = { at = 0, why = "gone" } })
  local first = reloaded(before, "Thu 11 Mar 2021 14:00-16:30", { edition = "same" })
  first.run(first.now, first.now)
  expect.equal(sent(first), "new-time a, new-time speaker")
  expect.equal(reloaded(first, "Thu 11 Mar 2021 14:00-16:30").said, nil)
  first = reloaded(invited(), "Thu 11 Mar 2021 14:00-16:30", { edition = "same" }, off)
  first.run(first.now, first.now)
  expect.equal(reloaded(first, "Thu 11 Mar 2021 14:00-16:30", nil, off).said, nil)
end

function tests.the_same_edition_only_tells_and_keeps_answers()
  local before = invited()
  answer(before, "a", "yes")
  local world = reloaded(before, "Thu 11 Mar 2021 14:00-16:30", { edition = "same" })
  world.run(world.now)
  expect.equal(world.usher.book("answers"):get("a").answer, "yes")
  expect.equal(sent(world), "new-time a, new-time b, new-time speaker, please-answer b, joining a, later a, "
    .. "later b")
end

function tests.a_word_that_is_no_edition_is_refused()
  local fine, problem = pcall(reloaded, invited(), "Thu 11 Mar 2021 14:00-16:30", { edition = "old" })
  expect.equal(fine, false)
  expect.contains(problem, "--edition is new or same, not 'old'")
end

function tests.moved_into_the_past_or_when_it_is_over_nobody_is_told()
  local world = reloaded(invited(), "Thu 11 Feb 2021 14:00-16:30")
  expect.contains(world.said.notes[1], "and that is in the past: nobody is told")
  local before = loaded "Thu 25 Feb 2021 14:00-16:30"
  before.run(at "2021-02-01 09:00", at "2021-02-26 09:00")
  world = reloaded(before, "Thu 11 Mar 2021 14:00-16:30")
  expect.contains(world.said.notes[1], "and it has taken place: nobody is told")
  world.run(world.now, world.now)
  expect.lacks(sent(world), "new-time")
end

function tests.moved_back_before_anybody_was_told_means_nothing()
  local world = reloaded(reloaded(invited(), "Thu 25 Feb 2021 15:00-17:30"), "Thu 25 Feb 2021 14:00-16:30")
  world.run(world.now, world.now)
  expect.lacks(sent(world), "new-time")
end

function tests.two_moves_are_two_mails_when_there_was_time_between()
  local first = reloaded(invited(), "Thu 25 Feb 2021 15:00-17:30")
  first.run(first.now, at "2021-02-16 09:00")
  local world = reloaded(first, "Thu 25 Feb 2021 16:00-18:30")
  world.run(world.now, world.now)
  expect.contains(mail_to(world, "new-time", "a").text, "Before: Thu 25 Feb 2021, 15:00-17:30")
  expect.contains(mail_to(world, "new-time", "a").attach[1].data, "SEQUENCE:2\r\n")
end

function tests.a_script_says_its_own_words_or_none()
  local own = 'mail "new-time" { subject = "Moved", text = "{before} is now {when_both}" }'
  local world = reloaded(invited(), "Thu 25 Feb 2021 15:00-17:30", nil, own)
  world.run(world.now, world.now)
  expect.equal(mail_to(world, "new-time", "b").subject, "Moved")
  world = reloaded(invited(), "Thu 25 Feb 2021 15:00-17:30", nil, 'mail "new-time" { off = true }')
  world.run(world.now, world.now)
  expect.equal(sent(world), "")
end

return tests
