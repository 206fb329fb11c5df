-- SPDX-License-Identifier: MIT
-- The small examples load and run on the stub as far as it goes.
local expect = require "expect"
local stub = require "stub"

local tests = {}

function tests.hello_sends_one_mail_the_day_before()
  local world = stub.new()
  world = stub.load(world.read("examples/01-hello/hello.lua"))
  world.run(stub.time.at("2031-02-01 09:00", "Asia/Thimphu").utc)
  expect.equal(#world.usher.mails, 1)
  expect.equal(world.usher.mails[1].at, stub.time.at("2031-02-24 09:00", "Asia/Thimphu").utc)
  expect.equal(world.usher.mails[1].text, "See you, Karma Tshering!")
end

return tests
