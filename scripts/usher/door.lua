-- SPDX-License-Identifier: MIT
-- door: who may send a public form, and how often. No cookie: the page carries a sealed note of when it was
-- made, a field that only robots fill in, and each hour has room for so many forms from one network and from
-- everybody. Only in handlers and POST routes.
--
--   book door: "now" -> { hour, posts = in this hour, number = of the last form that something came of }
--              "HOUR NETWORK" -> how many forms came from there. HOUR has eight digits, so the oldest comes
--              first and goes first; NETWORK is sealed (usher.link), so the book holds no address.
local door = {}

local HOUR_MS <const> = 3600 * 1000
local QUICK_MS <const> = 2000 -- nobody reads and fills in a form faster
local OPEN_MS <const> = 24 * HOUR_MS -- how long a page may lie open
local EVERYBODY <const> = 20 -- networks full of forms an hour
local SWEPT <const> = 2 -- old entries that each form takes away: more than it brings

-- ---- the page's note ----------------------------------------------------------------------------------

-- door.note() -> the value of the hidden field `note`
function door.note()
  local now = usher.now()
  return usher.link.make("door", tostring(now), { expires = now + OPEN_MS })
end

-- door.note_fault(note) -> nil; "quick": sent faster than anybody types; "old": the page lay open for a day
function door.note_fault(note)
  local made = usher.link.read("door", note or "")
  if not made then return "old" end
  return usher.now() - tonumber(made) < QUICK_MS and "quick" or nil
end

-- The field that only robots fill in; people neither see nor reach it.
door.TRAP = "website"

function door.is_robot(form)
  return (form[door.TRAP] or "") ~= ""
end

-- ---- how many come in ---------------------------------------------------------------------------------

-- An IPv6 network is its first half: one house has all of the second.
local function network_of(address)
  if not address:find(":", 1, true) then return address end
  local head, tail = address:match("^(.-)::(.*)$")
  if not head then return address:match("^%x*:%x*:%x*:%x*") or address end
  local groups = {}
  for group in head:gmatch("%x+") do groups[#groups + 1] = group end
  local _, behind = tail:gsub("[%x.]+", "")
  while #groups + behind < 8 do groups[#groups + 1] = "0" end
  return table.concat(groups, ":", 1, math.min(4, #groups))
end
door.network_of = network_of

local function sweep(book, hour)
  for _ = 1, SWEPT do
    local each, from, first = book:each()
    local key = each(from, first)
    if not key or not key:find("^%d") or key:sub(1, 8) >= hour then return end
    book:remove(key)
  end
end

-- door.enter(address, most, counts) -> the number of this form, or nil and "network" or "everybody": there
-- is no room in this hour. most: forms an hour from one network; false: as many as come. counts: something
-- comes of it; a form that is sent twice gets no number of its own.
function door.enter(address, most, counts)
  local book, hour = usher.book("door"), ("%08d"):format(usher.now() // HOUR_MS)
  local now = book:get("now") or { hour = hour, posts = 0, number = 0 }
  if now.hour ~= hour then now.hour, now.posts = hour, 0 end
  if most and now.posts >= most * EVERYBODY then return nil, "everybody" end
  if most and address then
    local from = hour .. " " .. usher.link.make("network", network_of(address))
    local count = book:get(from) or 0
    if count >= most then return nil, "network" end
    sweep(book, hour)
    book:set(from, count + 1)
  end
  now.posts, now.number = now.posts + 1, now.number + (counts and 1 or 0)
  book:set("now", now)
  return now.number
end

door.HOUR_MS = HOUR_MS

return door
