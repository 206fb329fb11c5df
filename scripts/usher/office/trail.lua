-- SPDX-License-Identifier: MIT
-- trail: who did what: persons, versions of the script, usher itself. Newest first.
local facts = require "usher.facts"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"
local roster = require "usher.roster"

local trail = {}

local ON_A_PAGE <const> = 100

local function before_of(request)
  return math.tointeger(tonumber((request.query or {}).before or "")) or nil
end

local function look(request)
  local event = facts.event.id
  return {
    acts = { ask = "audit", event = event, before = before_of(request), limit = ON_A_PAGE },
    stuck = { ask = "stuck", event = event, limit = ON_A_PAGE },
    runs = { ask = "occurrences", event = event, limit = ON_A_PAGE },
  }
end

local decisions <const> = { missed = "left out, for usher was not running", late = "left out: too late",
  overlap = "left out: the one before was still running" }

-- What usher did by itself, in the shape of the acts of people: flows that it stopped, runs that it left out.
local function own_acts(seen)
  local list = {}
  for _, row in ipairs(seen.stuck) do
    list[#list + 1] = { at = row.updated_at, who = "usher", note = row.why,
      what = ("stopped %s"):format(row.name), about = row.key:match("^([^/]+)") }
  end
  for _, row in ipairs(seen.runs) do
    if decisions[row.decision] then
      list[#list + 1] = { at = row.at, who = "usher", what = ("%s: %s"):format(row.schedule,
        decisions[row.decision]) }
    end
  end
  return list
end

-- Both, newest first, between the newest and the oldest act of this page.
local function together(request)
  local acts, list = request.seen.acts, {}
  local newest = before_of(request) and acts[1] and acts[1].at or math.maxinteger
  local oldest = #acts == ON_A_PAGE and acts[#acts].at or math.mininteger
  for _, act in ipairs(acts) do list[#list + 1] = act end
  for _, act in ipairs(own_acts(request.seen)) do
    if act.at <= newest and act.at >= oldest then list[#list + 1] = act end
  end
  table.sort(list, function(a, b) return a.at > b.at end)
  return list
end

-- Mails that came in are acts of whoever sent them.
local mails <const> = { ["mail:report"] = "reported on a mail", ["mail:reply"] = "wrote a reply",
  ["mail:automatic"] = "an automatic reply", ["mail:calendar"] = "answered from a calendar",
  ["mail:unsubscribe"] = "asked for no more mail" }

local function about(row)
  local person = row.about and roster.person(row.about)
  if person then return parts.person_link(person.key, roster.shown(person)) end
  return row.about or ""
end

local function page(request, visitor)
  local acts, body = request.seen.acts, {}
  for i, row in ipairs(together(request)) do
    local what = { mails[row.what] or row.what, row.note and h.div { class = "hint", row.note } }
    body[i] = { parts.time(visitor, row.at), row.who, what, about(row) }
  end
  local oldest = acts[#acts]
  return { title = "Log", body = {
    h.p { "Every act of a person, every version of the script, and what usher did by itself." },
    #body > 0 and parts.table("Newest first", { "When", "Who", "What", "Whom it concerns" }, body)
      or h.p { class = "quiet", "Nothing has been done yet." },
    #acts == ON_A_PAGE and h.p {
      h.a { href = parts.query(parts.path "log", { before = oldest.id }), "Older" } },
  } }
end

function trail.register()
  office.page("log", { text = "Log", act = "trail", look = look }, page)
end

return trail
