-- SPDX-License-Identifier: MIT
-- survey_page: where guests answer.
--
--   GET  /s/TOKEN         the one survey that is there for this person; of several, a list
--   GET  /s/TOKEN/NAME    that survey: not open yet, the form, thank you, closed
--   POST /s/TOKEN/NAME    answers (or, of a survey with names, saves); then 303 to the page
-- Works without JavaScript. What was typed stays in the form when something is wrong with it. Of an anonymous
-- form nothing is kept but what survey_answers.lua says, and nothing of it is logged.
local aims = require "usher.aims"
local audience = require "usher.audience"
local bearer = require "usher.bearer"
local dates = require "usher.dates"
local facts = require "usher.facts"
local frame = require "usher.frame"
local h = require "usher.html"
local interest = require "usher.interest_page"
local lang = require "usher.lang"
local links = require "usher.links"
local moments = require "usher.moments"
local offers = require "usher.offers"
local outside = require "usher.survey_outside"
local questions = require "usher.questions"
local results = require "usher.survey_results"
local store = require "usher.survey_answers"

local page = {}

local BODY_MAX <const> = 256 * 1024 -- thirty long answers in Dzongkha: nine bytes a letter in a form

-- What a page is made for: { s, person, code = language, path, state, answered }
local function visit_of(s, person, request)
  return { s = s, person = person, code = lang.of(person),
    path = links.here("survey", request, "/" .. s.name),
    state = results.state(s), answered = store.has_answered(s, person.key) }
end

local function say(v, key, values) return lang.text(v.code, "survey." .. key, values) end

local function title_of(v)
  return questions.in_language(v.s.title, v.code) or say(v, v.s.after and "title_before" or "title")
end

local function when(v, moment)
  return dates.long(moment, v.person.zone or facts.event.zone, v.code)
end

local function short_page(v, title, ...)
  return frame.guest { lang = v.code, title = title, body = h.list { h.h1 { title }, ... } }
end

-- ---- the form -----------------------------------------------------------------------------------------

local function group_text(v)
  local listed = facts.by_key[v.person.key]
  local name = v.s.groups[listed and listed.group or store.OTHERS] or store.OTHERS
  return name == store.OTHERS and say(v, "anonymous_others") or name
end

local function has_texts(list)
  for _, question in ipairs(list) do
    if question.kind == "text" then return true end
  end
  return false
end

-- What becomes of the answers, before the first question.
local function promise(v)
  if not v.s.anonymous then
    return h.div { class = "card", h.p { say(v, "named", { name = facts.full_name(v.person) }), " ",
      say(v, "named_changeable", { when = when(v, v.s.closes) }) } }
  end
  return h.div { class = "card",
    h.h2 { say(v, "anonymous_title") },
    h.p { say(v, "anonymous") },
    v.s.by_group and h.p { say(v, "anonymous_group", { group = group_text(v) }) },
    has_texts(v.s.questions) and h.p { say(v, "anonymous_texts") },
  }
end

local function question_nodes(v, values, problems)
  local list = v.s.questions
  return aims.with_heading(questions.fields(list, v.code, values, problems, true), list, v.code, v.s.level)
end

local function buttons(v)
  if v.s.anonymous then
    return h.list { h.p { class = "flag", say(v, "anonymous_final") },
      h.button { class = "main-button", say(v, "send_anonymous") } }
  end
  return h.div { class = "choices",
    h.button { class = "main-button", say(v, v.answered and "change" or "send") },
    not v.answered and h.button { name = "save", value = "yes", formnovalidate = true, say(v, "save") } }
end

-- wrong: what is the matter with it as a whole; news: what has become of it.
local function form_page(v, values, problems, wrong, news)
  local s = v.s
  return frame.guest { lang = v.code, title = title_of(v), status = wrong and 422 or nil, body = h.list {
    h.h1 { title_of(v) },
    wrong and h.p { class = "wrong", role = "alert", wrong },
    news and h.p { class = "good", role = "status", news },
    h.p { class = "lead", questions.in_language(s.intro, v.code)
      or say(v, "intro", { title = facts.event.title }) },
    h.p { class = "quiet", say(v, "free"), " ", say(v, "open_until", { when = when(v, s.closes) }) },
    promise(v),
    h.form { method = "post", action = v.path, question_nodes(v, values, problems), buttons(v) },
  } }
end

-- ---- what else a survey's page may be -----------------------------------------------------------------

