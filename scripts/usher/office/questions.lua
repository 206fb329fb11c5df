-- SPDX-License-Identifier: MIT
-- questions: what guests ask the speakers, for whoever moderates: open ones first. Whoever runs the day marks
-- what was answered, and hides what belongs nowhere.
local ask = require "usher.ask"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"
local table_out = require "usher.table_out"
local roles = require "usher.office.roles"

local questions = {}

-- The buttons of a question in each state: { state, text }
local buttons <const> = {
  open = { { "answered", "Answered" }, { "hidden", "Hide" } },
  answered = { { "open", "Open again" } },
  hidden = { { "open", "Show again" } },
}

local function buttons_of(one, visitor)
  if not roles.may(visitor.has, "steer") then return nil end
  local list = {}
  for i, button in ipairs(buttons[one.state] or {}) do
    list[i] = h.button { class = "small", name = "state", value = button[1], button[2] }
  end
  return parts.form(visitor, "question", { class = "row", parts.hidden { id = one.id }, list })
end

local function who(one, visitor)
  if not one.name then return "without a name" end
  local name = roles.may(visitor.has, "see") and parts.person_link(one.person, one.name) or one.name
  return { name, one.group and { ", ", one.group } }
end

local function card(one, visitor)
  return h.div { class = "card", h.p { class = "question", one.text },
    h.p { class = "hint", who(one, visitor), ", ", parts.time(visitor, one.at) }, buttons_of(one, visitor) }
end

local titles <const> = { open = "Open", answered = "Answered", hidden = "Hidden" }

local function page(_, visitor)
  local cards, sections = { open = {}, answered = {}, hidden = {} }, {}
  for _, one in ipairs(ask.list()) do
    local list = cards[one.state]
    list[#list + 1] = card(one, visitor)
  end
  for _, state in ipairs { "open", "answered", "hidden" } do
    if #cards[state] > 0 then
      sections[#sections + 1] = h.section { h.h2 { ("%s (%d)"):format(titles[state], #cards[state]) },
        cards[state] }
    end
  end
  return { title = "Questions", body = {
    h.p { "Guests ask from their own pages. A question without a name says nothing of who asked." },
    #sections > 0
      and { sections, table_out.links("questions", nil, "A table for the minutes") }
      or h.p { class = "quiet", "Nobody has asked anything yet." },
  } }
end

local words <const> = { open = "question opened again", answered = "question answered",
  hidden = "question hidden" }

local function mark(request, visitor)
  local state, id = request.form.state or "", request.form.id or ""
  local question = words[state] and usher.book("questions"):get(id)
  if not question then return office.refuse(visitor, "This question is not there any more.") end
  ask.mark(id, state)
  usher.audit(words[state], question.text, visitor.name)
  return { redirect = parts.path "questions" }
end

function questions.register()
  office.page("questions", { text = "Questions", act = "show" }, page)
  table_out.serve("questions", "show", ask.table)
  office.act("question", { act = "steer" }, mark)
end

return questions
