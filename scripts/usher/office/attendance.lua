-- SPDX-License-Identifier: MIT
-- attendance: who came to a session, for how long, and who says so; where the sources do not agree; whom
-- nobody knows. Zoom's report and lists of the office are handed in here.
local attendance = require "usher.attendance"
local desk = require "usher.attendance_desk"
local facts = require "usher.facts"
local h = require "usher.html"
local match = require "usher.attendance_match"
local office = require "usher.office"
local parts = require "usher.office.parts"
local review = require "usher.attendance_review"
local roles = require "usher.office.roles"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local strangers = require "usher.attendance_strangers"

local page = {}

local PATH <const> = "attendance"
local ON_A_PAGE <const> = 50
local STRANGERS_MAX <const> = 40
local SUGGESTED_MAX <const> = 5
local FILE_MAX <const> = 5 * 1024 * 1024 -- a file of 4 MiB (csv.lua), and the form around it

-- ---- which session ------------------------------------------------------------------------------------

local function session_of(text) return text and sessions.find(text) or attendance.current() end

-- The id as it stands in addresses and forms; nil for an event that is no series.
local function id_of(session) return sessions.is_series() and session.id or nil end

local function here(session, more)
  local values = { session = id_of(session) }
  for name, value in pairs(more or {}) do values[name] = value end
  return parts.query(parts.path(PATH), values)
end

-- page.choose_session(session) -> node: for a form that chooses; nothing for an event that is no series
function page.choose_session(session)
  if not sessions.is_series() then return false end
  local choices = {}
  for i, one in ipairs(sessions.all()) do choices[i] = { one.id, sessions.name(one, "en") } end
  return parts.choose("Session", "session", session.id, choices)
end

local function chooser(session)
  return sessions.is_series() and h.form { method = "get", action = parts.path(PATH), class = "filter",
    page.choose_session(session), h.button { "Show" } }
end

-- ---- who came -----------------------------------------------------------------------------------------

local function verdict(row, session)
  local is_over = usher.now() >= session.ends.utc
  if row.present then return h.span { class = "good", is_over and "was there" or "is there" } end
  if row.come then return h.span { class = "flag", "too short" } end
  return h.span { class = "bad", "was not there" }
end

local function sources_cell(row)
  local list = {}
  for i, source in ipairs(row.sources) do list[i] = review.source(source) end
  return table.concat(list, ", ")
end

local function minutes_cell(minutes)
  return minutes and tostring(minutes) or h.span { class = "quiet", "?" }
end

local function who_cell(row) return parts.person_link(row.key, roster.shown(row.person)) end

