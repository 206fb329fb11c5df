-- SPDX-License-Identifier: MIT
-- sheet: what pages say about the event: when by the reader's clock and by the event's, where, what for,
-- and the programme in the reader's own zone.
local attendance = require "usher.attendance"
local audience = require "usher.audience"
local dates = require "usher.dates"
local facts = require "usher.facts"
local h = require "usher.html"
local lang = require "usher.lang"
local programme = require "usher.programme"
local sessions = require "usher.sessions"

local sheet = {}

local function say(code, key, values) return lang.text(code, "sheet." .. key, values) end

-- sheet.place(code, session) -> text, or nil: where it takes place, without how to get in
function sheet.place(code, session)
  local where = (session or facts.event).where
  if not where then return nil end
  return where.kind == "place" and where.text or say(code, "online")
end

-- sheet.whom(list) -> "DoIM, APCICT/ESCAP": names as the lists have them
function sheet.whom(list)
  local names = {}
  for i, person in ipairs(list) do names[i] = facts.full_name(person) end
  return table.concat(names, ", ")
end

-- By the reader's clock, then by the event's.
local function both(anchor, zone, code, is_plain)
  local here, own = facts.event.zone, dates.span(anchor, zone, code)
  return { is_plain and own or h.strong { own },
    zone ~= here and h.div { class = "quiet", dates.span(anchor, here, code) } or false }
end

-- What is behind a session for the reader: where it stands, and whether it is theirs.
local function mark_of(session, person, next_one)
  local answer = usher.book("answers"):get(person.key)
  if answer and answer.answer == "yes" and not sessions.chosen(answer, session) then return "not_yours" end
  if session.ends.utc <= usher.now() then
    return attendance.was_there(person.key, session) and "you_came" or "over"
  end
  return session == next_one and "next" or nil
end

-- sheet.sessions(person, code) -> node, or false: those of a series, as they stand for the reader
function sheet.sessions(person, code)
  if not sessions.is_series() then return false end
  local zone, items, next_one = person.zone or facts.event.zone, {}, sessions.next(usher.now())
  for i, session in ipairs(sessions.all()) do
    local mark = mark_of(session, person, next_one)
    local is_next = mark == "next"
    items[i] = h.li { class = is_next and "now" or false, aria_current = is_next and "date" or false,
      h.strong { sessions.name(session, code) },
      mark and { " ", h.span { class = "flag", lang.text(code, "series." .. mark) } } or false,
      h.div { both(session, zone, code, true) } }
  end
  return h.section { h.h2 { lang.text(code, "series.sessions") }, h.ul { class = "sessions", items } }
end

-- sheet.facts(person, code, session) -> node: when, where, who invites. session: of a series, the one that
-- the page is about; without it the page lists them (sheet.sessions) and here is only from when to when.
function sheet.facts(person, code, session)
  local zone = person.zone or facts.event.zone
  local place, organisers = sheet.place(code, session), sheet.whom(audience.organisers())
  local when = both(session or facts.event, zone, code)
  if sessions.is_series() and not session then
    when = { h.strong { lang.text(code, "mails.from_to", { first = dates.day(facts.event.starts, zone, code),
      last = dates.day(facts.event.ends, zone, code) }) } }
  end
  local rows = { h.dt { say(code, "when") }, h.dd { when } }
  if place then rows[#rows + 1] = { h.dt { say(code, "where") }, h.dd { place } } end
  if organisers ~= "" then rows[#rows + 1] = { h.dt { say(code, "by") }, h.dd { organisers } } end
  return h.dl { class = "facts", rows }
end

-- sheet.objectives(code) -> node, or false when there are none
function sheet.objectives(code)
  if #facts.objectives == 0 then return false end
  local items = {}
  for i, objective in ipairs(facts.objectives) do items[i] = h.li { objective } end
  return h.section { h.h2 { say(code, "objectives") }, h.ul(items) }
end

local function row_of(item, zone, code, is_now)
  local by = programme.given_by(item, code)
  return h.tr { class = is_now and "now" or false, aria_current = is_now and "time" or false,
    h.td { class = "clock", programme.time_text(item, zone, code) or "" },
    h.td { item.title, by and h.div { class = "quiet", by } or false,
      is_now and h.div { class = "flag", say(code, "now") } or false },
  }
end

-- sheet.programme(person, code, current) -> node, or false without a programme. current: item -> yes: what
-- is on now.
function sheet.programme(person, code, current)
  if #facts.items == 0 then return false end
  local zone, rows, section = person.zone or facts.event.zone, {}, nil
  for _, item in ipairs(facts.items) do
    if item.section and item.section ~= section then
      section = item.section
      rows[#rows + 1] = h.tr { h.th { colspan = 2, scope = "colgroup", section } }
    end
    rows[#rows + 1] = row_of(item, zone, code, current and current[item])
  end
  return h.section { h.h2 { say(code, "programme") },
    h.table { class = "programme",
      h.caption { say(code, "times_of", { place = dates.place(facts.event.starts, zone, code) }) },
      h.tbody(rows) } }
end

return sheet