-- Whoever would like to hear more says so on a page of its own, with their name.
local function other_forms(v)
  local nodes = {}
  for _, form in ipairs(interest.open_for(v.person)) do
    nodes[#nodes + 1] = h.p { say(v, "interest"), " ", h.a { href = form.path, form.title } }
  end
  return nodes
end

local function thanks_page(v)
  if v.s.anonymous then
    return short_page(v, say(v, "thanks_title"), h.p { say(v, "thanks_anonymous") }, other_forms(v))
  end
  return short_page(v, say(v, "thanks_title"), h.p { say(v, "thanks") }, other_forms(v),
    h.p { h.a { href = v.path, say(v, "thanks_change") } })
end

local function site_of(url) return url:match("^https?://([^/?#]+)") end

local function outside_page(v)
  return short_page(v, title_of(v),
    h.p { class = "lead", questions.in_language(v.s.intro, v.code)
      or say(v, "intro", { title = facts.event.title }) },
    h.p { say(v, "outside", { site = site_of(v.s.url) }) },
    h.p { h.a { class = "button main-button", rel = "noreferrer", href = outside.address(v.s, v.person),
      say(v, "outside_go") } })
end

local function page_of(v, query)
  local closed = { when = when(v, v.s.closes) }
  if v.state == "early" then
    return short_page(v, say(v, "early_title"), h.p { say(v, "opens", { when = when(v, v.s.opens) }) })
  elseif v.state == "closed" then
    return short_page(v, say(v, "closed_title"),
      h.p { say(v, v.answered and "closed_answered" or "closed", closed) }, other_forms(v))
  elseif v.answered and (v.s.anonymous or v.s.url or query.done) then
    return thanks_page(v)
  elseif v.s.url then
    return outside_page(v)
  end
  local sheet = store.sheet(v.s, v.person.key)
  return form_page(v, sheet and sheet.answers or {}, {}, nil, query.saved and say(v, "saved"))
end

-- ---- who is there, and for what -----------------------------------------------------------------------

-- A survey is for whoever is in its audience now. Who has answered has been in it.
local function is_for(s, person)
  return audience.verdict(s.parts, person) == true or store.has_answered(s, person.key)
end

local function surveys_of(person)
  local list, open = {}, {}
  for _, s in ipairs(facts.surveys) do
    if is_for(s, person) then
      list[#list + 1] = s
      if results.state(s) == "open" then open[#open + 1] = s end
    end
  end
  return #open > 0 and open or list
end

local function list_page(person, list, request)
  local v, items = { person = person, code = lang.of(person) }, {}
  for i, s in ipairs(list) do
    local one = visit_of(s, person, request)
    items[i] = h.li { h.a { href = one.path, title_of(one) },
      one.answered and h.span { class = "good", " ", say(one, "answered") } }
  end
  return short_page(v, say(v, "several_title"), h.ul(items))
end

local function none_page(person)
  local v = { person = person, code = lang.of(person) }
  return short_page(v, say(v, "not_yours_title"), h.p { say(v, "not_yours") })
end

-- The person whose link it is; or nil and what to answer (nil: another event's). A survey is for whoever
-- takes part: when a deputy comes, for the deputy.
local function reader_of(request)
  local who, why = bearer.of("survey", request)
  if not who then return nil, frame.gone(why) end
  if not bearer.takes_part(who) then return nil, none_page(bearer.speaker(who)) end
  return who.person
end

local function show_any(request)
  local person, otherwise = reader_of(request)
  if not person then return otherwise end
  local list = surveys_of(person)
  if #list == 0 then return none_page(person) end
  -- The latest of those that have closed; else the next to open.
  if results.state(list[1]) ~= "open" then list = { list[#list] } end
  if #list > 1 then return list_page(person, list, request) end
  return page_of(visit_of(list[1], person, request), request.query or {})
end

-- The visit of a survey that is named in the address; or nil and what to answer.
local function named_visit(request)
  local person, otherwise = reader_of(request)
  if not person then return nil, otherwise end
  local s = facts.survey_named[request.params.name]
  if not s or not is_for(s, person) then return nil, none_page(person) end
  return visit_of(s, person, request)
end

local function show(request)
  local v, otherwise = named_visit(request)
  return v and page_of(v, request.query or {}) or otherwise
end

local function is_empty(answers) return next(answers) == nil end

-- What is only saved may have gaps, but nothing wrong in it.
local function are_whole(answers, problems)
  for key in pairs(problems) do
    if answers[key] ~= nil then return false end
  end
  return true
end

-- Reminders that wait to leave, because the mail server has no room. What is taken back has its time in the
-- journal, so nothing is when it is anonymous: then somebody may be reminded once too often.
local function take_back_nudges(v)
  for _, rule in ipairs(facts.rules) do
    local own = rule.word == "survey" and rule.about == v.s.name
    if own and moments.of(rule, v.person, rule.anchor).utc <= usher.now() then
      usher.recall(rule.name, v.person.key, "has answered")
    end
  end
end

local function send(request)
  local v, otherwise = named_visit(request)
  if not v then return otherwise end
  if v.state ~= "open" or v.s.url or v.answered and v.s.anonymous then return { redirect = v.path } end
  local form = request.form or {}
  local answers, problems = questions.read(v.s.questions, form, v.code, request.form_all)
  if form.save and not v.s.anonymous and not v.answered and are_whole(answers, problems) then
    store.save(v.s, v.person, answers)
    return { redirect = v.path .. "?saved=1" }
  end
  if not is_empty(problems) then return form_page(v, answers, problems, say(v, "wrong")) end
  if is_empty(answers) then return form_page(v, answers, problems, say(v, "nothing")) end
  store.put(v.s, v.person, answers)
  if not v.s.anonymous then take_back_nudges(v) end
  return { redirect = v.path .. (v.s.anonymous and "" or "?done=1") }
end

-- What the page for the day leads on to: the surveys that are open for this person.
local function offer(person, _, code)
  local name, open = nil, 0
  for _, s in ipairs(surveys_of(person)) do
    if results.state(s) == "open" and not store.has_answered(s, person.key) then
      name, open = questions.in_language(s.title, code), open + 1
    end
  end
  if open == 0 then return nil end
  return { path = links.path("survey", person), main = true,
    text = open == 1 and name or lang.text(code, "survey.title") }
end

-- page.register(): once, with the first survey.
function page.register()
  offers.add(offer)
  usher.http.route("GET", links.route("survey"), show_any)
  usher.http.route("GET", links.route("survey", "/:name"), show)
  usher.http.route("POST", links.route("survey", "/:name"), send, { body = BODY_MAX })
end

return page
