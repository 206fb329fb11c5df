-- SPDX-License-Identifier: MIT
-- invite_now: somebody asks on the day whether they may join, and the office lets them: `usher invite-now`.
-- They are a guest like the others from then on, have said yes, and get the link at once.
local answers = require "usher.answers"
local cancelled = require "usher.cancelled"
local facts = require "usher.facts"
local latecomers = require "usher.latecomers"
local letters = require "usher.letters"
local people = require "usher.people"
local roster = require "usher.roster"

local invite_now = {}

local NAME_MAX <const> = 180 -- bytes: with an address behind it a mail's header takes 255

local function new_guest(mail, name)
  local key = "now-" .. usher.fresh(6)
  roster.set(key, { name = name ~= "" and name or mail, mail = mail, zone = facts.event.zone,
    signed_up = true })
  return roster.person(key)
end

-- invite_now.invite{ mail, name, who } -> { key, name, text }: the handler. Whoever is on the list already
-- gets the link, and nothing else changes for them.
function invite_now.invite(request)
  local mail = people.one_line(tostring(request.mail or ""))
  local name = people.one_line(tostring(request.name or ""))
  if not people.is_address(mail) then
    error(("'%s' is not a mail address: write it as name@office.example"):format(mail), 0)
  end
  if #name > NAME_MAX then error(("the name has more than %d bytes"):format(NAME_MAX), 0) end
  if usher.now() >= facts.event.ends.utc then error("the event is over", 0) end
  if cancelled.of() then error(cancelled.WHY, 0) end
  local known = roster.by_mail(mail)
  local person = known or new_guest(mail, name)
  answers.set(person, "yes", { who = "office:" .. tostring(request.who or ""), quiet = true })
  local missed = latecomers.missed(person) -- the letter tells it
  if not letters.send("live-link", person) then
    error('the link can\'t be sent: say  from = "Office <...>"  in event', 0)
  end
  if not known then latecomers.enrol(person, missed) end
  usher.audit("let in on the day", mail, tostring(request.who or "office"), person.key)
  return { key = person.key, name = roster.shown(person),
    text = ("%s: the link is on its way to %s%s"):format(roster.shown(person), mail,
      known and " (was on the list already)" or "") }
end

return invite_now
