-- SPDX-License-Identifier: MIT
-- letters: mails that go out because something happened, not because a moment has come: somebody said yes,
-- sends a deputy, can't come after all. Each has a ready-made text; a script says its own as
--   mail "confirmation" { subject = ..., text = ... }    or    mail "confirmation" { off = true }
-- Each letter is a flow of its own, started in the transaction of what happened: what is on disk is told.
-- Before it goes out it looks whether it is still true.
local approval = require "usher.approval"
local audience = require "usher.audience"
local cancelled = require "usher.cancelled"
local check = require "usher.check"
local facts = require "usher.facts"
local handover = require "usher.handover"
local invite = require "usher.invite"
local latecomers = require "usher.latecomers"
local roster = require "usher.roster"
local sending = require "usher.sending"
local sessions = require "usher.sessions"
local suppression = require "usher.suppression"
local template = require "usher.template"
local texts = require "usher.texts"
local told = require "usher.told"

local letters = {}

local function still(answer)
  return function(person)
    local now = usher.book("answers"):get(person.key)
    return now ~= nil and now.answer == answer or now and ("answered %s meanwhile"):format(now.answer)
      or "has taken the answer back"
  end
end

local function still_comes(person)
  local now = roster.person(person.key)
  return now and now.generation == person.generation or "somebody else comes meanwhile"
end

local function comes_not(person)
  local answer = usher.book("answers"):get(person.key)
  return answer and answer.answer == "no" and "answered no"
end

-- Several moves in a row are one mail.
local function still_new(person, session)
  local last = told.of(person.key, session)
  if usher.now() >= (session or facts.event).starts.utc then
    return session and "the session has begun" or "the event has begun"
  end
  return comes_not(person) or last and told.knows(last, session) and "knows the new time" or true
end

local function still_expected(person) return comes_not(person) or true end

-- A new date asks those again who are invited; a new hour lets them say that it does not suit.
local function answer_to_move(case, with)
  if not case.person.guest then return "" end
  return template.render(with.asks and "{how_to_answer}" or "{how_to_change}", case)
end

local function still_off(person, session)
  return comes_not(person) or sessions.find(session.id) and "the session takes place after all" or true
end

local function time_before(case, with)
  return template.both(with.before, case.person.zone, case.language)
end

-- name -> { entry: what goes into the calendar, still: is it still true, most: how often to one person,
-- since people press buttons; folds: tells what rules for those who come have told the others already, as
-- {missed}; values: placeholders of its own, with an example; made: those that are written when it goes out;
-- of_session: in a series it is about one session; of_series: there is none in another event; examples: what
-- they may look like; once: whoever can't be told counts as told; for_office: to the organisers; late,
-- unsure: as in rules }
local known <const> = {
  confirmation = { entry = "calendar", still = still "yes", most = 10, folds = true },
  withdrawn = { entry = "cancellation", most = 10 },
  deputy = { entry = "calendar", still = still_comes, folds = true,
    values = { guest = "Dasho Karma Dorji" } },
  ["deputy-sent"] = { entry = "cancellation",
    values = { deputy = "Sonam Wangmo", deputy_mail = "sonam@office.example" } },
  ["deputy-ended"] = { entry = "cancellation", values = { guest = "Dasho Karma Dorji" } },
  ["deputy-declined"] = { values = { deputy = "Sonam Wangmo" } },
  ["deputy-news"] = { for_office = true,
    values = { news = "Sonam Wangmo comes", deputy_mail = "sonam@office.example" } },
  ["new-time"] = { entry = "calendar", still = still_new, once = true, late = "until start", unsure = "ask",
    of_session = true,
    made = { before = time_before, answer = answer_to_move },
    examples = { before = "Wed 24 Feb 2021, 14:00-16:30 Thimphu (UTC+6)",
      answer = "If anything changes, please tell us." } },
  ["session-off"] = { entry = "cancellation", still = still_off, late = "until end", unsure = "ask",
    of_session = true, of_series = true },
  cancelled = { entry = "cancellation", still = still_expected, late = "until end", unsure = "ask",
    values = { note = "The speaker is ill." } },
  ["live-link"] = { entry = "calendar", still = still "yes", folds = true },
}

