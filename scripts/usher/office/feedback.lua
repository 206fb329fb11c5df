-- SPDX-License-Identifier: MIT
-- feedback: what guests say beside their answer: results of surveys, who would like to hear of what,
-- questions to the speakers. What may be shown of an anonymous survey is decided in survey_results.lua.
local ask = require "usher.ask"
local facts = require "usher.facts"
local h = require "usher.html"
local interest = require "usher.interest"
local live = require "usher.live"
local office = require "usher.office"
local parts = require "usher.office.parts"
local questions = require "usher.questions"
local results = require "usher.survey_results"
local roles = require "usher.office.roles"

local feedback = {}

local QUESTIONS_SHOWN <const> = 200

-- "Survey: feedback": by the name that the script has for it until it has a title.
local function title_of(what, named)
  return ("%s: %s"):format(what, questions.in_language(named.title, facts.event.language) or named.name)
end

local function file_link(path)
  return h.p { h.a { href = parts.path(path), "All of it as a file for spreadsheets" } }
end

-- ---- surveys ------------------------------------------------------------------------------------------

local function open_text(visitor, from, to)
  local now = usher.now()
  if now < from then return "Opens on ", parts.time(visitor, from), "." end
  return now < to and "Open until " or "Closed on ", parts.time(visitor, to), "."
end

local function survey_section(s, visitor)
  local result = results.of(s)
  return h.section {
    h.h2 { title_of("Survey", s) },
    h.p { class = "quiet", s.anonymous and "Anonymous. " or "With names. ",
      open_text(visitor, result.opens, result.closes) },
    results.node(result),
    result.n_shown > 0 and file_link("survey-file/" .. s.name) or false,
  }
end

-- ---- interest forms -----------------------------------------------------------------------------------

local function interest_table(list, visitor)
  local rows = {}
  for i, one in ipairs(list) do
    rows[i] = { parts.person_link(one.key, facts.full_name(one)), one.group or "",
      table.concat(one.chosen, "; "), parts.time(visitor, one.at) }
  end
  return parts.table("Who would like to hear of it", { "Name", "Group", "Of what", "Since" }, rows)
end

local function interest_section(form, visitor)
  local list = interest.list(form.name)
  local words = questions.in_language(form.purpose, facts.event.language)
  return h.section {
    h.h2 { title_of("Interest", form) },
    h.p { class = "quiet", words and ("With names, for %s. "):format(words) or "With names. ",
      open_text(visitor, form.opens.utc, form.closes.utc) },
    #list > 0 and { parts.figures { { #list, #list == 1 and "person" or "people" } },
        interest_table(list, visitor), file_link("interest-file/" .. form.name) }
      or h.p { class = "quiet", "Nobody has said so yet." },
  }
end

-- ---- questions to the speakers ------------------------------------------------------------------------

local marks <const> = {
  open = { { "answered", "Answered" }, { "hidden", "Hide" } },
  answered = { { "open", "Not answered yet" } }, hidden = { { "open", "Show again" } },
}

local function mark_form(one, visitor)
  if not roles.may(visitor.has, "answer") then return nil end
  local buttons = {}
  for i, mark in ipairs(marks[one.state]) do
    buttons[i] = h.button { class = "small", name = "state", value = mark[1], mark[2] }
  end
  return parts.form(visitor, "question", { class = "row", parts.hidden { id = one.id }, buttons })
end

local function question_row(one, visitor)
  local text = one.state == "open" and h.strong { one.text } or h.span { class = "quiet", one.text }
  local who = one.person and parts.person_link(one.person, one.name or one.person) or "without a name"
  return { { text, h.div { class = "hint", who, one.group and ", " .. one.group or "" } },
    parts.time(visitor, one.at), mark_form(one, visitor) or one.state }
end

local function questions_section(visitor)
  local list, rows = ask.list(), {}
  if #list == 0 then return nil end
  for i = 1, math.min(#list, QUESTIONS_SHOWN) do rows[i] = question_row(list[i], visitor) end
  return h.section { h.h2 { "Questions to the speakers" },
    parts.table("Questions to the speakers", { "Question", "When", "State" }, rows),
    #list > QUESTIONS_SHOWN and h.p { class = "quiet",
      ("%d more are in the file."):format(#list - QUESTIONS_SHOWN) } or false,
    file_link "questions-file" }
end

-- ---- the page, its files and its form -----------------------------------------------------------------

local function page(_, visitor)
  local sections = {}
  for _, s in ipairs(facts.surveys) do sections[#sections + 1] = survey_section(s, visitor) end
  for _, form in ipairs(facts.interests) do sections[#sections + 1] = interest_section(form, visitor) end
  sections[#sections + 1] = questions_section(visitor)
  if #sections == 0 then
    sections[1] = h.p { class = "quiet", "There is no survey and no interest form, and nobody has asked "
      .. "anything." }
  end
  return { title = "Feedback", body = sections }
end

-- A form that no script names has no file: nil, no such page.
local function survey_file(request)
  local s = facts.survey_named[request.params.name]
  return s and results.csv(s)
end

local function interest_file(request)
  local form = facts.interest_named[request.params.name]
  return form and interest.csv(form.name)
end

local function mark(request, visitor)
  local form = request.form
  local done, problem = pcall(ask.mark, form.id or "", form.state)
  if not done then return office.refuse(visitor, tostring(problem)) end
  usher.audit("question marked as " .. form.state, nil, visitor.name)
  live.changed()
  return { redirect = parts.path "feedback" }
end

function feedback.register()
  office.page("feedback", { text = "Feedback" }, page)
  office.file("survey-file/:name", "see", survey_file)
  office.file("interest-file/:name", "see", interest_file)
  office.file("questions-file", "see", ask.csv)
  office.act("question", { act = "answer" }, mark)
end

return feedback
