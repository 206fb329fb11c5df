-- SPDX-License-Identifier: MIT
-- cancelled: the event does not take place. Who said so is in a book; whatever is to leave or to be pressed
-- looks there first.
--
--   book "cancelled": "event" -> { at = ms, who, note }
-- Only inside usher.decide, handlers and routes.
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"

local cancelled = {}

-- Why a mail does not leave any more.
cancelled.WHY = "the event was cancelled"

-- cancelled.of() -> what the book says, or nil
function cancelled.of() return usher.book("cancelled"):get("event") end

-- cancelled.note(who, note): from now on it is.
function cancelled.note(who, note)
  usher.book("cancelled"):set("event", { at = usher.now(), who = who, note = note })
end

-- cancelled.page(code, method) -> response: what every page of a guest says then. It takes no form.
function cancelled.page(code, method)
  local said = cancelled.of()
  local title = lang.text(code, "cancelled.title")
  return frame.guest { lang = code, title = title, status = method ~= "GET" and 410 or nil, body = h.list {
    h.h1 { title }, h.p { class = "lead", lang.text(code, "cancelled.lead") },
    said.note and h.p { said.note } or false,
  } }
end

return cancelled
