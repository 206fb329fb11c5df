-- SPDX-License-Identifier: MIT
-- Tables that spreadsheets save.
local check = require "usher.check"
local csv = require "usher.csv"
local expect = require "expect"

local tests = {}

local function read(text)
  local found = check.problems("t.csv")
  local rows, columns = csv.read(text, "t.csv", found)
  return rows, columns, found.list
end

function tests.separators_are_found()
  for _, text in ipairs { "name,mail\nA,a@b", "name;mail\nA;a@b", "name\tmail\nA\ta@b" } do
    expect.equal(read(text)[1].cells.mail, "a@b")
  end
end

function tests.a_byte_order_mark_is_passed_over()
  expect.equal(read("\u{FEFF}name,mail\nA,b")[1].cells.name, "A")
end

function tests.quotes_hold_separators_quotes_and_line_ends()
  local rows = read('name,note\r\n"Doe, ""J""","two\r\nlines"\r\nB,c\r\n')
  expect.equal(rows[1].cells.name, 'Doe, "J"')
  expect.equal(rows[1].cells.note, "two\r\nlines")
  expect.equal(rows[2].cells.name, "B")
end

function tests.a_row_knows_its_line_behind_a_cell_of_two_lines()
  local rows = read('name,note\nA,"1\n2"\nB,x\n')
  expect.equal(rows[1].line, 2)
  expect.equal(rows[2].line, 4)
end

function tests.empty_lines_and_cells_are_left_out()
  local rows = read("name,mail\n\nA,\n,,\n")
  expect.equal(#rows, 1)
  expect.equal(rows[1].cells.mail, nil)
end

function tests.an_open_quote_is_told_with_its_line()
  local _, _, problems = read('name\nA\n"B\n')
  expect.contains(problems[1], "t.csv:3: a quote is opened")
end

function tests.text_behind_a_quote_is_told()
  local _, _, problems = read('name,mail\n"A"x,b\n')
  expect.contains(problems[1], "t.csv:2: there is text behind a closing quote")
end

function tests.a_row_with_too_many_cells_is_told()
  local _, _, problems = read("name,mail\nA,b,c\n")
  expect.contains(problems[1], "t.csv:2: more cells than columns")
end

function tests.bytes_that_are_no_utf8_are_refused_with_their_line()
  local fine, problem = pcall(read, "name\nA\nB\xff\n")
  expect.equal(fine, false)
  expect.contains(problem.sentence, "t.csv:3: this is not UTF-8")
end

function tests.dzongkha_names_pass()
  expect.equal(read("name\nཀརྨ་རྡོ་རྗེ།\n")[1].cells.name, "ཀརྨ་རྡོ་རྗེ།")
end

function tests.any_cut_of_a_table_is_read_or_refused()
  local text = 'name;mail\r\n"Doe; ""J""";a@b\r\n\u{0F40};"x\ny"\r\n'
  for length = 0, #text do pcall(read, text:sub(1, length)) end
end

return tests
