-- SPDX-License-Identifier: MIT
-- attendance_match: which of our people a participant of a meeting is. By what Zoom was told when they were
-- registered, then by their mail address, then by their name: the same after case, spaces and salutations are
-- passed over. Who can't be told apart is nobody: a person decides (attendance_strangers.lua).
--
-- A participant is { name, mail, registrant, customer_key, key = of a person whom somebody has recognised },
-- each of them perhaps nil.
local facts = require "usher.facts"
local people = require "usher.people"
local roster = require "usher.roster"

local match = {}

local NAME_MAX <const> = 200 -- bytes; Zoom's own limit is 64 letters

-- Before a name, with or without a dot, in any number: "H.E. Dasho Dr Karma".
local salutations <const> = {}
for word in ("mr mrs ms miss mx dr prof professor h.e he sir madam hon honourable honorable excellency "
  .. "lyonpo lyonchhen dasho aum ashi ap aue aap lopen lam rinpoche gup eng"):gmatch("%S+") do
  salutations[word] = true
end

-- match.tidy(text) -> text of one line, at most as long as a name can be; or nil
function match.tidy(text)
  if type(text) ~= "string" or not utf8.len(text) then return nil end
  local line = people.one_line(text)
  while #line > NAME_MAX do line = line:sub(1, utf8.offset(line, -1) - 1) end
  return line ~= "" and line or nil
end

-- match.fold(name) -> the name as it is compared: "Dasho  KARMA Dorji" -> "karma dorji"
function match.fold(name)
  local folded = people.one_line(name):lower()
  while true do
    local word, rest = folded:match("^(%S+) (.+)$")
    if not word or not salutations[word:gsub("%.$", "")] then return folded end
    folded = rest
  end
end

-- The names that a display name may mean: itself, and both halves of "Karma (Karma Dorji)".
local function readings(name)
  local before, inside = name:match("^(.-)%s*%((.-)%)%s*$")
  if not before then return { name } end
  return { name, inside, before }
end

-- Everybody as of now: those of the lists, and whoever signed up.
local function everybody()
  local all = roster.now(facts.everybody())
  for key, change in usher.book("roster"):each() do
    if change.signed_up and not facts.by_key[key] then all[#all + 1] = roster.person(key) end
  end
  return all
end

-- Two people of one name are told apart by nobody: false.
local function put(map, word, key)
  if not word or word == "" then return end
  if map[word] == nil or map[word] == key then map[word] = key else map[word] = false end
end

local function put_names(names, person)
  put(names, match.fold(person.name), person.key)
  if person.salutation then put(names, match.fold(facts.full_name(person)), person.key) end
  if person.stands_in_for then put(names, match.fold(person.stands_in_for.name), person.key) end
end

-- match.index() -> index, for match.find. Made for each piece of work: people change.
function match.index()
  local index = { people = everybody(), mails = {} }
  for _, person in ipairs(index.people) do
    local replaced = person.stands_in_for
    put(index.mails, person.mail and person.mail:lower(), person.key)
    put(index.mails, replaced and replaced.mail and replaced.mail:lower(), person.key)
  end
  return index
end

-- Names are folded when the first participant without a known address comes: of thousands that takes time.
local function names_of(index)
  if not index.names then
    index.names = {}
    for _, person in ipairs(index.people) do put_names(index.names, person) end
  end
  return index.names
end

local sources <const> = {}

-- match.add(fn): fn() -> number that Zoom gave whom it registered -> key of a person. Asked once for each
-- index.
function match.add(fn) sources[#sources + 1] = fn end

local function numbers_of(index)
  if not index.numbers then
    index.numbers = {}
    for _, fn in ipairs(sources) do
      for number, key in pairs(fn()) do index.numbers[number] = key end
    end
  end
  return index.numbers
end

local function by_number(index, participant)
  local key = participant.registrant and numbers_of(index)[participant.registrant]
  if key and roster.person(key) then return key end
  local own = participant.key or participant.customer_key
  return own and own ~= "" and roster.person(own) and own or nil
end

-- match.find(index, participant) -> key, or nil
function match.find(index, participant)
  local key = by_number(index, participant)
    or participant.mail and index.mails[participant.mail:lower()]
  if key then return key end
  for _, name in ipairs(participant.name and readings(participant.name) or {}) do
    key = names_of(index)[match.fold(name)]
    if key then return key end
  end
  return nil
end

return match
