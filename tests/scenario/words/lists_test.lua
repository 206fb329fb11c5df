-- SPDX-License-Identifier: MIT
-- Lists from spreadsheets: read as CSV is, with the places that a spreadsheet shows.
local check = require "usher.check"
local csv_out = require "usher.csv_out"
local expect = require "expect"
local lists = require "usher.lists"

local tests = {}

-- lists.read of a sheet with these rows; wanted: as usher.sheet is given it
local function read(rows, more)
  local found, before = check.problems("g.xlsx"), _G.usher
  local sheet = { sheet = "Guests", sheets = { { name = "Guests", hidden = false } }, notes = {} }
  for name, value in pairs(more or {}) do sheet[name] = value end
  sheet.rows = {}
  for i, cells in ipairs(rows) do
    sheet.rows[i] = { line = cells.line or i + 1, cells = cells, hidden = cells.hidden }
  end
  _G.usher = { sheet = function() return sheet end }
  local fine, list = pcall(lists.read, "PK\3\4", "g.xlsx", found)
  _G.usher = before
  if not fine then error(list, 0) end
  return list, found.list
end

function tests.cells_have_the_names_of_their_headings()
  local list = read { { "Name", " E-Mail " }, { "A", "a@b" }, { "", "x" } }
  expect.equal(list.rows[1].cells.name, "A")
  expect.equal(list.rows[1].cells.e_mail, "a@b")
  expect.equal(list.rows[2].cells.name, nil)
  expect.equal(list.headings[2], "E-Mail")
end

function tests.a_place_is_a_row_and_a_column_with_its_heading()
  local list = read { { "Name", "E-Mail" }, { "A", "a@b", line = 12 } }
  expect.equal(list.place(12, "e_mail"), "g.xlsx, row 12, column B (E-Mail)")
  expect.equal(list.place(12), "g.xlsx, row 12")
end

function tests.columns_behind_z_have_two_letters()
  local cells = {}
  for i = 1, 28 do cells[i] = "c" .. i end
  expect.equal(read({ cells }).place(1, "c28"), "g.xlsx, row 1, column AB (c28)")
end

function tests.a_cell_under_no_heading_is_told()
  local _, problems = read { { "name", "", "mail" }, { "A", "", "a@b" }, { "B", "x", "b@c", "y" } }
  expect.equal(#problems, 2)
  expect.equal(problems[1], "g.xlsx, row 4, column B: there is 'x', and no heading above it")
  expect.equal(problems[2], "g.xlsx, row 4, column D: there is 'y', and no heading above it")
end

function tests.what_the_reader_notes_is_a_problem_of_its_cell()
  local notes = { { line = 3, column = 1, text = "wrong" } }
  local _, problems = read({ { "name" }, { "#N/A" } }, { notes = notes })
  expect.equal(problems[1], "g.xlsx, row 3, column A (name): wrong")
end

function tests.hidden_rows_and_other_sheets_are_said()
  local list = read({ { "name" }, { "A", hidden = true } },
    { sheets = { { name = "Guests" }, { name = "Old", hidden = true } } })
  expect.contains(list.remarks[1], "1 hidden row of the sheet (a filter?) is read as well")
  expect.contains(list.remarks[2], "only the sheet 'Guests' is read, not 'Old'")
end

function tests.a_csv_file_has_no_sheets()
  local fine, problem = pcall(lists.read, "name\nA\n", "g.csv", check.problems("g.csv"), "Guests")
  expect.equal(fine, false)
  expect.contains(problem.sentence, "a CSV file has no sheets")
end

-- What a spreadsheet takes for a formula, and what looks like a guard of ours.
local hostile <const> = { "=1+1", "+975 17", "-1", "@SUM(A1)", "'=1", "''=1", "'+1", " =1", "' =1",
  "\u{FF1D}1", "\u{FF20}A", "=cmd|' /C calc'!A0", "'", "''", "'tis", "O'Brien", "", "plain" }

function tests.a_guarded_text_begins_no_formula_and_comes_back_as_it_was()
  for _, text in ipairs(hostile) do
    local guarded = csv_out.guarded(text)
    expect.equal(csv_out.unguarded(guarded), text)
    expect.equal(guarded:find("^ *[=+@-]"), nil)
  end
  expect.equal(csv_out.guarded("\t=1"), "'\t=1")
  expect.equal(csv_out.guarded("\0=1"), "'=1")
end

function tests.an_export_that_is_read_again_holds_the_same_texts_and_is_the_same_file()
  local rows = {}
  for i, text in ipairs(hostile) do rows[i] = { name = "n" .. i, ["=h"] = text } end
  local export = csv_out.text({ "name", "=h" }, rows)
  local list = lists.read(export, "g.csv", check.problems("g.csv"))
  local again = {}
  for i, row in ipairs(list.rows) do
    expect.equal(row.cells["=h"] or "", hostile[i])
    again[i] = { name = row.cells.name, ["=h"] = rows[i]["=h"] }
  end
  expect.equal(csv_out.text(list.headings, again), export)
end

return tests
