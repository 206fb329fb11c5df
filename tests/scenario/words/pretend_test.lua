-- SPDX-License-Identifier: MIT
-- What guests do in a rehearsal: which of them does what, and when.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local GUESTS <const> = [[
guests {
  { key = "karma", name = "Karma", mail = "karma@office.example" },
  { key = "pema", name = "Pema", mail = "pema@office.example" },
}
]]

-- A world whose rehearsal was told this of its guests.
local function told(guests, text)
  local new = stub.new
  stub.new = function(...)
    local world = new(...)
    world.usher.rehearsing = function() return true, { guests = guests } end
    return world
  end
  local fine, world = pcall(stub.load, text or expect.event .. GUESTS)
  stub.new = new
  return fine, world
end

local function pretend_of(guests)
  local fine, problem = told(guests)
  assert(fine, problem)
  return require "usher.pretend"
end

function tests.nobody_said_anything_and_all_accept()
  expect.equal(pretend_of(nil).how("karma"), "accepts")
end

function tests.one_person_may_differ_from_all_others()
  local pretend = pretend_of { mix = { { how = "late", share = 100 } }, people = { karma = "declines" } }
  expect.equal(pretend.how("karma"), "declines")
  expect.equal(pretend.how("pema"), "late")
end

function tests.shares_of_many_guests_are_about_what_was_said_and_the_rest_accepts()
  local pretend = pretend_of { mix = { { how = "late", share = 10 }, { how = "no-show", share = 20 } },
    people = {} }
  local counts = {}
  for i = 1, 5000 do
    local how = pretend.how(("G%05d"):format(i))
    counts[how] = (counts[how] or 0) + 1
  end
  for how, share in pairs { late = 10, ["no-show"] = 20, accepts = 70 } do
    local off = math.abs(counts[how] - 50 * share)
    if off > 100 then error(("%d of 5000 are %s"):format(counts[how], how)) end
  end
end

function tests.who_does_what_is_the_same_every_time()
  local mix = { mix = { { how = "silent", share = 50 } }, people = {} }
  local first = pretend_of(mix).how("karma")
  for _ = 1, 3 do expect.equal(pretend_of(mix).how("karma"), first) end
end

function tests.words_about_somebody_who_is_not_there_are_refused_with_the_nearest_key()
  local fine, problem = told { mix = {}, people = { karna = "late" } }
  expect.equal(fine, false)
  expect.contains(problem, "--guest: no guest has the key 'karna' (did you mean 'karma'?)")
end

function tests.whoever_will_sign_up_is_meant_by_an_address()
  local guests = { mix = {}, people = { ["tashi.dorji.1@guest.example"] = "late" } }
  local office = 'people { { key = "office", name = "Office", mail = "o@b.example", role = "organiser" } }\n'
  expect.equal((told(guests, expect.event .. office .. "signup { seats = 3 }")), true)
  expect.equal((told(guests)), false)
end

return tests
