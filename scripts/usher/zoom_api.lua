-- SPDX-License-Identifier: MIT
-- zoom_api: asks Zoom something, from a flow. The token is usher.http's business (oauth); here are the pace,
-- what an answer means, and what to do about a refusal, in words.
--   pages: https://developers.zoom.us/docs/api/rate-limits/ and https://developers.zoom.us/docs/api/errors/
--
-- Zoom counts what an account asks in three classes. usher keeps to the pace of the smallest plan, for all
-- events of one script together; what is too fast nevertheless is answered with 429, and usher.http waits as
-- long as Zoom says, up to a day.
--   book "zoom": "turn" -> when the next question may leave (ms)
local zoom_api = {}

-- ms from one question to the next: 4, 2 and 1 a second
local PACE_MS <const> = { light = 250, medium = 500, heavy = 1000 }
local WORDS_MAX <const> = 300 -- of Zoom's, in a sentence of ours
local PAGES_MAX <const> = 50
local PAGE_SIZE <const> = 300 -- Zoom's most

-- ---- what Zoom says -----------------------------------------------------------------------------------

local hints <const> = {
  [124] = "look whether the app is active and ZOOM_CLIENT and ZOOM_SECRET are its own",
  [200] = "look at what this account's plan allows",
  [1001] = "look at host: it is the address of a user of this Zoom account",
  [3000] = "that number is a webinar's: usher knows meetings only",
  [3001] = "look at the id of the meeting: it is deleted, or of another account",
  [3161] = "that user may not host meetings: give them a licence, or name another host",
  [4700] = "add that scope to the app at marketplace.zoom.us",
  [4711] = "add that scope to the app at marketplace.zoom.us",
}

local by_status <const> = {
  [401] = hints[124],
  [403] = "the app may not do this: look at its scopes",
  [429] = "that is Zoom's limit for a day; usher goes on when it is over",
}

local function one_line(text) return (tostring(text):gsub("[%s%c]+", " "):sub(1, WORDS_MAX)) end

local function fields_of(said)
  local list = {}
  for i, one in ipairs(type(said.errors) == "table" and said.errors or {}) do
    if i <= 5 and type(one) == "table" then
      list[i] = ("%s: %s"):format(one_line(one.field or "?"), one_line(one.message or "?"))
    end
  end
  return #list > 0 and (" (%s)"):format(table.concat(list, "; ")) or ""
end

-- zoom_api.sentence(reply) -> "Zoom says: ... (code 300): what to do"
function zoom_api.sentence(reply)
  if reply.status == 0 then return ("Zoom can't be asked: %s"):format(one_line(reply.why or "no answer")) end
  local said = type(reply.json) == "table" and reply.json or {}
  local code = math.type(said.code) == "integer" and said.code or reply.status
  local hint = hints[code] or by_status[reply.status]
  return ("Zoom says: %s%s (code %d)%s"):format(one_line(said.message or "no"):gsub("%.$", ""),
    fields_of(said), code, hint and ": " .. hint or "")
end

-- ---- asking -------------------------------------------------------------------------------------------

-- Inside usher.decide: when this question may leave.
local function take_turn(class)
  local book, now = usher.book("zoom"), usher.now()
  local at = math.max(now, book:get("turn") or 0)
  book:set("turn", at + PACE_MS[class])
  return at > now and at or false
end

local function escape(text)
  return (tostring(text):gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end))
end

-- zoom_api.path("meetings", "945", "registrants") -> "/meetings/945/registrants", with what needs it escaped
function zoom_api.path(...)
  local parts = { ... }
  for i, part in ipairs(parts) do parts[i] = escape(part) end
  return "/" .. table.concat(parts, "/")
end

-- The instance of a meeting is named by a text that may hold slashes: Zoom wants those escaped twice.
function zoom_api.uuid(text)
  return text:find("/") and escape(text) or text
end

local function address(api, path, query)
  local list = {}
  for name, value in pairs(query or {}) do list[#list + 1] = ("%s=%s"):format(name, escape(value)) end
  table.sort(list)
  return api.url .. path .. (#list > 0 and "?" .. table.concat(list, "&") or "")
end

-- zoom_api.ask(api, method, path, o) -> reply's JSON (or {}), or nil, trouble. In a flow.
--   o = { step = its name, body, query, class = "light" | "medium" | "heavy", rehearse = JSON of the answer,
--     once = true: nothing that Zoom may have done already is asked again by itself, about, give_up }
--   trouble = { text = a sentence, status, unsure = true: perhaps it was done }
function zoom_api.ask(api, method, path, o)
  local at = usher.decide("its turn", take_turn, o.class or "light")
  if at then usher.due("its turn", at) end
  local about = { what = "zoom", quiet = true, rule = o.step }
  for name, value in pairs(o.about or {}) do about[name] = value end
  local done = method == "POST" and 201 or method == "GET" and 200 or 204
  local reply = usher.http[method:lower()] { o.step, url = address(api, path, o.query), oauth = api.oauth,
    json = o.body, about = about, give_up = o.give_up,
    repeatable = not o.once, unsure = o.once and "leave" or "resend",
    rehearse = { status = done, json = o.rehearse } }
  if reply.status >= 200 and reply.status < 300 then return reply.json or {} end
  return nil, { text = zoom_api.sentence(reply), status = reply.status, unsure = reply.unsure }
end

-- zoom_api.pages(api, path, name, o) -> list of all rows, or nil, trouble. name: what Zoom calls the rows.
-- o as above, and stop(row) -> true when it is the one that is looked for: then nothing more is asked.
function zoom_api.pages(api, path, name, o)
  local rows, token = {}, ""
  for _ = 1, PAGES_MAX do
    local query = { page_size = PAGE_SIZE, next_page_token = token ~= "" and token or nil }
    for key, value in pairs(o.query or {}) do query[key] = value end
    local page, trouble = zoom_api.ask(api, "GET", path, { step = o.step, query = query, class = o.class,
      about = o.about, give_up = o.give_up, rehearse = o.rehearse or { [name] = {}, next_page_token = "" } })
    if not page then return nil, trouble end
    for _, row in ipairs(type(page[name]) == "table" and page[name] or {}) do
      rows[#rows + 1] = row
      if o.stop and o.stop(row) then return rows end
    end
    token = page.next_page_token or ""
    if token == "" then return rows end
  end
  return rows
end

-- ---- trying again -------------------------------------------------------------------------------------

local pauses <const> = { "10 minutes", "20 minutes", "1 hour", "2 hours" }
local MORE <const> = "6 hours"

-- zoom_api.until_done(until_ms, try, tell): calls try() until it comes back without trouble, or it is too
-- late; tell(trouble or nil) notes for people how it stands. A signal "again" ends a pause. In a flow.
-- Answers what try answered, or nil and the last trouble.
function zoom_api.until_done(until_ms, try, tell)
  for n = 1, math.huge do
    local done, trouble = try()
    usher.decide("how it stands", tell, trouble and trouble.text or false)
    if not trouble then return done end
    usher.log(trouble.text)
    if usher.now() >= until_ms then return nil, trouble end
    usher.first("a new try", { again = { signal = "again" }, later = { after = pauses[n] or MORE },
      over = { at = until_ms } })
  end
end

return zoom_api
