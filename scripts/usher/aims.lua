-- SPDX-License-Identifier: MIT
-- aims: the event's objectives, and how they are asked: one rating for each. Asked once, afterwards, they ask
-- whether the aim was reached. Asked twice, before and after, both times they ask where people stand: only so
-- can the two be compared.
local check = require "usher.check"
local facts = require "usher.facts"
local h = require "usher.html"
local lang = require "usher.lang"
local questions = require "usher.questions"

local aims = {}

--- objectives { "Know the law", "Use the tool" } -> nothing
--- Says what the event is for. Mails show them as {objectives}.
--- Example: objectives { "Increase awareness of emerging digital technologies" }
aims.objectives = check.word(function(list)
  facts.need_no_rules("objectives")
  if type(list) ~= "table" or #list == 0 then check.refuse("objectives: list them in { }") end
  for i, objective in ipairs(list) do
    if type(objective) ~= "string" then check.refuse("objectives: number %d is not a text", i) end
    facts.objectives[i] = objective
  end
end)

local function in_all_languages(key)
  local texts_of = {}
  for code in pairs(lang.all()) do texts_of[code] = lang.text(code, "survey." .. key) end
  return texts_of
end

local function words_of(level)
  local words = level and "objectives_level" or "objectives"
  return in_all_languages(words .. "_low"), in_all_languages(words .. "_high")
end

local function add_objectives(title, list, level)
  if #facts.objectives == 0 then
    check.refuse('%s: ask: objectives: say  objectives { "..." }  above it', title)
  end
  local low, high = words_of(level)
  for i, objective in ipairs(facts.objectives) do
    list[#list + 1] = { question = true, kind = "rating", label = objective, objective = i,
      key = ("objective %d"):format(i), from = 1, to = 5, low = low, high = high }
  end
end

-- aims.questions(title, asked, level) -> list of questions, checked: what a script lists as `ask`, the word
-- `objectives` in it stands for one rating of each. level: they ask where people stand.
function aims.questions(title, asked, level)
  local list = {}
  for i, one in ipairs(asked or {}) do
    if one == aims.objectives then
      add_objectives(title, list, level)
    elseif type(one) == "function" then
      check.refuse('%s: ask: number %d is a word without its question: write it as  rating "How was it?"',
        title, i)
    else
      list[#list + 1] = one
    end
  end
  return questions.list(title, list)
end

-- aims.of(list) -> those questions that objectives made
function aims.of(list)
  local some = {}
  for _, question in ipairs(list) do
    if question.objective then some[#some + 1] = question end
  end
  return some
end

-- aims.ask_level(list): they will be asked twice, so they ask where people stand.
function aims.ask_level(list)
  local low, high = words_of(true)
  for _, question in ipairs(aims.of(list)) do question.low, question.high = low, high end
end

-- aims.with_heading(nodes, list, code, level) -> nodes: the fields of these questions, with a heading above
-- those that objectives made
function aims.with_heading(nodes, list, code, level)
  local all = {}
  for i, node in ipairs(nodes) do
    if list[i].objective and not (i > 1 and list[i - 1].objective) then
      all[#all + 1] = h.h2 { lang.text(code, level and "survey.objectives_level" or "survey.objectives") }
    end
    all[#all + 1] = node
  end
  return all
end

return aims
