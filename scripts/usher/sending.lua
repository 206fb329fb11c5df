-- SPDX-License-Identifier: MIT
-- sending: the life of one unit of sending, (rule, occurrence, person): wait for the moment, ask whether this
-- person should get it now, render, send. Each unit is a flow of its own and ends in { sent = true } or
-- { skipped = "why" }; so `usher why` has a sentence for every mail that did not go out.
--   rule = { name, word, parts, audience, at, zone, late, unsure, catch_up, missed, subject, text, attach,
--     anchor = { starts, ends } of another clock than the event's, also(person) -> true or why not (asked
--     with the audience), about = whose rule it is (a survey), personal = true: no copy for assistants,
--     what: as which kind of thing a rehearsal shows it, when that is not the word,
--     each_session = true: it has a unit for each session of a series,
--     approve = what the script says of approvals, by_itself = true: a person's act causes it, hash: see
--     approval.lua; due = { first, last, ends = ms } of all its units, listed = how many, example = the
--     first; via, short: see channels.lua; examples(person) -> what fills in placeholders of its own,
--     invented, for looking at it }
-- A unit of a cue has an item of the programme, and its clock is the item's; one of a series may have a
-- session, and its clock is that one's; otherwise it is the event's.
local approval = require "usher.approval"
local audience = require "usher.audience"
local cancelled = require "usher.cancelled"
local channels = require "usher.channels"
local check = require "usher.check"
local envelope = require "usher.envelope"
local facts = require "usher.facts"
local invite = require "usher.invite"
local lang = require "usher.lang"
local moments = require "usher.moments"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local show_clock = require "usher.show_clock"
local suppression = require "usher.suppression"
local template = require "usher.template"
local told = require "usher.told"

local sending = {}

local IN_TIME_MS <const> = 60 * 1000 -- a tick and a commit; before that nothing can have been overtaken

-- sending.in_language(texts, person) -> text, language: in the person's language; else the event's, else
-- English: mail.rule saw to it that there is one.
function sending.in_language(texts, person)
  if type(texts) == "string" then return texts, nil end
  for _, language in ipairs { person.language or "", facts.event.language, "en" } do
    if texts[language] then return texts[language], language end
  end
end

-- sending.language(rule, person) -> which of the rule's texts they read
function sending.language(rule, person)
  local _, language = sending.in_language(rule.text, person)
  return language or facts.event.language
end

local function item_named(title)
  for _, item in ipairs(facts.items) do
    if item.title == title then return item end
  end
end

-- Mails, and those of one survey, take the place of each other; cues don't.
local function are_alike(rule, other)
  return other.word == rule.word and other.about == rule.about and other.audience == rule.audience
    and other.each_session == rule.each_session and other.name ~= rule.name
end

-- A rule for the same people that has fallen due meanwhile: then only the later one is of use.
local function overtaken_by(rule, person, moment, session)
  local in_time = usher.now() < moment.utc + IN_TIME_MS
  if in_time or rule.missed == "each" or rule.word == "cue" then return nil end
  for _, other in ipairs(facts.rules) do
    if are_alike(rule, other) then
      local due = moments.of(other, person, session or other.anchor or facts.event)
      if due.utc > moment.utc and due.utc <= usher.now() then return other.name end
    end
  end
end

-- sending.is_overtaken(rule): has another of its kind fallen due for the same people since? Then the later
-- one is of use, and this one for few or none.
function sending.is_overtaken(rule)
  if rule.missed == "each" or rule.word == "cue" or rule.each_session then return false end
  for _, other in ipairs(facts.rules) do
    local is_later = other.due and rule.due and other.due.first > rule.due.first
    if is_later and are_alike(rule, other) and other.due.first <= usher.now() then return true end
  end
  return false
end

-- A flow that begins after its moment belongs to a new guest, or to a rule that is new. The rule has been at
-- work before when the book says so: then it is the guest, and `late` has judged already.
local function is_new_rule(rule, belated)
  local at_work = usher.book("rules")
  if belated and not rule.catch_up and not at_work:has(rule.name) then return true end
  if not at_work:has(rule.name) then at_work:set(rule.name, usher.now()) end
  return false
