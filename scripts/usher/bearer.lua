-- SPDX-License-Identifier: MIT
-- bearer: who stands in front of a page. A link says for whom it was made; what has become of that person
-- since then is in the roster.
--
--   bearer = { key, as, person = who comes now, own = whose place it is }
--   as     "guest"      whose place it is, also while a deputy comes (then person.stands_in_for is there)
--          "assistant"  speaks for the guest
--          "deputy"     who comes in the guest's place
--          "former"     a deputy who is no longer needed: sees that, and may change nothing
local links = require "usher.links"
local roster = require "usher.roster"

local bearer = {}

local function role_of(generation, person)
  if generation == 0 then return "guest" end
  return generation == person.generation and "deputy" or "former"
end

-- bearer.of(kind, request) -> bearer | nil, "wrong" | "expired" | "gone" (is on no list any more)
function bearer.of(kind, request)
  local as
  local key, generation = links.subject(kind, request)
  if not key then
    local why = generation
    key = usher.link.read(links.purpose(kind, true), request.params.token)
    if not key then return nil, why end
    as = "assistant"
  end
  local person = roster.person(key)
  if not person then return nil, "gone" end
  return { key = key, as = as or role_of(generation, person), person = person, own = roster.own(key) }
end

-- bearer.is_former(key, generation): was it the link of a deputy who is no longer needed? For pages that are
-- about the place, whoever has it.
function bearer.is_former(key, generation)
  local person = roster.person(key)
  return person ~= nil and role_of(generation, person) == "former"
end

-- bearer.speaker(who) -> person: whom the page talks to (of an assistant: for whom they speak)
function bearer.speaker(who)
  return who.as == "deputy" and who.person or who.own
end

-- bearer.takes_part(who) -> yes or no: is it they who come? Not an assistant, nor whose deputy comes.
function bearer.takes_part(who)
  return who.as == "deputy" or who.as == "guest" and not who.person.stands_in_for
end

return bearer
