-- SPDX-License-Identifier: MIT
-- template: texts with {placeholders}. A placeholder that nobody knows, or that is empty for somebody, is an
-- error when the script is checked, never a mail that begins with "Dear ,". Rendered when a mail is sent, so
-- that an edit reaches the mails that wait.
--
-- A field is a function of the case: { person, rule, item, session, anchor, asked, language: of the text,
-- values: placeholders of that mail alone, name -> Markdown; for_assistant: the person's assistant reads it;
-- chosen: ids of the sessions to which they come, when it is not all of them }.
-- Fields of `asked` look at the book; they are computed inside usher.decide and arrive in case.asked.
local audience = require "usher.audience"
local check = require "usher.check"
local dates = require "usher.dates"
local facts = require "usher.facts"
local invite = require "usher.invite"
local lang = require "usher.lang"
local links = require "usher.links"
local programme = require "usher.programme"
local roles = require "usher.office.roles"
local sessions = require "usher.sessions"
local tally = require "usher.tally"

local template = {}

local DAY_MS <const> = 24 * 3600 * 1000

local url <const> = "^https?://[%w%-._~:/?#@!$&'()*+,;=%%]+$"

-- What lists, facts and people say is no Markdown: a name stays a name, whatever is in it.
local function escape(text)
  text = text:gsub("%s+", " "):gsub("[\\`*_<>%[%]&~|#@]", "\\%0"):gsub("://", ":\\//")
  return (text:gsub("^[-+=]", "\\%0"):gsub("^(%d+)([.)])", "%1\\%2"))
end
template.escape = escape

-- What an organiser wrote into a column of their own, or as the place: a web address alone stays a link, and
-- may stand in  [words]({column}). What guests type in never does.
local function escape_or_link(text)
  return text:find(url) and "<" .. text .. ">" or escape(text)
end

-- template.address(person) -> "Dasho Karma Dorji" <karma@office.example>, as usher.mail takes it
function template.address(person)
  return ('"%s" <%s>'):format(facts.full_name(person):gsub('[\\"]', "\\%0"), person.mail)
end

local function language_of(case) return case.language or facts.event.language end

-- What stands around a value, in the language of the text that it is put into.
local function say(case, key, values)
  return lang.text(language_of(case), "mails." .. key, values)
end

-- template.span(anchor, zone, code) -> "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)"; an item without an end
-- has one time
function template.span(anchor, zone, code)
  return anchor.ends and dates.span(anchor, zone, code) or dates.long(anchor.starts, zone, code)
end

local function is_same_day(moment, zone, other_zone)
  return not moment or usher.time.format(moment, zone, "%a") == usher.time.format(moment, other_zone, "%a")
end

local function clocks(anchor, zone, code)
  if anchor.ends then return dates.clocks(anchor, zone, code) end
  return ("%s %s"):format(dates.clock(anchor.starts, zone, code), dates.place(anchor.starts, zone, code))
end

-- template.both(anchor, zone, code): both clocks when they differ: their own first, then the event's, which
-- has its day when that differs too.
function template.both(anchor, zone, code)
  local own, event_zone = template.span(anchor, zone, code), facts.event.zone
  if zone == event_zone then return own end
  local brief = is_same_day(anchor.starts, zone, event_zone) and is_same_day(anchor.ends, zone, event_zone)
  return lang.text(code, "mails.which_is", { own = own,
    theirs = brief and clocks(anchor, event_zone, code) or template.span(anchor, event_zone, code) })
end

-- template.clock(ms, zone, code) -> "Tue 23 Feb 2021, 10:00 Seoul (UTC+9), which is 07:00 Thimphu (UTC+6)"
function template.clock(ms, zone, code)
  return template.both({ starts = ms }, zone, code)
end

local function link_to(kind, case)
  if kind == "answer" then kind = links.to_answer(case.person) end
  local o = { assistant = case.for_assistant and (kind == "answer" or kind == "unsubscribe") }
  local address = links.url(kind, case.person, o)
  return address and "<" .. address .. ">"
end

-- A place; of a meeting on Zoom the reader's own link, which leads to wherever the meeting is on the day.
-- Only an installation without a web address writes the meeting's own.
local function where_text(case)
  local where = (case.session or facts.event).where
  if not where then return "" end
  if where.kind == "place" then return escape_or_link(where.text) end
  local own = link_to("join", case)
  if own then return "Zoom: " .. own end
  if not where.link then return "Zoom" end -- usher makes the meeting, and people get in by their page
  local text = "Zoom: <" .. where.link .. ">"
  if where.id then text = text .. say(case, "meeting_id", { id = where.id }) end
  if where.code then text = text .. say(case, "passcode", { code = where.code }) end
  return text
end

-- Where it takes place, without how to get in: for whoever has not said yet that they come.
local function venue(case)
  local where = (case.session or facts.event).where
  return where and (where.kind == "place" and escape_or_link(where.text) or "Zoom") or ""
end

