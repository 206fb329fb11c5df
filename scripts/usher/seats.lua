-- SPDX-License-Identifier: MIT
-- seats: who has one and who waits for one. Only inside usher.decide, handlers and POST routes: each of these
-- runs to its end alone, and what it changes in the books is one transaction. So no seat is given twice.
--
--   plan = { groups = list of names, room = { own = group -> seats, free = seats } or nil: no limit,
--            waitlist = true }
-- A group fills its own seats first, then the free ones, which are anybody's. Nothing says which seat
-- somebody sits on; only how many of each group have one. So when somebody of a full group goes, whoever of
-- it sat on a free seat moves over without knowing.
--
--   book signup: person's key -> entry { state, place, group, at = since when, ... }
--     states   seat       has one
--              waiting    is on the wait-list
--              offered    one is kept until the person has answered, and counts as taken
--              cancelled  gave it up, or no longer waits
--              lapsed     let an offer pass
--   book seats: "line" -> { places = number of the last arrival, taken = group -> how many have a seat or an
--     offer }
--   book "wait-list GROUP": place, eight digits -> key. A book for each group: its first entry is who is next
--
-- Always after each of the functions below: nobody is offered or given a seat that is not there; of those
-- who could have one, the earliest arrival is next; and (while seats.advance is called after every departure)
-- nobody waits who could have one. The order is that of arrival, and no clock is asked about it.
local live = require "usher.live"

local seats = {}

local function entries() return usher.book("signup") end

local function line_of_now()
  return usher.book("seats"):get("line") or { places = 0, taken = {} }
end

local function keep(line) usher.book("seats"):set("line", line) end

local function wait_list(group) return usher.book("wait-list " .. group) end

local function place_text(place) return ("%08d"):format(place) end

local function put(key, entry, state)
  entry.state, entry.at = state, usher.now()
  entries():set(key, entry)
  live.changed()
end

-- seats.entry(key) -> entry or nil
function seats.entry(key) return entries():get(key) end

-- seats.state(key) -> how it stands with somebody, or nil: never signed up
function seats.state(key)
  local entry = entries():get(key)
  return entry and entry.state
end

-- seats.has_room(room, taken, group) -> could one more of the group have a seat?
function seats.has_room(room, taken, group)
  if not room then return true end
  if (taken[group] or 0) < (room.own[group] or 0) then return true end
  local free = room.free
  for name, count in pairs(taken) do free = free - math.max(0, count - (room.own[name] or 0)) end
  return free > 0
end

-- seats.enter(plan, key, entry) -> "seat" or "waiting"; or "full", and nothing is changed.
-- Whoever arrives goes to the end of the line, also when they were in it before.
function seats.enter(plan, key, entry)
  local line, group = line_of_now(), entry.group
  local queue = wait_list(group)
  local sits = queue:count() == 0 and seats.has_room(plan.room, line.taken, group)
  if not sits and not plan.waitlist then return "full" end
  line.places = line.places + 1
  entry.place = line.places
  if sits then
    line.taken[group] = (line.taken[group] or 0) + 1
  else
    queue:set(place_text(entry.place), key)
  end
  keep(line)
  put(key, entry, sits and "seat" or "waiting")
  return entry.state
end

-- seats.leave(key, entry, state): somebody goes, from wherever they are. state: "cancelled" or "lapsed".
function seats.leave(key, entry, state)
  if entry.state == "waiting" then
    wait_list(entry.group):remove(place_text(entry.place))
  elseif entry.state == "seat" or entry.state == "offered" then
    local line = line_of_now()
    line.taken[entry.group] = line.taken[entry.group] - 1
    keep(line)
  end
  put(key, entry, state)
end

-- seats.take(key, entry): the offered seat is theirs. It was counted when it was offered.
function seats.take(key, entry)
  put(key, entry, "seat")
end

-- Who is next of those groups that have room: the earliest arrival. nil: nobody waits who could have a seat.
local function next_of(plan, taken)
  local first, key
  for _, group in ipairs(plan.groups) do
    local each, book, from = wait_list(group):each()
    local place, waiting = each(book, from)
    if place and (not first or place < first) and seats.has_room(plan.room, taken, group) then
      first, key = place, waiting
    end
  end
  return key, first
end

-- seats.advance(plan, offer): keeps free seats for those who wait, as many as there are of both.
-- offer(key, entry) is called for each, before its entry is written.
function seats.advance(plan, offer)
  while true do
    local line = line_of_now()
    local key, place = next_of(plan, line.taken)
    if not key then return end
    local entry = entries():get(key)
    wait_list(entry.group):remove(place)
    line.taken[entry.group] = (line.taken[entry.group] or 0) + 1
    keep(line)
    offer(key, entry)
    put(key, entry, "offered")
  end
end

-- seats.number(entry) -> which place on the wait-list of the group, from 1
function seats.number(entry)
  local number, wanted = 0, place_text(entry.place)
  for place in wait_list(entry.group):each() do
    number = number + 1
    if place == wanted then return number end
  end
end

-- seats.waiting(group) -> how many wait
function seats.waiting(group) return wait_list(group):count() end

-- seats.is_full(plan, group) -> would somebody who arrives now wait?
function seats.is_full(plan, group)
  return seats.waiting(group) > 0 or not seats.has_room(plan.room, line_of_now().taken, group)
end

-- seats.taken() -> group -> how many have a seat or an offer
function seats.taken() return line_of_now().taken end

return seats
