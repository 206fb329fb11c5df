-- SPDX-License-Identifier: MIT
-- Two lists of the same people: who is who, and what has changed.
local check = require "usher.check"
local expect = require "expect"
local lists = require "usher.lists"
local merge = require "usher.merge"

local tests = {}

local function merged(old, new, drop)
  local found = check.problems("new.csv")
  local before, after = lists.read(old, "old.csv", found), lists.read(new, "new.csv", found)
  return merge.lists(before, after, drop, found), found.list
end

local function cells(result, i) return result.rows[i].cells end

function tests.by_key_before_anything_else()
  local result = merged("key,name,mail\n1,A,a@x\n2,B,b@x\n", "key,name,mail\n2,A,a@x\n1,B,b@x\n")
  expect.equal(#result.changed, 2)
  expect.equal(cells(result, 1).name, "B")
  expect.equal(result.changed[1].changes[1].from .. result.changed[1].changes[1].to, "AB")
end

function tests.without_a_key_by_address_then_by_name()
  local result = merged("name,mail\nA,a@x\nB,b@x\nC,c@x\n", "name,mail\nb,new@x\nA B,A@X\n")
  expect.equal(#result.added, 0)
  expect.equal(#result.changed, 2)
  expect.equal(result.gone[1].called, "C")
end

function tests.a_new_name_keeps_the_key_that_the_old_one_was()
  local result = merged("name,mail\nSonam,s@x\nB,b@x\n", "name,mail\nSonam Wangmo,s@x\nB,b@x\n")
  expect.equal(cells(result, 1).key, "Sonam")
  expect.equal(cells(result, 2).key or "", "")
  expect.equal(result.columns[3].name, "key")
end

function tests.whoever_is_gone_stays_until_it_is_said()
  local old, new = "name,mail\nA,a@x\nB,b@x\n", "name,mail\nA,a@x\n"
  expect.equal(#merged(old, new).rows, 2)
  expect.equal(#merged(old, new, true).rows, 1)
  expect.equal(merged(old, new, true).gone[1].called, "B")
end

function tests.ones_own_columns_and_their_order_stay()
  local result = merged("Seat,Name,E-Mail\n12,A,a@x\n", "name,mail,group\nA,a@x,G\n")
  expect.equal(result.columns[1].heading, "Seat")
  expect.equal(result.columns[3].heading, "E-Mail")
  expect.equal(result.columns[4].heading, "group")
  expect.equal(cells(result, 1).seat, "12")
  expect.equal(result.changed[1].changes[1].column, "group")
end

function tests.an_empty_cell_of_a_column_that_is_there_empties_it()
  local result = merged("name,mail,assistant,phone\nA,a@x,p@x,1\n", "name,mail,assistant\nA,a@x,\n")
  expect.equal(cells(result, 1).assistant, "")
  expect.equal(cells(result, 1).phone, "1")
end

function tests.two_of_one_name_are_told_and_not_guessed()
  local _, problems = merged("key,name,mail\n1,A,a@x\n2,A,b@x\n", "name,mail\nA,c@x\n")
  expect.contains(problems[1], "new.csv:2: A may be A (old.csv:2) or A (old.csv:3)")
end

function tests.an_address_of_one_and_the_name_of_another_are_told()
  local _, problems = merged("name,mail\nA,a@x\nB,b@x\n", "name,mail\nA,b@x\n")
  expect.contains(problems[1], "has the address of B (old.csv:3) and the name of A (old.csv:2)")
end

function tests.two_rows_for_one_person_are_told()
  local _, problems = merged("name,mail\nA,a@x\n", "name,mail\nA,a@x\nA,\n")
  expect.contains(problems[1], "new.csv:3: A is the same person as A, new.csv:2")
end

function tests.the_same_list_changes_nothing()
  local text = "key,name,mail\n1,A,a@x\n,B,b@x\n"
  local result = merged(text, text)
  expect.equal(#result.changed + #result.added + #result.gone, 0)
  expect.equal(result.same, 2)
end

function tests.the_report_names_everybody()
  local result = merged("name,mail,phone\nA,a@x,1\nB,b@x,\n", "name,mail,phone\nA,a@x,2\nC,c@x,\n")
  expect.equal(merge.text(result, "guests.csv"), "added: 1\n  C, c@x\nchanged: 1\n  A: phone '1' -> '2'\n"
    .. "gone, and kept in guests.csv (--drop-gone takes them out): 1\n  B, b@x\nas before: 0\n")
end

return tests
