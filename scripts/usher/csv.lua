-- SPDX-License-Identifier: MIT
-- csv: reads a table that a spreadsheet saved. Separator , ; or tab is found by looking at the first line;
-- quotes may hold separators and line ends; a byte order mark is passed over. Everything has a limit, and a
-- row remembers its line, so that whoever judges the cells can say where.
local check = require "usher.check"
local csv_out = require "usher.csv_out"

local csv = {}

local FILE_MAX <const> = 4 * 1024 * 1024 -- a ministry's whole staff list is under 1 MiB
local ROWS_MAX <const> = 20000
local COLUMNS_MAX <const> = 40
local CELL_MAX <const> = 4000

local function line_of(text, position)
  local _, breaks = text:sub(1, position):gsub("\n", "")
  return breaks + 1
end

-- The separator is the one that the first line with something in it has most of, outside quotes.
local function find_separator(text)
  local first = (text:match("[^\r\n]+") or ""):gsub('"[^"]*"', "")
  local best, most = ",", 0
  for _, candidate in ipairs { ",", ";", "\t" } do
    local _, count = first:gsub(candidate, "")
    if count > most then best, most = candidate, count end
  end
  return best
end

-- csv.style(text) -> { separator, bom, newline }: how the file was written, for who writes it anew
function csv.style(text)
  local bom = text:match("^\u{FEFF}") ~= nil
  return { separator = find_separator((text:gsub("^\u{FEFF}", ""))), bom = bom,
    newline = text:find("\r\n", 1, true) and "\r\n" or "\n" }
end

-- A quoted cell from the byte after its quote: the cell, and the position after the closing quote or nil.
local function quoted_cell(text, at)
  local pieces = {}
  while true do
    local quote = text:find('"', at, true)
    if not quote then return nil end
    pieces[#pieces + 1] = text:sub(at, quote - 1)
    if text:sub(quote + 1, quote + 1) ~= '"' then return table.concat(pieces), quote + 1 end
    pieces[#pieces + 1], at = '"', quote + 2
  end
end

-- One cell that begins at `at`: the cell trimmed, the position of the separator or line end behind it.
local function read_cell(text, at, separator)
  local start = text:match("^ *()", at)
  if text:sub(start, start) ~= '"' then
    local stop = text:find("[" .. separator .. "\r\n]", at) or #text + 1
    return text:sub(at, stop - 1):match("^%s*(.-)%s*$"), stop
  end
  local cell, after = quoted_cell(text, start + 1)
  if not cell then return nil, "a quote is opened here and never closed" end
  after = text:match("^ *()", after)
  if after <= #text and not text:find("^[" .. separator .. "\r\n]", after) then
    return nil, ('there is text behind a closing quote: write "" for a quote inside a cell')
  end
  return cell:match("^%s*(.-)%s*$"), after
end

-- One record: its cells and where the next begins, or nil and a sentence.
local function read_record(text, at, separator)
  local cells = {}
  while true do
    local cell, after = read_cell(text, at, separator)
    if not cell then return nil, after end
    if #cell > CELL_MAX then return nil, ("a cell is longer than %d bytes"):format(CELL_MAX) end
    if #cells == COLUMNS_MAX then return nil, ("more than %d columns"):format(COLUMNS_MAX) end
    cells[#cells + 1] = cell
    if text:sub(after, after) ~= separator then return cells, text:match("^\r?\n?()", after) end
    at = after + 1
  end
end

local function is_empty(cells)
  for _, cell in ipairs(cells) do
    if cell ~= "" then return false end
  end
  return true
end

-- csv.header(cells, place, found, gaps) -> list of names
-- The names of columns from the cells of the first row; place(i) says where a cell is. gaps: a column may be
-- without a name (as long as nothing is in it).
function csv.header(cells, place, found, gaps)
  local columns, seen = {}, {}
  for i, cell in ipairs(cells) do
    local name = cell:lower():gsub("[%s-]+", "_")
    if name == "" and not gaps then
      found.add("%s: column %d has no name in the first line", place(i), i)
    elseif name ~= "" and seen[name] then
      found.add("%s: two columns are named '%s'", place(i), name)
    end
    columns[i], seen[name] = name, true
  end
  return columns
end

-- csv.value(cell) -> text: a cell without the apostrophe that csv_out puts before what a spreadsheet would
-- take for a formula.
csv.value = csv_out.unguarded

-- csv.check_cell(cell, place, found): is it as long as a cell of a list may be?
function csv.check_cell(cell, place, found)
  if #cell > CELL_MAX then found.add("%s: a cell is longer than %d bytes", place, CELL_MAX) end
end

local function refuse_bytes(text, file)
  if #text > FILE_MAX then check.refuse("%s is larger than %d MiB", file, FILE_MAX // 1048576) end
  local fine, bad = utf8.len(text)
  if not fine then
    check.refuse("%s:%d: this is not UTF-8 text: save the table as 'CSV UTF-8'", file, line_of(text, bad))
  end
  local zero = text:find("\0", 1, true)
  if zero then check.refuse("%s:%d: there is a zero byte: is this a CSV file?", file, line_of(text, zero)) end
end

-- csv.read(text, file, found) -> rows, columns, headings, line of the headings. A row is { line = n,
-- cells = { column = cell } }; empty cells are left out. Problems go to `found` (check.problems).
function csv.read(text, file, found)
  text = text:gsub("^\u{FEFF}", "")
  refuse_bytes(text, file)
  local separator = find_separator(text)
  local rows, columns, headings, heading = {}, nil, {}, 1
  local at, line, counted = 1, 1, 1
  while at <= #text do
    local cells, after = read_record(text, at, separator)
    local _, breaks = text:sub(counted, at - 1):gsub("\n", "")
    line, counted = line + breaks, at
    if not cells then
      found.add("%s:%d: %s", file, line, after)
      return rows, columns or {}, headings, heading
    end
    for i, cell in ipairs(cells) do cells[i] = csv.value(cell) end
    if not columns and not is_empty(cells) then
      headings, heading = cells, line
      columns = csv.header(cells, function() return ("%s:%d"):format(file, heading) end, found)
    elseif not is_empty(cells) then
      if #cells > #columns then found.add("%s:%d: more cells than columns in the first line", file, line) end
      local row = { line = line, cells = {} }
      for i, name in ipairs(columns) do
        if cells[i] ~= "" then row.cells[name] = cells[i] end
      end
      rows[#rows + 1] = row
    end
    if #rows > ROWS_MAX then check.refuse("%s has more than %d rows", file, ROWS_MAX) end
    at = after
  end
  return rows, columns or {}, headings, heading
end

return csv
