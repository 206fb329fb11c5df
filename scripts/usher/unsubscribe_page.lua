-- SPDX-License-Identifier: MIT
-- unsubscribe_page: /u/TOKEN, on which somebody says which mails they want no more: about this event, about
-- trainings, or any; and takes it back. Mail programs do the first with one click of theirs: they send a
-- form of their own to the same address (RFC 8058). A link that is only opened changes nothing.
local bearer = require "usher.bearer"
local deputies = require "usher.deputies"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"
local links = require "usher.links"
local suppression = require "usher.suppression"

local unsubscribe_page = {}

-- From the widest to the narrowest.
local purposes <const> = { "all", "trainings", "event" }

-- Whose mail had this link: the guest's, the assistant's, or the deputy's, who may be no longer needed.
local function address_of(who, request)
  if who.as == "guest" then return who.own.mail end
  if who.as == "assistant" then return who.own.assistant end
  if who.as == "deputy" then return who.person.mail end
  local _, generation = links.subject("unsubscribe", request)
  for _, one in ipairs(deputies.of(who.key).list) do
    if one.generation == generation then return one.mail end
  end
end

local function view_of(who, request)
  local view = { who = who, request = request, code = lang.of(bearer.speaker(who)),
    address = address_of(who, request) }
  function view.say(key) return lang.text(view.code, "unsubscribe." .. key, { mail = view.address }) end
  for _, purpose in ipairs(purposes) do
    if not view.off and suppression.wish(view.address, purpose) then view.off = purpose end
  end
  return view
end

local coming <const> = { parts = { { word = "coming" } } }

-- Somebody who has said yes still gets what they need for it, or does not: the page says which.
local function what_still_comes(view)
  local person, answer = view.who.person, usher.book("answers"):get(view.who.key)
  local comes = answer and answer.answer == "yes" and person.mail == view.address
  if not comes then return false end
  local reaches = not suppression.refusal(coming, person)
  return h.p { view.say(reaches and "still_comes" or "nothing_comes"), " ",
    h.a { href = links.path("answer", person), view.say "not_coming" } }
end

local function choose(value, text, class)
  return h.button { name = "purpose", value = value, class = class, text }
end

local function buttons(view)
  if view.off then return choose("none", view.say "undo", "main-button") end
  return { choose("event", view.say "stop_event"), choose("trainings", view.say "stop_trainings"),
    choose("all", view.say "stop_all") }
end

local function show(view)
  return frame.guest { lang = view.code, title = view.say "title", body = h.list {
    h.h1 { view.say "title" },
    h.p { class = "lead", view.say(view.off and "off_" .. view.off or "lead") },
    what_still_comes(view),
    h.form { method = "post", action = links.here("unsubscribe", view.request, "/choose"),
      h.div { class = "choices", buttons(view) } },
    not view.off and h.p { class = "quiet", view.say "undo_hint" } or false,
  } }
end

local function choose_purpose(view)
  local chosen = (view.request.form or {}).purpose
  for _, purpose in ipairs(purposes) do
    if chosen == "none" then suppression.lift(view.address, purpose) end
    if chosen == purpose then suppression.add(view.address, purpose, "by their link") end
  end
  return { redirect = links.here("unsubscribe", view.request) }
end

-- What a mail program sends for its own button. It gets no redirect, and needs no cookie.
local function one_click(view)
  if (view.request.form or {})["List-Unsubscribe"] ~= "One-Click" then return show(view) end
  suppression.add(view.address, "event", "by one click in the mail program")
  return { type = "text/plain; charset=utf-8", body = view.say "one_click" .. "\n" }
end

local function route(fn)
  return function(request)
    local who, why = bearer.of("unsubscribe", request)
    if not who then return frame.gone(why) end
    local view = view_of(who, request)
    return view.address and fn(view) or frame.gone "gone"
  end
end

-- Called once, by the word `event`.
function unsubscribe_page.register()
  usher.http.route("GET", links.route "unsubscribe", route(show))
  usher.http.route("POST", links.route "unsubscribe", route(one_click), { open = true })
  usher.http.route("POST", links.route("unsubscribe", "/choose"), route(choose_purpose))
end

return unsubscribe_page
