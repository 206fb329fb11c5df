-- SPDX-License-Identifier: MIT
-- people: who runs the event (people) and who is asked to come (guests). A person's key is their identity for
-- ever: it names their flows, so that correcting an address or a spelling re-invites nobody. Without a column
-- `key` the name is the key. Nothing of a list is taken until all of it is right.
local check = require "usher.check"
local facts = require "usher.facts"
local handed = require "usher.handed"
local lists = require "usher.lists"

local people = {}

-- Columns with a meaning of their own; any other column of the file becomes a placeholder {column}.
local columns <const> = { "key", "name", "salutation", "position", "role", "group", "mail", "assistant",
  "phone", "zone", "language" }
people.columns = columns
local aliases <const> = { email = "mail", e_mail = "mail", language_code = "language", lang = "language",
  time_zone = "zone", timezone = "zone", telephone = "phone", title = "position" }
local KEY_MAX <const> = 100 -- bytes: a flow's name has 120, and cues add a number
-- What somebody does in the event (speaker), for it, or may do on the organisers' pages (office/roles.lua).
local roles <const> = { "speaker", "organiser", "host", "owner", "approver", "viewer" }
local languages <const> = { english = "en", dzongkha = "dz", korean = "ko", filipino = "fil", nepali = "ne",
  hindi = "hi", french = "fr", spanish = "es", japanese = "ja", chinese = "zh", thai = "th", russian = "ru" }

local function is_host(text)
  for label in text:gmatch("[^.]+") do
    if #label > 63 or label:find("^%-") or label:find("%-$") then return false end
  end
  return true
end

-- people.is_address(text): is it a mail address? What passes here is taken by usher.mail as well.
function people.is_address(text)
  local before, host = text:match("^([^%s@<>,;:\"()%[%]\\]+)@([%w][%w.-]*%.%w[%w-]+)$")
  return before ~= nil and #text <= 254 and #before <= 64 and not text:find("..", 1, true)
    and not before:find("^%.") and not before:find("%.$") and not before:find("=?", 1, true) and is_host(host)
end

local function check_address(person, column, where, found)
  local address = person[column]
  if address and not people.is_address(address) then
    found.add("%s: '%s' of %s is not a mail address: write it as name@office.example", where(column),
      address, person.name)
  end
end

local function read_zone(person, where, found)
  local fine, zone = pcall(usher.time.zone, person.zone or facts.event.zone)
  if fine then
    person.zone = zone
  else -- the message of usher.time.zone names the nearest zone; its place in our code helps nobody
    found.add("%s: %s: %s", where("zone"), person.name, check.clean(zone))
  end
end

local function read_language(person, where, found)
  local _, told = usher.rehearsing()
  local given = told and told.language or person.language
  if not given then return end
  local code = languages[given:lower()] or given:lower()
  if not code:find("^%l%l%l?$") then
    found.add("%s: unknown language '%s' of %s%s", where("language"), given, person.name,
      check.meant(given, check.names(languages)))
  end
  person.language = code
end

local function read_roles(person, where, found)
  local given = {}
  for role in (person.role or ""):gmatch("[^,/;]+") do
    role = role:match("^%s*(.-)%s*$"):lower()
    local known = false
    for _, name in ipairs(roles) do known = known or name == role end
    if known then given[role] = true else
      found.add("%s: unknown role '%s' of %s%s", where("role"), role, person.name, check.meant(role, roles))
    end
  end
  person.roles = given
end

local function read_group(person, where, found)
  local group = person.group
  if not group or #facts.groups == 0 or not facts.groups_were_said then return end
  for _, known in ipairs(facts.groups) do
    if known == group then return end
  end
  found.add("%s: unknown group '%s' of %s%s", where("group"), group, person.name,
    check.meant(group, facts.groups))
end

-- people.one_line(text) -> text. Cells pasted from a document hold line breaks and spaces that nobody sees.
function people.one_line(cell)
  return (cell:gsub("\u{00A0}", " "):gsub("[%s%c]+", " "):match("^%s*(.-)%s*$"))
end

-- people.column(name) -> name: by which people call a column that a file may call otherwise (e_mail: mail)
function people.column(name) return aliases[name] or name end

-- The columns by their own names, and how the file calls each.
local function rename_columns(cells)
  local person, called = {}, {}
  for name, value in pairs(cells) do
    local column = aliases[name] or name
    person[column], called[column], facts.columns[column] = people.one_line(value), name, true
  end
  return person, called
