-- SPDX-License-Identifier: MIT
-- show_clock: what of the programme is on now, and when the rest begins as the day really goes. The programme
-- itself never changes; how far the day is from it is one number for all that has not begun.
--
--   book show: "clock" -> { n = counts the presses, by = ms later (or earlier) than planned for what has not
--     begun, began = index as text -> ms for what has, floating = index of an item without a time that is on,
--     over = true after the last, before = { by, began, floating, over } of the press before }
--   book show: "told <index>/<key of a person>" -> when the item begins, as they were told by a cue
-- Reading goes wherever books do. An item's index is its place in the programme.
local facts = require "usher.facts"

local show_clock = {}

local TAKE_BACK_MS <const> = 20 * 1000

-- show_clock.state() -> what the book says
function show_clock.state()
  return usher.book("show"):get("clock") or { n = 0, by = 0, began = {} }
end

function show_clock.keep(state) usher.book("show"):set("clock", state) end

-- show_clock.starts(state, i) -> when item i begins or began (ms); nil for one without a time that has not
function show_clock.starts(state, i)
  local item, began = facts.items[i], state.began[tostring(i)]
  return began or item.starts and item.starts.utc + state.by or nil
end

-- The next item with a time of its own behind i.
function show_clock.timed_after(i)
  for k = i + 1, #facts.items do
    if facts.items[k].starts then return k end
  end
end

-- show_clock.ends(state, i) -> when item i is over if nothing more is pressed (ms); nil for one without a
-- time
function show_clock.ends(state, i)
  local item = facts.items[i]
  if not item.starts then return nil end
  local following = show_clock.timed_after(i)
  local planned = item.ends or following and facts.items[following].starts or facts.event.ends
  return planned.utc + state.by
end

-- show_clock.current(state, now) -> index of what is on; 0 before the first, #items + 1 after the last.
-- What was begun by a press is on until the clock of the next comes; an item without a time has no clock,
-- and is on until somebody presses on.
function show_clock.current(state, now)
  if state.over then return #facts.items + 1 end
  local on = 0
  for i in ipairs(facts.items) do
    if state.began[tostring(i)] then on = i end
  end
  if state.floating == on and on > 0 then return on end
  for i, item in ipairs(facts.items) do
    if item.starts and i > on and show_clock.starts(state, i) <= now then on = i end
  end
  local ends = on > 0 and not show_clock.timed_after(on) and show_clock.ends(state, on)
  return ends and ends <= now and on == #facts.items and #facts.items + 1 or on
end

-- show_clock.plan(now) -> { state, current, list, next, ends, late }
--   list   { item, index, starts, ends (ms or nil), phase = "past" | "now" | "next" | "later" } of each
--   next   index of what comes next, or nil
--   ends   when the last item ends as it goes now; late: how far that is after the event's end (ms, or 0)
function show_clock.plan(now)
  local state, list = show_clock.state(), {}
  local current = show_clock.current(state, now)
  local ends = facts.event.ends.utc
  for i, item in ipairs(facts.items) do
    local phase = i < current and "past" or i == current and "now" or i == current + 1 and "next" or "later"
    list[i] = { item = item, index = i, phase = phase, starts = show_clock.starts(state, i),
      ends = show_clock.ends(state, i) }
    if item.starts then ends = list[i].ends end
  end
  return { state = state, current = current, list = list, next = list[current + 1] and current + 1 or nil,
    ends = ends, late = math.max(0, ends - facts.event.ends.utc) }
end

-- -- moments that follow the clock

-- show_clock.moved(moment, by) -> the moment of usher.time, so many milliseconds later (whole seconds)
function show_clock.moved(moment, by)
  return by == 0 and moment or usher.time.shift(moment, ("%d seconds"):format(by // 1000))
end

-- show_clock.item(item, by) -> the item with its times as they are now; what it is stays the same table's
function show_clock.item(item, by)
  if by == 0 then return item end
  local copy = {}
  for name, value in pairs(item) do copy[name] = value end
  copy.starts, copy.ends = show_clock.moved(item.starts, by), item.ends and show_clock.moved(item.ends, by)
  return copy
end

-- The index of an item by its title.
function show_clock.index(title)
  for i, item in ipairs(facts.items) do
    if item.title == title then return i end
  end
end

-- show_clock.by(title) -> how much later than planned the item begins or began (ms). Inside usher.decide.
function show_clock.by(title)
  local i = show_clock.index(title)
  local starts = i and show_clock.starts(show_clock.state(), i)
  return starts and facts.items[i].starts and starts - facts.items[i].starts.utc or 0
end

-- show_clock.wait(title, moment) -> by: waits until the moment has come by the clock of the day, however
-- often that is moved while we wait; `by` is how much later that was. Only in flows. show_steer tells us
-- with the signal "moved". After a press nobody hears of it at once: it may be a mistake, and is taken
-- back.
function show_clock.wait(title, moment)
  local not_before
  while true do
    local by = usher.decide("how late it is", show_clock.by, title)
    local at = show_clock.moved(moment, by)
    if not_before and at.utc < not_before then at = not_before end
    local which = usher.first("its time", { time = { at = at }, moved = { signal = "moved" } })
    if which == "time" then return by end
    not_before = usher.now() + TAKE_BACK_MS
  end
end

-- show_clock.tell(title, key, by) -> whether the clock is still where the flow thinks; then it is written
-- down that this person is told so. Inside usher.decide, together with the decision to send.
function show_clock.tell(title, key, by)
  if show_clock.by(title) ~= by then return false end
  local i = show_clock.index(title)
  if i then show_clock.told(i, key, facts.items[i].starts.utc + by) end
  return true
end

local function told_key(i, key) return ("told %d/%s"):format(i, key) end

-- show_clock.told(i, key, starts): writes down when somebody was told that item i begins.
function show_clock.told(i, key, starts) usher.book("show"):set(told_key(i, key), starts) end

-- show_clock.was_told(i, key) -> ms or nil
function show_clock.was_told(i, key) return usher.book("show"):get(told_key(i, key)) end

return show_clock
