-- SPDX-License-Identifier: MIT
-- report_mails: what became of the event's mails, counted: a row for each rule, what went wrong, and why what
-- did not leave did not leave. Made from two lists of the database, which a route or a handler asks for:
--
--   report_mails.look() -> lists for `look`
--   report_mails.of(seen) -> { rules = list of { name, whom, sent, planned, skipped, held, unsure, refused,
--     bounced, stuck, retrying }, total = the same of all, skipped = list of { name, text, n }, wrong = list
--     of the same, with label = whom it is about, when it is one }
local facts = require "usher.facts"
local fates = require "usher.office.fates"
local letters = require "usher.letters"
local parts = require "usher.office.parts"

local report_mails = {}

local LISTED_MAX <const> = 40 -- sentences about what went wrong
local REPORTS_MAX <const> = 10000 -- as many rows as a list gives

local kinds <const> = { "sent", "planned", "skipped", "held", "unsure", "refused", "bounced", "stuck",
  "retrying" }
-- What a count of mails says of flows that are on their way just now, or have sent nothing and say no reason.
local like <const> = { ["under way"] = "planned", done = "skipped" }
local wrong <const> = { held = true, unsure = true, refused = true, bounced = true, stuck = true,
  retrying = true }

function report_mails.look()
  return { fates = { ask = "fate_counts", event = facts.event.id },
    reports = { ask = "reports", event = facts.event.id, since = 0, limit = REPORTS_MAX } }
end

local function new_count(name, whom)
  local count = { name = name, whom = whom }
  for _, kind in ipairs(kinds) do count[kind] = 0 end
  return count
end

-- Rules in the script's order, then the letters; and name -> row of both.
local function known_rules()
  local order, by_name = {}, {}
  local function add(rule, whom)
    by_name[rule.name] = new_count(rule.name, whom)
    order[#order + 1] = by_name[rule.name]
  end
  for _, rule in ipairs(facts.rules) do add(rule, parts.audience(rule)) end
  for _, rule in ipairs(letters.rules()) do
    if not by_name[rule.name] then add(rule, "whom it concerns") end
  end
  return order, by_name
end

-- One sentence for all to whom the same has happened. label: whom, when it happened to one.
local function add_sentence(list, by_text, name, text, label, n)
  local id = name .. "\0" .. text
  if not by_text[id] then
    by_text[id] = { name = name, text = text, n = 0 }
    list[#list + 1] = by_text[id]
  end
  local one = by_text[id]
  one.n = one.n + n
  one.label = one.n == 1 and label or nil
end

local function most_first(list)
  table.sort(list, function(a, b)
    if a.n ~= b.n then return a.n > b.n end
    if a.name ~= b.name then return a.name < b.name end
    return a.text < b.text
  end)
  local more = 0
  for i = #list, LISTED_MAX + 1, -1 do more, list[i] = more + list[i].n, nil end
  list[#list + 1] = more > 0 and { name = "further mails", n = more, text = "each with a reason of its own" }
    or nil
  return list
end

-- What came back, once for each flow; and no more of them than have left.
local function count_bounces(reports, by_name, say)
  local told = {}
  for _, row in ipairs(parts.of_event(reports)) do
    local id, count = row.name .. "\0" .. row.flow_key, by_name[row.name]
    local text, is_back = fates.arrival { what = "mail:report", value = row.value }
    if is_back and count and count.sent > 0 and not told[id] then
      told[id] = true
      count.sent, count.bounced = count.sent - 1, count.bounced + 1
      say(row.name, text, row.label, 1)
    end
  end
end

local function total_of(order)
  local total = new_count("all", "")
  for _, count in ipairs(order) do
    for _, kind in ipairs(kinds) do total[kind] = total[kind] + count[kind] end
  end
  return total
end

local function anything(count)
  for _, kind in ipairs(kinds) do
    if count[kind] > 0 then return true end
  end
  return false
end

function report_mails.of(seen)
  local order, by_name = known_rules()
  local troubles, skips, by_text = {}, {}, {}
  for _, row in ipairs(parts.of_event(seen.fates)) do
    local count = by_name[row.name]
    if not count and row.mail == 1 then -- of a rule that the script has no more, or sent once more by hand
      count = new_count(row.name, "whom it concerned")
      by_name[row.name], order[#order + 1] = count, count
    end
    if count then
      row.unsure = row.is_unsure == 1 and row.updated_at or nil
      local fate = fates.of(row)
      local kind = like[fate.kind] or fate.kind
      count[kind] = count[kind] + row.n
      local why = fate.text:gsub("^skipped: ", "")
      if wrong[kind] then add_sentence(troubles, by_text, row.name, why, row.label, row.n) end
      if kind == "skipped" then add_sentence(skips, by_text, row.name, why, nil, row.n) end
    end
  end
  count_bounces(seen.reports, by_name, function(...) add_sentence(troubles, by_text, ...) end)
  local rules = {}
  for _, count in ipairs(order) do rules[#rules + 1] = anything(count) and count or nil end
  return { rules = rules, total = total_of(rules), wrong = most_first(troubles), skipped = most_first(skips) }
end

return report_mails
