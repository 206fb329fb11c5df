-- SPDX-License-Identifier: MIT
-- attendance_list: a list of who was there, as the office kept it on paper or in a spreadsheet: a CSV file
-- with a column key, mail or name, and perhaps one that says yes or no (present). Without that column
-- everybody in it was there; where its cell is empty nothing is said. A hand's word, so it is the last one.
-- Nothing of a list is taken until all of it is right; what a hand has said already is not said again.
local attendance = require "usher.attendance"
local check = require "usher.check"
local csv = require "usher.csv"
local roster = require "usher.roster"

local list = {}

local saying <const> = { "present", "attended", "was_there", "there", "came" }
local words <const> = {}
for word in ("yes y x 1 true present \u{2713}"):gmatch("%S+") do words[word] = true end
for word in ("no n - 0 false absent"):gmatch("%S+") do words[word] = false end

local function column_that_says(columns)
  for _, name in ipairs(saying) do
    for _, column in ipairs(columns) do
      if column == name then return name end
    end
  end
end

local function check_columns(columns, file)
  for _, column in ipairs(columns) do
    if column == "key" or column == "mail" or column == "email" or column == "name" then return end
  end
  check.refuse("%s has no column key, mail or name, so nobody knows who is meant", file)
end

-- Who is meant by a row, or nil after the problem was told.
local function person_of(cells, where, found)
  local mail = cells.mail or cells.email
  local person = cells.key and roster.person(cells.key) or mail and roster.by_mail(mail)
  if person then return person end
  local text = cells.name or cells.key or mail
  if not text then
    found.add("%s: a row without a key, an address and a name", where)
    return nil
  end
  local why
  person, why = roster.find(text)
  if not person then found.add("%s: %s", where, why) end
  return person
end

-- true, false, or nil when the row says nothing.
local function word_of(cells, column, where, found)
  local text = column and cells[column]
  if not column then return true end
  if not text then return nil end
  local word = words[text:lower()]
  if word == nil then found.add("%s: '%s' is neither yes nor no", where, text) end
  return word
end

local function add_row(said, row, column, file, found)
  local where = ("%s:%d"):format(file, row.line)
  local person = person_of(row.cells, where, found)
  local word = word_of(row.cells, column, where, found)
  if not person or word == nil then return end
  local before = said[person.key]
  if before and before.present ~= word then
    found.add("%s: %s is there twice, with yes (or no) in line %d", where, roster.shown(person), before.line)
  end
  if not before then
    said[person.key] = { person = person, present = word, line = row.line }
    said[#said + 1] = said[person.key]
  end
end

-- list.read(text, file) -> list of { person, present }. Raises a refusal with every problem of the file.
function list.read(text, file)
  local found, said = check.problems(file), {}
  local rows, columns = csv.read(text, file, found)
  found.raise()
  check_columns(columns, file)
  local column = column_that_says(columns)
  for _, row in ipairs(rows) do add_row(said, row, column, file, found) end
  found.raise()
  if #said == 0 then check.refuse("%s: nobody is in it", file) end
  return said
end

local function hand_says(key, session)
  for _, source in ipairs(attendance.sources(key, session)) do
    if source.via == "hand" then return source.present end
  end
end

-- list.take(said, session, who) -> { new, present, absent }
function list.take(said, session, who)
  local sum = { new = 0, present = 0, absent = 0 }
  for _, one in ipairs(said) do
    local field = one.present and "present" or "absent"
    sum[field] = sum[field] + 1
    if hand_says(one.person.key, session) ~= one.present then
      attendance.write(one.person, session, one.present, who)
      sum.new = sum.new + 1
    end
  end
  return sum
end

return list
