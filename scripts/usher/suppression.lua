-- SPDX-License-Identifier: MIT
-- suppression: which addresses get no mail any more. Asked at the moment of sending, so that a mail that
-- waits for weeks honours what was said yesterday.
--   book suppressed: address in lower case -> { event, trainings, all = { at, why } }
local suppression = {}

local function book() return usher.book("suppressed") end

-- suppression.add(address, purpose, why): purpose is "event" (this one), "trainings" or "all"
function suppression.add(address, purpose, why)
  local entry = book():get(address:lower()) or {}
  entry[purpose] = entry[purpose] or { at = usher.now(), why = why }
  book():set(address:lower(), entry)
end

-- suppression.lift(address, purpose): the person wants it again.
function suppression.lift(address, purpose)
  local entry = book():get(address:lower()) or {}
  entry[purpose] = nil
  if next(entry) then book():set(address:lower(), entry) else book():remove(address:lower()) end
end

-- suppression.why(address, purpose) -> a sentence, or nil when the address may be written to
function suppression.why(address, purpose)
  local entry = book():get(address:lower()) or {}
  local said = purpose == "event" and entry.event or purpose ~= "all" and entry.trainings or entry.all
  return said and ("wants no more mail (%s)"):format(said.why)
end

-- What somebody needs who comes: not the invitation, and not the asking.
local to_be_asked <const> = { invited = true, not_answered = true, declined = true }

-- suppression.refusal(rule, person) -> why this person does not get this rule's mail, or nil. Who has said
-- yes still hears what they need for it.
function suppression.refusal(rule, person)
  local why = person.guest and suppression.why(person.mail, "event")
  if not why then return nil end
  for _, part in ipairs(rule.parts) do
    if to_be_asked[part.word] then return why end
  end
  local answer = usher.book("answers"):get(person.key)
  return not (answer and answer.answer == "yes") and why or nil
end

return suppression
