-- SPDX-License-Identifier: MIT
-- deputy_page: /a/TOKEN/deputy, the form in which a guest or an assistant names who comes in the guest's
-- place. A deputy sees the answer page instead: they can't send another one.
local answer_page = require "usher.answer_page"
local answers = require "usher.answers"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"
local links = require "usher.links"

local deputy_page = {}

local function field(view, name, problem, options)
  local value = (view.request.form or {})[name]
  local wrong = problem == name
  return {
    h.label { for_ = name, view.deputy_text(name) },
    h.input { id = name, name = name, type = options.type or "text", maxlength = options.maxlength,
      required = options.required or false, autocomplete = "off", value = value or false,
      aria_invalid = wrong and "true" or false, aria_describedby = wrong and "problem" or false },
  }
end

local function form(view, problem)
  return h.form { method = "post", action = links.here("answer", view.request, "/deputy"),
    field(view, "name", problem, { maxlength = 180, required = true }),
    field(view, "salutation", problem, { maxlength = 60 }),
    field(view, "mail", problem, { type = "email", maxlength = 254, required = true }),
    h.p { class = "choices",
      h.button { class = "main-button", view.deputy_text(view.for_them and "send_for" or "send") } },
  }
end

local function show(view, problem)
  local text = view.deputy_text
  return frame.guest { status = problem and 422 or nil, lang = view.code, title = text "title",
    body = h.list {
      h.h1 { text "title" },
      h.p { class = "lead", text(view.for_them and "lead_for" or "lead") },
      problem and h.p { class = "wrong", id = "problem", role = "alert", text("wrong_" .. problem) } or false,
      form(view, problem),
      h.p { class = "quiet", text "back_hint" },
      h.p { h.a { href = links.here("answer", view.request), text "cancel" } },
    } }
end

local function route(fn)
  return answer_page.route(function(view)
    if view.who.as == "deputy" then return { redirect = links.here("answer", view.request) } end
    function view.deputy_text(key) return lang.text(view.code, "deputy." .. key, view.names) end
    return fn(view)
  end)
end

local function take(view)
  local deputy, problem = answers.send_deputy(view.who.key, view.request.form or {}, view.who.as)
  if not deputy then return show(view, problem) end
  return { redirect = links.here("answer", view.request, "/thanks") }
end

-- Called once, by the word `event`.
function deputy_page.register()
  usher.http.route("GET", links.route("answer", "/deputy"), route(function(view) return show(view) end))
  usher.http.route("POST", links.route("answer", "/deputy"), route(take))
end

return deputy_page
