-- SPDX-License-Identifier: MIT
-- csv_out: tables for spreadsheets. A cell that a spreadsheet would take for a formula gets an apostrophe in
-- front, whoever typed it (OWASP: CSV injection); numbers stay numbers. usher.csv reads such a file back, and
-- writing that again changes nothing.
local csv_out = {}

local BOM <const> = "\u{FEFF}" -- without it Excel reads UTF-8 as something else
-- What begins a formula: these, and the first four as wide letters, which some spreadsheets take as well.
local formula <const> = { "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}",
  "\u{FF20}" }

local function guarded(text)
  text = text:gsub("%z", "")
  for _, start in ipairs(formula) do
    if text:sub(1, #start) == start then return "'" .. text end
  end
  return text
end

-- csv_out.cell(value) -> text as it stands between the commas
function csv_out.cell(value)
  if value == nil then return "" end
  if type(value) ~= "string" then return tostring(value) end
  local text = guarded(value)
  if not text:find('[",;\r\n\t]') and not text:find("^%s") and not text:find("%s$") then return text end
  return '"' .. text:gsub('"', '""') .. '"'
end

-- csv_out.text(columns, rows) -> text. columns: list of names; a row is a map of name -> value.
function csv_out.text(columns, rows)
  local lines, cells = {}, {}
  for i, name in ipairs(columns) do cells[i] = csv_out.cell(name) end
  lines[1] = table.concat(cells, ",")
  for _, row in ipairs(rows) do
    for i, name in ipairs(columns) do cells[i] = csv_out.cell(row[name]) end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return BOM .. table.concat(lines, "\r\n") .. "\r\n"
end

-- csv_out.file(file, text) -> response of a route: a file to keep. file: letters, digits, . - _
function csv_out.file(file, text)
  return { type = "text/csv; charset=utf-8", body = text,
    headers = { ["content-disposition"] = ('attachment; filename="%s"'):format(file:gsub("[^%w._-]", "_")) } }
end

-- csv_out.response(file, columns, rows) -> the same of a table
function csv_out.response(file, columns, rows) return csv_out.file(file, csv_out.text(columns, rows)) end

return csv_out
