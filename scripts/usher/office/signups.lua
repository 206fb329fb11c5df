-- SPDX-License-Identifier: MIT
-- signups: how the answers came in over time, and how full each group is.
local calendar = require "usher.calendar"
local charts = require "usher.charts"
local facts = require "usher.facts"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"
local seats = require "usher.seats"
local counts = require "usher.office.counts"

local signups = {}

local DAY_MS <const> = 24 * 3600 * 1000
local QUARTER_MS <const> = 15 * 60 * 1000

-- The first moment of each day on which somebody answered, and how many said yes and no on it. Zones differ
-- by quarters of an hour at the least, so answers of one quarter are of one day.
local function by_day()
  local book, quarters, days, order = usher.book("answers"), {}, {}, {}
  local at = book:column("at")
  for key, answer in pairs(book:column("answer")) do
    local quarter = at[key] and (answer == "yes" or answer == "no") and at[key] // QUARTER_MS
    if quarter then
      quarters[quarter] = quarters[quarter] or { yes = 0, no = 0 }
      quarters[quarter][answer] = quarters[quarter][answer] + 1
    end
  end
  for quarter, count in pairs(quarters) do
    local day = parts.midnight(quarter * QUARTER_MS)
    if not days[day] then days[day], order[#order + 1] = { yes = 0, no = 0 }, day end
    days[day].yes, days[day].no = days[day].yes + count.yes, days[day].no + count.no
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
    text = ("%d coming and %d declined, counted by the day of each guest's latest answer in %s"):format(
      yes, no, calendar.place(zone)),
    series = { { name = "coming", points = coming }, { name = "declined", points = declined } },
    label = function(ms) return usher.time.format(ms, zone, "%e %b") end,
  }
end

local function groups_chart(groups)
  local rows = {}
  for _, group in ipairs(counts.names(groups)) do
    local count = groups[group]
    rows[#rows + 1] = { name = group == "" and "without a group" or group, value = count.yes, of = count.all }
  end
  if #rows == 0 then return nil end
  return h.section { h.h2 { "By group" }, charts.bars { id = "groups", title = "Coming by group",
    value = "Coming", of = "Guests", rows = rows, text = "Who comes, of all guests of each group" } }
end

-- The sign-up's seats: those of each group, and those that are anybody's.
local function seats_section()
  local plan = facts.signup
  if not plan or not plan.seats then return nil end
  local rows, taken, all, waiting = {}, seats.taken(), 0, 0
  for _, group in ipairs(plan.groups) do
    all, waiting = all + (taken[group] or 0), waiting + seats.waiting(group)
    local own = plan.room.own[group]
    if #plan.groups > 1 then rows[#rows + 1] = { name = group, value = taken[group] or 0, of = own } end
  end
  table.insert(rows, 1, { name = "All seats", value = all, of = plan.seats })
  return h.section { h.h2 { "Seats" },
    parts.figures { { plan.seats, "seats" }, { all, "taken" }, { math.max(0, plan.seats - all), "free" },
      waiting > 0 and { waiting, "waiting" } or nil },
    charts.bars { id = "seats", title = "Seats taken", value = "Taken", of = "Seats", rows = rows,
      text = plan.room.free > 0 and "A group takes its own seats first, then those that are anybody's"
        or "Each group has seats of its own" } }
end

local function page()
  local groups = counts.by_group()
  return { title = "Answers and seats", body = {
    parts.figures(parts.answer_figures(counts.sum(groups))),
    h.section { h.h2 { "Over time" }, chart() },
    seats_section(), groups_chart(groups),
  } }
end

function signups.register()
  office.page("signups", { text = "Answers" }, page)
end

return signups
