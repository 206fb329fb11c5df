-- SPDX-License-Identifier: MIT
-- mail: rules for mails: who gets what when. A rule that says no text uses the ready-made one of its name.
local approval = require "usher.approval"
local audience = require "usher.audience"
local channels = require "usher.channels"
local check = require "usher.check"
local facts = require "usher.facts"
local invite = require "usher.invite"
local letters = require "usher.letters"
local moments = require "usher.moments"
local sending = require "usher.sending"
local sessions = require "usher.sessions"
local texts = require "usher.texts"

local mail = {}

local known <const> = {
  to = "any", at = "text", zone = "text?", late = "text?", unsure = "resend|ask|leave?",
  once = "yes_no?", missed = "latest|each?", catch_up = "yes_no?", subject = "texts?", text = "texts?",
  file = "texts?", attach = "names?", from = "text?", reply_to = "text?", was = "text?",
  approve = "yes_no?", via = "names?", short = "texts?", each_session = "yes_no?",
}

local function read_files(files, title)
  if type(files) == "string" then return check.file(title, files) end
  local by_language = {}
  for language, name in pairs(files) do by_language[language] = check.file(title, name) end
  return by_language
end

local types <const> = { pdf = "application/pdf", txt = "text/plain", csv = "text/csv", png = "image/png",
  jpg = "image/jpeg", ics = "text/calendar" }

local entries <const> = { calendar = true, cancellation = true }

local function read_attachment(name, title)
  if type(name) ~= "string" then
    check.refuse('%s: attach names files, "calendar" or "cancellation"', title)
  end
  if entries[name] then return name end
  return { name = name:match("[^/]+$"), data = check.file(title, name),
    type = types[name:lower():match("%.(%w+)$") or ""] or "application/octet-stream" }
end

-- "calendar" and "cancellation" stay words: the entry is made for each person, and a mail has one at most.
-- Files are read once, as part of the script.
local function read_attachments(names, title)
  local list, entry = {}, nil
  for i, name in ipairs(type(names) == "table" and names or { names }) do
    list[i] = read_attachment(name, title)
    if entries[name] and entry then
      check.refuse('%s: attach: a mail has one calendar entry: "%s" or "%s"', title, entry, name)
    end
    entry = entries[name] and name or entry
  end
  if entry and not invite.organiser() then
    check.refuse('%s: a calendar entry needs an organiser: say  from = "Office <...>"  in event', title)
  end
  return list, entry
end

-- A text for each language needs one for everybody else: the event's language, or English.
local function check_languages(title, option, given)
  if type(given) ~= "table" then return end
  for language, text in pairs(given) do
    if type(language) ~= "string" or type(text) ~= "string" then
      check.refuse('%s: %s is a text, or one for each language: { en = "...", dz = "..." }', title, option)
    end
  end
  if given[facts.event.language] or given.en then return end
  check.refuse("%s: %s has nothing for whoever reads another language: add  %s = ...", title, option,
    facts.event.language)
end

local function check_zone(word, zone)
  if zone == nil or zone == "theirs" then return end
  local fine, problem = pcall(usher.time.zone, zone)
  if not fine then check.refuse('%s: zone is "theirs" or a place: %s', word, check.clean(problem)) end
end

-- Has it a unit for each session of a series? As the script says; else when its audience depends on it.
local function is_for_each(title, said, parts)
  if not sessions.is_series() then
    if said then check.refuse("%s: each_session is for a series: say  series { ... }  below event", title) end
    return false
  end
  if said ~= nil then return said end
  return audience.by_session(parts)
end

-- What mails, cues and letters have in common.
local function new_rule(word, name, o, parts)
  local title = ('%s "%s"'):format(word, name)
  local ready = sessions.is_series() and texts["series/" .. name] or texts[name] or {}
  if o.text and o.file then check.refuse("%s: say text or file, not both", title) end
  for _, option in ipairs { "subject", "text", "file", "short" } do
    check_languages(title, option, o[option])
  end
  check_zone(title, o.zone)
  approval.check(title, o.approve)
  moments.check_late(title, o.late)
  if o.once and o.unsure == "resend" then
    check.refuse('%s: once = true and unsure = "resend" contradict each other: say one of them', title)
  end
  local attached, entry = read_attachments(o.attach, title)
  local rule = {
    word = word, name = name, parts = parts, audience = audience.text(parts),
    at = o.at, zone = o.zone, late = o.late, unsure = o.unsure or o.once and "ask" or nil,
    each_session = is_for_each(title, o.each_session, parts) or nil,
    missed = o.missed, catch_up = o.catch_up, from = o.from, reply_to = o.reply_to, approve = o.approve,
    attach = attached, entry = entry, was = o.was,
    via = channels.read(title, o.via), short = o.short or ready.short,
    subject = o.subject or ready.subject,
    text = o.text or o.file and read_files(o.file, title) or ready.text,
  }
  if not rule.text then check.refuse('%s: there is no text: add  text = "..."  or  file = "..."', title) end
  if not rule.subject then check.refuse('%s: there is no subject: add  subject = "..."', title) end
  if not (rule.from or facts.event.from or usher.sender()) then
    check.refuse('%s: who sends it? Say  from = "Office <office@office.example>"  in event', title)
  end
  if facts.rule_named[name] then
    check.refuse("%s: there is a rule of this name already: choose another, or leave that one out with  "
      .. 'use("...", { except = { "%s" } })', title, name)
  end
  facts.rule_named[name] = rule
  return rule
