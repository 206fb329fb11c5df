-- SPDX-License-Identifier: MIT
-- changes: what differs between two lists of mails, in words that whoever runs the event reads: new, gone, at
-- another time, with another text; by rule, with counts and names. Of two rehearsals, or of what was to leave
-- before an edit and after it. Pure: it knows no word of the script and no book.
--
-- changes.report(old, new, about) -> text, html, counts
--   old, new  lists of { at = ms, rule, item, person, label, zone, hash, kind, why }, in any order. item:
--             the item of the programme that a cue is about, or nil; label: the name; zone: whose clock they
--             read (nil: the event's); hash: the same when the text is the same (nil: nobody looked);
--             kind: "mail" (nil), "http" or another kind; why: a reason that is told with it, or nil
--   about     { zone = the event's, since = "Since the saved rehearsal" (how the first line begins),
--             gone = "skipped": what is said of those that are in the old list only,
--             everybody = true: every name is told, not only three }
--   html      a <section> without head and body, for a page of whoever asks
--   counts    { new, gone, moved, text, same, differ = whether anything does }; moved ones whose text
--             differs as well are counted under both
-- Of one rule, item and person what leaves at the same moment in both lists is the same mail; the others
-- follow each other in order of time.
local html = require "usher.html"

local changes = {}

local NAMES_MAX <const> = 3 -- more are told as a number

-- ---- which belongs to which ---------------------------------------------------------------------------

local function key_of(one)
  return table.concat({ one.kind or "mail", one.rule, one.item or "", one.person or one.label or "" }, "\0")
end

local function by_time(a, b) return a.at < b.at end

-- key -> { old = list, new = list }, and the keys in order
local function units_of(old, new)
  local units, keys = {}, {}
  for side, list in pairs { old = old, new = new } do
    for _, one in ipairs(list) do
      local key = key_of(one)
      if not units[key] then
        units[key] = { old = {}, new = {} }
        keys[#keys + 1] = key
      end
      table.insert(units[key][side], one)
    end
  end
  table.sort(keys)
  return units, keys
end

-- Takes those out that leave at one moment in both lists; calls fn(old, new) for each such pair.
local function pair_equal(unit, fn)
  local at, rest = {}, {}
  for _, one in ipairs(unit.old) do
    at[one.at] = at[one.at] or {}
    table.insert(at[one.at], one)
  end
  for _, one in ipairs(unit.new) do
    local alike = at[one.at] and table.remove(at[one.at], 1)
    if alike then fn(alike, one) else rest[#rest + 1] = one end
  end
  unit.new, unit.old = rest, {}
  for _, left in pairs(at) do table.move(left, 1, #left, #unit.old + 1, unit.old) end
  table.sort(unit.old, by_time)
  table.sort(unit.new, by_time)
end

local function has_other_text(old, new)
  return old.hash ~= nil and new.hash ~= nil and old.hash ~= new.hash
end

-- fn(old, new) for every mail: one of both is nil when it is new or gone.
local function each_pair(old, new, fn)
  local units, keys = units_of(old, new)
  for _, key in ipairs(keys) do
    local unit = units[key]
    table.sort(unit.old, by_time)
    table.sort(unit.new, by_time)
    pair_equal(unit, fn)
    for i = 1, math.max(#unit.old, #unit.new) do fn(unit.old[i], unit.new[i]) end
  end
end

-- ---- groups ---------------------------------------------------------------------------------------------

-- What became of one mail: its kind of change, or nil.
local function verdict(old, new)
  if not old then return "new" end
  if not new then return "gone" end
  if old.at ~= new.at then return has_other_text(old, new) and "moved and text" or "moved" end
  return has_other_text(old, new) and "text" or nil
end

local function count(counts, what)
  if not what then counts.same = counts.same + 1 end
  for word in (what or ""):gmatch("%a+") do
    if counts[word] then counts[word] = counts[word] + 1 end
  end
end

-- Mails of one rule to which the same happens at the same moments are one line.
local function group_of(groups, what, old, new)
  local one = new or old
  local moments = ("%d %d"):format(old and old.at or 0, new and new.at or 0)
  local id = table.concat({ what, one.kind or "mail", one.rule, one.item or "", moments, one.why or "" },
    "\0")
  if not groups[id] then
    groups[id] = { what = what, kind = one.kind or "mail", rule = one.rule, item = one.item,
      why = one.why, before = old and old.at, after = new and new.at, names = {}, zones = {} }
    groups[#groups + 1] = groups[id]
  end
  return groups[id]
end

local order <const> = { gone = 1, moved = 2, ["moved and text"] = 3, text = 4, new = 5 }

local function moment(group) return group.after or group.before end

-- Rules follow each other as their first mails do; of one rule what is gone comes first.
local function sort(groups)
  local first = {}
  for _, group in ipairs(groups) do
    first[group.rule] = math.min(first[group.rule] or math.huge, moment(group))
  end
  table.sort(groups, function(a, b)
    if first[a.rule] ~= first[b.rule] then return first[a.rule] < first[b.rule] end
    if a.rule ~= b.rule then return a.rule < b.rule end
    if a.kind ~= b.kind then return a.kind < b.kind end
    if a.item ~= b.item then return (a.item or "") < (b.item or "") end
    if a.what ~= b.what then return order[a.what] < order[b.what] end
    return moment(a) < moment(b)
  end)
end

local function sort_names(group)
  table.sort(group.names)
  local zones = {}
  for zone in pairs(group.zones) do zones[#zones + 1] = zone end
  table.sort(zones)
  group.zones = zones
end

local function groups_of(old, new, about)
  local groups, counts = {}, { new = 0, gone = 0, moved = 0, text = 0, same = 0 }
  each_pair(old, new, function(before, after)
    local what, one = verdict(before, after), after or before
    count(counts, what)
    if not what then return end
    local group = group_of(groups, what, before, after)
    group.names[#group.names + 1] = one.label or one.person or ""
    group.zones[one.zone or about.zone] = true
  end)
  for _, group in ipairs(groups) do sort_names(group) end
  sort(groups)
  counts.differ = #groups > 0
  return groups, counts
end

-- ---- words ----------------------------------------------------------------------------------------------

-- "Thu 11 Feb 09:00"; with the year when it is told beside one of another year.
local function clock(ms, zone, other)
  local format = usher.time.format
  local year = other and format(ms, zone, "%Y") ~= format(other, zone, "%Y") and " %Y" or ""
  return format(ms, zone, "%a %d %b" .. year .. " %H:%M")
end

local function place(ms, zone) return usher.time.format(ms, zone, "%P (%z)") end

-- The moments of a group on one clock: "Thu 11 Feb 09:00 → Mon 15 Feb 09:00 Thimphu (UTC+6)".
local function moments_in(group, zone)
  local before, after = group.before, group.after
  if not before or not after or before == after then
    return ("%s %s"):format(clock(after or before, zone), place(after or before, zone))
  end
  return ("%s \u{2192} %s %s"):format(clock(before, zone, after), clock(after, zone, before),
    place(after, zone))
end

-- On the event's clock, and on that of each reader who has another.
local function moments_of(group, about)
  local lines = { moments_in(group, about.zone) }
  for _, zone in ipairs(group.zones) do
    if zone ~= about.zone then lines[#lines + 1] = moments_in(group, zone) end
  end
  return table.concat(lines, " = ")
end

local function people_text(n) return n == 1 and "1 person" or n .. " people" end

local function whom(group, about)
  if #group.names <= NAMES_MAX or about.everybody then return table.concat(group.names, ", ") end
  return people_text(#group.names)
end

local verbs <const> = { new = "new", gone = "gone", moved = "at another time", text = "another text",
  ["moved and text"] = "at another time, with another text" }

local function verb_of(group, about)
  return group.what == "gone" and about.gone or verbs[group.what]
end

local function because(group) return group.why and (": %s"):format(group.why) or "" end

local function title_of(group)
  local name = group.item and ("%s (%s)"):format(group.rule, group.item) or group.rule
  if group.kind == "mail" then return name end
  if group.kind == "skipped" then return ("%s (not sent as things stand)"):format(name) end
  return ("%s %s"):format(group.kind == "http" and "request" or group.kind, name)
end

local function sum(n, words) return n > 0 and ("%d %s"):format(n, words) or nil end

local function append(list, text) list[#list + 1] = text end

-- "3 mails new, 1 gone, 12 at another time; 40 as before". With requests among them they are no mails.
local function summary_of(groups, counts, about)
  local noun = "mail"
  for _, group in ipairs(groups) do
    if group.kind ~= "mail" then noun = "thing" end
  end
  local parts = {}
  append(parts, sum(counts.new, "new"))
  append(parts, sum(counts.gone, about.gone or "gone"))
  append(parts, sum(counts.moved, "at another time"))
  append(parts, sum(counts.text, "with another text"))
  local first = table.concat(parts, ", "):gsub("^(%d+)", function(n)
    return ("%s %s%s"):format(n, noun, n == "1" and "" or "s")
  end)
  return ("%s: %s; %d as before."):format(about.since or "What changes", first, counts.same)
end

local function nothing_of(counts, about)
  return ("%s: nothing; %d as before."):format(about.since or "What changes", counts.same)
end

local function text_of(groups, summary, about)
  local lines, title = { summary }, nil
  for _, group in ipairs(groups) do
    if title_of(group) ~= title then
      title = title_of(group)
      append(lines, "")
      append(lines, " " .. title)
    end
    append(lines, ("   %s: %s \u{00B7} %s%s"):format(verb_of(group, about), moments_of(group, about),
      whom(group, about), because(group)))
  end
  return table.concat(lines, "\n") .. "\n"
end

-- ---- the same as a part of a page -----------------------------------------------------------------------

local function names_of(group)
  if #group.names <= NAMES_MAX then return table.concat(group.names, ", ") end
  local names = {}
  for i, name in ipairs(group.names) do names[i] = html.li { name } end
  return html.details { html.summary { people_text(#names) }, html.ul { names } }
end

local function nowrap(text) return html.span { class = "nowrap", text } end

-- One clock is one line: when it was to be, when it is to be, and where that clock stands.
local function moments_line(group, zone)
  local before, after = group.before, group.after
  local where = html.span { class = "quiet", place(after or before, zone) }
  if not before or not after or before == after then
    return html.div { html.strong { nowrap(clock(after or before, zone)) }, " ", where }
  end
  return html.div { nowrap(clock(before, zone, after)), " \u{2192} ",
    html.strong { nowrap(clock(after, zone, before)) }, " ", where }
end

local function moments_lines(group, about)
  local lines = { moments_line(group, about.zone) }
  for _, zone in ipairs(group.zones) do
    if zone ~= about.zone then lines[#lines + 1] = moments_line(group, zone) end
  end
  return lines
end

local colours <const> = { new = "good", gone = "bad" }

local function row_of(group, about)
  return html.tr { html.td { moments_lines(group, about) }, html.td { names_of(group) },
    html.td { html.span { class = colours[group.what], verb_of(group, about) }, because(group) } }
end

-- A rule is a heading with its lines below.
local function table_of(groups, about)
  local bodies, rows, title = {}, nil, nil
  for _, group in ipairs(groups) do
    if title_of(group) ~= title then
      title = title_of(group)
      rows = { html.tr { html.th { scope = "rowgroup", colspan = 3, title } } }
      bodies[#bodies + 1] = rows
    end
    rows[#rows + 1] = row_of(group, about)
  end
  for i, body in ipairs(bodies) do bodies[i] = html.tbody { body } end
  return html.table { class = "changes", html.thead { html.tr { html.th { scope = "col", "When" },
    html.th { scope = "col", "Who" }, html.th { scope = "col", "What changes" } } }, bodies }
end

-- What nobody gets as things stand comes last, and is unfolded by who wants to see it.
local function html_of(groups, summary, about)
  local sent, skipped = {}, {}
  for _, group in ipairs(groups) do
    local list = group.kind == "skipped" and skipped or sent
    list[#list + 1] = group
  end
  return html.section { html.p { class = "lead", summary }, #sent > 0 and table_of(sent, about),
    #skipped > 0 and html.details {
      html.summary { "What would change for mails that nobody gets as things stand" },
      table_of(skipped, about) } }.html
end

function changes.report(old, new, about)
  local groups, counts = groups_of(old, new, about)
  local summary = counts.differ and summary_of(groups, counts, about) or nothing_of(counts, about)
  return text_of(groups, summary, about), html_of(groups, summary, about), counts
end

return changes
