-- SPDX-License-Identifier: MIT
-- plan: what a changed script means for an event that runs, in words: what differs in people's mailboxes, who
-- stays as they are, and what needs an answer before anything is changed. Knows nothing of words, like
-- timeline.lua: a script on the primitives alone gets the same.
--
-- plan.report(request, about) -> { text, html, needs, changes, questions }
--   request = { outline = as reload.h says; said = { asks = list of questions,
--                 notes = list of sentences } of the new version's words
--               before, after = what would leave, as timeline.lua reads it,
--               now = ms, answers = { skip = list, ... }, about = what usher.describe said }
--   needs: how many people or flows something has to be decided for; 0: the plan can be carried out
--   html: a part of a page, without the questions: a page asks these itself
--   questions: list of { id, n, text, say, choices = list of { value, label }, optional }. n: for how many;
--     say: how it is answered on the command line; optional: it can be carried out without. A value "" leaves
--     everything as it is.
-- plan.answer(questions, chosen, before) -> answers: a request as reload.h says, for the next plan
--   chosen: id -> value; before: the answers that were given before, which stay. answers.told: the same for
--   people, list of { question, answer }
local changes = require "usher.changes"
local html = require "usher.html"
local timeline = require "usher.timeline"

local plan = {}

local NAMES_MAX <const> = 3
-- Who asks whom to approve is no part of a plan: it shows mails as if they were approved.
local APPROVAL_FLOW <const> = "please approve"
local NOTES_MAX <const> = 20 -- sentences of the words

-- ---- what leaves ------------------------------------------------------------------------------------------

-- What people would get, and what they would have been asked about and don't get as things stand.
local function entries(effects, about)
  local list = {}
  for _, effect in ipairs(timeline.read(effects, about)) do
    if (effect.sent or effect.skipped) and effect.rule ~= APPROVAL_FLOW then
      list[#list + 1] = { at = effect.at, kind = effect.skipped and "skipped" or effect.kind,
        rule = effect.copy and effect.rule .. " (copy)" or effect.rule, item = effect.item,
        person = effect.person, label = effect.label, zone = effect.zone, hash = effect.hash,
        why = effect.skipped and effect.why }
    end
  end
  return list
end

-- ---- who stays, who ends, what needs an answer -----------------------------------------------------------

local function is_listed(list, name)
  for _, one in ipairs(list or {}) do
    if one == name then return true end
  end
  return false
end

