-- SPDX-License-Identifier: MIT
-- answers: who comes and who does not. The book "answers" holds for each person's key
--   { answer = "yes" | "no", at = ms, who = who wrote it down, note = text }
-- These are handlers: each runs to its end in one turn, and its reply leaves when the book is on disk.
local check = require "usher.check"
local facts = require "usher.facts"
local people = require "usher.people"
local roster = require "usher.roster"
local undecided = require "usher.undecided"

local answers = {}

local followers <const> = {}

-- answers.follow(fn): fn(person, "yes" or "no") is told of each answer that is written down here, in its
-- transaction. When it raises, the answer is not taken, and whoever gave it reads why.
function answers.follow(fn) followers[#followers + 1] = fn end

local words <const> = { yes = "yes", no = "no", coming = "yes", declined = "no" }

-- answers.answer{ person, answer, note, who } -> { text, ... }
-- person: a key, or a name or part of it that only one person has; the answer is yes or no. Or an item of the
-- programme that is undecided; then the answer is who gives it.
function answers.answer(request)
  if undecided.is_open(request.person) then
    return undecided.decide { item = request.person, person = request.answer, who = request.who }
  end
  local person, why = people.find(tostring(request.person or ""), roster.everybody())
  if not person then error(why, 0) end
  local answer = words[tostring(request.answer):lower()]
  if not answer then
    error(("an answer is yes or no, not '%s'%s"):format(tostring(request.answer),
      check.meant(tostring(request.answer), { "yes", "no" })), 0)
  end
  local book = usher.book("answers")
  local before = book:get(person.key)
  book:set(person.key, { answer = answer, at = usher.now(), who = request.who, note = request.note })
  for _, follow in ipairs(followers) do follow(person, answer) end
  local name, changed = facts.full_name(person), before and before.answer ~= answer
  return { key = person.key, name = name, answer = answer, before = before and before.answer,
    text = ("%s: %s%s"):format(name, answer, changed and " (it was " .. before.answer .. ")" or "") }
end

-- answers.who{ group } -> list of { group, key, name, answer, note, who }, in the order of the guest list;
-- then who has signed up, in the order in which they came
function answers.who(request)
  local wanted = request and request.group
  local book, list, groups = usher.book("answers"), {}, facts.groups
  local known = wanted == nil
  for _, group in ipairs(groups) do known = known or group == wanted end
  if not known then error(("no group is called '%s'%s"):format(wanted, check.meant(wanted, groups)), 0) end
  for _, guest in ipairs(roster.guests()) do
    if not wanted or guest.group == wanted then
      local answer = book:get(guest.key) or {}
      local without = roster.waits(guest.key) and "waiting" or "none"
      list[#list + 1] = { group = guest.group, key = guest.key, name = facts.full_name(guest),
        answer = answer.answer or without, note = answer.note, who = answer.who, phone = guest.phone }
    end
  end
  return list
end

local pretended <const> = { accepts = "yes", declines = "no" }

-- answers.pretend{ args, guest } -> list of { after, call, with }: what people do in a rehearsal about the
-- mail whose args these are. guest: "accepts" (the default, a day later), "declines" or "silent".
function answers.pretend(request)
  local about = request.args and request.args.about or {}
  local answer = pretended[request.guest or "accepts"]
  local person = facts.by_key[about.person or ""]
  local invites = tostring(about.audience):find("^invited") or tostring(about.audience):find("^not_answered")
  if not answer or not person or not person.guest or not invites then return {} end
  return { { after = "1 day", call = "answer",
    with = { person = person.key, answer = answer, who = "rehearsal" } } }
end

return answers
