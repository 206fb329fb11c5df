-- SPDX-License-Identifier: MIT
-- timeline: what a rehearsal shows. One line for each rule and moment: the event's clock first, then that of
-- each audience, as a place and never as an abbreviation; then what is sent to how many, and what is wrong
-- with the hour. Knows nothing of words: a script on the primitives alone gets the same picture.
--
-- timeline.report(request, about) -> { text, check, warnings, html, left, changes, differs, people, person }
--   check: what is known without playing; left: what left the house, as changes.lua takes it; changes: what
--   differs from an earlier rehearsal, in words; people, person: lives (lives.lua)
--   request = { effects = list, about = what usher.describe said, compared = whether left is wanted,
--               before = the `left` of an earlier rehearsal, deeds = list of what people did,
--               down = list of { from, to } in which the engine was gone, undisturbed = the `left` of the
--               same rehearsal without them, per_hour, per_minute = how many mails the server takes, people =
--               whether lives are wanted, person = a key: that one's }
--   deed    = { at = ms, about = { person = key, did = "answered yes", came_back = true of a mail that did },
--               refused = status of a page that did not take it, away = true: they found none, and try
--               again }
--   effect  = { at = ms, kind, flow, key, label, args = what the step was asked for, file = "mails/0001" }
--             kind is "mail" or "http" for what left the house; "skipped" (too late) or "done" (a flow that
--             decided against it) for what did not, with why; any other name of a state ("failed", "unsure",
--             "over-budget") for what went wrong, with why
--   about   = { title, starts, ends, zone, zones = list of { name, zone }, notes = list of sentences,
--               sessions = how many of a series,
--               day_off = fn(date, zone) -> text | nil, person = fn(key) -> { zone, guest } | nil }
local compared = require "usher.compared"
local deeds = require "usher.deeds"
local lives = require "usher.lives"
local page = require "usher.page"
local rates = require "usher.rates"

local timeline = {}

local MINUTE_MS <const> = 60 * 1000
local HOUR_MS <const> = 60 * MINUTE_MS
local NIGHT_BEGINS <const>, NIGHT_ENDS <const> = 21, 7
local ITEM_MAX <const> = 36 -- letters of an item's title that a row shows
local MAILS_MAX <const> = 8 -- for one guest of one event; more is a nuisance, whatever each is for
local SESSION_MAILS_MAX <const> = 4 -- and for each session of a series

local function weekend_only(date)
  local works, why = usher.time.working(date, {})
  return not works and why or nil
end

-- Without words there are only the zones that usher.describe named.
local function about_of(request)
  local said = request.about or {}
  local zone = said.zone or "UTC"
  return {
    title = said.title or said.id, zone = zone,
    zones = said.zones or { { name = zone:match("[^/]+$"), zone = zone } },
    notes = {}, day_off = weekend_only, person = function() return nil end,
  }
end

local sent_kinds <const> = { mail = true, http = true }
local skipped_kinds <const> = { skipped = true, done = true }

-- An effect in one shape: what its step said about it comes to the top.
local function read_effect(effect)
  local args = effect.args or {}
  local about = args.about or {}
  return {
    at = effect.due or effect.at, kind = effect.kind, flow = effect.flow, label = about.whom or effect.label,
    why = effect.why and effect.why:match("^skipped: (.+)") or effect.why,
    unit = ("%s/%s"):format(effect.flow, effect.key), asked = effect.asked,
    rule = about.rule or effect.flow or effect.kind, item = about.item, item_at = about.item_at,
    what = about.what or effect.kind == "http" and "http" or "mail",
    person = about.person or effect.key and effect.key:match("^[^/]+") or args.to,
    hash = effect.hash, sent = sent_kinds[effect.kind],
    quiet = about.quiet, -- nobody notices it, at whatever hour
    copy = about.what == "copy", skipped = skipped_kinds[effect.kind],
    wrong = not sent_kinds[effect.kind] and not skipped_kinds[effect.kind],
    file = effect.file and effect.file .. (effect.html and ".html" or ".eml"),
  }
end

-- What a flow ended with when it was too late, its step has said before.
local function without_echoes(list)
  local said, effects = {}, {}
  for _, effect in ipairs(list) do
    if effect.kind == "skipped" then said[("%s\0%s"):format(effect.unit, effect.why)] = true end
  end
  for _, effect in ipairs(list) do
    local echo = effect.kind == "done" and said[("%s\0%s"):format(effect.unit, effect.why)]
    if not echo then effects[#effects + 1] = effect end
  end
  return effects
end

local function zone_of(effect, about)
  local person = about.person(effect.person or "")
  return person and person.zone or about.zone
end

-- What is wrong with that hour for whoever lives there: "night", "weekend", a holiday's name, or nil.
local function flaw(ms, zone, about)
  local hour = tonumber(usher.time.format(ms, zone, "%H"))
  if hour >= NIGHT_BEGINS or hour < NIGHT_ENDS then return "night" end
  return about.day_off(usher.time.format(ms, zone, "%Y-%m-%d"), zone)
end

-- Effects of one rule that were asked for in one minute are one row: { at, last = when the last one left,
-- kind, rule, item, sent, copies, skipped, reasons, files, reach }; reach counts whoever may get it, by zone:
-- in another rehearsal others answer.
local function add_to_row(row, effect)
  local zone = effect.zone
  if effect.sent then row.last = math.max(row.last, effect.at) end
  if effect.copy then
    row.copies = row.copies + 1
    return
  end
  if not effect.quiet then row.reach[zone] = (row.reach[zone] or 0) + 1 end
  if effect.skipped then
    row.skipped = row.skipped + 1
    local why = effect.why or "skipped"
    row.reasons[why] = (row.reasons[why] or 0) + 1
  else
    row.sent[#row.sent + 1] = effect.label or effect.person or ""
    row.files[#row.files + 1] = effect.file and { name = row.sent[#row.sent], file = effect.file } or nil
  end
end

local function row_of(rows, by_name, effect)
  local minute = (effect.asked or effect.at) // MINUTE_MS * MINUTE_MS
  local what = effect.copy and "mail" or effect.what
  local name = ("%d %s %s %s"):format(minute, what, effect.rule, effect.item or "")
  local row = by_name[name]
  if row then return row end
  row = { at = minute, last = minute, kind = what, rule = effect.rule, item = effect.item,
    item_at = effect.item_at, sent = {}, copies = 0, skipped = 0, reasons = {}, files = {},
    reach = {} }
  by_name[name], rows[#rows + 1] = row, row
  return row
end

local function rows_of(effects)
  local rows, by_name = {}, {}
  for _, effect in ipairs(effects) do
    if not effect.wrong then add_to_row(row_of(rows, by_name, effect), effect) end
  end
  table.sort(rows, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.rule < b.rule
  end)
  return rows
end

-- zone -> what is wrong with the hour of a row where somebody gets it
local function marks_of(row, about)
  local marks = {}
  for zone in pairs(row.reach) do
    local wrong = flaw(row.at, zone, about)
    marks[zone] = wrong and (wrong == "night" or wrong == "weekend") and wrong or wrong and "holiday" or nil
  end
  return marks
end

-- timeline.clocks(row, own, zones) -> list of { text, mark }: "Thu 25 Feb 13:30" for the first zone, "16:30"
-- for others, with the weekday when it is another than in the zone `own`.
function timeline.clocks(row, own, zones)
  local format = usher.time.format
  local day = format(row.at, own, "%a")
  local clocks = {}
  for i, zone in ipairs(zones) do
    local text = format(row.at, zone.zone, "%H:%M")
    if i == 1 then
      text = format(row.at, zone.zone, "%a %d %b %H:%M")
    elseif format(row.at, zone.zone, "%a") ~= day then
      text = format(row.at, zone.zone, "%a %H:%M")
    end
    clocks[i] = { text = text, mark = row.marks[zone.zone] }
  end
  return clocks
end

local function main_reason(reasons)
  local best, most
  for why, count in pairs(reasons) do
    if not most or count > most then best, most = why, count end
  end
  return best
end

local function shorten(text)
  if utf8.len(text) <= ITEM_MAX then return text end
  return text:sub(1, utf8.offset(text, ITEM_MAX) - 1):gsub("%s+%S*$", "") .. " \u{2026}"
end

-- ", until 12:00": when the last one leaves, if that is later because the mail server takes only so many.
local function until_text(row, about)
  if row.last < row.at + MINUTE_MS then return "" end
  local format = usher.time.format
  local same = format(row.at, about.zone, "%Y-%m-%d") == format(row.last, about.zone, "%Y-%m-%d")
  return ", until " .. format(row.last, about.zone, same and "%H:%M" or "%a %d %b %H:%M")
end

local function what_of(row, about)
  local name = row.rule
  if row.item then
    local at = row.item_at and " at " .. row.item_at or ""
    name = ("%s (%s%s)"):format(row.rule, shorten(row.item), at)
  end
  local whom = #row.sent == 1 and row.sent[1] or tostring(#row.sent)
  local text = ("%s %s \u{2192} %s%s"):format(row.kind, name, whom, until_text(row, about))
  if row.skipped > 0 then
    text = ("%s, %d skipped: %s"):format(text, row.skipped, main_reason(row.reasons))
  end
  if row.copies > 0 then text = ("%s, %d to assistants"):format(text, row.copies) end
  return text
end

local function people_text(count) return count == 1 and "1 person" or count .. " people" end

-- The event's own day is told once for everybody, not for each of its mails.
local function is_the_day(ms, zone, about)
  local format = usher.time.format
  return about.starts and format(ms, zone, "%Y-%m-%d") == format(about.starts, zone, "%Y-%m-%d")
end

local function say_hours(rows, about, add)
  for _, row in ipairs(rows) do
    for zone, count in pairs(row.reach) do
      local at = flaw(row.at, zone, about) and row.at or row.last
      local wrong = flaw(at, zone, about)
      if wrong and (wrong == "night" or not is_the_day(at, zone, about)) then
        local how = row.skipped > 0 and "up to " or ""
        add("%s reaches %s%s in %s on %s: %s", row.rule, how, people_text(count),
          usher.time.format(at, zone, "%P"), usher.time.format(at, zone, "%a %d %b, %H:%M"), wrong)
      end
    end
  end
end

-- What each person gets, in order of time.
local function by_person(effects)
  local names, got = {}, {}
  for _, effect in ipairs(effects) do
    local who = effect.person
    if effect.kind == "mail" and not effect.copy and who then
      if not got[who] then
        got[who], names[#names + 1] = {}, who
      end
      table.insert(got[who], effect)
    end
  end
  for _, who in ipairs(names) do
    table.sort(got[who], function(a, b) return a.at < b.at end)
  end
  return names, got
end

-- Two mails to one person within an hour, told once for each pair of rules. A cue's place is beside others.
local function say_crowding(effects, add)
  local names, got = by_person(effects)
  local pairs_seen, order = {}, {}
  for _, who in ipairs(names) do
    for i = 2, #got[who] do
      local first, second = got[who][i - 1], got[who][i]
      if second.at - first.at < HOUR_MS and second.what ~= "cue" then
        local pair = ("%s and %s"):format(first.rule, second.rule)
        if not pairs_seen[pair] then order[#order + 1] = pair end
        pairs_seen[pair] = (pairs_seen[pair] or 0) + 1
      end
    end
  end
  for _, pair in ipairs(order) do
    add("%s come within an hour to %s", pair, people_text(pairs_seen[pair]))
  end
end

-- Guests, or everybody when nobody is marked as one: the most that one gets, and the median.
local function mail_counts(effects, about)
  local names, got = by_person(effects)
  local guests, all = {}, {}
  for _, who in ipairs(names) do
    local person = about.person(who)
    all[#all + 1] = #got[who]
    if person and person.guest then guests[#guests + 1] = #got[who] end
  end
  local counts = #guests > 0 and guests or all
  table.sort(counts)
  return counts[#counts] or 0, counts[(#counts + 1) // 2] or 0
end

-- "14:00 Thimphu (+0600) = 17:00 Seoul (+0900)"
local function start_of(about)
  local clocks = {}
  for i, zone in ipairs(about.zones) do
    clocks[i] = usher.time.format(about.starts, zone.zone, "%H:%M %P (%z)")
  end
  return table.concat(clocks, " = ")
end

local function head_of(about)
  local head = "tz data " .. usher.time.release()
  return about.starts and ("%s \u{00B7} %s"):format(head, start_of(about)) or head
end

local function pad(text, width)
  return text .. (" "):rep(width - utf8.len(text))
end

-- timeline.add_table(lines, rows, zones, title): the rows as a table of texts: a column for each zone, then
-- what happens, under that title.
function timeline.add_table(lines, rows, zones, title)
  local widths, cells = {}, { {} }
  for i, zone in ipairs(zones) do cells[1][i] = zone.name end
  for r, row in ipairs(rows) do
    cells[r + 1] = {}
    for i, clock in ipairs(row.clocks) do
      cells[r + 1][i] = clock.mark and clock.text .. " " .. clock.mark or clock.text
    end
  end
  for _, line in ipairs(cells) do
    for i, cell in ipairs(line) do widths[i] = math.max(widths[i] or 0, utf8.len(cell)) end
  end
  for r, line in ipairs(cells) do
    local parts = {}
    for i, cell in ipairs(line) do parts[i] = pad(cell, widths[i]) end
    parts[#parts + 1] = r == 1 and title or rows[r - 1].what
    lines[#lines + 1] = " " .. table.concat(parts, "  ")
  end
end

-- What went wrong, once for all to whom the same has happened. What never left for want of room is told by
-- rates.lua.
local function say_trouble(effects, add)
  local groups, by_name = {}, {}
  for _, effect in ipairs(effects) do
    if effect.wrong and not rates.never_left(effect) then
      local name = ("%s\0%s\0%s"):format(effect.flow, effect.kind, effect.why or "")
      if not by_name[name] then
        by_name[name] = { effect = effect, count = 0 }
        groups[#groups + 1] = by_name[name]
      end
      by_name[name].count = by_name[name].count + 1
    end
  end
  for _, group in ipairs(groups) do
    local one = group.effect
    local whose = group.count > 1 and people_text(group.count) or one.label or one.person or ""
    add("%s of %s is %s: %s", one.flow, whose, one.kind, one.why or "")
  end
end

local function warnings_of(request, effects, rows, about, most)
  local warnings = table.move(about.notes, 1, #about.notes, 1, {})
  local function add(sentence, ...) warnings[#warnings + 1] = sentence:format(...) end
  say_trouble(effects, add)
  rates.say(request, effects, about, add)
  deeds.say(deeds.of(request), add)
  say_hours(rows, about, add)
  say_crowding(effects, add)
  local enough = MAILS_MAX + SESSION_MAILS_MAX * (about.sessions or 0)
  if most > enough then add("one guest gets %d mails: more than %d are a nuisance", most, enough) end
  return warnings
end

local function list_of(sentences)
  local lines = {}
  for i, sentence in ipairs(sentences) do lines[i] = " - " .. sentence .. "\n" end
  return table.concat(lines)
end

-- What happened, in one shape and once.
local function effects_of(request, about)
  local effects = {}
  for i, effect in ipairs(request.effects) do
    if not request.event or effect.event == request.event then
      local one = read_effect(effect)
      one.number, one.zone = i, zone_of(one, about)
      effects[#effects + 1] = one
    end
  end
  return without_echoes(effects)
end

-- timeline.about(request) -> what is known of an event without words, from request.about
timeline.about = about_of

-- timeline.read(effects, about) -> the same in the shape in which timeline and plan use them
function timeline.read(effects, about)
  return effects_of({ effects = effects }, about)
end

local function deeds_of(request)
  local list = {}
  for _, deed in ipairs(request.deeds or {}) do
    if deed.event == request.event then list[#list + 1] = deed end
  end
  return list
end

-- Who gets what, as story.lua wants to know it.
local function people_of(request, effects, about)
  local all, labels = lives.gather(effects, deeds.of(request)), lives.labels(effects)
  local _, got = by_person(effects)
  for _, one in ipairs(all) do
    local person = about.person(one.key) or {}
    one.label, one.zone, one.got = labels[one.key], person.zone, {}
    one.address, one.guest = person.mail, person.guest
    for i, effect in ipairs(got[one.key] or {}) do
      one.got[i] = { at = effect.at, rule = effect.rule, cue = effect.what == "cue" }
    end
  end
  return all
end

-- timeline.chapter(request, about) -> what one event of a story is, as story.lua has it. request: as for
-- timeline.report, with event = its id, loaded = when its script was.
function timeline.chapter(request, about)
  about = about or about_of(request)
  request.deeds = deeds_of(request)
  local effects = effects_of(request, about)
  local rows = rows_of(effects)
  for _, row in ipairs(rows) do
    row.marks, row.what = marks_of(row, about), what_of(row, about)
  end
  local most = mail_counts(effects, about)
  return { event = request.event, title = about.title, loaded = request.loaded, opening = about.opening,
    when = about.starts and ("%s, %s"):format(usher.time.format(about.starts, about.zone, "%a %d %b %Y"),
      start_of(about)),
    zone = about.zone, zones = about.zones, rows = rows, people = people_of(request, effects, about),
    warnings = warnings_of(request, effects, rows, about, most) }
end

function timeline.report(request, about)
  about = about or about_of(request)
  local effects = effects_of(request, about)
  local rows = rows_of(effects)
  for _, row in ipairs(rows) do
    row.marks, row.what = marks_of(row, about), what_of(row, about)
    row.clocks = timeline.clocks(row, about.zone, about.zones)
  end
  local most, median = mail_counts(effects, about)
  local warnings = warnings_of(request, effects, rows, about, most)
  local head, summary = head_of(about), ("most mails one guest gets: %d (median %d)"):format(most, median)
  local other = compared.report(request, effects, about)
  local lines = { head, "" }
  timeline.add_table(lines, rows, about.zones, "what")
  lines[#lines + 1] = other.down
  if #warnings > 0 then lines[#lines + 1] = "\nPlease look at:\n" .. list_of(warnings) end
  lines[#lines + 1] = (#warnings > 0 and "" or "\n") .. summary
  local everybody = (request.people or request.person) and lives.of(request, effects, about)
  if request.people then other.sections[#other.sections + 1] = page.people(everybody) end
  local html = page.render { title = about.title, head = head, zones = about.zones, rows = rows,
    warnings = warnings, summary = summary, sections = other.sections }
  return { text = table.concat(lines, "\n") .. "\n", check = list_of(about.notes), warnings = warnings,
    html = html, left = other.left, changes = other.changes, differs = other.differs,
    people = request.people and everybody or nil,
    person = request.person and lives.find(everybody, request.person) or nil }
end

return timeline
