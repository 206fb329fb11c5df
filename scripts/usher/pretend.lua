-- SPDX-License-Identifier: MIT
-- pretend: what people do in a rehearsal about the mails that they get. Words add what their guests would do;
-- the virtual world asks after each mail, and carries the acts out when their time comes.
--   act = { after = "1 day", call = handler, with = request }
--      or { after = "1 day", visit = { method = "POST", path = "/a/TOKEN", form = { answer = "yes" } } }
-- instead of after: at = milliseconds since 1970.
local pretend = {}

local people <const>, strangers <const> = {}, {}

-- pretend.add(fn): fn(mail) -> list of acts, or nil. mail = { args = as usher.mail took them, guest =
-- "accepts", "declines" or "silent": how the guests of this rehearsal are, ... }
function pretend.add(fn)
  people[#people + 1] = fn
end

-- pretend.begin(fn): fn(request) -> list of acts of people who come without having been written to. Asked
-- once, when a rehearsal begins. request = { now = ms, guest = ... }
function pretend.begin(fn)
  strangers[#strangers + 1] = fn
end

-- The handler "pretend-begin".
function pretend.first_acts(request)
  local all, _, told = {}, usher.rehearsing()
  request.guest = request.guest or told and told.guests
  for _, fn in ipairs(strangers) do
    for _, act in ipairs(fn(request) or {}) do all[#all + 1] = act end
  end
  return all
end

-- The handler "pretend": what everybody does about this mail.
function pretend.acts(mail)
  local all, _, told = {}, usher.rehearsing()
  mail.guest = mail.guest or told and told.guests
  for _, fn in ipairs(people) do
    for _, act in ipairs(fn(mail) or {}) do all[#all + 1] = act end
  end
  return all
end

return pretend
