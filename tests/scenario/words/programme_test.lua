-- SPDX-License-Identifier: MIT
-- The order of the day, pasted and written.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local people = 'people { { key = "ko", name = "Kiyoug Ko", salutation = "Mr.", role = "speaker", '
  .. 'mail = "ko@b.example", zone = "Asia/Seoul" } }\n'

local function load_programme(text)
  local world = stub.load(expect.event .. people .. 'programme "p.txt"', { ["p.txt"] = text })
  return require("usher.facts").items, world.usher.handlers.rehearsed({ effects = {} }).check
end

function tests.dashes_tildes_and_words_stand_between_times()
  for _, between in ipairs { "-", " - ", " \u{2013} ", "\u{2014}", " ~ " } do
    local items = load_programme("14:00" .. between .. "16:30\tTalk\n")
    expect.equal(items[1].starts.wall .. " " .. items[1].ends.wall, "2021-02-25 14:00 2021-02-25 16:30")
    expect.equal(items[1].title, "Talk")
  end
end

function tests.twelve_hour_clocks_are_read()
  local items = load_programme("2.00 - 4.30 PM | Talk |\n")
  expect.equal(items[1].starts.wall, "2021-02-25 14:00")
  expect.equal(items[1].title, "Talk")
end

function tests.a_number_that_is_no_time_is_a_title()
  local items = load_programme("3 objectives\n14:00-16:30 A\n")
  expect.equal(#items, 1)
  expect.equal(items[1].section, "3 objectives")
end

function tests.a_person_is_found_and_cut_from_the_title()
  local items = load_programme("14:00-16:30\t\u{25AA} Remarks by Mr. Kiyoug Ko, Director\n")
  expect.equal(items[1].title, "Remarks")
  expect.equal(items[1].people[1].key, "ko")
end

function tests.a_name_that_is_not_in_people_is_told()
  local _, notes = load_programme("14:00-16:30 Remarks by Dr. Nobody\n")
  expect.contains(notes, "'Dr. Nobody' is not in people")
end

function tests.an_untimed_line_before_a_timed_one_is_a_heading()
  local items = load_programme("Opening\n14:00-15:00 A\nGroup Photo\nTalks\n15:00-16:30 B\n")
  expect.equal(#items, 3)
  expect.equal(items[2].title, "Group Photo")
  expect.equal(items[2].starts, nil)
  expect.equal(items[3].section, "Talks")
end

function tests.gaps_overlaps_and_late_ends_are_told()
  local _, notes = load_programme("14:00-14:30 A\n14:20-15:00 B\n15:10-17:00 C\n")
  expect.contains(notes, "A and B overlap: 14:20-14:30")
  expect.contains(notes, "15:00-15:10: nothing is planned before C")
  expect.contains(notes, "C ends at 17:00, after the event's end at 16:30")
end

function tests.a_date_above_the_table_is_compared()
  local _, notes = load_programme("24 February 2021\nTIME\tDESCRIPTION\n14:00-16:30 A\n")
  expect.contains(notes, "'24 February 2021' is not the event's date, 2021-02-25")
end

function tests.a_list_says_the_same()
  stub.load(expect.event .. people .. [[programme {
    { "14:00-14:10", "Remarks", by = "ko" }, { "Group photo" },
    { "14:10-16:30", "Talk", section = "Talks" } }]])
  local items = require("usher.facts").items
  expect.equal(items[1].people[1].name, "Kiyoug Ko")
  expect.equal(items[2].starts, nil)
end

function tests.an_unknown_option_of_an_item_names_the_nearest()
  expect.refused(expect.event .. people .. 'programme { { "14:00-14:10", "Remarks", yb = "ko" } }', nil,
    "item 1: no option 'yb' (did you mean 'by'?)")
end

return tests
