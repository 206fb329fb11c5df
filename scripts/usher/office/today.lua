-- SPDX-License-Identifier: MIT
-- today: the first page. What waits for a person stands on top; then what goes out next, when and to how
-- many; then what went out today. It says so when all is well.
local facts = require "usher.facts"
local fates = require "usher.office.fates"
local h = require "usher.html"
local live = require "usher.live"
local office = require "usher.office"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"
local counts = require "usher.office.counts"
local roster = require "usher.roster"

local today = {}

local MINUTE_MS <const> = 60 * 1000
local DAY_MS <const> = 24 * 60 * MINUTE_MS
local AHEAD_MS <const> = 28 * DAY_MS
local AGAIN_MS <const> = 75 * MINUTE_MS -- the longest pause between two tries is an hour and a fifth
local REFUSED_MS <const> = 7 * DAY_MS
local LISTED_MAX <const> = 50

local function look()
  local now, event = usher.now(), facts.event.id
  return {
    unsure = { ask = "unsure", event = event },
    late = { ask = "pending", event = event, before = now - MINUTE_MS, limit = LISTED_MAX },
    again = { ask = "again", event = event, since = now - AGAIN_MS, limit = LISTED_MAX },
    stuck = { ask = "stuck", event = event, limit = LISTED_MAX },
    refused = { ask = "refused", event = event, since = now - REFUSED_MS, limit = LISTED_MAX },
    next = { ask = "upcoming", event = event, before = now + AHEAD_MS, limit = 40 },
    sent = { ask = "sent", event = event, since = parts.midnight(now) },
  }
end

local function look_unsure()
  return { unsure = { ask = "unsure", event = facts.event.id } }
end

-- Who is meant by a row of a list: a link to the person where there is one.
local function who(row)
  local key = (row.flow_key or ""):match("^([^/]+)") or ""
  local name = row.label or row.flow_key or ""
  return roster.person(key) and parts.person_link(key, name) or name
end

-- -- what waits for a person

local function unsure_card(row, visitor)
  local values = parts.hidden { flow = row.name, key = row.flow_key, step = row.step, attempt = row.attempt }
  return h.div { class = "card",
    h.p { h.strong { row.name }, " to ", who(row), ", ", parts.time(visitor, row.at),
      ": it is not known whether it arrived. ", h.span { class = "quiet", row.note or "" } },
    roles.may(visitor.has, "decide") and parts.form(visitor, "unsure", { class = "row", values,
      h.button { name = "word", value = "arrived", "It arrived" },
      h.button { name = "word", value = "again", "Send it again" } }),
  }
end

local function unsure_section(rows, visitor)
  if #rows == 0 then return nil end
  local cards = {}
  for i = 1, math.min(#rows, LISTED_MAX) do cards[i] = unsure_card(rows[i], visitor) end
  return h.section {
    h.h2 { class = "flag", parts.count(#rows, "mail") .. " unsure: say what became of them" },
    h.p { "The connection broke, or usher stopped, in the moment in which the mail server took the mail. "
      .. "Ask the guest or look into the mail server's log. \u{201C}Send it again\u{201D} sends the same "
      .. "mail once more; most mail programs show it once." },
    cards,
  }
end

local function simple_section(rows, title, explain, line)
  if #rows == 0 then return nil end
  local items = {}
  for i, row in ipairs(rows) do items[i] = h.li(line(row)) end
  return h.section { h.h2 { class = "flag", title }, explain and h.p { explain }, h.ul { items } }
end

local function trouble(seen, visitor)
  local stuck = simple_section(seen.stuck, parts.count(#seen.stuck, "flow") .. " stopped",
    "The script failed there, or somebody must say a word. Whoever keeps the script finds more with: usher "
      .. "history NUMBER",
    function(row)
      return { h.strong { row.name }, " of ", who(row), (" (number %d): "):format(row.id),
        fates.of(row).text }
    end)
  local refused = simple_section(seen.refused, parts.count(#seen.refused, "mail") .. " not delivered",
    "The mail server will not take them. Correct the address on the person's page; then send the mail by "
      .. "hand.",
    function(row)
      return { h.strong { row.name }, " to ", who(row), ", ", parts.time(visitor, row.at), ": ",
        row.note or "" }
    end)
  local again = simple_section(seen.again, parts.count(#seen.again, "mail") .. " tried again",
    "The mail server did not take them yet. usher goes on trying, until each would come too late.",
    function(row)
      return { h.strong { row.name }, " to ", who(row), (", tried %d times, next "):format(row.attempt),
        parts.time(visitor, row.due), ": ", row.note or "" }
    end)
  local late = simple_section(seen.late, parts.count(#seen.late, "mail") .. " overdue",
    "Their moment has passed and they are still being worked on.", function(row)
      return { h.strong { row.name }, " to ", who(row), ", ", parts.time(visitor, row.due), ", ",
        parts.far(row.due) }
    end)
  return { stuck, refused, again, late }
end

-- -- what comes and what went

local function how_many(row, groups)
  if row.n == 1 then return who(row) end
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
  for _, row in ipairs(rows) do
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

local function page(request, visitor)
  local seen = request.seen
  local unsure, rest = unsure_section(seen.unsure, visitor), trouble(seen, visitor)
  local calm, groups = not unsure and not next(rest), counts.by_group()
  return { title = "Today and next", body = {
    day_text(), figures(groups), calm and h.p { class = "good", "Nothing waits for you." },
    unsure, rest, next_section(seen.next, visitor, groups), sent_section(seen.sent, visitor),
  } }
end

-- -- the word on an unsure mail

local words <const> = { arrived = "it arrived", again = "send again" }

local function settle(request, visitor)
  local form = request.form
  local what_is_said = words[form.word or ""]
  local step, attempt = tonumber(form.step), tonumber(form.attempt)
  if not what_is_said then return office.refuse(visitor, "Say whether it arrived or is to be sent again.") end
  for _, row in ipairs(request.seen.unsure) do
    if row.name == form.flow and row.flow_key == form.key and row.step == step and row.attempt == attempt then
      usher.settle(row.name, row.flow_key, { step = step, attempt = attempt, again = form.word == "again" })
      usher.audit(what_is_said, row.name, visitor.name, row.flow_key:match("^([^/]+)"))
      live.changed()
      return office.back(request)
    end
  end
  return office.refuse(visitor, "That mail is not unsure any more: somebody else has said what became of it.")
end

function today.register()
  office.page(nil, { text = "Today", look = look }, page)
  office.act("unsure", { act = "decide", look = look_unsure }, settle)
end

return today