local function how_to_answer(case)
  local link = link_to("answer", case)
  if not link then return say(case, "answer_by_reply") end
  if not case.for_assistant then return say(case, "answer_here", { link = link }) end
  return say(case, "answer_for", { link = link, name = escape(facts.full_name(case.person)) })
end

local function how_to_join(case)
  local where, link = (case.session or facts.event).where, link_to("join", case)
  if where and where.kind == "place" then return where_text(case) end
  return link and say(case, "join_here", { link = link }) or where_text(case)
end

-- Empty as long as no certificate stands above.
local function to_certificate(case)
  return #facts.certificates > 0 and link_to("certificate", case) or ""
end

local function how_to_certificate(case)
  local link = to_certificate(case)
  return link ~= "" and say(case, "certificate_here", { link = link }) or say(case, "certificate_kept")
end

local function how_to_change(case)
  local link = link_to("answer", case)
  return link and say(case, "change_here", { link = link }) or say(case, "change_by_reply")
end

local function item_line(item, zone, case)
  local by = programme.given_by(item, language_of(case))
  local title = by and ("%s (%s)"):format(escape(item.title), escape(by)) or escape(item.title)
  local time = programme.time_text(item, zone, language_of(case))
  return time and ("- %s %s"):format(time, title) or "- " .. title
end

