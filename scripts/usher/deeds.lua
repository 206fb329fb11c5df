-- SPDX-License-Identifier: MIT
-- deeds: what people did in a rehearsal, beside what they got (timeline.lua has the shape of a deed).
local deeds = {}

local function people_text(count) return count == 1 and "1 person" or count .. " people" end

-- deeds.of(request) -> list, in order of time. Two mails may make somebody do one thing.
function deeds.of(request)
  local list, seen = {}, {}
  for _, deed in ipairs(request.deeds or {}) do
    local about = deed.about
    local id = ("%d %s %s"):format(deed.at, about.person or "", about.did)
    if not seen[id] then list[#list + 1] = deed end
    seen[id] = true
  end
  return list
end

-- deeds.say(list, add): mails that came back, people who found no page, and pages that refused what they did.
function deeds.say(list, add)
  local back <const>, away <const>, refused, order = {}, {}, {}, {}
  for _, deed in ipairs(list) do
    if deed.away then away[#away + 1] = deed end
    local did = deed.about.did
    if deed.about.came_back and not deed.away then back[#back + 1] = deed end
    if deed.refused then
      if not refused[did] then order[#order + 1] = did end
      refused[did] = (refused[did] or 0) + 1
    end
  end
  if #back > 0 then add("%d mail%s came back: the address takes no mail", #back, #back == 1 and "" or "s") end
  if #away > 0 then add("%d visit%s found no page, and came again", #away, #away == 1 and "" or "s") end
  for _, did in ipairs(order) do
    add("a page refused what %s did: %s", people_text(refused[did]), did)
  end
end

return deeds
