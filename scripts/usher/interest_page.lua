-- SPDX-License-Identifier: MIT
-- interest_page: where guests say what they would like to hear of, and where they take it back.
--
--   GET  /i/TOKEN         the one form that is there for this person; of several, a list
--   GET  /i/TOKEN/NAME    that form
--   POST /i/TOKEN/NAME    sends it, or takes it back; then 303 to the page
local audience = require "usher.audience"
local bearer = require "usher.bearer"
local dates = require "usher.dates"
local facts = require "usher.facts"
local frame = require "usher.frame"
local handed = require "usher.handed"
local h = require "usher.html"
local lang = require "usher.lang"
local links = require "usher.links"
local offers = require "usher.offers"
local questions = require "usher.questions"

local page = {}

local function book_of(form) return usher.book("interest-" .. form.name) end

local function state_of(form)
  local now = usher.now()
  if now < form.opens.utc then return "early" end
  return now < form.closes.utc and "open" or "closed"
end

-- What a page is made for: { form, person, code = language, path, state, entry }
local function visit_of(form, person, path)
  return { form = form, person = person, code = lang.of(person), path = path,
    state = state_of(form), entry = book_of(form):get(person.key) }
end

local function say(v, key, values) return lang.text(v.code, "interest." .. key, values) end

local function title_of(v) return questions.in_language(v.form.title, v.code) or say(v, "title") end

local function purpose_of(v)
  return questions.in_language(v.form.purpose, v.code) or say(v, "purpose", { title = facts.event.title })
end

local function when(v, moment)
  return dates.long(moment, v.person.zone or facts.event.zone, v.code)
end

local function short_page(v, title, ...)
  return frame.guest { lang = v.code, title = title, body = h.list { h.h1 { title }, ... } }
end

-- ---- the form -----------------------------------------------------------------------------------------

local function consent_box(v, problem, ticked)
  return h.fieldset { aria_describedby = problem and "consent-wrong" or false,
    h.legend { say(v, "consent_title") },
    problem and h.p { class = "wrong", id = "consent-wrong", problem },
    h.label { class = "option",
      h.input { type = "checkbox", name = "consent", value = "yes", id = "consent", required = true,
        checked = ticked, aria_invalid = problem and "true" or false },
      h.span { say(v, "consent", { purpose = purpose_of(v) }) } } }
end

local function has_anonymous()
  for _, s in ipairs(facts.surveys) do
    if s.anonymous then return true end
  end
  return false
end

local function take_back(v)
  if not v.entry then return false end
  return h.form { method = "post", action = v.path,
    h.p { class = "quiet", say(v, "back_hint") },
    h.button { name = "back", value = "yes", say(v, "back") } }
end

local function form_page(v, answers, problems, wrong)
  return frame.guest { lang = v.code, title = title_of(v), status = wrong and 422 or nil, body = h.list {
    h.h1 { title_of(v) },
    wrong and h.p { class = "wrong", role = "alert", wrong },
    h.p { class = "lead", questions.in_language(v.form.intro, v.code) or say(v, "intro") },
    h.div { class = "card",
      h.p { say(v, "named", { name = facts.full_name(v.person), mail = v.person.mail or "" }) },
      has_anonymous() and h.p { say(v, "apart") } },
    h.form { method = "post", action = v.path,
      questions.fields(v.form.questions, v.code, answers, problems),
      consent_box(v, problems.consent, v.entry ~= nil or answers.consent == "yes"),
      h.button { class = "main-button", say(v, v.entry and "change" or "send") } },
    take_back(v),
    h.p { class = "quiet", say(v, "open_until", { when = when(v, v.form.closes) }) },
  } }
end