-- Flows to which the same happens for the same reason are one sentence.
local function groups_of(flows, fate)
  local list, by = {}, {}
  for _, flow in ipairs(flows) do
    if flow.fate == fate then
      local id = ("%s\0%s\0%s"):format(flow.flow, flow.why, flow.step or "")
      if not by[id] then
        by[id] = { flow = flow.flow, why = flow.why, step = flow.step, fails = flow.fails, names = {} }
        list[#list + 1] = by[id]
      end
      table.insert(by[id].names, flow.label ~= "" and flow.label or flow.key)
    end
  end
  return list
end

local function whom(names)
  if #names <= NAMES_MAX then return table.concat(names, ", ") end
  return ("%d people"):format(#names)
end

-- A rule that the version before did not have, and that nobody gets because its moment has passed: perhaps
-- it is an old one under a new name.
local function new_and_past(request, after)
  local before, skipped, sent = {}, {}, {}
  for _, name in ipairs(request.outline.flow_names.before) do before[name] = true end
  for _, one in ipairs(after) do
    local count = one.kind == "skipped" and one.at <= request.now and skipped or sent
    count[one.rule] = (count[one.rule] or 0) + 1
  end
  local list = {}
  for _, name in ipairs(request.outline.flow_names.now) do
    local answered = is_listed(request.answers and request.answers.skip, name)
    if not before[name] and skipped[name] and not sent[name] and not answered then
      list[#list + 1] = { name = name, n = skipped[name] }
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local SKIP <const> = { "skip", "Nobody gets it" }
local SEND <const> = { "send", "Everybody gets it now" }
local STAY <const> = { "stay", "They go on as before" }

local function held_questions(groups, add)
  for _, group in ipairs(groups) do
    add { id = group.step, n = #group.names, choices = { SKIP, SEND },
      text = ("%s \u{00B7} %s: %s."):format(group.flow, whom(group.names), group.why),
      say = ('Say  --skip %s  (nobody gets it),  --send %s  (everybody gets it now), or  was = "..."  where '
        .. "it only has a new name."):format(group.step, group.step) }
  end
end

local function failing_questions(groups, add)
  for _, group in ipairs(groups) do
    if group.fails then
      add { id = group.flow, n = #group.names, choices = { STAY },
        text = ("%s \u{00B7} %s: %s."):format(group.flow, whom(group.names), group.why),
        say = ("Mend the script, or say  --stay %s  (they go on as before)."):format(group.flow) }
    end
  end
end

local function past_questions(rules, add)
  for _, rule in ipairs(rules) do
    add { id = rule.name, n = rule.n, choices = { SKIP },
      text = ("%s \u{00B7} %d people: the rule is new, and its moment has passed, so nobody gets it.")
        :format(rule.name, rule.n),
      say = ('Say  --skip %s  if that is meant, or  was = "..."  in the rule when it only has a new name.')
        :format(rule.name) }
  end
end

local function questions(request, after)
  local list, n = {}, 0
  local function add(question)
    list[#list + 1] = question
    n = n + question.n
  end
  for _, ask in ipairs(request.outline.said and request.outline.said.asks or {}) do add(ask) end
  held_questions(groups_of(request.outline.flows, "holds"), add)
  failing_questions(groups_of(request.outline.flows, "stays"), add)
  past_questions(new_and_past(request, after), add)
  return list, n
end

-- Which field of the request each answer belongs to; any other value is for the script's own words.
local lists <const> = { skip = true, send = true, stay = true }
local switches <const> = { end_gone = true }

local function copy(value)
  if type(value) ~= "table" then return value end
  local new = {}
  for key, inner in pairs(value) do new[key] = copy(inner) end
  return new
end

-- What that choice of the question is called; nil: it is none, or leaves everything as it is.
local function label_of(question, value)
  for _, choice in ipairs(question.choices) do
    if choice[1] == value and value ~= "" then return choice[2] end
  end
end

local function put_answer(answers, id, value)
  if switches[value] then
    answers[value] = true
  elseif lists[value] then
    answers[value] = answers[value] or {}
    if not is_listed(answers[value], id) then table.insert(answers[value], id) end
  else
    answers.answers = answers.answers or {}
    answers.answers[id] = value
  end
end

function plan.answer(asked, chosen, before)
  local answers = copy(before or {})
  for _, question in ipairs(asked) do
    local label = label_of(question, chosen[question.id])
    if label then
      put_answer(answers, question.id, chosen[question.id])
      answers.told = answers.told or {}
      table.insert(answers.told, { question = question.text, answer = label })
    end
  end
  return answers
end

-- ---- the whole --------------------------------------------------------------------------------------------

local function notes(outline)
  local list = table.move(outline.said and outline.said.notes or {}, 1, NOTES_MAX, 1, {})
  for _, group in ipairs(groups_of(outline.flows, "ends")) do
    list[#list + 1] = ("%s \u{00B7} %s: no more of it; %s."):format(group.flow, whom(group.names), group.why)
  end
  for _, group in ipairs(groups_of(outline.flows, "stays")) do
    if not group.fails then
      list[#list + 1] = ("%s \u{00B7} %s: on as before; %s."):format(group.flow, whom(group.names), group.why)
    end
  end
  return list
end

-- Those that the script no longer starts: they go on unless somebody ends them.
local function gone_question(request)
  local names = {}
  if request.answers and request.answers.end_gone then return nil end
  for i, flow in ipairs(request.outline.gone) do names[i] = flow.label ~= "" and flow.label or flow.key end
  if #names == 0 then return nil end
  return { id = "no longer started", n = #names, optional = true,
    choices = { { "", "They go on as before" }, { "end_gone", "That ends" } },
    text = ("%s: no longer started by the script, and on as before."):format(whom(names)),
    say = "Say  --end-gone  to end that." }
end

local function section(lines, title, list)
  if #list == 0 then return end
  lines[#lines + 1] = ("\n%s"):format(title)
  for _, line in ipairs(list) do lines[#lines + 1] = ("  %s"):format(line) end
end

local function items(list)
  local nodes = {}
  for i, line in ipairs(list) do nodes[i] = html.li { line } end
  return html.ul { nodes }
end

-- As the command line asks them.
local function spoken(asked)
  local list = {}
  for i, question in ipairs(asked) do list[i] = ("%s %s"):format(question.text, question.say) end
  return list
end

function plan.report(request, about)
  about = about or timeline.about(request)
  if request.outline.same then
    return { text = "The script is the one that runs: nothing changes.\n", needs = 0, questions = {},
      html = html.p { "The script is the one that runs: nothing changes." }.html }
  end
  local after = entries(request.after, about)
  local asked, n = questions(request, after)
  local text, table_html, counts = changes.report(entries(request.before, about), after,
    { zone = about.zone, since = "What changes" })
  local told, gone, lines = notes(request.outline), gone_question(request), { text:sub(1, -2) }
  local besides = table.move(told, 1, #told, 1, {})
  table.move(spoken { gone }, 1, 1, #besides + 1, besides)
  if about.approval then
    besides[#besides + 1] = "Mails that wait for an approval are shown as if they had it."
  end
  section(lines, "Besides:", besides)
  section(lines, "This needs an answer before anything changes:", spoken(asked))
  asked[#asked + 1] = gone
  local page = html.list { html.raw(table_html),
    #told > 0 and html.section { html.h2 { "Besides" }, items(told) } }
  return { text = table.concat(lines, "\n") .. "\n", html = page.html, needs = n, changes = counts,
    questions = asked }
end

return plan
