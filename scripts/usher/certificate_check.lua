-- SPDX-License-Identifier: MIT
-- certificate_check: the public page behind the code on a certificate: /c/7K4M-2Q9X-HT3W. Whoever was shown
-- the paper sees whether it is genuine: whose it is, what it certifies, when that was, and nothing more: no
-- address, no group, no minutes, and nothing of anybody whose code they do not have.
--
-- Guessing: a code is one of 2^60, so with 10,000 certificates and 1,000 tries a second the first hit would
-- take some 3,600 years. So tries are not counted (a page that is looked at writes nothing), and how many
-- requests one address may have under way is the server's to limit. Whoever has mistyped a code is told so,
-- with what they typed to put right.
local certificates = require "usher.certificates"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"

local check_page = {}

local TYPED_MAX <const> = 40

local function language_of(request)
  return lang.wanted(request, lang.codes())
end

local function code_form(code, typed)
  return h.form { method = "get", action = "/c",
    h.label { for_ = "code", lang.text(code, "certificate.check_label") },
    h.input { id = "code", name = "code", value = typed:sub(1, TYPED_MAX), maxlength = tostring(TYPED_MAX),
      autocomplete = "off", autocapitalize = "characters", spellcheck = "false" },
    h.div { class = "choices",
      h.button { class = "main-button", lang.text(code, "certificate.check_button") } } }
end

-- Another event may know the code, and its answer is then the one that leaves (`all`, below).
local function unknown_page(code, typed)
  local title = lang.text(code, "certificate.check_unknown_title")
  return frame.guest { status = 404, lang = code, title = title, body = h.list {
    h.h1 { title },
    h.p { class = "lead", lang.text(code, "certificate.check_unknown") },
    code_form(code, typed) } }
end

local function genuine(say, paper)
  return { h.p { class = "lead", say "check_valid" },
    h.tag("dl", { class = "facts",
      h.dt { say "check_who" }, h.dd { h.strong { paper.name } },
      h.dt { say "check_what" }, h.dd { paper.title, ": ", paper.what },
      h.dt { say "check_when" }, h.dd { paper.when },
      h.dt { say "check_host" }, h.dd { paper.host },
      h.dt { say "check_issued" }, h.dd { paper.issued } }) }
end

local says <const> = {}

function says.valid(say, version) return genuine(say, version.paper) end

function says.replaced(say, _, now)
  local shown = certificates.show(now.code)
  return { h.p { class = "lead", say("check_replaced", { code = shown }) },
    h.p { h.a { href = "/c/" .. shown, shown } } }
end

function says.revoked(say) return { h.p { class = "lead", say "check_revoked" } } end

function says.gone(say) return { h.p { class = "lead", say "check_gone" } } end

local function show(request)
  local language, typed = language_of(request), request.params.code
  local code = certificates.read(typed)
  local state, version, now
  if code then state, version, now = certificates.find(code) end
  if not state then return unknown_page(language, typed) end
  local function say(key, values) return lang.text(language, "certificate." .. key, values) end
  local title = say(("check_%s_title"):format(state))
  return frame.guest { lang = language, title = title,
    body = h.list { h.h1 { class = state == "valid" and "done" or false, title },
      says[state](say, version, now) } }
end

-- Somebody has typed a code; or has come to type one.
local function ask(request)
  local code = language_of(request)
  local typed = request.query and request.query.code or ""
  local read = certificates.read(typed)
  if read then return { redirect = "/c/" .. certificates.show(read) } end
  local title = lang.text(code, "certificate.check_title")
  return frame.guest { lang = code, title = title, body = h.list { h.h1 { title },
    typed ~= "" and h.p { class = "wrong", role = "alert", lang.text(code, "certificate.check_none") },
    code_form(code, typed) } }
end

local registered = false

-- Called by the word `certificate`.
function check_page.register()
  if registered then return end
  registered = true
  usher.http.route("GET", "/c", ask)
  usher.http.route("GET", "/c/:code", show, { all = true })
end

return check_page
