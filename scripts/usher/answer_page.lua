-- SPDX-License-Identifier: MIT
-- answer_page: /a/TOKEN, on which a guest says whether they come, or who comes in their place; an assistant
-- says it for them; a deputy for themselves. What was said so far is shown, and can be changed until the
-- event ends. Looking changes nothing: each button is a form, and leads on to a page that says thank you.
local answers = require "usher.answers"
local bearer = require "usher.bearer"
local cancelled = require "usher.cancelled"
local dates = require "usher.dates"
local deputies = require "usher.deputies"
local facts = require "usher.facts"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"
local letters = require "usher.letters"
local links = require "usher.links"
local session_choice = require "usher.session_choice"
local sheet = require "usher.sheet"

local answer_page = {}

local function is_over() return usher.now() >= facts.event.ends.utc end

-- What a page needs to know: who looks at it, in which language, and the names of all.
local function view_of(who, request)
  local reader = bearer.speaker(who)
  local code = lang.of(reader)
  local deputy = who.person.stands_in_for and who.person
  local view = { who = who, request = request, code = code, reader = reader, own = who.own,
    said = answers.of(who.key), for_them = who.as == "assistant",
    deputy = who.as ~= "deputy" and deputy or nil,
    names = { name = facts.full_name(who.own), guest = facts.full_name(who.own),
      deputy = deputy and facts.full_name(deputy) } }
  -- view.say(key, key_for_assistants) -> text, with every name that it may need
  function view.say(key, for_them)
    return lang.text(code, "answer." .. (view.for_them and for_them or key), view.names)
  end
  return view
end

local function page(view, title, body, status)
  return frame.guest { status = status, lang = view.code, title = title, body = h.list(body) }
end

-- ---- what was said so far -----------------------------------------------------------------------------

local function how(view, who)
  who = who and who:match("^[^:]+") or "office" -- "office:NAME": which of them is not the guest's concern
  local key = "by_" .. who
  return lang.knows("answer." .. key) and view.say(key) or view.say "by_office"
end

local function so_far(view)
  local said = view.said
  if not said then return false end
  local zone = view.reader.zone or facts.event.zone
  local when = dates.long(said.at, zone, view.code)
  return h.div { class = "card so-far",
    h.p { view.say "so_far", ": ", h.strong { view.say("said_" .. said.answer) } },
    h.p { class = "quiet",
      lang.text(view.code, "answer.at", { how = how(view, said.who), moment = when }) },
    said.note and h.p { class = "quiet",
      lang.text(view.code, "answer.note_so_far", { note = said.note }) } or false,
  }
end

-- ---- the buttons --------------------------------------------------------------------------------------

local function button(view, value, text)
  local pressed = view.said and view.said.answer == value and not view.deputy
  return h.button { name = "answer", value = value, aria_pressed = pressed and "true" or false, text }
end

local function elsewhere(view, rest, text)
  return h.a { class = "button", href = links.here("answer", view.request, rest), text }
end

local function choices(view)
  if view.deputy then
    return { button(view, "yes", view.say("myself", "they_myself")),
      elsewhere(view, "/deputy", view.say "another"), button(view, "no", view.say "nobody") }
  end
  return { button(view, "yes", view.say("yes", "they_come")),
    button(view, "no", view.say("no", "they_do_not")),
    view.who.as ~= "deputy" and elsewhere(view, "/deputy", view.say "somebody_else") }
end

-- Of a series of which guests may choose: what they have chosen, or all.
local function chosen_so_far(view)
  if view.deputy then return false end
  local said_yes = view.said and view.said.answer == "yes"
  return session_choice.field(said_yes and view.said.sessions or nil, view.reader.zone or facts.event.zone,
    view.code)
end

local function form(view)
  return h.form { method = "post", action = links.here("answer", view.request),
    chosen_so_far(view),
    h.div { class = "choices", choices(view) },
    h.label { for_ = "note", view.say "note" },
    h.textarea { id = "note", name = "note", maxlength = 500, rows = 2 },
    h.p { class = "hint", view.say "change_until" },
  }
end

local function lead(view)
  if view.who.as == "deputy" then
    return { h.p { class = "lead", view.say "as_deputy" }, h.p { view.say "deputy_no_hint" } }
  end
  return view.for_them and h.p { class = "lead", view.say "you_answer_for" } or false
end

local function heading(view)
  if view.deputy then return view.say("deputy_comes", "deputy_comes_for") end
  if view.who.as ~= "deputy" then return view.say("will_you", "will_they") end
  return lang.text(view.code, "answer.will_you", { name = facts.full_name(view.reader) })
