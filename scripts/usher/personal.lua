-- SPDX-License-Identifier: MIT
-- personal: what this event keeps of a person, and how to be rid of it. A module with a book that says
-- something of people adds itself; then `usher export-person` shows it and `usher forget` takes it out.
--
--   personal.add { name = "attendance",
--     books = { "attendance" },              names of its books; "interest-*" means all that begin so
--     export = fn(person) -> value or nil,   what it keeps of them
--     forget = fn(person),                   takes that out of its books
--     texts = fn(person) -> list or nil }    what they typed in themselves: it may have been mailed to others
--
-- person = { key, name, mail, mails = every address of theirs, as they stand in the lists }; these
-- functions see books as a handler does. A deputy, who has no key of their own, is of the book "deputies"
-- alone. What the engine keeps (flows, mails, the trail, versions of the lists) is taken care of there
-- (core/store/forget.c), with the words that are collected here.
local check = require "usher.check"
local deputies = require "usher.deputies"
local facts = require "usher.facts"
local people = require "usher.people"
local roster = require "usher.roster"

local personal = {}

local NAME <const>, ADDRESS <const>, TEXT <const> = "(forgotten)", "removed@forgotten.invalid", "(removed)"
local TEXT_LEN_MIN <const> = 6 -- bytes: shorter ones are everybody's words
-- Columns whose cells many people share, and which say nothing of one.
local shared <const> = { key = true, name = true, mail = true, salutation = true, group = true, zone = true,
  language = true, role = true, roles = true, where = true, guest = true, handed_to = true, generation = true,
  signed_up = true, own = true, stands_in_for = true,
  chosen = true, consented_to = true, consented_at = true }
-- Flows that bear other keys than those of people.
local apart <const> = { "please approve", "event cancelled", "event moves", "passed on", "log-in", "new time",
  "zoom meeting", "zoom guests", "zoom report", "zoom calls",
  "undecided", "signup", "signup-advance", "signup-enrol" }

local added <const> = {}