-- letters.is_one(name): is this the name of a letter?
function letters.is_one(name) return known[name] ~= nil end

-- name -> rule, as the script or the ready-made text says it
local rules <const> = {}

local options <const> = { subject = "texts?", text = "texts?", file = "texts?", attach = "names?",
  from = "text?", reply_to = "text?", approve = "yes_no?", off = "yes_no?", via = "names?", short = "texts?" }

-- letters.options(title, given) -> options, checked. A letter has no `to` and no `at`: it knows.
function letters.options(title, given)
  if type(given) == "table" and (given.to ~= nil or given.at ~= nil) then
    check.refuse("%s: usher sends it by itself when it is time: leave  to  and  at  out, or choose another "
      .. "name", title)
  end
  local o = check.options(title, given, options)
  for _, file in ipairs(type(o.attach) == "table" and o.attach or { o.attach }) do
    if file == "calendar" or file == "cancellation" then
      check.refuse("%s: usher puts the calendar entry in by itself: leave it out of attach", title)
    end
  end
  return o
end

-- letters.take(rule): this is what the script says instead of the ready-made text.
function letters.take(rule)
  if known[rule.name].of_series and not sessions.is_series() then
    check.refuse('mail "%s": it is for a series: say  series { ... }  above the rules', rule.name)
  end
  rules[rule.name] = rule
end

-- letters.off(name): the script wants none of these.
function letters.off(name) rules[name] = false end

-- Inside usher.decide: is it still to be sent, and what do the rules that it tells of ask of the books?
local function judge(rule, person, missed, has_entry, session)
  local is_true = known[rule.name].still
  local verdict = not is_true or is_true(person, session)
  local why = cancelled.of() and rule.name ~= "cancelled" and cancelled.WHY
    or verdict ~= true and verdict or suppression.refusal(rule, person)
  -- nobody is to ask about them again
  if why and known[rule.name].once then told.note(person.key, nil, session) end
  if why then return { why = why } end
  if usher.now() >= (session or facts.event).ends.utc then return { why = "the event is over" } end
  if known[rule.name].entry == "calendar" and not approval.waits(rule) then
    told.note(person.key, has_entry, session)
  end
  return { send = true, told = #missed > 0 and latecomers.asked(missed, person) or nil,
    chosen = sending.chosen(person) }
end

