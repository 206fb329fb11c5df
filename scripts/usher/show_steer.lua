-- SPDX-License-Identifier: MIT
-- show_steer: the buttons of whoever runs the day: five minutes later, earlier, next, take the last one back.
-- One press is one transaction: the clock, the signals to the cues that wait, and the flows that tell whoever
-- was told another time before. So after a crash everything of a press is there, or nothing.
--
-- Whoever has not had a cue yet gets it by the new clock (show_clock.wait). Whoever has had one is told the
-- new time by a mail, once the clock has stood still for a moment: who presses +5 three times means
-- fifteen. Nobody is written to while they speak.
local cues = require "usher.cues"
local dates = require "usher.dates"
local facts = require "usher.facts"
local lang = require "usher.lang"
local live = require "usher.live"
local roster = require "usher.roster"
local show_clock = require "usher.show_clock"
local template = require "usher.template"

local show_steer = {}

local MINUTE_MS <const> = 60 * 1000
local STEP_MS <const> = 5 * MINUTE_MS
local OPENS_MS <const>, CLOSES_MS <const> = 2 * 60 * MINUTE_MS, 3 * 60 * MINUTE_MS -- around the event
local SAME_MS <const> = MINUTE_MS -- a smaller change is not worth a mail
local STANDS_STILL <const> = "40 seconds"
local FLOW <const> = "new time" -- no rule can be called so: their names have no spaces

-- show_steer.is_open(now): the buttons are there from two hours before the start to three after the end.
function show_steer.is_open(now)
  local event = facts.event
  return now >= event.starts.utc - OPENS_MS and now <= event.ends.utc + CLOSES_MS
end

-- -- what a press does to the clock

local function copy_of(state)
  local began = {}
  for i, ms in pairs(state.began) do began[i] = ms end
  return { by = state.by, began = began, floating = state.floating, over = state.over }
end

