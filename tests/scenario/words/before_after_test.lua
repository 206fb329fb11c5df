-- SPDX-License-Identifier: MIT
-- The same ratings before and after: what may be compared, with whom, and what is not shown.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local guests = {}
for i = 1, 12 do
  guests[i] = ('{ key = "g%d", name = "G%d", mail = "g%d@b.example", group = "A" }'):format(i, i, i)
end

local head = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", from = "a@b.example" }
guests { ]] .. table.concat(guests, ", ") .. [[ }
objectives { "Know it", "Use it" }
]]

local both = [[
survey "before" { to = invited, %s opens = "5 days before, 10:00", closes = "at the start",
  ask = { objectives } }
survey "feedback" { to = invited, %s ask = { objectives, rating "How useful?" { "not", "very" } } }
compare { "before", "feedback" }
]]

local function named(name) return require("usher.facts").survey_named[name] end

local function answer(name, from, to, answers)
  for i = from, to do
    require("usher.survey_answers").put(named(name), { key = "g" .. i, name = "G" .. i }, answers)
  end
end

local function compared()
  return require("usher.before_after").after("feedback")[1]
end

local function loaded(before, after)
  local world = stub.load(head .. both:format(before or "", after or ""))
  world.now = at "2021-03-10 09:00"
  return world
end

-- ---- with whom ---------------------------------------------------------------------------------------

