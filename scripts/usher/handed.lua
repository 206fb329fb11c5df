-- SPDX-License-Identifier: MIT
-- handed: a list of people that one event hands on to the next, with what they consented to and when. Whoever
-- takes it back in the form of the first event gets nothing more from the later one: that is asked at the
-- moment of sending.
--
--   book "handed on", shared (see usher.handed): "EVENT/FORM/KEY" -> a row = { name, salutation, group, mail,
--     phone, zone, language, chosen = list of what there was to choose, answers = question -> answer to what
--     else was asked, consent = to what, at = ms, consented_at = the same in the event's zone };
--     or { taken_back = ms }: of whoever takes it back no more is kept than that they did
--   hands_on of usher.describe: form -> { choices = list, or nil }; survey -> { survey = "anonymous" or
--     "named" }
--   person.wish = { list = "EVENT/FORM", of = form, choices = list, or nil }: whose place on a list of this
--     event follows from such a row; facts.left: key -> sentence, of those who would stand there, and don't
--     wish it any more
local check = require "usher.check"
local facts = require "usher.facts"
local lists = require "usher.lists"

local handed = {}

local function book() return usher.book("handed on", { shared = true }) end

-- ---- the event that hands on ----------------------------------------------------------------------------

-- What the list says of a person; the columns that make the key and the consent come before and behind.
local of_person <const> = { "name", "salutation", "group", "mail", "phone", "zone", "language" }

-- handed.declared() -> what this event hands on, for usher.describe; nil: nothing
function handed.declared()
  local all = {}
  for _, s in ipairs(facts.surveys) do all[s.name] = { survey = s.anonymous and "anonymous" or "named" } end
  for _, form in ipairs(facts.interests) do
    all[form.name] = { choices = form.wishes and form.wishes.options or nil }
  end
  return next(all) and all or nil
end

-- handed.row(form, person, said) -> row. said: the entry of the form's own book (interest.lua).
function handed.row(form, person, said)
  local chosen = form.wishes and said.answers[form.wishes.key] or {}
  local row = { chosen = type(chosen) == "table" and chosen or { chosen }, answers = {},
    consent = said.consent, at = said.at,
    consented_at = usher.time.format(said.at, facts.event.zone, "%Y-%m-%d %H:%M") }
  for _, column in ipairs(of_person) do row[column] = person[column] end
  for question, answer in pairs(said.answers) do
    if not form.wishes or question ~= form.wishes.key then row.answers[question] = answer end
  end
  return row
end

local function key_of(form, key) return ("%s/%s/%s"):format(facts.event.id, form.name, key) end

-- handed.keep(form, person, said), handed.drop(form, key): somebody has sent the form, or takes it back. In
-- handlers and routes.
function handed.keep(form, person, said)
  book():set(key_of(form, person.key), handed.row(form, person, said))
end

function handed.drop(form, key) book():set(key_of(form, key), { taken_back = usher.now() }) end

-- ---- rows and cells -------------------------------------------------------------------------------------

local function cells_of(key, row)
  local cells = { key = key, chosen = table.concat(row.chosen, "; "), consented_to = row.consent,
    consented_at = row.consented_at }
  for _, column in ipairs(of_person) do cells[column] = row[column] end
  for question, answer in pairs(row.answers) do
    cells[question] = cells[question] or (type(answer) == "table" and table.concat(answer, "; ") or answer)
  end
  return cells
end

-- handed.cells(form, list) -> columns, rows: what the word `guests` of a later event reads as it is. list:
-- rows with a key each.
function handed.cells(form, list)
  local names, rows = table.move(of_person, 1, #of_person, 2, { "key" }), {}
  names[#names + 1] = "chosen"
  for _, question in ipairs(form.questions) do
    if question ~= form.wishes then names[#names + 1] = question.key end
  end
  names[#names + 1], names[#names + 2] = "consented_to", "consented_at"
  for i, row in ipairs(list) do rows[i] = cells_of(row.key, row) end
  return names, rows
end

-- ---- the event that takes over --------------------------------------------------------------------------

local known <const> = { interested_in = "text", choice = "names?", file = "text?" }

local function split(word, text)
  local event, list = text:match("^([^/%s]+)/([^/%s]+)$")
  if not event then
    check.refuse('%s: interested_in names an event and its form, as in  "hlb-2021/trainings"', word)
  elseif event == facts.event.id then
    check.refuse("%s: '%s' is a form of this event: interested_in names one of an event before", word, text)
  end
  return event, list
end

-- What the database has of the list, or nil: it knows no such event.
local function from_database(word, event, list)
  local fine, kept = pcall(usher.handed, event, list)
  if not fine then check.refuse("%s: %s", word, check.clean(kept)) end
  if kept and kept.about.survey then
    check.refuse("%s: '%s' of %s is %s survey, and makes no list of people: ask with names and consent, in  "
      .. 'interest "..." { ... }', word, list, event, kept.about.survey == "named" and "a" or "an anonymous")
  end
  return kept
end

-- The name of a column as a file's first line would have it (csv.lua).
local function column_of(name) return (name:lower():gsub("[%s-]+", "_")) end

local function row_of(line, key, row, columns)
  local cells = {}
  for name, value in pairs(cells_of(key, row)) do
    local column = column_of(name)
    if value ~= "" then cells[column], columns[column] = tostring(value), true end
  end
  return { line = line, cells = cells }
end

local function has_chosen(text, choices)
  for _, one in ipairs(choices) do
    if (("; %s; "):format(text or "")):find(("; %s; "):format(one), 1, true) then return true end
  end
  return false
end

-- Why whoever has that row is not to hear of it, or nil.
local function objection(row, wish)
  if not row or row.taken_back then return ("has taken back the wish to hear of %s"):format(wish.of) end
  if not wish.choices or has_chosen(table.concat(row.chosen, "; "), wish.choices) then return nil end
  return ("does not wish to hear of %s"):format(table.concat(wish.choices, " or "))
end

local function rows_of(people, wish)
  local rows, columns = {}, {}
  for _, key in ipairs(check.names(people)) do
    facts.left[key] = objection(people[key], wish)
    if not facts.left[key] then rows[#rows + 1] = row_of(#rows + 1, key, people[key], columns) end
  end
  return rows, check.names(columns)
end

local function choices_of(word, choice)
  if type(choice) ~= "table" then return choice and { choice } end
  for i, one in ipairs(choice) do
    if type(one) ~= "string" then check.refuse("%s: choice %d is a %s, not a text", word, i, type(one)) end
  end
  return choice
end

local function check_choices(word, choices, there)
  local names = {}
  for _, one in ipairs(there) do names[one] = true end
  for _, one in ipairs(choices or {}) do
    if not names[one] then
      check.refuse("%s: choice = '%s': nobody could choose that%s", word, one,
        check.meant(one, check.names(names)))
    end
  end
end

-- What anybody has chosen: a file does not say what else there was.
local function chosen_in(rows)
  local all = {}
  for _, row in ipairs(rows) do
    for one in ((row.cells.chosen or "") .. "; "):gmatch("(.-); ") do all[#all + 1] = one end
  end
  return all
end

local function narrow(rows, choices)
  local kept = {}
  for _, row in ipairs(rows) do
    if not choices or has_chosen(row.cells.chosen, choices) then kept[#kept + 1] = row end
  end
  return kept
end

local function from_file(word, o, event, choices, found)
  if not o.file then
    check.refuse("%s: this database knows no event '%s': use the one in which it took place, or name the "
      .. 'file of its list, as in  file = "interested.csv"  (organisers get it from the page of the form)',
      word, event)
  end
  local list = lists.read(check.file(word, o.file), o.file, found)
  check_choices(word, choices, chosen_in(list.rows))
  list.rows = narrow(list.rows, choices)
  return list
end

-- handed.read(word, given, found) -> list as lists.read has it, with its wish: the list of an earlier event
-- as this database has it; when it knows no such event, the file, which has no wish.
function handed.read(word, given, found)
  local o = check.options(word, given, known)
  local event, list = split(word, o.interested_in)
  local kept, choices = from_database(word, event, list), choices_of(word, o.choice)
  if not kept then return from_file(word, o, event, choices, found) end
  check_choices(word, choices, kept.about.choices or {})
  local wish = { list = o.interested_in, of = list, choices = choices }
  local rows, columns = rows_of(kept.people, wish)
  if #rows == 0 then
    facts.note("%s: nobody has said so far in '%s' of %s that they would like to hear of %s", word, list,
      event, choices and table.concat(choices, " or ") or "it")
  end
  facts.wishes[#facts.wishes + 1] = wish
  local function place(line) return ("%s:%d"):format(o.interested_in, line) end
  return { file = o.interested_in, rows = rows, columns = columns, heading = 1, place = place, remarks = {},
    wish = wish }
end

-- handed.refusal(person) -> why this person, who is here for what they said in an earlier event, gets no more
-- of it, or nil. In usher.decide, handlers and routes.
function handed.refusal(person)
  local wish = person.wish
  return wish and objection(book():get(("%s/%s"):format(wish.list, person.key)), wish)
end

-- handed.from(wish) -> "hlb-2021/trainings (Data protection)": where such people come from
function handed.from(wish)
  return wish.choices and ("%s (%s)"):format(wish.list, table.concat(wish.choices, ", ")) or wish.list
end

-- Who would be on the list now and is not, and who is on it and would not.
local function changes_of(wish)
  local more, fewer, prefix = 0, 0, wish.list .. "/"
  for key, row in book():each() do
    local person = key:sub(1, #prefix) == prefix and key:sub(#prefix + 1)
    local listed = person and facts.by_key[person]
    local stands = person and not objection(row, wish)
    if stands and not listed then more = more + 1 end
    if listed and listed.wish and not stands then fewer = fewer + 1 end
  end
  return more, fewer
end

local function people_text(n, rest)
  return n == 1 and "1 person has " .. rest or ("%d people have %s"):format(n, rest)
end

-- handed.news() -> list of sentences: how the lists have changed since the script was loaded. In handlers and
-- routes.
function handed.news()
  local list = {}
  for _, wish in ipairs(facts.wishes) do
    local more, fewer = changes_of(wish)
    if more > 0 then
      list[#list + 1] = ("%s since in %s: usher plan shows what that means, usher reload invites"):format(
        people_text(more, "said so"), handed.from(wish))
    end
    if fewer > 0 then
      list[#list + 1] = ("%s since in %s; no more mail about it goes there"):format(
        people_text(fewer, "taken it back"), handed.from(wish))
    end
  end
  return list
end

-- handed.consent(person) -> sentence, or nil: to what this person consented, and when, as the list says
function handed.consent(person)
  if not person.consented_to then return nil end
  return person.consented_at and ("%s (%s)"):format(person.consented_to, person.consented_at)
    or person.consented_to
end

return handed
