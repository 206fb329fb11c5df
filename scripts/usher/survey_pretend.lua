-- SPDX-License-Identifier: MIT
-- survey_pretend: how the guests of a rehearsal answer surveys. Each of them at a time and with answers of
-- their own, the same in every rehearsal, through the same pages as live.
local facts = require "usher.facts"
local links = require "usher.links"
local pretend = require "usher.pretend"
local questions = require "usher.questions"
local roster = require "usher.roster"

local survey_pretend = {}

local HASH_MOD <const> = 1000003
-- How long after the mail somebody answers: some at once, some the next day, some after the first nudge.
local after <const> = { "2 hours", "20 hours", "20 hours", "2 days" }

-- A number from 1 to n that follows from the text.
local function pick(text, n)
  local sum = 7
  for i = 1, #text do sum = (sum * 31 + text:byte(i)) % HASH_MOD end
  return sum % n + 1
end
survey_pretend.pick = pick

local function rate(question, dice)
  local high = question.to - pick(dice, 3) + 1 -- most people are content
  return tostring(math.max(question.from, high))
end

local function fill_one(form, form_all, question, key)
  local name, dice = questions.name_of(question), question.key .. key
  if question.kind == "text" then
    if pick(dice, 3) == 1 then form[name] = "A pretended answer of a rehearsal." end
  elseif question.kind == "rating" then
    form[name] = rate(question, dice)
  elseif question.kind == "yes_no" then
    form[name] = pick(dice, 2) == 1 and "yes" or "no"
  elseif question.kind == "matrix" then
    for _, row in ipairs(question.options) do
      form[questions.name_of(question, row)] = rate(question, dice .. row)
    end
  else
    form[name] = question.options[pick(dice, #question.options)]
    form_all[name] = { form[name] }
  end
end

-- survey_pretend.form(list, key) -> form, form_all as a request has them
function survey_pretend.form(list, key)
  local form, form_all = {}, {}
  for _, question in ipairs(list) do fill_one(form, form_all, question, key) end
  return form, form_all
end

-- survey_pretend.reader(mail, word) -> rule, person: when a guest who does as asked got a mail of that word
function survey_pretend.reader(mail, word)
  local about = mail.args and mail.args.about or {}
  local rule = facts.rule_named[about.rule or ""]
  local person = rule and rule.word == word and roster.person(about.person or "")
  if not person or not pretend.is_there(mail.guest) then return nil end
  return rule, person
end

local function act(s, person)
  if s.url then
    return { call = "survey-answered", with = { survey = s.name, person = person.key } }
  end
  local form, form_all = survey_pretend.form(s.questions, person.key)
  return { visit = { method = "POST", path = ("%s/%s"):format(links.path("survey", person), s.name),
    form = form, form_all = form_all } }
end

local function on_mail(mail)
  local rule, person = survey_pretend.reader(mail, "survey")
  if not rule then return nil end
  local one = act(facts.survey_named[rule.about], person)
  one.about = { person = person.key, did = ("answered '%s'"):format(rule.about) }
  one.after = rule.name == rule.about and after[pick(person.key, #after)] or "2 hours"
  return { one }
end

-- survey_pretend.register(): once, with the first survey.
function survey_pretend.register() pretend.add(on_mail) end

return survey_pretend
