-- SPDX-License-Identifier: MIT
-- approval: the word of a named person before the first mail of a rule leaves. Only of an event that names
-- somebody (approver = "key"): a lone organiser is not asked to approve what they wrote themselves.
--
-- The word is about what people will read, so it is bound to a mark of that: texts, files, sender, answer
-- address, audience; and the event's title, place and aims, which texts put in. Another mark is another mail,
-- and asks again. Not in it, on purpose:
--   the moment: a reminder that comes an hour later says the same. Moving the event is a decision of its own,
--     and it must not stop every mail that is still to come.
--   the people: lists change until the last day. Who is added is shown by name (outbox.lua), and held by no
--     one.
--   how to get into a meeting: the link is changed when it breaks, minutes before the start.
--
-- Mails of rules with a moment need the word. Mails that a person's own act causes (confirmations, deputies,
-- sign-ups) go without it: whoever has just pressed a button waits for them, at an hour at which nobody
-- approves anything. A script says `approve = false` or `approve = true` to have it otherwise.
--
--   book approvals: rule's name -> { hash, at = ms, who = name } of the approval, and earlier = hash -> { at,
--     who } of those before it: flows may go on with the script that they began with, and its text was read
--     as well; or { taken_back = true, at, who }, of all of them. Further back goes the trail.
-- A mail carries the mark of its rule; the engine holds it until the book has the same.
local check = require "usher.check"
local facts = require "usher.facts"
local people = require "usher.people"
local roles = require "usher.office.roles"

local approval = {}

-- Why a held mail is taken back when its rule is approved: what was true at its moment may be days old. Its
-- flow asks anew who gets it, and writes it anew.
approval.AGAIN = "was approved, and is looked at again"

local EARLIER_MAX <const> = 20 -- texts of one rule; more edits than that make one of them wait again
local VERSION <const> = "1" -- of what is in the mark; another number asks for every approval again

-- ---- what needs it ------------------------------------------------------------------------------------

-- approval.check(title, approve): refuses a wish that nobody could fulfil.
function approval.check(title, approve)
  if approve and #facts.event.approvers == 0 then
    check.refuse('%s: approve = true asks nobody: say  approver = "key"  in event', title)
  end
end

-- approval.is_needed(rule): must somebody approve it before its first mail leaves?
function approval.is_needed(rule)
  if #facts.event.approvers == 0 then return false end
  if rule.approve ~= nil then return rule.approve end
  return not rule.by_itself
end

