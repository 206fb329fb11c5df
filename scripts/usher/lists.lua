-- SPDX-License-Identifier: MIT
-- lists: a file that holds a table, whatever it was saved as: .xlsx or CSV. Both are read the same and say
-- the same of what is wrong, each in the words of its program: a text has lines, a spreadsheet rows and
-- columns.
local check = require "usher.check"
local csv = require "usher.csv"

local lists = {}

-- "D" for 4, "AB" for 28: how a spreadsheet calls its columns.
local function letters(number)
  local text = ""
  while number > 0 do
    text = string.char(65 + (number - 1) % 26) .. text
    number = (number - 1) // 26
  end
  return text
end

local function trim(cell) return cell:match("^%s*(.-)%s*$") end

-- "guests.xlsx, row 12, column D (mail)", by the heading that the column has
local function sheet_place(file, line, number, heading)
  local place = ("%s, row %d"):format(file, line)
  if not number then return place end
  local named = (heading or "") ~= "" and (" (%s)"):format(heading) or ""
  return ("%s, column %s%s"):format(place, letters(number), named)
end

local function read_row(row, columns, place, found)
  local cells = {}
  for i, cell in ipairs(row.cells) do
    local value <const> = csv.value(trim(cell))
    local name <const> = columns[i]
    if value ~= "" and (name or "") == "" then
      found.add("%s: there is '%s', and no heading above it", place(row.line, i), value)
    elseif value ~= "" then
      csv.check_cell(value, place(row.line, i), found)
      cells[name] = value
    end
  end
  return { line = row.line, cells = cells, hidden = row.hidden }
end

-- What people may not know of their own file, as sentences.
local function remarks_on(file, sheet, rows)
  local remarks, hidden, others = {}, 0, {}
  for _, row in ipairs(rows) do hidden = hidden + (row.hidden and 1 or 0) end
  for _, one in ipairs(sheet.sheets) do
    if one.name ~= sheet.sheet then others[#others + 1] = ("'%s'"):format(one.name) end
  end
  if hidden > 0 then
    remarks[1] = ("%s: %d hidden row%s of the sheet (a filter?) %s read as well"):format(file, hidden,
      hidden == 1 and "" or "s", hidden == 1 and "is" or "are")
  end
  if #others > 0 then
    remarks[#remarks + 1] = ("%s: only the sheet '%s' is read, not %s"):format(file, sheet.sheet,
      table.concat(others, ", ", 1, math.min(#others, 5)))
  end
  return remarks
end

local function read_sheet(bytes, file, wanted, found)
  local fine, sheet = pcall(usher.sheet, bytes, wanted)
  if not fine then check.refuse("%s: %s", file, check.clean(sheet)) end
  local first <const> = table.remove(sheet.rows, 1) or { line = 1, cells = {} }
  local headings, numbers, rows = {}, {}, {}
  for i, cell in ipairs(first.cells) do headings[i] = csv.value(trim(cell)) end
  local function at(line, number) return sheet_place(file, line, number, headings[number]) end
  local columns <const> = csv.header(headings, function(i) return at(first.line, i) end, found, true)
  for i, name in ipairs(columns) do numbers[name] = i end
  for i, row in ipairs(sheet.rows) do rows[i] = read_row(row, columns, at, found) end
  for _, note in ipairs(sheet.notes) do found.add("%s: %s", at(note.line, note.column), note.text) end
  return { file = file, rows = rows, columns = columns, headings = headings, heading = first.line,
    place = function(line, name) return at(line, numbers[name]) end, remarks = remarks_on(file, sheet, rows) }
end

local function read_csv(text, file, found)
  local rows, columns, headings, heading = csv.read(text, file, found)
  local function place(line) return ("%s:%d"):format(file, line) end
  return { file = file, rows = rows, columns = columns, headings = headings, heading = heading, place = place,
    remarks = {} }
end

-- lists.read(bytes, file, found, wanted) -> list { file, rows, columns, headings, heading, place, remarks }
-- Reads a table; file: its name. A row is { line, cells = { column = text }, hidden }; columns are the
-- headings in small letters, headings as they stand in the file (line: heading). place(line, column) says
-- where something is.
-- Problems go to `found`. wanted: the name of a sheet, or nil for the first.
function lists.read(bytes, file, found, wanted)
  local ending = file:lower():match("%.(%w+)$")
  if ending == "xlsx" or ending == "xls" or ending == "xlsm" or ending == "xlsb" or ending == "ods"
    or bytes:sub(1, 4) == "PK\3\4" or bytes:sub(1, 4) == "\xD0\xCF\x11\xE0" then
    return read_sheet(bytes, file, wanted, found)
  end
  if wanted then check.refuse("%s: a CSV file has no sheets: leave  sheet = ...  out", file) end
  return read_csv(bytes, file, found)
end

return lists
