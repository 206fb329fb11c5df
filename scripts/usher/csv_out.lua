-- SPDX-License-Identifier: MIT
-- csv_out: tables for spreadsheets. A cell that a spreadsheet would take for a formula gets an apostrophe in
-- front, whoever typed it (OWASP: CSV injection; ASVS 1.2.10 asks for the same in .xlsx files); numbers stay
-- numbers. usher's own reader takes that one apostrophe off again, so what is exported and read back is the
-- same text, and exported once more the same bytes.
local csv_out = {}

local BOM <const> = "\u{FEFF}" -- without it Excel reads UTF-8 as something else
-- What begins a formula: these, and the first four as wide letters, which some spreadsheets take as well.
local formula <const> = { "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}",
  "\u{FF20}" }

-- Blanks in front do not help a spreadsheet to see a text in it, and apostrophes may be ones of ours.
local function is_formula(text)
  local at = text:match("^[ ']*()")
  for _, start in ipairs(formula) do
    if text:sub(at, at + #start - 1) == start then return true end
  end
  return false
end

-- csv_out.guarded(text) -> text that no spreadsheet takes for a formula; a zero byte is left out
function csv_out.guarded(text)
  text = text:gsub("\0", "")
  return is_formula(text) and "'" .. text or text
end

-- csv_out.unguarded(text) -> text: what csv_out.guarded was given
function csv_out.unguarded(text)
  if text:sub(1, 1) ~= "'" or not is_formula(text) then return text end
  return text:sub(2)
end

-- csv_out.cell(value) -> text as it stands between the separators, whichever of , ; and tab these are
function csv_out.cell(value)
  if value == nil then return "" end
  if type(value) ~= "string" then return tostring(value) end
  local text = csv_out.guarded(value)
  if not text:find('[",;\r\n\t]') and not text:find("^%s") and not text:find("%s$") then return text end
  return '"' .. text:gsub('"', '""') .. '"'
end

-- What Excel opens with a double click, in most of the world.
local usual <const> = { separator = ",", bom = true, newline = "\r\n" }

-- csv_out.text(columns, rows, style) -> text. columns: list of names; a row is a map of name -> value;
-- style: as csv.style says of a file, or nil.
function csv_out.text(columns, rows, style)
  style = style or usual
  local lines, cells = {}, {}
  for i, name in ipairs(columns) do cells[i] = csv_out.cell(name) end
  lines[1] = table.concat(cells, style.separator)
  for _, row in ipairs(rows) do
    for i, name in ipairs(columns) do cells[i] = csv_out.cell(row[name]) end
    lines[#lines + 1] = table.concat(cells, style.separator)
  end
  return (style.bom and BOM or "") .. table.concat(lines, style.newline) .. style.newline
end

-- csv_out.file(file, text) -> response of a route: a file to keep. file: letters, digits, . - _
function csv_out.file(file, text)
  return { type = "text/csv; charset=utf-8", body = text,
    headers = { ["content-disposition"] = ('attachment; filename="%s"'):format(file:gsub("[^%w._-]", "_")) } }
end

-- csv_out.response(file, columns, rows) -> the same of a table
function csv_out.response(file, columns, rows) return csv_out.file(file, csv_out.text(columns, rows)) end

-- csv_out.of(table) -> the same, of a table as table_out.lua has it
function csv_out.of(t) return csv_out.response(t.file .. ".csv", t.columns, t.rows) end

return csv_out
