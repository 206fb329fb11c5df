-- SPDX-License-Identifier: MIT
-- certificate_sheet: a certificate as a page of its own that prints on one sheet of A4 across: the same
-- words as the PDF (certificate_paper.lua), for a usher without the part that draws it, and for whoever
-- prints at once.
local facts = require "usher.facts"
local h = require "usher.html"
local lang = require "usher.lang"

local sheet = {}

local function picture_path(hash) return ("/static/certificate/%s/%s.png"):format(facts.event.id, hash) end

local function lines(text)
  local nodes = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    if #nodes > 0 then nodes[#nodes + 1] = h.br {} end
    nodes[#nodes + 1] = line
  end
  return nodes
end

-- The QR code as a drawing in the page; false where this usher makes none.
local function code_picture(url, label)
  local qr = url and usher.qr(url)
  if not qr then return false end
  return h.tag("svg", { class = "qr", role = "img", aria_label = label, shape_rendering = "crispEdges",
    viewBox = ("0 0 %d %d"):format(qr.size, qr.size), h.tag("path", { d = qr.path }) })
end

-- An img is no element of html.lua's list: pages of usher have no pictures but these.
local function picture(class, hash)
  if not hash then return false end
  return h.raw(('<img class="%s" src="%s" alt="">'):format(class, h.escape(picture_path(hash))))
end

local function signatures(paper)
  local nodes = {}
  for i, who in ipairs(paper.signed) do
    nodes[i] = h.div { class = "signed", picture("signature", i == 1 and paper.signature), h.p(lines(who)) }
  end
  return nodes
end

local function details(paper)
  local nodes = {}
  for i, line in ipairs(paper.details) do nodes[i] = h.p { class = "detail", line } end
  return nodes
end

local function foot(paper)
  return h.div { class = "foot", h.div { class = "signatures", signatures(paper) },
    h.div { class = "check", code_picture(paper.url, paper.check),
      h.p { class = "code", paper.code }, paper.check and h.p { class = "address", paper.check } or false } }
end

-- sheet.page(paper, code, pdf) -> response. code: the language of what stands around it; pdf: the path of the
-- same as a file, or nil.
function sheet.page(paper, code, pdf)
  local function say(key) return lang.text(code, "certificate." .. key) end
  local node = h.html { lang = paper.language,
    h.head {
      h.meta { charset = "utf-8" },
      h.meta { name = "viewport", content = "width=device-width, initial-scale=1" },
      h.meta { name = "robots", content = "noindex, nofollow" },
      h.title { paper.title },
      h.link { rel = "stylesheet", href = "/static/certificate.css" },
    },
    h.body {
      h.p { class = "hint", lang = code, say "print_hint", " ",
        pdf and h.a { href = pdf, say "download" } or false },
      h.main { class = "sheet",
        picture("logo", paper.logo),
        h.p { class = "host", paper.host },
        h.h1 { paper.title },
        h.p { class = "quiet", paper.before },
        h.p { class = "name", paper.name },
        h.p { class = "quiet", lines(paper.text) },
        h.p { class = "what", paper.what },
        details(paper),
        h.p { class = "issued", paper.issued },
        foot(paper),
      },
    },
  }
  return { body = "<!doctype html>\n" .. h.render(node) }
end

-- sheet.keep(hash, png): a picture that certificates of this event show. Called while the script loads.
function sheet.keep(hash, png)
  usher.http.static(picture_path(hash), { type = "image/png", data = png })
end

-- Called once.
function sheet.register()
  usher.http.static("/static/certificate.css", { type = "text/css; charset=utf-8",
    data = usher.shipped("pages/certificate.css") })
end

return sheet
