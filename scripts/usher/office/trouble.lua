-- SPDX-License-Identifier: MIT
-- trouble: what waits for a person, on top of the first page; and the person's word on a mail of which nobody
-- knows whether it arrived.
local approval = require "usher.approval"
local facts = require "usher.facts"
local h = require "usher.html"
local live = require "usher.live"
local mailable = require "usher.office.mailable"
local office = require "usher.office"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"
local roster = require "usher.roster"
local sample = require "usher.sample"
local zoom_trouble = require "usher.zoom_trouble"

local trouble = {}

local MINUTE_MS <const> = 60 * 1000
local DAYS_MS <const> = 7 * 24 * 60 * MINUTE_MS -- what did not work is told for a week
local AGAIN_MS <const> = 75 * MINUTE_MS -- the longest pause between two tries is an hour and a fifth
local LISTED_MAX <const> = 50

-- trouble.look() -> the lists that it needs
function trouble.look()
  local now, event = usher.now(), facts.event.id
  return {
    attention = { ask = "attention", event = event, since = now - DAYS_MS },
    late = { ask = "pending", event = event, before = now - MINUTE_MS, limit = LISTED_MAX },
    again = { ask = "again", event = event, since = now - AGAIN_MS, limit = LISTED_MAX },
    back = { ask = "reports", event = event, since = now - DAYS_MS },
  }
end

-- The rows of "attention" that are about one thing, as they come: stopped, unsure, held, refused.
local function part_of(rows, part)
  local list = {}
  for _, row in ipairs(rows) do
    if row.part == part then list[#list + 1] = row end
  end
  return list
end

local function unsure_card(row, visitor)
  local values = parts.hidden { flow = row.name, key = row.flow_key, step = row.step, attempt = row.attempt }
  return h.div { class = "card",
    h.p { h.strong { row.name }, " to ", parts.who(row), ": ", row.says },
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
  for i = 1, math.min(#rows, LISTED_MAX) do items[i] = h.li(line(rows[i])) end
  if #rows > LISTED_MAX then items[LISTED_MAX + 1] = h.li { ("and %d more"):format(#rows - LISTED_MAX) } end
  return h.section { h.h2 { class = "flag", title }, explain and h.p { explain }, h.ul { items } }
end

-- Bounces of the last days that nobody has done anything about: the person still has that address, and it
-- still gets no mail. One line for each person.
local function came_back(rows, visitor)
  local list, told = {}, {}
  for _, row in ipairs(rows) do
    local key = row.flow_key:match("^([^/]+)") or ""
    local person = not told[key] and roster.person(key)
    row.why = person and mailable.bounce(person)
    if row.why and row.at >= usher.now() - DAYS_MS then list[#list + 1] = row end
    told[key] = true
  end
  return simple_section(list, parts.count(#list, "person", "people") .. " not reached by mail",
    "A mail came back. Correct the address on the person's page, or say there that it works again.",
    function(row)
      return { h.strong { parts.who(row) }, ", ", parts.time(visitor, row.at), ": ", row.why }
    end)
end

-- Whoever may approve is told what waits for their word, what is due first on top.
local function unapproved(visitor)
  local list, now = {}, usher.now()
  for _, rule in ipairs(roles.may(visitor.has, "approve") and sample.rules() or {}) do
    local ends = rule.due and rule.due.ends or math.maxinteger
    if approval.waits(rule) and now < ends then list[#list + 1] = rule end
  end
  table.sort(list, function(a, b) return (a.due and a.due.first or 0) < (b.due and b.due.first or 0) end)
  if #list == 0 then return nil end
  local first = list[1].due and parts.time(visitor, list[1].due.first)
  return h.section { h.h2 { class = "flag", parts.count(#list, "rule") .. " to approve" },
    h.p { "Their mails are held until you, or another who may, have read them", first and { "; the first, ",
      list[1].name, ", is due ", first } or "", ". ", h.a { href = parts.path "outbox", "The outbox" } } }
end

-- What Zoom does not do for usher just now; it goes on trying by itself.
local function at_zoom(visitor)
  local list = zoom_trouble.list()
  if #list == 0 then return nil end
  local items = {}
  for i, row in ipairs(list) do
    items[i] = h.li { row.text, ", since ", parts.time(visitor, row.since),
      row.n > 1 and (", %d times"):format(row.n) or "" }
  end
  return h.section { h.h2 { class = "flag", "Zoom does not do what it should" },
    h.p { "usher goes on trying. When you have put it right, it need not wait." }, h.ul(items),
    roles.may(visitor.has, "decide") and parts.form(visitor, "zoom-again", { class = "row",
      h.button { "Try again now" } }) }
end

-- The sentence that `usher why` says, and what can be done.
local function explained(row)
  return { h.strong { row.name }, " for ", parts.who(row), (" (%d): "):format(row.flow), row.says,
    row.todo and h.div { class = "hint", "To do: ", row.todo } }
end

local function sections(seen, visitor)
  local stopped, refused = part_of(seen.attention, "stopped"), part_of(seen.attention, "refused")
  local held = part_of(seen.attention, "held")
  stopped = simple_section(stopped, parts.count(#stopped, "flow") .. " stopped",
    "Nothing more of them leaves until somebody has looked. The number is for whoever keeps the script.",
    explained)
  refused = simple_section(refused, parts.count(#refused, "mail") .. " not delivered",
    "The mail server will not take them. Correct the address on the person's page; then send them again.",
    explained)
  held = simple_section(held, parts.count(#held, "mail") .. " held",
    "They leave when somebody says the word.", explained)
  local again = simple_section(seen.again, parts.count(#seen.again, "mail") .. " tried again",
    "The mail server did not take them yet. usher goes on trying, until each would come too late.",
    function(row)
      return { h.strong { row.name }, " to ", parts.who(row), (", tried %d times, next "):format(row.attempt),
        parts.time(visitor, row.due), ": ", row.note or "" }
    end)
  local late = simple_section(seen.late, parts.count(#seen.late, "mail") .. " overdue",
    "Their moment has passed and they are still being worked on.", function(row)
      return { h.strong { row.name }, " to ", parts.who(row), ", ", parts.time(visitor, row.due), ", ",
        parts.far(row.due) }
    end)
  local back = came_back(seen.back, visitor)
  return { unapproved(visitor), at_zoom(visitor), stopped, held, refused, back, again, late }
end

-- trouble.node(seen, visitor) -> node, or nil: nothing waits
function trouble.node(seen, visitor)
  local unsure = unsure_section(part_of(seen.attention, "unsure"), visitor)
  local rest = sections(seen, visitor)
  return (unsure or next(rest)) and { unsure, rest } or nil
end

-- -- the word on an unsure mail

local function look_unsure()
  return { unsure = { ask = "unsure", event = facts.event.id } }
end

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

local function zoom_again(request, visitor)
  zoom_trouble.again { who = visitor.name }
  live.changed()
  return office.back(request)
end

function trouble.register()
  office.act("unsure", { act = "decide", look = look_unsure }, settle)
  office.act("zoom-again", { act = "decide" }, zoom_again)
end

return trouble
