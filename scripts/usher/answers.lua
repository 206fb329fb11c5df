-- SPDX-License-Identifier: MIT
-- answers: who comes and who does not. The book "answers" holds for each person's key
--   { answer = "yes" | "no" | "tentative", at = ms, who = who said it, note = text,
--     sessions = ids of those of a series to which they come (not there: to all of them),
--     before = list of earlier ones, the latest first, at most 20 }
--   who    "guest", "assistant", "deputy": by their own link; "calendar", "mail": by what they sent back;
--          "office:NAME": typed in by the office
-- What these functions change is on disk before anybody is told: they run in handlers and routes.
local audience = require "usher.audience"
local check = require "usher.check"
local deputies = require "usher.deputies"
local facts = require "usher.facts"
local letters = require "usher.letters"
local live = require "usher.live"
local people = require "usher.people"
local pretend = require "usher.pretend"
local links = require "usher.links"
local moments = require "usher.moments"
local roster = require "usher.roster"
local sending = require "usher.sending"
local session_choice = require "usher.session_choice"
local sessions = require "usher.sessions"
local told = require "usher.told"
local undecided = require "usher.undecided"

local answers = {}

local BEFORE_MAX <const> = 20
local NOTE_MAX <const> = 500 -- letters

local words <const> = { yes = "yes", no = "no", coming = "yes", declined = "no", tentative = "tentative",
  perhaps = "tentative" }

-- answers.of(key) -> what the book says, or nil
function answers.of(key)
  return usher.book("answers"):get(key)
end

-- One line, and not longer than somebody reads.
function answers.clean_note(text)
  local note = people.one_line(tostring(text or ""))
  local cut = utf8.len(note) and utf8.len(note) > NOTE_MAX and utf8.offset(note, NOTE_MAX + 1)
  note = cut and note:sub(1, cut - 1) or note
  return note ~= "" and note or nil
end

local function remembered(before)
  if not before then return nil end
  local list = { { answer = before.answer, at = before.at, who = before.who, note = before.note,
    sessions = before.sessions } }
  for _, one in ipairs(before.before or {}) do
    if #list < BEFORE_MAX then list[#list + 1] = one end
  end
  return list
end

local function shown(answer, chosen, note)
  local text = chosen and ("%s, to %s"):format(answer, table.concat(chosen, ", ")) or answer
  return note and ("%s (%s)"):format(text, note) or text
end

-- answers.note_down(key, answer, who, note, chosen): writes it into the book, and tells nobody. chosen: ids
-- of sessions, nil: all.
function answers.note_down(key, answer, who, note, chosen)
  usher.book("answers"):set(key, { answer = answer, at = usher.now(), who = who, note = note,
    sessions = chosen, before = remembered(answers.of(key)) })
  usher.audit("answer", shown(answer, chosen, note), roster.said_by(who), key)
  live.changed()
end

local followers <const> = {}

