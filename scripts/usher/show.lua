-- SPDX-License-Identifier: MIT
-- show: what is on now and what comes next, for guests. The page of whoever runs the day is show_page.lua,
-- its buttons are show_steer.lua, its clock is show_clock.lua.
local dates = require "usher.dates"
local facts = require "usher.facts"
local h = require "usher.html"
local lang = require "usher.lang"
local programme = require "usher.programme"
local show_clock = require "usher.show_clock"

local show = {}

local AROUND_MS <const> = 30 * 60 * 1000 -- before the start and after the end

local function given(item, code)
  local by = programme.given_by(item, code)
  return by and ("%s (%s)"):format(item.title, by) or item.title
end

-- What comes next: items without a time of their own, and then the first that has one.
local function following_of(plan, now, say, code)
  local lines = {}
  for i = plan.next or #plan.list + 1, #plan.list do
    local one = plan.list[i]
    local at = one.starts and say("at", math.max(one.starts, now)) or say "then_"
    lines[#lines + 1] = h.div { given(one.item, code), ", ", at }
    if one.starts then break end
  end
  return lines
end

-- show.now_next(code, zone) -> node, the item that is on; or nil when there is nothing to say: no
-- programme, or not the time for it. Times are as the day really goes, by the reader's clock.
function show.now_next(code, zone)
  local now, event = usher.now(), facts.event
  if #facts.items == 0 or now < event.starts.utc - AROUND_MS then return nil end
  local plan = show_clock.plan(now)
  if now > math.max(event.ends.utc, plan.ends) + AROUND_MS then return nil end
  local function say(key, ms)
    return lang.text(code, "show." .. key, { time = ms and dates.clock(ms, zone, code) })
  end
  local on, following, rows = plan.list[plan.current], following_of(plan, now, say, code), {}
  if on then
    local ends = on.ends and on.ends > now and { ", ", say("until_", on.ends) }
    rows[1] = { h.dt { say "now" }, h.dd { h.strong { given(on.item, code), ends } } }
  end
  if #following > 0 then rows[#rows + 1] = { h.dt { say "next" }, h.dd(following) } end
  if #rows == 0 then return h.p { say "over" } end
  return h.dl { class = "facts card", rows }, on and on.item
end

return show
