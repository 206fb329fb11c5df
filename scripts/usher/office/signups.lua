-- SPDX-License-Identifier: MIT
-- signups: how the answers came in over time, and how full each group is.
local calendar = require "usher.calendar"
local charts = require "usher.charts"
local facts = require "usher.facts"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"
local tally = require "usher.office.tally"

local signups = {}

local DAY_MS <const> = 24 * 3600 * 1000

-- Group -> seats, from the word that has them; nil: nobody counts seats.
local seats_of

-- signups.seats_by(fn): fn() -> group -> number of seats. Once, at the top level, by whatever word has seats.
function signups.seats_by(fn) seats_of = fn end

-- How many had said yes, and no, at the end of each day on which somebody answered.
local function by_day()
  local days, order = {}, {}
  for _, answer in usher.book("answers"):each() do
    local day = answer.at and parts.midnight(answer.at)
    if day and (answer.answer == "yes" or answer.answer == "no") then
      if not days[day] then days[day], order[#order + 1] = { yes = 0, no = 0 }, day end
      days[day][answer.answer] = days[day][answer.answer] + 1
    end
  end
  table.sort(order)
  return order, days
end

local function chart()
  local order, days = by_day()
  if #order == 0 then return h.p { class = "quiet", "Nobody has answered yet." } end
  local yes, no, coming, declined = 0, 0, {}, {}
  for i, day in ipairs(order) do
    yes, no = yes + days[day].yes, no + days[day].no
    coming[i], declined[i] = { x = day + DAY_MS // 2, y = yes }, { x = day + DAY_MS // 2, y = no }
  end
  local zone = facts.event.zone
  return charts.steps {
    id = "answers", title = "Answers over time", from = order[1],
    to = math.max(math.min(usher.now(), facts.event.ends.utc), order[#order] + DAY_MS),
    text = ("%d coming and %d declined, counted by the day of each guest's latest answer in %s"):format(yes, no,
      calendar.place(zone)),
    series = { { name = "coming", points = coming }, { name = "declined", points = declined } },
    label = function(ms) return usher.time.format(ms, zone, "%e %b") end,
  }
end

local function groups_chart()
  local rows, seats = {}, seats_of and seats_of() or {}
  local groups = tally.by_group()
  for _, group in ipairs(tally.names(groups)) do
    local count = groups[group]
    rows[#rows + 1] = { name = group == "" and "without a group" or group, value = count.yes,
      of = seats[group] or count.all }
  end
  if #rows == 0 then return nil end
  return charts.bars { id = "groups", title = "Coming by group", value = "Coming",
    of = seats_of and "Seats" or "Invited", rows = rows,
    text = seats_of and "Who comes, and how many seats each group has"
      or "Who comes, and how many of each group were invited" }
end

local function page()
  local count = tally.sum(tally.by_group())
  return { title = "Answers and seats", body = {
    parts.figures { { count.yes, "coming", "good" }, { count.no, "declined" }, { count.none, "no answer" } },
    h.section { h.h2 { "Over time" }, chart() },
    h.section { h.h2 { "By group" }, groups_chart() },
  } }
end

function signups.register()
  office.page("signups", { text = "Answers" }, page)
end

return signups