local function came_section(rows, session, number)
  local body, last = {}, (#rows + ON_A_PAGE - 1) // ON_A_PAGE
  for i = (number - 1) * ON_A_PAGE + 1, math.min(number * ON_A_PAGE, #rows) do
    local row = rows[i]
    body[#body + 1] = { who_cell(row), row.person.group or "", verdict(row, session),
      minutes_cell(row.minutes), sources_cell(row) }
  end
  local pager = last > 1 and h.nav { class = "pager", aria_label = "Pages of the list",
    number > 1 and h.a { href = here(session, { page = number - 1 }), "before" }, " ",
    ("page %d of %d"):format(number, last), " ",
    number < last and h.a { href = here(session, { page = number + 1 }), "after" } }
  return h.section { h.h2 { "Who came" },
    #body > 0 and parts.table("Who came", { "Who", "Group", "Came", "Minutes", "Seen by" }, body, "small")
      or h.p { class = "quiet", "Nobody has been seen so far." }, pager }
end

local function by_name(rows)
  table.sort(rows, function(a, b)
    if a.person.name ~= b.person.name then return a.person.name < b.person.name end
    return a.key < b.key
  end)
  return rows
end

local function figures(rows, session, unknown)
  local present, short = 0, 0
  for _, row in ipairs(rows) do
    present = present + (row.present and 1 or 0)
    short = short + (row.come and not row.present and 1 or 0)
  end
  local list = { { present, usher.now() >= session.ends.utc and "were there" or "have come", "good" } }
  if short > 0 then list[#list + 1] = { short, "too short" } end
  if unknown > 0 then list[#list + 1] = { unknown, "not known" } end
  return parts.figures(list)
end

local function rule_text(session)
  local least = attendance.least_minutes(session)
  return least and h.p { class = "hint", ("Whoever Zoom saw for %s or more was there; a hand has the last "
    .. "word."):format(parts.count(least, "minute")) }
end

-- ---- what does not agree ------------------------------------------------------------------------------

local function doubts_section(list)
  if #list == 0 then return nil end
  local body = {}
  for i, one in ipairs(list) do body[i] = { parts.person_link(one.key, one.name), one.text } end
  return h.section { h.h2 { class = "flag", "These do not agree" },
    parts.table("What the sources say differently", { "Who", "What" }, body) }
end

-- ---- whom nobody knows --------------------------------------------------------------------------------

local function words_of(name)
  local words = {}
  for word in match.fold(name or ""):gmatch("[^%s%p]+") do
    if utf8.len(word) >= 3 then words[word] = true end
  end
  return words
end

-- People of whose name a word is in the participant's: a few, for whoever decides.
local function suggestions(one, everybody)
  local words, list = words_of(one.name), {}
  for _, person in ipairs(next(words) and everybody or {}) do
    local shares = false
    for word in pairs(words_of(person.name)) do shares = shares or words[word] end
    if shares and #list < SUGGESTED_MAX then list[#list + 1] = person end
  end
  return list
end

local function assign_form(one, index, visitor, session, number)
  local buttons = {}
  for i, person in ipairs(suggestions(one, index.people)) do
    buttons[i] = h.button { class = "small", name = "person", value = person.key, roster.shown(person) }
  end
  local id = "who-" .. number
  return parts.form(visitor, "attendance-assign", { class = "row",
    parts.hidden { stranger = one.id, back = here(session) }, buttons,
    h.label { class = "unseen", for_ = id, "Who is " .. strangers.shown(one) .. "?" },
    h.input { id = id, name = "other", maxlength = 200, placeholder = "name or key" },
    h.button { class = "small", "This is them" },
    h.button { class = "small", name = "person", value = "nobody", "Nobody of ours" } })
end

local function strangers_section(list, visitor, session)
  if #list == 0 then return nil end
  local may, body = roles.may(visitor.has, "answer"), {}
  local index = may and match.index()
  for i = 1, math.min(#list, STRANGERS_MAX) do
    local one = list[i]
    body[i] = { strangers.shown(one), minutes_cell(attendance.minutes_of(one.entries, session)),
      may and assign_form(one, index, visitor, session, i) or "" }
  end
  return h.section { h.h2 { class = "flag", "Nobody knows who these are" },
    parts.table("Participants who are on no list", { "In the meeting as", "Minutes", "Who is it?" }, body),
    #list > STRANGERS_MAX and h.p { class = "quiet", ("The first %d of %d are shown."):format(STRANGERS_MAX,
      #list) } }
end

-- ---- handing in ---------------------------------------------------------------------------------------

local function file_form(visitor, session, name, title, hint, more)
  return parts.form(visitor, name, { enctype = "multipart/form-data",
    parts.hidden { back = here(session), session = id_of(session) },
    h.h2 { title }, h.p { class = "hint", hint },
    h.label { for_ = name .. "-file", "File (CSV)" },
    h.input { id = name .. "-file", name = "file", type = "file", accept = ".csv,text/csv", required = true },
    more or false, h.p { h.button { "Hand in" } } })
end

local function zone_field()
  return { h.label { for_ = "zone", "Its clock times are those of" },
    h.input { id = "zone", name = "zone", value = facts.event.zone, maxlength = 60 } }
end

local function hand_in(visitor, session)
  if not roles.may(visitor.has, "answer") then return nil end
  return h.div { class = "columns",
    file_form(visitor, session, "attendance-report", "Zoom's participant report",
      "From Zoom: Reports, Usage, the number of participants, Export. Twice the same file changes nothing.",
      zone_field()),
    file_form(visitor, session, "attended-list", "A list of your own",
      "A column key, mail or name, and perhaps one that says yes or no (present). It has the last word.") }
end

local function handed_in(visitor)
  local last = desk.last()
  return last and h.section { h.p { "Handed in last, by ", last.who, ", ", parts.time(visitor, last.at), ": ",
    h.strong { last.text } } }
end

-- ---- the page -----------------------------------------------------------------------------------------

local function missing_link(session)
  return h.p { h.a { href = parts.query(parts.path "missing", { session = id_of(session) }),
    "Who is missing, with telephone numbers" } }
end

local function look_at(request, visitor)
  local query = request.query or {}
  local session = session_of(query.session)
  local rows, said = review.rows(session)
  local doubts, unknown = review.doubts(session, rows, said), strangers.list(session)
  local number = math.tointeger(tonumber(query.page or "1")) or 1
  return { title = "Attendance", body = {
    chooser(session),
    figures(rows, session, #unknown), rule_text(session), missing_link(session),
    doubts_section(doubts), strangers_section(unknown, visitor, session),
    came_section(by_name(rows), session, math.max(1, number)), handed_in(visitor), hand_in(visitor, session),
  } }
end

-- page.of_person(person, visitor) -> node: session by session, with the office's word on it
function page.of_person(person, visitor)
  local body, back = {}, parts.query(parts.path "person", { key = person.key })
  for i, session in ipairs(sessions.all()) do
    local row = attendance.seen(person.key, session)
    local name = sessions.is_series() and sessions.name(session, "en") or "The event"
    body[i] = { name, #row.sources > 0 and verdict(row, session) or h.span { class = "quiet", "not seen" },
      minutes_cell(row.minutes), sources_cell(row),
      parts.form(visitor, "present", { class = "inline",
        parts.hidden { person = person.key, session = id_of(session), back = back,
          present = row.present and "no" or "yes" },
        h.button { class = "small", row.present and "Was not there" or "Mark as present" } }) }
  end
  return h.section { h.h2 { "Attendance" },
    parts.table("Attendance", { "Session", "Came", "Minutes", "Seen by", "By hand" }, body, "small") }
end

-- ---- acts ---------------------------------------------------------------------------------------------

local function uploaded(request)
  for _, file in ipairs(request.files or {}) do
    if file.field == "file" and file.data ~= "" then return file end
  end
end

-- Takes the file of a form; the page says what became of it.
local function take_file(fn)
  return function(request, visitor)
    local file, form = uploaded(request), request.form or {}
    if not file then return office.refuse(visitor, "Choose a file first.") end
    local name = match.tidy(file.name) or "the file"
    local reply, why = desk.try(fn, { csv = file.data, file = name, session = form.session,
      zone = form.zone, who = visitor.name })
    if not reply then return office.refuse(visitor, why) end
    return { redirect = here(session_of(form.session)) }
  end
end

local function assign(request, visitor)
  local form = request.form or {}
  local person = (form.person or "") ~= "" and form.person or form.other
  local reply, why = desk.try(strangers.assign, { stranger = form.stranger, person = person,
    who = visitor.name })
  if not reply then return office.refuse(visitor, why) end
  return office.back(request, parts.path(PATH))
end

function page.register()
  office.page(PATH, { text = "Attendance" }, look_at)
  office.act("attendance-assign", { act = "answer" }, assign)
  office.act("attendance-report", { act = "answer", body = FILE_MAX }, take_file(desk.report))
  office.act("attended-list", { act = "answer", body = FILE_MAX }, take_file(desk.hand_list))
end

return page