function tests.with_names_it_is_about_whoever_answered_both_times()
  loaded()
  answer("before", 1, 8, { ["objective 1"] = "2", ["objective 2"] = "3" })
  answer("before", 9, 12, { ["objective 1"] = "5", ["objective 2"] = "5" })
  answer("feedback", 1, 8, { ["objective 1"] = "4", ["objective 2"] = "3", ["How useful?"] = "5" })
  local data = compared()
  expect.equal(data.paired, true)
  expect.equal(data.n_before, 8)
  expect.equal(#data, 2)
  expect.equal(data[1].before.mean, 2.0)
  expect.equal(data[1].shift, 2.0)
  expect.equal(data[2].shift, 0.0)
  expect.contains(require("usher.before_after").how(data), "the same 8 people")
end

function tests.whoever_left_a_question_out_is_no_pair_in_it()
  loaded()
  answer("before", 1, 6, { ["objective 1"] = "2" })
  answer("before", 7, 7, { ["objective 2"] = "1" })
  answer("feedback", 1, 5, { ["objective 1"] = "4" })
  answer("feedback", 6, 7, { ["objective 2"] = "4" })
  local data = compared()
  expect.equal(data[1].after.n, 5)
  expect.equal(data[1].before.n, 5)
  expect.equal(data[1].shift, 2.0)
  expect.equal(data[2].shift, nil)
  expect.equal(data[2].after.mean, nil)
end

function tests.fewer_than_five_pairs_are_not_shown()
  loaded()
  answer("before", 1, 12, { ["objective 1"] = "2" })
  answer("feedback", 1, 4, { ["objective 1"] = "4" })
  local data = compared()
  expect.equal(#data, 0)
  expect.contains(data.hidden_why, "4 have answered both times so far; fewer than 5")
end

function tests.where_one_side_is_anonymous_it_is_about_all()
  loaded("", "anonymous = true,")
  answer("before", 1, 12, { ["objective 1"] = "2" })
  answer("feedback", 1, 6, { ["objective 1"] = "4" })
  local data = compared()
  expect.equal(data.paired, false)
  expect.equal(data.n_before, 12)
  expect.equal(data.n_after, 6)
  expect.equal(data[1].shift, 2.0)
  expect.contains(require("usher.before_after").how(data), "Unpaired")
end

function tests.of_anonymous_answers_no_more_is_told_than_the_results_let_go()
  local world = loaded("anonymous = true,", "anonymous = true,")
  answer("before", 1, 12, { ["objective 1"] = "2" })
  answer("feedback", 1, 9, { ["objective 1"] = "4" })
  world.now = at "2021-02-26 09:00" -- the second one is still open: of nine answers nothing is shown
  expect.equal(#compared(), 0)
  expect.contains(compared().hidden_why, "0 of after")
  answer("feedback", 10, 10, { ["objective 1"] = "4" })
  expect.equal(compared()[1].after.n, 5)
end

function tests.who_signed_up_may_be_the_side_before()
  local with_office = head:gsub('from = "a@b.example" }', [[from = "a@b.example", organisers = { "office" } }
people { { key = "office", name = "Office", mail = "a@b.example" } }]])
  local world = stub.load(with_office .. [[
signup { ask = { objectives } }
survey "feedback" { to = invited, ask = { objectives } }
compare { "signup", "feedback" }
]])
  world.now = at "2021-03-10 09:00"
  for i = 1, 6 do
    world.usher.book("signup"):set("g" .. i, { state = i < 6 and "yes" or "pending",
      answers = { ["objective 1"] = "1" } })
  end
  answer("feedback", 1, 6, { ["objective 1"] = "4" })
  local data = compared()
  expect.equal(data.paired, true)
  expect.equal(data.n_before, 5)
  expect.equal(data[1].shift, 3.0)
end

function tests.asked_twice_objectives_ask_where_people_stand()
  loaded()
  expect.equal(named("feedback").level, true)
  expect.contains(named("feedback").questions[1].low.en, "very beginning")
  expect.equal(named("feedback").questions[3].low, "not")
end

function tests.the_old_short_form_is_such_a_pair()
  stub.load(head .. [[survey "feedback" { to = invited, before = { }, ask = { objectives } }]])
  expect.equal(#require("usher.facts").compared, 1)
  expect.equal(compared().before, "feedback-before")
end

function tests.the_page_says_who_is_compared()
  loaded()
  answer("before", 1, 8, { ["objective 1"] = "2" })
  answer("feedback", 1, 8, { ["objective 1"] = "4" })
  local html = require("usher.html").render(require("usher.survey").node("feedback"))
  expect.contains(html, "Paired: the same 8 people before and after")
  expect.contains(html, "+2.0")
end

-- ---- what may be compared ----------------------------------------------------------------------------

function tests.a_rating_that_only_the_first_asks_is_named()
  expect.refused(head .. [[
survey "before" { to = invited, ask = { objectives, rating "How sure?" { "not", "very" } } }
survey "feedback" { to = invited, ask = { objectives } }
compare { "before", "feedback" }
]], nil, "'How sure?'", '"feedback" does not')
end

function tests.another_scale_is_named()
  expect.refused(head .. [[
survey "before" { to = invited, ask = { rating "How sure?" { from = 1, to = 4 } } }
survey "feedback" { to = invited, ask = { rating "How sure?" { from = 1, to = 5 } } }
compare { "before", "feedback" }
]], nil, "'How sure?' is rated from 1 to 4 in \"before\", and from 1 to 5 in \"feedback\"")
end

function tests.a_name_that_is_none_has_a_neighbour()
  expect.refused(head .. [[
survey "before" { to = invited, ask = { objectives } }
compare { "before", "befor" }
]], nil, "no survey above it is called 'befor' (did you mean 'before'?)")
end

function tests.a_survey_without_ratings_can_not_be_compared()
  expect.refused(head .. [[
survey "before" { to = invited, ask = { text "Why?" } }
survey "feedback" { to = invited, ask = { text "Why?" } }
compare { "before", "feedback" }
]], nil, '"before" has no rating', "ask = { objectives }")
end

function tests.it_takes_two_names()
  expect.refused(head .. 'compare { "before" }', nil, 'name two surveys, as in  compare { "before"')
  expect.refused(head .. 'compare { "signup", "signup" }', nil, '"signup" is there twice')
end

return tests