local function programme_text(case)
  local lines = { say(case, "times_of",
    { place = dates.place(facts.event.starts, case.person.zone, language_of(case)) }), "" }
  for _, item in ipairs(facts.items) do lines[#lines + 1] = item_line(item, case.person.zone, case) end
  return #facts.items > 0 and table.concat(lines, "\n") or ""
end

-- For whoever may see it: the link to the page of the day. It ends a day after the event does. Whoever has
-- taken over gets a link of their own.
local function run_page(case)
  local person = case.person
  if not roles.may(roles.listed(person.key), "show") then return nil end
  local key = person.handed_to or person.key
  local address = links.url("run", key, { expires = facts.event.ends.utc + DAY_MS })
  return address and say(case, "run_page", { link = "<" .. address .. ">" })
end

-- The order of the day for the person who runs it: every zone of those who speak, and what is open.
local function run_of_show(case)
  local lines = {}
  for _, item in ipairs(facts.items) do
    local line = item_line(item, case.person.zone, case)
    for _, person in ipairs(item.people) do
      if item.starts and person.zone ~= case.person.zone then
        line = ("%s, %s %s"):format(line, dates.clock(item.starts, person.zone, language_of(case)),
          dates.place(item.starts, person.zone, language_of(case)))
      end
    end
    if not item.starts then line = say(case, "floating", { item = line }) end
    lines[#lines + 1] = line
  end
  local page = #lines > 0 and run_page(case)
  if page then lines[#lines + 1] = "\n" .. page end
  return table.concat(lines, "\n")
end

local function organisers_text(case)
  local names = {}
  for i, person in ipairs(audience.organisers()) do names[i] = escape(facts.full_name(person)) end
  local last = table.remove(names)
  return #names > 0 and say(case, "list_and", { list = table.concat(names, ", "), last = last }) or last or ""
end

-- Who signs: the organisers; of an event that names none, whoever sends.
local function signature(case)
  local organisers = organisers_text(case)
  if organisers ~= "" then return organisers end
  local sender = invite.organiser()
  return escape(sender and sender.name or facts.event.title)
end

local function objectives_text()
  local lines = {}
  for i, objective in ipairs(facts.objectives) do lines[i] = "- " .. escape(objective) end
  return table.concat(lines, "\n")
end

-- The items of a person, for speakers' mails: "12:05-12:20 Seoul (UTC+9): Remarks".
local function own_items(case)
  local lines, zone = {}, case.person.zone
  if case.session then
    return ("- %s: %s"):format(template.span(case.session, zone, language_of(case)),
      escape(sessions.name(case.session, language_of(case))))
  end
  for _, item in ipairs(facts.items) do
    for _, person in ipairs(item.people) do
      if person.key == case.person.key then
        local code, title = language_of(case), escape(item.title)
        local time = programme.time_text(item, zone, code)
        lines[#lines + 1] = time and ("- %s %s: %s"):format(time, dates.place(item.starts, zone, code), title)
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
  if #names == 0 then return say(case, "programme_ends") end
  return table.concat(names, say(case, "and_then"))
end

-- ---- of a series ----------------------------------------------------------------------------------------

-- A mail about the series as a whole has no one date.
local function is_about_all(case) return sessions.is_series() and not case.session and not case.item end

-- "Social media for public offices: Live streams (3 of 6)"
local function title_of(case)
  local session = case.session
  if not session then return escape(facts.event.title) end
  return escape(sessions.title(session, language_of(case)))
end

-- "- **1. Live streams** Tue 6 Apr 2021, 14:00-16:00 Thimphu (UTC+6)": those to which the reader comes
local function session_list(case)
  local lines, code = {}, language_of(case)
  for _, session in ipairs(sessions.all()) do
    if sessions.chosen({ sessions = case.chosen }, session) then
      lines[#lines + 1] = ("- **%s** %s"):format(escape(sessions.name(session, code)),
        template.both(session, case.person.zone, code))
    end
  end
  return table.concat(lines, "\n")
end

local function when(case, zone)
  local code = language_of(case)
  if not is_about_all(case) then return template.span(case.session or facts.event, zone, code) end
  return say(case, "from_to", { first = dates.day(facts.event.starts, zone, code),
    last = dates.day(facts.event.ends, zone, code) })
end

local function when_both(case)
  if is_about_all(case) then return session_list(case) end
  return template.both(case.session or facts.event, case.person.zone, language_of(case))
end

-- {answer_link} and its like: an address of their own for each person, as a link of Markdown.
local function link_field(kind)
  return function(case) return link_to(kind, case) or "" end
end

-- These differ from person to person; all others are the same for everybody in one zone.
local personal <const> = {
  name = function(case) return escape(case.person.name) end,
  salutation = function(case) return escape(case.person.salutation or "") end,
  full_name = function(case) return escape(facts.full_name(case.person)) end,
  group = function(case) return escape(case.person.group or "") end,
  own_items = own_items,
  where = where_text,
  how_to_answer = how_to_answer,
  how_to_join = how_to_join,
  how_to_change = how_to_change,
  how_to_certificate = how_to_certificate,
  certificate = to_certificate,
}
for _, kind in ipairs { "answer", "join", "survey", "interest", "signup", "ask", "unsubscribe",
  "calendar" } do
  personal[kind .. "_link"] = link_field(kind)
end

local shared <const> = {
  title = title_of,
  series = function() return sessions.is_series() and escape(facts.event.title) or "" end,
  session = function(case)
    return case.session and escape(sessions.name(case.session, language_of(case))) or ""
  end,
  sessions = function(case) return sessions.is_series() and session_list(case) or "" end,
  when = function(case) return when(case, facts.event.zone) end,
  when_theirs = function(case) return when(case, case.person.zone) end,
  when_both = when_both,
  venue = venue,
  programme = programme_text,
  run_of_show = run_of_show,
  organisers = organisers_text,
  signature = signature,
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
  item_when = function(case) return template.both(case.item, case.person.zone, language_of(case)) end,
  item_next = next_text,
  minutes = function(case)
    return ("%d"):format((case.item.starts.utc - case.moment.utc) // 60000)
  end,
}

local asked <const> = {
  answers = function(case) return tally.text(language_of(case), escape) end,
  report = function(case) return tally.report(language_of(case)) end,
}

local lists <const> = { programme = true, run_of_show = true, objectives = true, own_items = true,
  answers = true, report = true, sessions = true }

-- What to write when one of these is empty.
local cures <const> = {
  organisers = 'give somebody in people the role organiser, or name keys:  organisers = { "key" }  in event',
  programme = 'say  programme "programme.txt"  above the rules',
  run_of_show = 'say  programme "programme.txt"  above the rules',
  objectives = 'say  objectives { "..." }  above the rules',
  where = "say  where = ...  in event",
  venue = "say  where = ...  in event",
  how_to_join = "say  where = ...  in event",
  from = 'say  from = "Office <...>"  in event',
  own_items = "the programme names them nowhere",
  signup_page = "say  signup { ... }  above the rules",
  certificate = 'say  certificate { ... }  above it; and links need a web address: say  '
    .. 'web = { base_url = "https://..." }  in the configuration',
  series = "it is for a series: say  series { ... }  below event",
  sessions = "it is for a series: say  series { ... }  below event",
  session = "it is for mails about one session of a series: each_session = true",
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
  local own = case.values and case.values[word]
  if own then return type(own) == "function" and own(case) or own end
  if asked[word] then return case.asked[word] end
  local field = personal[word] or shared[word] or case.item and item_fields[word]
  if field then return field(case) end
  local extra = case.person[word]
  return type(extra) == "string" and escape_or_link(extra) or ""
end

-- template.asked(texts, case) -> name -> text: the fields among them that look at the book. Only in
-- usher.decide.
function template.asked(texts, case)
  local values = {}
  for _, text in ipairs(texts) do
    for _, word in ipairs(words_of(text)) do
      if asked[word] then values[word] = asked[word](case) end
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

-- template.words() -> list: every placeholder that usher itself knows
function template.words() return known_words { item = true } end

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

-- Personal because of the link in them; that they are empty is nobody's in particular.
local everybodys <const> = { where = true, how_to_join = true }

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
      local whose = (shared[word] or everybodys[word]) and ""
        or (" for %s (%s)"):format(facts.full_name(case.person), case.person.where)
      local cure = cures[word] and ": " .. cures[word] or ""
      return ("%s line %d: {%s} is empty%s%s"):format(where, line_of(text, word), word, whose, cure)
    end
    local is_list = lists[word] or word == "when_both" and is_about_all(case)
    if whole and is_list and not stands_alone(text, word) then
      return ("%s line %d: {%s} is a list: give it a line of its own"):format(where,
        line_of(text, word), word)
    end
  end
end

return template
