-- SPDX-License-Identifier: MIT
-- attendance_review: what the organisers look at: who came to a session and for how long, who says so, and
-- where the sources do not agree. For the command `usher attendance` and the page of that name.
local attendance = require "usher.attendance"
local facts = require "usher.facts"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local strangers = require "usher.attendance_strangers"

local review = {}

local MINUTE_MS <const> = 60 * 1000
local NEAR_MINUTES <const> = 5 -- two clocks, and minutes that are rounded
local SOON_MS <const> = 5 * MINUTE_MS -- Zoom may tell a little later what the page saw

local function clock(ms) return usher.time.format(ms, facts.event.zone, "%H:%M") end

local function minutes_text(n) return n == 1 and "1 minute" or ("%d minutes"):format(n) end

local function by_via(sources)
  local map = {}
  for _, source in ipairs(sources) do map[source.via] = source end
  return map
end

-- ---- who came -----------------------------------------------------------------------------------------

-- review.rows(session) -> list of { key, person, present, come, minutes, sources }, of everybody of whom
-- something is known about that session, in the order of the keys; { page, zoom, csv, hand } = true: which
-- sources said anything at all
function review.rows(session)
  local rows, said = {}, {}
  for key in usher.book("attendance"):each() do
    local person, seen = roster.person(key), attendance.seen(key, session)
    if person and #seen.sources > 0 then
      seen.key, seen.person = key, person
      rows[#rows + 1] = seen
      for _, source in ipairs(seen.sources) do said[source.via] = true end
    end
  end
  return rows, said
end

local names <const> = { page = "join page", zoom = "Zoom", csv = "report", hand = "by hand" }

-- review.source(source) -> "Zoom 50 min", "join page 14:02", "by hand: absent (Karma)"
function review.source(source)
  local name = names[source.via]
  if source.via == "page" then return ("%s %s"):format(name, clock(source.at)) end
  if source.via ~= "hand" then return ("%s %d min"):format(name, source.minutes) end
  return ("%s: %s%s"):format(name, source.present and "present" or "absent",
    source.who ~= "" and (" (%s)"):format(source.who) or "")
end

-- ---- where they do not agree --------------------------------------------------------------------------

local function has_measured(map) return map.zoom or map.csv end

-- What Zoom and the page have, for a sentence: "Zoom has 50 minutes", "the join page saw them at 14:02".
local function others_say(map, row)
  if has_measured(map) then return ("Zoom has %s"):format(minutes_text(row.minutes)) end
  return ("they went in by the join page at %s"):format(clock(map.page.at))
end

local function by_whom(hand) return hand.who ~= "" and " by " .. hand.who or "" end

local function against_hand(row, map, said, least, add)
  local hand, seen = map.hand, has_measured(map) or map.page
  if not hand.present then
    if seen then add(("marked as absent%s, and %s"):format(by_whom(hand), others_say(map, row))) end
  elseif not seen and (said.zoom or said.csv) then
    add(("marked as present%s, and neither Zoom nor the join page has seen them"):format(by_whom(hand)))
  elseif least and has_measured(map) and row.minutes < least then
    add(("marked as present%s, and Zoom has %d of the %s"):format(by_whom(hand), row.minutes,
      minutes_text(least)))
  end
end

local function against_page(map, said, add)
  local is_old = usher.now() - map.page.at > SOON_MS
  if is_old and (said.zoom or said.csv) and not has_measured(map) then
    add(("went in by the join page at %s, and Zoom has not seen them"):format(clock(map.page.at)))
  end
end

-- The webhook and the report are both Zoom's: they differ where calls were lost, or a file is another one's.
local function within_zoom(map, said, add)
  local told, reported = map.zoom, map.csv
  if told and reported and math.abs(told.minutes - reported.minutes) > NEAR_MINUTES then
    add(("Zoom told %s, and its report says %s"):format(minutes_text(told.minutes),
      minutes_text(reported.minutes)))
  elseif told and not reported and said.csv then
    add(("Zoom told %s, and its report does not have them"):format(minutes_text(told.minutes)))
  elseif reported and not told and said.zoom then
    add(("Zoom's report has %s, and Zoom told nothing of them"):format(minutes_text(reported.minutes)))
  end
  if told and told.lone and not reported then
    add(("Zoom saw them leave at %s and never come: the minutes are too few"):format(clock(told.at)))
  end
end

-- review.doubts(session, rows, said) -> list of { key, session, text, name }, out of review.rows
function review.doubts(session, rows, said)
  local least, list = attendance.least_minutes(session), {}
  for _, row in ipairs(rows) do
    local map = by_via(row.sources)
    local function add(text)
      list[#list + 1] = { key = row.key, session = session, text = text, name = roster.shown(row.person) }
    end
    if map.hand then against_hand(row, map, said, least, add)
    elseif map.page then against_page(map, said, add) end
    within_zoom(map, said, add)
  end
  return list
end

-- attendance.disagreements(session) -> list of { key, session, text, name }, of a session or of all
function attendance.disagreements(session)
  local list = {}
  for _, one in ipairs(session and { session } or sessions.all()) do
    for _, doubt in ipairs(review.doubts(one, review.rows(one))) do list[#list + 1] = doubt end
  end
  return list
end

-- ---- for the command ----------------------------------------------------------------------------------

local function row_shown(row)
  local sources = {}
  for i, source in ipairs(row.sources) do sources[i] = review.source(source) end
  return { key = row.key, name = roster.shown(row.person), group = row.person.group,
    present = row.present, minutes = row.minutes, sources = usher.json.array(sources) }
end

local function strangers_shown(session)
  local list = {}
  for i, one in ipairs(strangers.list(session)) do
    list[i] = { id = one.id, name = strangers.shown(one),
      minutes = attendance.minutes_of(one.entries, session) }
  end
  return list
end

-- review.show{ session } -> { title, session, people, present, disagreements, strangers }
function review.show(request)
  local session = attendance.session_of(request.session)
  local people, doubts, present = {}, {}, 0
  local rows, said = review.rows(session)
  for i, row in ipairs(rows) do
    people[i] = row_shown(row)
    if row.present then present = present + 1 end
  end
  for i, one in ipairs(review.doubts(session, rows, said)) do
    doubts[i] = { key = one.key, name = one.name, text = one.text }
  end
  local title = attendance.title(session)
  return { title = title and ("%s, %s"):format(facts.event.title, title) or facts.event.title,
    session = sessions.is_series() and session.id or nil, present = present,
    people = usher.json.array(people), disagreements = usher.json.array(doubts),
    strangers = usher.json.array(strangers_shown(session)) }
end

return review
