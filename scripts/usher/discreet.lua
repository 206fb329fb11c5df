-- SPDX-License-Identifier: MIT
-- discreet: what of a mail's text is shown to whoever is not its reader. A link that opens something for this
-- person alone is shown as "/a/…", and a secret by its name: what leaves in a response would have its value.
local discreet = {}

local TOKEN_MIN <const> = 38 -- letters of the shortest token: 16 + 12 + 1 bytes in base64

-- discreet.text(text) -> text
function discreet.text(text)
  text = text:gsub("{{secret:([%w_]+):[^}]*}}", "(secret %1)")
  return (text:gsub("(/%l+/)([%w_-]+)", function(place, token)
    return #token >= TOKEN_MIN and place .. "\u{2026}" or nil
  end))
end

return discreet
