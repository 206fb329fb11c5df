-- SPDX-License-Identifier: MIT
-- Lists of people: everything wrong is listed, nothing is taken until it is right.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function refused(guests, ...)
  expect.refused(expect.event .. 'guests "guests.csv"', { ["guests.csv"] = guests }, ...)
end

function tests.all_problems_of_a_file_are_listed()
  local guests = "name,mail,zone,language\nA,nobody,,\n,b@c.example,,\nC,c@c.example,Asia/Thimpu,\n"
    .. "D,d@c.example,,elvish\n"
  refused(guests, "test.lua:2:", "4 things are wrong", "guests.csv:2: 'nobody' of A is not a mail address",
    "guests.csv:3: a person without a name", "guests.csv:4: C: unknown time zone",
    "guests.csv:5: unknown language")
end

function tests.two_people_with_one_address_are_told()
  refused("name,mail\nA,x@c.example\nB,X@c.example\n",
    "guests.csv:3: B has the same address as A (guests.csv:2)")
end

function tests.two_people_of_one_name_need_keys()
  refused("name,mail\nA,x@c.example\nA,y@c.example\n", "guests.csv:3: A has the same key 'A'", "guests.csv:2")
end

function tests.a_misspelt_column_names_the_nearest()
  refused("name,mial\nA,x@c.example\n", "unknown column 'mial' (did you mean 'mail'?)")
end

function tests.a_group_outside_the_list_names_the_nearest()
  expect.refused(expect.event .. 'groups { "Secretaries" }\nguests "guests.csv"',
    { ["guests.csv"] = "name,mail,group\nA,a@c.example,Secretary\n" },
    "unknown group 'Secretary'", "Secretaries")
end

function tests.a_column_of_ones_own_is_a_placeholder()
  local world = stub.load(expect.event .. 'guests { { name = "A", mail = "a@b.example", seat = "12" } }\n'
    .. 'mail "x" { to = invited, at = "1 day before", subject = "S", text = "Seat {seat}" }')
  world.run(0)
  expect.equal(world.usher.mails[1].text, "Seat 12")
end

function tests.an_unknown_person_of_a_rule_names_the_nearest()
  expect.refused(expect.event .. 'people { { key = "host", name = "H", mail = "h@b.example" } }\n'
    .. 'mail "x" { to = "hots", at = "1 day before", subject = "S", text = "T" }', nil, "'hots'", "host")
end

function tests.an_answer_by_part_of_a_name_is_taken_when_it_is_one_person()
  local world = stub.load(expect.event .. [[guests {
    { key = "1", name = "Karma Dorji", mail = "a@b.example" },
    { key = "2", name = "Karma Wangmo", mail = "c@b.example" } }]])
  expect.equal(world.usher.handlers.answer { person = "dorji", answer = "yes" }.key, "1")
  local fine, problem = pcall(world.usher.handlers.answer, { person = "Karma", answer = "yes" })
  expect.equal(fine, false)
  expect.contains(problem, "Karma Dorji (1) or Karma Wangmo (2)")
end

function tests.who_lists_answers_by_group()
  local world = stub.load(expect.event .. [[guests {
    { key = "1", name = "A", mail = "a@b.example", group = "X" },
    { key = "2", name = "B", mail = "c@b.example", group = "Y" } }]])
  world.usher.handlers.answer { person = "2", answer = "no", note = "phoned", who = "office" }
  local list = world.usher.handlers.who { group = "Y" }
  expect.equal(#list, 1)
  expect.equal(list[1].answer .. " " .. list[1].note, "no phoned")
end

return tests
