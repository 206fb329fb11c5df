-- SPDX-License-Identifier: MIT
-- counts: who comes, counted: for each group, for the whole event, for the audience of a rule. One walk
-- over the list of guests and one over each book, whatever is asked, so that ten thousand guests are no
-- wait.
local attendance = require "usher.attendance"
local facts = require "usher.facts"

local counts = {}

local NOBODY <const> = "" -- the group of whoever has none

local function new()
  return { all = 0, yes = 0, no = 0, tentative = 0, waiting = 0, none = 0, present = 0 }
end

-- Whoever signed up: key -> group.
local function groups_of_sign_ups()
  local roster, groups = usher.book("roster"), {}
  local group = roster:column("group")
  for key in pairs(roster:column("signed_up")) do
    if not facts.by_key[key] then groups[key] = group[key] or NOBODY end
  end
  return groups
end

local waits <const> = { waiting = true, offered = true }

-- counts.by_group() -> group -> { all, yes, no, tentative, waiting, none, present }, "" for whoever has no
-- group
function counts.by_group()
  local groups, signed_up = {}, groups_of_sign_ups()
  local function at(group)
    groups[group] = groups[group] or new()
    return groups[group]
  end
  for group, n in pairs(facts.guests_in) do at(group).all = n end
  for _, group in pairs(signed_up) do at(group).all = at(group).all + 1 end
  local function count(key, word)
    local listed = facts.by_key[key]
    local group = listed and listed.guest and (listed.group or NOBODY) or signed_up[key]
    if group then groups[group][word] = groups[group][word] + 1 end
  end
  local answers = usher.book("answers"):column("answer")
  for key, answer in pairs(answers) do count(key, answer) end
  for key, state in pairs(usher.book("signup"):column("state")) do
    if waits[state] and not answers[key] then count(key, "waiting") end
  end
  for key in usher.book("attendance"):each() do
    if attendance.was_there(key) then count(key, "present") end
  end
  for _, one in pairs(groups) do one.none = one.all - one.yes - one.no - one.tentative - one.waiting end
  return groups
end

-- counts.names(groups) -> the groups in the script's order, whoever has none last
function counts.names(groups)
  local names, seen = {}, {}
  for _, group in ipairs(facts.groups) do
    if groups[group] then seen[group], names[#names + 1] = true, group end
  end
  for group in pairs(groups) do
    if not seen[group] then names[#names + 1] = group end
  end
  return names
end

-- counts.sum(groups) -> { all, yes, no, ... } of everybody
function counts.sum(groups)
  local sum = new()
  for _, count in pairs(groups) do
    for name, n in pairs(count) do sum[name] = sum[name] + n end
  end
  return sum
end

local of_audience <const> = { invited = "all", coming = "yes", declined = "no", not_answered = "none",
  waiting = "waiting" }

-- counts.is_by_answers(rule) -> whether answers alone say who gets it; others are known only when the time
-- comes
function counts.is_by_answers(rule)
  for _, part in ipairs(rule.parts) do
    if not of_audience[part.word or ""] then return false end
  end
  return true
end

-- counts.expected(rule, groups) -> { n = who would get it as answers are now, of = who could }, or nil when
-- the rule is for others than guests.
function counts.expected(rule, groups)
  if not counts.is_by_answers(rule) then return nil end
  local n, all = 0, 0
  for _, part in ipairs(rule.parts) do
    local field = of_audience[part.word]
    for group, count in pairs(groups) do
      if not part.group or part.group == group then n, all = n + count[field], all + count.all end
    end
  end
  return { n = n, of = all }
end

return counts
