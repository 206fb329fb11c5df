-- SPDX-License-Identifier: MIT
-- audience: who a mail is for. The people who could ever be in an audience are known when the script loads;
-- whether one of them is in it is asked at the moment of sending, from the answers in the book.
local attendance = require "usher.attendance"
local check = require "usher.check"
local facts = require "usher.facts"
local people = require "usher.people"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local survey_answers = require "usher.survey_answers"

local audience = {}

-- A verdict is true, or the reason why this person does not get the mail; session: of a series, which one the
-- mail is about, nil: all of it. It runs inside usher.decide.
local function answer_of(person)
  return usher.book("answers"):get(person.key)
end

local function said(answer)
  return ("answered %s"):format(answer.answer)
end

-- Have they missed a session that is over, and to which they were to come? id: that one; "any": one of them.
local function has_missed(person, answer, id)
  for _, session in ipairs(sessions.regular()) do
    local is_meant = (id == "any" or id == session.id) and sessions.chosen(answer, session)
    local is_over = usher.now() >= session.ends.utc
    if is_meant and is_over and not attendance.was_there(person.key, session) then return true end
  end
  return false
end

-- True, or why they do not come. A session that makes up for another is for whoever has missed that.
local function comes(person, answer, session)
  if answer.answer ~= "yes" then return said(answer) end
  if not session then return true end
  if not session.makes_up then return sessions.chosen(answer, session) or "comes to other sessions" end
  return has_missed(person, answer, session.makes_up) or "has missed no session"
end

local function what(session) return session and "the session" or "the event" end

