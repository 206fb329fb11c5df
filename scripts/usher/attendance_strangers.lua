-- SPDX-License-Identifier: MIT
-- attendance_strangers: participants of a meeting that are none of our people as far as usher can tell. What
-- was seen of them is kept until somebody says who they are, or that they are nobody. What was said holds for
-- what is seen of them later: of an address for all sessions, of a name for that session only, because two
-- people may both be called "iPhone".
--
--   book strangers: id -> { name, mail, session, entries = as in the book attendance,
--     is = key of a person, or false for nobody; nothing as long as nobody has said }
--   book devices: device -> { key = of a person, or id = of a stranger, at = ms }: people rename themselves
--     while they are there; forgotten after a day
-- An id is "mail:ADDRESS", or "SESSION|NAME" with the name as it is compared.
local attendance = require "usher.attendance"
local live = require "usher.live"
local match = require "usher.attendance_match"
local roster = require "usher.roster"

local strangers = {}

local KEPT_MAX <const> = 2000   -- a meeting has at most 1000 people
local ENTRIES_MAX <const> = 400 -- of one stranger
local DAY_MS <const> = 24 * 3600 * 1000

local function id_of(participant, session)
  if participant.mail then return "mail:" .. participant.mail:lower() end
  return ("%s|%s"):format(session.id, participant.name and match.fold(participant.name) or "")
end

-- ---- devices ------------------------------------------------------------------------------------------

local function remember(entries, whose)
  local book, now = usher.book("devices"), usher.now()
  for _, entry in ipairs(entries) do
    if entry.device then book:set(entry.device, { key = whose.key, id = whose.id, at = now }) end
  end
end

local function device_of(entries)
  for _, entry in ipairs(entries) do
    local known = entry.device and usher.book("devices"):get(entry.device)
    if known then return known end
  end
end

-- strangers.forget_devices(): those of yesterday.
function strangers.forget_devices()
  local book, now = usher.book("devices"), usher.now()
  for device, at in pairs(book:column("at")) do
    if now - at > DAY_MS then book:remove(device) end
  end
end

-- ---- taking in ----------------------------------------------------------------------------------------

local function is_in(list, entry)
  for _, known in ipairs(list) do
    if known.at == entry.at and known.did == entry.did and known.device == entry.device
      and known.till == entry.till and known.minutes == entry.minutes then
      return true
    end
  end
  return false
end

local function keep(id, participant, session, entries)
  local book, n = usher.book("strangers"), 0
  local one = book:get(id)
  if not one and book:count() >= KEPT_MAX then
    usher.log(("more than %d unknown participants: no more of them are kept"):format(KEPT_MAX))
    return 0
  end
  if one and one.is ~= nil then return 0 end -- somebody said that they are nobody
  one = one or { name = participant.name, mail = participant.mail, session = session.id, entries = {} }
  for _, entry in ipairs(entries) do
    if #one.entries < ENTRIES_MAX and not is_in(one.entries, entry) then
      one.entries[#one.entries + 1], n = entry, n + 1
    end
  end
  book:set(id, one)
  if n > 0 then live.changed() end
  return n
end

-- A stranger's device turns out to be a person's: what was seen of it is theirs.
local function move_device(known, key, entries)
  local book = usher.book("strangers")
  local one, devices, moved, kept = book:get(known.id), {}, {}, {}
  if not one then return end
  for _, entry in ipairs(entries) do devices[entry.device or false] = true end
  for _, entry in ipairs(one.entries) do
    local list = devices[entry.device] and moved or kept
    list[#list + 1] = entry
  end
  attendance.add(key, moved)
  one.entries = kept
  if #kept > 0 then book:set(known.id, one) else book:remove(known.id) end
end

-- Who it is, as far as can be told: by themselves, by what somebody said, by the device. key, or nil and the
-- stranger's id.
local function whose(index, participant, session, entries)
  local device = device_of(entries)
  local key = match.find(index, participant)
  if key and device and device.id then move_device(device, key, entries) end
  if key then return key end
  local id = id_of(participant, session)
  local one = usher.book("strangers"):get(id)
  if one and one.is ~= nil then return one.is or nil, id end
  if device and device.key then return device.key end
  return nil, device and device.id or id
end

-- strangers.receive(index, participant, session, entries) -> key or nil, how many entries are new. Takes in
-- what was seen of somebody in a meeting; session: the one in whose time it was.
function strangers.receive(index, participant, session, entries)
  local key, id = whose(index, participant, session, entries)
  remember(entries, { key = key, id = not key and id or nil })
  if key then return key, attendance.add(key, entries) end
  return nil, keep(id, participant, session, entries)
end

-- ---- what a person says -------------------------------------------------------------------------------

-- strangers.list(session) -> list of { id, name, mail, session, entries }, of whom nobody has said who they
-- are; without a session those of all.
function strangers.list(session)
  local list = {}
  for id, one in usher.book("strangers"):each() do
    if one.is == nil and (not session or one.session == session.id) then
      list[#list + 1] = { id = id, name = one.name, mail = one.mail, session = one.session,
        entries = one.entries }
    end
  end
  return list
end

-- strangers.shown(one) -> "iPhone", "iPhone, x@y.example"
function strangers.shown(one)
  local name = one.name or one.mail or "somebody without a name"
  return one.name and one.mail and ("%s, %s"):format(one.name, one.mail) or name
end

-- Which stranger is meant by an id, by a name or an address.
local function meant(text)
  local found, n = nil, 0
  for _, one in ipairs(strangers.list()) do
    if one.id == text then return one end
    local same = one.name and match.fold(one.name) == match.fold(text)
    if same or one.mail and one.mail:lower() == text:lower() then found, n = one, n + 1 end
  end
  if n == 1 then return found end
  if n == 0 then error(("no unknown participant is called '%s'"):format(text), 0) end
  error(("%d unknown participants are called '%s': take them one by one, on the page"):format(n, text), 0)
end

local function settle(one, key)
  local book = usher.book("strangers")
  local entry = book:get(one.id)
  if key then attendance.add(key, entry.entries) end
  entry.is, entry.entries = key or false, {}
  book:set(one.id, entry)
  for device, known in usher.book("devices"):each() do
    if known.id == one.id and key then usher.book("devices"):set(device, { key = key, at = known.at }) end
  end
  live.moved()
end

-- strangers.assign{ stranger = id or name, person = key, name or "nobody", who } -> { text }: the handler
-- "attendance-assign"
function strangers.assign(request)
  local one, who = meant(tostring(request.stranger or "")), tostring(request.who or "office")
  local text = tostring(request.person or "")
  if text == "" then error("say who it is: a person of the lists, or  nobody", 0) end
  if text == "nobody" then
    settle(one, nil)
    usher.audit("told that a participant is nobody of ours", strangers.shown(one), who)
    return { text = ("%s is nobody of ours"):format(strangers.shown(one)) }
  end
  local person, why = roster.find(text)
  if not person then error(why, 0) end
  settle(one, person.key)
  usher.audit("told who a participant is", strangers.shown(one), who, person.key)
  return { text = ("%s is %s"):format(strangers.shown(one), roster.shown(person)), key = person.key }
end

return strangers
