-- SPDX-License-Identifier: MIT
-- resend: "I never got it": the mail of a flow once more, word for word as it was recorded, with a Message-ID
-- of its own (a copy with the old one is hidden by most mail programs). It is a flow of its own under the
-- same key, so the person's page, `usher why` and every count have it; its name says what it is:
-- "invitation, sent again", then "invitation, sent again 2". In every script, with words or without.
--
--   book resent: "rule\nkey" -> how often
-- It goes to the address that the person has now: who never got a mail has often given a wrong one.
local facts = require "usher.facts"
local live = require "usher.live"
local people = require "usher.people"
local roster = require "usher.roster"
local template = require "usher.template"

local resend = {}

local FLOW <const> = "sent again" -- runs whatever is called ", sent again" (core/engine/script.c)
local MAILS_MAX <const> = 20 -- of one mail to one person
local over <const> = { done = true, failed = true, skipped = true, cancelled = true }
local kept <const> = { "from", "reply_to", "cc", "subject", "text", "html", "lang", "about", "headers" }

local function life(mail)
  local reply = usher.mail(mail)
  return reply.sent and { sent = true } or { skipped = reply.why }
end

-- Where it goes: as said, else to where the person is now, else to where it went.
local function address_of(request)
  local about = request.mail.about or {}
  local person = facts.event and about.person and roster.person(about.person)
  if request.to then
    if not people.is_address(request.to) then error(("'%s' is not a mail address"):format(request.to), 0) end
    return request.to
  end
  return person and person.mail and template.address(person) or request.mail.to
end

local function mail_of(request)
  local recorded = request.mail
  local mail = { "mail", to = address_of(request), as = request.key:match("^([^/]+)"), unsure = "ask",
    attach = recorded.attachments, sender = recorded.sender == "<>" and "<>" or nil }
  for _, name in ipairs(kept) do mail[name] = recorded[name] end
  return mail
end

local function count(request)
  local book, name = usher.book("resent"), request.rule .. "\n" .. request.key
  local n = (book:get(name) or 0) + 1
  if n > MAILS_MAX then
    error(("it has been sent again %d times: something else is wrong"):format(MAILS_MAX), 0)
  end
  book:set(name, n)
  return n
end

-- resend.begin{ rule, key, label, state, mail, who, to } -> { text }: the handler behind `usher resend`
function resend.begin(request)
  if type(request.mail) ~= "table" then error("what it said was erased, so it can't be sent again", 0) end
  if not over[request.state] then
    error("it is still on its way, or waits for a word: usher why says which", 0)
  end
  local n, mail = count(request), mail_of(request)
  local name = ("%s, %s%s"):format(request.rule, FLOW, n > 1 and " " .. n or "")
  usher.start(name, { key = request.key, label = request.label, input = mail })
  usher.audit("sent again", ("%s, to %s"):format(request.rule, mail.to), request.who,
    request.key:match("^([^/]+)"))
  if facts.event then live.changed() end
  return { text = ("%s goes out again, to %s, as a mail of its own"):format(request.rule, mail.to) }
end

-- Called once, for every script.
function resend.register()
  usher.flow(FLOW, life)
  usher.on("resend", resend.begin)
end

return resend
