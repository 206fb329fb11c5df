-- SPDX-License-Identifier: MIT
-- programme: the order of the day, as pasted from a Word table or written as a list. An item has a title, may
-- have a time and people, and floats when it has no time: then it keeps its place in the order.
--   item = { title, text, starts, ends (moments or nil), people (list of persons), section, where }
-- A line without a time is a heading when the next line has one, and an item otherwise ("Group Photo" before
-- "Presentation"). `check` lists what was read as what, so that nobody has to know this rule.
local check = require "usher.check"
local dates = require "usher.dates"
local facts = require "usher.facts"
local lang = require "usher.lang"
local people = require "usher.people"

local programme = {}

local ITEMS_MAX <const> = 500

-- Between two times people write a hyphen, an en or em dash, a tilde, or a word.
local dashes <const> = { "\u{2013}", "\u{2014}", "\u{2212}", "\u{301C}", "\u{FF5E}", "~" }
local bullets <const> = { "\u{25AA}", "\u{2022}", "\u{25CF}", "\u{25A0}", "\u{00B7}", "*", "- " }
-- Untimed lines with these words are things to do, whatever follows them.
local doings <const> = { "photo", "break", "lunch", "tea", "coffee" }
-- Items of this kind are given by somebody.
local given_by_somebody <const> = { "remarks", "introduction", "address", "speech", "keynote", "welcome" }

local function has_word(text, words)
  local lower = text:lower()
  for _, word in ipairs(words) do
    if lower:find(word, 1, true) then return true end
  end
  return false
end

local function trim(text) return text:match("^%s*(.-)%s*$") end

local function plain(line)
  line = line:gsub("<[%a/][^>]*>", ""):gsub("\u{00A0}", " ")
  for _, dash in ipairs(dashes) do line = line:gsub(dash, "-") end
  return trim(line)
end

