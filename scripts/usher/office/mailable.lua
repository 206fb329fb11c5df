-- SPDX-License-Identifier: MIT
-- mailable: what stands against mail to a person, and the office's word on it. What the person said about
-- more than this event is told here, and taken back only where every event is: in a window.
local facts = require "usher.facts"
local h = require "usher.html"
local live = require "usher.live"
local office = require "usher.office"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"
local roster = require "usher.roster"
local suppression = require "usher.suppression"

local mailable = {}

local function against(person)
  return person.mail and suppression.reasons(person.mail) or {}
end

local function sentence(text) return text:sub(1, 1):upper() .. text:sub(2) .. "." end

-- mailable.bounce(person) -> why mail to them comes back, or nil
function mailable.bounce(person) return against(person).bounce end

local function buttons(person, visitor, list)
  if not roles.may(visitor.has, "answer") then return nil end
  local nodes = {}
  for i, one in ipairs(list) do nodes[i] = h.button { name = "word", value = one[1], one[2] } end
  return parts.form(visitor, "mailable", { class = "row", parts.hidden { person = person.key }, nodes })
end

-- mailable.node(person, visitor) -> node; nothing when mail may go there
function mailable.node(person, visitor)
  local reasons, nodes = against(person), {}
  local function add(node) nodes[#nodes + 1] = node end
  if reasons.bounce then
    add(h.p { class = "flag", sentence(reasons.bounce) })
    if reasons.allowed then
      add(h.p { "What a guest needs who comes goes there all the same; ", reasons.allowed, " said so." })
    end
    add(buttons(person, visitor, { { "works", "The address works again" },
      not reasons.allowed and { "allow", "Try with what a guest needs who comes" } or nil }))
  end
  if reasons.event then
    add(h.p { class = "flag", sentence(reasons.event) })
    add(h.p { class = "hint", "Whoever has said yes still gets what they need for it." })
    add(buttons(person, visitor, { { "again", "Wants mail about this event again" } }))
  end
  local wider = reasons.all or reasons.trainings
  if wider then
    add(h.p { class = "flag", sentence(wider) })
    add(h.p { class = "hint", "That is said for every event. Whoever keeps the machine takes it back: usher "
      .. "suppressed ", person.mail, " lift" })
  end
  return #nodes > 0 and h.div { class = "card", nodes } or nil
end

local words <const> = {
  works = function(address) suppression.lift(address, "bounce") return "works again" end,
  again = function(address) suppression.lift(address, "event") return "wants mail about this event again" end,
  allow = function(address, who)
    suppression.allow(address, who)
    return "gets what a guest needs who comes"
  end,
}

local function decide(request, visitor)
  local form = request.form
  local person, word = form.person and roster.person(form.person), words[form.word or ""]
  if not person or not person.mail then
    return office.refuse(visitor, "This person is on no list any more.")
  end
  local reasons = against(person)
  if not word or not (form.word == "again" and reasons.event or form.word ~= "again" and reasons.bounce) then
    return office.refuse(visitor, ("Nothing of that kind stands against mail to %s any more."):format(
      facts.full_name(person)))
  end
  local said = word(person.mail, visitor.name)
  usher.audit("mail to an address", ("%s %s"):format(person.mail, said), visitor.name, person.key)
  live.changed()
  return { redirect = parts.query(parts.path "person", { key = person.key }) }
end

function mailable.register()
  office.act("mailable", { act = "answer" }, decide)
end

return mailable
