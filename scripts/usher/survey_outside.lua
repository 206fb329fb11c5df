-- SPDX-License-Identifier: MIT
-- survey_outside: a survey on another site. Its address carries a token for each person; a webhook of that
-- site says who has answered, so that reminders stop. What was answered stays there.
--
--   POST /hooks/survey/NAME   JSON or a form in which the token stands anywhere; who calls proves that it
--     knows the secret, by one of these headers:
--       authorization: Bearer SECRET     x-usher-secret: SECRET
--       x-signature: SIGNATURE           x-hub-signature-256: sha256=SIGNATURE   (HMAC-SHA-256 of the body)
local check = require "usher.check"
local facts = require "usher.facts"
local roster = require "usher.roster"

local outside = {}

local TEXTS_MAX <const> = 2000 -- texts of one call that are looked at
local signatures <const> = { "x-signature", "x-hub-signature-256", "x-signature-256" }

local function purpose(s) return "outside " .. s.name end

-- outside.address(s, person) -> the address for this person
function outside.address(s, person)
  return (s.url:gsub("{token}", (usher.link.make(purpose(s), person.key):gsub("%%", "%%%%"))))
end

-- outside.check(title, options): what does not go together with an address
function outside.check(title, o)
  if not o.url:find("^https://[%w.-]+[/?]") then
    check.refuse("%s: url must begin with https:// and name a page, not '%s'", title, o.url)
  end
  if not o.url:find("{token}", 1, true) then
    check.refuse('%s: url: put {token} where that site expects a number for each person, as in  '
      .. '"https://forms.example/f/1?who={token}"', title)
  end
  for _, option in ipairs { "ask", "before", "by_group" } do
    if o[option] then
      check.refuse("%s: %s is for surveys on our own pages, and url says that it is on another site", title,
        option)
    end
  end
  if o.anonymous then
    check.refuse("%s: anonymous is a promise that usher can't make for another site: leave it out, or ask "
      .. "here with  ask = { ... }", title)
  end
  if not o.hook then
    facts.note('%s: without  hook = secret "..."  nobody tells usher who has answered: everybody is reminded',
      title)
  end
end

local function mark(s, key)
  usher.book(s.name .. "-named"):set(key, { answers = {}, at = usher.now(), done = true })
end

-- ---- the webhook --------------------------------------------------------------------------------------

local function is_proven(s, request)
  local headers = request.headers or {}
  local bearer = (headers.authorization or ""):match("^[Bb]earer%s+(.+)$") or headers["x-usher-secret"]
  if bearer then return usher.http.proven(s.hook, bearer) end
  for _, name in ipairs(signatures) do
    if headers[name] and request.body then return usher.http.proven(s.hook, headers[name], request.body) end
  end
  return false
end

-- Every text inside a value.
local function each_text(value, fn, left)
  if type(value) == "string" and left > 0 then
    fn(value)
    return left - 1
  end
  for _, one in pairs(type(value) == "table" and value or {}) do left = each_text(one, fn, left) end
  return left
end

local function read_body(request)
  if request.form and next(request.form) then return request.form end
  local fine, value = pcall(usher.json.decode, request.body or "")
  return fine and value or nil
end

-- A token can't be guessed, so wherever one stands, it is meant.
local function keys_in(s, value)
  local keys, seen = {}, {}
  each_text(value, function(text)
    for word in text:gmatch("[%w_-]+") do
      local key = #word >= 32 and #word <= 400 and usher.link.read(purpose(s), word)
      if key and not seen[key] then keys[#keys + 1], seen[key] = key, true end
    end
  end, TEXTS_MAX)
  return keys
end

local function reply(status, about)
  return { status = status, type = "application/json", body = usher.json.encode(about) }
end

local function hear(s)
  return function(request)
    if not (s.hook and is_proven(s, request)) then
      return reply(401, { error = "the secret is not proven" })
    end
    local value = read_body(request)
    if not value then return reply(400, { error = "neither JSON nor a form" }) end
    local marked = 0
    for _, key in ipairs(keys_in(s, value)) do
      if roster.person(key) then
        mark(s, key)
        marked = marked + 1
      end
    end
    return reply(200, { marked = marked })
  end
end

-- outside.answered{ survey, person }: the same by hand, for the office and for rehearsals.
function outside.answered(request)
  local s = facts.survey_named[tostring(request.survey)]
  local person = roster.person(tostring(request.person))
  if not s or not s.url then error("no survey on another site is called so", 0) end
  if not person then error(("nobody has the key '%s'"):format(tostring(request.person)), 0) end
  mark(s, person.key)
  return { survey = s.name, person = person.key }
end

local is_registered = false

function outside.register(s)
  usher.http.route("POST", "/hooks/survey/" .. s.name, hear(s), { open = true })
  if not is_registered then usher.on("survey-answered", outside.answered) end
  is_registered = true
end

return outside