-- personal.add(part): see above.
function personal.add(part)
  check.options(("personal.add (%s)"):format(tostring(part.name)), part,
    { name = "text", books = "list?", export = "any", forget = "any", texts = "any?" })
  added[#added + 1] = part
end

-- ---- who is meant -------------------------------------------------------------------------------------

local function set_of(list)
  local set = {}
  for _, one in ipairs(list or {}) do set[one:lower()] = true end
  return set
end

local function mails_of(...)
  local list, seen = {}, {}
  for _, person in ipairs { ... } do
    local mail = person and person.mail
    if mail and not seen[mail:lower()] then
      seen[mail:lower()], list[#list + 1] = true, mail
    end
  end
  return list
end

-- Everybody under whose key something may be kept: as the lists say, and as whose place it is.
local function everybody()
  local all, seen = {}, {}
  local function add(key)
    if seen[key] then return end
    seen[key] = true
    local listed, own = facts.by_key[key] or false, roster.own(key) or false
    local base = own or listed
    if base then
      all[#all + 1] = { key = key, name = base.name, full = facts.full_name(base), mail = base.mail,
        mails = mails_of(own, listed), row = base }
    end
  end
  for _, person in ipairs(facts.everybody()) do add(person.key) end
  for key in usher.book("roster"):each() do add(key) end
  for key, entry in usher.book("signup"):each() do
    add(key)
    if #all > 0 and all[#all].key ~= key and not roster.person(key) and entry.form then
      all[#all + 1] = { key = key, name = entry.form.name, full = entry.form.name, mail = entry.form.mail,
        mails = { entry.form.mail }, row = entry.form }
    end
  end
  return all
end

local function has_mail(person, addresses)
  for _, mail in ipairs(person.mails) do
    if addresses[mail:lower()] then return true end
  end
  return false
end

local function is_named(person, text)
  return text ~= "" and (person.name or ""):lower() == text or (person.full or ""):lower() == text
end

-- By key or address; by the whole name when nobody is meant by those.
local function meant(all, text, addresses)
  local list = {}
  for _, person in ipairs(all) do
    if person.key == text or has_mail(person, addresses) then list[#list + 1] = person end
  end
  if #list > 0 then return list end
  for _, person in ipairs(all) do
    if is_named(person, text:lower()) then list[#list + 1] = person end
  end
  if #list < 2 then return list end
  error(("several people of '%s' are called '%s': say the key or the address"):format(facts.event.id, text),
    0)
end

-- Who came, or was to come, in somebody's place: list of { key = whose place, name, mail }.
local function meant_deputies(addresses)
  local list = {}
  for key, kept in usher.book("deputies"):each() do
    for _, one in ipairs(kept.list or {}) do
      if addresses[one.mail:lower()] then
        list[#list + 1] = { place = key, name = one.name, mail = one.mail }
      end
    end
  end
  return list
end

-- ---- their words --------------------------------------------------------------------------------------

local function adder()
  local words, seen = {}, {}
  local function add(find, put)
    find = tostring(find or ""):match("^%s*(.-)%s*$")
    if #find < 2 or seen[find:lower()] then return end
    seen[find:lower()], words[#words + 1] = true, { find = find, put = put }
  end
  return words, add
end

-- A key that is made of the name or an address says who it is; P0042 does not.
local function key_tells(person)
  if person.key:find("@", 1, true) then return true end
  for part in (person.name or ""):gmatch("[^%s.,]+") do
    if #part > 2 and person.key:lower():find(part:lower(), 1, true) then return true end
  end
  return false
end

local function is_only_theirs(all, person, column, value)
  for _, other in ipairs(all) do
    if other.key ~= person.key and other.row[column] == value then return false end
  end
  return true
end

local function add_row(all, person, add)
  for column, value in pairs(person.row) do
    local tells = not shared[column] and type(value) == "string" and #value >= TEXT_LEN_MIN
    if tells and is_only_theirs(all, person, column, value) then
      add(value, people.is_address(value) and ADDRESS or TEXT)
    end
  end
end

local function is_name_of_another(all, person)
  for _, other in ipairs(all) do
    local same = (other.name or ""):lower() == (person.name or ""):lower()
    if same and other.key ~= person.key then return true end
  end
  return false
end

local function add_person(all, person, add)
  for _, mail in ipairs(person.mails) do add(mail, ADDRESS) end
  if not is_name_of_another(all, person) then add(person.name, NAME) end
  if key_tells(person) then add(person.key, NAME) end
  add_row(all, person, add)
  for _, part in ipairs(added) do
    for _, text in ipairs(part.texts and part.texts(person) or {}) do
      if type(text) == "string" and #text >= TEXT_LEN_MIN then add(text, TEXT) end
    end
  end
end

-- Names and addresses of others in which one of the words stands.
local function kept_whole(all, theirs, words)
  local keep, is_theirs = {}, {}
  for _, person in ipairs(theirs) do is_theirs[person.key or ""] = true end
  local function look(text)
    for _, word in ipairs(words) do
      if #text > #word.find and text:lower():find(word.find:lower(), 1, true) then
        keep[#keep + 1] = text
        return
      end
    end
  end
  for _, person in ipairs(all) do
    if not is_theirs[person.key] then
      look(person.name or "")
      look(person.key)
      for _, mail in ipairs(person.mails) do look(mail) end
    end
  end
  return keep
end

-- ---- what is kept -------------------------------------------------------------------------------------

local function export_of(person)
  local data = { key = person.key, row = person.row, now = roster.person(person.key) or nil }
  for _, part in ipairs(added) do data[part.name] = part.export(person) end
  return data
end

local function listed(person)
  return { key = person.key, name = person.full, mail = person.mail }
end

local function collect(request)
  local text, addresses = tostring(request.person or ""), set_of(request.addresses)
  if text:find("@", 1, true) then addresses[text:lower()] = true end
  local all = everybody()
  local theirs, as_deputy = meant(all, text, addresses), meant_deputies(addresses)
  local words, add = adder()
  local found = { people = {}, deputies = {}, addresses = {}, words = words, apart = apart, data = {},
    event = { id = facts.event.id, title = facts.event.title } }
  for i, person in ipairs(theirs) do
    add_person(all, person, add)
    found.people[i] = listed(person)
    for _, mail in ipairs(person.mails) do found.addresses[#found.addresses + 1] = mail end
    if request.export then found.data[i] = export_of(person) end
  end
  for i, deputy in ipairs(as_deputy) do
    add(deputy.mail, ADDRESS)
    add(deputy.name, NAME)
    found.deputies[i] = { name = deputy.name, mail = deputy.mail }
    found.addresses[#found.addresses + 1] = deputy.mail
    if request.export then
      found.data[#found.data + 1] = { in_place_of = deputy.place, name = deputy.name, mail = deputy.mail }
    end
  end
  found.keep = kept_whole(all, theirs, words)
  return found
end

-- ---- counts that stay ---------------------------------------------------------------------------------

--   book "forgotten": "counts" -> { people, yes, no, came }: how many were forgotten, and what they had said
-- and done, without anything that tells one from another.
local function keep_count(person)
  local book = usher.book("forgotten")
  local counts = book:get("counts") or { people = 0, yes = 0, no = 0, came = 0 }
  local answer, there = usher.book("answers"):get(person.key), usher.book("attendance"):get(person.key)
  counts.people = counts.people + 1
  if answer and counts[answer.answer] then counts[answer.answer] = counts[answer.answer] + 1 end
  if there then counts.came = counts.came + 1 end
  book:set("counts", counts)
end

-- personal.counts() -> { people, yes, no, came } of those who were forgotten. In handlers and routes.
function personal.counts()
  return usher.book("forgotten"):get("counts") or { people = 0, yes = 0, no = 0, came = 0 }
end

-- A spreadsheet is not written here: what stands in one its keeper takes out.
local function need_no_sheet(person)
  local where = facts.by_key[person.key] and facts.by_key[person.key].where
  if not where or not where:find("%.xlsx") then return end
  error(("nothing was changed: %s still has them. Take the row out there, say usher reload, and once more")
    :format(where), 0)
end

-- { keys, addresses }: takes them out of the event's books. The engine does this on a copy of the database
-- and carries the changes over.
local function forget(request)
  local addresses, keys = set_of(request.addresses), {}
  for _, key in ipairs(request.keys or {}) do keys[key] = true end
  for _, person in ipairs(everybody()) do
    if keys[person.key] then
      need_no_sheet(person)
      keep_count(person)
      for _, part in ipairs(added) do part.forget(person) end
    end
  end
  deputies.forget(addresses)
  return true
end

-- When the event is over, and what may be told of it for ever: numbers only.
local function ended()
  local counts, all = personal.counts(), everybody()
  for _, person in ipairs(all) do
    local answer, there = usher.book("answers"):get(person.key), usher.book("attendance"):get(person.key)
    counts.people = counts.people + 1
    if answer and counts[answer.answer] then counts[answer.answer] = counts[answer.answer] + 1 end
    if there then counts.came = counts.came + 1 end
  end
  return { ends = facts.event.ends.utc, title = facts.event.title, counts = counts }
end

-- Which books are known to say something of people.
local function known_books()
  local list = { "forgotten" }
  for _, part in ipairs(added) do
    for _, book in ipairs(part.books or {}) do list[#list + 1] = book end
  end
  return list
end

-- Called once, by the word `event`.
function personal.register()
  usher.on("personal", collect)
  usher.on("personal forget", forget)
  usher.on("personal ended", ended)
  usher.on("personal books", known_books)
end

return personal
