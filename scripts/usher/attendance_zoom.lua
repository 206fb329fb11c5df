-- SPDX-License-Identifier: MIT
-- attendance_zoom: Zoom tells who comes and leaves, by a webhook.
--   pages: https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events
--          https://developers.zoom.us/docs/api/meetings/events/#tag/meeting
--
--   POST /zoom/webhook   one address for every event of the installation. Each event whose secret the call is
--     signed with, and whose meeting it is about, takes it. Zoom waits three seconds for its answer, so the
--     call is only written down; the answer leaves when it is on disk, and a flow makes something of it
--     afterwards. A call may come again after 5, 30 and 90 minutes, and in any order.
--
--   header x-zm-signature: "v0=" and the HMAC-SHA-256 of "v0:" timestamp ":" body under the secret token
--   header x-zm-request-timestamp: seconds since 1970; more than five minutes off is refused
--
--   book zoom-calls: id of a call -> { body, at = ms } until it is taken in, { done = ms } for a day then
--   book zoom-turn: "turn" -> number of the flow that takes in what comes now: one flow for each heap
local attendance = require "usher.attendance"
local facts = require "usher.facts"
local match = require "usher.attendance_match"
local sessions = require "usher.sessions"
local strangers = require "usher.attendance_strangers"
local zoom_guests = require "usher.zoom_guests"

local zoom = {}

local FLOW <const> = "zoom calls" -- no rule can be called so: their names have no spaces
local LATE_MS <const> = 5 * 60 * 1000
local DAY_MS <const> = 24 * 3600 * 1000
local NEAR_MS <const> = 12 * 3600 * 1000 -- from a session: what is farther away is somebody trying things out
local HEAP_MAX <const> = 20000    -- calls of a day: a thousand people who come, go and come again
local AT_ONCE <const> = 20        -- calls that one step of the flow takes in
local TOKEN_MAX <const> = 200     -- letters of a plainToken; Zoom's have 22
local BODY_MAX <const> = 64 * 1024

-- ---- whose meeting it is ------------------------------------------------------------------------------

local function digits(id) return (tostring(math.tointeger(id) or id):gsub("%D", "")) end

local function add_place(ids, where)
  if not where or where.kind ~= "zoom" then return end
  local id = where.id or (where.link or ""):match("^https://[^/]+/[jsw]/(%d+)")
  if id then ids[digits(id)] = true end
end

-- The numbers of the event's meetings -> true: those that the script says, and those that usher made itself.
local function meetings()
  local ids = {}
  add_place(ids, facts.event.where)
  for _, session in ipairs(sessions.all()) do add_place(ids, session.where) end
  for _, made in usher.book("zoom"):each() do
    if type(made) == "table" and made.id then ids[digits(made.id)] = true end
  end
  return ids
end

-- ---- is it Zoom? --------------------------------------------------------------------------------------