local function add_texts(list, texts)
  if type(texts) == "string" then
    list[#list + 1] = texts
    return
  end
  for _, language in ipairs(check.names(texts)) do
    list[#list + 1], list[#list + 2] = language, texts[language]
  end
end

local function add_files(list, files)
  for _, file in ipairs(files) do
    local made = type(file) == "string" -- an entry for a calendar: its word
    list[#list + 1] = made and file or file.name
    list[#list + 1] = made and "" or usher.hash(file.type, file.data or file.call)
  end
end

local function place_of(where)
  return where and (where.text or where.kind) or ""
end

-- What readers get, as a list of texts. A count stands before each part that may be long or short.
local function content_of(rule)
  local event, list = facts.event, {}
  local function add(fill, ...)
    local part = {}
    fill(part, ...)
    list[#list + 1] = ("%d"):format(#part)
    table.move(part, 1, #part, #list + 1, list)
  end
  add(add_texts, rule.subject)
  add(add_texts, rule.text)
  add(add_files, rule.attach)
  for _, text in ipairs { rule.word, rule.name, rule.about or "", rule.audience, rule.from or event.from
    or usher.sender() or "", rule.reply_to or event.reply_to or "", event.title, place_of(event.where) } do
    list[#list + 1] = text
  end
  if rule.read then add(function(part) table.move(rule.read, 1, #rule.read, 1, part) end) end
  if rule.via then
    add(add_texts, rule.short or "")
    list[#list + 1] = table.concat(rule.via, " ")
  end
  return table.move(facts.objectives, 1, #facts.objectives, #list + 1, list)
end

-- approval.seal(rules): gives each rule that needs it its mark. When the script has said everything.
function approval.seal(rules)
  for _, rule in ipairs(rules) do
    if approval.is_needed(rule) then rule.hash = usher.hash(VERSION, table.unpack(content_of(rule))) end
  end
end

-- ---- whose word it is ---------------------------------------------------------------------------------

-- approval.approvers() -> list of the people whom the event names
function approval.approvers()
  local list = {}
  for i, key in ipairs(facts.event.approvers) do list[i] = facts.by_key[key] end
  return list
end

-- approval.names() -> "DoIM, MoIC or APCICT/ESCAP"
function approval.names()
  local names = {}
  for i, person in ipairs(approval.approvers()) do names[i] = facts.full_name(person) end
  local last = table.remove(names)
  return #names > 0 and ("%s or %s"):format(table.concat(names, ", "), last) or last
end

-- approval.check_keys(): whom the event names is there, and is none of those who are written to.
function approval.check_keys()
  for _, key in ipairs(facts.event.approvers) do
    local person = people.need("event: approver", key)
    if person.guest then
      check.refuse("event: approver: %s is a guest: name somebody of the list of people",
        facts.full_name(person))
    end
  end
end

-- Only by a whole key or name: a part of one may be the login of whoever keeps the machine.
local function person_called(text)
  for _, person in ipairs(facts.people) do
    if person.key == text or person.name == text or facts.full_name(person) == text then return person end
  end
end

-- approval.speaker(who) -> name for the book and the trail. who: what was typed behind --by: the key or the
-- name of somebody who may approve; else it is who keeps the machine, and may do everything.
function approval.speaker(who)
  local text = tostring(who or "")
  local person = person_called(text)
  if not person then return text ~= "" and text or "office" end
  if not roles.may(roles.of(person.key), "approve") then
    error(("%s may not approve: that is for %s"):format(facts.full_name(person), approval.names()), 0)
  end
  return facts.full_name(person)
end

-- ---- the book -----------------------------------------------------------------------------------------

-- approval.option(rule) -> what usher.mail is told of it, or nil
function approval.option(rule)
  if not rule.hash then return nil end
  return { rule = rule.name, hash = rule.hash, why = ("waits for the word of %s: usher approve %s %s"):format(
    approval.names(), facts.event.id, rule.name) }
end

-- approval.state(rule) -> { word, who, at }. Only where books may be looked at. word:
--   "none"        needs no approval          "waits"       nobody has said anything
--   "approved"    by who, at                 "changed"     was approved by who at, with another content
--   "taken back"  by who, at
function approval.state(rule)
  if not rule.hash then return { word = "none" } end
  local said = usher.book("approvals"):get(rule.name)
  if not said then return { word = "waits" } end
  local before = said.earlier and said.earlier[rule.hash]
  if before then return { word = "approved", who = before.who, at = before.at } end
  local word = said.taken_back and "taken back" or said.hash == rule.hash and "approved" or "changed"
  return { word = word, who = said.who, at = said.at }
end

-- approval.waits(rule) -> whether its mails are held as things are
function approval.waits(rule)
  local word = approval.state(rule).word
  return word ~= "none" and word ~= "approved"
end

-- What was approved before, without the oldest when there is too much of it.
local function earlier_than(said)
  if not said or not said.hash then return nil end
  local earlier, n, oldest = said.earlier or {}, 0, nil
  earlier[said.hash] = { who = said.who, at = said.at }
  for hash, one in pairs(earlier) do
    n = n + 1
    if not oldest or one.at < earlier[oldest].at then oldest = hash end
  end
  if n > EARLIER_MAX then earlier[oldest] = nil end
  return earlier
end

-- approval.approve(rule, who): the word is said. who: a name. Only in handlers and POST routes.
function approval.approve(rule, who)
  local book = usher.book("approvals")
  book:set(rule.name, { hash = rule.hash, who = who, at = usher.now(),
    earlier = earlier_than(book:get(rule.name)) })
  usher.audit("approved", rule.name, who)
  usher.recheck()
end

-- approval.take_back(rule, who): what has not left yet waits again.
function approval.take_back(rule, who)
  usher.book("approvals"):set(rule.name, { taken_back = true, who = who, at = usher.now() })
  usher.audit("took an approval back", rule.name, who)
end

return approval