-- The rule with further files; and without its calendar entry where there is none.
local function adapt(rule, files, entry)
  local copy = {}
  for name, value in pairs(rule) do copy[name] = value end
  copy.attach = {}
  for _, attached in ipairs(rule.attach) do
    if entry or attached ~= rule.entry then copy.attach[#copy.attach + 1] = attached end
  end
  copy.entry = entry and rule.entry
  table.move(files, 1, #files, #copy.attach + 1, copy.attach)
  return copy
end

local function values_of(rule, input, missed)
  local values = { missed = missed }
  for word, value in pairs(input.values or {}) do values[word] = template.escape(value) end
  for word, make in pairs(known[rule.name].made or {}) do
    values[word] = function(case) return make(case, input.with) end
  end
  return values
end

-- The session that a letter is about, or nil; one that is no more as it was told.
local function session_of(id, was)
  if not was then return id and sessions.find(id) end
  local dates = told.date(was)
  return { id = was.id, number = was.number, title = was.title, starts = dates.starts, ends = dates.ends,
    where = facts.event.where }
end

local function life(rule)
  return function(input)
    local person, now, missed = input.person, usher.now(), input.missed or {}
    local session <const> = session_of(input.session, input.session_was)
    local result
    repeat
      local verdict = usher.decide("still", judge, rule, person, missed, input.entry ~= nil, session)
      if not verdict.send then return { skipped = verdict.why } end
      local text, files = latecomers.fold(missed, person, verdict.told or {})
      result = sending.send(adapt(rule, files, input.entry), { person = person, rule = rule,
        anchor = session or facts.event, session = session, chosen = verdict.chosen,
        asked = {}, values = values_of(rule, input, text), entry = input.entry,
        moment = { utc = now, zone = facts.event.zone, wall = "", derive = "at once" } })
    until not result.again
    return result
  end
end

local function ready_rule(name)
  return { word = "mail", name = name, parts = {}, attach = {}, subject = texts[name].subject,
    text = texts[name].text, short = texts[name].short }
end

-- letters.register(): once the script has said everything.
function letters.register()
  for name, letter in pairs(known) do
    if letter.of_series and not sessions.is_series() then rules[name] = false end
    if rules[name] == nil then rules[name] = ready_rule(name) end
    local rule = rules[name]
    if rule then
      rule.audience, rule.late = "letter", letter.late or "until end"
      rule.unsure = letter.unsure or "resend" -- twice is better than never
      rule.by_itself, rule.for_office = true, letter.for_office
      rule.examples = function() return letter.examples or letter.values or {} end
      if letter.entry and invite.organiser() then
        rule.entry = letter.entry
        table.insert(rule.attach, 1, letter.entry)
      end
      usher.flow(name, life(rule))
    end
  end
end

-- letters.check(rule) -> a sentence about a text of the script's that can't be filled in, or nil
function letters.check(rule)
  local values = { missed = known[rule.name].folds and "" or nil }
  for word, example in pairs(known[rule.name].values or {}) do values[word] = example end
  for word in pairs(known[rule.name].made or {}) do values[word] = "" end
  for _, person in ipairs(facts.guests) do
    local session = known[rule.name].of_session and sessions.is_series() and sessions.all()[1] or nil
    local problem = sending.check_texts(rule, { person = person, rule = rule, anchor = session or facts.event,
      session = session, moment = facts.event.starts, asked = {}, values = values },
      person == facts.guests[1])
    if problem then return problem end
  end
end

-- letters.rules() -> list of the letters that this event sends, by name
function letters.rules()
  local list = {}
  for _, name in ipairs(check.names(rules)) do list[#list + 1] = rules[name] or nil end
  return list
end

-- letters.is_sent(name): does this event send letters of this name?
function letters.is_sent(name) return rules[name] ~= false and invite.organiser() ~= nil end

-- What a flow keeps of a person: who they are now, without what only the script needs.
local function snapshot(person)
  local kept = {}
  for name, value in pairs(person) do kept[name] = value end
  kept.own, kept.roles, kept.where = nil, nil, nil
  return kept
end

-- What those who come have been told while this person was not one of them. Whatever is for all the invited
-- has reached them already.
local function missed_by(person)
  local names = {}
  for _, name in ipairs(latecomers.missed(person)) do
    if audience.needs_answer(latecomers.rule(name).parts) then names[#names + 1] = name end
  end
  return names
end

-- letters.send(name, person, values, o) -> true, or false: the script wants none, or there were enough. In
-- handlers. values: of the letter's own placeholders. What calendars are told is decided here, so that of
-- two letters about one place the later one has the last word. o = { plain = true: no calendar entry, with =
-- what its text is made of, session = of a series: which one it is about, session_was = one that is no more:
-- { id, number, title, starts, ends = ms } }
function letters.send(name, person, values, o)
  local rule = rules[name]
  if not rule or not person.mail or not invite.organiser() then return false end
  if cancelled.of() and name ~= "cancelled" then return false end
  local book, at = usher.book("letters"), name .. "/" .. person.key
  local n = (book:get(at) or 0) + 1
  if n > (known[name].most or math.huge) then return false end
  book:set(at, n)
  local wants_entry = rule.entry and not (o and o.plain)
  local id, was = o and o.session and o.session.id, o and o.session_was
  local entry = wants_entry and invite.decide(person, rule.entry == "cancellation", session_of(id, was))
    or nil
  local missed = known[name].folds and missed_by(person) or nil
  usher.start(name, { key = n == 1 and person.key or ("%s/%d"):format(person.key, n),
    label = facts.full_name(person),
    input = { person = snapshot(person), values = values, entry = entry, missed = missed,
      session = id, session_was = was, with = o and o.with } })
  return true
end

-- letters.send_office(name, values): to every organiser; without one, to whom guests reply.
function letters.send_office(name, values)
  local list = handover.holders(audience.organisers())
  for _, person in ipairs(list) do letters.send(name, person, values) end
  local office = #list == 0 and invite.organiser()
  if not office then return end
  letters.send(name, { key = "office", name = office.name or office.mail, mail = office.mail,
    zone = facts.event.zone }, values)
end

return letters
