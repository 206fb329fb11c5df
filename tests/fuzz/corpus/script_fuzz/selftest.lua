-- SPDX-License-Identifier: MIT
-- selftest: a script that does all whose outcome could depend on the machine: the order of tables, ties
-- in a sort, numbers as text, errors as data, memory pressure, branches, waiting for the first of several.
-- `usher selftest determinism` plays it in two processes and compares every byte of what they would send.

usher.describe { id = "selftest", zone = "Asia/Thimphu" }

local function words(n)
  local list = {}
  for i = 1, n do list["word" .. (i * 7919) % 1009] = i end
  return list
end

-- More garbage than a collector cycle, so that collections happen in the middle of everything.
local function pressure()
  local heap = {}
  for i = 1, 2000 do heap[i % 50] = { tostring(i):rep(20) } end
  return #heap
end

local function ordered()
  local out = {}
  for key, value in pairs(words(100)) do out[#out + 1] = key .. "=" .. value end
  return table.concat(out, " ")
end

-- Most keys are equal: an unstable sort shows its pivots.
local function sorted()
  local list = {}
  for i = 1, 2000 do list[i] = { rank = i % 3, name = i } end
  table.sort(list, function(a, b) return a.rank < b.rank end)
  local sum = 0
  for i, item in ipairs(list) do sum = (sum * 31 + item.name * i) % 1000003 end
  return sum
end

local function printed()
  return ("%s %s %s %q %g %a %5.2f"):format(tostring({}), tostring(pairs), 1 / 3, "a\0b", 1e300, 0.1, -2.5)
end

local function failed()
  local _, message = pcall(function() local t = nil; return t.x end)
  local _, value = pcall(error, { kind = "own" })
  return message .. " " .. value.kind
end

usher.flow("machine", function(input)
  pressure()
  local parts = { ordered(), tostring(sorted()), printed(), failed() }
  parts[#parts + 1] = usher.random("dice", 1, 6) .. usher.uuid("id") .. usher.token("token")
  parts[#parts + 1] = usher.decide("kept", function()
    local book = usher.book("seen")
    book:set(input.key, { at = usher.now() })
    return { n = book:count(), float = 0.1, whole = 3, text = "བཀྲ་ཤིས།" }
  end).text
  local which = usher.first("race", { b = { after = "2h" }, a = { after = "2h" }, c = { signal = "never" } })
  parts[#parts + 1] = which .. usher.time.format(usher.now(), "Asia/Thimphu", "%a %d %b %H:%M %P %z")
  usher.each({ { key = "x" }, { key = "y" } }, { by = "key" }, function(item)
    usher.sleep(usher.random(item.key, 1, 90) .. " minutes")
    usher.mail {
      "mail", to = item.key .. "@office.example", as = item.key, from = "usher@office.example",
      subject = "Selftest " .. item.key, text = table.concat(parts, "\n"),
    }
  end)
end)

for i = 1, 20 do
  usher.start("machine", { key = "k" .. i, input = { key = "k" .. i } })
end
