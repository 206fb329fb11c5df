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
  return { acts = { ask = "audit", event = facts.event.id, before = before_of(request), limit = ON_A_PAGE } }
end

local function about(row)
  local person = row.about and roster.person(row.about)
  if person then return parts.person_link(person.key, facts.full_name(person)) end
  return row.about or ""
end

local function page(request, visitor)
  local rows, body = request.seen.acts, {}
  for i, row in ipairs(rows) do
    local what = { row.what, row.note and h.div { class = "hint", row.note } }
    body[i] = { parts.time(visitor, row.at), row.who, what, about(row) }
  end
  local oldest = rows[#rows]
  return { title = "Log", body = {
    h.p { "Every act of a person, every version of the script, and what usher did by itself." },
    #body > 0 and parts.table("Newest first", { "When", "Who", "What", "Whom it concerns" }, body)
      or h.p { class = "quiet", "Nothing has been done yet." },
    #rows == ON_A_PAGE and h.p {
      h.a { href = parts.query(parts.path "log", { before = oldest.id }), "Older" } },
  } }
end

function trail.register()
  office.page("log", { text = "Log", act = "trail", look = look }, page)
end

return trail
