-- SPDX-License-Identifier: MIT
-- sheet: what pages say about the event: when by the reader's clock and by the event's, where, what for,
-- and the programme in the reader's own zone.
local audience = require "usher.audience"
local dates = require "usher.dates"
local facts = require "usher.facts"
local h = require "usher.html"
local lang = require "usher.lang"
local programme = require "usher.programme"

local sheet = {}

local function say(code, key, values) return lang.text(code, "sheet." .. key, values) end

-- sheet.place(code) -> text, or nil: where it takes place, without how to get in
function sheet.place(code)
  local where = facts.event.where
  if not where then return nil end
  return where.kind == "place" and where.text or say(code, "online")
end

-- sheet.whom(list) -> "DoIM, APCICT/ESCAP": names as the lists have them
function sheet.whom(list)
  local names = {}
  for i, person in ipairs(list) do names[i] = facts.full_name(person) end
  return table.concat(names, ", ")
end

-- sheet.facts(person, code) -> node: when, where, who invites
function sheet.facts(person, code)
  local event, zone = facts.event, person.zone or facts.event.zone
  local place, organisers = sheet.place(code), sheet.whom(audience.organisers())
  local rows = { h.dt { say(code, "when") }, h.dd {
    h.strong { dates.span(event, zone, code) },
    zone ~= event.zone and h.div { class = "quiet", dates.span(event, event.zone, code) } or false,
  } }
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
