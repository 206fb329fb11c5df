-- SPDX-License-Identifier: MIT
-- mailbox: what the mails mean that come in. The handler "incoming" gets each of them (engine/arrival.h); nil
-- means that it is none of this event's, and it stays in the mailbox, unread.
--
-- Who a mail is from is a claim that anybody can make. So an answer is taken from a mail only when it comes
-- with a proof, the Message-ID or the address of a mail that only this guest got; or, from a calendar, when
-- its sender is the guest it answers for. Whatever is not sure is passed on to a person, and changes nothing.
--   book "mails": the mail's id -> when it was acted on, so that it counts once
local answers = require "usher.answers"
local facts = require "usher.facts"
local forward = require "usher.forward"
local invite = require "usher.invite"
local replies = require "usher.replies"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local suppression = require "usher.suppression"

local mailbox = {}

local ID_MAX <const> = 200
local SHOWN_MAX <const> = 80

local bare <const> = forward.bare

local function is_ours(mail)
  return mail.sent ~= nil and mail.sent.event == facts.event.id
end

-- The guest whom a mail of ours went to, as they are now.
local function guest_of(mail)
  local about = is_ours(mail) and mail.sent.about
  return about and about.person and roster.person(about.person)
end

-- ---- reports ------------------------------------------------------------------------------------------

-- A server says what became of a mail of ours. What the engine has written into that mail's history stands
-- there already; here it has consequences for what is still to come.
local function take_report(mail)
  if not is_ours(mail) then return nil end
  local address = bare(mail.sent.to)
  local words = mail.diagnostic or mail.status or mail.why
  if mail.fate == "hard" then
    suppression.add(address, "bounce", forward.short(words, SHOWN_MAX))
  elseif mail.fate == "soft" then
    local book = usher.book("bounces")
    local seen = book:get(address) or { soft = 0 }
    seen.soft, seen.last, seen.why = seen.soft + 1, usher.now(), forward.short(words, SHOWN_MAX)
    book:set(address, seen)
  end
  return { fate = mail.fate }
end

-- Out of office and its kin: stands in the mail's history, and answers nothing.
local function take_automatic(mail)
  return is_ours(mail) and { noted = true } or nil
end

-- ---- wishes and answers ---------------------------------------------------------------------------------

-- With a proof it is done; anybody could ask it for anybody else, so without one a person looks at it.
local function take_unsubscribe(mail)
  if mail.sent and not is_ours(mail) then return nil end
  if is_ours(mail) then
    suppression.add(mail.sent.to, mail.purpose or "event", "asked for by mail")
    return { unsubscribed = mail.purpose or "event" }
  end
  local guest = mail.from and roster.by_mail(mail.from)
  return guest and forward.pass_on(mail, guest,
    "It asks for no more mails, and came without a proof of who sent it: usher suppressed ADDRESS add")
end

-- Writes an answer down; or says why it can't be taken, as when a seat was given away meanwhile.
local function take_answer(guest, answer, said)
  local book = usher.book("answers")
  local before = book:get(guest.key)
  local fine, why
  if said.session and sessions.is_series() then
    fine, why = pcall(answers.set_session, guest, said.session, answer == "yes", said)
  else
    fine, why = pcall(answers.set, guest, answer, said)
  end
  if fine then return nil end
  if before then book:set(guest.key, before) else book:remove(guest.key) end
  return tostring(why)
end

local calendar_words <const> = { accepted = "yes", declined = "no", tentative = "tentative" }

-- Whether the answer is the guest's own, or their assistant's on their behalf; and who gave it.
local function who_answered(mail, guest)
  local from, c = bare(mail.from), mail.calendar
  local proven = guest_of(mail)
  if proven and proven.key == guest.key then return "calendar" end
  if from == c.attendee then return "calendar" end
  if guest.assistant and from == guest.assistant:lower() and (c.sent_by or from) == from then
    return "assistant"
  end
end

-- Nothing is moved by an answer to something else: one that came late, or to an earlier state of the entry.
local function is_overtaken(guest, session, c)
  local book = usher.book("calendar answers")
  local key = session.id .. " " .. guest.key
  local last = book:get(key)
  if last and c.stamp and last > c.stamp then return true end
  if c.stamp then book:set(key, c.stamp) end
  return false
end

local function take_calendar(mail)
  local c = mail.calendar
  local session = invite.session_of(c.uid)
  local guest = session and roster.by_mail(c.attendee)
  if not session then return nil end
  local who, answer = guest and who_answered(mail, guest), calendar_words[c.answer]
  if not guest or not who then
    return forward.pass_on(mail, guest,
      ("It is a calendar's answer for %s, and came from somebody else."):format(c.attendee))
  end
  if c.method ~= "reply" or c.recurrence or not answer or answer == "tentative" and sessions.is_series() then
    return forward.pass_on(mail, guest, ("It is a calendar's answer (%s) that usher does not take by itself.")
      :format(c.method == "reply" and c.answer or c.method))
  end
  if is_overtaken(guest, session, c) then return { overtaken = true } end
  local refused = take_answer(guest, answer, { who = who, note = c.comment, session = session })
  if refused then return forward.pass_on(mail, guest, refused) end
  return { answer = answer, person = guest.key }
end

-- A mail that asks whether somebody comes. A yes to anything else may be to anything else.
local function asks(mail)
  local about = mail.sent.about or {}
  local to = tostring(about.audience)
  return to:find("^invited") ~= nil or to:find("^not_answered") ~= nil
end

local function take_reply(mail)
  if mail.sent and not is_ours(mail) or mail.old and not mail.sent then return nil end
  local guest = guest_of(mail) or mail.from and roster.by_mail(mail.from)
  if not guest and not is_ours(mail) then return nil end
  local answer, more = replies.answer(mail.text)
  local own = guest and guest.guest and is_ours(mail) and bare(mail.from) == bare(guest.mail)
  if answer and own and asks(mail) then
    local taken = { answer = answer, person = guest.key }
    local refused = take_answer(guest, answer, { who = "mail" })
    if refused then return forward.pass_on(mail, guest, refused) end
    if not more then return taken end
    return forward.pass_on(mail, guest, ("usher has written down: %s."):format(answer)) or taken
  end
  return forward.pass_on(mail, guest)
end

local takers <const> = { report = take_report, automatic = take_automatic, unsubscribe = take_unsubscribe,
  calendar = take_calendar, reply = take_reply }

-- The handler "incoming".
function mailbox.incoming(mail)
  local book = usher.book("mails")
  local known = mail.id and mail.id:sub(1, ID_MAX)
  if known and book:has(known) then return { again = true } end
  local taken = takers[mail.kind](mail)
  if taken and known then book:set(known, usher.now()) end
  return taken
end

-- Called once, by the word `event`.
function mailbox.register()
  usher.on("incoming", mailbox.incoming)
  usher.on("suppressed", suppression.list)
  usher.on("suppress", suppression.decide)
  forward.register()
end

return mailbox
