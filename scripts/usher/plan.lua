-- SPDX-License-Identifier: MIT
-- plan: what a changed script means for an event that runs, in words: what differs in people's mailboxes, who
-- stays as they are, and what needs an answer before anything is changed. Knows nothing of words, like
-- timeline.lua: a script on the primitives alone gets the same.
--
-- plan.report(request, about) -> { text, html, needs, changes }
--   request = { outline = as reload.h says; said = { asks = list of { text, n: how many people it is about },
--                 notes = list of sentences } of the new version's words
--               before, after = what would leave, as timeline.lua reads it,
--               now = ms, answers = { skip = list, ... }, about = what usher.describe said }
--   needs: how many people or flows something has to be decided for; 0: the plan can be carried out
local changes = require "usher.changes"
local html = require "usher.html"
local timeline = require "usher.timeline"

local plan = {}

local NAMES_MAX <const> = 3
local NOTES_MAX <const> = 20 -- sentences of the words

-- ---- what leaves ------------------------------------------------------------------------------------------

-- What people would get, and what they would have been asked about and don't get as things stand.
local function entries(effects, about)
  local list = {}
  for _, effect in ipairs(timeline.read(effects, about)) do
    if effect.sent or effect.skipped then
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

local function questions(request, after)
  local list, n = {}, 0
  for _, ask in ipairs(request.outline.said and request.outline.said.asks or {}) do
    n, list[#list + 1] = n + ask.n, ask.text
  end
  for _, group in ipairs(groups_of(request.outline.flows, "holds")) do
    n = n + #group.names
    list[#list + 1] = ("%s \u{00B7} %s: %s. Say  --skip %s  (nobody gets it),  --send %s  (everybody gets "
      .. 'it now), or  was = "..."  where it only has a new name.'):format(group.flow, whom(group.names),
      group.why, group.step, group.step)
  end
  for _, group in ipairs(groups_of(request.outline.flows, "stays")) do
    if group.fails then
      n = n + #group.names
      list[#list + 1] = ("%s \u{00B7} %s: %s. Mend the script, or say  --stay %s  (they go on as before).")
        :format(group.flow, whom(group.names), group.why, group.flow)
    end
  end
  for _, rule in ipairs(new_and_past(request, after)) do
    n = n + rule.n
    list[#list + 1] = ("%s \u{00B7} %d people: the rule is new, and its moment has passed, so nobody gets "
      .. 'it. Say  --skip %s  if that is meant, or  was = "..."  in the rule when it only has a new name.')
      :format(rule.name, rule.n, rule.name)
  end
  return list, n
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
  local gone = {}
  for _, flow in ipairs(outline.gone) do gone[#gone + 1] = flow.label ~= "" and flow.label or flow.key end
  if #gone > 0 then
    list[#list + 1] = ("%s: no longer started by the script, and on as before. Say  --end-gone  to end that.")
      :format(whom(gone))
  end
  return list
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

function plan.report(request, about)
  about = about or timeline.about(request)
  if request.outline.same then
    return { text = "The script is the one that runs: nothing changes.\n", needs = 0,
      html = html.p { "The script is the one that runs: nothing changes." }.html }
  end
  local after = entries(request.after, about)
  local asked, n = questions(request, after)
  local text, table_html, counts = changes.report(entries(request.before, about), after,
    { zone = about.zone, since = "What changes" })
  local told, lines = notes(request.outline), { text:sub(1, -2) }
  section(lines, "Besides:", told)
  section(lines, "This needs an answer before anything changes:", asked)
  local page = html.section {
    html.raw(table_html),
    #told > 0 and html.h2 { "Besides" }, #told > 0 and items(told),
    #asked > 0 and html.h2 { "This needs an answer before anything changes" }, #asked > 0 and items(asked),
  }
  return { text = table.concat(lines, "\n") .. "\n", html = page.html, needs = n, changes = counts }
end

return plan
