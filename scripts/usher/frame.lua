-- SPDX-License-Identifier: MIT
-- frame: what stands around every page. Works without JavaScript and on a phone; asks nothing of other sites;
-- the style sheet is the one of usher (scripts/pages/usher.css, its head lists the classes).
local facts = require "usher.facts"
local h = require "usher.html"
local lang = require "usher.lang"

local frame = {}

-- A page that hears of changes is fetched anew by the clock only where there is no JavaScript to hear them.
local function refresh_of(view)
  if not view.refresh then return nil end
  local meta = h.meta { http_equiv = "refresh", content = tostring(view.refresh) }
  return view.live and h.noscript { meta } or meta
end

local function head(view)
  return h.head {
    h.meta { charset = "utf-8" },
    h.meta { name = "viewport", content = "width=device-width, initial-scale=1" },
    h.meta { name = "robots", content = "noindex, nofollow" },
    refresh_of(view),
    h.title { view.title },
    h.link { rel = "stylesheet", href = "/static/usher.css" },
    view.style and h.link { rel = "stylesheet", href = view.style },
    view.live and h.script { src = "/static/live.js", defer = true },
  }
end

-- What the server says of every page (core/web), but for where forms may lead: browsers look at the whole
-- way, so a button that goes on to another site names it. A stand-in for a secret tells no host: then any
-- will do. And for frames, in which a page shows another page of usher.
local policy <const> = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
  .. "connect-src 'self'; frame-src %s; form-action 'self' %s; base-uri 'none'; frame-ancestors 'none'"

local function headers_of(view)
  if not view.leads_to and not view.frames then return view.headers end
  local headers = {}
  for name, value in pairs(view.headers or {}) do headers[name] = value end
  local elsewhere = view.leads_to and (view.leads_to:match("^https?://[%w.:-]+") or "https:") or ""
  headers["content-security-policy"] = policy:format(view.frames and "'self'" or "'none'", elsewhere)
  return headers
end

local function page(view, class, header, footer)
  local code = view.lang or "en"
  local banner = usher.practising()
    and h.tag("aside", { class = "practice", h.p { lang.text(code, "common.practice") } })
  local node = h.html {
    lang = code,
    head(view),
    h.body { class = class, data_live = view.live or false,
      data_now = view.live and tostring(usher.now()) or false, banner, header,
      h.main { id = "main", view.body }, footer },
  }
  return { status = view.status, headers = headers_of(view), cookies = view.cookies,
    body = "<!doctype html>\n" .. h.render(node) }
end

-- Who sends the mails: a name, or nil, and the address to which guests write.
local function sender()
  local from = facts.event.reply_to or facts.event.from or usher.sender()
  if not from then return nil end
  local name, mail = from:match('^%s*"?(.-)"?%s*<([^<>]+)>%s*$')
  return name ~= "" and name or nil, mail or from
end

-- "Questions? Write to office@office.example.", with the address as a link
local function questions(code, mail)
  local before, after = lang.text(code, "common.questions", { from = "\0" }):match("^(.-)\0(.*)$")
  return h.footer { h.p { before, h.a { href = "mailto:" .. mail, mail }, after } }
end

-- frame.guest { title, lang, body = node, status, headers, refresh = seconds, live = path, leads_to = url }
-- -> response. What a guest sees: the event's title above, whom to ask below. live: the path of an event
-- stream (a route that returns { stream = topic }); the page is fetched anew when something is pushed to
-- it. leads_to: another site to which a form of the page leads. frames: it shows other pages of ours in
-- itself. style: the path of a style sheet beside that of all pages.
function frame.guest(view)
  local name, mail = sender()
  local header = h.header { name and h.p { class = "host", name } or false,
    h.p { class = "event", facts.event.title or facts.event.id } }
  return page(view, "guest", header, mail and questions(view.lang or "en", mail))
end

-- frame.office { title, body, nav = list of { href, text, here }, tools, foot = nodes, class, and as above }
-- -> response. What the organisers see.
function frame.office(view)
  local items = {}
  for i, item in ipairs(view.nav or {}) do
    items[i] = h.li { h.a { href = item.href, aria_current = item.here and "page" or false, item.text } }
  end
  local title = h.p { class = "event", facts.event.title or facts.event.id }
  return page(view, view.class and "office " .. view.class or "office", h.header {
    h.div { class = "top", title, view.tools or false },
    #items > 0 and h.nav { aria_label = "Pages", h.ul(items) },
  }, view.foot and h.footer { view.foot })
end

local problems <const> = { expired = "expired", gone = "gone" }

-- frame.gone(why, code) -> response: of a link that is too old, or of somebody who is on no list any more.
-- nil for one that is none: perhaps it is another event's, and the next one is asked.
function frame.gone(why, code)
  code = code or "en"
  local key = problems[why]
  if not key then return nil end
  local title = lang.text(code, ("common.%s_title"):format(key))
  return frame.guest { status = 410, lang = code, title = title,
    body = h.list { h.h1 { title }, h.p { lang.text(code, "common." .. key) } } }
end

-- The files that pages name. Called once, by the word `event`.
function frame.register()
  usher.http.static("/static/usher.css", { type = "text/css; charset=utf-8",
    data = usher.shipped("pages/usher.css") })
  usher.http.static("/static/live.js", { type = "text/javascript; charset=utf-8",
    data = usher.shipped("pages/live.js") })
end

return frame
