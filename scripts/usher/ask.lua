-- SPDX-License-Identifier: MIT
-- ask: the question box. Guests write questions to the speakers from their own link, before the event and
-- while it lasts; whoever moderates has them as a list, and they go with the minutes.
--
--   GET, POST /ask/TOKEN
--   book "questions": random key -> { text, at = ms, state = "open" | "answered" | "hidden", person = key, or
--     not there: asked without a name }
--   book "asked", sealed: person's key -> how many, and nothing else; so it does not say which are theirs
local audience = require "usher.audience"
local bearer = require "usher.bearer"
local check = require "usher.check"
local csv_out = require "usher.csv_out"
local dates = require "usher.dates"
local facts = require "usher.facts"
local fields = require "usher.fields"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"
local links = require "usher.links"
local live = require "usher.live"
local moments = require "usher.moments"
local offers = require "usher.offers"
local roster = require "usher.roster"

local ask = {}

local LETTERS_MAX <const> = 1000
local PER_GUEST <const> = 5
local ALL_MAX <const> = 5000 -- of one event; a moderator reads some dozens
local HOUR_MS <const> = 3600 * 1000
local states <const> = { open = true, answered = true, hidden = true }

-- facts.box: { parts or nil: everybody with a link, opens, closes = ms or nil, per_guest }
local function box()
  local said = facts.box or {}
  return { parts = said.parts, opens = said.opens or 0, per_guest = said.per_guest or PER_GUEST,
    closes = said.closes or facts.event.ends.utc + HOUR_MS }
end

local known <const> = { to = "any?", opens = "text?", closes = "text?", per_guest = "any?" }

local function moment_of(option, phrase)
  local fine, moment = pcall(moments.of, { at = phrase }, {}, facts.event)
  if not fine then check.refuse("question_box: %s: %s", option, check.clean(moment)) end
  return moment.utc
end

--- question_box { to =, opens =, closes =, per_guest = 5 } -> nothing
--- Says who may send questions to the speakers, from when until when and how many. Without this word the
--- box is there all the same: for every guest, from the first day until an hour after the end, five from
--- each. Its link in mails is {ask_link}.
--- Example: question_box { to = coming, closes = "at the end", per_guest = 3 }
ask.question_box = check.word(function(given)
  facts.need_event("question_box")
  if facts.box then check.refuse("question_box: an event has one, and it is there already") end
  local o = check.options("question_box", given, known)
  local n = o.per_guest
  if n ~= nil and not (math.type(n) == "integer" and n >= 1 and n <= 100) then
    check.refuse("question_box: per_guest is a whole number from 1 to 100")
  end
  facts.box = { per_guest = n, parts = o.to and audience.parts("question_box", o.to),
    opens = o.opens and moment_of("opens", o.opens), closes = o.closes and moment_of("closes", o.closes) }
end)

-- ---- the page -----------------------------------------------------------------------------------------

local function asked_book() return usher.book("asked", { sealed = true }) end

local function say(v, key, values) return lang.text(v.code, "ask." .. key, values) end

local function when(v, ms)
  return dates.long(ms, v.person.zone or facts.event.zone, v.code)
end

local function own_questions(v)
  local items = {}
  for _, one in ipairs(ask.list()) do
    if one.person == v.person.key then
      items[#items + 1] = h.li { one.text,
        one.state == "answered" and h.span { class = "good", " ", say(v, "answered") } }
    end
  end
  return #items > 0 and h.section { h.h2 { say(v, "yours") }, h.ul(items) }
end

local function form_node(v, typed, problem)
  return h.form { method = "post", action = v.path,
    fields.area { id = "question", name = "question", label = say(v, "question"), lang = v.code,
      value = typed, problem = problem, required = true, most = LETTERS_MAX },
    h.label { class = "option",
      h.input { type = "checkbox", name = "unnamed", value = "yes", checked = v.unnamed or false,
        aria_describedby = "unnamed-hint" },
      h.span { say(v, "unnamed") } },
    h.p { class = "hint", id = "unnamed-hint", say(v, "unnamed_hint") },
    h.button { class = "main-button", say(v, "send") } }
end

local function left_text(v)
  return v.left == 1 and say(v, "left_one") or say(v, "left", { n = v.left })
end

local function page_of(v, query, typed, problem)
  return frame.guest { lang = v.code, title = say(v, "title"), status = problem and 422 or nil,
    body = h.list {
      h.h1 { say(v, "title") },
      query.sent and h.p { class = "good", role = "status", say(v, "sent") },
      h.p { class = "lead", say(v, "intro", { title = facts.event.title }) },
      v.left > 0 and { form_node(v, typed, problem), h.p { class = "quiet", left_text(v) } }
        or h.p { say(v, "enough", { n = v.box.per_guest }) },
      own_questions(v),
    } }
end

