-- SPDX-License-Identifier: MIT
-- Surveys, interest forms and the question box: what they take, whom they remind, what they show.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

-- An event with so many guests in each group.
local function script_of(groups, rest)
  local lines, n = {}, 0
  for i, group in ipairs(groups) do
    for _ = 1, group[2] do
      n = n + 1
      lines[#lines + 1] = ('{ key = "g%03d", name = "G%d", mail = "g%d@b.example", group = "%s" }'):format(
        n, n, n, group[1])
    end
    groups[i] = group[1]
  end
  return [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", from = "a@b.example",
  organisers = { "office" } }
people { { key = "office", name = "Office", mail = "a@b.example" } }
]] .. "guests { " .. table.concat(lines, ", ") .. " }\n" .. rest
end

local ask_one = 'ask = { rating "How?" { "bad", "good" }, text "Why?" }'

local function survey_of(options)
  return ('survey "feedback" { to = invited, %s %s }\n'):format(options, ask_one)
end

local function person(n) return { key = ("g%03d"):format(n), name = "G" .. n } end

local function answer_all(s, n, rating)
  local store = require "usher.survey_answers"
  for i = 1, n do store.put(s, person(i), { ["How?"] = rating or "4", ["Why?"] = "text " .. i }) end
end

local function named(name) return require("usher.facts").survey_named[name] end
local function results(name) return require("usher.survey").results(name) end

local function results_of(world, name, key)
  for _, one in ipairs(world.usher.results) do
    if one.name == name and one.key == key then return one.result end
  end
end

-- ---- reminders ----------------------------------------------------------------------------------------

function tests.nudges_stop_at_the_answer()
  local world = stub.load(script_of({ { "A", 3 } }, survey_of "anonymous = true,"))
  world.now = at "2021-02-25 16:00"
  require("usher.survey_answers").put(named "feedback", person(1), { ["How?"] = "3" })
  world.run(at "2021-02-25 16:00")
  expect.equal(results_of(world, "feedback", "g001").skipped, "has answered")
  expect.equal(results_of(world, "feedback", "g002").sent, true)
  expect.equal(results_of(world, "feedback-nudge-1", "g001").skipped, "has answered")
  expect.equal(results_of(world, "feedback-nudge-2", "g002").sent, true)
end

function tests.nudges_count_from_the_surveys_own_hours()
  local world = stub.load(script_of({ { "A", 1 } }, survey_of [[opens = "2 days after, 10:00",
    closes = "6 days after, 17:00", nudges = { "1 day after, 09:00", "1 day before the end, 09:00",
    "on the last day, 11:00" },]]))
  world.run(at "2021-02-25 16:00")
  local times = {}
  for i, mail in ipairs(world.usher.mails) do
    times[i] = stub.time.format(mail.at, "Asia/Thimphu", "%d %H:%M")
  end
  expect.equal(table.concat(times, ", "), "27 10:00, 28 09:00, 02 09:00, 03 11:00")
end

