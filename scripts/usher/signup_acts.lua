-- SPDX-License-Identifier: MIT
-- signup_acts: what can happen to a sign-up. Each of these runs inside one handler, POST route or
-- usher.decide: who has a seat, who is told, whose reminders begin and who is asked next are one transaction.
--
--   book signup: key -> entry { state, place, group, at, since = when it was confirmed,
--     sessions = ids of those of a series that were chosen, answers = question -> answer, turns = how often
--     they came into the line, kept_until = ms of an offer,
--     form = { name, mail, zone, language } while the state is "pending" }
--     states  pending: the form was filled in, the mailed link was not opened yet; the others: seats.lua
--   book signup-mail: address in small letters -> { key, mailed = ms of the last mail that the public form
--     caused, form = the number of that form (door.lua) }
--
-- The public form can do one thing to an address: have it sent one mail an hour. Whatever else happens to a
-- sign-up, its own link does, or the office.
local answers = require "usher.answers"
local door = require "usher.door"
local facts = require "usher.facts"
local latecomers = require "usher.latecomers"
local roster = require "usher.roster"
local seats = require "usher.seats"

local acts = {}

local TURNS_MAX <const> = 20 -- into the line and out again: each turn is a mail or two

local function plan() return facts.signup end

local function entries() return usher.book("signup") end

local function addresses() return usher.book("signup-mail") end

-- The flow of a mail is known by the turn that it is about, a place in the line or the number of a form:
-- there is no second mail of one kind for one turn.
local function write_to(key, what, turn, input)
  local person, form = roster.person(key), seats.entry(key).form
  input = input or {}
  input.person, input.turn = key, turn
  usher.start("signup-" .. what, { key = ("%s/%d"):format(key, turn), input = input,
    label = person and facts.full_name(person) or form.name })
end

-- Whoever wrote the same answer down before stays named. chosen: ids of sessions, of a series.
local function set_answer(key, answer, chosen)
  local before = answers.of(key)
  chosen = answers.chosen(chosen)
  local same = before and before.answer == answer
    and table.concat(before.sessions or {}, " ") == table.concat(chosen or {}, " ")
  if not same then answers.note_down(key, answer, "sign-up", nil, chosen) end
end

-- ---- in the line --------------------------------------------------------------------------------------

-- A seat that came free goes to who waits longest; when the event has begun nobody is asked any more.
function acts.advance()
  local starts, now = facts.event.starts.utc, usher.now()
  if now >= starts then return end
  local here = { utc = now, zone = facts.event.zone, wall = "" }
  seats.advance(plan(), function(key, entry)
    entry.kept_until = math.min(usher.time.shift(here, plan().offer).utc, starts)
    write_to(key, "offer", entry.place)
  end)
end

-- They come: the answer, the mail with all that they have missed, and the flows of the reminders.
local function has_seat(key, entry, is_new)
  set_answer(key, "yes", entry.sessions)
  local person = roster.person(key)
  local missed = latecomers.missed(person)
  write_to(key, "seat", entry.place, { missed = missed })
  if is_new then latecomers.enrol(person, missed) end
end

local function waits(key, entry, is_new)
  write_to(key, "waiting", entry.place, { number = seats.waiting(entry.group) })
  if is_new then latecomers.enrol(roster.person(key), {}) end
end

local function person_of(form, entry)
  return { name = form.name, mail = form.mail, zone = form.zone, language = form.language,
    group = plan().asks_group and entry.group or nil, signed_up = true }
end

-- acts.enter(key, entry) -> "seat", "waiting" or "full". For those who confirm, and who come back.
function acts.enter(key, entry)
  local form, is_new = entry.form, entry.since == nil
  entry.form, entry.kept_until = nil, nil
  entry.since, entry.turns = entry.since or usher.now(), (entry.turns or 0) + 1
  local state = seats.enter(plan(), key, entry)
  if state == "full" then return state end
  if form and not facts.by_key[key] then roster.set(key, person_of(form, entry)) end
  if state == "seat" then has_seat(key, entry, is_new) else waits(key, entry, is_new) end
  return state
end

-- acts.may_come_back(entry) -> yes or no
function acts.may_come_back(entry)
  return (entry.state == "cancelled" or entry.state == "lapsed") and entry.turns < TURNS_MAX
end

local function end_offer(key, entry)
  usher.signal("signup-offer", ("%s/%d"):format(key, entry.place), "answered", true, { dedup = "answered" })
end

-- acts.take(key, entry): takes the offered seat.
function acts.take(key, entry)
  entry.kept_until = nil
  seats.take(key, entry)
  end_offer(key, entry)
  has_seat(key, entry, false)
end

-- acts.cancel(key, entry): gives the seat up, or the place on the wait-list. The next is asked.
function acts.cancel(key, entry)
  local had_seat = entry.state == "seat"
  if entry.state == "offered" then end_offer(key, entry) end
  seats.leave(key, entry, "cancelled")
  set_answer(key, "no")
  write_to(key, "cancelled", entry.place, { plain = not had_seat or nil })
  acts.advance()
