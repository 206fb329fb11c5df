-- SPDX-License-Identifier: MIT
-- change: a changed script that waits for the organisers' word: what it would mean for people's mailboxes,
-- what has to be answered first, and the two buttons. The plan was made beside the engine (usher run --watch,
-- usher plan --propose), and what is confirmed is what was shown: the plan's digest goes with every form.
local facts = require "usher.facts"
local h = require "usher.html"
local live = require "usher.live"
local office = require "usher.office"
local parts = require "usher.office.parts"
local plan = require "usher.plan"
local roles = require "usher.office.roles"

local change = {}

local PATH <const> = "change"
local SHOWN_MAX <const> = 20 -- of the acts around scripts
local SOON_S <const> = 2     -- when to look whether it is through

-- The file's name: where it lies is the operator's business.
local function file_name(path) return path:match("[^/]+$") or path end

local function look()
  return { acts = { ask = "versions", event = facts.event.id, limit = SHOWN_MAX } }
end

-- -- what happened so far

-- Which version runs, and since when: the newest act that says so.
local function running(acts, visitor)
  for _, act in ipairs(acts) do
    local version = (act.note or ""):match("^version (%d+)")
    if version then
      return h.p { class = "lead", ("Version %s of the script runs since "):format(version),
        parts.time(visitor, act.at), "." }
    end
  end
  return nil
end

local told <const> = { ["script changed"] = true, ["script discarded"] = true }

local function acts_section(acts, visitor)
  local body = {}
  for _, act in ipairs(acts) do
    if told[act.what] then
      body[#body + 1] = { parts.time(visitor, act.at), act.who,
        { act.what, act.note and h.div { class = "hint", act.note } } }
    end
  end
  return #body > 0 and h.section { h.h2 { "So far" },
    parts.table("Changes of the script, newest first", { "When", "Who", "What" }, body) }
end

-- -- the forms

local function may_decide(visitor) return roles.may(visitor.has, "change") end

local function buttons(waiting, visitor, can_apply)
  return parts.form(visitor, PATH, { class = "row", parts.hidden { digest = waiting.digest or "" },
    can_apply and h.button { class = "main-button", name = "word", value = "apply", "Let it take its place" },
    h.button { name = "word", value = "discard", "Discard" },
  })
end

local function choice(name, value, label, chosen)
  return h.label { class = "option",
    h.input { type = "radio", name = name, value = value, checked = chosen }, label }
end

local function question_set(i, question)
  local choices, name = {}, "q" .. i
  for k, one in ipairs(question.choices) do
    choices[k] = choice(name, one[1], one[2], question.optional and one[1] == "")
  end
  return h.div { class = "card", h.fieldset { h.legend { question.text }, choices } }
end

-- Is a rule asked about that may be an old one under a new name?
local function may_be_renamed(waiting)
  for _, question in ipairs(waiting.questions) do
    if question.choices[1][1] == "skip" then return true end
  end
  return false
end

local function question_form(waiting, visitor)
  local sets = {}
  for i, question in ipairs(waiting.questions or {}) do sets[i] = question_set(i, question) end
  if #sets == 0 then return nil end
  local needed = waiting.needs > 0
  return h.section {
    h.h2 { class = needed and "flag", needed and "This needs an answer before anything changes"
      or "You may say more" },
    may_decide(visitor) and parts.form(visitor, PATH .. "-answers", {
      parts.hidden { digest = waiting.digest }, sets,
      h.p { h.button { class = needed and "main-button", "Show the plan with these answers" } },
      may_be_renamed(waiting) and h.p { class = "hint", "Or mend the script: a rule that only has a new name "
        .. 'says so with was = "...", and then nobody gets anything twice.' },
    }) or sets,
  }
end

local words_of <const> = { skip = "nobody gets it", send = "everybody gets it now", stay = "on as before" }

