-- SPDX-License-Identifier: MIT
-- report: what is told of an event afterwards: the word that mails it to whoever runs the event, and the
-- handlers behind `usher report` and behind that mail.
--
-- The report is made when its mail leaves (call = in usher.mail) and kept nowhere: it would stand in the
-- history once for each reader, and whoever is forgotten later would go on standing in it. For the same
-- reason the report of a mail names no guest; the office's page does.
local audience = require "usher.audience"
local check = require "usher.check"
local data = require "usher.report_data"
local facts = require "usher.facts"
local mail = require "usher.mail"
local sending = require "usher.sending"
local tables = require "usher.report_tables"
local view = require "usher.report_view"

local report = {}

-- ---- the mail ------------------------------------------------------------------------------------------

local known <const> = { to = "any?", at = "text?", zone = "text?", late = "text?", tables = "csv|xlsx?",
  subject = "texts?", text = "texts?", file = "texts?", from = "text?", reply_to = "text?",
  approve = "yes_no?", was = "text?" }

local types <const> = { html = "text/html", csv = "text/csv",
  xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }

local function attached(name, as)
  return { name = ("%s.%s"):format(tables.file(name), as), call = "report-file", type = types[as],
    with = { as = as, of = name } }
end

-- The tables are one file for Excel, or a file each.
local function files(title, o)
  local list = { attached("report", "html") }
  if o.tables == "xlsx" then
    if not usher.parts().xlsx then
      check.refuse('%s: tables: this usher was built without .xlsx: say  tables = "csv"', title)
    end
    list[2] = attached("tables", "xlsx")
  end
  for _, name in ipairs(o.tables == "csv" and tables.names() or {}) do
    list[#list + 1] = attached(name, "csv")
  end
  return list
end

-- It names nobody, but what it says of answers and mails is for whoever runs the event.
local function check_audience(title, units)
  for _, unit in ipairs(units) do
    if unit.person.guest then
      check.refuse("%s: to: %s is a guest: a report is for whoever runs the event, as in  to = organisers",
        title, facts.full_name(unit.person))
    end
  end
end

local function declare(name, given)
  local title = name == "report" and "report" or ('report "%s"'):format(name)
  local o = check.options(title, given, known)
  if mail.is_left_out(name) then return end
  local ready = mail.ready "report"
  local rule = mail.rule("report", name, { at = o.at or "10 working days after, 09:00", each_session = false,
    zone = o.zone or "theirs", late = o.late or "always", subject = o.subject or ready.subject,
    text = o.text or not o.file and ready.text or nil, file = o.file, from = o.from, reply_to = o.reply_to,
    approve = o.approve, was = o.was }, audience.parts(title, o.to or audience.words.organisers))
  rule.what, rule.attach = "mail", files(title, o)
  local units = sending.units(rule)
  check_audience(title, units)
  sending.declare(rule, units)
end

--- report { to = organisers, at = "10 working days after, 09:00" } -> nothing
--- Mails what is told of the event afterwards, as one page that needs nothing else: who was invited, answered
--- and came, by group and by session, what the surveys let go, interest, open questions, what became of the
--- mails. It names no guest. to (organisers), at ("10 working days after, 09:00"), zone ("theirs": each gets
--- it by their own clock). tables = "xlsx" or "csv": with the tables for spreadsheets, which have names. The
--- rest is as in mail; {report} in a text is who said what and how many came. A second one has a name: report
--- "interim" { at = ... }. usher report prints the same. Errors: a guest among those who get it.
--- Example: local later = function () report { to = organisers, at = "5 working days after, 09:00" } end
report.report = check.word(function(given)
  facts.need_event("report")
  if type(given) == "table" then return declare("report", given) end
  check.name("report", given)
  return check.options_follow("report", given, function(options) declare(given, options) end)
end)

-- ---- what commands and mails ask for --------------------------------------------------------------------

local function csv_files(told)
  local list = {}
  for i, t in ipairs(tables.all(told)) do list[i] = { file = t.file .. ".csv", text = tables.csv(t) } end
  return list
end

-- Commands are answered in JSON, which holds no bytes.
local function hexadecimal(bytes)
  local pieces, size = {}, 64
  for from = 1, #bytes, size do
    local piece = bytes:sub(from, from + size - 1)
    pieces[#pieces + 1] = ("%02x"):rep(#piece):format(piece:byte(1, -1))
  end
  return table.concat(pieces)
end

-- report{ csv, xlsx = yes or no } -> { html, csv = list of { file, text }, xlsx = bytes in hexadecimal }
local function answer(request)
  local told = data.collect(request.seen)
  return { html = view.file(told), csv = request.csv and csv_files(told) or nil,
    xlsx = request.xlsx and hexadecimal(tables.xlsx(told)) or nil }
end

local TABLES_MAX <const> = 5 * 1024 * 1024 -- a larger table is not for a mail; mail servers refuse it, too

-- report-file{ as = "html", "csv" or "xlsx", of = name of a table } -> { data }; none = true for a table that
-- a mail does not take: the report's page has it.
local function file(request)
  local told = data.collect(request.seen)
  if request.as == "html" then return { data = view.file(data.without_names(told)) } end
  local fine, bytes
  if request.as == "xlsx" then
    fine, bytes = pcall(tables.xlsx, told) -- of too many cells it makes none
  else
    local t = tables.one(told, request.of)
    fine, bytes = t ~= nil, t and tables.csv(t)
  end
  return fine and #bytes <= TABLES_MAX and { data = bytes } or { none = true }
end

-- report.register(): once, by the word `event`
function report.register()
  view.register()
  usher.on("report", answer, { look = data.look })
  usher.on("report-file", file, { look = data.look })
end

return report
