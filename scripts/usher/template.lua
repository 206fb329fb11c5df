-- SPDX-License-Identifier: MIT
-- template: texts with {placeholders}. A placeholder that nobody knows, or that is empty for somebody, is an
-- error when the script is checked, never a mail that begins with "Dear ,". Rendered when a mail is sent, so
-- that an edit reaches the mails that wait.
--
-- A field is a function of the case: { person, rule, item, anchor, asked, values }. Fields of `asked` look at
-- the book; they are computed inside usher.decide and arrive in case.asked. `values` are placeholders of that
-- mail alone, name -> text.
local audience = require "usher.audience"
local check = require "usher.check"
local facts = require "usher.facts"
local links = require "usher.links"
local programme = require "usher.programme"
local roster = require "usher.roster"

local template = {}

local url <const> = "^https?://[%w%-._~:/?#@!$&'()*+,;=%%]+$"

-- What lists and facts say is no Markdown: a name stays a name, whatever is in it. A web address alone stays
-- a link, and may stand in  [words]({column}).
local function escape(text)
  text = text:gsub("%s+", " ")
  if text:find(url) then return "<" .. text .. ">" end
  text = text:gsub("[\\`*_<>%[%]&~|#@]", "\\%0"):gsub("://", ":\\//")
  return (text:gsub("^[-+=]", "\\%0"):gsub("^(%d+)([.)])", "%1\\%2"))
end
template.escape = escape

-- template.address(person) -> "Dasho Karma Dorji" <karma@office.example>, as usher.mail takes it
function template.address(person)
  return ('"%s" <%s>'):format(facts.full_name(person):gsub('[\\"]', "\\%0"), person.mail)
end

local function zone_text(ms, zone)
  return usher.time.format(ms, zone, "%P (%z)")
end

-- "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)"
local function span_text(anchor, zone)
  local format = usher.time.format
  local ends = anchor.ends or anchor.starts
  local last = "-" .. format(ends, zone, "%H:%M")
  if format(anchor.starts, zone, "%Y-%m-%d") ~= format(ends, zone, "%Y-%m-%d") then
    last = format(ends, zone, " to %a %d %b %Y, %H:%M")
  end
  return ("%s%s %s"):format(format(anchor.starts, zone, "%a %d %b %Y, %H:%M"), last,
    zone_text(anchor.starts, zone))
end

-- Both clocks when they differ: their own first, then the event's, which has its day when that differs too.
local function both_text(anchor, zone)
  local own = span_text(anchor, zone)
  if zone == facts.event.zone then return own end
  local format, event_zone = usher.time.format, facts.event.zone
  local ends = anchor.ends or anchor.starts
  local same_day = format(anchor.starts, zone, "%a") == format(anchor.starts, event_zone, "%a")
    and format(ends, zone, "%a") == format(ends, event_zone, "%a")
  if not same_day then return ("%s, which is %s"):format(own, span_text(anchor, event_zone)) end
  return ("%s, which is %s-%s %s"):format(own, format(anchor.starts, event_zone, "%H:%M"),
    format(ends, event_zone, "%H:%M"), zone_text(anchor.starts, event_zone))
end

template.span, template.both = span_text, both_text

-- template.clock(ms, zone) -> "Tue 23 Feb 2021, 10:00 Seoul (UTC+9), which is 07:00 Thimphu (UTC+6)"
function template.clock(ms, zone)
  local format, event_zone = usher.time.format, facts.event.zone
  local own = format(ms, zone, "%a %d %b %Y, %H:%M %P (%z)")
  if zone == event_zone then return own end
  local same_day = format(ms, zone, "%d") == format(ms, event_zone, "%d")
  return ("%s, which is %s"):format(own,
    format(ms, event_zone, same_day and "%H:%M %P (%z)" or "%a %d %b %Y, %H:%M %P (%z)"))
end

local function where_text()
  local where = facts.event.where
  if not where then return "" end
  if where.kind == "place" then return escape(where.text) end
  local text = "Zoom: <" .. where.link .. ">"
  if where.id then text = text .. ", meeting ID " .. where.id end
  if where.code then text = text .. ", passcode " .. where.code end
  return text
end

local function item_line(item, zone)
  local by = programme.given_by(item)
  local title = by and ("%s (%s)"):format(escape(item.title), escape(by)) or escape(item.title)
  local time = programme.time_text(item, zone)
  return time and ("- %s %s"):format(time, title) or "- " .. title
end

