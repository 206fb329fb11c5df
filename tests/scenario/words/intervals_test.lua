-- SPDX-License-Identifier: MIT
-- Time that is counted once, whatever came twice, late or not at all.
local expect = require "expect"

local tests = {}

local intervals = require "usher.intervals"

local function text(list)
  local spans = {}
  for i, span in ipairs(list) do spans[i] = ("%d-%d"):format(span[1], span[2]) end
  return table.concat(spans, " ")
end

-- "a+10 a-20 b+15": a device, whether it came or left, and when. It closes at 100.
local function facts_of(story)
  local facts = {}
  for device, sign, at in story:gmatch("(%a+)([+-])(%d+)") do
    facts[#facts + 1] = { device = device, did = sign == "+" and "joined" or "left", at = tonumber(at) }
  end
  return facts
end

local function at_100() return 100 end

local function paired(story)
  local spans, lone = intervals.pair(facts_of(story), at_100)
  return text(intervals.union(spans)), table.concat(lone, " "), intervals.total(spans)
end

function tests.what_overlaps_is_counted_once()
  expect.equal(text(intervals.union { { 10, 30 }, { 20, 40 } }), "10-40")
  expect.equal(intervals.total { { 10, 30 }, { 20, 40 } }, 30)
end

function tests.what_touches_is_one_span()
  expect.equal(text(intervals.union { { 20, 30 }, { 10, 20 } }), "10-30")
end

function tests.what_lies_within_another_adds_nothing()
  expect.equal(text(intervals.union { { 10, 90 }, { 20, 30 }, { 20, 25 }, { 90, 90 } }), "10-90")
end

function tests.gaps_stay_gaps()
  expect.equal(text(intervals.union { { 50, 60 }, { 10, 20 } }), "10-20 50-60")
  expect.equal(intervals.total { { 50, 60 }, { 10, 20 } }, 20)
end

function tests.nothing_has_no_length()
  expect.equal(text(intervals.union {}), "")
  expect.equal(intervals.total {}, 0)
end

function tests.what_is_given_is_not_changed()
  local list = { { 20, 40 }, { 10, 30 } }
  intervals.union(list)
  intervals.squeeze(list, 1)
  expect.equal(text(list), "20-40 10-30")
end

function tests.only_what_lies_within_counts()
  expect.equal(text(intervals.clip({ { 0, 5 }, { 5, 15 }, { 12, 18 }, { 19, 40 }, { 30, 40 } }, 10, 20)),
    "10-15 12-18 19-20")
  expect.equal(text(intervals.clip({ { 0, 90 } }, 10, 20)), "10-20")
end

function tests.a_moment_within_stays_a_moment()
  expect.equal(text(intervals.clip({ { 15, 15 } }, 10, 20)), "15-15")
  expect.equal(text(intervals.clip({ { 25, 25 } }, 10, 20)), "")
end

function tests.whoever_comes_and_goes_was_there_between()
  expect.equal((paired "a+10 a-40"), "10-40")
end

function tests.a_rejoin_adds_its_own_time()
  local spans, _, total = paired "a+10 a-20 a+50 a-60"
  expect.equal(spans, "10-20 50-60")
  expect.equal(total, 20)
end

function tests.two_devices_at_once_are_counted_once()
  local spans, _, total = paired "a+10 b+20 a-50 b-60"
  expect.equal(spans, "10-60")
  expect.equal(total, 50)
end

function tests.the_second_device_stays_when_the_first_goes()
  expect.equal((paired "phone+10 laptop+12 phone-14 laptop-90"), "10-90")
end

function tests.whoever_never_left_was_there_until_it_closed()
  expect.equal((paired "a+10"), "10-100")
  expect.equal((paired "a+10 a-20 a+30"), "10-20 30-100")
end

function tests.who_came_after_the_close_has_a_moment_of_no_length()
  local spans, _, total = paired "a+120"
  expect.equal(spans, "120-120")
  expect.equal(total, 0)
end

function tests.a_leave_without_a_join_is_known_and_adds_nothing()
  local spans, lone, total = paired "a-40"
  expect.equal(spans .. "|" .. lone .. "|" .. total, "|40|0")
end

function tests.a_lost_leave_ends_with_the_next_that_came()
  expect.equal((paired "a+10 a+30 a-50"), "10-50")
end

function tests.the_leave_and_the_rejoin_of_one_second_do_not_break_it()
  expect.equal((paired "a+10 a-20 a+20 a-30"), "10-30")
end

function tests.in_and_out_within_a_second_is_a_moment()
  local spans, lone = paired "a+10 a-10"
  expect.equal(spans .. "|" .. lone, "10-10|")
end

function tests.said_twice_is_said_once()
  expect.equal((paired "a+10 a+10 a-40 a-40 a+10"), "10-40")
end

-- Every order of these facts, by Heap's way.
local function each_order(list, fn, n)
  n = n or #list
  if n <= 1 then return fn(list) end
  for i = 1, n do
    each_order(list, fn, n - 1)
    local other = n % 2 == 0 and i or 1
    list[other], list[n] = list[n], list[other]
  end
end

function tests.the_order_in_which_facts_arrive_changes_nothing()
  for _, story in ipairs { "a+10 a-20 a+30 a-60 b+15 b-35", "a+10 a-20 a+20 b-40 b+5 a+70",
    "a+10 a+30 a-50 b-7 b+7 b-9" } do
    local facts = facts_of(story)
    local wanted = { paired(story) }
    each_order(facts, function(order)
      local spans, lone = intervals.pair(order, at_100)
      expect.equal(text(intervals.union(spans)), wanted[1])
      expect.equal(table.concat(lone, " "), wanted[2])
    end)
  end
end

function tests.a_prefix_of_what_is_to_come_never_counts_longer_than_until_the_close()
  local facts = facts_of "a+10 a-20 b+15 b-95 a+30 a-60"
  local some = {}
  for _, fact in ipairs(facts) do
    some[#some + 1] = fact
    local total = intervals.total((intervals.pair(some, at_100)))
    expect.equal(total >= 0 and total <= 90, true)
  end
end

function tests.too_many_spans_close_their_smallest_gaps()
  local list = { { 0, 10 }, { 11, 20 }, { 50, 60 }, { 63, 70 } }
  expect.equal(text(intervals.squeeze(list, 4)), "0-10 11-20 50-60 63-70")
  expect.equal(text(intervals.squeeze(list, 3)), "0-20 50-60 63-70")
  expect.equal(text(intervals.squeeze(list, 2)), "0-20 50-70")
  expect.equal(text(intervals.squeeze(list, 1)), "0-70")
end

return tests
