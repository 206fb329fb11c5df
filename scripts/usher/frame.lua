-- SPDX-License-Identifier: MIT
-- frame: what stands around every page. Works without JavaScript and on a phone; asks nothing of other sites;
-- the style sheet is the one of usher (scripts/pages/usher.css, its head lists the classes).
local facts = require "usher.facts"
local h = require "usher.html"
local lang = require "usher.lang"

local frame = {}

local function head(view)
  return h.head {
    h.meta { charset = "utf-8" },
    h.meta { name = "viewport", content = "width=device-width, initial-scale=1" },
    h.meta { name = "robots", content = "noindex, nofollow" },
    view.refresh and h.meta { http_equiv = "refresh", content = tostring(view.refresh) },
    h.title { view.title },
    h.link { rel = "stylesheet", href = "/static/usher.css" },
    view.live and h.script { src = "/static/live.js", defer = true },
  }
end

local function page(view, class, header, footer)
  local code = view.lang or "en"
  local banner = usher.practising() and h.p { class = "practice", lang.text(code, "common.practice") }
  local node = h.html {
    lang = code,
    head(view),
    h.body { class = class, data_live = view.live or false, banner, header,
      h.main { id = "main", view.body }, footer },
  }
  return { status = view.status, headers = view.headers, cookies = view.cookies,
    body = "<!doctype html>\n" .. h.render(node) }
end

local function contact()
  local from = facts.event.reply_to or facts.event.from or usher.sender()
  return from and (from:match("<([^>]+)>") or from)
end

-- frame.guest { title, lang, body = node, status, headers, refresh = seconds, live = path } -> response.
-- What a guest sees: the event's title above, whom to ask below. live: the path of an event stream (a route
-- that returns { stream = topic }); the page is fetched anew when something is pushed to it.
function frame.guest(view)
  local code, from = view.lang or "en", contact()
  return page(view, "guest", h.header { h.p { class = "event", facts.event.title or facts.event.id } },
    from and h.footer { h.p { lang.text(code, "common.questions", { from = from }) } })
end

-- frame.office { title, body, nav = list of { href, text, here }, who } -> response. What the organisers see.
function frame.office(view)
  local items = {}
  for i, item in ipairs(view.nav or {}) do
    items[i] = h.li { h.a { href = item.href, aria_current = item.here and "page" or false, item.text } }
  end
  return page(view, "office", h.header {
    h.p { class = "event", facts.event.title or facts.event.id },
    #items > 0 and h.nav { h.ul(items) }, view.tools or false,
  })
end

-- frame.gone(kind_of_problem, code) -> response: a link that is none, or that is too old.
function frame.gone(why, code)
  code = code or "en"
  if why ~= "expired" then return nil end -- "wrong": perhaps another event's; the next one is asked
  return frame.guest { status = 410, lang = code, title = lang.text(code, "common.expired_title"),
    body = h.list {
      h.h1 { lang.text(code, "common.expired_title") },
      h.p { lang.text(code, "common.expired") },
    } }
end

-- The files that pages name. Called once, by the word `event`.
function frame.register()
  usher.http.static("/static/usher.css", { type = "text/css; charset=utf-8",
    data = usher.shipped("pages/usher.css") })
  usher.http.static("/static/live.js", { type = "text/javascript; charset=utf-8",
    data = usher.shipped("pages/live.js") })
end

return frame
