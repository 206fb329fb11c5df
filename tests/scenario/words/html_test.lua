-- SPDX-License-Identifier: MIT
-- Pages are tables: what is in them is text, and what is missing is nothing.
local expect = require "expect"
local stub = require "stub"

local tests = {}

function tests.what_is_missing_ends_no_list()
  local h = require "usher.html"
  local missing = nil
  expect.equal(h.render(h.p { "a", missing, false, h.b { "b" }, { missing, "c" }, 1 }), "<p>a<b>b</b>c1</p>")
  expect.equal(h.render(h.list { missing, h.p { "x" } }), "<p>x</p>")
  expect.equal(h.render(h.p {}), "<p></p>")
end

function tests.every_page_has_its_title_and_its_style_sheet()
  stub.load(expect.event)
  local frame, h = require "usher.frame", require "usher.html"
  local body = frame.guest { title = "A page", body = h.p { "text" } }.body
  expect.contains(body, "<title>A page</title>")
  expect.contains(body, 'href="/static/usher.css"')
  expect.contains(body, "a@b.example")
end

return tests