local function short_page(v, title, text)
  return frame.guest { lang = v.code, title = title, body = h.list { h.h1 { title }, h.p { text } } }
end

local function is_for(b, person)
  return not b.parts or audience.verdict(b.parts, person) == true
end

-- Whose page it is; or nil and what to answer.
local function visit_of(request)
  local who, why = bearer.of("ask", request)
  if not who then return nil, frame.gone(why) end
  local person, b = who.person, box()
  local v = { person = bearer.speaker(who), code = lang.of(bearer.speaker(who)), box = b,
    path = links.here("ask", request), left = math.max(0, b.per_guest - (asked_book():get(person.key) or 0)) }
  if usher.now() < b.opens then
    return nil, short_page(v, say(v, "early_title"), say(v, "early", { when = when(v, b.opens) }))
  elseif usher.now() >= b.closes then
    return nil, short_page(v, say(v, "closed_title"), say(v, "closed", { when = when(v, b.closes) }))
  elseif not (bearer.takes_part(who) and is_for(b, person)) then
    return nil, short_page(v, say(v, "not_yours_title"), say(v, "not_yours"))
  end
  return v
end

-- What the page for the day leads on to.
local function offer(person, _, code)
  local b, now = box(), usher.now()
  if now < b.opens or now >= b.closes or not is_for(b, person) then return nil end
  return { path = links.path("ask", person), text = lang.text(code, "ask.title") }
end

local function show(request)
  local v, otherwise = visit_of(request)
  return v and page_of(v, request.query or {}) or otherwise
end

local function fault_of(v, text)
  if text == "" then return say(v, "missing") end
  local letters = utf8.len(text)
  return (not letters or letters > LETTERS_MAX) and say(v, "too_long", { n = LETTERS_MAX }) or nil
end

local function send(request)
  local v, otherwise = visit_of(request)
  if not v then return otherwise end
  local form, questions = request.form or {}, usher.book("questions")
  local text = fields.lines(form.question)
  v.unnamed = form.unnamed == "yes"
  local fault = fault_of(v, text)
  if v.left == 0 or questions:count() >= ALL_MAX then return { redirect = v.path } end
  if fault then return page_of(v, {}, text, fault) end
  local key = usher.fresh()
  questions:set(key, { text = text, at = usher.now(), state = "open",
    person = not v.unnamed and v.person.key or nil })
  asked_book():set(v.person.key, v.box.per_guest - v.left + 1)
  live.moved()
  return { redirect = v.path .. "?sent=1" }
end

-- ---- for whoever moderates ----------------------------------------------------------------------------

-- ask.list() -> list of { id, text, at, state, person, name, group }: open ones first, the oldest first. In
-- handlers and routes. Open pages hear of each (live.lua).
function ask.list()
  local list = {}
  for id, one in usher.book("questions"):each() do
    local person = one.person and roster.person(one.person)
    list[#list + 1] = { id = id, text = one.text, at = one.at, state = one.state, person = one.person,
      name = person and facts.full_name(person), group = person and person.group }
  end
  table.sort(list, function(a, b)
    if (a.state == "open") ~= (b.state == "open") then return a.state == "open" end
    if a.at ~= b.at then return a.at < b.at end
    return a.id < b.id
  end)
  return list
end

-- ask.mark(id, state): "open", "answered" or "hidden"; in handlers and POST routes.
function ask.mark(id, state)
  local book = usher.book("questions")
  local one = book:get(tostring(id))
  if not one then error("there is no such question any more", 0) end
  if not states[state] then
    error(("a question is open, answered or hidden, not '%s'%s"):format(tostring(state),
      check.meant(tostring(state), check.names(states))), 0)
  end
  one.state = state
  book:set(id, one)
  live.moved()
end

-- ask.table() -> table of table_out: all questions but hidden ones, as they go with the minutes. Only
-- behind the office's login.
function ask.table()
  local rows = {}
  for _, one in ipairs(ask.list()) do
    if one.state ~= "hidden" then
      rows[#rows + 1] = { asked_at = usher.time.format(one.at, facts.event.zone, "%Y-%m-%d %H:%M"),
        question = one.text, name = one.name, group = one.group, state = one.state }
    end
  end
  return { file = facts.event.id .. "-questions", title = "Questions",
    columns = { "asked_at", "question", "name", "group", "state" }, rows = rows }
end

-- ask.csv() -> response
function ask.csv() return csv_out.of(ask.table()) end

-- ask.register(): once, by the word `event`.
function ask.register()
  offers.add(offer)
  usher.http.route("GET", links.route("ask"), show)
  usher.http.route("POST", links.route("ask"), send)
  usher.on("questions", function() return ask.list() end)
  usher.on("question", function(request)
    ask.mark(request.id, request.state)
    return { id = request.id, state = request.state }
  end)
end

return ask
