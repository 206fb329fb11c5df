-- SPDX-License-Identifier: MIT
-- rates: mails that have to wait because the mail server takes only so many an hour or a minute. The
-- rehearsal has played it: each mail says when its flow asked for it and when it left, and whichever was of
-- no use any more by then did not leave.
local rates = {}

local MINUTE_MS <const> = 60 * 1000

local NEVER_TRIED <const> = "^given up after 0 tries" -- by the engine: it only waited for its turn

-- rates.never_left(effect): was it given up while it waited for its turn?
function rates.never_left(effect)
  return effect.kind == "failed" and effect.why ~= nil and effect.why:find(NEVER_TRIED) ~= nil
end

local function limits_text(request)
  local texts = {}
  if request.per_minute > 0 then texts[1] = request.per_minute .. " a minute" end
  if request.per_hour > 0 then texts[#texts + 1] = request.per_hour .. " an hour" end
  return table.concat(texts, " and ")
end

-- Mails of one rule that were asked for in one minute: { name, asked, last, sent, lost }.
local function groups_of(effects)
  local groups, by_name, latest = {}, {}, {}
  local function group_of(name, asked)
    local id = ("%s %d"):format(name, asked)
    if not by_name[id] then
      by_name[id] = { name = name, asked = asked, last = asked, sent = 0, lost = 0 }
      groups[#groups + 1] = by_name[id]
    end
    latest[name] = by_name[id]
    return by_name[id]
  end
  for _, effect in ipairs(effects) do
    local name = effect.item and ("%s (%s)"):format(effect.rule, effect.item) or effect.rule
    if effect.kind == "mail" then
      local group = group_of(name, (effect.asked or effect.at) // MINUTE_MS * MINUTE_MS)
      group.sent, group.last = group.sent + 1, math.max(group.last, effect.at)
    elseif rates.never_left(effect) then
      local group = latest[name] or group_of(name, effect.at)
      group.lost = group.lost + 1
    end
  end
  return groups
end

-- What the event has come to when the last one leaves, if it had not when the first one did.
local function passed(group, about)
  local function between(moment)
    return moment and group.asked <= moment.utc and moment.utc < group.last
  end
  if between(about.ends) then return ", after the end" end
  if between(about.starts) then return ", after the start" end
  return ""
end

local function sentence(group, limits, about)
  local count = group.sent + group.lost
  local text = ("%s: %d mails at %s: "):format(group.name, count, limits)
  if group.last >= group.asked + MINUTE_MS then
    text = ("%sthe last leaves %s%s"):format(text,
      usher.time.format(group.last, about.zone, "%a %d %b, %H:%M %P"), passed(group, about))
  end
  if group.lost == 0 then return text end
  return ("%s%s%d never leave, because it would be too late"):format(text,
    group.last >= group.asked + MINUTE_MS and "; " or "", group.lost)
end

-- rates.say(request, effects, about, add): a sentence for each rule whose mails wait for a minute or more.
-- request = { per_hour, per_minute }: 0 or nil: no limit; effects, about: as in timeline.lua.
function rates.say(request, effects, about, add)
  if (request.per_hour or 0) + (request.per_minute or 0) == 0 then return end
  local limits = limits_text(request)
  for _, group in ipairs(groups_of(effects)) do
    local waited = group.last >= group.asked + MINUTE_MS
    if waited or group.lost > 0 then add("%s", sentence(group, limits, about)) end
  end
end

return rates
