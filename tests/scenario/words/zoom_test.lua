-- SPDX-License-Identifier: MIT
-- A meeting on Zoom as a place: given, or usher's own; what Zoom's answers mean in words.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local head <const> = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>", where = zoom { %s } }
guests { { key = "a", name = "Aum", mail = "a@b.example" } }
]]

local function flows(world)
  local names = {}
  for _, start in ipairs(world.usher.starts) do
    if start.name:find "^zoom" then names[#names + 1] = start.name end
  end
  return table.concat(names, ", ")
end

function tests.a_given_link_needs_no_rights_and_no_flows()
  local world = stub.load(head:format 'link = "https://zoom.example/j/1", code = "2", id = "945 1234 5678"')
  expect.equal(flows(world), "")
  expect.equal(require("usher.facts").event.where.api, nil)
end

function tests.a_meeting_that_usher_makes_has_flows_of_its_own()
  expect.equal(flows(stub.load(head:format "create = true")), "zoom meeting, zoom report")
  expect.equal(flows(stub.load(head:format "create = true, registrants = true, report = false")),
    "zoom meeting, zoom guests")
end

function tests.the_usual_secrets_are_meant_when_none_is_named()
  stub.load(head:format 'create = true, client = "an-app"')
  local grant = require("usher.facts").event.where.api.oauth
  expect.equal(grant.secret, "{{secret:ZOOM_SECRET}}")
  expect.equal(grant.form.account_id, "{{secret:ZOOM_ACCOUNT}}")
  expect.equal(grant.client, "an-app")
  expect.equal(grant.token, "https://zoom.us/oauth/token")
end

function tests.what_contradicts_itself_is_refused()
  for options, words in pairs {
    [""] = "zoom: link is missing: add  link = ..., or  create = true",
    ['create = true, id = "94512345678"'] = "create = true makes a new meeting: leave id out",
    ["registrants = true"] = "say create = true, or the id of the meeting that there is",
    ['id = "12", report = true'] = "id is the meeting's number, 9 to 12 digits, not '12'",
    ['id = "94512345678", host = "h@b.example"'] = "host is for a meeting that usher makes",
    ['create = true, secret = "abc"'] = 'write  secret = secret "ZOOM_SECRET"',
    ['create = true, api = "zoom"'] = 'api is a whole web address, as in "https://api.zoom.us/v2"',
    ["create = true, registrant = true"] = "no option 'registrant' (did you mean 'registrants'?)",
  } do expect.refused(head:format(options), nil, words) end
end

function tests.a_refusal_of_zoom_is_a_sentence_with_what_to_do()
  local sentence = (stub.load(head:format "create = true") and require "usher.zoom_api").sentence
  expect.equal(sentence { status = 404, json = { code = 3001, message = "Meeting does not exist: 1." } },
    "Zoom says: Meeting does not exist: 1 (code 3001): look at the id of the meeting: it is deleted, or of "
    .. "another account")
  expect.equal(sentence { status = 400, json = { code = 300, message = "Validation Failed.",
    errors = { { field = "topic", message = "Invalid\nfield." } } } },
    "Zoom says: Validation Failed (topic: Invalid field.) (code 300)")
  expect.equal(sentence { status = 503, body = "<html>" }, "Zoom says: no (code 503)")
  expect.equal(sentence { status = 0, why = "https://zoom.us did not answer" },
    "Zoom can't be asked: https://zoom.us did not answer")
  expect.equal(#sentence { status = 400, json = { message = ("x"):rep(9000) } } < 400, true)
end

function tests.of_a_report_only_whole_rows_are_taken()
  stub.load(head:format "create = true")
  local rows = require("usher.zoom_report").rows {
    { name = "Aum", user_email = "a@b.example", registrant_id = "r1", join_time = "2021-02-25T08:00:05Z",
      leave_time = "2021-02-25T09:00:00Z" },
    { name = "", user_email = "", join_time = "2021-02-25T08:00:00Z", leave_time = "2021-02-25T08:00:00Z" },
    { name = "Bob", join_time = "2021-02-25T09:00:00Z", leave_time = "2021-02-25T08:00:00Z" },
    { name = "Eve", join_time = "yesterday", leave_time = 7 },
  }
  expect.equal(#rows, 2)
  expect.equal(rows[1].left - rows[1].joined, 3595000)
  expect.equal(rows[1].registrant, "r1")
  expect.equal(rows[2].name, nil)
end

return tests
