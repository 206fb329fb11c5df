-- SPDX-License-Identifier: MIT
-- latecomers: people who come to an event that is under way: whoever signs up, answers late or is asked on
-- the day. What they have missed is told to them in one mail, by whoever tells them of their seat; what is
-- still to come gets its flows.
--
-- What was missed is a list of texts: a rule's name, of one session of a series with its id behind it.
local approval = require "usher.approval"
local audience = require "usher.audience"
local facts = require "usher.facts"
local moments = require "usher.moments"
local sending = require "usher.sending"
local sessions = require "usher.sessions"
local template = require "usher.template"

local latecomers = {}

-- The latest of the rules for the same people and session that has passed and is of use: into `latest`.
local function look_at(latest, rule, person, session)
  if audience.verdict(rule.parts, person, session) ~= true then return end
  local anchor, now = session or facts.event, usher.now()
  local moment = moments.of(rule, person, anchor)
  local limit = moments.limit(rule, moment, anchor)
  if moment.utc > now or limit and now >= limit.utc then return end
  local group = sessions.key(rule.missed == "each" and rule.name or rule.audience, session)
  if not latest[group] or latest[group].utc < moment.utc then
    latest[group] = { utc = moment.utc, name = sessions.key(rule.name, session) }
  end
end

-- latecomers.missed(person) -> names of the rules whose moment has passed for somebody who comes from now on,
-- while their mails are still of use; of several for the same people only the latest. A rule that says what
-- is to happen with the late (`late`) sends its own mail, or none; so does one that nobody has approved. Only
-- in handlers and usher.decide.
function latecomers.missed(person)
  local latest, order = {}, {}
  for _, rule in ipairs(facts.rules) do
    if rule.word == "mail" and not rule.late and not approval.waits(rule) then
      for _, session in ipairs(sending.sessions_of(rule)) do look_at(latest, rule, person, session or nil) end
    end
  end
  for _, one in pairs(latest) do order[#order + 1] = one end
  table.sort(order, function(a, b) return a.utc < b.utc end)
  for i, one in ipairs(order) do order[i] = one.name end
  return order
end

-- A name out of that list: the rule, and the session or nil.
local function read(name)
  local rule = facts.rule_named[name]
  if rule then return rule, nil end
  local rule_name, session = sessions.split(name)
  return facts.rule_named[rule_name], session
end

-- latecomers.rule(name) -> the rule that is meant in such a list
function latecomers.rule(name) return (read(name)) end

-- latecomers.fold(names, person, asked) -> Markdown, attachments: what those rules would have sent.
function latecomers.fold(names, person, asked)
  local texts, files = {}, {}
  for i, name in ipairs(names) do
    local rule, session = read(name)
    local anchor = session or facts.event
    local case = { person = person, rule = rule, session = session, anchor = anchor, asked = asked,
      moment = moments.of(rule, person, anchor), language = sending.language(rule, person) }
    texts[i] = ("**%s**\n\n%s"):format(template.render(sending.in_language(rule.subject, person), case),
      template.render(sending.in_language(rule.text, person), case))
    for _, attached in ipairs(rule.attach) do
      if type(attached) == "table" then files[#files + 1] = attached end
    end
  end
  return table.concat(texts, "\n\n"), files
end

-- latecomers.asked(names, person) -> what the texts of those rules ask of the books; inside usher.decide.
function latecomers.asked(names, person)
  local texts, first = {}, read(names[1] or "")
  for _, name in ipairs(names) do
    local rule = read(name)
    texts[#texts + 1] = sending.in_language(rule.subject, person)
    texts[#texts + 1] = sending.in_language(rule.text, person)
  end
  return template.asked(texts, { person = person, language = first and sending.language(first, person) })
end

-- latecomers.enrol(person, missed): starts the flows of somebody who signed up, one for each rule that could
-- ever be for them; those that are there already go on. In the handler's transaction, so that a sign-up
-- that is on disk has its reminders there too. missed: what latecomers.missed said. new_rule: the one rule
-- that is meant, which is newer than the sign-up.
function latecomers.enrol(person, missed, new_rule)
  local guest, knows = { key = person.key, zone = person.zone, language = person.language, guest = true }, {}
  for _, name in ipairs(missed or {}) do knows[name] = true end
  local function start(rule, session)
    usher.start(rule.name, { key = sessions.key(person.key, session), label = facts.full_name(person),
      input = { person = person.key, guest = guest, session = session and session.id,
        told = knows[sessions.key(rule.name, session)], new_rule = new_rule and true or nil } })
  end
  for _, rule in ipairs(facts.rules) do
    local meant = not new_rule or rule.name == new_rule
    if meant and rule.word ~= "cue" and audience.may_include(rule.parts, person) then
      for _, session in ipairs(sending.sessions_of(rule)) do start(rule, session or nil) end
    end
  end
end

return latecomers
