-- SPDX-License-Identifier: MIT
-- The word before the first mail of a rule: who needs it, what it is bound to, what it does.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local event = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>", where = "Hall", %s }
people { { key = "doim", name = "DoIM", role = "organiser", mail = "doim@b.example" },
  { key = "apcict", name = "APCICT", role = "organiser", mail = "apcict@b.example" },
  { key = "host", name = "Karma Tshering", role = "host", mail = "host@b.example" } }
guests { { key = "a", name = "Aum", mail = "a@b.example" },
  { key = "b", name = "Bobby Longname", salutation = "Dasho", mail = "b@b.example" },
  { key = "c", name = "Dechen", mail = "c@b.example", language = "Dzongkha" } }
]]
local named <const> = 'approver = { "doim", "apcict" }'

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function rule(name, phrase, more)
  return ('mail "%s" { to = invited, at = "%s", subject = "S", text = "Dear {name}", %s }\n'):format(name,
    phrase, more or "")
end

local function loaded(rules, approver, now)
  local world = stub.load(event:format(approver or named) .. (rules or rule("x", "1 day before, 09:00")))
  world.now = at(now or "2021-02-01 09:00")
  return world
end

local function mails_of(world, name)
  local list = {}
  for _, mail in ipairs(world.usher.mails) do
    if mail.flow == name then list[#list + 1] = mail end
  end
  return list
end

local function result_of(world, name, key)
  for _, one in ipairs(world.usher.results) do
    if one.name == name and one.key == key then return one.result end
  end
end

local function call(world, handler, with) return world.usher.handlers[handler](with) end

local function refusal(world, handler, with)
  local fine, why = pcall(world.usher.handlers[handler], with)
  expect.equal(fine, false)
  return why
end

local function state(world, name)
  return call(world, "outbox", { rule = name }).sentence
end

-- ---- what waits -----------------------------------------------------------------------------------------

function tests.without_an_approver_nothing_waits()
  local world = loaded(nil, "")
  world.run(world.now)
  expect.equal(#mails_of(world, "x"), 3)
  expect.equal(world.usher.mails[1].approval, nil)
  expect.equal(#mails_of(world, "please approve"), 0)
  expect.equal(state(world, "x"), "needs no approval")
end

function tests.the_first_mail_waits_for_one_of_those_who_are_named()
  local world = loaded()
  world.run(world.now, at "2021-02-24 10:00")
  expect.equal(#mails_of(world, "x"), 0)
  call(world, "approve", { rules = { "x" }, who = "apcict" })
  world.go()
  local mails = mails_of(world, "x")
  expect.equal(#mails, 3)
  expect.equal(mails[1].at, at "2021-02-24 10:00")
  expect.equal(mails[1].approval.why, "waits for the word of DoIM or APCICT: usher approve test x")
  local act = world.usher.trail[1]
  expect.equal(("%s %s %s"):format(act.what, act.note, act.who), "approved x APCICT")
end

function tests.in_advance_it_leaves_in_time_and_nobody_is_asked()
  local world = loaded()
  call(world, "approve", { rules = { "x" }, who = "doim" })
  world.run(world.now)
  expect.equal(mails_of(world, "x")[1].at, at "2021-02-24 09:00")
  expect.equal(#mails_of(world, "please approve"), 0)
end

function tests.a_copy_for_an_assistant_waits_as_the_mail_does()
  local with_assistant = event:gsub('"a@b.example"', '"a@b.example", assistant = "pa@b.example"')
  local world = stub.load(with_assistant:format(named) .. rule("x", "1 day before, 09:00"))
  world.now = at "2021-02-01 09:00"
  call(world, "approve", { all = true, who = "doim" })
  world.run(world.now)
  local mails = mails_of(world, "x")
  expect.equal(mails[2].to, "pa@b.example")
  expect.equal(mails[2].approval.hash, mails[1].approval.hash)
end

function tests.approved_too_late_is_not_sent()
  local world = loaded()
  world.run(world.now)
  expect.equal(#mails_of(world, "x"), 0)
  expect.contains(result_of(world, "x", "a").skipped, "was held until it was too late: waits for the word of")
end

function tests.a_rule_may_need_none()
  local world = loaded(rule("x", "1 day before, 09:00", "approve = false"))
  world.run(world.now)
  expect.equal(#mails_of(world, "x"), 3)
end

function tests.a_mail_that_somebodys_act_causes_counts_as_approved()
  local world = loaded('mail "confirmation" { text = "Good, {name}" }')
  world.visit("POST", "/a/answer.a", { answer = "yes" })
  world.run(world.now)
  expect.equal(#mails_of(world, "confirmation"), 1)
  expect.contains(state(world, "confirmation"), "counts as approved")
end

function tests.unless_the_script_wants_its_text_read_too()
  local world = loaded('mail "confirmation" { text = "Good, {name}", approve = true }')
  world.visit("POST", "/a/answer.a", { answer = "yes" })
  world.run(world.now, at "2021-02-02 09:00")
  expect.equal(#mails_of(world, "confirmation"), 0)
  expect.equal(#mails_of(world, "please approve"), 2) -- at once, since nobody knows when somebody answers
  call(world, "approve", { rules = { "confirmation" }, who = "doim" })
  world.go()
  expect.equal(#mails_of(world, "confirmation"), 1)
end

function tests.a_confirmation_tells_nothing_that_nobody_has_approved()
  local coming = 'mail "prepare" { to = coming, at = "3 days before, 10:00", subject = "S", text = "A cup" }'
  local world = loaded(coming, named, "2021-02-23 09:00")
  world.visit("POST", "/a/answer.a", { answer = "yes" })
  world.run(world.now, at "2021-02-23 10:00")
  expect.lacks(mails_of(world, "confirmation")[1].text, "cup")
  world = loaded(coming, named, "2021-02-23 09:00")
  call(world, "approve", { rules = { "prepare" }, who = "doim" })
  world.visit("POST", "/a/answer.a", { answer = "yes" })
  world.run(world.now, at "2021-02-23 10:00")
  expect.contains(mails_of(world, "confirmation")[1].text, "cup")
end

function tests.what_was_held_is_looked_at_again_when_it_may_leave()
  local world = loaded(rule("x", "3 days before, 09:00"))
  world.run(world.now, at "2021-02-22 10:00")
  expect.equal(#mails_of(world, "x"), 0)
  require("usher.suppression").add("b@b.example", "event", "asked for by mail")
  require("usher.answers").send_deputy("c", { name = "Tashi", mail = "t@b.example" }, "guest")
  call(world, "approve", { rules = { "x" }, who = "doim" })
  world.go(at "2021-02-23 10:00")
  local mails = mails_of(world, "x")
  expect.equal(#mails, 2)
  expect.equal(mails[1].to .. mails[2].to, '"Aum" <a@b.example>"Tashi" <t@b.example>')
  expect.contains(result_of(world, "x", "b").skipped, "wants no more mail about this event")
  expect.equal(table.concat(world.usher.recalls, ", "):find("x/a", 1, true), nil) -- nothing has changed there
end

function tests.of_several_that_were_held_only_the_latest_leaves()
  local world = loaded(rule("x", "3 days before, 09:00") .. rule("y", "2 days before, 09:00"))
  world.run(world.now, at "2021-02-23 10:00")
  call(world, "approve", { all = true, who = "doim" })
  world.go(at "2021-02-24 10:00")
  expect.equal(#mails_of(world, "x"), 0)
  expect.equal(#mails_of(world, "y"), 3)
  expect.contains(result_of(world, "x", "a").skipped, "'y' is due as well, and later")
end

-- ---- what it is bound to --------------------------------------------------------------------------------

local function hash_of(rules, approver, facts_line)
  local world = loaded((facts_line or "") .. rules, approver)
  return call(world, "outbox", { rule = "x" }).hash
end

function tests.what_readers_get_is_in_the_mark()
  local first = hash_of(rule("x", "1 day before, 09:00"))
  expect.equal(hash_of(rule("x", "1 day before, 09:00")), first)
  local before = 'mail "x" { at = "1 day before, 09:00", '
  for _, other in ipairs {
    before .. 'to = invited, subject = "T", text = "Dear {name}" }',
    before .. 'to = invited, subject = "S", text = "Dear {name}!" }',
    before .. 'to = invited, subject = "S", text = { en = "Dear {name}", dz = "Dear {name}" } }',
    before .. 'to = not_answered, subject = "S", text = "Dear {name}" }',
    before .. 'to = invited, subject = "S", text = "Dear {name}", attach = "calendar" }',
    before .. 'to = invited, subject = "S", text = "Dear {name}", from = "Else <e@b.example>" }',
    before .. 'to = invited, subject = "S", text = "Dear {name}", reply_to = "e@b.example" }',
  } do
    if hash_of(other) == first then error(other) end
  end
  for _, facts_of_event in ipairs { 'reply_to = "e@b.example", ', 'title = "Other", ', 'where = "B", ' } do
    local source = event:gsub('title = "Test", ', ""):gsub('where = "Hall", ', "")
    local other = facts_of_event .. (facts_of_event:find "title" and "" or 'title = "Test", ')
      .. (facts_of_event:find "where" and "" or 'where = "Hall", ')
    local world = stub.load(source:format(other .. named) .. rule("x", "1 day before, 09:00"))
    if call(world, "outbox", { rule = "x" }).hash == first then error(facts_of_event) end
  end
end

function tests.the_moment_and_the_people_are_not()
  local first = hash_of(rule("x", "1 day before, 09:00"))
  expect.equal(hash_of(rule("x", "2 days before, 10:00")), first)
  local fewer = event:gsub(',\n  { key = "c".-}', "")
  local world = stub.load(fewer:format(named) .. rule("x", "1 day before, 09:00"))
  expect.equal(#call(world, "outbox", { rule = "x" }).people, 2)
  expect.equal(call(world, "outbox", { rule = "x" }).hash, first)
end

function tests.a_file_with_another_content_asks_again()
  local function hash(content)
    local world = stub.load(event:format(named) .. rule("x", "1 day before, 09:00", 'attach = "slides.pdf"'),
      { ["slides.pdf"] = content })
    return call(world, "outbox", { rule = "x" }).hash
  end
  expect.equal(hash "one", hash "one")
  if hash "one" == hash "two" then error "the same" end
end

function tests.an_edit_asks_again_and_says_who_had_approved()
  local world = loaded()
  call(world, "approve", { rules = { "x" }, who = "doim" })
  local kept = world.usher.books
  world = loaded(rule("x", "1 day before, 09:00"):gsub("Dear", "Dearest"), named, "2021-02-02 09:00")
  world.usher.books.approvals = kept.approvals
  expect.contains(state(world, "x"), "changed since approval by DoIM, Mon 01 Feb 2021, 09:00 Thimphu")
  world.run(world.now, at "2021-02-24 10:00")
  expect.equal(#mails_of(world, "x"), 0)
  call(world, "approve", { rules = { "x" }, who = "apcict" })
  expect.contains(state(world, "x"), "approved by APCICT")
end

function tests.what_was_approved_before_needs_no_second_word()
  local world = loaded()
  call(world, "approve", { rules = { "x" }, who = "doim" })
  local books, other = world.usher.books, rule("x", "1 day before, 09:00"):gsub("Dear", "Dearest")
  world = loaded(other, named, "2021-02-02 09:00")
  world.usher.books.approvals = books.approvals
  call(world, "approve", { rules = { "x" }, who = "apcict" })
  local kept = world.usher.books.approvals
  world = loaded(nil, named, "2021-02-03 09:00")
  world.usher.books.approvals = kept
  expect.contains(state(world, "x"), "approved by DoIM, Mon 01 Feb 2021, 09:00 Thimphu")
  call(world, "disapprove", { rules = { "x" }, who = "doim" })
  expect.contains(state(world, "x"), "taken back by DoIM")
  world = loaded(other, named, "2021-02-04 09:00")
  world.usher.books.approvals = kept
  expect.contains(state(world, "x"), "taken back by DoIM")
end

function tests.an_approval_can_be_taken_back()
  local world = loaded()
  call(world, "approve", { rules = { "x" }, who = "doim" })
  expect.equal(call(world, "disapprove", { rules = { "x" }, who = "doim" }).text,
    "taken back by DoIM, waits again: x")
  expect.contains(state(world, "x"), "approval taken back by DoIM")
  world.run(world.now, at "2021-02-24 10:00")
  expect.equal(#mails_of(world, "x"), 0)
  expect.contains(refusal(world, "disapprove", { rules = { "x" }, who = "doim" }), "x is not approved")
end

-- ---- whose word it is -----------------------------------------------------------------------------------

function tests.whoever_has_no_say_is_refused()
  local world = loaded()
  expect.equal(refusal(world, "approve", { rules = { "x" }, who = "host" }),
    "Karma Tshering may not approve: that is for DoIM or APCICT")
  expect.contains(call(world, "approve", { rules = { "x" }, who = "karma" }).text, "approved by karma: x")
end

function tests.what_nobody_can_approve_is_said()
  local world = loaded(rule("x", "1 day before, 09:00", "approve = false"))
  expect.equal(refusal(world, "approve", { rules = { "x" }, who = "doim" }), "x needs no approval")
  expect.contains(refusal(world, "approve", { rules = { "xx" }, who = "doim" }), "no rule is called 'xx'")
  expect.equal(call(world, "approve", { all = true, who = "doim" }).text, "nothing waits for approval")
  world = loaded(nil, "")
  expect.contains(refusal(world, "approve", { rules = { "x" }, who = "doim" }), "the event names nobody")
end

function tests.all_or_nothing_of_several_is_approved()
  local world = loaded(rule("x", "1 day before, 09:00") .. rule("y", "2 days before, 09:00"))
  expect.contains(refusal(world, "approve", { rules = { "x", "z" }, who = "doim" }), "no rule is called 'z'")
  expect.contains(state(world, "x"), "waits for the word of DoIM or APCICT")
  expect.equal(call(world, "approve", { all = true, who = "doim" }).text, "approved by DoIM: x, y")
  expect.equal(call(world, "approve", { rules = { "x" }, who = "apcict" }).text, "approved already: x")
  expect.contains(state(world, "x"), "approved by DoIM")
end

function tests.what_a_script_says_wrong_is_refused()
  expect.refused(event:format 'approver = "dom"', nil,
    "nobody in people has the key 'dom' (did you mean 'doim'?)")
  expect.refused(event:format 'approver = "a"', nil, "Aum is a guest")
  expect.refused(event:format "" .. rule("x", "1 day before, 09:00", "approve = true"), nil, "test.lua:9:",
    'mail "x": approve = true asks nobody: say  approver = "key"  in event')
end

-- ---- asking ---------------------------------------------------------------------------------------------

function tests.those_who_are_named_are_asked_a_working_day_before_and_two_hours_before()
  local world = loaded()
  world.run(world.now)
  local asked = mails_of(world, "please approve")
  expect.equal(#asked, 4)
  expect.equal(asked[1].at, at "2021-02-23 09:00")
  expect.equal(asked[2].to, '"APCICT" <apcict@b.example>')
  expect.equal(asked[3].at, at "2021-02-24 07:00")
  expect.equal(asked[1].subject, "Please approve x: Test")
  for _, part in ipairs { "- **x** to everybody invited: Wed 24 Feb 2021, 09:00 Thimphu (UTC+6)",
    "<http://127.0.0.1:8080/e/test/outbox>", "`usher outbox test` and `usher approve test RULE`",
    "the word of DoIM or APCICT" } do
    expect.contains(asked[1].text, part)
  end
end

function tests.one_mail_names_everything_that_waits()
  local world = loaded(rule("x", "3 days before, 09:00") .. rule("y", "3 days before, 11:00")
    .. rule("z", "1 day before, 09:00"))
  world.run(world.now, at "2021-02-20 09:00")
  local asked = mails_of(world, "please approve")
  expect.equal(#asked, 2) -- one for each of the two
  expect.equal(asked[1].subject, "Please approve 3 mails: Test")
end

function tests.asked_at_once_when_a_working_day_before_is_past()
  local world = loaded(nil, named, "2021-02-24 08:00")
  world.run(world.now, at "2021-02-24 08:30")
  expect.equal(#mails_of(world, "please approve"), 2)
  expect.equal(mails_of(world, "please approve")[1].at, at "2021-02-24 08:00")
end

function tests.nobody_is_asked_about_what_would_come_too_late()
  local world = loaded(nil, named, "2021-02-25 17:00")
  world.run(world.now)
  expect.equal(#mails_of(world, "please approve"), 0)
end

function tests.in_a_rehearsal_the_first_of_them_approves_within_the_hour()
  local world = loaded(rule("x", "3 days before, 09:00") .. rule("y", "1 day before, 09:00"))
  world.pretend = true
  world.run(world.now)
  expect.equal(#mails_of(world, "please approve"), 2)
  expect.equal(#mails_of(world, "x") + #mails_of(world, "y"), 6)
  expect.contains(state(world, "y"), "approved by DoIM")
end

function tests.a_silent_one_lets_everything_be_held()
  local world = loaded()
  world.pretend, world.told.approver = true, "silent"
  world.run(world.now)
  expect.equal(#mails_of(world, "x"), 0)
  expect.contains(result_of(world, "x", "a").skipped, "was held until it was too late")
end

return tests
