-- SPDX-License-Identifier: MIT
-- table_out: tables that organisers take away, as CSV and, where this usher can, as .xlsx. Both hold the same
-- texts, guarded in the same way (csv_out), so either is read back as it was.
--   table = { file = "hlb-2021-feedback", title = "Feedback", columns = list of names, rows = list of maps }
local check = require "usher.check"
local csv_out = require "usher.csv_out"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"

local table_out = {}

local XLSX <const> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
local NAME_MAX <const> = 31 -- characters of a sheet's name

-- The name of a sheet from any title.
local function sheet_name(title)
  local name = title:gsub("[%[%]:*?/\\'%c]", " "):match("^%s*(.-)%s*$")
  local cut = utf8.offset(name, NAME_MAX + 1)
  if cut then name = name:sub(1, cut - 1):match("^(.-)%s*$") end
  return name ~= "" and name or "Table"
end

local function cell(value)
  if value == nil then return "" end
  return type(value) == "string" and csv_out.guarded(value) or value
end

local function sheet_of(t, name)
  local columns, rows = {}, {}
  for i, column in ipairs(t.columns) do columns[i] = cell(column) end
  for i, row in ipairs(t.rows) do
    local cells = {}
    for k, column in ipairs(t.columns) do cells[k] = cell(row[column]) end
    rows[i] = cells
  end
  return { name = name, columns = columns, rows = rows }
end

-- Two titles may be one name where they are cut; a number tells them apart.
local function name_for(title, taken)
  local name, n = sheet_name(title), 1
  while taken[name:lower()] do
    n = n + 1
    name = sheet_name(("%d %s"):format(n, title))
  end
  taken[name:lower()] = true
  return name
end

-- table_out.xlsx(list of tables) -> bytes, as usher.xlsx makes them: a sheet for each
function table_out.xlsx(list)
  local sheets, taken = {}, {}
  for i, t in ipairs(list) do sheets[i] = sheet_of(t, name_for(t.title, taken)) end
  return usher.xlsx(sheets)
end

-- table_out.xlsx_response(file, list of tables) -> response: one file with all of them
function table_out.xlsx_response(file, list)
  local fine, bytes = pcall(table_out.xlsx, list)
  if not fine then
    return { status = 413, type = "text/plain; charset=utf-8",
      body = ("This table is not to be had as .xlsx: %s\n"):format(check.clean(bytes)) }
  end
  file = file:gsub("[^%w._-]", "_")
  return { type = XLSX, body = bytes,
    headers = { ["content-disposition"] = ('attachment; filename="%s.xlsx"'):format(file) } }
end

-- table_out.serve(path, act, fn(request, visitor) -> table or nil): both files below the organisers' pages,
-- PATH.csv and PATH.xlsx, for who may `act`. nil: there is no such table, and the visitor goes to PATH.
function table_out.serve(path, act, fn)
  local function file(ending, response)
    office.file(path .. ending, act, function(request, visitor)
      local t = fn(request, visitor)
      return t and response(t) or { redirect = parts.path(path) }
    end)
  end
  file(".csv", csv_out.of)
  if usher.parts().xlsx then
    file(".xlsx", function(t) return table_out.xlsx_response(t.file, { t }) end)
  end
end

-- table_out.links(path, values, text) -> node: links to both files. values: of the query
function table_out.links(path, values, text)
  local function href(ending) return parts.query(parts.path(path .. ending), values or {}) end
  return h.p { text or "A table for spreadsheets", ": ",
    usher.parts().xlsx and { h.a { href = href ".xlsx", "Excel (.xlsx)" }, ", " } or nil,
    h.a { href = href ".csv", "CSV" } }
end

return table_out
