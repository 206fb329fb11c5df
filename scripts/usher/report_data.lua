-- SPDX-License-Identifier: MIT
-- report_data: what is to be said of an event afterwards, as plain data: numbers, names of what was asked,
-- sentences. Nothing here is mark-up, and nothing tells more than survey_results lets go. Names of guests are
-- only where the organisers need them (who came in whose place); who is interested and who asked is in the
-- tables (report_tables.lua), which do not go round by mail unless somebody says so.
--
--   report_data.collect(seen) -> { at = ms, title, when, clocks, where, organisers, state, people, groups,
--     minutes, sessions, deputies, mails, aims, compared, surveys, interests, questions }
--   seen: the lists that report_data.look asks for. Runs where books may be looked at.
local answers = require "usher.office.counts"
local audience = require "usher.audience"
local before_after = require "usher.before_after"
local ask = require "usher.ask"
local attendance = require "usher.attendance"
require "usher.attendance_review" -- attendance.disagreements
local dates = require "usher.dates"
local facts = require "usher.facts"
local interest = require "usher.interest"
local mails = require "usher.report_mails"
local questions = require "usher.questions"
local results = require "usher.survey_results"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local template = require "usher.template"

local report_data = {}

local LANGUAGE <const> = "en" -- as the organisers' pages
local LISTED_MAX <const> = 60 -- deputies and open questions; the tables have all of them
local MINUTE_MS <const> = 60 * 1000
local BINS_MAX <const> = 6
local bin_sizes <const> = { 5, 10, 15, 20, 30, 45, 60, 90, 120, 240 }

report_data.look = mails.look

-- ---- the headline ------------------------------------------------------------------------------------

