-- SPDX-License-Identifier: MIT
-- signup_mail: what whoever signs up is written, and the two things that wait for a moment: a form whose
-- link nobody opens is forgotten, and an offered seat goes to the next when nobody takes it. Each mail is a
-- flow of its own, named signup-check, signup-seat ...; its key is the person's and a turn
-- (signup_acts.lua).
local acts = require "usher.signup_acts"
local audience = require "usher.audience"
local cancelled = require "usher.cancelled"
local check = require "usher.check"
local facts = require "usher.facts"
local invite = require "usher.invite"
local lang = require "usher.lang"
local latecomers = require "usher.latecomers"
local mail = require "usher.mail"
local roster = require "usher.roster"
local seats = require "usher.seats"
local sending = require "usher.sending"
local template = require "usher.template"

local mails = {}

mails.PENDING = "2 days" -- so long a form waits for its link to be opened

-- late: until when a mail is of use while the mail server does not answer; that of an offer as long as it is
-- kept, so that a server that is slow keeps nobody else waiting. state: how it stands with whoever is written
-- to; a mail that something has overtaken is not sent.
local kinds <const> = {
  check = { state = "pending", late = "within 2 days" },
  seat = { state = "seat", late = "until end" },
  waiting = { state = "waiting", late = "until start" },
  offer = { state = "offered", late = "until start" },
  expired = { state = "lapsed", late = "within 2 days" },
  cancelled = { state = "cancelled", late = "within 2 days" },
  known = { late = "within 2 days" },
}
mails.kinds = kinds

-- What their calendars hear about it.
local entries <const> = { seat = "calendar", cancelled = "cancellation" }

local function kind_of(rule) return rule.name:match("^signup%-(.+)$") end

-- ---- what a mail needs to know ------------------------------------------------------------------------

local function number_text(number) return number and ("%d"):format(number) or "" end

-- Placeholders of these mails alone. Shown with samples when the texts are checked.
local function values_of(kind, seen, person)
  local values = {}
  if kind == "waiting" then values.number = number_text(seen.number) end
  if kind == "offer" then
    values.offer_ends = template.clock(seen.kept_until, person.zone, lang.of(person))
  end
  if kind == "seat" then values.missed = seen.missed or "" end
  return values
end

-- Why a mail is not sent any more, by how it stands now.
local overtaken <const> = { pending = "is not confirmed", seat = "has a seat", cancelled = "has cancelled",
  waiting = "is on the wait-list", offered = "is asked whether they take a seat",
  lapsed = "let the offer pass" }

