-- SPDX-License-Identifier: MIT
-- cues: short mails to the people of an item, by the item's clock: "you are next". A cue is of use until its
-- item begins, and is sent again when nobody knows whether it went out.
local check = require "usher.check"
local facts = require "usher.facts"
local mail = require "usher.mail"
local sending = require "usher.sending"
local texts = require "usher.texts"

local cues = {}

local known <const> = { at = "text", zone = "text?", late = "text?", subject = "texts?", text = "texts?",
  from = "text?", reply_to = "text?", approve = "yes_no?", via = "names?", short = "texts?" }

-- cues.units() -> list of { person, item, index, key }: whom a cue is for. A person with several items has a
-- key for each, in the programme's order.
function cues.units()
  local units, counts = {}, {}
  for index, item in ipairs(facts.items) do
    for _, person in ipairs(item.starts and item.people or {}) do
      local n = (counts[person.key] or 0) + 1
      counts[person.key] = n
      local key = n == 1 and person.key or ("%s/%d"):format(person.key, n)
      units[#units + 1] = { person = person, item = item, index = index, key = key }
    end
  end
  return units
end

local function declare(name, given)
  local o = check.options(('cue "%s"'):format(name), given, known)
  if mail.is_left_out(name) then return end
  local rule = mail.rule("cue", name, {
    at = o.at, zone = o.zone, late = o.late or "until start", unsure = "resend",
    subject = o.subject, text = o.text, from = o.from, reply_to = o.reply_to, approve = o.approve,
    via = o.via, short = o.short,
  }, { { word = "speakers" } })
  local units = cues.units()
  if #units == 0 then facts.note('cue "%s": the programme has no timed item that names somebody', name) end
  sending.declare(rule, units)
end

--- cue "name" { at = "10 minutes before" } -> nothing
--- Declares a cue: a mail to each person of each timed item of the programme, by the item's clock. It knows
--- the placeholders {item}, {item_when}, {item_next} and {minutes} besides those of mails. Options: at, zone,
--- late, subject, text, from, reply_to, approve, via and short, as in mail.
--- Example: cue "you-are-next" { at = "10 minutes before" }
cues.cue = check.word(function(name)
  facts.need_event("cue")
  check.name("cue", name)
  return check.options_follow("cue", name, function(given) declare(name, given) end)
end)

--- cues { "10 minutes before" } -> nothing
--- Declares one ready-made cue for each phrase of the list, named "cue-1", "cue-2" and so on.
--- Example: cues { "60 minutes before", "10 minutes before" }
cues.cues = check.word(function(list)
  facts.need_event("cues")
  if type(list) ~= "table" or #list == 0 then
    check.refuse('cues: list when, as in  cues { "10 minutes before" }')
  end
  local ready = texts["you-are-next"]
  for i, phrase in ipairs(list) do
    declare(("cue-%d"):format(i), { at = phrase, subject = ready.subject, text = ready.text })
  end
end)

return cues
