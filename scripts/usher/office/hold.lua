-- SPDX-License-Identifier: MIT
-- hold: the page on which the organisers stop every mail of the event at once, see what waits meanwhile, and
-- let it go.
local banner = require "usher.office.banner"
local facts = require "usher.facts"
local h = require "usher.html"
local live = require "usher.live"
local office = require "usher.office"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"

local hold = {}

local function look()
  local on = usher.outgoing().hold
  return { held = { ask = "held", event = facts.event.id },
    late = { ask = "held_too_late", event = facts.event.id, since = on and on.at or usher.now() } }
end

-- What waits for this very word, by rule: { name, n, first }, in the order of their moments.
local function groups_of(rows, note)
  local list, of = {}, {}
  for _, row in ipairs(rows) do
    if row.note == note then
      local group = of[row.name] or { name = row.name, n = 0, first = row.at }
      if not of[row.name] then list[#list + 1] = group end
      of[row.name], group.n = group, group.n + 1
    end
  end
  return list
end

local function waiting(seen, on, visitor)
  local items = {}
  for _, group in ipairs(groups_of(seen.held, on.note)) do
    items[#items + 1] = h.li { parts.count(group.n, "mail"), " of ", h.strong { group.name }, ", due from ",
      parts.time(visitor, group.first) }
  end
  for _, row in ipairs(seen.late) do
    items[#items + 1] = h.li { parts.count(row.n, "mail"), " of ", h.strong { row.name },
      " waited until it was too late, and will not leave" }
  end
  return #items > 0 and h.ul { items } or h.p { class = "quiet", "Nothing was to leave meanwhile." }
end

local function page(request, visitor)
  local on = usher.outgoing().hold
  if not on then
    return { title = "Hold", live = false, body = {
      h.p { "On hold, nothing of this event leaves: no mail, also of those that are being tried again. "
        .. "Moments pass and answers come in as before. Mails that log people in wait as well." },
      roles.may(visitor.has, "hold") and parts.form(visitor, "hold", {
        h.label { for_ = "why", "Why (others read it)" },
        h.input { id = "why", name = "why", maxlength = 200 },
        h.p { h.button { class = "main-button", "Hold everything of this event" } } }),
    } }
  end
  return { title = "Hold", live = false, body = {
    h.p { class = "lead", banner.sentence(on, visitor) }, waiting(request.seen, on, visitor),
    on.all and h.p { "Whoever keeps the machine put everything on hold, and lifts it: usher release" }
      or roles.may(visitor.has, "hold") and parts.form(visitor, "release", {
        h.p { h.button { class = "main-button", "Release" } } }),
  } }
end

local function begin(request, visitor)
  local why = (request.form.why or ""):match("^%s*(.-)%s*$")
  if #why > 200 then return office.refuse(visitor, "Say it in fewer words.") end
  usher.hold(visitor.name, why ~= "" and why or nil)
  live.changed()
  return { redirect = parts.path "hold" }
end

local function release(request, visitor)
  usher.release(visitor.name)
  live.changed()
  return office.back(request)
end

function hold.register()
  office.page("hold", { act = "see", look = look }, page)
  office.act("hold", { act = "hold" }, begin)
  office.act("release", { act = "hold" }, release)
end

return hold