local function secrets()
  local list, seen = {}, {}
  local function add(where)
    local secret = where and where.webhook
    if secret and not seen[secret] then list[#list + 1], seen[secret] = secret, true end
  end
  add(facts.event.where)
  for _, session in ipairs(sessions.all()) do add(session.where) end
  return list
end

-- The secret with which the call is signed, or nil.
local function signed_with(request, stamp)
  local given = (request.headers or {})["x-zm-signature"]
  if not given or given:sub(1, 3) ~= "v0=" then return nil end
  local message = ("v0:%s:%s"):format(stamp, request.body or "")
  for _, secret in ipairs(secrets()) do
    if usher.http.proven(secret, given, message) then return secret end
  end
end

local function reply(status, about)
  return { status = status, type = "application/json", body = about and usher.json.encode(about) }
end

-- What is refused stands in the log: whoever set it up at Zoom looks there.
local function refuse(status, why)
  usher.log("a call at /zoom/webhook was refused: " .. why)
  return reply(status, { error = why })
end

-- How far the call's own clock is from ours, or nil when it has none.
local function off_by(stamp)
  local seconds = stamp and #stamp <= 12 and math.tointeger(tonumber(stamp))
  return seconds and math.abs(usher.now() - seconds * 1000)
end

-- The secret, or nil and the refusal.
local function admit(request)
  local stamp = (request.headers or {})["x-zm-request-timestamp"]
  local off = off_by(stamp)
  if not off then return nil, refuse(401, "it has no time (x-zm-request-timestamp)") end
  local secret = signed_with(request, stamp)
  if not secret then return nil, refuse(401, "it is not signed with this event's secret") end
  if off > LATE_MS then
    return nil, refuse(401, ("it was sent %s ago or ahead: more than 5 minutes are too many"):format(
      usher.time.span_text(off // 60000 * 60000)))
  end
  return secret
end

-- ---- the call -----------------------------------------------------------------------------------------

-- Zoom asks whether the address is ours: when it is set up, and every 72 hours. Only a token is signed, not
-- whatever somebody sends: "v0:time:body" signed by us would be a call of Zoom's.
local function prove(secret, payload)
  local token = payload.plainToken
  if type(token) ~= "string" or #token > TOKEN_MAX or not token:find("^[%w_%-+/=]+$") then
    return refuse(400, "it asks to be answered and has no plainToken")
  end
  return reply(200, { plainToken = token, encryptedToken = usher.http.sign(secret, token) })
end

local kinds <const> = { participant_joined = "joined", participant_left = "left", ended = "ended" }

local function kind_of(call)
  local topic, kind = call.event:match("^(%a+)%.([%a_]+)$")
  return (topic == "meeting" or topic == "webinar") and kinds[kind] or nil
end

local function decode(body)
  local fine, call = pcall(usher.json.decode, body or "")
  local payload = fine and type(call) == "table" and call.payload
  if type(payload) ~= "table" or type(call.event) ~= "string" then return nil end
  return call, payload
end

-- A call that comes again has the same time of its own, the same meeting and the same participant.
local function id_of(call)
  local object = call.payload.object
  local who = type(object.participant) == "table" and object.participant or {}
  return usher.hash(call.event, tostring(call.event_ts), tostring(object.uuid or object.id),
    tostring(who.participant_uuid or ""), tostring(who.user_id or ""))
end

-- Writes the call down, once, and has a flow look at the heap. A flow of that number which has not looked yet
-- is there already: then it finds this one too.
local function write_down(request, call)
  local heap, id = usher.book("zoom-calls"), id_of(call)
  if heap:has(id) then return reply(204) end
  if heap:count() >= HEAP_MAX then return refuse(503, "too many came today: Zoom will try again") end
  heap:set(id, { body = request.body, at = usher.now() })
  local turn = usher.book("zoom-turn"):get("turn") or 1
  usher.start(FLOW, { key = tostring(turn), label = "Zoom", input = { turn = turn } })
  return reply(204)
end

local function hear(request)
  local secret, refusal = admit(request)
  if not secret then return refusal end
  local call, payload = decode(request.body)
  if not call then return refuse(400, "it is not what Zoom sends") end
  if call.event == "endpoint.url_validation" then return prove(secret, payload) end
  local object = payload.object
  if not kind_of(call) or type(object) ~= "table" or not meetings()[digits(object.id or "")] then
    return reply(204) -- another meeting of the same account, or something that is not about coming and going
  end
  return write_down(request, call)
end

-- ---- what is made of it -------------------------------------------------------------------------------

-- "2021-02-25T08:05:00Z" -> ms, or nil
local function read_time(text)
  if type(text) ~= "string" then return nil end
  local date, clock, seconds = text:match("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d):(%d%d)%.?%d*Z$")
  local fine, moment = pcall(usher.time.at, date and date .. " " .. clock or "", "UTC")
  return fine and moment.utc + tonumber(seconds) * 1000 or nil
end

local function word(value)
  return type(value) == "string" and value ~= "" and #value <= 200 and value or nil
end

local function participant_of(who)
  local mail = match.tidy(who.email)
  return { name = match.tidy(who.user_name), mail = mail and mail:find("@", 1, true) and mail or nil,
    registrant = word(who.registrant_id), customer_key = word(who.customer_key) }
end

-- A device in a meeting: Zoom's number of it is given anew in each instance of the meeting.
local function device_of(object, who)
  local own = word(who.participant_uuid) or word(tostring(who.user_id or "")) or ""
  return usher.hash(tostring(object.uuid or object.id), own):sub(1, 16)
end

local function take_in(index, call)
  local object, kind = call.payload.object, kind_of(call)
  local stamp = math.tointeger(call.event_ts) or usher.now()
  local meeting = digits(object.id)
  if kind == "ended" then
    return attendance.ended(meeting, read_time(object.end_time) or stamp)
  end
  local who = type(object.participant) == "table" and object.participant or {}
  local at = read_time(kind == "joined" and who.join_time or who.leave_time) or read_time(who.date_time)
    or stamp
  local session, far = attendance.nearest(at)
  if far > NEAR_MS then return end
  strangers.receive(index, participant_of(who), session, { { at = at, via = "zoom", did = kind,
    device = device_of(object, who), meeting = meeting } })
end

-- Some calls of the heap, in the order of their ids; how many are left. From here on whatever comes is for
-- the flow after this one.
local function take_some(turn)
  local heap, turns, index, n, left = usher.book("zoom-calls"), usher.book("zoom-turn"), nil, 0, 0
  if (turns:get("turn") or 1) <= turn then turns:set("turn", turn + 1) end
  local waiting = {}
  for id in pairs(heap:column("body")) do waiting[#waiting + 1] = id end
  table.sort(waiting)
  for _, id in ipairs(waiting) do
    if n < AT_ONCE then
      index, n = index or match.index(), n + 1
      take_in(index, decode(heap:get(id).body))
      heap:set(id, { done = usher.now() })
    else
      left = left + 1
    end
  end
  return left
end

-- Calls of yesterday will not come again.
local function forget()
  local heap, now = usher.book("zoom-calls"), usher.now()
  for id, done in pairs(heap:column("done")) do
    if now - done > DAY_MS then heap:remove(id) end
  end
  strangers.forget_devices()
end

local function life(input)
  local step = 0
  repeat
    step = step + 1
    local left = usher.decide(("take in %d"):format(step), take_some, input.turn)
  until left == 0
  usher.decide("forget", forget)
  return { done = true }
end

-- Whom usher registered itself is known by the number that it got for them.
match.add(function()
  local all = {}
  for _, session in ipairs(sessions.all()) do
    for number, key in pairs(zoom_guests.people(session)) do all[number] = key end
  end
  return all
end)

-- zoom.register(): when the script has said everything.
function zoom.register()
  if #secrets() == 0 then return end
  usher.flow(FLOW, life)
  usher.http.route("POST", "/zoom/webhook", hear, { open = true, all = true, body = BODY_MAX })
end

return zoom
