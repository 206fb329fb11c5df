-- SPDX-License-Identifier: MIT
-- survey_answers: what was answered, and who has answered. Read in usher.decide, handlers and routes; written
-- in POST routes only, in their one transaction.
--
-- Of a survey with names, the book "NAME-named" holds for each person's key
--   { answers = question -> answer, at = ms, done = true, or not there while it is only saved }
-- Of an anonymous one, two sealed books (usher.book) that have no key in common and no time:
--   "NAME-answered"  person's key -> true
--   "NAME-answers"   random key -> { answers, group (when it counts by group), shown = true, or not there }
--
-- What is shown of an anonymous survey must not tell the last answer apart, neither to whoever looks at the
-- results twice nor to whoever reads `shown` on the disk. So answers come out of a pool, as in a mixing
-- remailer: when ten lie in it, five of them, taken by lot, are shown from then on. At least five always stay
-- unseen, of whatever age, until the survey closes; then the rest is shown, which is five or more again.
local facts = require "usher.facts"

local store = {}

local STEP <const> = 5 -- fewer answers than this are never shown, nor told apart
local OTHERS <const> = "" -- the group of those whose own has fewer than STEP people

store.STEP, store.OTHERS = STEP, OTHERS

local function named(s) return usher.book(s.name .. "-named") end
local function marks(s) return usher.book(s.name .. "-answered", { sealed = true }) end
local function sheets(s) return usher.book(s.name .. "-answers", { sealed = true }) end

-- store.has_answered(s, key) -> yes or no
function store.has_answered(s, key)
  if s.anonymous then return marks(s):has(key) end
  local sheet = named(s):get(key)
  return sheet ~= nil and sheet.done == true
end

-- store.sheet(s, key) -> { answers, at, done } of somebody in a survey with names, or nil
function store.sheet(s, key)
  return not s.anonymous and named(s):get(key) or nil
end

-- store.count(s) -> how many have answered
function store.count(s)
  if s.anonymous then return marks(s):count() end
  local n = 0
  for _, sheet in named(s):each() do n = n + (sheet.done and 1 or 0) end
  return n
end

-- ---- groups -------------------------------------------------------------------------------------------

-- store.fold(counts) -> group -> the name that it is counted under. The smallest groups go together until
-- they have STEP members; what is left over by subtraction is then never fewer. All of them OTHERS: there is
-- nothing to tell apart.
function store.fold(counts)
  local order, folded = {}, {}
  for group in pairs(counts) do order[#order + 1] = group end
  table.sort(order, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] < counts[b] end
    return a < b
  end)
  local together = 0
  for _, group in ipairs(order) do
    local alone = together >= STEP or together == 0 and counts[group] >= STEP
    folded[group] = alone and group or OTHERS
    if not alone then together = together + counts[group] end
  end
  return folded
end

local function smallest(counts)
  local least
  for group, n in pairs(counts) do
    if not least or n < counts[least] then least = group end
  end
  return least
end

-- store.groups(people, open) -> group -> the name under which an anonymous answer from it is kept. open: more
-- people may sign up. They count among OTHERS, who are then at least STEP people of the list, or all.
function store.groups(people, open)
  local counts, has_others = {}, false
  for _, person in ipairs(people) do
    local group = person.group or OTHERS
    counts[group] = (counts[group] or 0) + 1
  end
  local folded = store.fold(counts)
  for _, name in pairs(folded) do has_others = has_others or name == OTHERS end
  if open and not has_others and next(counts) then folded[smallest(counts)] = OTHERS end
  return folded
end

local function group_of(s, person)
  if not s.by_group then return nil end
  local listed = facts.by_key[person.key]
  local group = listed and listed.group or OTHERS
  return s.anonymous and (s.groups[group] or OTHERS) or group
end

-- ---- the pool -----------------------------------------------------------------------------------------

local function pool_of(s, group)
  local pool = {}
  for key, sheet in sheets(s):each() do
    if not sheet.shown and sheet.group == group then pool[#pool + 1] = { key = key, sheet = sheet } end
  end
  return pool
end

local function draw(pool, n)
  for _, one in ipairs(pool) do one.lot = usher.fresh(8) end
  table.sort(pool, function(a, b) return a.lot < b.lot end)
  return table.move(pool, 1, n, 1, {})
end

local function show_some(s, group)
  local pool = pool_of(s, group)
  if #pool < 2 * STEP then return end
  for _, one in ipairs(draw(pool, STEP)) do
    one.sheet.shown = true
    sheets(s):set(one.key, one.sheet)
  end
end

-- ---- writing ------------------------------------------------------------------------------------------

-- A rehearsal that crashes makes the same keys up again.
local function new_key(book)
  local key
  repeat key = usher.fresh() until not book:has(key)
  return key
end

-- store.put(s, person, answers): the answers count. In an anonymous survey nothing but the two marks is kept,
-- and nothing is kept of a second time.
function store.put(s, person, answers)
  if not s.anonymous then
    named(s):set(person.key, { answers = answers, at = usher.now(), done = true })
  elseif not marks(s):has(person.key) then
    local group = group_of(s, person)
    marks(s):set(person.key, true)
    sheets(s):set(new_key(sheets(s)), { answers = answers, group = group })
    show_some(s, group)
  end
end

-- store.save(s, person, answers): kept for going on later, and not counted yet. Only with names.
function store.save(s, person, answers)
  local before = named(s):get(person.key)
  named(s):set(person.key, { answers = answers, at = usher.now(), done = before and before.done })
end

-- store.forget(s, key): whoever it was has not answered; what they answered without a name stays.
function store.forget(s, key)
  if s.anonymous then marks(s):remove(key) else named(s):remove(key) end
end

-- ---- reading for results ------------------------------------------------------------------------------

local function named_sheets(s)
  local list = {}
  for key, sheet in named(s):each() do
    if sheet.done then
      local listed = facts.by_key[key]
      list[#list + 1] = { key = key, answers = sheet.answers, at = sheet.at,
        group = listed and listed.group or OTHERS }
    end
  end
  return list
end

-- store.shown(s, closed) -> list of { answers, group, and with names key and at }: what may be looked at now.
-- Anonymous answers come in the order of their random keys.
function store.shown(s, closed)
  if not s.anonymous then return named_sheets(s) end
  local shown, all = {}, {}
  for _, sheet in sheets(s):each() do
    all[#all + 1] = { answers = sheet.answers, group = sheet.group }
    if sheet.shown then shown[#shown + 1] = all[#all] end
  end
  return closed and #all - #shown >= STEP and all or shown
end

return store
