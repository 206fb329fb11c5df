-- SPDX-License-Identifier: MIT
-- Refusals: the sentence, the nearest word, the line of the script.
local check = require "usher.check"
local expect = require "expect"

local tests = {}

function tests.nearest_finds_a_swapped_pair()
  expect.equal(check.nearest("zoen", { "zone", "at" }), "zone")
end

function tests.nearest_is_nil_for_another_word()
  expect.equal(check.nearest("colour", { "zone", "at" }), nil)
end

function tests.an_unknown_option_is_told_at_the_line_of_the_script()
  expect.refused(expect.event .. 'guests { { name = "A", mail = "a@b.example" } }\n'
    .. 'mail "x" { to = invited, at = "1 day before", subjct = "S", text = "T" }', nil,
    "test.lua:3:", "no option 'subjct' (did you mean 'subject'?)")
end

function tests.a_missing_option_says_what_to_add()
  expect.refused('event "x" { title = "T" }', nil, "test.lua:1:", 'event "x": say  when = "Thu 25 Feb 2021')
end

function tests.a_wrong_weekday_is_refused()
  expect.refused('event "x" { title = "T", when = "Fri 25 Feb 2021 14:00-16:30 Asia/Thimphu" }', nil,
    "25 Feb 2021 is a Thu, not a Fri")
end

function tests.an_unknown_zone_names_the_nearest()
  expect.refused('event "x" { title = "T", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimpu" }', nil,
    "test.lua:1:", "Asia/Thimphu")
end

function tests.a_word_before_the_event_says_what_comes_first()
  expect.refused('guests { { name = "A" } }', nil, "say what the event is first")
end

function tests.an_unknown_group_of_an_audience_names_the_nearest()
  expect.refused(expect.event .. 'guests { { name = "A", mail = "a@b.example", group = "Secretaries" } }\n'
    .. 'mail "x" { to = invited.Secretary, at = "1 day before", subject = "S", text = "T" }', nil,
    "test.lua:3:", "invited.Secretary", "Secretaries")
end

function tests.an_unknown_word_for_late_lists_the_known()
  expect.refused(expect.event .. 'mail "x" { to = invited, at = "1 day before", late = "until strat", '
    .. 'subject = "S", text = "T" }', nil, 'late = "until strat"', "until start")
end

function tests.two_rules_of_one_name_are_refused()
  local rule = 'mail "x" { to = invited, at = "1 day before", subject = "S", text = "T" }\n'
  expect.refused(expect.event .. rule .. rule, nil, "test.lua:3:", "already")
end

function tests.an_unknown_placeholder_is_refused_at_its_rule()
  expect.refused(expect.event .. 'guests { { name = "A", mail = "a@b.example" } }\n'
    .. 'mail "x" { to = invited, at = "1 day before", subject = "S", text = "Dear\\n{nmae}" }', nil,
    "test.lua:3:", "text line 2", "{nmae}", "did you mean 'name'?")
end

function tests.an_empty_placeholder_names_the_person()
  expect.refused(expect.event .. 'guests { { name = "Karma", mail = "a@b.example" } }\n'
    .. 'mail "x" { to = invited, at = "1 day before", subject = "S", text = "Dear {salutation}" }', nil,
    "{salutation} is empty for Karma")
end

function tests.a_bad_phrase_is_refused_at_its_rule()
  expect.refused(expect.event .. 'guests { { name = "A", mail = "a@b.example" } }\n'
    .. 'mail "x" { to = invited, at = "3 days befor", subject = "S", text = "T" }', nil,
    "test.lua:3:", "expected before or after")
end

function tests.except_of_an_unknown_rule_names_the_nearest()
  expect.refused(expect.event .. 'use("briefing", { except = { "invitaton" } })', nil,
    'it has no rule "invitaton"', "invitation")
end

function tests.facts_below_a_rule_are_refused()
  expect.refused(expect.event .. 'mail "x" { to = invited, at = "1 day before", subject = "S", text = "T" }\n'
    .. 'guests { { name = "A", mail = "a@b.example" } }', nil,
    "test.lua:3:", 'above the first rule, mail "x"')
end

function tests.a_missing_file_is_told_at_its_word()
  expect.refused(expect.event .. 'guests "nobody.csv"', {}, "test.lua:2:", "nobody.csv")
end

return tests
