-- SPDX-License-Identifier: MIT
-- banner: lines on every page of the organisers that say what keeps mails from leaving: the database is not
-- adopted, the event is cancelled, a hold, or that only some addresses get mail.
local cancelled = require "usher.cancelled"
local h = require "usher.html"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"

local banner = {}

-- banner.sentence(hold, visitor) -> "On hold since Mon 1 Feb 14:30, by karma: a wrong link. Nothing leaves."
function banner.sentence(hold, visitor)
  return ("%s since %s, by %s%s. Nothing leaves until it is released."):format(
    hold.all and "Everything is on hold" or "On hold", parts.when(visitor, hold.at), hold.who,
    hold.why and ": " .. hold.why or "")
end

local function line(...) return h.tag("aside", { class = "stop", h.p { ... } }) end

local function of_cancelled(visitor)
  local said = cancelled.of()
  if not said then return nil end
  return line(("The event is cancelled since %s, by %s%s."):format(parts.when(visitor, said.at), said.who,
    said.note and ": " .. said.note or ""))
end

local function upper(sentence) return sentence:sub(1, 1):upper() .. sentence:sub(2) end

local function of_hold(hold, visitor)
  local may = not hold.all and roles.may(visitor.has, "hold")
  return line(banner.sentence(hold, visitor), " ",
    h.a { href = parts.path "hold", may and "See what waits, and release it" or "See what waits" })
end

-- banner.node(visitor) -> node or nil
function banner.node(visitor)
  if not roles.may(visitor.has, "see") then return nil end
  local state = usher.outgoing()
  return h.list { of_cancelled(visitor), state.away and line(upper(state.away) .. "."),
    state.hold and of_hold(state.hold, visitor),
    state.only and line("Only mails to " .. table.concat(state.only, ", ") .. " leave from here.") }
end

return banner
