-- SPDX-License-Identifier: MIT
-- signup_page: one's own sign-up, behind the link in the mails: /p/TOKEN. What it shows and which buttons
-- it has follows from how it stands with the sign-up. Looking changes nothing; each button is a POST that
-- answers by sending the browser back here.
local aims = require "usher.aims"
local acts = require "usher.signup_acts"
local bearer = require "usher.bearer"
local cancelled = require "usher.cancelled"
local facts = require "usher.facts"
local form = require "usher.signup_form"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"
local links = require "usher.links"
local questions = require "usher.questions"
local roster = require "usher.roster"
local seats = require "usher.seats"
local session_choice = require "usher.session_choice"
local template = require "usher.template"

local page = {}

local function plan() return facts.signup end

local function text(code, key, values) return lang.text(code, "signup." .. key, values) end

-- The sign-up that a link stands for: { key, entry, person, code, path }; nil: not a link of this event.
local function find(request)
  local key, generation = links.subject("signup", request)
  if not key then return nil, generation end
  if bearer.is_former(key, generation) then return nil, "gone" end
  local entry = seats.entry(key)
  local person = roster.person(key) or entry and entry.form or {}
  return { key = key, entry = entry, person = person, code = lang.of(person),
    path = links.path("signup", key) }
end

local function has_begun() return usher.now() >= facts.event.starts.utc end

-- ---- what it shows ------------------------------------------------------------------------------------

local function button(view, act, label, class)
  return h.form { method = "post", action = view.path,
    h.input { type = "hidden", name = "act", value = act },
    h.button { class = class or false, type = "submit", text(view.code, label) } }
end

local function own_fields(view, typed, problems)
  local listed = facts.by_key[view.key] -- a guest's name stays as the list writes it
  return {
    not listed and form.name_field(view.code, typed, problems),
    session_choice.field(typed.sessions, view.person.zone or facts.event.zone, view.code, problems.sessions),
    aims.with_heading(questions.fields(plan().questions, view.code, typed.answers, problems),
      plan().questions, view.code, true),
  }
end

local function form_of(view, act, label, typed, problems)
  return h.form { method = "post", action = view.path,
    h.input { type = "hidden", name = "act", value = act }, own_fields(view, typed, problems),
    h.p { h.button { class = act == "confirm" and "main-button" or false, type = "submit",
      text(view.code, label) } } }
end

-- A place; of a meeting online the page for the day, which is for those who have a seat.
local function where_of(view)
  local where, code = facts.event.where, view.code
  if not where then return false end
  local there = where.kind == "place" and where.text
    or view.entry.state == "seat" and h.a { href = links.path("join", view.person), text(code, "own_join") }
    or text(code, "online")
  return h.list { h.dt { text(code, "where") }, h.dd { there } }
end

local function facts_of(view)
  local entry, person, code = view.entry, view.person, view.code
  return h.dl { class = "facts",
    h.dt { text(code, "own_name") }, h.dd { person.name },
    h.dt { text(code, "own_mail") }, h.dd { person.mail },
    plan().asks_group and h.list { h.dt { text(code, "own_group") }, h.dd { entry.group } },
    h.dt { text(code, "when") }, h.dd(form.when_lines({ person.zone, facts.event.zone }, code)),
    where_of(view),
  }
end

-- Behind a fold, so that nobody gives a seat up by a slip of the thumb.
local function give_up(view, label)
  return h.details { h.summary { text(view.code, "cannot_come") },
    h.p { text(view.code, "give_up_hint") }, button(view, "cancel", label) }
end

local function typed_of(view)
  return { name = view.person.name, answers = view.entry.answers or {}, sessions = view.entry.sessions }
end

local function change_form(view, typed, problems)
  local asks = #plan().questions > 0 or session_choice.is_open()
  if not asks and facts.by_key[view.key] then return false end
  return h.details { open = next(problems) ~= nil, h.summary { text(view.code, "change_title") },
    form_of(view, "change", "save", typed, problems) }
end

-- How each state looks: a title, and what stands below it.
local states <const> = {}

function states.pending(view, typed, problems)
  return "confirm_title", {
    h.p { class = "lead", text(view.code, "confirm_lead") }, facts_of(view),
    form_of(view, "confirm", "confirm", typed, problems),
  }
end

function states.seat(view, typed, problems)
  return "seat_title", {
    h.p { class = "good", text(view.code, "seat_lead") }, facts_of(view),
    change_form(view, typed, problems), not has_begun() and give_up(view, "give_up"),
  }
end