end

-- acts.lapse(key, place) -> did it: the offer of that turn was not answered in time.
function acts.lapse(key, place)
  local entry = seats.entry(key)
  if not entry or entry.state ~= "offered" or entry.place ~= place then return false end
  seats.leave(key, entry, "lapsed")
  write_to(key, "expired", place)
  acts.advance()
  return true
end

-- acts.change(key, entry, typed): other answers to the questions, other sessions; another way to write the
-- name.
function acts.change(key, entry, typed)
  entry.answers, entry.sessions = typed.answers, typed.sessions
  entries():set(key, entry)
  if entry.state == "seat" then set_answer(key, "yes", entry.sessions) end
  if facts.by_key[key] then return end
  local person = roster.change(key)
  person.name = typed.name
  roster.set(key, person)
end

-- ---- through the public door --------------------------------------------------------------------------

local function new_entry(key, typed)
  local entry = { state = "pending", group = typed.group, answers = typed.answers,
    sessions = typed.sessions, at = usher.now(),
    form = { name = typed.name, mail = typed.mail, zone = typed.zone, language = typed.language } }
  entries():set(key, entry)
  return entry
end

-- Whoever is on the guest list keeps their key and their name, and is always asked by mail.
local function first_time(key, typed, number)
  local entry = new_entry(key, typed)
  local asks = plan().confirm or facts.by_key[key]
  if asks or acts.enter(key, entry) == "full" then write_to(key, "check", number) end
end

-- acts.arrive(typed, from) -> nil; or "network", "everybody": too many forms (door.lua). For a form that is
-- well filled in. typed = { name, mail, zone, language, group, sessions, answers }; from: the network
-- address. What comes of it is told to the mail address alone; the page says the same thing every time.
function acts.arrive(typed, from)
  local address, now = typed.mail:lower(), usher.now()
  local known = addresses():get(address)
  local is_again = known and now - known.mailed < door.HOUR_MS
  local number, why = door.enter(from, plan().limit, not is_again)
  if not number then return why end
  if is_again then return nil end
  local key = known and known.key or plan().listed[address] or ("signup-%06d"):format(number)
  addresses():set(address, { key = key, mailed = now, form = number })
  local state = seats.state(key)
  if not state then
    first_time(key, typed, number)
  else
    write_to(key, state == "pending" and "check" or "known", number)
  end
end

-- acts.confirm(key, entry, typed) -> "seat", "waiting" or "full": the mailed link was opened and the button
-- pressed. What stands on that page counts.
function acts.confirm(key, entry, typed)
  local turn = addresses():get(entry.form.mail:lower()).form
  entry.form.name, entry.answers, entry.sessions = typed.name, typed.answers, typed.sessions
  local state = acts.enter(key, entry)
  if state ~= "full" then
    usher.signal("signup-check", ("%s/%d"):format(key, turn), "confirmed", true, { dedup = "confirmed" })
  end
  return state
end

-- acts.forget(key, number) -> did it: nobody opened the link in the mail of that form, and no later one was
-- sent.
function acts.forget(key, number)
  local entry = seats.entry(key)
  if not entry or entry.state ~= "pending" then return false end
  local address = entry.form.mail:lower()
  local known = addresses():get(address)
  if known and known.form ~= number then return false end
  entries():remove(key)
  addresses():remove(address)
  return true
end

-- ---- said elsewhere -----------------------------------------------------------------------------------

-- There is no seat for somebody's "yes". The office reads so; who accepted in their calendar is on the
-- wait-list again, and hears of it by mail.
local function refuse_seat(person, entry, who)
  if tostring(who):find("^office") then
    error(("%s can't be given a seat: all are taken, and whoever waits longest is asked first"):format(
      facts.full_name(person)), 0)
  end
  if entry.state ~= "waiting" then acts.enter(person.key, entry) end
  usher.book("answers"):remove(person.key)
end

-- acts.follow(person, answer, who): somebody's answer was written down elsewhere (`usher answer`, a
-- calendar's reply): it counts for the seat as well. A "yes" needs one that is free, whoever says it.
function acts.follow(person, answer, who)
  local key, entry = person.key, seats.entry(person.key)
  if not entry or entry.state == "pending" then return end
  local is_out = entry.state == "cancelled" or entry.state == "lapsed"
  if answer == "no" and not is_out then
    acts.cancel(key, entry)
  elseif answer == "yes" and entry.state == "offered" then
    acts.take(key, entry)
  elseif answer == "yes" and (entry.state == "waiting" or is_out and seats.is_full(plan(), entry.group)) then
    refuse_seat(person, entry, who)
  elseif answer == "yes" and is_out then
    acts.enter(key, entry)
  end
end

return acts