-- answers.follow(fn): fn(person, answer, who) is told of each answer that is written down here, in its
-- transaction. When it raises, the answer is not taken, and whoever gave it reads why.
function answers.follow(fn) followers[#followers + 1] = fn end

-- A yes is confirmed. A no is told only to whoever had said yes: it takes the entry out of their calendar.
-- Whoever signed up hears of it by the sign-up.
local function write_about(person, answer, before)
  if usher.book("signup"):has(person.key) then return end
  if answer == "yes" then letters.send("confirmation", person) end
  if answer == "no" and before == "yes" then letters.send("withdrawn", person) end
end

-- answers.reopen(person, why): what was said counts no more, and they are asked again.
function answers.reopen(person, why)
  local before = answers.of(person.key)
  if not before then return end
  usher.book("answers"):remove(person.key)
  usher.audit("answer", ("open again: %s (it was %s)"):format(why, before.answer), nil, person.key)
  live.changed()
end

-- Mails that were right before this answer and wait to leave, because the mail server has no room or asked
-- for patience: what is no longer right is taken back.
local function take_back_mails(person)
  local now = usher.now()
  local function look_at(rule, session)
    local verdict = rule.word ~= "mail" or not audience.concerns(rule.parts, person, session)
      or audience.verdict(rule.parts, person, session)
    if verdict ~= true and moments.of(rule, person, session or facts.event).utc <= now then
      for _, unit in ipairs(told.units(person.key, session)) do usher.recall(rule.name, unit, verdict) end
    end
  end
  for _, rule in ipairs(facts.rules) do
    for _, session in ipairs(sending.sessions_of(rule)) do look_at(rule, session or nil) end
  end
end

-- answers.chosen(ids) -> ids in the series' order, or nil: all are chosen, or it is no series. Refuses what
-- is no session.
function answers.chosen(ids)
  if not ids or not sessions.is_series() then return nil end
  local wanted, list = {}, {}
  for _, id in ipairs(ids) do
    if not sessions.find(tostring(id)) then error(("no session is called '%s'"):format(tostring(id)), 0) end
    wanted[tostring(id)] = true
  end
  local regular = sessions.regular()
  for _, session in ipairs(regular) do
    if wanted[session.id] then list[#list + 1] = session.id end
  end
  return #list < #regular and list or nil
end

local function same_choice(before, chosen)
  return table.concat(before and before.sessions or { "all" }, " ") == table.concat(chosen or { "all" }, " ")
end

-- answers.set(person, answer, { who, note, quiet, sessions }) -> what was said before, or nil
-- person: as roster knows them. quiet: whoever calls writes to them about it. sessions: ids of those of a
-- series to which a yes goes; without it, to all.
function answers.set(person, answer, said)
  local before, note = answers.of(person.key), answers.clean_note(said.note)
  local chosen = answer == "yes" and answers.chosen(said.sessions) or nil
  if chosen and #chosen == 0 then answer, chosen = "no", nil end
  local same = before and before.answer == answer and same_choice(before, chosen)
  if same and (before.note == note or not note) then return before.answer end
  answers.note_down(person.key, answer, said.who, note, chosen)
  for _, follow in ipairs(followers) do follow(person, answer, said.who) end
  local changed = not same
  if changed and #(before and before.before or {}) < BEFORE_MAX - 1 then take_back_mails(person) end
  if changed and person.stands_in_for and answer == "no" then
    deputies.ended(person.key, said.who or "office:")
  elseif changed and not said.quiet then
    write_about(person, answer, before and before.answer)
  end
  return before and before.answer
end

-- answers.set_session(person, session, comes, said): to one session more or less, as a calendar says it. Who
-- has said nothing so far comes to that one.
function answers.set_session(person, session, comes, said)
  local before, ids = answers.of(person.key), {}
  for _, each in ipairs(sessions.all()) do
    local now = before and before.answer == "yes" and sessions.chosen(before, each)
    if each.id == session.id then now = comes end
    if now then ids[#ids + 1] = each.id end
  end
  local silent = not before and not comes
  if silent then return nil end -- to say no to one leaves the question open whether they come
  return answers.set(person, "yes", { who = said.who, note = said.note, quiet = true, sessions = ids })
end

local function answer_of(word)
  local answer = words[tostring(word):lower()]
  if answer then return answer end
  error(("an answer is yes or no, not '%s'%s"):format(tostring(word),
    check.meant(tostring(word), { "yes", "no", "tentative" })), 0)
end

-- answers.answer{ person, answer, note, who, sessions } -> { key, name, answer, before, text }
-- person: a key, or a name or part of it that only one person has; the answer is yes, no or tentative;
-- sessions: ids of those of a series to which a yes goes.
function answers.answer(request)
  local person, why = roster.find(tostring(request.person or ""))
  if not person then error(why, 0) end
  local answer = answer_of(request.answer)
  local before = answers.set(person, answer, request)
  local name, changed = roster.shown(person), before and before ~= answer
  return { key = person.key, name = name, answer = answer, before = before,
    text = ("%s: %s%s"):format(name, answer, changed and " (it was " .. before .. ")" or "") }
end

-- The handler of `usher answer`: the same, typed in by the office. person may also be an item of the
-- programme that is undecided; then the answer is who gives it.
function answers.by_office(request)
  if undecided.is_open(request.person) then
    return undecided.decide { item = request.person, person = request.answer, who = request.who }
  end
  return answers.answer { person = request.person, answer = request.answer, note = request.note,
    sessions = request.sessions,
    who = "office:" .. tostring(request.who or "") }
end

-- answers.who{ group } -> list of { group, key, name, answer, note, who, phone, stands_in_for, asked = what
-- the sign-up asked and heard }: everybody who is a guest now, in the order of the guest list; then the
-- sign-ups
function answers.who(request)
  local wanted = request and request.group
  local book, list, groups = usher.book("answers"), {}, facts.groups
  local known = wanted == nil
  for _, group in ipairs(groups) do known = known or group == wanted end
  if not known then error(("no group is called '%s'%s"):format(wanted, check.meant(wanted, groups)), 0) end
  for _, guest in ipairs(roster.guests()) do
    if not wanted or guest.group == wanted then
      local answer = book:get(guest.key) or {}
      local without = roster.waits(guest.key) and "waiting" or "none"
      list[#list + 1] = { group = guest.group, key = guest.key, name = roster.shown(guest),
        answer = answer.answer or without, note = answer.note, who = answer.who, phone = guest.phone,
        asked = (roster.signup(guest.key) or {}).answers,
        stands_in_for = guest.stands_in_for and facts.full_name(guest.stands_in_for) }
    end
  end
  return list
end

-- answers.send_deputy(key, { name, salutation, mail }, who) -> the deputy; or nil and what is wrong, as
-- deputies.name says it. Whoever sends somebody has said yes.
function answers.send_deputy(key, given, who)
  local deputy, problem = deputies.name(key, given, who)
  if not deputy then return nil, problem end
  answers.set(deputy, "yes", { who = who, quiet = true })
  return deputy
end

local sentences <const> = { name = "a deputy has a name", salutation = "the form of address is too long",
  mail = "this is not a mail address: write it as name@office.example",
  taken = "this address is the guest's own, or another guest's" }

-- answers.deputy_by_office{ person, name, mail, salutation, who } -> { key, name, text }: the handler of
-- `usher deputy`. Without a name: the guest comes after all.
function answers.deputy_by_office(request)
  local person, why = roster.find(tostring(request.person or ""))
  local who = "office:" .. tostring(request.who or "")
  if not person then error(why, 0) end
  if not person.guest then error(("%s is not a guest"):format(facts.full_name(person)), 0) end
  if request.name then
    local deputy, problem = answers.send_deputy(person.key, request, who)
    if not deputy then error(sentences[problem], 0) end
  elseif person.stands_in_for then
    answers.come_instead(person.key, who)
  else
    error(("nobody comes in the place of %s"):format(facts.full_name(person)), 0)
  end
  local name = roster.shown(roster.person(person.key))
  return { key = person.key, name = name, text = name .. ": comes" }
end

-- answers.come_instead(key, who): the guest comes after all, and not the deputy.
function answers.come_instead(key, who)
  deputies.take_back(key, who)
  local person = roster.person(key)
  answers.set(person, "yes", { who = who, quiet = true })
  letters.send("confirmation", person)
end

-- Does a mail ask whether its reader comes? It shows them the page, or its name or audience says so.
local function asks(mail, about, path)
  if about.rule == "invitation" or tostring(about.audience):find("^not_answered") then return true end
  return tostring(mail.text):find(path, 1, true) ~= nil
end

local DAY_MS <const> = 24 * 3600 * 1000

-- What the guests of a rehearsal do about such a mail: a day later they open their page and press a button.
pretend.add(function(mail)
  local args = mail.args or {}
  local about = args.about or {}
  local person, how = roster.person(about.person or ""), mail.guest
  if not person or not person.guest or about.what == "copy" then return nil end
  local before = answers.of(person.key)
  if before and before.answer ~= "tentative" then return nil end -- the link is there, but asks nothing new
  local path = links.path("answer", person)
  if not asks(args, about, path) then return nil end
  local function press(answer, at)
    return { at = at, about = { person = person.key, did = "answered " .. answer },
      visit = { method = "POST", path = path, form = { answer = answer },
        form_all = session_choice.pretended() } }
  end
  local at = how == "late" and pretend.late_at() or usher.now() + DAY_MS
  if how == "declines" then return { press("no", at) } end
  if not pretend.comes(how) then return nil end
  local cancels_at = how == "cancels" and pretend.cancels_at(at)
  return { press("yes", at), cancels_at and press("no", cancels_at) or nil }
end)

return answers
