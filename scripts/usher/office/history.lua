-- SPDX-License-Identifier: MIT
-- history: what happened to one person, from the first mail to the last, in plain words; and what is still to
-- come. Links in their mails are theirs: they are cut out of what is shown.
local attendance = require "usher.attendance"
local audience = require "usher.audience"
local counts = require "usher.office.counts"
local discreet = require "usher.discreet"
local facts = require "usher.facts"
local fates = require "usher.office.fates"
local h = require "usher.html"
local parts = require "usher.office.parts"
local suppression = require "usher.suppression"

local history = {}

-- -- as sentences: { at, text, more, flag }

local function letter_text(value)
  if type(value) ~= "table" or type(value.text) ~= "string" then return nil end
  return h.details { h.summary { discreet.text(tostring(value.subject or "the mail")) },
    h.p { class = "hint", "To: ", tostring(value.to or "") },
    h.tag("pre", { class = "letter", discreet.text(value.text) }) }
end

local letter_states <const> = {
  done = "sent", failed = "not delivered", unsure = "unsure: perhaps it arrived, perhaps not",
  started = "on its way", open = "not taken yet",
}

local function letters_told(rows, add)
  for _, row in ipairs(rows) do
    local copy = row.key:find("^mail:copy") and "a copy to the assistant: " or ""
    -- What the server said matters where it did not take the mail.
    local note = row.state ~= "done" and (row.note or "") ~= "" and " (" .. row.note .. ")" or ""
    local said = letter_states[row.state] or row.state
    add(row.at, ("%s: %s%s%s"):format(row.name, copy, said, note), letter_text(row.value),
      row.state == "failed" or row.state == "unsure" or row.state == "held")
  end
end

local function arrivals_told(rows, add)
  for _, row in ipairs(rows) do
    local text, flag = fates.arrival(row)
    add(row.at, ("%s: %s"):format(row.name, text), nil, flag)
  end
end

local function skips_told(rows, add)
  for _, row in ipairs(rows) do
    local fate = fates.of(row)
    if fate.kind == "skipped" or fate.kind == "stuck" then
      add(row.updated_at, ("%s: %s"):format(row.name, fate.text), nil, fate.flag)
    end
  end
end

-- Mails that came in are told by what they said, not by who took note of them.
local function acts_told(rows, add)
  for _, row in ipairs(rows) do
    if not row.what:find("^mail:") then
      add(row.at, ("%s: %s%s"):format(row.who, row.what, row.note and ", " .. row.note or ""))
    end
  end
end

-- Without the trail (a viewer) the newest answer is still told.
local function answer_told(person, add)
  local answer = usher.book("answers"):get(person.key)
  if answer and answer.at then
    add(answer.at, ("answered %s%s"):format(answer.answer, answer.note and ", " .. answer.note or ""))
  end
end

-- What one entry of the book says, or nil: a coming and a leaving of a device are two.
local function presence_text(one)
  local who = one.via:match("^hand:(.*)$")
  if who then
    return ("%s by %s"):format(one.absent and "marked as absent" or "marked as present",
      who ~= "" and who or "the office")
  end
  if one.did then return one.did == "joined" and "came into the meeting" or "left the meeting" end
  if one.minutes then
    return ("was there for %s, by Zoom's report"):format(parts.count(one.minutes, "minute"))
  end
  if one.till then
    return ("was there until %s, by Zoom"):format(usher.time.format(one.till, facts.event.zone, "%H:%M"))
  end
  return "joined"
end

local function presence_told(person, add)
  for _, one in ipairs(attendance.of(person.key) or {}) do add(one.at, presence_text(one)) end
end

-- history.node(request, person, visitor) -> node: from the beginning until now
function history.node(request, person, visitor)
  local lines, items = {}, {}
  local function add(at, text, more, flag)
    lines[#lines + 1] = { at = at, text = text, more = more, flag = flag }
  end
  letters_told(request.seen.letters, add)
  arrivals_told(request.seen.arrivals, add)
  skips_told(request.seen.fates, add)
  if request.seen.acts then acts_told(request.seen.acts, add) else answer_told(person, add) end
  presence_told(person, add)
  table.sort(lines, function(a, b) return a.at < b.at end)
  for i, line in ipairs(lines) do
    items[i] = h.li { h.span { class = "at", parts.time(visitor, line.at) }, " ",
      h.span { class = line.flag and "flag" or false, line.text }, line.more }
  end
  return #items > 0 and h.ol { class = "history", items }
    or h.p { class = "quiet", "Nothing has happened yet." }
end

-- history.waits(request) -> node: what somebody must look at, in the sentences of `usher why`; nil: nothing
function history.waits(request)
  local items = {}
  for _, row in ipairs(request.seen.why) do
    if row.todo or row.step_state == "held" or row.pinned then
      items[#items + 1] = h.li { h.strong { row.name }, ": ", h.span { class = "flag", row.says },
        row.todo and h.div { class = "hint", "To do: ", row.todo } }
    end
  end
  return #items > 0 and h.section { h.h2 { class = "flag", "Waits for somebody" }, h.ul { items } } or nil
end

-- Why a planned mail would not be sent if its moment were now, or nil.
local function obstacle(row, person)
  local rule = facts.rule_named[row.name]
  if not rule then return nil end
  local verdict = not counts.is_by_answers(rule) or audience.verdict(rule.parts, person)
  return verdict == true and suppression.refusal(rule, person) or verdict ~= true and verdict or nil
end

-- history.to_come(request, person, visitor) -> node: what is still to come, by its moment
function history.to_come(request, person, visitor)
  local items = {}
  for _, row in ipairs(request.seen.fates) do
    local fate = fates.of(row)
    if fate.kind == "planned" or fate.kind == "retrying" or fate.kind == "held" then
      local why = fate.kind == "planned" and obstacle(row, person)
      items[#items + 1] = { at = fate.at, node = h.li {
        h.span { class = "at", parts.time(visitor, fate.at) }, " ", h.strong { row.name },
        fate.flag and { " ", h.span { class = "flag", fate.text } },
        why and h.div { class = "hint", "skipped, as things are now: ", why } } }
    end
  end
  table.sort(items, function(a, b) return a.at < b.at end)
  for i, item in ipairs(items) do items[i] = item.node end
  return #items > 0 and h.ol { class = "history", items }
    or h.p { class = "quiet", "No mail to this person is planned." }
end

return history
