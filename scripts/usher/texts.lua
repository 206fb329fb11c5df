-- SPDX-License-Identifier: MIT
-- texts: the ready-made mails, by the name of their rule or letter: name -> { subject = { en = , dz = },
-- text = { en = , dz = } }. A rule that says its own subject or text uses that.
local texts <const> = {}

local codes <const> = { "en", "dz" }

for _, code in ipairs(codes) do
  for name, ready in pairs(require(("usher.lang.%s.texts"):format(code))) do
    texts[name] = texts[name] or { subject = {}, text = {} }
    texts[name].subject[code], texts[name].text[code] = ready.subject, ready.text
  end
end

return texts