function tests.ready_made_nudges_that_do_not_fit_are_left_out()
  local world = stub.load(script_of({ { "A", 1 } }, survey_of [[closes = "3 hours after the end",]]))
  world.run(at "2021-02-25 16:00")
  expect.equal(#world.usher.mails, 1)
end

function tests.nobody_is_written_to_after_it_has_closed()
  local world = stub.load(script_of({ { "A", 1 } }, survey_of [[closes = "1 hour after the end",]]))
  world.usher.book("rules"):set("feedback", 1)
  world.run(at "2021-02-25 18:00")
  expect.equal(results_of(world, "feedback", "g001").skipped, "the survey has closed")
end

function tests.assistants_get_no_copy_of_a_personal_link()
  local source = script_of({ { "A", 1 } }, survey_of "")
  source = source:gsub("group =", 'assistant = "pa@b.example", group =')
  local world = stub.load(source)
  world.run(at "2021-02-25 16:00")
  for _, mail in ipairs(world.usher.mails) do
    expect.lacks(mail.to, "pa@b.example")
    expect.equal(mail.cc, nil)
  end
end

-- ---- what is shown ------------------------------------------------------------------------------------

local function shown_after(world, n)
  local shown = {}
  local store = require "usher.survey_answers"
  for i = 1, n do
    store.put(named "feedback", person(i), { ["How?"] = "4" })
    local r = results "feedback"
    shown[i] = r.n_shown
    if r.n_shown == 0 then expect.contains(r.hidden_why, "anonymous") end
  end
  world.now = at "2021-03-10 09:00"
  shown[n + 1] = results("feedback").n_shown
  return table.concat(shown, " ")
end

local function anonymous_world()
  local world = stub.load(script_of({ { "A", 40 } }, survey_of "anonymous = true,"))
  world.now = at "2021-02-25 17:00"
  return world
end

function tests.anonymous_answers_are_shown_in_steps_of_five()
  expect.equal(shown_after(anonymous_world(), 16), "0 0 0 0 0 0 0 0 0 5 5 5 5 5 10 10 16")
end

function tests.fewer_than_five_anonymous_answers_are_never_shown()
  expect.equal(shown_after(anonymous_world(), 4), "0 0 0 0 0")
end

function tests.each_step_adds_at_least_five()
  for n = 5, 40 do
    local last, steps = 0, {}
    for shown in shown_after(anonymous_world(), n):gmatch("%d+") do
      if tonumber(shown) ~= last then steps[#steps + 1] = tonumber(shown) - last end
      last = tonumber(shown)
    end
    expect.equal(last, n)
    for _, step in ipairs(steps) do expect.equal(step >= 5, true) end
  end
end

function tests.named_answers_are_shown_at_once()
  local world = stub.load(script_of({ { "A", 5 } }, survey_of ""))
  world.now = at "2021-02-25 17:00"
  answer_all(named "feedback", 2, "5")
  local r = results "feedback"
  expect.equal(r.n_shown, 2)
  expect.equal(r.questions[1].mean, 5)
  expect.equal(table.concat(r.questions[2].texts, ","), "text 1,text 2")
end

function tests.an_anonymous_answer_keeps_neither_name_nor_time()
  local world = anonymous_world()
  answer_all(named "feedback", 12)
  for key, sheet in pairs(world.usher.books["feedback-answers"]) do
    expect.equal(key:find("^fresh") ~= nil, true)
    for name in pairs(sheet) do expect.equal(name == "answers" or name == "shown", true) end
  end
  for _, mark in pairs(world.usher.books["feedback-answered"]) do expect.equal(mark, true) end
end

function tests.who_answers_twice_counts_once()
  anonymous_world()
  answer_all(named "feedback", 3)
  answer_all(named "feedback", 3)
  expect.equal(results("feedback").answered, 3)
end

-- ---- groups -------------------------------------------------------------------------------------------

local function folded(counts)
  local list = {}
  for group, name in pairs(require("usher.survey_answers").fold(counts)) do
    list[#list + 1] = group .. "=" .. (name == "" and "others" or name)
  end
  table.sort(list)
  return table.concat(list, " ")
end

function tests.groups_below_five_stand_together()
  stub.load(expect.event)
  expect.equal(folded { A = 20, B = 12 }, "A=A B=B")
  expect.equal(folded { A = 20, B = 12, C = 3 }, "A=A B=others C=others")
  expect.equal(folded { A = 20, C = 3 }, "A=others C=others")
  expect.equal(folded { A = 2, B = 2, C = 2, D = 9 }, "A=others B=others C=others D=D")
  expect.equal(folded { A = 4 }, "A=others")
end

function tests.anonymous_groups_have_a_pool_each()
  local world = stub.load(script_of({ { "Few", 3 }, { "Some", 12 }, { "Many", 20 } },
    survey_of "anonymous = true, by_group = true,"))
  world.now = at "2021-02-25 17:00"
  answer_all(named "feedback", 35)
  expect.equal(results("feedback").n_shown, 10 + 15)
  world.now = at "2021-03-10 09:00"
  local r = results "feedback"
  expect.equal(#r.groups, 2)
  expect.equal(r.groups[1].name .. r.groups[1].n .. r.groups[2].name .. r.groups[2].n, "Many2015")
end

-- ---- before and after ---------------------------------------------------------------------------------

local twice = [[
objectives { "Know it", "Use it" }
survey "feedback" { to = invited, %s before = { opens = "3 days before, 10:00" }, ask = { objectives } }
]]

local function shift_of(options, n)
  local world = stub.load(script_of({ { "A", 12 } }, twice:format(options)))
  local store = require "usher.survey_answers"
  world.now = at "2021-03-10 09:00"
  for i = 1, 12 do
    store.put(named "feedback-before", person(i), { ["objective 1"] = i <= n and "2" or "5" })
  end
  for i = 1, n do store.put(named "feedback", person(i), { ["objective 1"] = "4" }) end
  return results("feedback").compare[1]
end

function tests.a_shift_is_paired_with_names()
  local compare = shift_of("", 6)
  expect.equal(compare.paired, true)
  expect.equal(compare[1].before.n, 6)
  expect.equal(compare[1].shift, 2)
end

function tests.a_shift_is_of_all_when_anonymous()
  local compare = shift_of("anonymous = true,", 6)
  expect.equal(compare.paired, false)
  expect.equal(compare[1].before.n, 12)
  expect.equal(compare[1].shift, 0.5)
end

-- ---- lists of people ----------------------------------------------------------------------------------

function tests.who_is_interested_gets_what_comes_next()
  local world = stub.load(script_of({ { "A", 2 } }, [[
interest "trainings" { to = invited, choose = { "Data", "Media" } }
mail "next" { to = interested.trainings, at = "28 days after, 10:00", subject = "S", text = "T" }
]]))
  world.usher.book("interest-trainings"):set("g001", { answers = {}, consent = "c", at = 1 })
  world.run(at "2021-02-25 16:00")
  expect.equal(results_of(world, "trainings", "g001").skipped, "has said so already")
  expect.equal(results_of(world, "next", "g001").sent, true)
  expect.contains(results_of(world, "next", "g002").skipped, "has not said so")
end

function tests.who_has_answered_with_their_name_is_a_list()
  local world = stub.load(script_of({ { "A", 2 } }, survey_of "" .. [[
mail "thanks" { to = answered.feedback, at = "28 days after, 10:00", subject = "S", text = "T" }
]]))
  world.usher.book("feedback-named"):set("g002", { answers = {}, at = 1, done = true })
  world.run(at "2021-02-25 16:00")
  expect.equal(results_of(world, "thanks", "g002").sent, true)
  expect.contains(results_of(world, "thanks", "g001").skipped, "has not answered the survey")
end

function tests.the_list_of_the_interested_is_a_guest_list()
  local world = stub.load(script_of({ { "A", 2 } }, [[
interest "trainings" { to = invited, choose = { "Data", "Media" }, text = "What about?" }
]]))
  world.usher.book("interest-trainings"):set("g002", { consent = "to hear more", at = at "2021-02-26 10:00",
    answers = { ["What would you like to hear of?"] = { "Data", "Media" }, ["What about?"] = "=1+1" } })
  local body = require("usher.interest").csv("trainings").body
  expect.contains(body, 'g002,G2,,A,g2@b.example,,Asia/Thimphu,,"Data; Media"'
    .. ",'=1+1,to hear more,2021-02-26 10:00")
  stub.load(expect.event .. 'guests "next.csv"', { ["next.csv"] = body })
  expect.equal(require("usher.facts").guests[1].chosen, "Data; Media")
end

-- ---- files --------------------------------------------------------------------------------------------

function tests.no_cell_is_a_formula()
  local out = require "usher.csv_out"
  for _, text in ipairs { "=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\u{FF1D}1" } do
    expect.equal(out.cell(text):gsub('"', ""):sub(1, 1), "'")
  end
  expect.equal(out.cell("a\0b"), "ab")
  expect.equal(out.cell("\0=1"), "'=1")
  expect.equal(out.cell(-1), "-1")
  expect.equal(out.cell('say "yes", no'), '"say ""yes"", no"')
end

function tests.a_file_that_was_read_back_is_written_the_same()
  local out, csv, check = require "usher.csv_out", require "usher.csv", require "usher.check"
  local rows = { { a = "=1", b = "x;y" }, { a = "'=1", b = ' "quoted" ' }, { a = "-", b = "two\nlines" } }
  local once = out.text({ "a", "b" }, rows)
  local read = {}
  for i, row in ipairs(csv.read(once, "x.csv", check.problems("x"))) do read[i] = row.cells end
  local again = out.text({ "a", "b" }, read)
  local third = {}
  for i, row in ipairs(csv.read(again, "x.csv", check.problems("x"))) do third[i] = row.cells end
  expect.equal(out.text({ "a", "b" }, third), again)
  expect.contains(again, "'=1")
end

-- ---- languages ----------------------------------------------------------------------------------------

local function placeholders(text)
  local names = {}
  for name in text:gmatch("{([%a_]+)}") do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, " ")
end

function tests.the_pages_of_surveys_say_the_same_in_each_language()
  local all = require("usher.lang").all()
  for key, text in pairs(all.en) do
    local area = key:match("^[^.]+")
    if area == "survey" or area == "interest" or area == "ask" then
      expect.equal(all.dz[key] and placeholders(all.dz[key]) or "no text for " .. key, placeholders(text))
    end
  end
end

return tests