local function organisers()
  local names, zones, seen = {}, {}, { [facts.event.zone] = true }
  for i, key in ipairs(facts.event.organisers) do
    local person = roster.person(key) or facts.by_key[key]
    names[i] = facts.full_name(person)
    if not seen[person.zone] then seen[person.zone], zones[#zones + 1] = true, person.zone end
  end
  return names, zones
end

-- The organisers' clocks beside the event's; with the day where that is another one.
local function clocks_in(anchor, zones)
  local list, day = {}, dates.day(anchor.starts, facts.event.zone, LANGUAGE)
  for i, zone in ipairs(zones) do
    local same = dates.day(anchor.starts, zone, LANGUAGE) == day
    list[i] = same and dates.clocks(anchor, zone, LANGUAGE) or template.span(anchor, zone, LANGUAGE)
  end
  return list
end

local function where_text(where)
  if not where then return nil end
  return where.kind == "zoom" and "Online, on Zoom" or where.text
end

local function headline(data)
  local event = facts.event
  local names, zones = organisers()
  local first = sessions.all()[1]
  data.title, data.id, data.zone = event.title, event.id, event.zone
  data.organisers = names
  local is_series = sessions.is_series()
  data.when = is_series and dates.clocks(first, event.zone, LANGUAGE)
    or dates.span(first, event.zone, LANGUAGE)
  data.clocks, data.where = clocks_in(first, zones), where_text(event.where)
  data.n_sessions = is_series and #sessions.all() or nil
  data.first_day = is_series and dates.day(first.starts, event.zone, LANGUAGE) or nil
  data.last_day = is_series and dates.day(event.ends, event.zone, LANGUAGE) or nil
  data.made = dates.long(data.at, event.zone, LANGUAGE)
  data.state = data.at < event.starts.utc and "early" or data.at < event.ends.utc and "now" or "over"
end

-- ---- who came ----------------------------------------------------------------------------------------

local function people(data)
  local groups = answers.by_group()
  data.people = answers.sum(groups)
  data.groups = {}
  for i, name in ipairs(answers.names(groups)) do
    local count = groups[name]
    count.name = name ~= "" and name or nil
    data.groups[i] = count
  end
end

-- As many columns as are read at a glance, of a length that people think in.
local function bin_size(longest)
  for _, size in ipairs(bin_sizes) do
    if longest <= size * (BINS_MAX - 1) then return size end
  end
  return longest // (BINS_MAX - 1) + 1
end

local function bins_of(minutes, lasts)
  local size, bins = bin_size(lasts), {}
  for i = 1, math.min(lasts // size + 1, BINS_MAX) do
    bins[i] = { name = ("%d\u{2013}%d"):format((i - 1) * size, i * size - 1), n = 0 }
  end
  bins[#bins].name = ("%d+"):format((#bins - 1) * size)
  for _, n in ipairs(minutes) do
    local bin = bins[math.min(n // size + 1, #bins)]
    bin.n = bin.n + 1
  end
  return bins
end

local function median(sorted) return sorted[(#sorted + 1) // 2] end

-- Minutes of whoever came to a session and of whom something tells how long; nil when nothing does. list: of
-- minutes.
local function minutes_of(session, list)
  if #list == 0 then return nil end
  table.sort(list)
  local lasts = (session.ends.utc - session.starts.utc) // MINUTE_MS
  return { n = #list, median = median(list), least = list[1], most = list[#list], lasts = lasts,
    bins = bins_of(list, lasts) }
end

-- Of thousands who are invited only those are looked at of whom something is known: list of { key, group,
-- known = as the book has it }.
local function known_guests()
  local list, roster_book = {}, usher.book("roster")
  local signed_up, group = roster_book:column("signed_up"), roster_book:column("group")
  for key, known in usher.book("attendance"):each() do
    local listed = facts.by_key[key]
    if listed and listed.guest or signed_up[key] then
      list[#list + 1] = { key = key, known = known, group = group[key] or listed and listed.group or "" }
    end
  end
  return list
end

-- How long whoever came was there, of those of whom it is known.
local function measured(session, guests)
  local list = {}
  for _, guest in ipairs(guests) do
    local n = attendance.minutes_of(guest.known, session)
    if n and attendance.was_there(guest.key, session) then list[#list + 1] = n end
  end
  return minutes_of(session, list)
end

local function session_row(session, guests, times)
  local came, by_group = 0, {}
  for _, guest in ipairs(guests) do
    if attendance.was_there(guest.key, session) then
      came, times[guest.key] = came + 1, (times[guest.key] or 0) + 1
      by_group[guest.group] = (by_group[guest.group] or 0) + 1
    end
  end
  local minutes = measured(session, guests)
  local zone = facts.event.zone
  return { id = session.id, title = session.title, came = came, by_group = by_group,
    over = session.ends.utc <= usher.now(), minutes = minutes and minutes.median,
    day = dates.day(session.starts, zone, LANGUAGE):gsub(" %d+$", ""),
    date = usher.time.format(session.starts, zone, "%e %b"):gsub("^ ", "") }
end

-- To how many sessions each came: n -> how many people.
local function how_often(times, n_sessions)
  local list = {}
  for i = 1, n_sessions do list[i] = { name = tostring(i), n = 0 } end
  for _, n in pairs(times) do list[n].n = list[n].n + 1 end
  return list
end

-- How many have been to as many sessions as the series asks for, and what it asks for in words.
local function passed(guests)
  if not facts.series.pass then return nil end
  local n, rule = 0, nil
  for _, guest in ipairs(guests) do
    local held, needed, all = audience.held(guest)
    if held >= needed then n = n + 1 end
    rule = ("%d of %d sessions"):format(needed, all)
  end
  return { n = n, rule = rule }
end

local function series(data, guests)
  local times = {}
  data.passed = passed(guests)
  data.sessions = {}
  for i, session in ipairs(sessions.all()) do
    data.sessions[i] = session_row(session, guests, times)
    data.knows_minutes = data.knows_minutes or data.sessions[i].minutes ~= nil
  end
  data.how_often = how_often(times, #data.sessions)
end

local function presence(data)
  local guests = known_guests()
  if sessions.is_series() then
    series(data, guests)
  else
    data.minutes = measured(sessions.all()[1], guests)
  end
  -- What a page and a hand say alone is not measured against anything.
  data.n_disagreements = (data.minutes or data.knows_minutes) and #attendance.disagreements() or 0
end

-- ---- who came in whose place -------------------------------------------------------------------------

local function deputies(data)
  local list, n = {}, 0
  for key in pairs(roster.changed()) do
    local person = roster.person(key)
    if person and person.stands_in_for then
      n = n + 1
      list[n] = { name = facts.full_name(person), whose = facts.full_name(person.stands_in_for),
        group = person.group, came = attendance.was_there(key) or nil }
    end
  end
  table.sort(list, function(a, b) return a.whose < b.whose end)
  data.deputies = { n = n, list = table.move(list, 1, math.min(n, LISTED_MAX), 1, {}) }
end

-- ---- what was said -----------------------------------------------------------------------------------

local function surveys(data)
  data.surveys, data.compared = {}, before_after.all()
  for i, s in ipairs(facts.surveys) do data.surveys[i] = results.of(s) end
end

-- Means of the latest survey that asks the aims without one before it: { [number of the aim] = question }
local function rated_aims(data)
  local by_number = {}
  for _, r in ipairs(data.surveys) do
    for _, question in ipairs(r.questions) do
      if question.objective then by_number[question.objective] = question end
    end
  end
  return by_number
end

-- What the event was for, and what came of each aim: how answers have shifted, or how they are.
local function aims(data)
  local rated, shifted = rated_aims(data), {}
  for _, pair in ipairs(data.compared) do
    for _, one in ipairs(pair) do
      if one.objective then shifted[one.objective] = one end
    end
  end
  data.aims = {}
  for i, text in ipairs(facts.objectives) do
    local one, other = shifted[i], rated[i] or {}
    data.aims[i] = { text = text, from = 1, to = 5, low = other.low, high = other.high,
      shift = one and one.shift, before = one and one.before,
      after = one and one.after or { n = other.n or 0, mean = other.mean } }
  end
end

local function choices_of(form, list)
  if not form.wishes then return nil end
  local counts, by_label = {}, {}
  for i, option in ipairs(form.wishes.options) do
    counts[i] = { name = option, n = 0 }
    by_label[option] = counts[i]
  end
  for _, entry in ipairs(list) do
    for _, label in ipairs(entry.chosen) do
      if by_label[label] then by_label[label].n = by_label[label].n + 1 end
    end
  end
  return counts
end

local function interests(data)
  data.interests = {}
  for i, form in ipairs(facts.interests) do
    local list = interest.list(form.name)
    data.interests[i] = { name = form.name, n = #list, choices = choices_of(form, list),
      title = questions.in_language(form.title, facts.event.language) }
  end
end

local function open_questions(data)
  local list, n, all = {}, 0, 0
  for _, one in ipairs(ask.list()) do
    if one.state ~= "hidden" then all = all + 1 end
    if one.state == "open" then
      n = n + 1
      if n <= LISTED_MAX then list[n] = one.text end
    end
  end
  data.questions = { n = n, all = all, list = list }
end

-- ---- the whole ---------------------------------------------------------------------------------------

-- report_data.without_names(data) -> data that names none of the guests: how many deputies came and not who,
-- what went wrong with a mail and not whose
function report_data.without_names(data)
  local copy = {}
  for name, value in pairs(data) do copy[name] = value end
  copy.deputies = { n = data.deputies.n, list = {} }
  copy.mails = { rules = data.mails.rules, total = data.mails.total, wrong = {}, skipped = {} }
  for _, part in ipairs { "wrong", "skipped" } do
    for i, one in ipairs(data.mails[part]) do
      copy.mails[part][i] = { name = one.name, text = one.text, n = one.n }
    end
  end
  return copy
end

function report_data.collect(seen)
  local data = { at = usher.now() }
  headline(data)
  people(data)
  presence(data)
  deputies(data)
  surveys(data)
  aims(data)
  interests(data)
  open_questions(data)
  data.mails = mails.of(seen)
  return data
end

return report_data