function states.waiting(view, typed, problems)
  local number = seats.number(view.entry)
  return "waiting_title", {
    h.p { class = "lead", text(view.code, "waiting_lead", { number = ("%d"):format(number) }) },
    facts_of(view), change_form(view, typed, problems), not has_begun() and give_up(view, "leave"),
  }
end

function states.offered(view)
  local ends = template.clock(view.entry.kept_until, view.person.zone, view.code)
  return "offer_title", {
    h.p { class = "lead", text(view.code, "offer_lead", { when = ends }) }, facts_of(view),
    h.div { class = "choices", button(view, "take", "take", "main-button"),
      button(view, "cancel", "decline") },
  }
end

local function come_back(view, lead)
  local may = acts.may_come_back(view.entry) and not has_begun()
  return { h.p { class = "lead", text(view.code, lead) },
    may and button(view, "again", "again") or false }
end

function states.cancelled(view) return "cancelled_title", come_back(view, "cancelled_lead") end

function states.lapsed(view) return "lapsed_title", come_back(view, "lapsed_lead") end

-- What was just done, by the word in the address that the buttons lead to.
local notices <const> = { saved = "saved", full = "full" }

local function render(view, typed, problems, status)
  local title, body = states[view.entry.state](view, typed, problems)
  local notice = notices[view.notice or ""]
  return frame.guest { title = form.window_title(text(view.code, title)), lang = view.code,
    status = status, body = h.list { h.h1 { text(view.code, title) },
    notice and h.p { class = "flag", role = "status", text(view.code, notice) },
    problems.form and h.p { class = "wrong", role = "alert", problems.form }, body } }
end

-- The form was never confirmed, and is forgotten.
local function forgotten(view)
  return frame.guest { title = text(view.code, "forgotten_title"), lang = view.code, status = 410,
    body = h.list { h.h1 { text(view.code, "forgotten_title") }, h.p { text(view.code, "forgotten") },
      h.p { h.a { href = plan().path, text(view.code, "title") } } } }
end

local function show(request)
  local view, why = find(request)
  if not view then return frame.gone(why) end
  if cancelled.of() then return cancelled.page(view.code, "GET") end
  if not view.entry then return forgotten(view) end
  view.notice = request.query and request.query.done
  return render(view, typed_of(view), {})
end

-- ---- what its buttons do ------------------------------------------------------------------------------

local function read(view, request)
  local given = request.form or {}
  local answers, problems = questions.read(plan().questions, given, view.code, request.form_all)
  local name = view.person.name
  if not facts.by_key[view.key] then name = form.read_name(given, view.code, problems) end
  return { name = name, answers = answers, sessions = session_choice.read(request, view.code, problems) },
    problems
end

-- act -> { from = the states in which it can be done, run(view, typed) -> a notice or nothing,
--   reads = it has a form }
local buttons <const> = {
  confirm = { from = { pending = true }, reads = true, run = function(view, typed)
    return acts.confirm(view.key, view.entry, typed) == "full" and "full"
  end },
  change = { from = { seat = true, waiting = true }, reads = true, run = function(view, typed)
    acts.change(view.key, view.entry, typed)
    return "saved"
  end },
  cancel = { from = { seat = true, waiting = true, offered = true }, run = function(view)
    acts.cancel(view.key, view.entry)
  end },
  take = { from = { offered = true }, run = function(view) acts.take(view.key, view.entry) end },
  again = { from = { cancelled = true, lapsed = true }, run = function(view)
    if not acts.may_come_back(view.entry) then return nil end
    return acts.enter(view.key, view.entry) == "full" and "full"
  end },
}

local function back(view, notice)
  return { redirect = notice and ("%s?done=%s"):format(view.path, notice) or view.path }
end

-- A second press of a button finds nothing left to do, and shows how it stands.
local function press(request)
  local view, why = find(request)
  if not view then return frame.gone(why) end
  if cancelled.of() then return cancelled.page(view.code, "POST") end
  if not view.entry then return forgotten(view) end
  local given = request.form or {}
  local pressed = buttons[given.act or ""]
  if not pressed or not pressed.from[view.entry.state] then return back(view) end
  if has_begun() then
    return render(view, typed_of(view), { form = text(view.code, "begun") }, 409)
  end
  local typed, problems
  if pressed.reads then
    typed, problems = read(view, request)
    if next(problems) then
      problems.form = text(view.code, "look")
      return render(view, typed, problems, 422)
    end
  end
  return back(view, pressed.run(view, typed) or nil)
end

function page.register()
  usher.http.route("GET", links.route("signup"), show)
  usher.http.route("POST", links.route("signup"), press)
end

return page
