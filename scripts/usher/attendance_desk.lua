-- SPDX-License-Identifier: MIT
-- attendance_desk: what the office does about attendance, by command or on its page: looks at it, hands in
-- Zoom's report or a list of its own, says who an unknown participant is.
--   book handed-in: "last" -> { text, at = ms, who }
--   handlers "attendance", "attendance-report", "attended-list", "attendance-assign"; "attended" is in
--   attendance.lua
local attendance = require "usher.attendance"
local check = require "usher.check"
local facts = require "usher.facts"
local list = require "usher.attendance_list"
local report = require "usher.attendance_report"
local review = require "usher.attendance_review"
local strangers = require "usher.attendance_strangers"

local desk = {}

local function count(n, word, words)
  return n == 1 and "1 " .. word or ("%d %s"):format(n, words or word .. "s")
end

local function zone_of(text)
  if text == nil or text == "" then return facts.event.zone end
  local fine, zone = pcall(usher.time.zone, text)
  if not fine then check.refuse("%s", check.clean(zone)) end
  return zone
end

local function who_of(request) return tostring(request.who or "office") end

-- The page says what became of the last file.
local function note(request, text)
  usher.book("handed-in"):set("last", { text = text, at = usher.now(), who = who_of(request) })
end

-- desk.last() -> { text, at = ms, who }, or nil: the last file that was handed in
function desk.last() return usher.book("handed-in"):get("last") end

-- desk.report{ csv = the file's text, file = its name, session, zone, who } -> { text, rows, new, people,
-- strangers }
function desk.report(request)
  local file = tostring(request.file or "the report")
  local rows = report.read(tostring(request.csv or ""), file, { session = request.session,
    zone = zone_of(request.zone) })
  local sum = report.take(rows)
  sum.text = ("%s: %s, %d of them new; %s of ours"):format(file, count(sum.rows, "row"), sum.new,
    count(sum.people, "person", "people"))
  if sum.strangers > 0 then
    sum.text = ("%s, %s"):format(sum.text, count(sum.strangers, "participant nobody knows",
      "participants nobody knows"))
  end
  if sum.new > 0 then usher.audit("Zoom's report handed in", sum.text, who_of(request)) end
  note(request, sum.text)
  return sum
end

-- desk.hand_list{ csv, file, session, who } -> { text, new, present, absent }
function desk.hand_list(request)
  local file = tostring(request.file or "the list")
  local session = attendance.session_of(request.session)
  local said = list.read(tostring(request.csv or ""), file)
  local sum = list.take(said, session, who_of(request))
  local title = attendance.title(session)
  sum.text = ("%s%s: %s present, %d absent, %d of them new"):format(file, title and ", " .. title or "",
    count(sum.present, "person", "people"), sum.absent, sum.new)
  note(request, sum.text)
  return sum
end

-- desk.try(fn, request) -> reply, or nil and the sentence (of several lines) about why not: for pages
function desk.try(fn, request)
  local fine, reply = pcall(fn, request)
  if fine then return reply end
  return nil, type(reply) == "table" and reply.sentence or check.clean(reply)
end

-- Called once, by the word `event`.
function desk.register()
  usher.on("attendance", review.show)
  usher.on("attendance-report", check.word(desk.report))
  usher.on("attended-list", check.word(desk.hand_list))
  usher.on("attendance-assign", strangers.assign)
end

return desk
