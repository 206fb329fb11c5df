-- SPDX-License-Identifier: MIT
-- before_after: the same ratings asked twice, and how the answers have shifted. With names on both sides it
-- is about whoever has answered both times; else nobody knows who is who, and it is about all who answered
-- each time: they need not be the same people. Which of the two is always said.
--
--   facts.compared: list of { before, after = source, questions = those that both ask, paired = yes or no }
--   source = { name, anonymous, questions, sheets = fn() -> list of { key, answers } }
--   before_after.of(pair) -> { before, after = name, paired, anonymous, n_before, n_after = how many have
--     answered, hidden_why = sentence or nil, list of { question, objective, key, from, to, low, high,
--     before, after = { n, mean }, shift } }
-- Fewer than five on one side, or fewer than five pairs, are not shown: what one of them said could be told.
local check = require "usher.check"
local aims = require "usher.aims"
local facts = require "usher.facts"
local h = require "usher.html"
local questions = require "usher.questions"
local results = require "usher.survey_results"
local store = require "usher.survey_answers"

local before_after = {}

local LEAST <const> = store.STEP
local SIGN_UP <const> = "signup"

-- ---- what can be compared ----------------------------------------------------------------------------

local function survey_source(s)
  return { name = s.name, anonymous = s.anonymous, questions = s.questions, survey = s,
    sheets = function() return store.shown(s, results.state(s) == "closed") end }
end