-- Of a series, how many sessions they were at. A session that makes up for another counts for one of those
-- that they missed.
local function held_for(person)
  local n, missed, makes_up = 0, {}, {}
  for _, session in ipairs(sessions.all()) do
    local was_there = attendance.was_there(person.key, session)
    if session.makes_up then
      makes_up[#makes_up + 1] = was_there and session.makes_up or nil
    elseif was_there then n = n + 1 else missed[session.id], missed.n = true, (missed.n or 0) + 1 end
  end
  local made_up, any = 0, 0
  for _, id in ipairs(makes_up) do
    if id == "any" then any = any + 1
    elseif missed[id] then missed[id], made_up = nil, made_up + 1 end
  end
  return n + made_up + math.min(any, (missed.n or 0) - made_up)
end

local function needed() return facts.series.pass == "all" and #sessions.regular() or facts.series.pass end

local verdicts <const> = {
  invited = function() return true end,
  not_answered = function(person) -- "tentative", of a calendar, leaves the question open
    local answer = answer_of(person)
    return not answer or answer.answer == "tentative" or said(answer)
  end,
  coming = function(person, _, session)
    local answer = answer_of(person)
    if not answer then return roster.waits(person.key) and "is on the wait-list" or "has not answered" end
    return comes(person, answer, session)
  end,
  declined = function(person)
    local answer = answer_of(person)
    if not answer then return "has not answered" end
    return answer.answer == "no" or said(answer)
  end,
  waiting = function(person)
    return roster.waits(person.key) or "is not on the wait-list"
  end,
  present = function(person, _, session)
    if usher.now() < (session or facts.event).starts.utc then return what(session) .. " has not begun" end
    return attendance.was_there(person.key, session) or "was not there"
  end,
  absent = function(person, _, session)
    if usher.now() < (session or facts.event).ends.utc then return what(session) .. " is not over" end
    if attendance.was_there(person.key, session) then return "was there" end
    local answer = answer_of(person)
    if not answer then return "was not there, and had not answered" end
    local verdict = comes(person, answer, session)
    return verdict == true or "was not there, and " .. verdict
  end,
  passed = function(person)
    local n, wanted = held_for(person), needed()
    if n >= wanted then return true end
    if usher.now() < facts.event.ends.utc then return "the series is not over" end
    return ("was at %d of %d sessions, and %d are needed"):format(n, #sessions.regular(), wanted)
  end,
}

-- audience.held(person) -> how many sessions they were at, make-up sessions counted; how many are needed
-- (nil: nothing is said); how many there are
function audience.held(person)
  return held_for(person), facts.series.pass and needed(), #sessions.regular()
end

-- Of a survey with names, or an interest form; part.of says which.
function verdicts.answered(person, part)
  return survey_answers.has_answered(facts.survey_named[part.of], person.key) or "has not answered the survey"
end

function verdicts.interested(person, part)
  return usher.book("interest-" .. part.of):has(person.key) or "has not said so in the interest form"
end

local function guests_of(group)
  local list = {}
  for _, person in ipairs(facts.guests) do
    if not group or person.group == group then list[#list + 1] = person end
  end
  return list
end

local function keyed(word, keys)
  local list = {}
  for i, key in ipairs(keys) do list[i] = people.need(word, key) end
  return list
end

-- Who speaks: at a session that names them, those; else by the column `role`, or because the programme names
-- them.
local function speakers(session)
  if session and session.speaks then
    return keyed(('session "%s": speakers'):format(session.id), session.speaks)
  end
  local list, seen = {}, {}
  for _, item in ipairs(facts.items) do
    for _, person in ipairs(item.people) do seen[person.key] = true end
  end
  for _, person in ipairs(facts.people) do
    if person.roles.speaker or seen[person.key] then list[#list + 1] = person end
  end
  return list
end

local function with_role(role)
  local list = {}
  for _, person in ipairs(facts.people) do
    if person.roles[role] then list[#list + 1] = person end
  end
  return list
end

local members <const> = {
  speakers = speakers,
  host = function()
    local key = facts.event.host
    return key and keyed("host", { key }) or with_role("host")
  end,
  organisers = function()
    local keys = facts.event.organisers
    return #keys > 0 and keyed("organisers", keys) or with_role("organiser")
  end,
}

-- `invited.Secretaries`: the same audience, narrowed to a group. An unknown group is refused by name.
local narrowing <const> = {
  __index = function(self, group)
    for _, known in ipairs(facts.groups) do
      if known == group then return { word = self.word, group = group } end
    end
    error(("%s.%s: no group of guests has this name%s"):format(self.word, tostring(group),
      check.meant(tostring(group), facts.groups)), 2)
  end,
}

-- Who waits is on no list when the script loads: each of them gets flows of their own when they sign up.
members.waiting = function() return {} end

-- answered.feedback. What is anonymous makes no list of people, whatever the list is for.
local answered_which <const> = {
  __index = function(_, name)
    local s = facts.survey_named[name]
    if not s then
      error(("answered.%s: no survey above it has this name%s"):format(tostring(name),
        check.meant(tostring(name), check.names(facts.survey_named))), 2)
    end
    if s.anonymous then
      error(('answered.%s: this survey is anonymous, so nobody is picked by it: ask with names, in  '
        .. 'interest "..." { ... },  and write  interested.NAME'):format(name), 2)
    end
    return { word = "answered", of = name }
  end,
}

-- interested.trainings
local interested_which <const> = {
  __index = function(_, name)
    if facts.interest_named[name] then return { word = "interested", of = name } end
    local anonymous = facts.survey_named[name] and facts.survey_named[name].anonymous
    error(anonymous and ("interested.%s: that is an anonymous survey, and nobody is picked by it: ask with "
      .. 'names, in  interest "..." { ... }'):format(name)
      or ("interested.%s: no interest form above it has this name%s"):format(tostring(name),
        check.meant(tostring(name), check.names(facts.interest_named))), 2)
  end,
}

audience.organisers, audience.host = members.organisers, members.host

local function answering(word) return setmetatable({ word = word, group = false }, narrowing) end

local function running(word) return { word = word, group = false } end

-- The words for audiences, as scripts see them.
audience.words = {
  --- invited -> audience
  --- Every guest on the list. invited.GROUP, or invited["Two Words"], is one group of them; this goes for
  --- not_answered, coming, declined, waiting, present, absent and passed too.
  --- Example: mail "hello" { to = invited, at = "1 day before", subject = "Hello", text = "Hello {name}" }
  invited = answering "invited",

  --- not_answered -> audience
  --- The guests who have not answered when the mail goes out. Whose calendar said "tentative" is asked
  --- again.
  --- Example: mail "please-answer" { to = not_answered, at = "5 working days before, 10:00" }
  not_answered = answering "not_answered",

  --- coming -> audience
  --- The guests who have answered yes when the mail goes out, and whoever has signed up and has a seat.
  --- Example: mail "starting" { to = coming, at = "30 minutes before" }
  coming = answering "coming",

  --- declined -> audience
  --- The guests who have answered no when the mail goes out, and whoever has signed up and cancelled.
  --- Example: mail "sorry" { to = declined, at = "at the end", subject = "Sorry", text = "Dear {name}" }
  declined = answering "declined",

  --- waiting -> audience
  --- Whoever is on the wait-list of the sign-up when the mail goes out, or is asked just then whether they
  --- take a seat.
  --- Example: mail "still-full" { to = waiting, at = "2 days before, 10:00", subject = "Still full: {title}",
  --- text = "Dear {full_name}, no seat has come free so far." }
  waiting = answering "waiting",

  --- present -> audience
  --- The guests who were there: who went in by their join page, or whom the office marked (usher attended).
  --- Before the start that is nobody.
  --- Example: mail "thanks" { to = present, at = "1 hour after end", subject = "Thanks", text = "Hi {name}" }
  present = answering "present",

  --- absent -> audience
  --- The guests who had answered yes and were not there. Before the end that is nobody.
  --- Example: mail "missed" { to = absent, at = "1 day after, 10:00", subject = "Sorry", text = "Hi {name}" }
  absent = answering "absent",

  --- answered -> audience
  --- answered.NAME: who has answered that survey when the mail goes out. Only of surveys with names: an
  --- anonymous one makes no list. The survey stands above.
  --- Example: survey "plans" { to = coming, ask = { text "What are your plans?" } }
  --- mail "thanks" { to = answered.plans, at = "2 weeks after, 10:00", subject = "Thanks", text = "{name}" }
  answered = setmetatable({}, answered_which),

  --- interested -> audience
  --- interested.NAME: who has said so in that interest form, and has not taken it back. The form stands
  --- above.
  --- Example: interest "trainings" { to = coming, choose = { "Social media", "Data protection" } }
  --- mail "soon" { to = interested.trainings, at = "30 days after, 10:00", subject = "New", text = "{name}" }
  interested = setmetatable({}, interested_which),

  --- passed -> audience
  --- Of a series with  pass = "5 of 6":  the guests who were at so many sessions. A session that makes up for
  --- another counts for one that they missed.
  --- Example: event "course" { title = "Course", zone = "Asia/Thimphu", from = "Office <a@moic.example>" }
  --- series { every = "Tuesday 14:00-16:00", from = "6 Apr 2021", sessions = 6, pass = "5 of 6" }
  --- mail "well-done" { to = passed, at = "1 day after, 10:00", subject = "Well done", text = "Hi {name}" }
  passed = answering "passed",

  --- speakers -> audience
  --- Who has the role speaker in people, or is named in the programme; of one session of a series: who speaks
  --- at it.
  --- Example: mail "speaker-reminder" { to = speakers, at = "1 day before, 10:00", zone = "theirs" }
  speakers = running "speakers",

  --- host -> audience
  --- Whom the event names as its host; else who has the role host in people.
  --- Example: mail "run-of-show" { to = host, at = "2 hours before" }
  host = running "host",

  --- organisers -> audience
  --- Whom the event names as its organisers; else who has the role organiser in people.
  --- Example: mail "who-is-coming" { to = organisers, at = "1 working day before, 11:00" }
  organisers = running "organisers",
}

local function is_audience(value)
  return type(value) == "table" and type(value.word) == "string"
end

-- What a rule's `to` says, as plain parts: { word, group } or { key }.
local function part_of(rule_word, value)
  if is_audience(value) then
    if value.word == "passed" and not (facts.series and facts.series.pass) then
      check.refuse('%s: to = passed: nothing says who has: add  pass = "5 of 6"  to  series { ... }',
        rule_word)
    end
    return { word = value.word, group = value.group or nil, of = rawget(value, "of") }
  end
  if value == audience.words.answered or value == audience.words.interested then
    check.refuse("%s: to: say which, as in  answered.feedback  or  interested.trainings", rule_word)
  end
  if type(value) == "string" then
    if audience.words[value] and not facts.by_key[value] then
      check.refuse("%s: write  to = %s  without quotes", rule_word, value)
    end
    return { key = people.need(rule_word, value).key }
  end
  check.refuse("%s: to must be an audience (%s) or the key of a person, not a %s", rule_word,
    table.concat(check.names(audience.words), ", "), type(value))
end

-- audience.parts(rule_word, to) -> list of parts. `to` is one of them or a list.
function audience.parts(rule_word, to)
  if to == nil then
    check.refuse("%s: to is missing: say who gets it, as in  to = invited", rule_word)
  end
  if is_audience(to) or type(to) ~= "table" then return { part_of(rule_word, to) } end
  local parts = {}
  for i, value in ipairs(to) do parts[i] = part_of(rule_word, value) end
  if #parts == 0 then check.refuse("%s: to is an empty list", rule_word) end
  return parts
end

local function people_of(part, session)
  if part.key then return { facts.by_key[part.key] } end
  if members[part.word] then return members[part.word](session) end
  if part.of then
    return audience.candidates((facts.survey_named[part.of] or facts.interest_named[part.of]).parts)
  end
  return guests_of(part.group)
end

-- Who is in one of these may be another from session to session; in all others, once for the whole series.
local by_session <const> = { coming = true, present = true, absent = true, speakers = true, host = true,
  organisers = true }

-- audience.by_session(parts): is it asked for each session of a series?
function audience.by_session(parts)
  for _, part in ipairs(parts) do
    if by_session[part.word] then return true end
  end
  return false
end

-- audience.candidates(parts, session) -> list of everybody who can ever be in one of the parts, each once.
function audience.candidates(parts, session)
  local list, seen = {}, {}
  for _, part in ipairs(parts) do
    for _, person in ipairs(people_of(part, session)) do
      if not seen[person.key] then
        seen[person.key] = true
        list[#list + 1] = person
      end
    end
  end
  return list
end

-- Guests are asked about themselves: there may be thousands of them.
local function belongs(part, person, session)
  if part.of then return true end -- the book says who
  if verdicts[part.word] then return person.guest and (not part.group or person.group == part.group) end
  for _, member in ipairs(people_of(part, session)) do
    if member.key == person.key then return true end
  end
  return false
end

-- Audiences that somebody may be in who is on no list.
local open_to_sign_ups <const> = { coming = true, declined = true, waiting = true, present = true,
  absent = true, passed = true, answered = true, interested = true }

-- audience.may_include(parts, person): could somebody who signed up ever be in one of them?
function audience.may_include(parts, person)
  for _, part in ipairs(parts) do
    if open_to_sign_ups[part.word] and (not part.group or part.group == person.group) then return true end
  end
  return false
end

-- audience.takes_sign_ups(parts): could anybody who signs up ever be in one of them?
function audience.takes_sign_ups(parts)
  for _, part in ipairs(parts) do
    if open_to_sign_ups[part.word] then return true end
  end
  return false
end

-- audience.concerns(parts, person, session): is it about that person, whether or not they are in it now?
function audience.concerns(parts, person, session)
  for _, part in ipairs(parts) do
    if belongs(part, person, session) then return true end
  end
  return false
end

-- audience.needs_answer(parts): is everybody in it because they have said yes?
function audience.needs_answer(parts)
  for _, part in ipairs(parts) do
    if part.word ~= "coming" then return false end
  end
  return #parts > 0
end

-- audience.verdict(parts, person, session) -> true, or why this person does not get it now. Only inside
-- usher.decide.
function audience.verdict(parts, person, session)
  local why = "is no longer on the list"
  for _, part in ipairs(parts) do
    if belongs(part, person, session) then
      local judge = verdicts[part.word]
      local answer = not judge or judge(person, part, session)
      if answer == true then return true end
      why = answer
    end
  end
  return why
end

-- "invited.Secretaries": for people to read, and to see whether two rules are for the same people.
function audience.text(parts)
  local texts = {}
  for i, part in ipairs(parts) do
    local narrow = part.group or part.of
    texts[i] = part.key or narrow and ("%s.%s"):format(part.word, narrow) or part.word
  end
  return table.concat(texts, ", ")
end

return audience
