-- SPDX-License-Identifier: MIT
-- Pictures of numbers: whoever can't see them hears the same, and what is in a name stays a name.
local expect = require "expect"

package.loaded["usher.charts"], package.loaded["usher.html"] = nil, nil
local charts = require "usher.charts"
local h = require "usher.html"

local tests = {}

local function steps(more)
  local about = { id = "a", title = "Answers", text = "3 coming", from = 0, to = 40,
    label = function(ms) return "day " .. ms end,
    series = { { name = "coming", points = { { x = 10, y = 1 }, { x = 30, y = 3 } } },
      { name = "declined", points = { { x = 20, y = 2 } } } } }
  for name, value in pairs(more or {}) do about[name] = value end
  return h.render(charts.steps(about))
end

function tests.a_picture_has_a_name_and_a_sentence_for_whoever_can_not_see_it()
  local text = steps()
  expect.contains(text, 'role="img"')
  expect.contains(text, 'aria-labelledby="a-title a-text"')
  expect.contains(text, '<title id="a-title">Answers</title>')
  expect.contains(text, '<desc id="a-text">3 coming</desc>')
end

function tests.the_same_numbers_stand_in_a_table()
  local text = steps()
  expect.contains(text, '<th scope="row">day 10</th><td>1</td><td>0</td>')
  expect.contains(text, '<th scope="row">day 20</th><td>1</td><td>2</td>')
  expect.contains(text, '<th scope="row">day 30</th><td>3</td><td>2</td>')
end

function tests.a_line_stays_until_its_next_point()
  expect.contains(steps(), 'd="M40.0 230.0 H162.5')
  expect.contains(steps(), "H530.0")
end

function tests.the_grid_has_whole_numbers_and_few_lines()
  for _, most in ipairs { 1, 2, 7, 24, 99, 400, 12345 } do
    local text = steps { series = { { name = "n", points = { { x = 1, y = most } } } } }
    local _, lines = text:gsub('class="axis"', "")
    assert(lines >= 2 and lines <= 6, most .. " has " .. lines .. " lines")
  end
end

function tests.a_day_is_named_once_below_the_axis()
  local text = steps { label = function() return "8 Feb" end }
  local _, times = text:match("<svg.-</svg>"):gsub(">8 Feb<", "")
  expect.equal(times, 1)
end

function tests.bars_say_how_many_of_how_many()
  local text = h.render(charts.bars { id = "g", title = "Groups", text = "who comes", value = "Coming",
    of = "Guests", rows = { { name = "Secretaries", value = 3, of = 8 }, { name = "All", value = 4 } } })
  expect.contains(text, "Secretaries: 3 of 8")
  expect.contains(text, "<tr><th scope=\"row\">Secretaries</th><td>3</td><td>8</td></tr>")
  expect.contains(text, ">All: 4<")
end

function tests.a_name_is_never_mark_up()
  local evil = '"><script>alert(1)</script>'
  expect.lacks(steps { title = evil, text = evil, series = { { name = evil, points = {} } } }, "<script>")
  expect.lacks(h.render(charts.bars { id = "g", title = evil, text = evil,
    rows = { { name = evil, value = 1 } } }), "<script>")
end

function tests.nothing_is_a_picture_too()
  steps { series = { { name = "coming", points = {} } }, from = 5, to = 5 }
  h.render(charts.bars { id = "g", title = "Groups", text = "nobody", rows = {} })
end

return tests