-- Answers that were given on the command line.
local function other_answers(answers)
  local list = {}
  for _, name in ipairs { "skip", "send", "stay" } do
    for _, one in ipairs(answers[name] or {}) do
      list[#list + 1] = { question = one, answer = words_of[name] }
    end
  end
  for id, value in pairs(answers.answers or {}) do list[#list + 1] = { question = id, answer = value } end
  return list
end

-- What was answered so far, and the way back.
local function answered(waiting, visitor)
  local answers, items = waiting.answers or {}, {}
  for i, one in ipairs(answers.told or other_answers(answers)) do
    items[i] = h.li { one.question, " ", h.strong { tostring(one.answer) } }
  end
  if #items == 0 then return nil end
  return h.section { h.h2 { "Answered so far" }, h.ul { items },
    may_decide(visitor) and parts.form(visitor, PATH .. "-answers", {
      parts.hidden { digest = waiting.digest, anew = "yes" },
      h.button { class = "small", "Take the answers back" } }) }
end

-- -- the page

-- "hlb.lua, as it was saved on Mon 8 Feb 09:30": usher itself looks at files with --watch.
local function proposed_by(waiting, visitor)
  local how = waiting.who == "usher" and ", as it was saved "
    or (", proposed by %s "):format(waiting.who or "the office")
  return h.p { class = "quiet", h.strong { file_name(waiting.script) }, how, parts.time(visitor, waiting.at),
    ". Nothing has been changed so far." }
end

local function whole_plan(waiting)
  return waiting.html and h.raw(waiting.html) or h.tag("pre", { class = "letter", waiting.text })
end

local function decide_section(waiting, visitor)
  if not may_decide(visitor) then
    return h.p { class = "quiet", "An organiser decides whether it takes its place." }
  end
  return h.section {
    waiting.needs == 0 and h.p { "What you see here is what happens, and nothing else: if something comes "
      .. "between, you are asked again." },
    buttons(waiting, visitor, waiting.needs == 0) }
end

local function plan_view(waiting, visitor)
  return { title = "A changed script waits", body = {
    waiting.note ~= "" and h.p { class = "flag", waiting.note },
    proposed_by(waiting, visitor), whole_plan(waiting), question_form(waiting, visitor),
    answered(waiting, visitor), decide_section(waiting, visitor),
  } }
end

local function problem_view(waiting, visitor)
  return { title = "The changed script can't be used", body = {
    proposed_by(waiting, visitor), h.p { class = "wrong", waiting.problem },
    h.p { "What runs goes on as it is. Mend the script and save it: then its plan is here." },
    may_decide(visitor) and buttons(waiting, visitor, false),
  } }
end

local between <const> = {
  planned = { "The plan is being made", "It takes a few seconds, and then this page shows it." },
  agreed = { "It takes its place", "One moment: this page says what became of it." },
}

local function page(request, visitor)
  local waiting = usher.proposal("html", "text")
  local acts = request.seen.acts
  if not waiting then
    return { title = "The script", body = { running(acts, visitor),
      h.p { "No changed script waits for your word." }, acts_section(acts, visitor) } }
  end
  local says = between[waiting.state]
  if says then return { title = says[1], live = false, refresh = SOON_S, body = h.p { says[2] } } end
  return waiting.problem and problem_view(waiting, visitor) or plan_view(waiting, visitor)
end

-- -- the word

local known <const> = { apply = true, discard = true }

local function decide(request, visitor)
  local word = request.form.word
  if not known[word or ""] then return office.refuse(visitor, "Press one of the two buttons.") end
  usher.decide_proposal(word, { digest = request.form.digest or "", who = visitor.name })
  return { redirect = parts.path(PATH) }
end

local function answer(request, visitor)
  local waiting, form = usher.proposal(), request.form
  if not waiting then return { redirect = parts.path(PATH) } end
  local chosen = {}
  for i, question in ipairs(waiting.questions or {}) do
    local value = form["q" .. i]
    if value and value ~= "" then chosen[question.id] = value end
  end
  local answers = form.anew and {} or plan.answer(waiting.questions or {}, chosen, waiting.answers)
  usher.decide_proposal("answer", { digest = form.digest or "", who = visitor.name, answers = answers })
  return { redirect = parts.path(PATH) }
end

function change.register()
  office.page(PATH, { look = look }, page)
  office.act(PATH, { act = "change" }, decide)
  office.act(PATH .. "-answers", { act = "change" }, answer)
  usher.on("proposed", function()
    live.changed()
    return {}
  end)
end

return change
