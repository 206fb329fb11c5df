-- SPDX-License-Identifier: MIT
-- office: the organisers' pages, at /e/<event>. Each page is whole without JavaScript; every change is a form
-- that is sent and answered with the way back. Which role may do what is office/roles.lua; who is looking is
-- office/session.lua; this file asks both before anything else runs, the lists of the database included.
local banner = require "usher.office.banner"
local facts = require "usher.facts"
local frame = require "usher.frame"
local h = require "usher.html"
local live = require "usher.live"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"
local session = require "usher.office.session"

local office = {}

local CHANGE <const> = "change" -- the page of office/change.lua
local REFRESH_S <const> = 60 -- without JavaScript; with it the page hears of changes

-- In the order of the navigation: { path, text, act, href = fn }. The modules add theirs, before the event
-- has its name: therefore addresses are made when a page is.
local pages <const> = {}

-- office.navigation(visitor, here) -> items for frame.office
function office.navigation(visitor, here)
  local items = {}
  for _, one in ipairs(pages) do
    if one.text and roles.may(visitor.has, one.act) and (not one.when or one.when()) then
      items[#items + 1] = { href = one.href(), text = one.text, here = one.path == here }
    end
  end
  return items
end

-- office.tools(visitor) -> node: who is logged in, and the way out
function office.tools(visitor)
  return h.div { class = "tools",
    h.a { href = parts.path "you", visitor.name, " (", roles.text(visitor.has), ")" },
    parts.form(visitor, "logout", { class = "inline", h.button { class = "small", "Log out" } }),
  }
end

-- Whose clocks the pages show.
local function foot_of(visitor)
  local event, now = facts.event, usher.now()
  local places = usher.time.format(now, event.zone, "%P (%z)")
  if visitor.zone ~= event.zone then
    places = ("%s first; yours is %s"):format(places, usher.time.format(now, visitor.zone, "%P (%z)"))
  end
  return h.p { ("Clock times are those of %s. This page is from %s."):format(places,
    usher.time.format(now, event.zone, "%H:%M")) }
end

-- What an open page hears: everything, or for whoever sees the day only, what moves there.
local function stream_of(visitor)
  return roles.may(visitor.has, "see") and parts.path "live" or ("/run/%s/live"):format(facts.event.id)
end

-- On every page: a changed script waits, and what it means is one click away.
local function changed_script(visitor)
  local waiting = roles.may(visitor.has, "see") and usher.proposal()
  if not waiting then return nil end
  local says = waiting.problem and "A changed script can't be used."
    or "A changed script waits for your word."
  return h.p { class = "notice", h.a { href = parts.path(CHANGE), says } }
end

-- A page of the organisers: view = { title, body, refresh = seconds, live = false, frames, style, status }
local function render(visitor, path, view)
  local head = view.heading ~= false and h.h1 { view.heading or view.title }
  return frame.office {
    title = view.title .. " \u{00B7} " .. facts.event.title, status = view.status,
    nav = office.navigation(visitor, path), tools = office.tools(visitor),
    live = view.live ~= false and stream_of(visitor) or nil, frames = view.frames, style = view.style,
    refresh = view.refresh or view.live ~= false and REFRESH_S or nil,
    body = h.list { banner.node(visitor) or false, path ~= CHANGE and changed_script(visitor), head,
      view.body }, foot = foot_of(visitor),
  }
end

local function refused(visitor)
  return render(visitor, nil, { title = "Not with your role", status = 403, live = false,
    body = h.p { ("Your role here is %s, and this page is for others. The owner of the event gives roles, "
      .. "in the list of people."):format(roles.text(visitor.has)) } })
end

-- Is this request for this event, and from somebody who may? visitor, or nil and the answer.
local function admit(request, act)
  if request.params.event ~= facts.event.id then return nil, nil end
  local visitor = session.visitor(request)
  if not visitor then return nil, { redirect = "/login" } end
  if not roles.may(visitor.has, act) then return nil, refused(visitor) end
  return visitor
end

-- A stranger's request asks nothing of the database.
local function look_of(act, look)
  return look and function(request)
    local visitor = admit(request, act)
    return visitor and look(request, visitor) or {}
  end
end

-- office.page(path, { text =, act =, when = fn, look = fn(request, visitor), walk }, fn(request, visitor) ->
-- view).
-- path: nil for the first page. text: what the navigation calls it; without it, or while `when` says no, the
-- page is not there.
function office.page(path, options, fn)
  local act = options.act or "see"
  pages[#pages + 1] = { path = path or "", text = options.text, act = act, when = options.when,
    href = function() return parts.path(path) end }
  usher.http.route("GET", "/e/:event" .. (path and "/" .. path or ""), function(request)
    local visitor, answer = admit(request, act)
    if not visitor then return answer end
    return render(visitor, path or "", fn(request, visitor))
  end, { look = look_of(act, options.look), walk = options.walk })
end

-- office.file(path, act, fn(request, visitor) -> response, { look, walk }): what is no page, such as a table
-- to keep. walk: as in usher.http.route.
function office.file(path, act, fn, o)
  o = o or {}
  usher.http.route("GET", "/e/:event/" .. path, function(request)
    local visitor, answer = admit(request, act)
    if not visitor then return answer end
    return fn(request, visitor)
  end, { look = look_of(act, o.look), walk = o.walk })
end

-- office.link(text, act, fn() -> href, path): a page at another address, in the navigation.
function office.link(text, act, href, path)
  pages[#pages + 1] = { text = text, act = act, href = href, path = path }
end

-- office.act(name, { act =, look =, body = }, fn(request, visitor) -> response): a form of these pages. The
-- token is checked here; what is done must be written into the trail by fn. body: as for usher.http.route.
function office.act(name, options, fn)
  usher.http.route("POST", "/e/:event/" .. name, function(request)
    local visitor, answer = admit(request, options.act)
    if not visitor then return answer end
    if not session.holds(visitor, name, request) then
      return render(visitor, nil, { title = "Please send it again", status = 403, live = false,
        body = h.p { "This form is from before you logged in. Go back, load the page anew and send it "
          .. "again." } })
    end
    return fn(request, visitor)
  end, { look = look_of(options.act, options.look), body = options.body })
end

-- What is wrong with a file is a sentence and a line for each row.
local function lines_of(text)
  local nodes = {}
  for line in text:gmatch("[^\n]+") do
    if #nodes > 0 then nodes[#nodes + 1] = h.br {} end
    nodes[#nodes + 1] = line
  end
  return nodes
end

-- A refusal of an act, as a page: what was typed is not kept.
function office.refuse(visitor, sentence)
  return render(visitor, nil, { title = "That was not taken", status = 400, live = false,
    body = h.p { class = "wrong", lines_of(sentence) } })
end

-- office.back(request, otherwise) -> response: to the page of ours that the form names, as a path of this
-- event.
function office.back(request, otherwise)
  local to = (request.form or {}).back or ""
  local ours = parts.path()
  local fine = to == ours or to:sub(1, #ours + 1) == ours .. "/"
  return { redirect = fine and not to:find("[^%w%-._~/?&=%%]") and to or otherwise or ours }
end

-- -- the front door

-- With one event, straight to it. With several: whoever is let in to one of them sees the list of all; to
-- anybody else it says nothing, and the last event asks them to log in.
local function front_door(request)
  local events = usher.events()
  if #events == 1 then return { redirect = parts.path() } end
  local visitor = session.visitor(request)
  if not visitor then
    return events[#events].id == facts.event.id and { redirect = "/login" } or nil
  end
  local list = {}
  for i, event in ipairs(events) do
    list[i] = h.li { h.a { href = "/e/" .. event.id, event.title } }
  end
  return frame.guest { title = "Events", body = h.list { h.h1 { "Events" },
    h.ul { class = "big-list", list } } }
end

-- Called once, by the word `event`.
function office.register()
  usher.http.route("GET", "/", front_door)
  usher.http.route("GET", "/e/:event/live", function(request)
    local visitor, answer = admit(request, "see")
    if not visitor then return answer end
    return { stream = live.office() }
  end)
end

return office
