-- SPDX-License-Identifier: MIT
-- tally: how many come, for the organisers: a line for each group, then who has sent a deputy or written a
-- note; and afterwards, in all, how many came.
local attendance = require "usher.attendance"
local facts = require "usher.facts"
local lang = require "usher.lang"
local roster = require "usher.roster"

local tally = {}

local NEWS_MAX <const> = 30 -- lines about single people
local COUNTED_MAX <const> = 1000 -- people whose attendance is looked at in one turn of a flow

-- tally.count(guests, group) -> { yes, no, tentative, waiting, none }: of that group, or of all
function tally.count(guests, group)
  local answers, n = usher.book("answers"), { yes = 0, no = 0, tentative = 0, waiting = 0, none = 0 }
  for _, guest in ipairs(guests) do
    if not group or guest.group == group then
      local answer = answers:get(guest.key)
      local word = answer and answer.answer or roster.waits(guest.key) and "waiting" or "none"
      n[word] = n[word] + 1
    end
  end
  return n
end

local function line_of(code, group, n, escape)
  local name = group and escape(group) or lang.text(code, "mails.guests")
  local counts = { group = name, yes = n.yes, no = n.no, none = n.none }
  local line = "- " .. lang.text(code, "mails.counts", counts)
  for _, word in ipairs { "tentative", "waiting" } do
    if n[word] > 0 then line = line .. lang.text(code, "mails.counts_" .. word, { n = n[word] }) end
  end
  return line
end

-- Who comes in whose place, and what people wrote with their answers.
local function news_of(code, guests, escape)
  local answers, lines, more = usher.book("answers"), {}, 0
  for _, guest in ipairs(guests) do
    local note = (answers:get(guest.key) or {}).note
    if guest.stands_in_for or note then
      local name = escape(roster.shown(guest))
      local line = note and ("- %s: %s"):format(name, escape(note)) or "- " .. name
      if #lines < NEWS_MAX then lines[#lines + 1] = line else more = more + 1 end
    end
  end
  if more > 0 then lines[#lines + 1] = "- " .. lang.text(code, "mails.more", { n = more }) end
  return lines
end

-- How many of the guests have said what: as the book has it, in one walk over a column.
local function answers_of_all()
  local n, all = { yes = 0, no = 0, tentative = 0 }, 0
  for key in pairs(usher.book("roster"):column("signed_up")) do all = all + (facts.by_key[key] and 0 or 1) end
  for _, count in pairs(facts.guests_in) do all = all + count end
  for _, answer in pairs(usher.book("answers"):column("answer")) do n[answer] = (n[answer] or 0) + 1 end
  n.all, n.none = all, all - n.yes - n.no - n.tentative
  return n
end

local function came()
  local n = 0
  for key in usher.book("attendance"):each() do n = n + (attendance.was_there(key) and 1 or 0) end
  return n
end

-- tally.report(code) -> Markdown: who said what and how many came, in two or three lines. A flow may not walk
-- over thousands of people: then the report itself says how many came. In usher.decide, handlers and routes.
function tally.report(code)
  local lines = { lang.text(code, "mails.report_answers", answers_of_all()) }
  if usher.book("attendance"):count() <= COUNTED_MAX then
    lines[2] = lang.text(code, "mails.report_came", { n = came() })
  end
  local page = usher.http.url("/e/" .. facts.event.id .. "/report")
  lines[#lines + 1] = page and lang.text(code, "mails.report_page", { link = "<" .. page .. ">" })
  return "- " .. table.concat(lines, "\n- ")
end

-- tally.text(code, escape) -> Markdown: "- Secretaries: 5 coming, 1 declined, 2 without an answer" ...
-- escape: makes plain text of what people wrote. In usher.decide, handlers and routes.
function tally.text(code, escape)
  local guests, lines = roster.guests(), {}
  for _, group in ipairs(#facts.groups > 0 and facts.groups or { false }) do
    lines[#lines + 1] = line_of(code, group, tally.count(guests, group), escape)
  end
  local news = news_of(code, guests, escape)
  return table.concat(table.move(news, 1, #news, #lines + 1, lines), "\n")
end

return tally
