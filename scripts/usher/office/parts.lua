-- SPDX-License-Identifier: MIT
-- parts: what the organisers' pages are built from: moments as the event and the reader see them, forms with
-- their token, tables, links of these pages.
local calendar = require "usher.calendar"
local facts = require "usher.facts"
local h = require "usher.html"
local roster = require "usher.roster"
local session = require "usher.office.session"

local parts = {}

local DAY_MS <const> = 24 * 3600 * 1000

-- Mails of these flows are not the event's, and are counted nowhere. No rule can be called so: their names
-- have no spaces.
parts.LOGIN_FLOW = "log-in link"
parts.TEST_FLOW = "test mail"
parts.APPROVAL_FLOW = "please approve"

local own_flows <const> = {}
for _, name in ipairs { parts.LOGIN_FLOW, parts.TEST_FLOW, parts.APPROVAL_FLOW } do own_flows[name] = true end

-- parts.path("people") -> "/e/hlb-2021/people"; parts.path() is the first page
function parts.path(rest)
  return "/e/" .. facts.event.id .. (rest and "/" .. rest or "")
end

-- One letter of what stands in a query: anything but letters, digits and a few signs is written as %XX.
local function percent(c) return ("%%%02X"):format(c:byte()) end

-- parts.query(path, { name = value }) -> "path?name=value". Empty values are left out.
function parts.query(path, values)
  local list = {}
  for name, value in pairs(values) do
    if value and value ~= "" then
      list[#list + 1] = name .. "=" .. tostring(value):gsub("[^%w%-._~]", percent)
    end
  end
  table.sort(list)
  return #list > 0 and path .. "?" .. table.concat(list, "&") or path
end

-- parts.of_event(rows) -> those rows of a list that are about the event's own mails
function parts.of_event(rows)
  local list = {}
  for _, row in ipairs(rows) do
    if not own_flows[row.name] then list[#list + 1] = row end
  end
  return list
end

-- parts.person_link(key, name) -> node
function parts.person_link(key, name)
  return h.a { href = parts.query(parts.path "person", { key = key }), name }
end

-- parts.who(row) -> node: who is meant by a row of a list; a link to the person where there is one.
function parts.who(row)
  local key = (row.flow_key or ""):match("^([^/]+)") or ""
  local name = row.label or row.flow_key or ""
  return roster.person(key) and parts.person_link(key, name) or name
end

-- -- moments

local function clock(ms, zone) return usher.time.format(ms, zone, "%H:%M") end

local function day(ms, zone) return usher.time.format(ms, zone, "%a %e %b") end

-- The zones that a reader wants: the event's, and their own when its clocks differ.
local function zones_of(visitor, ms)
  local own, event = visitor.zone, facts.event.zone
  if usher.time.format(ms, own, "%d %H:%M") == usher.time.format(ms, event, "%d %H:%M") then
    return { event }
  end
  return { event, own }
end

-- parts.when(visitor, ms) -> "Tue 16 Feb 10:00, 13:00 Seoul": the event's clock, then the reader's own. A
-- year is said when it is not the event's.
function parts.when(visitor, ms)
  local list, event_day = {}, nil
  for i, zone in ipairs(zones_of(visitor, ms)) do
    local date = day(ms, zone)
    if i == 1 then
      event_day = date
      local year = usher.time.format(ms, zone, "%Y")
      local said = year ~= facts.event.starts.wall:sub(1, 4) and date .. " " .. year or date
      list[1] = ("%s %s"):format(said, clock(ms, zone))
    else
      local there = date ~= event_day and date .. " " .. clock(ms, zone) or clock(ms, zone)
      list[i] = ("%s %s"):format(there, calendar.place(zone))
    end
  end
  return table.concat(list, ", ")
end

-- parts.time(visitor, ms) -> node: the same, as a <time> for programs.
function parts.time(visitor, ms)
  return h.time { datetime = usher.time.format(ms, "UTC", "%Y-%m-%dT%H:%M:%SZ"), parts.when(visitor, ms) }
end

-- "in 3 days", "in 2 h", "5 min ago": how far a moment is, in its largest unit.
function parts.far(ms)
  local far = ms - usher.now()
  local size = math.abs(far)
  local text = usher.time.span_text(size >= DAY_MS and size // DAY_MS * DAY_MS or size // 60000 * 60000)
  if size < 60000 then return "now" end
  return far > 0 and "in " .. text or text .. " ago"
end

-- The first moment of the day in the event's zone.
function parts.midnight(ms)
  local date = usher.time.format(ms, facts.event.zone, "%Y-%m-%d")
  return usher.time.at(date .. " 00:00", facts.event.zone, { clock = "earlier" }).utc
end

-- -- building blocks

-- parts.form(visitor, name, content) -> a form that is sent to the page of that name, with its token.
-- content: as for html, further attributes too; action: another path.
function parts.form(visitor, name, content)
  local form = { method = "post", action = content.action or parts.path(name),
    h.input { type = "hidden", name = "token", value = session.token(visitor, name) } }
  for attribute, value in pairs(content) do
    if type(attribute) == "string" then form[attribute] = value end
  end
  for _, value in ipairs(content) do form[#form + 1] = value end
  return h.form(form)
end

-- parts.hidden{ name = value } -> nodes
function parts.hidden(values)
  local list = {}
  for name, value in pairs(values) do
    list[#list + 1] = h.input { type = "hidden", name = name, value = tostring(value) }
  end
  return list
end

-- parts.table(caption, { "When", "What" }, rows, class) -> a table that becomes blocks on a phone; a row is
-- a list of cells (texts or nodes). The column's name stands before each cell there. class: "small" puts
-- the cells of a block beside each other. The caption is for whoever hears the page; a heading above it is
-- for the others.
function parts.table(caption, names, rows, class)
  local head, body = {}, {}
  for i, name in ipairs(names) do head[i] = h.th { scope = "col", name } end
  for r, row in ipairs(rows) do
    local cells = {}
    for i, name in ipairs(names) do cells[i] = h.td { data_name = name, row[i] or "" } end
    body[r] = h.tr(cells)
  end
  return h.table { class = class and "rows " .. class or "rows", h.caption { class = "unseen", caption },
    h.thead { h.tr(head) }, h.tbody(body) }
end

-- parts.figures{ { 24, "invited" }, ... } -> a row of numbers with a word below each. A third value is a
-- class.
function parts.figures(list)
  local items = {}
  for i, figure in ipairs(list) do
    items[i] = h.li { class = figure[3], h.strong { figure[1] }, " ", figure[2] }
  end
  return h.ul { class = "figures", items }
end

-- parts.answer_figures(count) -> list for parts.figures; what is nobody's is left out, but for the usual
-- three
function parts.answer_figures(count)
  local list = {}
  local function add(n, word, class)
    if n > 0 then list[#list + 1] = { n, word, class } end
  end
  add(count.present, "present", "good")
  list[#list + 1] = { count.yes, "coming", "good" }
  add(count.tentative, "perhaps")
  list[#list + 1] = { count.no, "declined" }
  add(count.waiting, "waiting")
  list[#list + 1] = { count.none, "no answer" }
  return list
end

-- parts.choose(label, name, chosen, { { value, text }, ... }) -> label and select. The first stands for no
-- choice.
function parts.choose(label, name, chosen, choices)
  local options = {}
  for i, choice in ipairs(choices) do
    options[i] = h.option { value = choice[1], selected = choice[1] == (chosen or ""), choice[2] }
  end
  return h.div { h.label { for_ = name, label }, h.select { id = name, name = name, options } }
end

local audiences <const> = {
  invited = "everybody invited", not_answered = "who has not answered", coming = "who comes",
  declined = "who declined", waiting = "the wait-list", present = "who was there",
  absent = "who was not there",
  speakers = "the speakers", host = "the host", organisers = "the organisers",
}

-- parts.audience(rule) -> "who comes (Secretaries)": for whom a rule is, in words
function parts.audience(rule)
  local list = {}
  for i, part in ipairs(rule.parts) do
    local person = part.key and facts.by_key[part.key]
    local words = part.key and (person and facts.full_name(person) or part.key)
      or audiences[part.word] or part.word:gsub("_", " ")
    list[i] = part.group and ("%s (%s)"):format(words, part.group) or words
  end
  return table.concat(list, ", ")
end

-- parts.count(3, "mail") -> "3 mails"
function parts.count(n, word, words)
  return n == 1 and "1 " .. word or ("%d %s"):format(n, words or word .. "s")
end

return parts