end

local function ask(view, problem)
  local title = heading(view)
  return page(view, view.say "title", {
    h.h1 { title }, lead(view),
    problem and h.p { class = "wrong", role = "alert", problem } or false,
    sheet.facts(view.reader, view.code), so_far(view), form(view),
    not session_choice.is_open() and sheet.sessions(view.reader, view.code) or false,
    sheet.objectives(view.code), sheet.programme(view.reader, view.code),
  }, problem and 400)
end

-- ---- pages without buttons ----------------------------------------------------------------------------

local function over(view, status)
  return page(view, view.say "over_title", {
    h.h1 { view.say "over_title" }, h.p { view.say "over" }, so_far(view),
    h.p { h.a { href = links.path("join", view.reader), view.say "join_page" } },
  }, status)
end

-- Whether that deputy said no themselves: then the page need not say it as news.
local function has_declined(view)
  local _, generation = links.subject("answer", view.request)
  for _, one in ipairs(deputies.of(view.who.key).list) do
    if one.generation == generation then return one.ended_by == "deputy" or one.ended_by == "calendar" end
  end
end

local function former(view)
  local said_no = has_declined(view)
  local title = view.say(said_no and "thanks_title" or "former_title")
  return page(view, title, { h.h1 { title },
    h.p { class = "lead", view.say(said_no and "former_declined" or "former") } })
end

local function thanks_text(view)
  if view.deputy then return view.say "thanks_deputy" end
  if view.said.answer == "yes" then return view.say("thanks_yes", "thanks_they_come") end
  return view.say("thanks_no", "thanks_they_do_not")
end

local function thanks(view)
  if not view.said then return { redirect = links.here("answer", view.request) } end
  local comes = view.said.answer == "yes" and not view.deputy
  return page(view, view.say "thanks_title", {
    h.h1 { class = "done", view.say "thanks_title" }, h.p { class = "lead", thanks_text(view) },
    comes and letters.is_sent "confirmation" and h.p { view.say "thanks_mail" } or false,
    comes and { sheet.facts(view.reader, view.code), sheet.sessions(view.reader, view.code) } or false,
    comes and not view.for_them and h.p { h.a { class = "button", href = links.path("join", view.reader),
      view.say "join_page" } } or false,
    h.p { h.a { href = links.here("answer", view.request), view.say "change" } },
  })
end

-- ---- routes -------------------------------------------------------------------------------------------

-- A guest of the list who signed up as well: seats are counted on the page of the sign-up.
local function has_seat_of_sign_up(key)
  local entry = usher.book("signup"):get(key)
  return entry ~= nil and entry.state ~= "pending"
end

-- answer_page.route(fn) -> handler: fn(view) of a link that holds. Who is no longer needed, or came after
-- the end, sees that instead.
function answer_page.route(fn)
  return function(request)
    local who, why = bearer.of("answer", request)
    if not who then return frame.gone(why) end
    local view = view_of(who, request)
    if who.as == "former" then return former(view) end
    if cancelled.of() then return cancelled.page(view.code, request.method) end
    if has_seat_of_sign_up(who.key) then return { redirect = links.path("signup", who.own) } end
    if is_over() then return over(view, request.method ~= "GET" and 410 or nil) end
    return fn(view)
  end
end

-- Yes and no, of the guest, the assistant or the deputy. While a deputy comes, the guest's yes takes the
-- place back.
local function take(view)
  local given = view.request.form or {}
  local answer, key, as = given.answer, view.who.key, view.who.as
  if answer ~= "yes" and answer ~= "no" then return ask(view, view.say "press_one") end
  local comes_instead, chosen, problems = view.deputy and answer == "yes", nil, {}
  if answer == "yes" and not comes_instead then
    chosen = session_choice.read(view.request, view.code, problems)
    if problems.sessions then return ask(view, problems.sessions) end
  end
  if comes_instead then answers.come_instead(key, as)
  else answers.set(view.who.person, answer, { who = as, note = given.note, sessions = chosen }) end
  return { redirect = links.here("answer", view.request, "/thanks") }
end

-- Called once, by the word `event`.
function answer_page.register()
  usher.http.route("GET", links.route "answer", answer_page.route(ask))
  usher.http.route("POST", links.route "answer", answer_page.route(take))
  usher.http.route("GET", links.route("answer", "/thanks"), answer_page.route(thanks))
end

return answer_page
