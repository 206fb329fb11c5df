-- SPDX-License-Identifier: MIT
-- outbox: every rule, whether it may leave, when, to whom, and how it looks. What the commands `usher
-- outbox`, `approve` and `disapprove` and the organisers' page of that name show and do.
local approval = require "usher.approval"
local check = require "usher.check"
local counts = require "usher.office.counts"
local dates = require "usher.dates"
local discreet = require "usher.discreet"
local facts = require "usher.facts"
local handed = require "usher.handed"
local live = require "usher.live"
local parts = require "usher.office.parts"
local roster = require "usher.roster"
local sample = require "usher.sample"
local sending = require "usher.sending"
local suppression = require "usher.suppression"

local outbox = {}

-- ---- one rule in a line -------------------------------------------------------------------------------

-- outbox.whom(rule) -> "to who comes": for whom it is, in words
function outbox.whom(rule)
  if rule.by_itself then return "at once, to whom it concerns" end
  return rule.word == "cue" and "a cue for " .. parts.audience(rule) or "to " .. parts.audience(rule)
end

local sentences <const> = {
  none = "needs no approval", approved = "approved by {who}, {when}",
  changed = "changed since approval by {who}, {when}: waits again",
  ["taken back"] = "approval taken back by {who}, {when}: waits again",
}

-- outbox.sentence(rule, state, moment) -> "approved by DoIM, Mon 8 Feb 10:12". moment(ms) -> text
function outbox.sentence(rule, state, moment)
  if state.word == "none" and rule.by_itself and #facts.event.approvers > 0 then
    return "counts as approved: somebody's own act causes it"
  end
  if state.word == "waits" then return "waits for the word of " .. approval.names() end
  return (sentences[state.word]:gsub("{(%l+)}", { who = state.who, when = state.at and moment(state.at) }))
end

local function day(ms) return dates.long(ms, facts.event.zone, "en") end

local function subject_of(rule)
  local unit = sample.first(rule)
  return unit and discreet.text(sample.subject(rule, unit)) or nil
end

-- Cues are counted by mails, for one person may have several.
local function numbers_of(rule, groups)
  local expected = counts.expected(rule, groups)
  if expected then return expected.n, expected.of end
  return rule.listed, rule.listed
end

-- What waits is of use until its limit; of what may leave all has left after the last moment.
local function is_over(due, state)
  local waits = state.word ~= "none" and state.word ~= "approved"
  return usher.now() >= (waits and due.ends or due.last)
end

local function row_of(rule, groups)
  local state, due = approval.state(rule), rule.due
  local row = { name = rule.name, kind = rule.word, whom = outbox.whom(rule), state = state.word,
    who = state.who, at = state.at, sentence = outbox.sentence(rule, state, day), subject = subject_of(rule),
    hash = rule.hash, by_itself = rule.by_itself }
  if rule.by_itself then return row end
  row.n, row.of = numbers_of(rule, groups)
  if due then
    row.first, row.last, row.over = due.first, due.last, is_over(due, state)
    row.when = due.first == due.last and day(due.first)
      or ("%s to %s"):format(day(due.first), day(due.last))
  end
  return row
end

local function by_moment(a, b)
  local first, other = a.first or math.maxinteger, b.first or math.maxinteger
  if first ~= other then return first < other end
  return a.name < b.name
end

-- outbox.list() -> { rules = rows by their first moment, approvers = names }
--   row = { name, kind, whom, state, who, at = ms, sentence, subject, n, of, first, last = ms, when, over,
--     hash, by_itself }
function outbox.list()
  local rows, groups = {}, counts.by_group()
  for i, rule in ipairs(sample.rules()) do rows[i] = row_of(rule, groups) end
  table.sort(rows, by_moment)
  local names = {}
  for i, person in ipairs(approval.approvers()) do names[i] = facts.full_name(person) end
  return { rules = rows, approvers = names }
end

-- ---- one rule, whole ----------------------------------------------------------------------------------

-- outbox.find(name) -> rule, or nil and the names of all
function outbox.find(name)
  local names = {}
  for i, rule in ipairs(sample.rules()) do
    if rule.name == name then return rule end
    names[i] = rule.name
  end
  return nil, names
end

-- outbox.need(name) -> rule, or an error that names the nearest
function outbox.need(name)
  local rule, names = outbox.find(name)
  if rule then return rule end
  error(("no rule is called '%s'%s"):format(tostring(name), check.meant(tostring(name), names)), 0)
end

