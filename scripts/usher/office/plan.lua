-- SPDX-License-Identifier: MIT
-- plan: everything that is still to come and everything that went out, and the recurring work of the script.
local facts = require "usher.facts"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"

local plan = {}

local YEAR_MS <const> = 366 * 24 * 3600 * 1000

local function look()
  local event = facts.event.id
  return {
    next = { ask = "upcoming", event = event, limit = 300 },
    sent = { ask = "sent", event = event, since = usher.now() - YEAR_MS },
    runs = { ask = "occurrences", event = event, limit = 50 },
  }
end

local function next_table(rows, visitor)
  local body = {}
  for i, row in ipairs(parts.of_event(rows)) do
    local phrase = (row.note or ""):match("%((.+)%)$")
    body[i] = { parts.time(visitor, row.due),
      { h.strong { row.name }, phrase and h.div { class = "hint", phrase } },
      row.n == 1 and (row.label or row.flow_key or "1") or tostring(row.n) }
  end
  return #body > 0 and parts.table("What is still to come", { "When", "What", "For how many" }, body)
    or h.p { class = "quiet", "Nothing is planned any more." }
end

local function sent_table(rows, visitor)
  local body = {}
  for i, row in ipairs(parts.of_event(rows)) do
    body[i] = { parts.time(visitor, row.first), h.strong { row.name }, tostring(row.n),
      row.state == "done" and "sent" or h.span { class = "bad", "not delivered" } }
  end
  return #body > 0 and parts.table("Mails so far", { "First", "What", "To how many", "How it ended" }, body)
    or h.p { class = "quiet", "No mail has gone out yet." }
end

local decisions <const> = { ran = "ran", missed = "missed: usher was not running", late = "too late",
  overlap = "left out: the one before was still running" }

local function runs_table(rows, visitor)
  if #rows == 0 then return nil end
  local body = {}
  for i, row in ipairs(rows) do
    body[i] = { parts.time(visitor, row.nominal), row.schedule, decisions[row.decision] or row.decision }
  end
  return h.section { h.h2 { "Recurring work" },
    parts.table("The newest runs", { "When", "What", "How it went" }, body) }
end

local function page(request, visitor)
  local seen = request.seen
  return { title = "Schedule", body = {
    h.p { "Who gets a mail is decided when its moment comes: whoever has answered by then is not asked "
      .. "again." },
    h.section { h.h2 { "To come" }, next_table(seen.next, visitor) },
    h.section { h.h2 { "So far" }, sent_table(seen.sent, visitor) },
    runs_table(seen.runs, visitor),
  } }
end

function plan.register()
  office.page("schedule", { text = "Schedule", look = look }, page)
end

return plan
