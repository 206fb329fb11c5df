-- SPDX-License-Identifier: MIT
-- certificate_page: a person's certificates, behind their own link: {certificate}.
--
--   GET  /certificate/TOKEN                        what there is, and how their name is spelt
--   POST /certificate/TOKEN                        the name, confirmed or corrected; then 303 to the page
--   GET  /certificate/TOKEN/RULE                   the certificate as a page to print (A4 across)
--   GET  /certificate/TOKEN/RULE/certificate.pdf   the same as a PDF, where this usher draws them
--
-- Before the certificate leaves, the name can be put as they want it; after that for some days more, and then
-- there is a new certificate with a new code. Who else may have the link (an assistant, whose deputy came)
-- sees whose it is and nothing more.
local bearer = require "usher.bearer"
local certificates = require "usher.certificates"
local audience = require "usher.audience"
local cancelled = require "usher.cancelled"
local dates = require "usher.dates"
local facts = require "usher.facts"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"
local links = require "usher.links"
local offers = require "usher.offers"
local paper = require "usher.certificate_paper"
local sheet = require "usher.certificate_sheet"

local page = {}

local NAME_MAX <const>, NAME_LEAST <const> = 120, 2 -- characters; a name of more fits on no line

local function view_of(who, request)
  local person = bearer.speaker(who)
  local view = { who = who, person = person, request = request, code = lang.of(person),
    path = links.here("certificate", request), zone = person.zone or facts.event.zone }
  function view.say(key, values) return lang.text(view.code, "certificate." .. key, values) end
  return view
end

-- ---- may they still say how their name is spelt? ------------------------------------------------------

local function is_for(person)
  for _, rule in ipairs(facts.certificates) do
    if audience.concerns(rule.parts, person) or audience.may_include(rule.parts, person) then return true end
  end
  return false
end

-- Until when, as ms; math.huge: nothing was issued yet; nil: not any more.
local function may_spell_until(view, issued)
  local latest
  if not bearer.takes_part(view.who) then return nil end
  if #issued == 0 then return is_for(view.person) and math.huge or nil end
  for _, one in ipairs(issued) do
    local correct = one.rule.paper.correct_ms
    local ends = correct and not one.revoked and certificates.first_at(view.who.key, one.rule.name) + correct
    if ends and ends > usher.now() then latest = math.max(latest or 0, ends) end
  end
  return latest
end

-- A name as it is typed, or nil and which sentence says why not. Where it goes, marks that turn the order of
-- letters round are left out (core/pdf/letters.c).
local function read_name(typed)
  local name = (typed or ""):gsub("%s+", " "):match("^%s*(.-)%s*$")
  local length = utf8.len(name)
  if not length or name:find("[%c<>{}\\]") or name:find("://", 1, true) then return nil, "name_letters" end
  if length < NAME_LEAST then return nil, "name_empty" end
  if length > NAME_MAX then return nil, "name_long" end
  return name
end

-- ---- the page -----------------------------------------------------------------------------------------

local function name_form(view, ends, name, wrong)
  local spelt, confirmed = certificates.name(view.person)
  local hint = ends == math.huge and view.say "name_hint"
    or view.say("correct_hint", { when = dates.long(ends, view.zone, view.code) })
  return h.form { method = "post", action = view.path,
    h.h2 { view.say "name_title" },
    confirmed and not wrong and h.p { class = "good", view.say "confirmed" } or false,
    wrong and h.p { class = "wrong", role = "alert", id = "name-wrong", view.say(wrong) } or false,
    h.label { for_ = "name", view.say "name_label" },
    h.input { id = "name", name = "name", value = name or spelt, maxlength = tostring(NAME_MAX),
      autocomplete = "name", required = true, aria_invalid = wrong and "true" or false,
      aria_describedby = wrong and "name-wrong" or false },
    h.p { class = "quiet", hint },
    h.div { class = "choices",
      h.button { class = "main-button", view.say(ends == math.huge and "name_send" or "name_correct") } } }
end