end

local function read_person(row, place, found)
  local person, called = rename_columns(row.cells)
  local function where(column) return place(row.line, column and (called[column] or column)) end
  if not person.name then
    found.add("%s: a person without a name", where())
    return nil
  end
  if not person.mail then found.add("%s: %s has no mail address", where "mail", person.name) end
  check_address(person, "mail", where, found)
  check_address(person, "assistant", where, found)
  read_zone(person, where, found)
  read_language(person, where, found)
  read_roles(person, where, found)
  read_group(person, where, found)
  person.key, person.where = person.key or person.name, where()
  if #person.key > KEY_MAX or person.key:find("[|#]") then
    found.add("%s: '%s' can't be a key: write a short one without | and # into the column 'key'", where "key",
      person.key)
  end
  return person
end

-- A column that is almost one of ours is a typing mistake; others are the organiser's own.
local function check_columns(list, found)
  local has_name, seen = #list.columns == 0, {}
  for _, name in ipairs(list.columns) do
    local meant = people.column(name)
    if seen[meant] and seen[meant] ~= name then
      found.add("%s: the columns '%s' and '%s' say the same thing: keep one of them",
        list.place(list.heading, name), seen[meant], name)
    end
    seen[meant] = name
    local known = aliases[name] ~= nil
    for _, column in ipairs(columns) do known = known or column == name end
    local near = not known and check.nearest(name, columns)
    if near then
      found.add("%s: unknown column '%s' (did you mean '%s'?)", list.place(list.heading, name), name, near)
    end
    has_name = has_name or meant == "name" or near == "name"
  end
  if not has_name then
    found.add("%s: no column is called 'name': the first row must hold the headings (name, mail, group ...)",
      list.place(list.heading))
  end
  return has_name
end

local function check_twins(list, found)
  local by_key, by_mail = {}, {}
  for _, person in ipairs(list) do
    local twin = by_key[person.key] or facts.by_key[person.key]
    if twin then
      found.add("%s: %s has the same key '%s' as %s: give them a column 'key' with different keys",
        person.where, person.name, person.key, twin.where)
    end
    local address = person.mail and person.mail:lower()
    local same = address and by_mail[address]
    if same then
      found.add("%s: %s has the same address as %s (%s)", person.where, person.name, same.name, same.where)
    end
    by_key[person.key] = person
    if address then by_mail[address] = person end
  end
end

