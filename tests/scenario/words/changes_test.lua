-- SPDX-License-Identifier: MIT
-- What differs between two lists of mails, in words.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function report(old, new, about)
  _G.usher = stub.new().usher
  about = about or {}
  about.zone = about.zone or "Asia/Thimphu"
  return require("usher.changes").report(old, new, about)
end

local function mail(rule, wall, person, more)
  local one = { rule = rule, person = person, label = person:upper(), hash = "text",
    at = stub.time.at(wall, "Asia/Thimphu").utc }
  for name, value in pairs(more or {}) do one[name] = value end
  return one
end

-- One mail of a rule to each of so many people.
local function mails(rule, wall, n, more)
  local list = {}
  for i = 1, n do list[i] = mail(rule, wall, "p" .. i, more) end
  return list
end

local function differs(counts, new, gone, moved, text, same)
  expect.equal(("%d new, %d gone, %d moved, %d text, %d same"):format(counts.new, counts.gone, counts.moved,
    counts.text, counts.same), ("%d new, %d gone, %d moved, %d text, %d same"):format(new, gone, moved, text,
    same))
end

function tests.two_lists_that_are_the_same_say_that_nothing_changes()
  local text, html, counts = report(mails("invitation", "2021-02-11 09:00", 3),
    mails("invitation", "2021-02-11 09:00", 3))
  expect.equal(text, "What changes: nothing; 3 as before.\n")
  expect.lacks(html, "<table")
  expect.equal(counts.differ, false)
end

function tests.two_empty_lists_are_the_same()
  expect.equal((report({}, {})), "What changes: nothing; 0 as before.\n")
end

function tests.mails_that_move_together_are_one_line_with_both_times()
  local text, _, counts = report(mails("starting", "2021-02-25 13:30", 12),
    mails("starting", "2021-02-26 13:30", 12))
  expect.contains(text, "What changes: 12 mails at another time; 0 as before.")
  expect.contains(text, " starting\n   at another time: Thu 25 Feb 13:30 \u{2192} Fri 26 Feb 13:30 "
    .. "Thimphu (UTC+6) \u{00B7} 12 people\n")
  differs(counts, 0, 0, 12, 0, 0)
end

function tests.the_year_is_told_when_it_changes()
  local text = report({ mail("party", "2021-12-31 10:00", "a") }, { mail("party", "2022-01-03 10:00", "a") })
  expect.contains(text, "Fri 31 Dec 2021 10:00 \u{2192} Mon 03 Jan 2022 10:00")
end

function tests.a_reader_with_another_clock_has_their_time_as_well()
  local text = report({}, { mail("starting", "2021-02-25 13:30", "a", { zone = "Asia/Seoul" }) })
  expect.contains(text, "new: Thu 25 Feb 13:30 Thimphu (UTC+6) = Thu 25 Feb 16:30 Seoul (UTC+9) \u{00B7} A")
end

function tests.what_is_gone_and_new_is_told_by_rule_in_order_of_time()
  local text, _, counts = report(
    { mail("thanks", "2021-02-26 10:00", "a"), mail("nudge", "2021-02-20 10:00", "a") },
    { mail("thanks", "2021-02-26 10:00", "a"), mail("hello", "2021-02-21 10:00", "a") })
  expect.contains(text, "1 mail new, 1 gone; 1 as before")
  expect.equal(text:find(" nudge\n   gone: Sat 20 Feb 10:00", 1, true)
    < text:find(" hello\n   new: Sun 21 Feb 10:00", 1, true), true)
  differs(counts, 1, 1, 0, 0, 1)
end

function tests.another_text_is_told_by_its_hash()
  local text, _, counts = report({ mail("hello", "2021-02-21 10:00", "a") },
    { mail("hello", "2021-02-21 10:00", "a", { hash = "other" }) })
  expect.contains(text, "another text: Sun 21 Feb 10:00 Thimphu (UTC+6) \u{00B7} A")
  differs(counts, 0, 0, 0, 1, 0)
end

function tests.a_text_that_nobody_looked_at_is_not_another_one()
  local old = mail("hello", "2021-02-21 10:00", "a")
  old.hash = nil
  local _, _, counts = report({ old }, { mail("hello", "2021-02-21 10:00", "a") })
  differs(counts, 0, 0, 0, 0, 1)
end

function tests.a_mail_that_moves_and_reads_differently_says_both()
  local text, _, counts = report({ mail("hello", "2021-02-21 10:00", "a") },
    { mail("hello", "2021-02-22 10:00", "a", { hash = "other" }) })
  expect.contains(text, "at another time, with another text: Sun 21 Feb 10:00 \u{2192} Mon 22 Feb 10:00")
  differs(counts, 0, 0, 1, 1, 0)
end

function tests.of_several_mails_of_a_rule_to_one_person_those_that_stay_stay()
  local old = { mail("nudge", "2021-02-20 10:00", "a"), mail("nudge", "2021-02-22 10:00", "a") }
  local new = { mail("nudge", "2021-02-22 10:00", "a"), mail("nudge", "2021-02-23 10:00", "a") }
  local text, _, counts = report(old, new)
  expect.contains(text, "at another time: Sat 20 Feb 10:00 \u{2192} Tue 23 Feb 10:00")
  differs(counts, 0, 0, 1, 0, 1)
end

function tests.cues_of_two_items_are_not_the_same()
  local _, _, counts = report({ mail("cue", "2021-02-25 14:00", "a", { item = "Opening" }) },
    { mail("cue", "2021-02-25 14:00", "a", { item = "Remarks" }) })
  differs(counts, 1, 1, 0, 0, 0)
end

function tests.three_people_have_names_and_more_are_a_number_unless_all_are_wanted()
  expect.contains((report({}, mails("hello", "2021-02-21 10:00", 3))), "\u{00B7} P1, P2, P3")
  expect.contains((report({}, mails("hello", "2021-02-21 10:00", 4))), "\u{00B7} 4 people")
  expect.contains((report({}, mails("hello", "2021-02-21 10:00", 4), { everybody = true })), "P3, P4")
end

function tests.a_request_is_called_one()
  local text = report({}, { mail("room", "2021-02-21 10:00", "a", { kind = "http" }) },
    { since = "Since the saved rehearsal" })
  expect.contains(text, "Since the saved rehearsal: 1 thing new")
  expect.contains(text, " request room")
end

function tests.names_stay_text_on_the_page()
  local _, html = report({}, { mail("hello", "2021-02-21 10:00", "a", { label = "<b>Bob</b>" }) })
  expect.contains(html, "&lt;b&gt;Bob&lt;/b&gt;")
  expect.lacks(html, "<b>")
end

return tests
