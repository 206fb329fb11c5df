-- SPDX-License-Identifier: MIT
-- What a changed script means, and what has to be answered first.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function plan()
  _G.usher = stub.new().usher
  return require "usher.plan"
end

local function report(flows, more)
  local request = { before = {}, after = {}, now = 0,
    outline = { flows = flows, gone = {}, flow_names = { before = {}, now = {} } } }
  for name, value in pairs(more or {}) do request.outline[name] = value end
  return plan().report(request, { zone = "Asia/Thimphu" })
end

local function held(key)
  return { flow = "guest", key = key, label = key, fate = "holds", step = "invite",
    why = "would be sent now" }
end

local function choices_of(question)
  local list = {}
  for i, choice in ipairs(question.choices) do list[i] = table.concat(choice, ": ") end
  return table.concat(list, "; ")
end

function tests.the_same_script_asks_nothing()
  local said = report({}, { same = true })
  expect.equal(said.needs, 0)
  expect.equal(#said.questions, 0)
end

function tests.people_with_the_same_question_are_one_question_with_its_choices()
  local said = report { held "P1", held "P2" }
  expect.equal(said.needs, 2)
  expect.equal(#said.questions, 1)
  local question = said.questions[1]
  expect.equal(question.id, "invite")
  expect.equal(question.n, 2)
  expect.equal(question.text, "guest \u{00B7} P1, P2: would be sent now.")
  expect.equal(choices_of(question), "skip: Nobody gets it; send: Everybody gets it now")
  expect.contains(said.text, "--skip invite")
  expect.lacks(said.html, "--skip")
end

function tests.what_is_no_longer_started_may_be_ended_and_needs_no_answer()
  local said = report({}, { gone = { { flow = "guest", key = "P1", label = "Karma" } } })
  expect.equal(said.needs, 0)
  expect.equal(said.questions[1].optional, true)
  expect.contains(said.text, "Karma: no longer started by the script")
end

local asked <const> = {
  { id = "invite", choices = { { "skip", "" }, { "send", "" } } },
  { id = "guest", choices = { { "stay", "" } } },
  { id = "edition", choices = { { "new", "" }, { "same", "" } } },
  { id = "gone", choices = { { "", "" }, { "end_gone", "" } } },
}

function tests.each_answer_goes_where_the_engine_looks_for_it()
  local answers = plan().answer(asked,
    { invite = "skip", guest = "stay", edition = "new", gone = "end_gone" })
  expect.equal(table.concat(answers.skip, " "), "invite")
  expect.equal(table.concat(answers.stay, " "), "guest")
  expect.equal(answers.answers.edition, "new")
  expect.equal(answers.end_gone, true)
end

function tests.answers_are_kept_in_the_words_in_which_they_were_given()
  local question = { id = "edition", text = "It moves.", choices = { { "same", "Only the time is told" } } }
  local answers = plan().answer({ question }, { edition = "same" })
  expect.equal(answers.told[1].question, "It moves.")
  expect.equal(answers.told[1].answer, "Only the time is told")
end

function tests.what_was_answered_before_stays_and_is_not_changed_in_place()
  local before = { skip = { "invite", "rem" } }
  local answers = plan().answer(asked, { invite = "skip", edition = "same" }, before)
  expect.equal(table.concat(answers.skip, " "), "invite rem")
  expect.equal(answers.answers.edition, "same")
  expect.equal(before.answers, nil)
end

function tests.what_is_no_choice_of_the_question_is_no_answer()
  local answers = plan().answer(asked, { invite = "stay", edition = "old", gone = "", other = "x" })
  expect.equal(next(answers), nil)
end

return tests
