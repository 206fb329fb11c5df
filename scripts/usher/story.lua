-- SPDX-License-Identifier: MIT
-- story: several scripts that were rehearsed as one, each told by its own words (timeline.chapter), put
-- together: one timeline, what to look at in all of it, and each person's whole life across the events.
--
-- story.tell{ chapters, people, person } -> { text, warnings, html, people, person }, as timeline.report
--   chapter = { event = id, title, when, loaded = ms, opening = what it begins with, zone, zones, rows with
--               marks and what, warnings, people = list of { key, label, address, zone, guest, mails, entries
--               as in lives.lua, got = list of { at, rule, cue = whether it is one } } }
-- One person is known in two events by the key, or by the address. Two people whose lists give them the same
-- key (a plain number, say), but another name and another address, are two.
local lives = require "usher.lives"
local page = require "usher.page"
local timeline = require "usher.timeline"

local story = {}

local HOUR_MS <const> = 60 * 60 * 1000

-- ---- people ---------------------------------------------------------------------------------------------

local function lower(text) return text and text:lower() end

local function is_same(one, other)
  local address = one.address and other.address and lower(one.address) ~= lower(other.address)
  local name = one.label and other.label and one.label ~= other.label
  return not (address and name)
end

local function append(list, more, event)
  for _, one in ipairs(more) do
    one.event = event
    list[#list + 1] = one
  end
end

-- Whoever of those that other events know is meant; nobody of the event itself.
local function known(all, person, event)
  for _, one in ipairs(all) do
    local met = one.keys[person.key] and is_same(one, person)
      or one.address and lower(one.address) == lower(person.address)
    if met and not one.events[event] then return one end
  end
end

-- What somebody may be known by.
local function names_of(person)
  return { "key " .. person.key, person.address and "mail " .. lower(person.address) or nil }
end

local function index(by, person, one)
  for _, name in ipairs(names_of(person)) do
    by[name] = by[name] or {}
    table.insert(by[name], one)
  end
end

-- Those who share a key or an address with the person.
local function candidates(by, person)
  local list = {}
  for _, name in ipairs(names_of(person)) do
    table.move(by[name] or {}, 1, #(by[name] or {}), #list + 1, list)
  end
  return list
end

local function begin(person, taken, event)
  local key = taken[person.key] and ("%s (%s)"):format(person.key, event) or person.key
  taken[key] = true
  return { key = key, label = person.label, address = person.address, zone = person.zone, mails = 0,
    entries = {}, got = {}, keys = {}, events = {} }
end

-- Everybody, in the order in which they first appear.
local function join(chapters)
  local all, by, taken = {}, {}, {}
  for _, chapter in ipairs(chapters) do
    for _, person in ipairs(chapter.people) do
      local one = known(candidates(by, person), person, chapter.event)
      if not one then
        one = begin(person, taken, chapter.event)
        all[#all + 1] = one
      end
      index(by, person, one)
      one.keys[person.key], one.events[chapter.event] = true, true
      one.guest, one.mails = one.guest or person.guest, one.mails + person.mails
      one.zone = one.zone or person.zone or chapter.zone
      append(one.entries, person.entries, chapter.event)
      append(one.got, person.got, chapter.event)
    end
  end
  return all
end

-- Guests, or everybody when nobody is one: the most that one gets, and the median.
local function mail_counts(everybody)
  local guests, all = {}, {}
  for _, one in ipairs(everybody) do
    if #one.got > 0 then all[#all + 1] = #one.got end
    if #one.got > 0 and one.guest then guests[#guests + 1] = #one.got end
  end
  local counts = #guests > 0 and guests or all
  table.sort(counts)
  return counts[#counts] or 0, counts[(#counts + 1) // 2] or 0
end

-- ---- what to look at ------------------------------------------------------------------------------------

local function people_text(count) return count == 1 and "1 person" or count .. " people" end

-- Mails of two events that come to one person within an hour; those of one event it has told itself.
local function say_crowding(everybody, add)
  local counts, order = {}, {}
  for _, one in ipairs(everybody) do
    table.sort(one.got, function(a, b) return a.at < b.at end)
    for i = 2, #one.got do
      local first, second = one.got[i - 1], one.got[i]
      if first.event ~= second.event and second.at - first.at < HOUR_MS and not second.cue then
        local both = ("%s of %s and %s of %s"):format(first.rule, first.event, second.rule, second.event)
        if not counts[both] then order[#order + 1] = both end
        counts[both] = (counts[both] or 0) + 1
      end
    end
  end
  for _, both in ipairs(order) do
    add(("%s come within an hour to %s"):format(both, people_text(counts[both])))
  end
end

local function warnings_of(chapters, everybody)
  local list = {}
  for _, chapter in ipairs(chapters) do
    for _, sentence in ipairs(chapter.warnings) do
      list[#list + 1] = ("%s: %s"):format(chapter.event, sentence)
    end
  end
  say_crowding(everybody, function(sentence) list[#list + 1] = sentence end)
  return list
end

-- How many guests of one event are those of the next.
local function say_who_goes_on(chapters, everybody, add)
  for i = 2, #chapters do
    local before, now = chapters[i - 1].event, chapters[i].event
    local there, both = 0, 0
    for _, one in ipairs(everybody) do
      if one.guest and one.events[before] then there = there + 1 end
      if one.guest and one.events[before] and one.events[now] then both = both + 1 end
    end
    add(("%d of the %d guests of %s are guests of %s"):format(both, there, before, now))
  end
end

-- ---- one timeline ---------------------------------------------------------------------------------------

local function zones_of(chapters)
  local zones, seen = {}, {}
  for _, chapter in ipairs(chapters) do
    for _, zone in ipairs(chapter.zones) do
      if not seen[zone.zone] then zones[#zones + 1], seen[zone.zone] = zone, true end
    end
  end
  return zones
end

local function loaded_row(chapter)
  return { at = chapter.loaded, event = chapter.event, marks = {}, sent = {}, files = {}, order = 0,
    what = chapter.opening and "begins: " .. chapter.opening or "begins" }
end

local function rows_of(chapters, zones)
  local rows = {}
  for _, chapter in ipairs(chapters) do
    rows[#rows + 1] = loaded_row(chapter)
    append(rows, chapter.rows, chapter.event)
  end
  for i, row in ipairs(rows) do
    row.order, row.clocks = row.order or i, timeline.clocks(row, chapters[1].zone, zones)
  end
  table.sort(rows, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.order < b.order
  end)
  return rows
end

local function head_of(chapters)
  local lines = { "tz data " .. usher.time.release() }
  for _, chapter in ipairs(chapters) do
    lines[#lines + 1] = ("%s: %s%s"):format(chapter.event, chapter.title or "",
      chapter.when and "\n    " .. chapter.when or "")
  end
  return lines
end

local function text_of(rows, zones, head, warnings, summary)
  local width, told = #"event", {}
  for _, row in ipairs(rows) do width = math.max(width, #row.event) end
  local function what(event, text) return event .. (" "):rep(width - #event + 2) .. text end
  for i, row in ipairs(rows) do told[i] = { clocks = row.clocks, what = what(row.event, row.what) } end
  local lines = table.move(head, 1, #head, 1, {})
  lines[#lines + 1] = ""
  timeline.add_table(lines, told, zones, what("event", "what"))
  if #warnings > 0 then
    lines[#lines + 1] = "\nPlease look at:"
    for _, sentence in ipairs(warnings) do lines[#lines + 1] = " - " .. sentence end
  end
  lines[#lines + 1] = "\n" .. table.concat(summary, "\n")
  return table.concat(lines, "\n") .. "\n"
end

-- ---- the whole ------------------------------------------------------------------------------------------

-- Their clock, the months as headings when there are several, and which event it was.
local function finish(everybody)
  local taken = {}
  for _, one in ipairs(everybody) do
    for _, entry in ipairs(one.entries) do entry.what = ("%s: %s"):format(entry.event, entry.what) end
    lives.finish(one, one.zone, taken, one.label)
    lives.add_months(one, one.zone)
  end
end

local function html_of(request, chapters, rows, zones, warnings, summary, everybody)
  local titles, shown = {}, {}
  for i, chapter in ipairs(chapters) do titles[i] = chapter.title or chapter.event end
  for i, row in ipairs(rows) do
    shown[i] = { clocks = row.clocks, sent = row.sent, files = row.files,
      what = ("%s: %s"):format(row.event, row.what) }
  end
  return page.render { title = table.concat(titles, ", then "),
    head = table.concat(head_of(chapters), " \u{B7} "), zones = zones, rows = shown, warnings = warnings,
    summary = table.concat(summary, "; "), sections = request.people and { page.people(everybody) } or {} }
end

function story.tell(request)
  local chapters = request.chapters
  local everybody, zones = join(chapters), zones_of(chapters)
  local rows, warnings = rows_of(chapters, zones), warnings_of(chapters, everybody)
  local summary = {}
  say_who_goes_on(chapters, everybody, function(sentence) summary[#summary + 1] = sentence end)
  summary[#summary + 1] = ("most mails one guest gets: %d (median %d)"):format(mail_counts(everybody))
  finish(everybody)
  return { text = text_of(rows, zones, head_of(chapters), warnings, summary), check = "", warnings = warnings,
    html = html_of(request, chapters, rows, zones, warnings, summary, everybody),
    people = request.people and everybody or nil,
    person = request.person and lives.find(everybody, request.person) or nil }
end

return story
