-- SPDX-License-Identifier: MIT
-- import: the script behind `usher import`. It reads the list that came ("new"), the one that is there
-- ("old") and what is wanted ("request.json": new and old, their names; there: whether the old one is; sheet,
-- drop_gone), checks both as the word `guests` does, merges them, and answers { text, csv = the merged
-- list, or nothing when it is the one that is there }, or { refused = a sentence }. A text file is no list of
-- people but a programme that was pasted: { lua = the same as a script has it }.
local check = require "usher.check"
local csv = require "usher.csv"
local csv_out = require "usher.csv_out"
local lists = require "usher.lists"
local merge = require "usher.merge"
local people = require "usher.people"
local programme = require "usher.programme"

-- People without a zone have the event's; which that is does not matter here.
event "import" {
  title = "Import",
  when = "1 Jan 2021 10:00-11:00 UTC",
  from = "usher <usher@import.example>",
}

local request <const> = usher.json.decode(usher.file "request.json")
local old_text <const> = request.there and usher.file "old" or nil
-- Somebody is to correct them all at once, so all of them are listed, within reason.
local PROBLEMS_MAX <const>, PROBLEMS_BYTES <const> = 200, 60000

local function raise(problems) problems.raise(PROBLEMS_MAX, PROBLEMS_BYTES) end

local function read_new()
  local problems = check.problems(request.new)
  local list = lists.read(usher.file "new", request.new, problems, request.sheet)
  people.read(list, problems)
  raise(problems)
  return list
end

local function read_old(place)
  local problems = check.problems(request.old)
  if request.old:lower():find("%.xls%w?$") or request.old:lower():find("%.ods$") then
    check.refuse("what scripts read is written as CSV: say  --into guests.csv  and  guests \"guests.csv\"")
  end
  if not old_text then return { columns = {}, headings = {}, rows = {}, place = place } end
  local list = lists.read(old_text, request.old, problems)
  raise(problems)
  return list
end

-- The merged rows as a list, so that what is wrong with them is said where it stands in one of the files.
local function list_of(merged)
  local names, rows = {}, {}
  for i, column in ipairs(merged.columns) do names[i] = column.name end
  for i, row in ipairs(merged.rows) do
    local cells = {}
    for name, value in pairs(row.cells) do
      if value ~= "" then cells[name] = value end
    end
    rows[i] = { line = i, cells = cells }
  end
  return { file = request.new, rows = rows, columns = names, heading = 1,
    place = function(line) return merged.rows[line] and merged.rows[line].place or request.new end }
end

local function text_of(merged, style)
  local headings, rows = {}, {}
  for i, column in ipairs(merged.columns) do headings[i] = column.heading end
  for i, row in ipairs(merged.rows) do
    rows[i] = {}
    for _, column in ipairs(merged.columns) do rows[i][column.heading] = row.cells[column.name] end
  end
  return csv_out.text(headings, rows, style)
end

local function import()
  if request.new:lower():find("%.txt$") then
    return { lua = programme.as_lua(usher.file "new", request.new) }
  end
  local new = read_new()
  local old = read_old(new.place)
  local problems = check.problems(request.new)
  local merged = merge.lists(old, new, request.drop_gone, problems)
  raise(problems)
  people.read(list_of(merged), problems)
  raise(problems)
  local text = merge.text(merged, request.old, request.drop_gone)
  for _, remark in ipairs(new.remarks) do text = text .. remark .. "\n" end
  local dropped = request.drop_gone and #merged.gone or 0
  if old_text and #merged.added + #merged.changed + dropped == 0 then return { text = text } end
  return { text = text, csv = text_of(merged, old_text and csv.style(old_text) or nil) }
end

local fine, answer = pcall(import)
if not fine then
  if type(answer) ~= "table" or not answer.sentence then error(answer, 0) end
  answer = { refused = answer.sentence }
end

usher.on("import", function() return answer end)
