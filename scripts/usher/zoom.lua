-- SPDX-License-Identifier: MIT
-- zoom: a meeting on Zoom, as the place of an event or of a session. Either it is given, by its link; or
-- usher has rights at Zoom's API, and makes or looks up the meeting itself (zoom_meeting.lua), gives each
-- person a link of their own (zoom_guests.lua) and asks afterwards who was there (zoom_report.lua).
--
--   place = { kind = "zoom", link, code, id of a given meeting, webhook = secret of its calls, api = what
--     usher may do itself, or nil }
--   api   = { creates, registrants, report = yes or no, host, url, oauth = the grant of usher.http }
local check = require "usher.check"
local facts = require "usher.facts"

local zoom = {}

local known <const> = { link = "text?", code = "text?", id = "text?", create = "yes_no?",
  registrants = "yes_no?", report = "yes_no?", host = "text?", account = "text?", client = "text?",
  secret = "text?", api = "text?", token = "text?", webhook = "text?" }

local API <const>, TOKEN <const> = "https://api.zoom.us/v2", "https://zoom.us/oauth/token"
local ANYWHERE <const> = "^https?://[%w.%[%]:-]+"

local function is_secret(text) return text:find("^{{") ~= nil end -- {{...}} stands in for one

local function check_link(link)
  if link and not is_secret(link) and not link:find("^https://[%w.-]+:?%d*/") then
    check.refuse("zoom: link must begin with https:// and name a host, not '%s'", link)
  end
end

local function secret_of(given, name)
  if given then return given end
  local fine, token = pcall(usher.secret, name)
  if fine then return token end
  check.refuse("zoom: usher has no rights at Zoom so far: %s", check.clean(token))
end

-- What a script says without the names of its secrets means the usual ones.
local function grant_of(o)
  local secret = secret_of(o.secret, "ZOOM_SECRET")
  if not is_secret(secret) then
    check.refuse('zoom: secret is kept outside the script: write  secret = secret "ZOOM_SECRET"')
  end
  return { token = o.token or TOKEN, client = secret_of(o.client, "ZOOM_CLIENT"), secret = secret,
    form = { grant_type = "account_credentials", account_id = secret_of(o.account, "ZOOM_ACCOUNT") } }
end

local function check_addresses(o)
  for _, name in ipairs { "api", "token" } do
    if o[name] and not o[name]:find(ANYWHERE) then
      check.refuse("zoom: %s is a whole web address, as in \"%s\"", name, name == "api" and API or TOKEN)
    end
  end
end

-- "945 1234 5678" as people read it -> "94512345678"
local function number_of(id)
  local digits = id:gsub("[%s-]", "")
  if not digits:find("^%d%d%d%d%d%d%d%d%d+$") or #digits > 12 then
    check.refuse("zoom: id is the meeting's number, 9 to 12 digits, not '%s'", id)
  end
  return digits
end

local function check_sense(o)
  if o.create and (o.id or o.link) then
    check.refuse("zoom: create = true makes a new meeting: leave %s out, or leave create out",
      o.id and "id" or "link")
  end
  if not o.create and not o.id then
    check.refuse("zoom: say create = true, or the id of the meeting that there is")
  end
  if o.host and not o.create then
    check.refuse("zoom: host is for a meeting that usher makes: say create = true as well")
  end
end

-- A call says which meeting it is about by its number: that of the option, the one in the link, or that of
-- the meeting that usher has made.
local function check_webhook(o)
  if not o.webhook then return end
  if not is_secret(o.webhook) then
    check.refuse('zoom: webhook is kept outside the script: write  webhook = secret "ZOOM_WEBHOOK"')
  end
  if not o.id and not o.create and not o.link:find("/[jsw]/%d") then
    check.refuse("zoom: webhook needs the meeting's number: add  id = \"945 1234 5678\"")
  end
end

local wishes <const> = { "create", "registrants", "report", "host", "account", "client", "secret", "api",
  "token" }

local function wants_api(o)
  for _, name in ipairs(wishes) do
    if o[name] then return true end
  end
  return false
end

local function api_of(o)
  check_sense(o)
  check_addresses(o)
  return { creates = o.create or false, registrants = o.registrants or false, report = o.report ~= false,
    host = o.host or "me", url = (o.api or API):gsub("/+$", ""), oauth = grant_of(o) }
end

--- zoom { link = "https://...", code = "123456" } -> place
--- A meeting on Zoom, for the event's or a session's `where`. A link may be `secret "NAME"`: then it
--- stands neither in the script nor in the database. With rights at Zoom (docs/zoom.md) usher does more:
--- create = true: it makes the meeting, and changes it when the date moves; or id = "945 1234 5678": it looks
--- that meeting up. registrants = true: each person has a link of their own. report = false: it does not ask
--- Zoom afterwards who was there. host: the mail address of the Zoom user whose meeting it is (else the
--- account's owner). The rights are the secrets ZOOM_ACCOUNT, ZOOM_CLIENT and ZOOM_SECRET; others are said as
--- account =, client = and secret = secret "NAME". api, token: Zoom's addresses, where they are others.
--- webhook = secret "NAME": the secret token with which Zoom signs what it tells at /zoom/webhook about who
--- comes and leaves.
--- Example: local room = zoom { link = "https://zoom.example/j/945" }
zoom.zoom = check.word(function(given)
  local o = check.options("zoom", given, known)
  check_link(o.link)
  if not wants_api(o) then
    if not o.link then check.refuse("zoom: link is missing: add  link = ..., or  create = true") end
    check_webhook(o)
    return { kind = "zoom", link = o.link, code = o.code, id = o.id, webhook = o.webhook }
  end
  local api <const> = api_of(o)
  check_webhook(o)
  facts.has_zoom = true
  return { kind = "zoom", link = o.link, code = o.code, id = o.id and number_of(o.id), api = api,
    webhook = o.webhook }
end)

return zoom
