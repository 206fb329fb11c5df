-- SPDX-License-Identifier: MIT
-- ics: writes calendar files (iCalendar: RFC 5545 and 5546, names as in RFC 6868, feeds as in RFC 7986).
-- Pure: whatever is in a text, it stays inside its value, and the same entries give the same bytes.
--
-- ics.calendar{ method, entries, name, refresh } -> text
--   method   "REQUEST" and "CANCEL" go to one person and hold one entry: of several in one message Outlook
--            reads the first, others none. "PUBLISH" holds any number: a feed
--   name, refresh   of a feed: what it is called, how often to look again ("PT1H")
--   entry = { uid, sequence, stamp = ms, changed = ms, starts, ends = moments, title, place, url, text,
--             organiser = { name, mail }, attendee = { name, mail, answer }, cancelled, alarm = ms }
--   Needed: uid, sequence, stamp, starts, ends, title, organiser. A feed shows no attendee.
--
-- Zones. A time is written as the clock of the event's own zone shows it, with a VTIMEZONE that is cut to
-- what these entries need. Outlook makes one yearly rule for summer and one for winter time of a VTIMEZONE,
-- and misreads whatever is more. So that is what it gets wherever the zone keeps such rules: the last onset
-- of each before the first entry, which holds for all later ones. Where a zone keeps none, each change in the
-- span is written out. Offsets get no names (TZNAME): Manila's is that of Los Angeles.
local ics = {}

local LINE_MAX <const> = 75 -- octets, without the line's end (RFC 5545, 3.1)
local YEAR_MS <const> = 366 * 24 * 3600 * 1000
local MINUTE_MS <const> = 60 * 1000
local UTC_ZONES <const> = { UTC = true, ["Etc/UTC"] = true, ["Etc/UCT"] = true, ["Etc/Zulu"] = true }

-- -- texts

-- Every line break that some reader knows becomes "\n"; other control characters have no place in a file. Nor
-- has white space around a text, which readers may drop.
local function clean(text)
  text = text:gsub("\r\n?", "\n"):gsub("[\v\f]", "\n")
  text = text:gsub("\u{85}", "\n"):gsub("\u{2028}", "\n"):gsub("\u{2029}", "\n")
  text = text:gsub("%c", function(c) return (c == "\n" or c == "\t") and c or "" end)
  return text:match("^%s*(.-)%s*$")
end

local function escape(text)
  return (clean(text):gsub("[\\;,]", "\\%0"):gsub("\n", "\\n"))
end

local caret <const> = { ["^"] = "^^", ['"'] = "^'", ["\n"] = "^n", ["\\"] = "/" }

-- The parameter with a person's name, in quotes: there a colon, a semicolon and a comma are letters like
-- others. So should be a backslash; but to libical a name that ends in one would not end.
local function named(name)
  local text = clean(name or ""):gsub('[%^"\n\\]', caret)
  return text ~= "" and (';CN="%s"'):format(text) or ""
end

local function percent(c) return ("%%%02X"):format(c:byte()) end

local function mailto(address)
  return "mailto:" .. address:gsub('[%c%s%%?#"<>\\^`{|}]', percent)
end

local function is_continuation(byte) return byte and byte >= 0x80 and byte < 0xC0 end