-- The rule with further files; `plain`: without its calendar entry, for who never had one.
local function adapt(rule, files, plain)
  local copy = {}
  for name, value in pairs(rule) do copy[name] = value end
  copy.entry, copy.attach = not plain and rule.entry or nil, {}
  for _, attached in ipairs(rule.attach) do
    if attached ~= rule.entry or not plain then copy.attach[#copy.attach + 1] = attached end
  end
  table.move(files, 1, #files, #copy.attach + 1, copy.attach)
  return copy
end

-- Runs inside usher.decide: is the mail still right, and whom does it go to?
local function look(rule, input)
  local kind, entry = kind_of(rule), seats.entry(input.person)
  if cancelled.of() then return { why = cancelled.WHY } end
  if not entry then return { why = "the sign-up was not confirmed in time" } end
  if kinds[kind].state and entry.state ~= kinds[kind].state then
    return { why = overtaken[entry.state] .. " by now" }
  end
  if kind == "offer" and entry.place ~= input.turn then return { why = "it was about an earlier turn" } end
  local person = roster.person(input.person) or roster.with(input.person, nil, entry.form)
  local seen = sending.look(adapt(rule, {}, input.plain), person)
  if not facts.by_key[input.person] then seen.change = seen.change or entry.form end
  seen.kept_until = entry.kept_until
  seen.told = input.missed and latecomers.asked(input.missed, person)
  return seen
end

-- now: when the flow began; mails follow their cause at once.
local function send(rule, input, seen, now)
  local person = roster.with(input.person, facts.by_key[input.person], seen.change)
  local moment = { utc = now, zone = facts.event.zone, wall = "", derive = "at once" }
  local files
  seen.number = input.number
  if input.missed then seen.missed, files = latecomers.fold(input.missed, person, seen.told) end
  return sending.send(adapt(rule, files or {}, input.plain), {
    person = person, rule = rule, anchor = facts.event, moment = moment, asked = seen.asked,
    entry = seen.entry, unheard = seen.unheard, values = values_of(kind_of(rule), seen, person),
  })
end

-- ---- the flows ----------------------------------------------------------------------------------------

-- After the mail `wait` goes on, with the book's entry as the mail saw it.
local function life(wait)
  return function(rule)
    return function(input)
      local now = usher.now()
      local seen = usher.decide("who", look, rule, input)
      if not seen.send then return { skipped = seen.why } end
      local result = send(rule, input, seen, now)
      if wait then wait(input, seen) end
      return result
    end
  end
end

local function forget_later(input)
  local which = usher.first("the link is opened?",
    { opened = { signal = "confirmed" }, never = { after = mails.PENDING } })
  if which == "never" then usher.decide("forget", acts.forget, input.person, input.turn) end
end

local function lapse_later(input, seen)
  local which = usher.first("the seat is taken?",
    { answered = { signal = "answered" }, over = { at = seen.kept_until } })
  if which == "over" then usher.decide("lapse", acts.lapse, input.person, input.turn) end
end

local lives <const> = { check = life(forget_later), offer = life(lapse_later) }
local plain_life <const> = life()

-- More or fewer seats in a new version of the script: whoever waits is asked at once.
local function advance_once()
  return usher.decide("advance", function()
    acts.advance()
    return true
  end)
end

local ENROLLED_AT_ONCE <const> = 100 -- in one decision: some milliseconds

-- A rule that is newer than sign-ups: they get its flow as well. Of everybody who is on no list the next ones
-- behind the key `from`; answers the last of them, or false when there are no more.
local function enrol_some(rule, from)
  local count, last = 0, nil
  for key, change in usher.book("roster"):each() do
    if key > from and change.signed_up then
      if count == ENROLLED_AT_ONCE then return last end
      count, last = count + 1, key
      latecomers.enrol(roster.person(key), {}, rule)
    end
  end
  return false
end

-- Guests of the list have flows for whoever comes; for the wait-list only once they are on it.
local function enrol_guests(rule)
  for _, guest in ipairs(facts.guests) do
    if roster.signup(guest.key) then latecomers.enrol(roster.person(guest.key), {}, rule) end
  end
  return true
end

local function enrol_all(input)
  usher.decide("guests", enrol_guests, input.rule)
  local from = ""
  while from do from = usher.decide("sign-ups", enrol_some, input.rule, from) end
end

-- The life of the sign-up itself: nothing happens at these moments, but `usher flows` shows them, and a
-- rehearsal of the past begins before the first.
local function open_and_close()
  if facts.signup.opens then usher.due("opens", facts.signup.opens) end
  usher.due("closes", facts.signup.closes)
  return { closed = true }
end

-- ---- declaring ----------------------------------------------------------------------------------------

-- Whoever may sign up, invented, one by each clock of the form: for checking texts and moments.
local function samples()
  local list, plan = {}, facts.signup
  for i, zone in ipairs(plan.zones) do
    list[i] = { key = "signup-000001", name = "Sonam Wangmo", mail = "sonam@office.example", zone = zone,
      language = plan.languages[1], guest = true, where = "somebody who signs up",
      group = plan.asks_group and plan.groups[1] or nil }
  end
  return list
end

local function sample_values(kind, person)
  return values_of(kind, { number = 1, kept_until = facts.event.starts.utc, missed = "" }, person)
end

local typed_words <const> = { "name", "full_name", "salutation", "group" }

-- What a stranger typed goes to nobody before the address's owner has pressed the button: else the form would
-- carry anybody's words to anybody.
local function check_words(rule)
  for _, texts in ipairs { rule.subject, rule.text } do
    for _, text in pairs(type(texts) == "table" and texts or { texts }) do
      for _, word in ipairs(typed_words) do
        if text:find("{" .. word .. "}", 1, true) then
          check.refuse("signup: mails: check: leave {%s} out: before the link was opened it is what anybody "
            .. "may have typed about somebody else", word)
        end
      end
    end
  end
end

local function check_rule(rule)
  for i, person in ipairs(facts.signup.samples) do
    local case = { person = person, rule = rule, anchor = facts.event, asked = {},
      values = sample_values(kind_of(rule), person) }
    local problem = sending.check_texts(rule, case, i == 1)
    if problem then check.refuse("signup: mails: %s: %s", kind_of(rule), problem) end
  end
end

local known <const> = { subject = "texts?", text = "texts?", file = "texts?", attach = "names?",
  from = "text?", reply_to = "text?", approve = "yes_no?" }

-- mails.declare(given): the mails as the organiser wants them; what is not said is ready-made. given: kind ->
-- { subject, text, file, attach }.
function mails.declare(given)
  local plan = facts.signup
  plan.samples = samples()
  for kind in pairs(given) do
    if not kinds[kind] then
      check.refuse("signup: mails: there is no mail '%s'%s", tostring(kind),
        check.meant(tostring(kind), check.names(kinds)))
    end
  end
  for kind, ready in pairs(kinds) do
    local o = { late = ready.late, unsure = "resend" } -- the same mail twice does no harm
    if kind == "offer" and plan.offer then o.late = "within " .. plan.offer end
    o.attach = invite.organiser() and entries[kind] or nil
    for name, value in pairs(check.options("signup: mails: " .. kind, given[kind] or {}, known)) do
      o[name] = value
    end
    local rule = mail.rule("signup", "signup-" .. kind, o, { { word = "signup" } }, lives[kind] or plain_life)
    rule.what, rule.bare, rule.by_itself = "mail", kind == "check", true
    rule.examples = function(person) return sample_values(kind, person) end
    check_rule(rule)
    if kind == "check" then check_words(rule) end
  end
  usher.flow("signup-advance", advance_once)
  usher.flow("signup-enrol", enrol_all)
  usher.flow("signup", open_and_close)
end

-- mails.begin(): when the script has said everything.
function mails.begin()
  local plan = facts.signup
  usher.start("signup", { key = "signup", label = "sign-up" })
  if plan.waitlist then usher.start("signup-advance", { key = plan.room_text, label = "seats" }) end
  for _, rule in ipairs(facts.rules) do
    if rule.word ~= "cue" and audience.takes_sign_ups(rule.parts) then
      usher.start("signup-enrol", { key = rule.name, label = rule.name, input = { rule = rule.name } })
    end
  end
end

return mails