end

-- Whoever has taken over from somebody is often among the same people.
local function gets_it_twice(rule, person)
  local heir = person.handed_to and facts.by_key[person.handed_to]
  if not heir or rule.word ~= "mail" or not audience.concerns(rule.parts, heir) then return nil end
  return ("has handed over to %s, who gets it as well"):format(facts.full_name(heir))
end

-- For another date of the event or the session, later than the one that `edition` is for.
local function goes_again(rule, person, session, edition)
  return sending.has_editions(rule) and told.again(person.key, session, edition, function(anchor)
    return moments.of(rule, person, anchor)
  end)
end

-- What is decided at the moment of sending; runs inside usher.decide. `change` is what has become of the
-- person since the list was written: the mail goes to whoever comes now. edition: for which date the unit is,
-- when the event has moved (editions.lua).
local function judge(case, belated, edition)
  local rule, session, moment, cue = case.rule, case.session, case.moment, case.cue
  if is_new_rule(rule, belated) then
    return { why = "the rule is newer than its moment (catch_up = true would send it)" }
  end
  if cancelled.of() then return { why = cancelled.WHY } end
  local person = roster.person(case.person.key)
  if not person then return { why = facts.left[case.person.key] or "is no longer on the list" } end
  if goes_again(rule, person, session, edition) then
    return { why = "the event has moved, and it goes out for the new date" }
  end
  local verdict = audience.verdict(rule.parts, person, session)
  if verdict == true and rule.also then verdict = rule.also(person) end
  if verdict ~= true then return { why = verdict } end
  local refusal = suppression.refusal(rule, person) or gets_it_twice(rule, person)
  if refusal then return { why = refusal } end
  local other = overtaken_by(rule, person, moment, session)
  if other then return { why = ("'%s' is due as well, and later"):format(other) } end
  if cue and not show_clock.tell(cue.item, person.key, cue.by) then return { moved = true } end
  return sending.look(rule, person, session)
end

-- sending.asked(rule, person) -> what its texts ask of the books. Where books may be looked at.
function sending.asked(rule, person)
  local texts = { sending.in_language(rule.subject, person), (sending.in_language(rule.text, person)) }
  if rule.via and rule.short then texts[3] = sending.in_language(rule.short, person) end
  return template.asked(texts, { person = person, language = sending.language(rule, person) })
end

-- sending.has_editions(rule): does it go out once more when the event begins anew on another date? Cues and
-- surveys are about what happens on the day itself, and a series moves session by session.
function sending.has_editions(rule)
  return rule.word == "mail" and not rule.about and rule.at ~= nil
    and (rule.each_session or not sessions.is_series())
end

-- sending.chosen(person) -> ids of the sessions to which they come, or nil: all of them, or it is no series
function sending.chosen(person)
  local answer = sessions.is_series() and usher.book("answers"):get(person.key)
  return answer and answer.sessions or nil
end

-- sending.look(rule, person, session) -> what a mail of the rule needs to know of the books; inside
-- usher.decide, and small enough for a journal.
function sending.look(rule, person, session)
  local waits = approval.waits(rule)
  if not waits then told.note(person.key, rule.entry == "calendar", session) end
  -- unheard: they hear of the date when somebody has approved it
  return { send = true, unheard = waits or nil, asked = sending.asked(rule, person),
    change = roster.change(person.key), chosen = sending.chosen(person),
    own = rule.decide and rule.decide(person, waits),
    entry = rule.entry and invite.decide(person, rule.entry == "cancellation", session) }
end