local function issued_card(view, one)
  local version, here = one.version, ("%s/%s"):format(view.path, one.rule.name)
  if one.revoked then
    return h.div { class = "card", h.h2 { version.paper.title }, h.p { class = "flag", view.say "revoked" } }
  end
  local address = version.paper.url
  return h.div { class = "card",
    h.h2 { version.paper.title },
    h.p { h.strong { version.paper.name } },
    h.p { version.paper.issued },
    h.p { class = "choices",
      h.a { class = "button main-button", href = here, view.say "look" },
      usher.parts().pdf
        and h.a { class = "button", href = here .. "/certificate.pdf", view.say "download" } },
    h.p { class = "quiet", view.say("code", { code = certificates.show(version.code) }), " ",
      address and h.a { href = address, address } or false } }
end

local function lead_of(view, issued)
  if #issued > 0 then return false end
  if not is_for(view.person) then return h.p { class = "lead", view.say "none" } end
  return h.p { class = "lead", view.say "not_yet" }
end

-- name, wrong: what was typed, and what is the matter with it.
local function own_page(view, name, wrong)
  local issued, cards = certificates.issued(view.who.key), {}
  for i, one in ipairs(issued) do cards[i] = issued_card(view, one) end
  local ends = may_spell_until(view, issued)
  local title = view.say "page_title"
  return frame.guest { lang = view.code, title = title, status = wrong and 422 or nil, body = h.list {
    h.h1 { title },
    view.request.query and view.request.query.done
      and h.p { class = "good", role = "status", view.say "name_done" } or false,
    lead_of(view, issued), h.list(cards),
    ends and name_form(view, ends, name, wrong) or false,
  } }
end

-- Whose deputy comes sees no certificate of theirs, and a deputy of yesterday none of the guest's.
local function not_theirs(view)
  local title = view.say "page_title"
  return frame.guest { lang = view.code, title = title,
    body = h.list { h.h1 { title }, h.p { class = "lead", view.say "not_yours" } } }
end

local function take_name(view)
  local ends = may_spell_until(view, certificates.issued(view.who.key))
  if not ends then return { redirect = view.path } end
  local typed = view.request.form and view.request.form.name
  local name, wrong = read_name(typed)
  if not name then return own_page(view, typed, wrong) end
  local before = certificates.name(view.person)
  certificates.spell(view.person, name, paper.again)
  if name ~= before then
    usher.audit("name on the certificate", ("%s, before: %s"):format(name, before), "the guest", view.who.key)
  end
  return { redirect = view.path .. "?done=1" }
end

-- ---- the certificate itself ---------------------------------------------------------------------------

-- The version of the rule that the path names, or nil: there is none that could be shown.
local function version_of(view)
  for _, one in ipairs(certificates.issued(view.who.key)) do
    if one.rule.name == view.request.params.rule and not one.revoked then return one.version end
  end
end

local function print_page(view)
  local version = version_of(view)
  if not version then return { redirect = view.path } end
  return sheet.page(version.paper, view.code, usher.parts().pdf and links.here("certificate", view.request,
    ("/%s/certificate.pdf"):format(view.request.params.rule)) or nil)
end

local function pdf(view)
  local version = version_of(view)
  if not version or not usher.parts().pdf then return { redirect = view.path } end
  return { certificate = version.paper, type = "application/pdf",
    headers = { ["content-disposition"] = ('inline; filename="certificate-%s.pdf"'):format(facts.event.id),
      ["cache-control"] = "private, no-cache" } }
end

-- ---- routes -------------------------------------------------------------------------------------------

local function route(fn)
  return function(request)
    local who, why = bearer.of("certificate", request)
    if not who then return frame.gone(why) end
    local view = view_of(who, request)
    if cancelled.of() then return cancelled.page(view.code, request.method) end
    if not bearer.takes_part(who) then return not_theirs(view) end
    return fn(view)
  end
end

local registered = false

-- Called by the word `certificate`.
function page.register()
  if registered then return end
  registered = true
  sheet.register()
  usher.http.route("GET", links.route "certificate", route(own_page))
  usher.http.route("POST", links.route "certificate", route(take_name))
  usher.http.route("GET", links.route("certificate", "/:rule"), route(print_page))
  usher.http.route("GET", links.route("certificate", "/:rule/certificate.pdf"), route(pdf))
  offers.add(function(person, phase, code)
    if phase ~= "after" or #certificates.issued(person.key) == 0 then return nil end
    return { path = links.path("certificate", person), text = lang.text(code, "certificate.page_title") }
  end)
end

return page