-- Lines of at most 75 octets; a letter stays whole. The space that begins a continuation counts.
local function fold(line)
  local pieces, start, room = {}, 1, LINE_MAX
  while #line - start + 1 > room do
    local stop = start + room
    while is_continuation(line:byte(stop)) and stop > start + room - 4 do stop = stop - 1 end
    pieces[#pieces + 1] = line:sub(start, stop - 1)
    start, room = stop, LINE_MAX - 1
  end
  pieces[#pieces + 1] = line:sub(start)
  return table.concat(pieces, "\r\n ")
end

-- Where lines gather: add(sentence, ...) as string.format does, text() at the end.
local function sheet()
  local lines = {}
  local function add(line, ...)
    lines[#lines + 1] = fold(select("#", ...) > 0 and line:format(...) or line) .. "\r\n"
  end
  return { add = add, text = function() return table.concat(lines) end }
end

-- -- times

local function utc(ms) return usher.time.format(ms, "UTC", "%Y%m%dT%H%M%SZ") end

-- A wall time that happens twice means its first pass, says the RFC; libical takes the second. So it is no
-- way to write either.
local function is_readable(moment)
  if UTC_ZONES[moment.zone] then return false end
  local function reading(clock) return usher.time.at(moment.wall, moment.zone, { clock = clock }).utc end
  return reading "earlier" == reading "later"
end

-- Both ends alike: by the wall, or in UTC.
local function add_times(to, starts, ends)
  local by_wall = is_readable(starts) and is_readable(ends)
  local function add(name, moment)
    if not by_wall then return to.add("%s:%s", name, utc(moment.utc)) end
    local wall = usher.time.format(moment.utc, moment.zone, "%Y%m%dT%H%M%S")
    to.add("%s;TZID=%s:%s", name, moment.zone, wall)
  end
  add("DTSTART", starts)
  add("DTEND", ends)
end

-- "+0530"; with seconds for the zones of long ago that had some.
local function offset_text(seconds)
  local far = math.abs(seconds)
  local text = ("%s%02d%02d"):format(seconds < 0 and "-" or "+", far // 3600, far // 60 % 60)
  return far % 60 == 0 and text or text .. ("%02d"):format(far % 60)
end

-- "2021-03-14 02:00" -> "20210314T020000"
local function wall_text(wall)
  local date, clock = wall:gsub("[-:]", ""):match("^(%d+) (%d+)$")
  return date .. "T" .. clock .. ("0"):rep(6 - #clock)
end

local function add_observance(to, kind, o)
  to.add("BEGIN:%s", kind)
  to.add("DTSTART:%s", wall_text(o.onset or "1970-01-01 00:00"))
  to.add("TZOFFSETFROM:%s", offset_text(o.before))
  to.add("TZOFFSETTO:%s", offset_text(o.offset))
  if o.rule then to.add("RRULE:%s", o.rule) end
  to.add("END:%s", kind)
end

-- The two that come back every year, by their offsets: Dublin's law calls its winter the saving time.
local function add_yearly(to, first, second)
  local summer = first.offset > second.offset and first or second
  for _, o in ipairs { first, second } do add_observance(to, o == summer and "DAYLIGHT" or "STANDARD", o) end
end

-- One after the other. What was before the first is nobody's concern, so it has no beginning; and a file with
-- one offset only calls it standard, for there are readers that look at nothing else.
local function add_each(to, list, from)
  for i = from, #list do
    local o = list[i]
    if i == from then o = { before = o.offset, offset = o.offset, is_dst = o.is_dst and from < #list } end
    add_observance(to, o.is_dst and "DAYLIGHT" or "STANDARD", o)
  end
end

local function add_zone(to, zone, first, last)
  local list, holds = usher.time.observances(zone, first - YEAR_MS, last), 1
  for i, o in ipairs(list) do
    if o.utc and o.utc <= first then holds = i end
  end
  local before, now = list[holds - 1], list[holds]
  to.add("BEGIN:VTIMEZONE")
  to.add("TZID:%s", zone)
  if before and before.rule and now.rule then add_yearly(to, before, now) else add_each(to, list, holds) end
  to.add("END:VTIMEZONE")
end

local function add_zones(to, entries)
  local spans = {}
  for _, entry in ipairs(entries) do
    for _, moment in ipairs { entry.starts, entry.ends } do
      local span = spans[moment.zone] or { first = moment.utc, last = moment.utc }
      span.first, span.last = math.min(span.first, moment.utc), math.max(span.last, moment.utc)
      if not UTC_ZONES[moment.zone] then spans[moment.zone] = span end
    end
  end
  for zone, span in pairs(spans) do add_zone(to, zone, span.first, span.last) end
end

-- -- entries

local partstats <const> = { yes = "ACCEPTED", no = "DECLINED", tentative = "TENTATIVE" }

local function add_attendee(to, attendee, asks)
  local partstat = partstats[attendee.answer or ""] or "NEEDS-ACTION"
  local rsvp = asks and partstat == "NEEDS-ACTION" and ";RSVP=TRUE" or ""
  to.add(("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=%s%s%s:%s"):format(partstat,
    rsvp, named(attendee.name), mailto(attendee.mail)))
end

local function add_organiser(to, organiser)
  to.add("ORGANIZER" .. named(organiser.name) .. ":" .. mailto(organiser.mail))
end

local function add_alarm(to, entry)
  to.add("BEGIN:VALARM")
  to.add("ACTION:DISPLAY")
  to.add("TRIGGER:-PT%dM", entry.alarm // MINUTE_MS)
  to.add("DESCRIPTION:" .. escape(entry.title))
  to.add("END:VALARM")
end

local function add_text(to, name, text)
  local value = text and escape(text) or ""
  if value ~= "" then to.add(name .. ":" .. value) end
end

-- A cancelled entry says so twice. RFC 5546 wants no STATUS where only this attendee is uninvited; but Google
-- and Outlook write it there too, calendars expect it, and in this one the entry is gone.
local function add_entry(to, method, entry)
  local cancelled = method == "CANCEL" or entry.cancelled
  to.add("BEGIN:VEVENT")
  to.add("UID:" .. escape(entry.uid))
  to.add("SEQUENCE:%d", entry.sequence)
  to.add("DTSTAMP:%s", utc(entry.stamp))
  if entry.changed then to.add("LAST-MODIFIED:%s", utc(entry.changed)) end
  add_times(to, entry.starts, entry.ends)
  add_text(to, "SUMMARY", entry.title)
  add_text(to, "LOCATION", entry.place)
  if entry.url and entry.url:find("^https?://[!-~]+$") then to.add("URL:" .. entry.url) end
  add_text(to, "DESCRIPTION", entry.text)
  add_organiser(to, entry.organiser)
  if method ~= "PUBLISH" then add_attendee(to, entry.attendee, method == "REQUEST") end
  to.add("STATUS:%s", cancelled and "CANCELLED" or "CONFIRMED")
  if entry.alarm and not cancelled then add_alarm(to, entry) end
  to.add("END:VEVENT")
end

function ics.calendar(about)
  local to = sheet()
  to.add("BEGIN:VCALENDAR")
  to.add("VERSION:2.0")
  to.add("PRODID:-//usher//usher//EN")
  to.add("METHOD:%s", about.method)
  add_text(to, "NAME", about.name)
  add_text(to, "X-WR-CALNAME", about.name) -- what NAME was called before it was a standard
  if about.refresh then
    to.add("REFRESH-INTERVAL;VALUE=DURATION:%s", about.refresh)
    to.add("X-PUBLISHED-TTL:%s", about.refresh) -- the same for Outlook
  end
  add_zones(to, about.entries)
  for _, entry in ipairs(about.entries) do add_entry(to, about.method, entry) end
  to.add("END:VCALENDAR")
  return to.text()
end

return ics