-- What has begun by the clock alone began when it said so: from here on the clock moves without it.
local function freeze(state, current)
  for i = 1, math.min(current, #facts.items) do
    state.began[tostring(i)] = show_clock.starts(state, i)
  end
end

local presses <const> = {}

function presses.later(state) state.by = state.by + STEP_MS end

-- What follows can't begin before now.
function presses.earlier(state, current, now)
  local following = show_clock.timed_after(current)
  local least = following and now - facts.items[following].starts.utc or state.by - STEP_MS
  state.by = math.max(state.by - STEP_MS, math.min(state.by, least)) // 1000 * 1000
end

presses["next"] = function(state, current, now)
  local i = current + 1
  local item = facts.items[i]
  state.floating, state.over = nil, item == nil or nil
  if not item then return end
  if item.starts then
    state.by = (now - item.starts.utc) // 1000 * 1000
    state.began[tostring(i)] = item.starts.utc + state.by
  else
    state.floating, state.began[tostring(i)] = i, now
  end
end

local function take_back(state)
  local before = state.before
  return before and { by = before.by, began = before.began, floating = before.floating, over = before.over }
end

-- The state after a press, or nil when there is nothing to press.
local function pressed(state, word, now)
  local new = word == "back" and take_back(state)
  if not new and presses[word] then
    local current = show_clock.current(state, now)
    if word == "next" and current > #facts.items then return nil end
    new = copy_of(state)
    freeze(new, current)
    presses[word](new, current, now)
    new.before = copy_of(state)
  end
  if new then new.n = state.n + 1 end
  return new or nil
end

-- -- who hears of it

-- Those who wait for an item: { index, person = key, flow, key } of each cue; for an item that nobody had
-- when the script was loaded, whoever is named by now.
local function waiting_for()
  local list = {}
  for _, unit in ipairs(cues.units()) do
    for _, rule in ipairs(facts.rules) do
      if rule.word == "cue" then
        list[#list + 1] = { index = unit.index, person = unit.person.key, flow = rule.name, key = unit.key }
      end
    end
  end
  for i, item in ipairs(facts.items) do
    local named = item.undecided and usher.book("decided"):get(item.title)
    if named then
      list[#list + 1] = { index = i, person = named.person, flow = "undecided", key = item.title }
    end
  end
  return list
end

local function tell(before, after, now)
  local current, started = show_clock.current(after, now), {}
  for _, one in ipairs(waiting_for()) do
    local i = one.index
    if i > current and show_clock.starts(before, i) ~= show_clock.starts(after, i) then
      usher.signal(one.flow, one.key, "moved", true)
      local unit = ("%s/%d"):format(one.person, i)
      if show_clock.was_told(i, one.person) and not started[unit] then
        started[unit] = true
        usher.start(FLOW, { key = ("%s/%d"):format(unit, after.n), label = facts.full_name(
          facts.by_key[one.person]), input = { person = one.person, index = i } })
      end
    end
  end
end

local function how_late(by)
  local minutes = math.abs(by) // MINUTE_MS
  if minutes == 0 then return "the rest is as planned" end
  return ("the rest is %d min %s than planned"):format(minutes, by > 0 and "later" or "earlier")
end

local sentences <const> = { later = "5 minutes later", earlier = "5 minutes earlier", next = "next item",
  back = "took the last press back" }

-- show_steer.press(word, n, who) -> nil, or a sentence about why not. n: the number of presses that the page
-- knew of, so that a button pressed twice, or by two people at once, counts once.
function show_steer.press(word, n, who)
  local now, state = usher.now(), show_clock.state()
  if not sentences[word] then return "That is no button of this page." end
  if not show_steer.is_open(now) then return "The clock can be moved on the day only." end
  if n ~= state.n then return nil end
  local after = pressed(state, word, now)
  if not after then return nil end
  show_clock.keep(after)
  tell(state, after, now)
  usher.audit("run of show: " .. sentences[word], how_late(after.by), who)
  live.moved()
end

-- -- the mail with the new time

local function new_time(i, key)
  local now, state = usher.now(), show_clock.state()
  local starts, told = show_clock.starts(state, i), show_clock.was_told(i, key)
  if show_clock.current(state, now) >= i then return { why = "it has begun" } end
  if math.abs(starts - told) < SAME_MS then return { why = "they know the time" } end
  show_clock.told(i, key, starts)
  return { by = starts - facts.items[i].starts.utc, later = starts > told, change = roster.change(key) }
end

local function compose(person, item, verdict)
  local code, now_item = lang.of(person), show_clock.item(item, verdict.by)
  local function say(key) return lang.text(code, "show." .. key, {
    item = template.escape(item.title), name = template.escape(facts.full_name(person)),
    time = dates.clock(now_item.starts, person.zone, code),
    when = dates.long(now_item.starts, person.zone, code),
  }) end
  local event = facts.event
  return {
    "new-time", to = template.address(person), as = person.key, from = event.from, reply_to = event.reply_to,
    subject = say("new_time_subject"):gsub("\\(%p)", "%1"), lang = code, zone = event.zone, unsure = "resend",
    text = say(verdict.later and "new_time_later" or "new_time_earlier"), give_up = now_item.starts,
    about = { rule = FLOW, person = person.key, what = "cue", item = item.title,
      item_at = usher.time.format(now_item.starts, person.zone, "%H:%M %P") },
  }
end

local function life(input)
  local person, item = facts.by_key[input.person], facts.items[input.index]
  if not (person and item and item.starts) then return { skipped = "the person or the item is gone" } end
  usher.sleep(STANDS_STILL, "in case the clock moves again")
  local verdict = usher.decide("new time", new_time, input.index, input.person)
  if verdict.why then return { skipped = verdict.why } end
  person = roster.with(person.key, person, verdict.change)
  local reply = usher.mail(compose(person, item, verdict))
  return reply.sent and { sent = true } or { skipped = reply.why }
end

-- Called once, by the word `event`.
function show_steer.register()
  usher.flow(FLOW, life)
end

return show_steer