-- Whoever signed up and still is, or waits: what they typed into the form, under their own name.
local function sign_up_sheets()
  local list = {}
  for key, entry in usher.book("signup"):each() do
    if entry.state ~= "pending" and entry.answers then
      list[#list + 1] = { key = key, answers = entry.answers }
    end
  end
  return list
end

local function source_named(name)
  local s = facts.survey_named[name]
  if s and s.url then
    check.refuse('compare: survey "%s" is on another site, and its answers are there', name)
  end
  if s then return survey_source(s) end
  if name == SIGN_UP and facts.signup then
    return { name = name, anonymous = false, questions = facts.signup.questions, sheets = sign_up_sheets }
  end
  local known = check.names(facts.survey_named)
  known[#known + 1] = facts.signup and SIGN_UP or nil
  check.refuse("compare: no survey above it is called '%s'%s", name, check.meant(name, known))
end

-- ---- that both ask the same --------------------------------------------------------------------------

local function by_key(list)
  local map = {}
  for _, question in ipairs(list) do map[question.key] = question end
  return map
end

local function text_of(question) return questions.in_language(question.label, facts.event.language) end

local function check_alike(question, other, before, after)
  if not other then
    check.refuse("compare: \"%s\" asks '%s', and \"%s\" does not: the same ratings must stand in both",
      before.name, text_of(question), after.name)
  end
  if other.kind ~= "rating" or other.from ~= question.from or other.to ~= question.to then
    check.refuse("compare: '%s' is rated from %d to %d in \"%s\", and %s in \"%s\"", text_of(question),
      question.from, question.to, before.name, other.kind ~= "rating" and "not rated"
      or ("from %d to %d"):format(other.from, other.to), after.name)
  end
end

-- Every rating of the first must be in the second, which may ask more: what came of it is asked only then.
local function common(before, after)
  local list, there = {}, by_key(after.questions)
  for _, question in ipairs(before.questions) do
    if question.kind == "rating" then
      check_alike(question, there[question.key], before, after)
      list[#list + 1] = there[question.key]
    end
  end
  if #list == 0 then
    check.refuse("compare: \"%s\" has no rating: add  ask = { objectives }  to both", before.name)
  end
  return list
end

local function ask_level(source)
  aims.ask_level(source.questions)
  if source.survey then source.survey.level = true end
end

local function add(before, after)
  local pair = { before = before, after = after, questions = common(before, after),
    paired = not before.anonymous and not after.anonymous }
  ask_level(before)
  ask_level(after)
  facts.compared[#facts.compared + 1] = pair
end

-- before_after.add(before, after): of two surveys
function before_after.add(before, after) add(survey_source(before), survey_source(after)) end

--- compare { "before", "feedback" } -> nothing
--- Says that two surveys ask the same ratings, before and after: then the results of the second one and the
--- report show how each has shifted. Each rating of the first must be in the second, on the same scale. The
--- first may be "signup": what whoever signed up was asked. Where both are with names, it is about those who
--- have answered both times; else about all who answered each time. Fewer than five are not shown. It stands
--- below both. Errors: no survey of that name; a rating that only the first asks, or on another scale.
--- Example: local again = function () compare { "before", "feedback" } end
before_after.compare = check.word(function(given)
  facts.need_event("compare")
  if type(given) ~= "table" or #given ~= 2 or type(given[1]) ~= "string" or type(given[2]) ~= "string" then
    check.refuse('compare: name two surveys, as in  compare { "before", "feedback" }')
  end
  if given[1] == given[2] then check.refuse('compare: "%s" is there twice: name two surveys', given[1]) end
  add(source_named(given[1]), source_named(given[2]))
end)

-- ---- how it has shifted ------------------------------------------------------------------------------

local function only_both(before, after)
  local seen, both_before, both_after = {}, {}, {}
  for _, sheet in ipairs(before) do seen[sheet.key] = sheet end
  for _, sheet in ipairs(after) do
    if seen[sheet.key] then
      both_before[#both_before + 1], both_after[#both_after + 1] = seen[sheet.key], sheet
    end
  end
  return both_before, both_after
end

local function why_hidden(pair, n_before, n_after)
  if math.min(n_before, n_after) >= LEAST then return nil end
  if pair.paired then
    return ("%d have answered both times so far; fewer than %d are not shown."):format(n_before, LEAST)
  end
  return ("%d answers of before and %d of after can be looked at so far; fewer than %d are not shown.")
    :format(n_before, n_after, LEAST)
end

-- Of pairs those that have rated this one both times.
local function only_rated(question, before, after)
  local rated_before, rated_after = {}, {}
  for i, sheet in ipairs(before) do
    if sheet.answers[question.key] and after[i].answers[question.key] then
      rated_before[#rated_before + 1], rated_after[#rated_after + 1] = sheet, after[i]
    end
  end
  return rated_before, rated_after
end

local function shift_of(question, before, after, paired)
  if paired then before, after = only_rated(question, before, after) end
  local one, other = results.rated(question, before), results.rated(question, after)
  if math.min(one.n, other.n) < LEAST then one.mean, other.mean = nil, nil end
  return { question = text_of(question), objective = question.objective, key = question.key,
    from = question.from, to = question.to, before = one, after = other,
    low = questions.in_language(question.low, facts.event.language),
    high = questions.in_language(question.high, facts.event.language),
    shift = one.mean and other.mean and other.mean - one.mean or nil }
end

-- before_after.of(pair) -> data, as the head of this file says
function before_after.of(pair)
  local before, after = pair.before.sheets(), pair.after.sheets()
  if pair.paired then before, after = only_both(before, after) end
  local data = { before = pair.before.name, after = pair.after.name, paired = pair.paired,
    anonymous = pair.before.anonymous or pair.after.anonymous, n_before = #before, n_after = #after,
    hidden_why = why_hidden(pair, #before, #after) }
  for i, question in ipairs(data.hidden_why and {} or pair.questions) do
    data[i] = shift_of(question, before, after, pair.paired)
  end
  return data
end

-- before_after.all() -> list of such data
function before_after.all()
  local list = {}
  for i, pair in ipairs(facts.compared) do list[i] = before_after.of(pair) end
  return list
end

-- before_after.after(name) -> list of such data: of which this survey is the later one
function before_after.after(name)
  local list = {}
  for _, pair in ipairs(facts.compared) do
    if pair.after.name == name then list[#list + 1] = before_after.of(pair) end
  end
  return list
end

-- ---- on a page ---------------------------------------------------------------------------------------

-- before_after.how(data) -> sentence: who is compared with whom
function before_after.how(data)
  if data.paired then
    return ("Paired: the same %d people before and after, who have answered both times."):format(data.n_after)
  end
  return ("Unpaired, for nobody knows who is who in anonymous answers: the means of %d answers before and of "
    .. "%d after. They need not be the same people."):format(data.n_before, data.n_after)
end

local function mean_text(part) return part.mean and ("%.1f (%d)"):format(part.mean, part.n) or "-" end

-- before_after.shift_text(one) -> "+0.8", "0.0", or "-"
function before_after.shift_text(one)
  if not one.shift then return "-" end
  local text = ("%+.1f"):format(one.shift)
  return (text:gsub("^[+-](0%.0)$", "%1"))
end

-- before_after.node(data) -> node: a part of an office page
function before_after.node(data)
  if data.hidden_why then
    return h.section { h.h3 { "Before and after" }, h.p { class = "quiet", data.hidden_why } }
  end
  local rows = {}
  for i, one in ipairs(data) do
    rows[i] = h.tr { h.th { scope = "row", one.question }, h.td { class = "number", mean_text(one.before) },
      h.td { class = "number", mean_text(one.after) },
      h.td { class = "number", before_after.shift_text(one) } }
  end
  local function head(text) return h.th { scope = "col", text } end
  return h.section { h.h3 { "Before and after" }, h.div { class = "scroll", h.table { class = "wide",
    h.caption { before_after.how(data), " In brackets: how many answered that question." },
    h.thead { h.tr { h.th {}, head "before", head "after", head "shift" } }, h.tbody(rows) } } }
end

return before_after
