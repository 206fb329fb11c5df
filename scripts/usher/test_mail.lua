-- SPDX-License-Identifier: MIT
-- test_mail: what a guest would get now, sent to somebody who wants to see it in a mail program of their own.
-- Marked as a test, and on top says for whom it was written. It is no mail of the rule's: nobody counts as
-- having got it, nobody's calendar is told, and it waits for no approval, for it is what one approves by.
local cues = require "usher.cues"
local facts = require "usher.facts"
local outbox = require "usher.outbox"
local parts = require "usher.office.parts"
local people = require "usher.people"
local roster = require "usher.roster"
local sample = require "usher.sample"
local sending = require "usher.sending"
local template = require "usher.template"

local test_mail = {}

local FLOW <const> = parts.TEST_FLOW

-- ---- for whom -----------------------------------------------------------------------------------------

local function unit_of(rule, text)
  if not text then
    return sample.first(rule) or error(("nobody gets %s, so there is nothing to send"):format(rule.name), 0)
  end
  local person, why = roster.find(text)
  local unit = sample.unit(rule, person and person.key or text) -- of a sign-up it may be invented
  if unit then return unit end
  error(person and ("%s is not one of those to whom %s goes"):format(facts.full_name(person), rule.name)
    or why, 0)
end

-- test_mail.send{ rule, to = address, as = whose mail (a key, or a name), who } -> { to, name, text }: the
-- handler. Without `as`: the first of the list.
function test_mail.send(request)
  local to = people.one_line(tostring(request.to or ""))
  local rule = outbox.need(request.rule)
  if not people.is_address(to) then
    error(("'%s' is not a mail address: write it as name@office.example"):format(to), 0)
  end
  if not (rule.from or facts.event.from or usher.sender()) then
    error('who sends it? Say  from = "Office <office@office.example>"  in event', 0)
  end
  local unit = unit_of(rule, request.as)
  local name = facts.full_name(unit.person)
  usher.start(FLOW, { key = usher.fresh(), label = ("%s as %s"):format(rule.name, name),
    input = { rule = rule.name, person = unit.person.key, to = to } })
  usher.audit("test mail", ("%s, as for %s, to %s"):format(rule.name, name, to),
    tostring(request.who or "office"))
  return { to = to, name = name,
    text = ("%s as %s gets it now is on its way to %s"):format(rule.name, name, to) }
end

-- ---- the flow -----------------------------------------------------------------------------------------

-- Whoever is on no list was invented for the sign-up.
local function listed(key)
  if facts.by_key[key] then return facts.by_key[key] end
  for _, person in ipairs(facts.signup and facts.signup.samples or {}) do
    if person.key == key then return person end
  end
end

local function item_of(rule, key)
  for _, unit in ipairs(rule.word == "cue" and cues.units() or {}) do
    if unit.person.key == key then return unit.item end
  end
end

-- Inside usher.decide.
local function look(rule, key)
  local person = roster.person(key) or listed(key)
  if not person then return { gone = true } end
  local seen = sample.look(rule, person)
  seen.change = roster.change(key)
  return seen
end

local function head_of(person)
  return ("*This is a test. It was written for %s, %s, and is what they would get now. The links in it are "
    .. "theirs: what is pressed there counts.*"):format(template.escape(facts.full_name(person)),
    template.escape(person.mail))
end

local function marked(mail, person, to)
  mail[1], mail.to, mail.cc, mail.approval, mail.unsubscribe = "test", to, nil, nil, nil
  mail.subject, mail.text = "TEST: " .. mail.subject, ("%s\n\n%s"):format(head_of(person), mail.text)
  mail.unsure, mail.give_up, mail.about = "resend", nil, { rule = FLOW, what = "test", whom = to }
  return mail
end

local function life(input)
  local rule = outbox.find(input.rule)
  if not rule then return { skipped = "the rule is no longer in the script" } end
  local seen = usher.decide("look", look, rule, input.person)
  if seen.gone then return { skipped = "is no longer on the list" } end
  local person = roster.with(input.person, listed(input.person), seen.change)
  local case = sample.case(rule, { person = person, item = item_of(rule, input.person) }, seen)
  local reply = usher.mail(marked(sending.compose(rule, case), person, input.to))
  return reply.sent and { sent = true } or { skipped = reply.why }
end

-- Called once, by the word `event`.
function test_mail.register()
  usher.flow(FLOW, life)
  usher.on("test-mail", test_mail.send)
end

return test_mail
