-- SPDX-License-Identifier: MIT
-- The list of one event's interest form is the guest list of the next; whoever takes it back is left alone.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function row(name, chosen)
  return { name = name, mail = name:lower() .. "@b.example", zone = "Asia/Thimphu", chosen = chosen,
    answers = { ["Your office"] = "3" },
    consent = "further trainings", at = 1, consented_at = "2021-02-26 17:00" }
end

local function list()
  return { about = { choices = { "Data", "Social media" } }, people = {
    P2 = row("Sonam", { "Data" }), P1 = row("Karma", { "Social media", "Data" }),
    P3 = row("Pema", { "Social media" }) } }
end

local files <const> = { ["@handed/hlb/trainings"] = list() }
local mail <const> = [[
mail "invitation" { to = invited, at = "5 days before, 10:00", subject = "S",
  text = "{name} chose {chosen}, {your_office}" }]]

local function loaded(guests, given)
  return stub.load(expect.event .. guests .. "\n" .. mail, given or files)
end

local function refused(guests, given, ...)
  expect.refused(expect.event .. guests, given or files, "test.lua:2:", ...)
end

-- Puts the rows where usher keeps them, as the event before would.
local function keep(world, people)
  for key, one in pairs(people) do world.usher.book("handed on"):set("hlb/trainings/" .. key, one) end
end

local function fates(world)
  world.run(at "2021-02-10 09:00")
  local all = {}
  for _, result in ipairs(world.usher.results) do
    all[#all + 1] = result.key .. ": " .. (result.result.sent and "sent" or result.result.skipped)
  end
  return table.concat(all, "\n")
end

function tests.who_is_on_the_list_is_invited_by_key_with_what_they_chose()
  local world = loaded 'guests { interested_in = "hlb/trainings" }'
  keep(world, list().people)
  expect.equal(fates(world), "P1: sent\nP2: sent\nP3: sent")
  expect.equal(world.usher.mails[1].text, "Karma chose Social media; Data, 3")
end

function tests.a_choice_narrows_it()
  local world = loaded 'guests { interested_in = "hlb/trainings", choice = "Data" }'
  keep(world, list().people)
  expect.equal(fates(world), "P1: sent\nP2: sent")
end

function tests.whoever_takes_the_wish_back_or_changes_it_gets_nothing_and_it_says_why()
  local world = loaded 'guests { interested_in = "hlb/trainings", choice = { "Data" } }'
  local people = list().people
  people.P1.chosen, people.P2 = { "Social media" }, { taken_back = 2 }
  keep(world, people)
  expect.equal(fates(world), "P1: does not wish to hear of Data\n"
    .. "P2: has taken back the wish to hear of trainings")
end

function tests.whoever_had_taken_it_back_before_is_on_no_list_and_the_flow_that_was_theirs_says_why()
  local given = { ["@handed/hlb/trainings"] = list() }
  given["@handed/hlb/trainings"].people.P2 = { taken_back = 2 }
  local world = loaded('guests { interested_in = "hlb/trainings", choice = "Data" }', given)
  keep(world, list().people)
  expect.equal(fates(world), "P1: sent")
  local life = require("usher.sending").life(require("usher.facts").rules[1])
  expect.equal(life({ person = "P2" }).skipped, "has taken back the wish to hear of trainings")
  expect.equal(life({ person = "P3" }).skipped, "does not wish to hear of Data")
  expect.equal(life({ person = "P4" }).skipped, "is no longer on the list")
end

function tests.what_has_changed_since_is_told_to_the_office()
  local world = loaded 'guests { interested_in = "hlb/trainings", choice = "Data" }'
  local people = list().people
  keep(world, people)
  expect.equal(#require("usher.handed").news(), 0)
  people.P1 = { taken_back = 2 }
  people.P3.chosen = { "Data" }
  people.P4 = row("Dorji", { "Data" })
  keep(world, people)
  local news = require("usher.handed").news()
  expect.contains(news[1], "2 people have said so since in hlb/trainings (Data): usher plan shows")
  expect.contains(news[2], "1 person has taken it back since in hlb/trainings (Data)")
end

function tests.whoever_has_said_yes_still_gets_what_they_need()
  local world = stub.load(expect.event .. 'guests { interested_in = "hlb/trainings" }\n'
    .. 'mail "joining" { to = coming, at = "1 day before, 10:00", subject = "S", text = "T" }', files)
  world.now = at "2021-02-10 09:00"
  world.usher.book("answers"):set("P1", { answer = "yes" })
  expect.contains(fates(world), "P1: sent")
end

function tests.a_choice_that_was_none_names_the_nearest()
  refused('guests { interested_in = "hlb/trainings", choice = "Social medai" }', nil,
    "nobody could choose that", "did you mean 'Social media'?")
end

function tests.an_anonymous_survey_makes_no_list_of_people()
  refused('guests { interested_in = "hlb/feedback" }', { ["@handed/hlb/feedback"] =
    { about = { survey = "anonymous" }, people = {} } }, "'feedback' of hlb is an anonymous survey")
end

function tests.a_list_that_the_event_does_not_hand_on_is_told_in_its_words()
  refused('guests { interested_in = "hlb/trainigs" }', { ["@handed/hlb/trainigs"] =
    "the event 'hlb' hands on no list 'trainigs' (did you mean 'trainings'?)" }, "did you mean 'trainings'?")
end

function tests.a_list_on_which_nobody_stands_yet_is_no_error_but_is_told()
  local world = loaded('guests { interested_in = "hlb/trainings" }', { ["@handed/hlb/trainings"] =
    { about = { choices = { "Data" } }, people = {} } })
  expect.contains(world.usher.handlers.rehearsed { effects = {} }.check,
    "nobody has said so far in 'trainings' of hlb")
end

function tests.without_that_event_the_file_is_read_and_nothing_is_asked_of_it_later()
  local world = loaded('guests { interested_in = "hlb/trainings", choice = "Data", file = "i.csv" }', {
    ["i.csv"] = "key,name,mail,chosen,your_office,consented_to,consented_at\n"
    .. "P1,Karma,k@b.example,Social media; Data,3,more,2021-02-26 17:00\n"
    .. "P3,Pema,p@b.example,Social media,3,more,2021-02-26 17:00\n" })
  expect.equal(fates(world), "P1: sent")
  expect.equal(require("usher.handed").consent(require("usher.facts").by_key.P1), "more (2021-02-26 17:00)")
end

function tests.without_that_event_and_a_file_it_says_what_to_do()
  refused('guests { interested_in = "hlb/trainings" }', {}, "this database knows no event 'hlb'", "file =")
end

function tests.what_it_names_is_an_event_and_a_form_and_not_its_own()
  refused('guests { interested_in = "trainings" }', nil, "names an event and its form")
  refused('guests { interested_in = "test/trainings" }', nil, "a form of this event")
  refused('guests { interested_in = "hlb/trainings", chioce = "Data" }', nil, "did you mean 'choice'?")
end

return tests