local function programme_text(case)
  local lines = { "Times of " .. zone_text(facts.event.starts, case.person.zone) .. ":", "" }
  for _, item in ipairs(facts.items) do lines[#lines + 1] = item_line(item, case.person.zone) end
  return #facts.items > 0 and table.concat(lines, "\n") or ""
end

-- The order of the day for the person who runs it: every zone of those who speak, and what is open.
local function run_of_show(case)
  local lines = {}
  for _, item in ipairs(facts.items) do
    local line = item_line(item, case.person.zone)
    for _, person in ipairs(item.people) do
      if item.starts and person.zone ~= case.person.zone then
        line = ("%s, %s %s"):format(line, usher.time.format(item.starts, person.zone, "%H:%M"),
          zone_text(item.starts, person.zone))
      end
    end
    if not item.starts then line = line .. ": no time of its own, straight after the item before" end
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n")
end

local function names_of(list)
  local names = {}
  for i, person in ipairs(list) do names[i] = escape(facts.full_name(person)) end
  local last = table.remove(names)
  return #names > 0 and table.concat(names, ", ") .. " and " .. last or last or ""
end

local function organisers_text() return names_of(audience.organisers()) end

local function objectives_text()
  local lines = {}
  for i, objective in ipairs(facts.objectives) do lines[i] = "- " .. escape(objective) end
  return table.concat(lines, "\n")
end

-- The items of a person, for speakers' mails: "12:05-12:20 Seoul (UTC+9): Remarks".
local function own_items(case)
  local lines, zone = {}, case.person.zone
  for _, item in ipairs(facts.items) do
    for _, person in ipairs(item.people) do
      if person.key == case.person.key then
        local time, title = programme.time_text(item, zone), escape(item.title)
        lines[#lines + 1] = time and ("- %s %s: %s"):format(time, zone_text(item.starts, zone), title)
          or "- " .. title
      end
    end
  end
  return table.concat(lines, "\n")
end

-- What comes after an item, floating ones included: "Group Photo, then Presentation".
local function next_text(case)
  local names, found = {}, false
  for _, item in ipairs(facts.items) do
    if found then
      names[#names + 1] = escape(item.title)
      if item.starts then break end
    end
    found = found or item.title == case.item.title
  end
  return #names > 0 and table.concat(names, ", then ") or "the end of the programme"
end

-- "Secretaries: 5 coming, 1 declined, 2 without an answer", one line for each group.
local function answers_text()
  local answers, guests, lines = usher.book("answers"), roster.guests(), {}
  local groups = #facts.groups > 0 and facts.groups or { false }
  for _, group in ipairs(groups) do
    local yes, no, waiting, none = 0, 0, 0, 0
    for _, guest in ipairs(guests) do
      if not group or guest.group == group then
        local answer = answers:get(guest.key)
        if answer and answer.answer == "yes" then yes = yes + 1
        elseif answer then no = no + 1
        elseif roster.waits(guest.key) then waiting = waiting + 1
        else none = none + 1 end
      end
    end
    local line = ("- %s: %d coming, %d declined, %d without an answer"):format(escape(group or "Guests"),
      yes, no, none)
    lines[#lines + 1] = waiting > 0 and ("%s, %d on the wait-list"):format(line, waiting) or line
  end
  return table.concat(lines, "\n")
end

-- {answer_link} and its like: an address of their own for each person, as a link of Markdown.
local function link_field(kind)
  return function(case)
    local address = links.url(kind, case.person.key)
    return address and "<" .. address .. ">" or ""
  end
end

-- These differ from person to person; all others are the same for everybody in one zone.
local personal <const> = {
  name = function(case) return escape(case.person.name) end,
  salutation = function(case) return escape(case.person.salutation or "") end,
  full_name = function(case) return escape(facts.full_name(case.person)) end,
  group = function(case) return escape(case.person.group or "") end,
  own_items = own_items,
}
for _, kind in ipairs { "answer", "join", "survey", "interest", "signup", "ask", "unsubscribe",
  "calendar" } do
  personal[kind .. "_link"] = link_field(kind)
end

local shared <const> = {
  title = function() return escape(facts.event.title) end,
  when = function() return span_text(facts.event, facts.event.zone) end,
  when_theirs = function(case) return span_text(facts.event, case.person.zone) end,
  when_both = function(case) return both_text(facts.event, case.person.zone) end,
  where = where_text,
  programme = programme_text,
  run_of_show = run_of_show,
  organisers = organisers_text,
  objectives = objectives_text,
  signup_page = function()
    local address = facts.signup and usher.http.url(facts.signup.path)
    return address and "<" .. address .. ">" or ""
  end,
  from = function() return facts.event.reply_to or facts.event.from or "" end,
}

-- Only in cues.
local item_fields <const> = {
  item = function(case) return escape(case.item.title) end,
  item_when = function(case) return both_text(case.item, case.person.zone) end,
  item_next = next_text,
  minutes = function(case)
    return ("%d"):format((case.item.starts.utc - case.moment.utc) // 60000)
  end,
}

local asked <const> = { answers = answers_text }

local lists <const> = { programme = true, run_of_show = true, objectives = true, own_items = true,
  answers = true }

-- What to write when one of these is empty.
local cures <const> = {
  organisers = 'give somebody in people the role organiser, or name keys:  organisers = { "key" }  in event',
  programme = 'say  programme "programme.txt"  above the rules',
  run_of_show = 'say  programme "programme.txt"  above the rules',
  objectives = 'say  objectives { "..." }  above the rules',
  where = "say  where = ...  in event",
  from = 'say  from = "Office <...>"  in event',
  own_items = "the programme names them nowhere",
  signup_page = "say  signup { ... }  above the rules",
}
for name in pairs(personal) do
  if name:find("_link$") then
    cures[name] = 'links need a web address: say  web = { base_url = "https://..." }  in the configuration'
  end
end

local function words_of(text)
  local list, seen = {}, {}
  for word in text:gmatch("{([%a_][%w_]*)}") do
    if not seen[word] then list[#list + 1], seen[word] = word, true end
  end
  return list
end

local function value_of(word, case)
  if case.values and case.values[word] then return case.values[word] end
  if asked[word] then return case.asked[word] end
  local field = personal[word] or shared[word] or case.item and item_fields[word]
  if field then return field(case) end
  local extra = case.person[word]
  return type(extra) == "string" and escape(extra) or ""
end

-- template.asked(texts) -> name -> text: the fields among them that look at the book. Only in usher.decide.
function template.asked(texts)
  local values = {}
  for _, text in ipairs(texts) do
    for _, word in ipairs(words_of(text)) do
      if asked[word] then values[word] = asked[word]() end
    end
  end
  return values
end

-- template.render(text, case) -> text
function template.render(text, case)
  return (text:gsub("{([%a_][%w_]*)}", function(word) return value_of(word, case) end))
end

-- A subject is no Markdown: without the escapes.
function template.render_subject(text, case)
  return (template.render(text, case):gsub("\\(%p)", "%1"):gsub("%s+", " "))
end

local function known_words(case)
  local names = {}
  for _, map in ipairs { personal, shared, asked, facts.columns, case.item and item_fields or {},
    case.values or {} } do
    for name in pairs(map) do names[name] = true end
  end
  return names
end

local function is_known(word, case)
  return personal[word] or shared[word] or asked[word] or facts.columns[word]
    or case.item and item_fields[word] or case.values and case.values[word]
end

-- A list in the middle of a sentence would be no list any more.
local function stands_alone(text, word)
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local has_it = line:find("{" .. word .. "}", 1, true)
    if has_it and not line:find("^%s*{" .. word .. "}%s*$") then return false end
  end
  return true
end

local function line_of(text, word)
  local _, breaks = text:sub(1, text:find("{" .. word .. "}", 1, true)):gsub("\n", "")
  return breaks + 1
end

-- template.check(text, where, case, whole) -> a sentence about a placeholder that nobody knows or that is
-- empty for this person, or nil. `where` says which text; unless `whole`, only what differs between people.
function template.check(text, where, case, whole)
  for _, word in ipairs(words_of(text)) do
    if not is_known(word, case) then
      return ("%s line %d: unknown placeholder {%s}%s"):format(where, line_of(text, word), word,
        check.meant(word, check.names(known_words(case))))
    end
    local looked_at = (whole or not shared[word]) and not (case.values and case.values[word])
    if looked_at and not asked[word] and value_of(word, case) == "" then
      local whose = shared[word] and ""
        or (" for %s (%s)"):format(facts.full_name(case.person), case.person.where)
      local cure = cures[word] and ": " .. cures[word] or ""
      return ("%s line %d: {%s} is empty%s%s"):format(where, line_of(text, word), word, whose, cure)
    end
    if whole and lists[word] and not stands_alone(text, word) then
      return ("%s line %d: {%s} is a list: give it a line of its own"):format(where,
        line_of(text, word), word)
    end
  end
end

return template