local function files_of(mail)
  local list = {}
  for i, file in ipairs(mail.attach or {}) do
    list[i] = { name = file.name, type = file.type, size = file.data and #file.data }
  end
  return list
end

-- outbox.sample(rule, unit) -> { key, name, to, language, subject, text, from, reply_to, files = list of
-- { name, type, size = bytes; nil: is made when the mail leaves } }: without what opens something for its
-- reader
function outbox.sample(rule, unit)
  local mail = sample.mail(rule, unit)
  return { key = unit.person.key, name = facts.full_name(unit.person), to = discreet.text(mail.to),
    language = mail.lang, subject = discreet.text(mail.subject), text = discreet.text(mail.text),
    from = mail.from or usher.sender(), reply_to = mail.reply_to, files = files_of(mail) }
end

-- outbox.rule(name) -> a row of the list with samples = at most three, people = list of { key, name, mail,
-- group }: everybody to whom it may go, each once, by name
function outbox.rule(name)
  local rule = outbox.need(name)
  local row, list = row_of(rule, counts.by_group()), {}
  local units, real = sample.units(rule)
  row.samples, row.people = {}, {}
  for i, unit in ipairs(#units > 0 and sample.three(units) or {}) do
    row.samples[i] = outbox.sample(rule, unit)
  end
  for i = 1, real do list[i] = units[i].person end
  for i, person in ipairs(list) do
    row.people[i] = { key = person.key, name = facts.full_name(person), mail = person.mail,
      group = person.group }
  end
  return row
end

-- outbox.marks(names) -> text: what those rules say now, for comparing it later
function outbox.marks(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = outbox.need(name).hash or "" end
  return usher.hash(table.unpack(list))
end

-- ---- the word -----------------------------------------------------------------------------------------

-- The rules that are meant: by name, or all of them that fit.
local function meant(request, fits)
  local list = {}
  if request.all then
    for _, rule in ipairs(sample.rules()) do
      if fits(rule) then list[#list + 1] = rule end
    end
    return list
  end
  for i, name in ipairs(request.rules or {}) do list[i] = outbox.need(name) end
  if #list == 0 then error("say which rule, or all of them", 0) end
  return list
end

local function names_of(list)
  local names = {}
  for i, rule in ipairs(list) do names[i] = rule.name end
  return table.concat(names, ", ")
end

local function need_word(rules)
  for _, rule in ipairs(rules) do
    if not rule.hash then
      error(#facts.event.approvers == 0
        and 'nothing waits for approval here: the event names nobody who approves (approver = "key")'
        or ("%s needs no approval"):format(rule.name), 0)
    end
  end
end

-- What is held by now was decided at its moment, perhaps days ago: who has left, answered, or asked for no
-- more mail since must not get it, and a deputy must.
-- What an answer changes was taken back with the answer (answers.lua). For everybody else nothing has
-- changed, and their mail leaves as it is: of thousands few are looked at.
local function look_again(rule)
  local due, now = rule.due, usher.now()
  if not due or now < due.first or now >= due.ends then return end
  local is_changed, is_suppressed = roster.changed(), suppression.addresses()
  local all = sending.is_overtaken(rule)
  for _, unit in ipairs(sample.units_of(rule)) do
    local person = unit.person
    local wants_less = is_suppressed[(person.mail or ""):lower()] or handed.refusal(person)
    if all or is_changed[person.key] or wants_less then
      usher.recall(rule.name, unit.key, approval.AGAIN)
    end
  end
end

-- outbox.approve{ rules = names, all, who } -> { rules, text }: the handler. Whatever of it is approved with
-- this content already stays as it is. known = true: who has logged in is who it is, and may.
function outbox.approve(request)
  local rules = meant(request, approval.waits)
  need_word(rules)
  local who = request.known and request.who or approval.speaker(request.who)
  local done = {}
  for _, rule in ipairs(rules) do
    if approval.waits(rule) then
      approval.approve(rule, who)
      look_again(rule)
      done[#done + 1] = rule
    end
  end
  live.changed()
  local text = #done > 0 and ("approved by %s: %s"):format(who, names_of(done))
    or #rules > 0 and ("approved already: %s"):format(names_of(rules)) or "nothing waits for approval"
  return { rules = names_of(done), text = text }
end

local function is_approved(rule) return approval.state(rule).word == "approved" end

-- outbox.disapprove{ rules = names, all, who } -> { rules, text }: the handler
function outbox.disapprove(request)
  local rules = meant(request, is_approved)
  need_word(rules)
  local who = request.known and request.who or approval.speaker(request.who)
  for _, rule in ipairs(rules) do
    if not is_approved(rule) then error(("%s is not approved"):format(rule.name), 0) end
    approval.take_back(rule, who)
  end
  live.changed()
  return { rules = names_of(rules), text = #rules == 0 and "nothing is approved"
    or ("taken back by %s, waits again: %s"):format(who, names_of(rules)) }
end

-- Called once, by the word `event`.
function outbox.register()
  usher.on("outbox", function(request)
    if request and request.rule then return outbox.rule(request.rule) end
    return outbox.list()
  end)
  for word, act in pairs { approve = outbox.approve, disapprove = outbox.disapprove } do
    usher.on(word, function(request)
      return act { rules = request.rules, all = request.all, who = request.who }
    end)
  end
end

return outbox
