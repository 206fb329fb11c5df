-- SPDX-License-Identifier: MIT
-- Tables to take away: the same texts in both kinds of file, guarded in the same way.
local csv_out = require "usher.csv_out"
local expect = require "expect"
local stub = require "stub"

local tests = {}

local event <const> = expect.event .. [[
people { { key = "office", name = "Office", mail = "o@b.example", role = "organiser" } }
guests { { key = "1", name = "=A", mail = "a@b.example", seat = "12" },
  { key = "2", name = "B", mail = "c@b.example" } }
]]

local function load()
  local world = stub.load(event)
  local written
  world.usher.xlsx = function(sheets)
    written = sheets
    return "PK"
  end
  return world, function() return written end
end

function tests.guests_come_as_they_are_now_with_their_answers()
  local world = load()
  world.usher.handlers.answer { person = "2", answer = "no", note = "phoned", who = "office" }
  local t = require("usher.office.guest_table").of()
  expect.equal(table.concat(t.columns, " "), "key name mail seat answer answer_note present")
  expect.equal(csv_out.text(t.columns, t.rows, { separator = ",", bom = false, newline = "\n" }),
    "key,name,mail,seat,answer,answer_note,present\n1,'=A,a@b.example,12,none,,no\n"
      .. "2,B,c@b.example,,no,phoned,no\n")
end

function tests.an_xlsx_holds_the_same_guarded_texts_and_numbers_as_numbers()
  local _, written = load()
  local out = require "usher.table_out"
  out.xlsx { { title = "A [b]/c: d", columns = { "=h", "n" },
    rows = { { ["=h"] = "+1", n = -2 }, { n = true } } } }
  local sheet = written()[1]
  expect.equal(sheet.name, "A  b  c  d")
  expect.equal(sheet.columns[1], "'=h")
  expect.equal(sheet.rows[1][1], "'+1")
  expect.equal(sheet.rows[1][2], -2)
  expect.equal(sheet.rows[2][1], "")
end

function tests.a_sheets_name_has_at_most_31_characters()
  local _, written = load()
  require("usher.table_out").xlsx { { title = ("\u{0F40}"):rep(40), columns = { "a" }, rows = {} } }
  expect.equal(utf8.len(written()[1].name), 31)
end

return tests
