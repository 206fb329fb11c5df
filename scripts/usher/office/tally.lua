-- SPDX-License-Identifier: MIT
-- tally: who comes, counted: for the whole event, for each group, for the audience of a rule. One walk over the
-- list of guests and one over the answers, whatever is asked, so that ten thousand guests are no wait.
local attendance = require "usher.attendance"
local facts = require "usher.facts"

local tally = {}

local NOBODY <const> = "" -- the group of whoever has none

local function new() return { all = 0, yes = 0, no = 0, none = 0, present = 0 } end

local function group_of(key, change)
  local listed = facts.by_key[key]
  return change and change.group or listed and listed.group or NOBODY
end

-- tally.by_group() -> group -> { all, yes, no, none, present }, "" for whoever has no group
function tally.by_group()
  local groups = {}
  local function at(group)
    groups[group] = groups[group] or new()
    return groups[group]
  end
  local changes = usher.book("roster")
  for _, guest in ipairs(facts.guests) do
    local count = at(guest.group or NOBODY)
    count.all, count.none = count.all + 1, count.none + 1
  end
  for _, change in changes:each() do
    if change.signed_up then
      local count = at(change.group or NOBODY)
      count.all, count.none = count.all + 1, count.none + 1
    end
  end
  for key, answer in usher.book("answers"):each() do
    local listed, change = facts.by_key[key], changes:get(key)
    if listed and listed.guest or change and change.signed_up then
      local count = at(group_of(key, change))
      local said = answer.answer == "yes" and "yes" or answer.answer == "no" and "no" or "none"
      count[said], count.none = count[said] + 1, count.none - 1
    end
  end
  for key in usher.book("attendance"):each() do
    local listed, change = facts.by_key[key], changes:get(key)
    if (listed and listed.guest or change and change.signed_up) and attendance.was_there(key) then
      local count = at(group_of(key, change))
      count.present = count.present + 1
    end
  end
  return groups
end

-- tally.names(groups) -> the groups in the script's order, whoever has none last
function tally.names(groups)
  local names, seen = {}, {}
  for _, group in ipairs(facts.groups) do
    if groups[group] then seen[group], names[#names + 1] = true, group end
  end
  for group in pairs(groups) do
    if not seen[group] then names[#names + 1] = group end
  end
  return names
end

-- tally.sum(groups) -> { all, yes, no, none, present } of everybody
function tally.sum(groups)
  local sum = new()
  for _, count in pairs(groups) do
    for name, n in pairs(count) do sum[name] = sum[name] + n end
  end
  return sum
end

local of_audience <const> = { invited = "all", coming = "yes", declined = "no", not_answered = "none" }

-- tally.expected(rule, groups) -> { n = who would get it as answers are now, of = who could }, or nil when the
-- rule is for others than guests.
function tally.expected(rule, groups)
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

return tally
