-- SPDX-License-Identifier: MIT
-- invite: the calendar entry that a mail carries (RFC 5545, RFC 5546 REQUEST). One UID for the life of the
-- event, times in UTC, lines folded at 75 octets between characters.
local facts = require "usher.facts"

local invite = {}

local LINE_MAX <const> = 75

local function escape(text)
  return (text:gsub("[\\;,]", "\\%0"):gsub("\r?\n", "\\n"))
end

local function utc(ms) return usher.time.format(ms, "UTC", "%Y%m%dT%H%M%SZ") end

-- A parameter value in quotes may hold anything but quotes and controls.
local function quoted(text) return '"' .. text:gsub('[%c"]', "'") .. '"' end

local function fold(line)
  local pieces, width, start = {}, 0, 1
  for at, code in utf8.codes(line) do
    local size = #utf8.char(code)
    if width + size > LINE_MAX then
      pieces[#pieces + 1] = line:sub(start, at - 1)
      start, width = at, 1 -- the space that begins a continuation counts
    end
    width = width + size
  end
  pieces[#pieces + 1] = line:sub(start)
  return table.concat(pieces, "\r\n ")
end

local function bare(address) return address:match("<([^>]+)>") or address end

local function place()
  local where = facts.event.where
  if not where then return nil end
  if where.kind == "place" then return where.text end
  -- A stand-in for a secret would break where a line is folded.
  return where.link:find("^https://") and where.link or "Zoom: the link is in the mail"
end

-- invite.attachment(person) -> attachment for usher.mail
function invite.attachment(person)
  local event = facts.event
  local organiser = bare(event.reply_to or event.from)
  local lines = {
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//usher//EN", "METHOD:REQUEST", "BEGIN:VEVENT",
    ("UID:%s@%s"):format(event.id, organiser:match("@(.+)$")), "SEQUENCE:0", "DTSTAMP:" .. utc(usher.now()),
    "DTSTART:" .. utc(event.starts.utc), "DTEND:" .. utc(event.ends.utc), "SUMMARY:" .. escape(event.title),
    "ORGANIZER:mailto:" .. organiser,
    ("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=%s:mailto:%s"):format(
      quoted(facts.full_name(person)), person.mail),
  }
  if place() then lines[#lines + 1] = "LOCATION:" .. escape(place()) end
  lines[#lines + 1] = "END:VEVENT"
  lines[#lines + 1] = "END:VCALENDAR"
  for i, line in ipairs(lines) do lines[i] = fold(line) .. "\r\n" end
  return { name = "invite.ics", type = "text/calendar", params = { method = "REQUEST", charset = "utf-8" },
    inline = true, data = table.concat(lines) } -- inline: where mail programs look for an invitation
end

return invite
