-- SPDX-License-Identifier: MIT
-- zoom_trouble: what does not work at Zoom just now, for the office. Each thing is tried again by itself,
-- with growing pauses; a person who has put something right need not wait for that.
--
--   book "zoom trouble": "flow/key" -> { text, since = ms, flow, key = whose pause a signal "again" ends }
local zoom_trouble = {}

local function book() return usher.book("zoom trouble") end

local function name_of(flow, key) return flow .. "/" .. key end

-- zoom_trouble.note(sentence or false): how it stands with this flow. For usher.decide.
function zoom_trouble.note(sentence)
  local own = usher.self()
  local name = name_of(own.flow, own.key)
  local before = book():get(name)
  if sentence then
    book():set(name, { text = sentence, since = before and before.since or usher.now(), flow = own.flow,
      key = own.key })
  elseif before then
    book():remove(name)
  end
end

-- zoom_trouble.is_there(flow, key) -> yes or no. Where books may be looked at.
function zoom_trouble.is_there(flow, key) return book():has(name_of(flow, key)) end

-- zoom_trouble.list() -> list of { text, since, n = how many flows it stops }, the oldest first. Where books
-- may be looked at.
function zoom_trouble.list()
  local list, by_text = {}, {}
  for _, one in book():each() do
    local row = by_text[one.text]
    if not row then
      row = { text = one.text, since = one.since, n = 0 }
      by_text[one.text], list[#list + 1] = row, row
    end
    row.n, row.since = row.n + 1, math.min(row.since, one.since)
  end
  table.sort(list, function(a, b) return a.since ~= b.since and a.since < b.since or a.text < b.text end)
  return list
end

-- zoom_trouble.wake() -> how many: whatever waits for a better time is tried now. In handlers, POST routes
-- and usher.decide.
function zoom_trouble.wake()
  local n, dedup = 0, ("%d"):format(usher.now())
  for _, one in book():each() do
    usher.signal(one.flow, one.key, "again", true, { dedup = dedup })
    n = n + 1
  end
  return n
end

-- zoom_trouble.again{ who } -> { n, text }: the handler "zoom-again"
function zoom_trouble.again(request)
  local n = zoom_trouble.wake()
  if n > 0 then usher.audit("Zoom is asked again", nil, tostring(request and request.who or "office")) end
  return { n = n, text = n == 0 and "Nothing waits for Zoom." or "Zoom is asked again now." }
end

return zoom_trouble
