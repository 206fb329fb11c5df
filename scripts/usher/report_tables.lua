-- SPDX-License-Identifier: MIT
-- report_tables: what the report counts, as tables for spreadsheets, with names: for the office. The report
-- itself goes round; these do so only where a script says it.
--
--   report_tables.all(data) -> list of tables as table_out.lua has them; data: as report_data.lua says. Where
--     books may be looked at.
local ask = require "usher.ask"
local attendance = require "usher.attendance"
local csv_out = require "usher.csv_out"
local facts = require "usher.facts"
local interest = require "usher.interest"
local results = require "usher.survey_results"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local table_out = require "usher.table_out"

local report_tables = {}

local function clock(ms) return ms and usher.time.format(ms, facts.event.zone, "%Y-%m-%d %H:%M") end

-- ---- guests ------------------------------------------------------------------------------------------

local guest_columns <const> = { "key", "salutation", "name", "stands_in_for", "group", "mail", "answer",
  "answered_at", "note" }

local function column_of(session, word)
  return sessions.is_series() and ("session %s: %s"):format(session.id, word) or word
end

-- What was asked at the sign-up, in the order of its questions.
local function add_asked(columns)
  for _, question in ipairs(facts.signup and facts.signup.questions or {}) do
    columns[#columns + 1] = question.key
  end
end

local function put_asked(row, key)
  for question, answer in pairs((roster.signup(key) or {}).answers or {}) do
    if type(answer) == "table" then
      for part, value in pairs(answer) do
        row[question] = (row[question] and row[question] .. "; " or "")
          .. (math.type(part) == "integer" and value or ("%s: %s"):format(part, value))
      end
    else
      row[question] = answer
    end
  end
end

local function put_attendance(row, key)
  for _, session in ipairs(sessions.all()) do
    local came = attendance.was_there(key, session)
    row[column_of(session, "came")] = came and "yes" or session.ends.utc <= usher.now() and "no" or nil
    row[column_of(session, "minutes")] = came and attendance.minutes(key, session) or nil
  end
end

local function guest_row(guest, answer)
  local whose = guest.stands_in_for
  local row = { key = guest.key, salutation = guest.salutation, name = guest.name, group = guest.group,
    stands_in_for = whose and facts.full_name(whose), mail = guest.mail, note = answer.note,
    answer = answer.answer or roster.waits(guest.key) and "waiting" or "none",
    answered_at = clock(answer.at) }
  put_asked(row, guest.key)
  put_attendance(row, guest.key)
  return row
end

local function guests()
  local columns, rows, book = table.move(guest_columns, 1, #guest_columns, 1, {}), {}, usher.book("answers")
  for _, session in ipairs(sessions.all()) do
    columns[#columns + 1] = column_of(session, "came")
    columns[#columns + 1] = column_of(session, "minutes")
  end
  add_asked(columns)
  for i, guest in ipairs(roster.guests()) do rows[i] = guest_row(guest, book:get(guest.key) or {}) end
  return columns, rows
end

-- ---- mails -------------------------------------------------------------------------------------------

local mail_columns <const> = { "mail", "to", "sent", "skipped", "planned", "held", "retrying", "unsure",
  "bounced", "refused", "stuck" }

local function mails(data)
  local rows = {}
  for i, count in ipairs(data.mails.rules) do
    rows[i] = { mail = count.name, to = count.whom }
    for _, column in ipairs(mail_columns) do rows[i][column] = rows[i][column] or count[column] end
  end
  return mail_columns, rows
end

local function reasons(data)
  local rows = {}
  local function add(list, what)
    for _, one in ipairs(list) do
      rows[#rows + 1] = { mail = one.name, what = what, how_many = one.n, who = one.label, why = one.text }
    end
  end
  add(data.mails.wrong, "went wrong")
  add(data.mails.skipped, "not sent")
  return { "mail", "what", "how_many", "who", "why" }, rows
end

-- ---- all of them ----------------------------------------------------------------------------------------

-- What is asked apart from the report has tables of its own, of which only the title is said anew.
local function titled(name, t)
  t.title, t.file = name, report_tables.file(name)
  return t
end

local function made(name, columns, rows)
  return { title = name, file = report_tables.file(name), columns = columns, rows = rows }
end

-- report_tables.file(name) -> how its file is called, without an ending
function report_tables.file(name) return ("%s-%s"):format(facts.event.id, name:gsub("[^%w_-]", "-")) end

-- report_tables.names() -> list of names, as a script has them
function report_tables.names()
  local names = { "guests", "mails", "mail reasons", "questions" }
  for _, s in ipairs(facts.surveys) do names[#names + 1] = "survey " .. s.name end
  for _, form in ipairs(facts.interests) do names[#names + 1] = "interest " .. form.name end
  return names
end

local makers <const> = {
  guests = function(name) return made(name, guests()) end,
  mails = function(name, data) return made(name, mails(data)) end,
  ["mail reasons"] = function(name, data) return made(name, reasons(data)) end,
  questions = function(name) return titled(name, ask.table()) end,
}

-- report_tables.one(data, name) -> table; nil: none is called so
function report_tables.one(data, name)
  name = tostring(name)
  if makers[name] then return makers[name](name, data) end
  local s = facts.survey_named[name:match("^survey (.+)$") or ""]
  local form = facts.interest_named[name:match("^interest (.+)$") or ""]
  return s and titled(name, results.file(s)) or form and titled(name, interest.table(form.name)) or nil
end

function report_tables.all(data)
  local list = {}
  for i, name in ipairs(report_tables.names()) do list[i] = report_tables.one(data, name) end
  return list
end

-- report_tables.csv(t) -> text of one of them
function report_tables.csv(t) return csv_out.text(t.columns, t.rows) end

-- report_tables.xlsx(data) -> bytes: all of them, a sheet each
function report_tables.xlsx(data) return table_out.xlsx(report_tables.all(data)) end

return report_tables
