-- SPDX-License-Identifier: MIT
-- invite: the calendar entries that guests get: by mail, with buttons to accept and decline whose answers go
-- to the mailbox that usher reads; as a feed (usher.feed); and printed by `usher ics`.
--
-- A series is one entry for each session, each with a UID of its own, rather than a recurring one with
-- exceptions: sessions move one by one, guests take some and not others, and a calendar that has never seen
-- the recurring entry makes nothing of an exception to it. A mail holds one entry, for the same reason why
-- usher.ics takes one.
--
-- A session is { id, title, starts, ends, where }: the event itself, or one of facts.sessions.
local announce = require "usher.announce"
local audience = require "usher.audience"
local cancelled = require "usher.cancelled"
local facts = require "usher.facts"
local ics = require "usher.ics"
local lang = require "usher.lang"
local links = require "usher.links"
local people = require "usher.people"
local roster = require "usher.roster"
local sessions = require "usher.sessions"

local invite = {}

-- invite.organiser() -> { name, mail }, or nil: who invites, and reads the answers. Not whom a mail is from
-- on their behalf (SENT-BY): Gmail then shows an unknown organiser.
function invite.organiser()
  local from = facts.event.reply_to or facts.event.from or usher.sender() or ""
  local name, mail = from:match("^%s*(.-)%s*<([^<>]+)>%s*$")
  mail = mail or from
  if not mail:find("^[^@]+@[^@]+$") then return nil end
  name = name and name:gsub('^"(.*)"$', "%1"):gsub("\\(.)", "%1")
  return { name = name ~= "" and name or nil, mail = mail }
end

-- "hlb-2021@moic.example", "series-2021.3@moic.example": the same in mails, feed and answers.
local function uid_of(session)
  local id = session.id == facts.event.id and session.id or ("%s.%s"):format(facts.event.id, session.id)
  return ("%s@%s"):format(id, invite.organiser().mail:match("@(.+)$"):lower())
end

-- invite.session_of(uid) -> session, or nil: which one an answer with this UID is about
function invite.session_of(uid)
  for _, session in ipairs(sessions.all()) do
    local last = usher.book("calendar"):get(session.id)
    if uid == (last and last.uid or uid_of(session)) then return session end
  end
end

-- A stand-in for a secret would break where a line is folded, and more people see an entry than a mail.
local function is_shown(link) return link:find("^https://") ~= nil end

local function place_of(session, person)
  local where, join = session.where, links.url("join", person)
  if not where then return nil, join end
  if where.kind == "place" then return where.text, join end
  if join then return join, join end
  if where.link and is_shown(where.link) then return where.link, where.link end
  return lang.text(lang.of(person), "calendar.in_the_mail")
end

-- The place as far as it is the same for everybody: a change of it is news. Behind a join page the meeting's
-- own link may change and nobody needs to hear of it.
local function common_place(session)
  local where = session.where
  if not where then return "" end
  return where.kind == "place" and where.text or usher.http.url("/j/") or where.link or "Zoom"
end

local function names_of(list)
  local names = {}
  for i, person in ipairs(list) do names[i] = facts.full_name(person) end
  return table.concat(names, ", ")
end

