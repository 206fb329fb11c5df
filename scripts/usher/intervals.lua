-- SPDX-License-Identifier: MIT
-- intervals: how long somebody was somewhere, out of what several devices and sources said of it. A span is
-- { from, to } in milliseconds, from <= to; one of no length is a moment. Plain arithmetic: nothing here
-- knows what the spans are about, and no function changes what it is given.
local intervals = {}

local function by_start(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  return a[2] < b[2]
end

-- intervals.union(list) -> list: the same time in as few spans as can be, in order. What overlaps or touches
-- becomes one.
function intervals.union(list)
  local sorted, union = table.move(list, 1, #list, 1, {}), {}
  table.sort(sorted, by_start)
  for _, span in ipairs(sorted) do
    local last = union[#union]
    if last and span[1] <= last[2] then
      last[2] = math.max(last[2], span[2])
    else
      union[#union + 1] = { span[1], span[2] }
    end
  end
  return union
end

-- intervals.clip(list, from, to) -> list: the parts that lie within
function intervals.clip(list, from, to)
  local within = {}
  for _, span in ipairs(list) do
    if span[1] <= to and span[2] >= from then
      within[#within + 1] = { math.max(span[1], from), math.min(span[2], to) }
    end
  end
  return within
end

-- intervals.total(list) -> milliseconds that any of the spans covers, each counted once
function intervals.total(list)
  local total = 0
  for _, span in ipairs(intervals.union(list)) do total = total + span[2] - span[1] end
  return total
end

-- intervals.squeeze(list, most) -> list: its union in at most so many spans. The smallest gaps are filled
-- first, so what is added to the time is as little as can be.
function intervals.squeeze(list, most)
  local union = intervals.union(list)
  while #union > most do
    local best, least = 1, math.huge
    for i = 1, #union - 1 do
      local gap = union[i + 1][1] - union[i][2]
      if gap < least then best, least = i, gap end
    end
    union[best][2] = union[best + 1][2]
    table.remove(union, best + 1)
  end
  return union
end

-- What one device said: moment -> { joined = true, left = true }. Said twice is said once.
local function moments_of(facts)
  local devices = {}
  for _, fact in ipairs(facts) do
    local device = fact.device or ""
    devices[device] = devices[device] or {}
    local moments = devices[device]
    moments[fact.at] = moments[fact.at] or {}
    moments[fact.at][fact.did] = true
  end
  return devices
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- One device, in the order of its clock. It can't come twice without leaving between: a second "joined" is
-- one whose "left" was lost, or has yet to arrive, and then this is asked again.
local function pair_device(moments, close, spans, lone)
  local open
  local function ends(at)
    spans[#spans + 1] = { open, at }
    open = nil
  end
  for _, at in ipairs(sorted_keys(moments)) do
    local said = moments[at]
    if said.left and open then
      ends(at)
      open = said.joined and at or nil
    elseif said.left and said.joined then
      spans[#spans + 1] = { at, at }
    elseif said.left then
      lone[#lone + 1] = at
    elseif not open then
      open = at
    end
  end
  if open then ends(math.max(open, close(open))) end
end

-- intervals.pair(facts, close) -> spans, lone: what is known of coming and going as spans. facts = list of
-- { at, did = "joined" or "left", device }, in any order and with any of them twice. close(at) -> when it
-- ends for whoever came then and was never seen to leave. lone: moments at which somebody left who was never
-- seen to come.
function intervals.pair(facts, close)
  local spans, lone = {}, {}
  local devices = moments_of(facts)
  for _, device in ipairs(sorted_keys(devices)) do pair_device(devices[device], close, spans, lone) end
  table.sort(lone)
  return spans, lone
end

return intervals
