-- SPDX-License-Identifier: MIT
-- certificate_office: what the organisers say about certificates that are out: `usher certificate NAME`.
local certificates = require "usher.certificates"
local dates = require "usher.dates"
local facts = require "usher.facts"
local roster = require "usher.roster"

local office = {}

local function line_of(one)
  local paper = one.version.paper
  local state = one.revoked and ("withdrawn by %s"):format(one.revoked.who) or "valid"
  return ("%s, %s: %s, of %s, %s"):format(paper.name, paper.title, certificates.show(one.version.code),
    dates.day(one.version.at, facts.event.zone, "en"), state)
end

local function set_all(person, issued, revoke, who)
  local changed = 0
  for _, one in ipairs(issued) do
    if (one.revoked ~= nil) ~= revoke then
      certificates.revoke(person.key, one.rule.name, revoke and who or nil)
      usher.audit(revoke and "certificate withdrawn" or "certificate valid again",
        certificates.show(one.version.code), who, person.key)
      changed = changed + 1
    end
  end
  return changed
end

-- office.handle{ person, revoke, restore, who } -> { text, certificates = list of { code, name, state } }
function office.handle(request)
  local person, why = roster.find(tostring(request.person or ""))
  if not person then error(why, 0) end
  local issued, who = certificates.issued(person.key), tostring(request.who or "office")
  if #issued == 0 then error(("%s has no certificate"):format(roster.shown(person)), 0) end
  if request.revoke or request.restore then
    set_all(person, issued, request.revoke == true, who)
    issued = certificates.issued(person.key)
  end
  local lines, list = {}, {}
  for i, one in ipairs(issued) do
    lines[i] = line_of(one)
    list[i] = { code = certificates.show(one.version.code), name = one.version.paper.name,
      state = one.revoked and "withdrawn" or "valid" }
  end
  return { text = table.concat(lines, "\n"), certificates = list }
end

return office