local function text_of(session, person, url)
  local code, lines = lang.of(person), {}
  local where, by = session.where, names_of(audience.organisers())
  if url then lines[#lines + 1] = lang.text(code, "calendar.join", { url = url }) end
  if where and where.kind == "zoom" and where.link and where.link == url then
    if where.id then lines[#lines + 1] = lang.text(code, "calendar.id", { id = where.id }) end
    if where.code then lines[#lines + 1] = lang.text(code, "calendar.code", { code = where.code }) end
  end
  if by ~= "" then lines[#lines + 1] = lang.text(code, "calendar.by", { organisers = by }) end
  return table.concat(lines, "\n")
end

-- As it stands in everybody's calendar, so in one language.
local function title_of(session)
  return sessions.is_series() and sessions.title(session, facts.event.language) or facts.event.title
end

-- An entry for usher.ics out of what was decided about it.
local function entry_of(session, person, decided)
  local place, url = place_of(session, person)
  return {
    uid = decided.uid, sequence = decided.sequence, stamp = decided.stamp, changed = decided.changed,
    cancelled = decided.cancelled, starts = session.starts, ends = session.ends,
    title = title_of(session), place = place, url = url,
    text = text_of(session, person, url), organiser = invite.organiser(), alarm = facts.event.alarm,
    attendee = { name = facts.full_name(person), mail = person.mail, answer = decided.answer },
  }
end

local function facts_of(session)
  return { id = session.id, uid = uid_of(session), starts = session.starts.utc, ends = session.ends.utc,
    title = title_of(session), place = common_place(session) }
end

-- Whoever comes to other sessions has declined this one.
local function answer_of(person, session)
  local answer = usher.book("answers"):get(person.key)
  if answer and answer.answer == "yes" and not sessions.chosen(answer, session) then return "no" end
  return answer and answer.answer
end

local function decide_one(person, cancels, session)
  local decided = announce.tell(facts_of(session), person.key, cancels)
  decided.stamp, decided.answer = usher.now(), answer_of(person, session)
  return decided
end

-- Entries of which the person hears together: { each = list of { id, what was decided }, cancelled }
local function of_all(person, cancels, decide)
  local each = {}
  for _, session in ipairs(sessions.all()) do
    local decided = decide(person, cancels, session)
    if decided.answer ~= "no" or cancels then each[#each + 1] = { id = session.id, decided = decided } end
  end
  return { each = each, cancelled = cancels or nil }
end

-- invite.decide(person, cancels, session) -> what a mail's entry says that is not in the script: its numbers,
-- and what the person has answered; of a series without a session, of all of them. Inside usher.decide or a
-- handler; small enough for every journal.
function invite.decide(person, cancels, session)
  if sessions.is_series() and not session then return of_all(person, cancels, decide_one) end
  return decide_one(person, cancels, session or facts.event)
end

local function look(person, session)
  local decided = announce.look(facts_of(session), person.key, cancelled.of() ~= nil or nil)
  decided.stamp, decided.answer = decided.changed, answer_of(person, session)
  return decided
end

local function look_as(person, cancels, session)
  local decided = look(person, session)
  decided.cancelled = cancels
  return decided
end

-- invite.look(person, cancels, session) -> the same as invite.decide, for showing a mail: nobody is told
-- anything.
function invite.look(person, cancels, session)
  if sessions.is_series() and not session then return of_all(person, cancels, look_as) end
  return look_as(person, cancels, session or facts.event)
end

local function method_of(decided) return decided.cancelled and "CANCEL" or "REQUEST" end

local function message(person, decided, session)
  return ics.calendar { method = method_of(decided), entries = { entry_of(session, person, decided) } }
end

-- Several entries are no invitation that a mail program could answer: they go as a file to be opened.
local function file_of_all(person, all)
  local entries = {}
  for _, one in ipairs(all.each) do
    local session = sessions.find(one.id)
    if session then entries[#entries + 1] = entry_of(session, person, one.decided) end
  end
  return { name = "sessions.ics", type = "text/calendar", params = { method = "PUBLISH" },
    data = ics.calendar { method = "PUBLISH", entries = entries } }
end

-- invite.attachment(person, decided, session) -> attachment for usher.mail. Inline with a name: among the
-- forms of the text, where most programs look, and as a file for the others.
function invite.attachment(person, decided, session)
  if decided.each then return file_of_all(person, decided) end
  return { name = "invite.ics", type = "text/calendar", inline = true,
    params = { method = method_of(decided) }, data = message(person, decided, session or facts.event) }
end

-- invite.request(person, session) -> attachment: the entry as it is now. For words that write to one person:
-- inside usher.decide or a handler. person may be a deputy, who has the guest's key and their own address.
function invite.request(person, session)
  return invite.attachment(person, invite.decide(person, false, session), session)
end

-- invite.cancel(person, session) -> attachment: takes the entry out of that person's calendar, and of nobody
-- else's. For whoever cancelled or has sent a deputy: with the name and address that the entry went to.
function invite.cancel(person, session)
  return invite.attachment(person, invite.decide(person, true, session), session)
end

-- invite.feed(person) -> list of entries for METHOD:PUBLISH: every session that the person has not declined
function invite.feed(person)
  local entries = {}
  for _, session in ipairs(sessions.all()) do
    local decided = look(person, session)
    if decided.answer ~= "no" then entries[#entries + 1] = entry_of(session, person, decided) end
  end
  return entries
end

local function check_organiser()
  if invite.organiser() then return end
  error('a calendar entry needs an organiser: say  from = "Office <...>"  in event', 0)
end

local function find(text)
  local listed, why = people.find(text)
  if listed then return roster.person(listed.key) end
  for _, guest in ipairs(roster.guests()) do
    if guest.key == text or facts.full_name(guest):lower() == text:lower() then return guest end
  end
  error(why, 0)
end

-- invite.show{ person } -> { key, name, text }: the handler of `usher ics`. Changes nothing.
function invite.show(request)
  local person, texts = find(tostring(request.person or "")), {}
  check_organiser()
  for i, session in ipairs(sessions.all()) do
    texts[i] = message(person, look(person, session), session)
  end
  return { key = person.key, name = facts.full_name(person), text = table.concat(texts) }
end

return invite
