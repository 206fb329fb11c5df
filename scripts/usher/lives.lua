-- SPDX-License-Identifier: MIT
-- lives: what one person gets from the first mail to the last, and what they do in between, as a rehearsal
-- has played it. The texts themselves stay with whoever prints them: an entry says which mail it is.
--
--   life  = { key, name, place = "Thimphu", file = "people/S01.html", mails = how many, entries = list in
--             order of time }
--   entry = { when = "Mon 08 Feb 2021 09:00" on that person's clock, what = "invitation" or what they did,
--             mail = the mail's number among the effects, or nil; quiet = true: nothing that reached them or
--             was done by them; month = "February 2021" in a life across several events (story.lua) }
local check = require "usher.check"
local deeds = require "usher.deeds"

local lives = {}

local FILE_MAX <const> = 80 -- letters of a key that a file's name shows

-- ---- entries ------------------------------------------------------------------------------------------

local function name_of(effect)
  return effect.item and ("%s (%s)"):format(effect.rule, effect.item) or effect.rule
end

local function entry_of(effect)
  if effect.copy then
    return { at = effect.at, what = ("a copy of %s to the assistant"):format(name_of(effect)), quiet = true }
  elseif effect.skipped then
    return { at = effect.at, quiet = true,
      what = ("%s is not sent: %s"):format(name_of(effect), effect.why or "skipped") }
  end
  return { at = effect.at, what = name_of(effect), mail = effect.number }
end

local function did(deed)
  if deed.away then return deed.about.did .. ": found no page, and tries again" end
  if deed.refused then return ("%s: refused by the page (%d)"):format(deed.about.did, deed.refused) end
  return deed.about.did
end

-- lives.gather(effects, deeds) -> list of { key, mails, entries } in the order in which somebody first
-- appears; an entry has `at` instead of `when`
function lives.gather(effects, list)
  local all, by_key = {}, {}
  local function add(key, entry)
    if not by_key[key] then
      by_key[key] = { key = key, mails = 0, entries = {} }
      all[#all + 1] = by_key[key]
    end
    local life = by_key[key]
    life.entries[#life.entries + 1] = entry
    if entry.mail then life.mails = life.mails + 1 end
  end
  for _, effect in ipairs(effects) do
    local told = effect.kind == "mail" or effect.skipped
    if effect.person and told then add(effect.person, entry_of(effect)) end
  end
  for _, deed in ipairs(list) do
    local key = deed.about.person
    if key and by_key[key] then add(key, { at = deed.at, what = did(deed), deed = true }) end
  end
  return all
end

-- ---- lives ----------------------------------------------------------------------------------------------

-- A name for a file that says whose it is; `taken` keeps those that exist.
local function file_of(key, taken)
  local safe = key:gsub("[^%w._-]", "_"):sub(1, FILE_MAX):gsub("^%.+", "_")
  local file, n = safe, 1
  while taken[file:lower()] do
    n = n + 1
    file = ("%s-%d"):format(safe, n)
  end
  taken[file:lower()] = true
  return ("people/%s.html"):format(file)
end

-- At one moment what somebody does comes first: a mail that leaves just then is the answer to it.
local function sort(entries)
  for i, entry in ipairs(entries) do entry.order = entry.deed and i or i + #entries end
  table.sort(entries, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.order < b.order
  end)
end

-- lives.finish(life, zone, taken, name) -> life: what was gathered becomes what is told, on that clock.
-- taken: one table for all of them.
function lives.finish(life, zone, taken, name)
  sort(life.entries)
  for _, entry in ipairs(life.entries) do
    entry.when = usher.time.format(entry.at, zone, "%a %d %b %Y %H:%M")
  end
  life.name = name or life.key
  life.place = usher.time.format(life.entries[1].at, zone, "%P")
  life.file = file_of(life.key, taken)
  return life
end

-- lives.add_months(life, zone): when it goes on for longer than one, each entry says its month.
function lives.add_months(life, zone)
  local function month(entry) return usher.time.format(entry.at, zone, "%B %Y") end
  if month(life.entries[1]) == month(life.entries[#life.entries]) then return end
  for _, entry in ipairs(life.entries) do entry.month = month(entry) end
end

-- lives.labels(effects) -> key -> name
function lives.labels(effects)
  local labels = {}
  for _, effect in ipairs(effects) do
    if effect.person and effect.label and not effect.copy then
      labels[effect.person] = labels[effect.person] or effect.label
    end
  end
  return labels
end

-- lives.of(request, effects, about) -> list of lives. request, about: as in timeline.lua; effects: as it has
-- read them.
function lives.of(request, effects, about)
  local taken, labels = {}, lives.labels(effects)
  local all = lives.gather(effects, deeds.of(request))
  for _, life in ipairs(all) do
    local person = about.person(life.key) or {}
    lives.finish(life, person.zone or about.zone, taken, labels[life.key])
  end
  return all
end

-- lives.find(all, text) -> the life of whoever has that key or name; raises when nobody has.
function lives.find(all, text)
  local keys = {}
  for i, life in ipairs(all) do
    if life.key == text or life.name == text then return life end
    keys[i] = life.key
  end
  error(("--person: nobody who gets a mail in this rehearsal has the key '%s'%s"):format(text,
    check.meant(text, keys)), 0)
end

return lives
