-- SPDX-License-Identifier: MIT
-- undecided: a question about the programme that waits for a person: who gives this item? Asked once, asked
-- again at the deadline while there is no answer; whoever is named gets the cue.
local check = require "usher.check"
local facts = require "usher.facts"
local moments = require "usher.moments"
local people = require "usher.people"
local programme = require "usher.programme"
local roster = require "usher.roster"
local sending = require "usher.sending"
local show_clock = require "usher.show_clock"
local template = require "usher.template"
local texts = require "usher.texts"

local undecided = {}

local FLOW <const> = "undecided"

local known <const> = { ask = "text", at = "text?", deadline = "text?" }

local function item_named(title)
  for _, item in ipairs(facts.items) do
    if item.title == title then return item end
  end
end

local function send(name, person, item, moment)
  local case = { person = person, item = item, anchor = item, moment = moment, asked = {} }
  local event = facts.event
  local subject, text, language = sending.render(texts[name], case)
  return usher.mail {
    name, to = template.address(person), as = person.key, from = event.from, reply_to = event.reply_to,
    subject = subject, text = text, lang = language or event.language,
    unsure = name == "you-are-next" and "resend" or "ask", give_up = item.starts,
    zone = event.zone,
    about = { rule = name, person = person.key, whom = facts.full_name(person), item = item.title,
      what = name == "you-are-next" and "cue" or "mail",
      item_at = usher.time.format(item.starts, person.zone, "%H:%M %P") },
  }
end

-- Who is named, or nobody; and what has become of whom we would write to: another has taken over, say.
local function who_is_named(item, asked)
  local named = usher.book("decided"):get(item.title)
  if not named then return { nobody = true, change = roster.change(asked) } end
  named.change = roster.change(named.person)
  return named
end

-- Waits for a phrase on the event's clock. Who is named is asked only after the moment has come.
local function at(name, phrase, person, item)
  local moment = moments.of({ at = phrase }, person, facts.event)
  local in_time = usher.due(name, moment, { late = item.starts })
  local decided = in_time and usher.decide(name, who_is_named, item, person.key)
  return in_time, decided, moment
end

-- Whoever is named is told so, unless the clock of the day has been moved just now.
local function named_at(item, by)
  local decided = who_is_named(item, item.asked)
  if decided.person and not show_clock.tell(item.title, decided.person, by) then return { moved = true } end
  return decided
end

-- The cue, by the clock of the day. The person and the item as it is then; or nil and why nobody is told.
local function cued(asked, item)
  local moment = moments.of({ at = "10 minutes before" }, asked, item)
  while true do
    local by = show_clock.wait(item.title, moment)
    local now_item = show_clock.item(item, by)
    local in_time, late = usher.due("cue", show_clock.moved(moment, by), { late = now_item.starts })
    if not in_time then return nil, late end
    local decided = usher.decide("cue", named_at, item, by)
    local named = facts.by_key[decided.person]
    if named then
      return roster.with(named.key, named, decided.change), now_item, show_clock.moved(moment, by)
    end
    if not decided.moved then return nil, "nobody was named" end
  end
end

local function life(input)
  local item, asked = item_named(input.item), facts.by_key[input.ask]
  if not (item and item.starts and asked) then return { skipped = "the item or who is asked is gone" } end
  local in_time, decided, moment = at("ask", input.at, asked, item)
  local function asked_now() return roster.with(asked.key, asked, decided.change) end
  if in_time and decided.nobody then send("undecided-ask", asked_now(), item, moment) end
  in_time, decided, moment = at("deadline", input.deadline, asked, item)
  if in_time and decided.nobody then send("undecided-nudge", asked_now(), item, moment) end
  local named, now_item, due = cued(asked, item)
  if not named then return { skipped = now_item } end
  local reply = send("you-are-next", named, now_item, due)
  return reply.sent and { sent = true } or { skipped = reply.why }
end

--- undecided "Closing remarks" { ask = "doim", at =, deadline = } -> nothing
--- Says that an item has nobody yet, and whom to ask: by mail at `at` ("7 working days before, 10:00") and
--- again at the deadline ("1 working day before, 10:00"). Until then the programme says "to be announced".
--- Whoever is named by  usher answer "Closing remarks" by NAME  gets the cue.
--- Example: local ask = function () undecided "Closing remarks" { ask = "doim" } end
undecided.undecided = check.word(function(title)
  facts.need_event("undecided")
  if type(title) ~= "string" then
    check.refuse('undecided: name an item, as in  undecided "Closing remarks" { ... }')
  end
  return check.word(function(given)
    local word = ('undecided "%s"'):format(title)
    local o = check.options(word, given, known)
    local item, asked = programme.need(word, title), people.need(word, o.ask)
    if not item.starts then check.refuse("%s: it has no time, so there is nothing to wait for", word) end
    item.undecided, item.asked = true, asked.key
    if not facts.has_undecided then usher.flow(FLOW, life) end
    facts.has_undecided = true
    usher.start(FLOW, { key = title, label = title, input = { item = item.title, ask = asked.key,
      at = o.at or "7 working days before, 10:00", deadline = o.deadline or "1 working day before, 10:00" } })
  end)
end)

-- undecided.is_open(title) -> yes or no: somebody may be named for it
function undecided.is_open(title)
  local item = item_named(tostring(title))
  return item ~= nil and item.undecided == true
end

-- undecided.decide{ item, person, who } -> reply: the handler that takes the answer.
function undecided.decide(request)
  local item = item_named(tostring(request.item))
  if not (item and item.undecided) then
    error(("no open item is called '%s'"):format(tostring(request.item)), 0)
  end
  local person, why = people.find(tostring(request.person))
  if not person then error(why, 0) end
  usher.book("decided"):set(item.title, { person = person.key, who = request.who, at = usher.now() })
  local name = facts.full_name(person)
  return { item = item.title, person = person.key, name = name,
    text = ("%s: %s"):format(item.title, name) }
end

return undecided
