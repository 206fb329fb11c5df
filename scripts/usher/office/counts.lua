-- SPDX-License-Identifier: MIT
-- counts: who comes, counted: for each group, for the whole event, for the audience of a rule. One walk
-- over the list of guests and one over each book, whatever is asked, so that ten thousand guests are no
-- wait.
local attendance = require "usher.attendance"
local facts = require "usher.facts"
local roster = require "usher.roster"

local counts = {}

local NOBODY <const> = "" -- the group of whoever has none

local function new()
  return { all = 0, yes = 0, no = 0, tentative = 0, waiting = 0, none = 0, present = 0 }
end

-- Fills in everybody: key -> group of the guests, and the counts with all of them without an answer.
local function groups_of_guests()
  local groups, group_of = {}, {}
  local function add(key, group)
    group_of[key], groups[group] = group, groups[group] or new()
    groups[group].all, groups[group].none = groups[group].all + 1, groups[group].none + 1
  end
  for _, guest in ipairs(facts.guests) do add(guest.key, guest.group or NOBODY) end
  for key, change in usher.book("roster"):each() do
    if change.signed_up then add(key, change.group or NOBODY) end
  end
  return groups, group_of
end

-- counts.by_group() -> group -> { all, yes, no, tentative, waiting, none, present }, "" for whoever has no
-- group
function counts.by_group()
  local groups, group_of = groups_of_guests()
  local function move(key, word)
    local count = groups[group_of[key]]
    if count then count[word], count.none = count[word] + 1, count.none - 1 end
  end
  for key, answer in usher.book("answers"):each() do
    move(key, answer.answer)
  end
  local answers = usher.book("answers")
  for key in usher.book("signup"):each() do
    if not answers:has(key) and roster.waits(key) then move(key, "waiting") end
  end
  for key in usher.book("attendance"):each() do
    local count = groups[group_of[key]]
    if count and attendance.was_there(key) then count.present = count.present + 1 end
  end
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

-- counts.expected(rule, groups) -> { n = who would get it as answers are now, of = who could }, or nil when
-- the rule is for others than guests.
function counts.expected(rule, groups)
  local n, all = 0, 0
  for _, part in ipairs(rule.parts) do
    local field = of_audience[part.word or ""]
    if not field then return nil end
    for group, count in pairs(groups) do
      if not part.group or part.group == group then n, all = n + count[field], all + count.all end
    end
  end
  return { n = n, of = all }
end

return counts