-- The rows of a Lua list look like those of a file; their place is their number.
local function list_of_lua(word, given, found)
  local rows, names = {}, {}
  for i, entry in ipairs(given) do
    local cells = {}
    if type(entry) ~= "table" then found.add("entry %d: write it as { name = ..., mail = ... }", i) else
      for name, value in pairs(entry) do
        cells[name], names[name] = tostring(value), true
      end
      rows[#rows + 1] = { line = i, cells = cells }
    end
  end
  local function place(line) return ("%s:%d"):format(word, line) end
  return { file = word, rows = rows, columns = check.names(names), heading = 1, place = place, remarks = {} }
end

-- people.read(list, found) -> list of persons: the rows of a list (lists.read) as people, all of it checked.
-- list.wish: whose rows depend on what an earlier event's form says (handed.lua); then nobody may be in it.
function people.read(list, found)
  local persons = {}
  if check_columns(list, found) then
    for _, row in ipairs(list.rows) do
      persons[#persons + 1] = read_person(row, list.place, found)
      if list.wish and persons[#persons] then persons[#persons].wish = list.wish end
    end
  end
  check_twins(persons, found)
  if #persons == 0 and #found.list == 0 and not list.wish then found.add("%s: nobody is in it", list.file) end
  return persons
end

local function read_file(word, file, sheet)
  local found = check.problems(file)
  local list = lists.read(check.file(word, file), file, found, sheet)
  for _, remark in ipairs(list.remarks) do facts.note("%s", remark) end
  return list, found
end

local function read_list(word, given)
  if type(given) == "string" then return read_file(word, given) end
  if type(given) ~= "table" then
    check.refuse('%s: name a file, as in  %s "%s.csv"', word, word, word)
  end
  if given.interested_in then
    local found = check.problems(word)
    return handed.read(word, given, found), found
  end
  if given.file and #given == 0 then -- a file, and which sheet of it
    check.options(word, given, { file = "text", sheet = "text?" })
    return read_file(word, given.file, given.sheet)
  end
  local found = check.problems(word)
  return list_of_lua(word, given, found), found
end

local function read_roster(word, given)
  facts.need_event(word)
  facts.need_no_rules(word)
  local list, found = read_list(word, given)
  local persons = people.read(list, found)
  found.raise()
  return persons
end

local function take(list, into)
  for _, person in ipairs(list) do
    into[#into + 1], facts.by_key[person.key] = person, person
  end
end

--- people "people.csv" -> nothing
--- Says who runs the event: a CSV or .xlsx file (or a Lua list) with the columns key, name, salutation,
--- title, role (speaker, organiser, host; owner, approver, viewer), mail, zone and language. All problems
--- of a file are listed together.
--- Example: people { { key = "host", name = "Karma Tshering", role = "host", mail = "karma@moic.example" } }
people.people = check.word(function(given)
  take(read_roster("people", given), facts.people)
end)

--- guests "guests.csv" -> nothing
--- Says who is asked to come: a CSV or .xlsx file (or a Lua list) with the columns key, name, salutation,
--- title, group, mail, assistant, zone and language. A further column is a placeholder of its name in mails.
--- Of an .xlsx file the first visible sheet is read, or the one that is named: guests { file = "g.xlsx",
--- sheet = "Guests" }. All problems of a file are listed together, with their rows. Or whoever said in a form
--- of an earlier event that they would like to hear of it: guests { interested_in = "hlb-2021/trainings",
--- choice = "Data protection", file = "interested.csv" }: those in the form "trainings" of "hlb-2021" in the
--- same database who chose that (choice: a text, or a list of them; without it: all); when the database knows
--- no such event, those of the file. Whoever takes the wish back gets no more mail.
--- Example: guests { { name = "Sonam Wangmo", mail = "sonam@moh.example", group = "Secretaries" } }
people.guests = check.word(function(given)
  local list = read_roster("guests", given)
  local known = {}
  for _, group in ipairs(facts.groups) do known[group] = true end
  for _, person in ipairs(list) do
    local group = person.group or ""
    person.guest, facts.guests_in[group] = true, (facts.guests_in[group] or 0) + 1
    if person.group and not known[person.group] then
      known[person.group], facts.groups[#facts.groups + 1] = true, person.group
    end
  end
  take(list, facts.guests)
end)

--- groups { "Secretaries", "Dzongdas" } -> nothing
--- Says which groups of guests there are, before `guests`: then a group that is not one of these is an error.
--- Without this word the groups are those that the guest list names.
--- Example: groups { "Secretaries", "Dzongdas", "Heads of Department" }
people.groups = check.word(function(list)
  if type(list) ~= "table" or #list == 0 then check.refuse("groups: list their names in { }") end
  if #facts.guests > 0 then check.refuse("groups: say them before the guests, so that these are checked") end
  for i, name in ipairs(list) do
    if type(name) ~= "string" then check.refuse("groups: name %d is a %s, not a text", i, type(name)) end
    facts.groups[i] = name
  end
  facts.groups_were_said = true
end)

-- people.find(text, all) -> person, or nil and a sentence that lists the candidates: who is meant by a key
-- or by a name or part of it. all: list of people among whom to look (default: those of the lists).
function people.find(text, all)
  local wanted, matches, names = text:lower(), {}, {}
  for _, person in ipairs(all or facts.everybody()) do
    if person.key == text then return person end
    if facts.full_name(person):lower():find(wanted, 1, true) then matches[#matches + 1] = person end
    names[#names + 1] = person.name
  end
  if #matches == 1 then return matches[1] end
  if #matches == 0 then
    return nil, ("nobody is called '%s'%s"):format(text, check.meant(text, names))
  end
  local listed = {}
  for i, person in ipairs(matches) do
    listed[i] = ("%s (%s)"):format(facts.full_name(person), person.key)
  end
  return nil, ("'%s' may be %s: use the key"):format(text, table.concat(listed, " or "))
end

-- The person with that key in people.csv, or a refusal that names the nearest key.
function people.need(word, key)
  local person = facts.by_key[key]
  if person then return person end
  local keys = {}
  for i, one in ipairs(facts.people) do keys[i] = one.key end
  check.refuse("%s: nobody in people has the key '%s'%s", word, tostring(key),
    check.meant(tostring(key), keys))
end

return people
