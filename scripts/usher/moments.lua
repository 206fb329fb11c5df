-- SPDX-License-Identifier: MIT
-- moments: when a rule is due for a person, and until when it is of use.
--   A clock time means the event's wall clock, unless the rule says zone = "theirs" or names a zone.
--   Working days are those of the zone in which the phrase is read.
-- What a rule does not say follows from its moment (until: how late is allowed; unsure: what to do when
-- nobody knows whether a mail went out):
--   in the last hour before the start   within 15 minutes   resend   a second "starting now" does no harm
--   earlier                             until start         ask      a second invitation does
--   after the start                     within 2 days       ask
local calendar = require "usher.calendar"
local check = require "usher.check"
local facts = require "usher.facts"
local sessions = require "usher.sessions"

local moments = {}

local HOUR_MS <const> = 3600 * 1000
local late_words <const> = { "until start", "until end", "within 2h", "always", "never" }

-- The zone in which a rule's phrase is read for a person.
local function zone_of(rule, person)
  if rule.zone == "theirs" then return person.zone end
  return rule.zone or facts.event.zone
end

-- A rule about a series as a whole counts back from its first session, and on from its last; unless it says
-- "after start" or "before end".
local function resolve(rule, anchor)
  local is_whole = anchor == facts.event and sessions.is_series()
  if not is_whole or not rule.at or rule.at:find("after%s+start") then return anchor end
  local last = sessions.last()
  return (rule.at:find("after") or rule.at:find("end")) and last or anchor
end

-- moments.of(rule, person, anchor) -> moment. `anchor` has starts and ends: the event, a session or an item.
function moments.of(rule, person, anchor)
  local zone = zone_of(rule, person)
  anchor = resolve(rule, anchor)
  return usher.time.phrase(rule.at, {
    starts = anchor.starts, ends = anchor.ends or anchor.starts, zone = zone,
    weekend = facts.event.weekend, holidays = calendar.days(zone),
  })
end

local function is_urgent(moment, anchor)
  return moment.utc >= anchor.starts.utc - HOUR_MS and moment.utc <= anchor.starts.utc
end

local function default_late(moment, anchor)
  if is_urgent(moment, anchor) then return "within 15 minutes" end
  return moment.utc <= anchor.starts.utc and "until start" or "within 2 days"
end

-- moments.unsure(rule, moment, anchor) -> "resend" or "ask", unless the rule says
function moments.unsure(rule, moment, anchor)
  return rule.unsure or is_urgent(moment, resolve(rule, anchor)) and "resend" or "ask"
end

local function has_duration(word)
  local span = word:match("^within%s+(.+)$")
  return span and pcall(usher.time.shift, usher.time.at("2021-02-25 14:00", "UTC"), span)
end

-- Refuses a word for `late` that is none.
function moments.check_late(rule_word, late)
  if late == nil or has_duration(late) then return end
  for _, word in ipairs(late_words) do
    if word == late then return end
  end
  check.refuse('%s: late = "%s" is not known%s', rule_word, late, check.meant(late, late_words))
end

-- moments.limit(rule, moment, anchor) -> the moment after which it is of no use any more; nil: never
function moments.limit(rule, moment, anchor)
  anchor = resolve(rule, anchor)
  local late = rule.late or default_late(moment, anchor)
  if late == "always" then return nil end
  if late == "never" then return usher.time.shift(moment, "1 minute") end -- a tick and a commit take time
  if late == "until start" then return anchor.starts end
  if late == "until end" then return anchor.ends or anchor.starts end
  return usher.time.shift(moment, late:match("^within%s+(.+)$"))
end

return moments
