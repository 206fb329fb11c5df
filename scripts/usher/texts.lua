-- SPDX-License-Identifier: MIT
-- texts: the ready-made mails, by the name of their rule or letter: name -> { subject = { en = , dz = },
-- text = { en = , dz = }, short = the same for an SMS, or nil }. A rule that says its own subject or text
-- uses that.
local texts <const> = {}

local codes <const> = { "en", "dz" }

local files <const> = { "texts", "survey_texts", "series_texts" }

local function add(code, name, ready)
  texts[name] = texts[name] or { subject = {}, text = {} }
  texts[name].subject[code], texts[name].text[code] = ready.subject, ready.text
  if ready.short then
    texts[name].short = texts[name].short or {}
    texts[name].short[code] = ready.short
  end
end

for _, code in ipairs(codes) do
  for _, file in ipairs(files) do
    for name, ready in pairs(require(("usher.lang.%s.%s"):format(code, file))) do add(code, name, ready) end
  end
end

return texts
