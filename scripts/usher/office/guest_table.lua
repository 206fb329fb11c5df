-- SPDX-License-Identifier: MIT
-- guest_table: every guest as they are now, as a table to take away: what the list says of them, with what
-- has changed since, their answer, and whether they were there. The word `guests` and `usher import` read
-- it back.
local attendance = require "usher.attendance"
local facts = require "usher.facts"
local people = require "usher.people"
local roster = require "usher.roster"
local table_out = require "usher.table_out"

local guest_table = {}

local ours <const> = { "answer", "answer_note", "present" }

-- Columns that are there for somebody: the words' own in their order, then the organisers', by name.
local function columns_of(guests)
  local used, names, own = { key = true, name = true, mail = true }, {}, {}
  for _, guest in ipairs(guests) do
    for column in pairs(facts.columns) do used[column] = used[column] or guest[column] ~= nil end
  end
  for _, column in ipairs(people.columns) do
    if used[column] then names[#names + 1], used[column] = column, nil end
  end
  for _, column in ipairs(ours) do used[column] = nil end -- of an earlier export that became the list
  for column, is in pairs(used) do
    if is then own[#own + 1] = column end
  end
  table.sort(own)
  table.move(own, 1, #own, #names + 1, names)
  return table.move(ours, 1, #ours, #names + 1, names)
end

-- guest_table.of() -> table of table_out
function guest_table.of()
  local guests, rows, answers = roster.guests(), {}, usher.book("answers")
  local columns = columns_of(guests)
  for i, guest in ipairs(guests) do
    local row, answer = {}, answers:get(guest.key) or {}
    for _, column in ipairs(columns) do row[column] = guest[column] end
    row.answer, row.answer_note = answer.answer or "none", answer.note
    row.present = attendance.was_there(guest.key) and "yes" or "no"
    rows[i] = row
  end
  return { file = facts.event.id .. "-guests", title = "Guests", columns = columns, rows = rows }
end

function guest_table.register()
  table_out.serve("guests", "see", guest_table.of)
end

return guest_table
