-- SPDX-License-Identifier: MIT
-- event: what takes place, when and where. The first word of a script; the others build on it.
local calendar = require "usher.calendar"
local check = require "usher.check"
local facts = require "usher.facts"
local settle = require "usher.settle"

local event = {}

local LASTS_MS <const> = 2 * 3600 * 1000 -- an end for the example in a refusal
local MINUTE_MS <const> = 60 * 1000

local known <const> = { title = "text", when = "text?", zone = "text?", where = "any?",
  organisers = "names?", host = "text?",
  approver = "names?", from = "text?", reply_to = "text?", holidays = "any?", language = "text?",
  weekend = "list?", alarm = "text?", digits = "latin|own?", recording = "text?",
  mails_an_hour = "any?", attended = "text?" }

local function as_list(names)
  return type(names) == "table" and names or { names }
end

local function read_when(name, when)
  local fine, starts, ends = pcall(usher.time.parse, when)
  if not fine then check.refuse('event "%s": when: %s', name, check.clean(starts)) end
  if not ends then
    local format, zone = usher.time.format, starts.zone
    check.refuse('event "%s": when has no end: write it as "%s-%s %s"', name,
      format(starts, zone, "%a %d %b %Y %H:%M"), format(starts.utc + LASTS_MS, zone, "%H:%M"), zone)
  end
  local _, told = usher.rehearsing()
  if told and told.moved then -- as if `when` had been edited
    starts, ends = usher.time.shift(starts, told.moved), usher.time.shift(ends, told.moved)
  end
  return starts, ends
end

-- event.place(title, where) -> place, out of what the script says; title: the word and name that say it
function event.place(title, where)
  if where == nil or type(where) == "table" and where.kind == "zoom" then return where end
  if type(where) == "string" then return { kind = "place", text = where } end
  check.refuse('%s: where is a text, or zoom { link = ... }', title)
end

-- A series has its dates from the word `series`; the event says by which clock.
local function read_zone(name, o)
  if o.when and o.zone then
    check.refuse('event "%s": zone goes with a series: leave it out, `when` ends with one', name)
  end
  local fine, zone = pcall(usher.time.zone, o.zone)
  if not fine then check.refuse('event "%s": zone: %s', name, check.clean(zone)) end
  return zone
end

local function read_dates(name, o)
  if not o.when and not o.zone then
    check.refuse('event "%s": say  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",  or  zone =  when '
      .. 'a series follows', name)
  end
  if not o.when then return read_zone(name, o) end
  if o.zone then read_zone(name, o) end
  local starts, ends = read_when(name, o.when)
  return starts.zone, starts, ends
end

-- How long before the start calendars ring: whole minutes, since more is no use to anybody.
local function read_alarm(name, alarm)
  if not alarm then return nil end
  local fine, ms = pcall(usher.time.span, alarm)
  if not fine then check.refuse('event "%s": alarm: %s', name, check.clean(ms)) end
  if ms < MINUTE_MS or ms % MINUTE_MS ~= 0 then
    check.refuse('event "%s": alarm is a number of whole minutes, as in "15 minutes"', name)
  end
  return ms
end

local function check_mails_an_hour(name, most)
  if most ~= nil and (math.type(most) ~= "integer" or most < 1 or most > 1000000) then
    check.refuse('event "%s": mails_an_hour is a whole number from 1 to 1000000', name)
  end
  return most
end

local function check_recording(name, address)
  if address and not address:find("^https?://[%w.-]+/") then
    check.refuse('event "%s": recording is a whole web address, as in "https://videos.example/2021"', name)
  end
  return address
end

-- How long somebody must be there to have been there: "60 minutes", or "half" of each session.
local function read_attended(name, text)
  if not text then return nil end
  if text == "half" then return { half = true } end
  local fine, ms = pcall(usher.time.span, text)
  if not fine or ms < MINUTE_MS or ms % MINUTE_MS ~= 0 then
    check.refuse('event "%s": attended is how long somebody must be there, as in "60 minutes", or "half", '
      .. "not '%s'", name, text)
  end
  return { minutes = ms // MINUTE_MS }
end

local function declare(name, given)
  if facts.event then
    check.refuse('event "%s": a script has one event, and "%s" is it', name, facts.event.id)
  end
  local o = check.options(('event "%s"'):format(name), given, known)
  local zone, starts, ends = read_dates(name, o)
  facts.event = {
    id = name, title = o.title, starts = starts, ends = ends, zone = zone,
    where = event.place(('event "%s"'):format(name), o.where), organisers = as_list(o.organisers),
    host = o.host,
    approvers = as_list(o.approver),
    from = o.from, reply_to = o.reply_to, language = o.language or "en",
    weekend = o.weekend or { "sat", "sun" }, alarm = read_alarm(name, o.alarm),
    digits = o.digits or "latin", recording = check_recording(name, o.recording),
    mails_an_hour = check_mails_an_hour(name, o.mails_an_hour), attended = read_attended(name, o.attended),
  }
  if o.holidays then calendar.add(o.holidays) end
end

--- event "hlb-2021" { title =, when =, where =, organisers =, host =, from = } -> nothing
--- Says what takes place. `when` is a date, a time from-to and a zone; its weekday is checked. An event of
--- several dates says  zone = "Asia/Thimphu"  instead, and  series { ... }  follows. organisers and host are
--- keys of people. Further: reply_to, holidays, language ("en"), weekend ({ "sat", "sun" }), alarm
--- ("15 minutes": calendar entries ring so long before the start; without it they do not), digits ("own":
--- dates have the digits of the reader's language, where it has some; else "latin"), recording (its address:
--- guests find it on their page when the event is over), attended ("60 minutes", or "half" of each session:
--- whoever Zoom has seen for less than that was not there; without it any time counts), approver (a key of
--- people or a list of them: the first mail of each rule waits until one of them has approved it; see usher
--- outbox), mails_an_hour (when more mails would leave within an hour, the event goes on hold by itself;
--- without it two for each guest, each assistant, each of the people and each seat, at least 100).
--- Example: event "hello" { title = "Hello", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu" }
event.event = check.word(function(name)
  check.name("event", name)
  settle.register()
  return check.options_follow("event", name, function(given) declare(name, given) end)
end)

--- secret "NAME" -> text
--- Stands in for a secret that is kept outside the script, in the environment as USHER_SECRET_NAME or in the
--- secrets folder. The value is put in where a mail leaves; it is an error when there is none.
--- Example: local link = function () return secret "ZOOM_LINK" end
event.secret = check.word(function(name)
  local fine, token = pcall(usher.secret, name)
  if not fine then check.refuse("%s", check.clean(token)) end
  return token
end)

--- file "notes.md" -> text
--- The text of a file beside the script. It is part of the script's version: editing it is an edit.
--- Example: local read_later = function () return file "notes.md" end
event.file = check.word(function(name) return check.file("file", name) end)

return event