local function attachments(rule, case)
  local list = {}
  for i, attached in ipairs(rule.attach) do
    list[i] = attached == rule.entry and invite.attachment(case.person, case.entry, case.session) or attached
  end
  if rule.attached then list[#list + 1] = rule.attached(case.own) end
  return #list > 0 and list or nil
end

-- sending.render(rule, case) -> subject, text, the text's language (nil: the script says one text for all).
-- Subject and text may stand in different languages, and what fills them in follows.
function sending.render(rule, case)
  local text, language = sending.in_language(rule.text, case.person)
  case.language = language or facts.event.language
  local body = template.render(text, case)
  local subject, of_subject = sending.in_language(rule.subject, case.person)
  case.language = of_subject or facts.event.language
  return template.render_subject(subject, case), body, language
end

-- sending.subject(rule, case) -> the subject alone. Where books may be looked at.
function sending.subject(rule, case)
  local subject, language = sending.in_language(rule.subject, case.person)
  case.language = language or facts.event.language
  case.asked = template.asked({ subject }, case)
  return template.render_subject(subject, case)
end

-- sending.compose(rule, case) -> the mail, as usher.mail takes it
function sending.compose(rule, case)
  local event, person = facts.event, case.person
  local subject, text, language = sending.render(rule, case)
  return {
    "mail", to = rule.bare and person.mail or template.address(person), as = person.key,
    cc = not rule.personal and person.assistant and { person.assistant } or nil,
    from = rule.from or event.from, reply_to = rule.reply_to or event.reply_to,
    subject = subject, text = text, lang = language or event.language, zone = event.zone,
    attach = attachments(rule, case), unsubscribe = envelope.unsubscribe(person),
    approval = approval.option(rule),
    unsure = moments.unsure(rule, case.moment, case.anchor),
    give_up = moments.limit(rule, case.moment, case.anchor),
    about = { rule = rule.name, person = person.key, what = rule.what or rule.word,
      item = case.item and case.item.title or case.session and sessions.name(case.session, "en"),
      session = case.session and case.session.id,
      item_at = case.item and usher.time.format(case.item.starts, person.zone or event.zone, "%H:%M %P"),
      audience = rule.audience, derive = case.moment.derive },
  }
end

-- A guest's assistant gets a copy of their own, for it is they who keep the diary. Its links know that the
-- assistant answers. Taken back because the rule was approved once more, it is sent after all.
local function send_copy(mail, rule, case)
  local person = case.person
  if not person.assistant or rule.personal then return end
  if usher.decide("copy", suppression.why, person.assistant) then return end
  case.for_assistant = true
  local subject, text = sending.render(rule, case)
  local about = { what = "copy", rule = mail.about.rule, person = person.key,
    item = mail.about.item, item_at = mail.about.item_at }
  local head = lang.text(mail.lang, "mails.copy",
    { name = template.escape(facts.full_name(person)) })
  local copy = {
    "copy", to = person.assistant, as = person.key, from = mail.from, reply_to = mail.reply_to,
    subject = subject, text = ("*%s*\n\n%s"):format(head, text), lang = mail.lang,
    zone = mail.zone, unsure = mail.unsure, give_up = mail.give_up, about = about, approval = mail.approval,
    unsubscribe = envelope.unsubscribe(person, true),
  }
  while usher.mail(copy).why == approval.AGAIN do end
end

-- What the books say once a mail that waited for somebody's word has left.
local function note_sent(rule, case)
  if rule.was_sent then rule.was_sent(case.person) end
  return told.note(case.person.key, rule.entry == "calendar", case.session)
end

local function send_mail(rule, case)
  local mail = sending.compose(rule, case)
  local reply = usher.mail(mail)
  if reply.sent and case.unheard then usher.decide("heard", note_sent, rule, case) end
  if reply.sent then send_copy(mail, rule, case) end
  if reply.sent then return { sent = true } end
  return { skipped = reply.why, again = reply.why == approval.AGAIN or nil }
end

-- What goes by other ways than mail, in the person's language.
local function short_text(rule, case)
  local text, language = sending.in_language(rule.short or rule.subject, case.person)
  case.language = language or facts.event.language
  return (template.render_subject(text, case):gsub("<(https?://[^<>]+)>", "%1"):gsub("%*%*", ""))
end

local function send_by(rule, case, way)
  if way == "mail" then return send_mail(rule, case) end
  return channels.send(rule, case, way, short_text(rule, case))
end

-- sending.send(rule, case) -> { sent = true } or { skipped = why }; again = true: was held until its rule was
-- approved, and is to be looked at once more. The step that sends, for words whose
-- flows are no rules with a moment; case = { person, rule, anchor, moment, asked, entry, values }.
function sending.send(rule, case)
  local sent, skipped
  for _, way in ipairs(channels.of(rule)) do
    local result = send_by(rule, case, way)
    while sent and result.again do result = send_by(rule, case, way) end -- the rest of what is under way
    if result.again then return result end
    if result.sent and case.unheard and way ~= "mail" and not sent then
      usher.decide("heard", note_sent, rule, case)
    end
    sent, skipped = sent or result.sent, skipped or result.skipped
  end
  return sent and { sent = true } or { skipped = skipped }
end

-- Waits for the moment of a unit; that of a cue follows the clock of the day, which may be moved meanwhile.
-- The case as it is then, or nil and why it is too late.
local function await(rule, person, item, session)
  local anchor, cue = item or session or rule.anchor or facts.event, nil
  local moment = moments.of(rule, person, anchor)
  if item then
    local by = show_clock.wait(item.title, moment)
    moment, anchor = show_clock.moved(moment, by), show_clock.item(item, by)
    cue = { item = item.title, by = by }
  end
  local limit = moments.limit(rule, moment, anchor)
  local in_time, late = usher.due("moment", moment, { late = limit or "always" })
  if not in_time then return nil, late end
  return { person = person, rule = rule, item = item and anchor, session = session, anchor = anchor,
    moment = moment, cue = cue }
end

-- The item and the session of a unit, or nil, nil and why there is none any more.
local function part_of(input)
  local item, session = input.item and item_named(input.item), input.session and sessions.find(input.session)
  if input.item and not (item and item.starts) then
    return nil, nil, ("'%s' is no longer in the programme"):format(input.item)
  end
  if input.session and not session then
    return nil, nil, ("session %s does not take place"):format(input.session)
  end
  return item, session
end

-- The flow of a rule. Its input names the person, and for a cue the item. Whoever signed up is on no list:
-- then the input has as `guest` what the moment depends on, { key, zone, language }; `told` when the
-- confirmation of the sign-up had this mail's text in it; `new_rule` when they were there before the rule;
-- `edition` when it is one for another date than the first.
function sending.life(rule)
  return function(input)
    if input.told then return { skipped = "was told with the confirmation of the sign-up" } end
    local began = usher.now()
    local person = facts.by_key[input.person] or input.guest
    if not person then return { skipped = facts.left[input.person] or "is no longer on the list" } end
    local item, session, gone = part_of(input)
    if gone then return { skipped = gone } end
    local case, late = await(rule, person, item, session)
    if not case then return { skipped = late } end
    local belated = case.moment.utc + IN_TIME_MS < began and (not input.guest or input.new_rule == true)
    while true do
      local verdict = usher.decide("audience", judge, case, belated, input.edition)
      local result = verdict.why and { skipped = verdict.why }
      if verdict.send then
        case.person = roster.with(person.key, facts.by_key[person.key], verdict.change)
        case.asked, case.entry, case.for_assistant = verdict.asked, verdict.entry, nil
        case.unheard, case.chosen, case.own = verdict.unheard, verdict.chosen, verdict.own
        result = sending.send(rule, case)
      end
      if result and not result.again then return result end
      if verdict.moved then case, late = await(rule, person, item, session) end
      if not case then return { skipped = late } end
    end
  end
end

-- sending.check_texts(rule, case, whole) -> a sentence about a placeholder that can't be filled in, or nil
function sending.check_texts(rule, case, whole)
  local is_short = rule.via and rule.short
  for _, part in ipairs { "subject", "text", is_short and "short" or nil } do
    local text, language = sending.in_language(rule[part], case.person)
    local where = language and ("%s (%s)"):format(part, language) or part
    case.language = language or facts.event.language
    local problem = template.check(text, where, case, whole)
    if problem then return problem end
  end
end

-- From when to when a rule is at work, for whoever is to approve it in time.
local function widen(due, moment, limit)
  local ends = limit and limit.utc or math.maxinteger
  if not due then return { first = moment.utc, last = moment.utc, ends = ends } end
  return { first = math.min(due.first, moment.utc), last = math.max(due.last, moment.utc),
    ends = math.max(due.ends, ends) }
end

local function check_moment(rule, person, anchor)
  local fine, moment = pcall(moments.of, rule, person, anchor)
  if not fine then return nil, "at: " .. check.clean(moment) end
  local limit = moments.limit(rule, moment, anchor)
  if limit and limit.utc < moment.utc then
    return nil, ('late = "%s" ends before the moment that `at` says'):format(rule.late)
  end
  rule.due = widen(rule.due, moment, limit)
  return moment
end

-- sending.check_unit(rule, unit, moments_of) -> a sentence about what is wrong with a unit, or nil.
-- `moments_of` keeps what is the same for everybody of one zone and language, so that a list of thousands is
-- checked in no time.
function sending.check_unit(rule, unit, moments_of)
  local person, anchor = unit.person, unit.item or unit.session or rule.anchor or facts.event
  local alike = ("%s %s %s"):format(person.zone, person.language or "",
    unit.item and unit.item.title or unit.session and unit.session.id or "")
  local moment, problem = moments_of[alike], nil
  local first = moment == nil
  if first then
    moment, problem = check_moment(rule, person, anchor)
    moments_of[alike] = moment
  end
  return problem or sending.check_texts(rule,
    { person = person, rule = rule, item = unit.item, session = unit.session, anchor = anchor,
      moment = moment, asked = {} }, first)
end

-- Whoever signs up later must find texts and moments in order as well.
local function check_sign_ups(rule, refuse)
  if not facts.signup or not audience.takes_sign_ups(rule.parts) then return end
  local moments_of = {}
  for _, person in ipairs(facts.signup.samples) do
    for _, session in ipairs(sending.sessions_of(rule)) do
      refuse(sending.check_unit(rule, { person = person, session = session or nil }, moments_of))
    end
  end
end

-- sending.sessions_of(rule) -> list: for which sessions it has units; { false } for one that has none of them
function sending.sessions_of(rule)
  return rule.each_session and sessions.all() or { false }
end

-- sending.units(rule) -> list of { person, session, key }, one for each mail of a rule with an audience: of
-- those who are on the lists
function sending.units(rule)
  local units = {}
  for _, session in ipairs(sending.sessions_of(rule)) do
    for _, person in ipairs(audience.candidates(rule.parts, session or nil)) do
      units[#units + 1] = { person = person, session = session or nil,
        key = sessions.key(person.key, session or nil) }
    end
  end
  return units
end

-- Checks the units of a rule, { person, item, key }, and declares that their flows must exist.
function sending.declare(rule, units)
  local moments_of = {}
  rule.listed, rule.example = #units, units[1]
  local function refuse(problem)
    if problem then check.refuse('%s "%s": %s', rule.word, rule.name, problem) end
  end
  check_sign_ups(rule, refuse)
  channels.check(rule, units)
  for _, unit in ipairs(units) do
    refuse(sending.check_unit(rule, unit, moments_of))
    usher.start(rule.name, { key = unit.key, label = facts.full_name(unit.person),
      input = { person = unit.person.key, item = unit.item and unit.item.title,
        session = unit.session and unit.session.id } })
  end
end

-- sending.again(person, session, edition): the flows of the rules whose moment has come, and comes once more
-- for another date.
function sending.again(person, session, edition)
  local listed = facts.by_key[person.key]
  local guest = not listed and { key = person.key, zone = person.zone, language = person.language,
    guest = true } or nil
  for _, rule in ipairs(facts.rules) do
    local meant = listed and audience.concerns(rule.parts, person, session) or guest
      and audience.may_include(rule.parts, person)
    if meant and goes_again(rule, person, session, edition - 1) then
      usher.start(rule.name, { key = told.unit(person.key, session, edition), label = facts.full_name(person),
        input = { person = person.key, guest = guest, session = session and session.id, edition = edition } })
    end
  end
end

return sending