local function page_of(v, query)
  if v.state == "early" then
    return short_page(v, say(v, "early_title"), h.p { say(v, "opens", { when = when(v, v.form.opens) }) })
  elseif query.back and not v.entry then
    return short_page(v, say(v, "back_title"), h.p { say(v, "back_done") })
  elseif query.done and v.entry then
    return short_page(v, say(v, "thanks_title"), h.p { say(v, "thanks", { purpose = v.entry.consent }) },
      h.p { h.a { href = v.path, say(v, "thanks_change") } })
  elseif v.state == "closed" then -- consent can be taken back for as long as it lasts
    return short_page(v, say(v, "closed_title"),
      h.p { say(v, v.entry and "closed_there" or "closed", { when = when(v, v.form.closes) }) }, take_back(v))
  end
  return form_page(v, v.entry and v.entry.answers or {}, {})
end

-- ---- who is there, and for what -----------------------------------------------------------------------

local function is_for(form, person)
  return audience.verdict(form.parts, person) == true or book_of(form):has(person.key)
end

-- page.open_for(person) -> list of { path, title }: forms that are open for this person and not sent yet
function page.open_for(person)
  local list = {}
  for _, form in ipairs(facts.interests) do
    if state_of(form) == "open" and is_for(form, person) and not book_of(form):has(person.key) then
      local path = ("%s/%s"):format(links.path("interest", person), form.name)
      list[#list + 1] = { path = path, title = title_of(visit_of(form, person, path)) }
    end
  end
  return list
end

local function none_page(person)
  local v = { person = person, code = lang.of(person) }
  return short_page(v, say(v, "not_yours_title"), h.p { say(v, "not_yours") })
end

-- The person whose link it is; or nil and what to answer (nil: another event's).
local function reader_of(request)
  local who, why = bearer.of("interest", request)
  if not who then return nil, frame.gone(why) end
  if not bearer.takes_part(who) then return nil, none_page(bearer.speaker(who)) end
  return who.person
end

local function show_any(request)
  local person, otherwise = reader_of(request)
  if not person then return otherwise end
  local items, last = {}, nil
  for _, form in ipairs(facts.interests) do
    if is_for(form, person) then
      last = visit_of(form, person, links.here("interest", request, "/" .. form.name))
      items[#items + 1] = h.li { h.a { href = last.path, title_of(last) } }
    end
  end
  if not last then return none_page(person) end
  if #items > 1 then return short_page(last, say(last, "several_title"), h.ul(items)) end
  return page_of(last, request.query or {})
end

local function named_visit(request)
  local person, otherwise = reader_of(request)
  if not person then return nil, otherwise end
  local form = facts.interest_named[request.params.name]
  if not form or not is_for(form, person) then return nil, none_page(person) end
  return visit_of(form, person, links.here("interest", request, "/" .. form.name))
end

local function show(request)
  local v, otherwise = named_visit(request)
  return v and page_of(v, request.query or {}) or otherwise
end

local function send(request)
  local v, otherwise = named_visit(request)
  if not v then return otherwise end
  local form = request.form or {}
  if form.back then
    book_of(v.form):remove(v.person.key)
    handed.drop(v.form, v.person.key)
    return { redirect = v.path .. "?back=1" }
  end
  if v.state ~= "open" then return { redirect = v.path } end
  local answers, problems = questions.read(v.form.questions, form, v.code, request.form_all)
  if form.consent ~= "yes" then problems.consent = say(v, "consent_missing") end
  if next(problems) then
    answers.consent = form.consent
    return form_page(v, answers, problems, say(v, "wrong"))
  end
  local said = { answers = answers, consent = purpose_of(v), at = usher.now() }
  book_of(v.form):set(v.person.key, said)
  handed.keep(v.form, v.person, said)
  return { redirect = v.path .. "?done=1" }
end

-- What the page for the day leads on to.
local function offer(person)
  local form = page.open_for(person)[1]
  return form and { path = form.path, text = form.title } or nil
end

-- page.register(): once, with the first form.
function page.register()
  offers.add(offer)
  usher.http.route("GET", links.route("interest"), show_any)
  usher.http.route("GET", links.route("interest", "/:name"), show)
  usher.http.route("POST", links.route("interest", "/:name"), send)
end

return page