end

-- mail.rule(word, name, options, parts, life) -> rule, known by its name. life(rule) -> the flow's function,
-- for words whose mails have no moment of their own.
function mail.rule(word, name, o, parts, life)
  local rule = new_rule(word, name, o, parts)
  facts.rules[#facts.rules + 1] = rule
  usher.flow(name, (life or sending.life)(rule), { was = rule.was })
  return rule
end

-- mail.ready(name) -> { subject, text } that usher brings for a mail of that name
function mail.ready(name) return texts[name] end

-- Left out by `use`: remembered, so that a misspelt `except` is told.
function mail.is_left_out(name)
  if not facts.except[name] then return false end
  facts.except[name] = "left out"
  return true
end

-- A mail that goes out by itself (usher.letters): the script says other words for it, or that it wants
-- none.
local function declare_letter(title, name, given)
  local o = letters.options(title, given)
  if mail.is_left_out(name) then return end
  if o.off then return letters.off(name) end
  local rule = new_rule("mail", name, o, {})
  local problem = letters.check(rule)
  if problem then check.refuse("%s: %s", title, problem) end
  letters.take(rule)
end

local function declare(name, given)
  local title = ('mail "%s"'):format(name)
  if letters.is_one(name) then return declare_letter(title, name, given) end
  local o = check.options(title, given, known)
  if mail.is_left_out(name) then return end
  local rule = mail.rule("mail", name, o, audience.parts(title, o.to))
  local units = sending.units(rule)
  local may_grow = facts.signup and audience.takes_sign_ups(rule.parts)
  if #units == 0 and not may_grow then
    facts.note("%s: nobody is in its audience, %s", title, rule.audience)
  end
  sending.declare(rule, units)
end

--- mail "name" { to =, at =, subject =, text = } -> nothing
--- Declares a mail. to: an audience, a person's key or a list of them. at: a phrase ("3 working days
--- before, 10:00", "30 minutes before", "at the end"). zone: whose clock ("theirs", a zone; else the
--- event's). text or file: Markdown with {placeholders}, or one for each language { en = , dz = }. late:
--- until when it is of use ("until start", "until end", "within 2h", "always", "never"). unsure: what to
--- do when nobody knows whether it went out ("resend", "ask", "leave"); once = true: never twice, a
--- person is asked. each_session: in a series, for each session (true) or once (false); else as its
--- audience has it. missed = "each": not only the latest of several overdue. attach: files, "calendar"
--- (the entry for the guest's calendar; an update when something has changed) or "cancellation" (takes it
--- out again). via: how it goes out: "mail", "sms", "telegram", "chat" or a list of them (those that the
--- script has said above); short: what goes by others than mail, else the subject. catch_up: also when
--- the rule is newer than its moment. was: the name that the rule had before, so that whoever has got it
--- does not get it again. from, reply_to: not the event's. approve = false: it waits for no approver (of
--- an event that has one). Mails of these names go out by themselves, and take subject, text, file,
--- attach, from, reply_to, approve = true (the first waits, too) or off = true only: confirmation (after
--- a yes), withdrawn (after a no that was a yes), deputy, deputy-sent, deputy-ended, deputy-declined,
--- deputy-news (to the organisers), live-link, new-time (the event or a session has moved, and was
--- {before}), session-off (one session of a series does not take place), cancelled (usher cancel; {note}
--- is why).
--- Example: mail "starting" { to = coming, at = "30 minutes before" }
mail.mail = check.word(function(name)
  facts.need_event("mail")
  check.name("mail", name)
  return check.options_follow("mail", name, function(given) declare(name, given) end)
end)

return mail
