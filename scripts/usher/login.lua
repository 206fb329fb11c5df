-- SPDX-License-Identifier: MIT
-- login: organisers are let in by a link in a mail. Whoever types an address gets the same answer after the
-- same work, whether or not somebody here has it: a flow is started in each case, and finds out. The link
-- holds for fifteen minutes and once. To open it changes nothing, for programs that scan mails open links
-- too: the page behind it has a button.
--
--   book login: see office/session.lua
--   book login-tries: "ip <address>", "to <key>", "all" -> { n, from = ms }: how often within an hour
local facts = require "usher.facts"
local frame = require "usher.frame"
local h = require "usher.html"
local links = require "usher.links"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"
local session = require "usher.office.session"
local template = require "usher.template"

local login = {}

local MINUTE_MS <const> = 60 * 1000
local HOUR_MS <const> = 60 * MINUTE_MS
local HOLDS_MS <const> = 15 * MINUTE_MS -- a link: long enough for a slow mail server, short for a stolen mail
-- In any hour, for one event. A mistake is typed a few times; a machine that guesses tries hundreds.
local MOST <const> = { ip = 20, to = 5, all = 300 }
local FLOW <const> = parts.LOGIN_FLOW

-- -- how often

local function forget_old(book, now)
  for key, tries in book:each() do
    if now - tries.from >= HOUR_MS then book:remove(key) end
  end
end

-- Counts a try; false when there were too many within the hour.
local function may_try(book, key, most)
  local now = usher.now()
  local tries = book:get(key)
  if not tries or now - tries.from >= HOUR_MS then tries = { n = 0, from = now } end
  book:set(key, { n = tries.n + 1, from = tries.from })
  return tries.n < most
end

-- -- asking for a link

local function page(title, body, status)
  return frame.guest { title = title, status = status, body = h.list { h.h1 { title }, body } }
end

local function ask_page()
  return page("Log in", h.form { method = "post", action = "/login",
    h.p { class = "lead", "For those who run an event. Guests need no log-in: their mails hold their "
      .. "links." },
    h.label { for_ = "address", "Your mail address" },
    h.input { id = "address", name = "address", type = "email", autocomplete = "email", required = true,
      maxlength = 254 },
    h.p { h.button { class = "main-button", "Send me a link" } },
  })
end

local function asked_page()
  return page("Look into your mail", h.list {
    h.p { class = "lead", "If this address belongs to somebody who runs an event here, a link is on its "
      .. "way." },
    h.p { "It works once, within fifteen minutes. Nothing came? Look among unwanted mails, or ask whoever "
      .. "keeps usher for a link: they have the command ", h.tag("code", "usher login"), "." },
  })
end

local function too_many()
  return page("Too many tries", h.p { "Please wait an hour and try again." }, 429)
end

-- The same steps for everybody: what is known of the address only decides what the flow is told.
local function ask(request)
  local address = ((request.form or {}).address or ""):lower():match("^%s*(.-)%s*$")
  local tries = usher.book("login-tries")
  forget_old(tries, usher.now())
  local from_there = may_try(tries, "ip " .. (request.address or ""), MOST.ip)
  local at_all = may_try(tries, "all", MOST.all)
  if not from_there or not at_all then return too_many() end
  local person = roles.by_mail(address)
  local often = not may_try(tries, "to " .. (person and person.key or ""), MOST.to)
  usher.start(FLOW, { key = usher.fresh(), label = "log-in",
    input = { person = person and not often and person.key or false } })
  return asked_page()
end

-- -- the mail

-- Makes the next link of somebody. Only where books may change.
local function next_link(key)
  local record = session.record(key)
  record.asked = record.asked + 1
  usher.book("login"):set(key, record)
  return { number = record.asked, expires = usher.now() + HOLDS_MS }
end

local function url_of(key, link)
  return links.url("login", key, { expires = link.expires, generation = link.number })
end

local function compose(person, link, sender, url)
  local ends = usher.time.format(link.expires, person.zone, "%H:%M %P (%z)")
  return {
    "log-in", to = template.address(person), as = person.key, from = sender, lang = "en", zone = person.zone,
    subject = "Log in: " .. facts.event.title:gsub("%s+", " "), give_up = link.expires, unsure = "resend",
    text = ([[
Dear %s,

this link opens the organisers' pages of **%s**. It works once, until %s.

<%s>

If you did not ask for it, leave it: without the link nobody gets in.
]]):format(template.escape(facts.full_name(person)), template.escape(facts.event.title), ends, url),
    about = { rule = FLOW, person = person.key, what = "mail" },
  }
end

local function life(input)
  local person = input.person and facts.by_key[input.person]
  if not person then return { skipped = "nobody with a role has that address" } end
  local sender = facts.event.from or usher.sender()
  if not sender then return { skipped = "no sender is configured" } end
  local link = usher.decide("link", next_link, person.key)
  local url = url_of(person.key, link)
  if not url then return { skipped = "usher has no web address" } end
  local reply = usher.mail(compose(person, link, sender, url))
  return reply.sent and { sent = true } or { skipped = reply.why }
end

-- -- opening it

local function used_page()
  return page("This link was used already", h.p { "Each link lets somebody in once. ",
    h.a { href = "/login", "Ask for another" }, "." }, 410)
end

-- visitor, number of the link; or nil and the answer (nil: the next event is asked)
local function holder(request)
  local key, number = links.subject("login", request)
  if not key then return nil, frame.gone(number) end
  local visitor = session.visitor_of(key, "")
  if not visitor then return nil, page("You have no role here", h.p { "Somebody took it away." }, 403) end
  if number <= session.record(key).used then return nil, used_page() end
  return visitor, number
end

local function open(request)
  local visitor, answer = holder(request)
  if not visitor then return answer end
  return page("Log in", h.form { method = "post", action = "/login/" .. request.params.token,
    h.p { class = "lead", "As ", h.strong { visitor.name }, " (", roles.text(visitor.has), ")." },
    h.label { class = "option", h.input { type = "checkbox", name = "long", value = "yes" },
      "This is my own device: keep me logged in for 30 days (else 12 hours)" },
    h.p { h.button { class = "main-button", "Log in" } },
  })
end

local function first_path(visitor)
  local sees = roles.may(visitor.has, "see")
  return (sees and "/e/" or "/run/") .. facts.event.id
end

local function enter(request)
  local visitor, number = holder(request)
  if not visitor then return number end
  local record = session.record(visitor.key)
  record.used = number
  usher.book("login"):set(visitor.key, record)
  usher.audit("logged in", nil, visitor.name)
  local cookie = session.begin(visitor.key, request, (request.form or {}).long == "yes")
  return { redirect = first_path(visitor), cookies = { cookie } }
end

-- login.link{ address } -> { url, name } or { none = true }: the handler behind `usher login` and the line
-- that a first start prints. Without an address: for the owner, whoever has the role or none.
function login.link(request)
  local address, key = request and request.address, roles.CONSOLE
  if address then
    local person = roles.by_mail(address:lower())
    if not person then return { none = true } end
    key = person.key
  end
  local visitor = session.visitor_of(key, "")
  local url = url_of(key, next_link(key))
  usher.audit("log-in link made", "on the console", visitor.name)
  return { url = url, name = visitor.name, role = roles.text(visitor.has) }
end

-- Called once, by the word `event`.
function login.register()
  usher.flow(FLOW, life)
  usher.on("login-link", login.link)
  usher.http.route("GET", "/login", ask_page)
  usher.http.route("POST", "/login", ask, { all = true })
  usher.http.route("GET", links.route "login", open)
  usher.http.route("POST", links.route "login", enter)
end

return login