-- Without its bullet; and whether it had one.
local function strip_bullet(text)
  for _, bullet in ipairs(bullets) do
    if text:sub(1, #bullet) == bullet then return trim(text:sub(#bullet + 1)), true end
  end
  return text, false
end

-- The clock time at the beginning of a text, { hour, minute, half, bare }, and what follows it; or nil.
local function read_clock(text)
  local hour, minute, rest = text:match("^%s*(%d%d?)[:.]?(%d?%d?)(.*)$")
  if not hour then return nil end
  local half, after = rest:match("^%s*([AaPp])%.?[Mm]%f[%W]%.?(.*)$")
  return { hour = tonumber(hour), minute = tonumber(minute) or 0, half = half and half:lower(),
    bare = minute == "" }, after or rest
end

-- "14:30" of a clock time, or nil when no clock shows it. `half` is the other end's: "2 - 4.30 PM".
local function clock_text(clock, half)
  local hour = clock.hour
  half = clock.half or half
  if half and (hour < 1 or hour > 12) then return nil end
  if half then hour = hour % 12 + (half == "p" and 12 or 0) end
  if hour > 23 or clock.minute > 59 then return nil end
  return ("%02d:%02d"):format(hour, clock.minute)
end

-- "14:05 - 14:10  Remarks" -> "14:05", "14:10", "Remarks"; nil when the line does not begin with a time.
local function split_times(line)
  local first, rest = read_clock(line)
  if not first then return nil end
  local between = rest:match("^%s*-(.*)$") or rest:match("^%s+to%s+(.*)$") or rest:match("^%s+bis%s+(.*)$")
  local second, after
  if between then second, after = read_clock(between) end
  if not second and first.bare and not first.half then return nil end -- "3 objectives" is no time
  local from, to = clock_text(first, second and second.half), second and clock_text(second)
  if not from or second and not to then return nil end
  return from, to, (after or rest):match("^[%s|]*(.-)[%s|]*$")
end

-- A time of the event's day; of the next when the event goes past midnight and the time is before its start.
local function moment_at(time)
  local event = facts.event
  local day, last = event.starts.wall:sub(1, 10), event.ends.wall:sub(1, 10)
  if last > day and time <= event.ends.wall:sub(12, 16) and time < event.starts.wall:sub(12, 16) then
    day = last
  end
  return usher.time.at(day .. " " .. time, event.zone)
end

-- An office is named in a text as where somebody comes from ("Director, APCICT/ESCAP"), not as who speaks.
local function may_speak(person)
  return person.roles.speaker or not next(person.roles)
end

-- The people whom a text names, in the order of people.csv.
local function named_in(text)
  local named, first = {}, nil
  for _, person in ipairs(facts.people) do
    local at = text:find(person.name, 1, true)
    if at and may_speak(person) then
      named[#named + 1] = person
      local full_at = text:find(facts.full_name(person), 1, true)
      first = math.min(first or at, full_at or at)
    end
  end
  return named, first
end

local cuts <const> = { "%s+[Bb]y%s*:?$", "%s*Resource [Pp]ersons?:$", "%s*Speakers?:$", "%s*[,:(-]$" }

-- "Remarks by Mr. Kiyoug Ko, Director" -> "Remarks".
local function title_of(text, named_at)
  if not named_at then return text end
  local title = trim(text:sub(1, named_at - 1))
  for _, cut in ipairs(cuts) do title = trim(title:gsub(cut, "")) end
  return title ~= "" and title or text
end

local naming <const> = { " [Bb]y%s+()(%u.*)$", "Resource [Pp]ersons?:%s*()(.+)$", "Speakers?:%s*()(.+)$" }

-- "Remarks by Dr. Nobody": a name that people.csv does not have, and where it begins.
local function unknown_name(text)
  for _, pattern in ipairs(naming) do
    local at, name = text:match(pattern)
    if at then return name, at end
  end
end

local function make_item(text, from, to, where)
  local named, named_at = named_in(text)
  local stranger
  if #named == 0 then stranger, named_at = unknown_name(text) end
  return { text = text, title = title_of(text, named_at), people = named, where = where,
    starts = from and moment_at(from), ends = to and moment_at(to),
    stranger = stranger }
end

local months <const> = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec" }

-- A date above the table that is not the event's is a slip in one of the two.
local function compare_date(line, where)
  local day, month, year = line:match("(%d%d?)%s+(%a%a%a)%a*%.?,?%s+(%d%d%d%d)")
  if not day then return end
  for number, name in ipairs(months) do
    local date = ("%s-%02d-%02d"):format(year, number, tonumber(day))
    if name == month:lower() and date ~= facts.event.starts.wall:sub(1, 10) then
      facts.note("%s: '%s' is not the event's date, %s", where, line, facts.event.starts.wall:sub(1, 10))
    end
  end
end

-- The lines of a pasted table: { text, from, to, bullet, where }; what stands above its head line is left
-- out.
local function read_lines(text, file)
  local lines, number = {}, 0
  for raw in (text:gsub("^\u{FEFF}", "") .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local line = plain(raw):gsub("^|%s*", "")
    if line:lower():find("^time%s*[\t|]") or line:lower():find("^time%s+description") then
      for _, above in ipairs(lines) do compare_date(above.text, above.where) end
      lines = {}
    elseif line ~= "" and not line:find("^[%s|:-]+$") then
      local from, to, rest = split_times(line)
      local body, bullet = strip_bullet(rest or trim(line:gsub("[%s|]+$", "")))
      lines[#lines + 1] = { text = body, from = from, to = to, bullet = bullet,
        where = ("%s:%d"):format(file, number) }
    end
  end
  return lines
end

local function is_heading(line, following)
  return not line.from and not line.bullet and following ~= nil and following.from ~= nil
    and not has_word(line.text, doings)
end

local function read_pasted(text, file)
  local items, section, headings = {}, nil, {}
  local lines = read_lines(text, file)
  for i, line in ipairs(lines) do
    if is_heading(line, lines[i + 1]) then
      section = line.text
      headings[#headings + 1] = section
    else
      local item = make_item(line.text, line.from, line.to, line.where)
      item.section = section
      items[#items + 1] = item
    end
  end
  if #headings > 0 then facts.note("%s: read as headings: %s", file, table.concat(headings, ", ")) end
  return items
end

local function quoted(text) return '"' .. text:gsub('[\\"]', "\\%0") .. '"' end

-- programme.as_lua(text, file) -> text: a pasted table as the list that a script may hold instead, word for
-- word, so that people are found in it as in the table.
function programme.as_lua(text, file)
  local lines, list, section = read_lines(text, file), { "programme {" }, nil
  for i, line in ipairs(lines) do
    if is_heading(line, lines[i + 1]) then
      section = line.text
    else
      local time = line.from and (line.to and line.from .. "-" .. line.to or line.from)
      list[#list + 1] = ("  { %s%s%s },"):format(time and quoted(time) .. ", " or "", quoted(line.text),
        section and ", section = " .. quoted(section) or "")
    end
  end
  if #list == 1 then check.refuse("%s: no line of it is an item of a programme", file) end
  list[#list + 1] = "}\n"
  return table.concat(list, "\n")
end

local item_options <const> = { "by", "section" }

local function read_entry(entry, number)
  local where = ("item %d"):format(number)
  if type(entry) ~= "table" or type(entry[1]) ~= "string" then
    check.refuse('programme: %s: write it as { "14:00-14:05", "Title", by = "key" } or { "Title" }', where)
  end
  for name in pairs(entry) do
    if type(name) == "string" and name ~= "by" and name ~= "section" then
      check.refuse("programme: %s: no option '%s'%s", where, name, check.meant(name, item_options))
    end
  end
  local from, to, rest = split_times(plain(entry[1]))
  local item = make_item(entry[2] or rest ~= "" and rest or entry[1], from, to, where)
  item.section = entry.section
  if entry.by then
    item.people = {}
    for i, key in ipairs(type(entry.by) == "table" and entry.by or { entry.by }) do
      item.people[i] = people.need("programme", key)
    end
  end
  return item
end

--- programme "programme.txt" -> nothing
--- Says the order of the day: a table pasted from a document, or a list of { "14:00-14:05", "Title", by =
--- "key" } with section = "..." where wanted. An item without a time keeps its place in the order. Names of
--- people are found in the text.
--- Example: programme { { "14:00-14:05", "Welcome" }, { "Group photo" }, { "14:05-16:30", "Discussion" } }
programme.programme = check.word(function(given)
  facts.need_event("programme")
  facts.need_no_rules("programme")
  local items = {}
  if type(given) == "string" then
    items = read_pasted(check.file("programme", given), given)
  elseif type(given) == "table" then
    for i, entry in ipairs(given) do items[i] = read_entry(entry, i) end
  end
  if #items == 0 then check.refuse('programme: name a file with the items, as in  "programme.txt"') end
  if #items > ITEMS_MAX then check.refuse("programme: more than %d items", ITEMS_MAX) end
  table.move(items, 1, #items, 1, facts.items)
end)

-- The item with that title, or a refusal that names the nearest.
function programme.need(word, title)
  local titles = {}
  for i, item in ipairs(facts.items) do
    if item.title:lower() == title:lower() then return item end
    titles[i] = item.title
  end
  check.refuse("%s: the programme has no item '%s'%s", word, title, check.meant(title, titles))
end

-- programme.time_text(item, zone, language) -> "14:05-14:10" in a zone; nil for a floating item
function programme.time_text(item, zone, language)
  if not item.starts then return nil end
  local from = dates.clock(item.starts, zone, language)
  return item.ends and from .. "-" .. dates.clock(item.ends, zone, language) or from
end

-- programme.given_by(item, language) -> text, or nil: who gives an item, for people to read
function programme.given_by(item, language)
  local names = {}
  for i, person in ipairs(item.people) do names[i] = facts.full_name(person) end
  if #names > 0 then return table.concat(names, ", ") end
  return item.undecided and lang.text(language, "mails.undecided") or item.stranger
end

local function say_floating(item, following, add)
  local what = "what follows"
  if following and following.section and following.section ~= item.section then
    what = "the " .. following.section:lower()
  elseif following then
    what = following.title
  end
  if following then
    local thing = item.title:match("(%a+)$"):lower()
    add("%s has no time: %s will start late or the %s takes from it", item.title, what, thing)
  else
    add("%s has no time and nothing follows it: it takes place after the end", item.title)
  end
end

local function say_people(item, add)
  if item.stranger then
    add("%s: '%s' is not in people", item.title, item.stranger)
  elseif #item.people == 0 and not item.undecided and has_word(item.title, given_by_somebody) then
    add('%s: nobody is named: name a person, or write  undecided "%s" { ... }', item.title, item.title)
  end
end

local function clock_of(moment) return moment.wall:sub(12, 16) end

local function say_times(item, before, add)
  local event = facts.event
  if item.ends and item.ends.utc <= item.starts.utc then
    add("%s ends at %s, not after its start at %s", item.title, clock_of(item.ends), clock_of(item.starts))
  end
  local begins = before and (before.ends or before.starts) or event.starts
  local open = before and not before.ends -- then it lasts until this one
  if item.starts.utc > begins.utc and not open then
    add("%s-%s: nothing is planned before %s", clock_of(begins), clock_of(item.starts), item.title)
  elseif before and item.starts.utc < begins.utc then
    add("%s and %s overlap: %s-%s", before.title, item.title, clock_of(item.starts), clock_of(begins))
  elseif not before and item.starts.utc < begins.utc then
    add("%s is at %s, before the event's start at %s", item.title, clock_of(item.starts), clock_of(begins))
  end
  if (item.ends or item.starts).utc > event.ends.utc then
    add("%s ends at %s, after the event's end at %s", item.title, clock_of(item.ends or item.starts),
      clock_of(event.ends))
  end
end

-- Sentences about the programme: gaps, overlaps, items after the end, nobody named.
function programme.check(add)
  local before
  for i, item in ipairs(facts.items) do
    if item.starts then
      say_times(item, before, add)
      before = item
    else
      say_floating(item, facts.items[i + 1], add)
    end
    say_people(item, add)
  end
  if before and before.ends and before.ends.utc < facts.event.ends.utc then
    add("%s-%s: nothing is planned", clock_of(before.ends), clock_of(facts.event.ends))
  end
end

return programme
