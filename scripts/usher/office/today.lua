-- SPDX-License-Identifier: MIT
-- today: the first page. What waits for a person stands on top; then what goes out next, when and to how
-- many; then what went out today. It says so when all is well.
local facts = require "usher.facts"
local h = require "usher.html"
local handed = require "usher.handed"
local office = require "usher.office"
local parts = require "usher.office.parts"
local counts = require "usher.office.counts"
local roles = require "usher.office.roles"
local trouble = require "usher.office.trouble"

local today = {}

local MINUTE_MS <const> = 60 * 1000
local DAY_MS <const> = 24 * 60 * MINUTE_MS
local AHEAD_MS <const> = 28 * DAY_MS

local function look()
  local now, lists = usher.now(), trouble.look()
  lists.next = { ask = "upcoming", event = facts.event.id, before = now + AHEAD_MS, limit = 40 }
  lists.sent = { ask = "sent", event = facts.event.id, since = parts.midnight(now) }
  return lists
end

-- -- what comes and what went

local function how_many(row, groups)
  if row.n == 1 then return parts.who(row) end
  local rule = facts.rule_named[row.name]
  local expected = rule and counts.expected(rule, groups)
  if not expected or expected.of ~= row.n then return tostring(row.n) end
  if expected.n == expected.of then return tostring(row.n) end
  return { ("%d of %d"):format(expected.n, expected.of), h.div { class = "hint", "as answers are now" } }
end

local function what(row)
  local rule = facts.rule_named[row.name]
  return { h.strong { row.name }, rule and h.div { class = "hint",
    rule.word == "cue" and "a cue for " or "to ", parts.audience(rule) } }
end

local function next_section(rows, visitor, groups)
  local body = {}
  for _, row in ipairs(parts.of_event(rows)) do
    if row.due >= usher.now() - MINUTE_MS then
      local when = { parts.time(visitor, row.due), h.div { class = "hint", parts.far(row.due) } }
      body[#body + 1] = { when, what(row), how_many(row, groups) }
    end
  end
  return h.section { h.h2 { "Next" },
    #body > 0 and parts.table("What goes out, and when", { "When", "What", "To how many" }, body)
      or h.p { class = "quiet", "Nothing goes out in the next four weeks." } }
end

local function sent_section(rows, visitor)
  local body = {}
  for _, row in ipairs(parts.of_event(rows)) do
    local from, to = parts.when(visitor, row.first), parts.when(visitor, row.last)
    body[#body + 1] = { from == to and from or { from, " to ", usher.time.format(row.last, facts.event.zone,
      "%H:%M") }, h.strong { row.name }, row.n == 1 and row.label or tostring(row.n),
      row.state == "done" and h.span { class = "good", "sent" } or h.span { class = "bad", "not delivered" } }
  end
  return h.section { h.h2 { "Today" },
    #body > 0 and parts.table("What went out today", { "When", "What", "To how many", "How it ended" }, body)
      or h.p { class = "quiet", "Nothing has gone out today." } }
end

local function figures(groups)
  return parts.figures(parts.answer_figures(counts.sum(groups)))
end

local function day_text()
  local event = facts.event
  return h.p { class = "lead", usher.time.format(event.starts, event.zone, "%a %e %b %Y, "),
    h.span { class = "nowrap", usher.time.format(event.starts, event.zone, "%H:%M %P (%z)") }, ", ",
    parts.far(event.starts.utc) }
end

-- The way to the page that stops everything; what is on hold already says so above.
local function hold_link(visitor)
  if usher.outgoing().hold or not roles.may(visitor.has, "hold") then return false end
  return h.p { class = "quiet", "Something is wrong? ", h.a { href = parts.path "hold", "Stop every mail" } }
end

-- Guests who come from an earlier event's form say there what they want, also after this script was loaded.
local function handed_news()
  local items = {}
  for i, sentence in ipairs(handed.news()) do items[i] = h.p { class = "hint", sentence .. "." } end
  return items
end

local function page(request, visitor)
  local seen = request.seen
  local waits, groups = trouble.node(seen, visitor), counts.by_group()
  return { title = "Today and next", body = {
    day_text(), figures(groups), waits or not usher.proposal()
      and h.p { class = "good", "Nothing waits for you." },
    handed_news(),
    next_section(seen.next, visitor, groups), sent_section(seen.sent, visitor), hold_link(visitor),
  } }
end

function today.register()
  office.page(nil, { text = "Today", look = look }, page)
  trouble.register()
end

return today
