-- SPDX-License-Identifier: MIT
-- show_page: /run/<event> for whoever is logged in, /run/<token> by the host's personal link. Large type,
-- for a phone beside the camera: what is on, how long still, what comes next; all the clocks; who of the
-- speakers is not there yet; the order of the day with its open ends; the fixed end in view. With
-- JavaScript the minutes count by themselves; without it the page is fetched anew.
local attendance = require "usher.attendance"
local calendar = require "usher.calendar"
local facts = require "usher.facts"
local frame = require "usher.frame"
local h = require "usher.html"
local links = require "usher.links"
local live = require "usher.live"
local office = require "usher.office"
local parts = require "usher.office.parts"
local programme = require "usher.programme"
local roles = require "usher.office.roles"
local session = require "usher.office.session"
local show_clock = require "usher.show_clock"
local show_steer = require "usher.show_steer"

local show_page = {}

local MINUTE_MS <const> = 60 * 1000
local REFRESH_S <const> = 15

-- -- who is looking

-- visitor, or nil and the answer. The personal link is for the host of this event, while the role is theirs.
local function admit(request)
  local token = request.params.token
  if token == facts.event.id then
    local visitor = session.visitor(request)
    if not visitor then return nil, { redirect = "/login" } end
    return visitor
  end
  local key, why = links.subject("run", request)
  if not key then return nil, frame.gone(why) end
  local visitor = session.visitor_of(key, "run")
  if not visitor or not roles.may(visitor.has, "show") then return nil, frame.gone("expired") end
  return visitor
end

-- -- parts of the page

local function clock_text(ms, zone) return usher.time.format(ms, zone, "%H:%M") end

local function given(item) return programme.given_by(item, "en") or (#item.people == 0 and "" or nil) end

-- "5 min left", counted on by the browser; the last minute stands out. `ends` is where it counts to.
local function left(ends, now)
  local minutes = -((now - ends) // MINUTE_MS)
  local text = minutes > 0 and ("%d min left"):format(minutes) or ("%d min over"):format(-minutes)
  local class = minutes <= 1 and "left last" or minutes <= 5 and "left soon" or "left"
  return h.p { class = class, data_ends = tostring(ends), role = "timer", text }
end

local function now_card(plan, now, visitor)
  local on = plan.list[plan.current]
  if plan.current == 0 then
    local first = plan.list[1] and plan.list[1].starts or facts.event.starts.utc
    return h.section { class = "now card", h.h1 { "Before the start" },
      h.p { class = "left", data_starts = tostring(first), "begins ", parts.far(first) } }
  end
  if not on then return h.section { class = "now card", h.h1 { "The programme is over" } } end
  return h.section { class = "now card",
    h.p { class = "quiet", "Now" }, h.h1 { on.item.title }, h.p { class = "by", given(on.item) },
    on.ends and left(on.ends, now)
      or h.p { class = "by", "No time of its own: press \u{201C}Next\u{201D} when it is done." },
    on.ends and h.p { class = "quiet", "until ", clock_text(on.ends, facts.event.zone),
      visitor.zone ~= facts.event.zone and (", %s %s"):format(clock_text(on.ends, visitor.zone),
        calendar.place(visitor.zone)) or nil },
  }
end

local function next_card(plan, now)
  local following = plan.next and plan.list[plan.next]
  if not following then return nil end
  local at = following.starts and clock_text(math.max(following.starts, now), facts.event.zone)
    or "straight after, without a time"
  return h.section { class = "next card", h.p { class = "quiet", "Next" }, h.h2 { following.item.title },
    h.p { class = "by", given(following.item) }, h.p { at } }
end

-- The end that was promised, and where it is as the day goes.
local function end_line(plan)
  local event = facts.event
  local planned = clock_text(event.ends.utc, event.zone)
  if plan.late < MINUTE_MS then
    return h.p { class = "end", "The end at ", h.strong { planned }, " holds." }
  end
  return h.p { class = "end flag", ("As it goes now the end is %s, %d min after the planned %s."):format(
    clock_text(plan.ends, event.zone), plan.late // MINUTE_MS, planned) }
end

local function button(word, text, class)
  return h.button { name = "press", value = word, class = class, text }
end

local function buttons(plan, request, visitor)
  if not roles.may(visitor.has, "steer") then return nil end
  if not show_steer.is_open(usher.now()) then
    return h.p { class = "quiet", "On the day there are buttons here: 5 minutes later, 5 earlier, next." }
  end
  local over = plan.current > #facts.items
  return parts.form(visitor, "run", { action = "/run/" .. request.params.token, class = "press",
    parts.hidden { n = plan.state.n },
    button("later", "+5 min"), button("earlier", "\u{2212}5 min"),
    not over and button("next", plan.current == 0 and "Begin" or "Next", "main-button"),
    plan.state.before and button("back", "Take back", "quiet-button"),
  })
end

-- Every zone of those who run the event and speak in it.
local function clocks(now)
  local list, seen = {}, {}
  local function add(zone)
    if seen[zone] then return end
    seen[zone] = true
    list[#list + 1] = h.li { h.strong { class = "clock", data_zone = zone, clock_text(now, zone) }, " ",
      calendar.place(zone) }
  end
  add(facts.event.zone)
  for _, person in ipairs(facts.people) do add(person.zone) end
  return h.ul { class = "figures clocks", list }
end

local function speakers(plan)
  local list, seen = {}, {}
  for _, one in ipairs(plan.list) do
    for _, person in ipairs(one.item.people) do
      if not seen[person.key] then
        seen[person.key] = true
        local there = attendance.has_come(person.key, attendance.current())
        list[#list + 1] = h.li { facts.full_name(person), " ", there and h.span { class = "good", "is here" }
          or h.span { class = "flag", "not joined yet" },
          not there and person.phone and { " ", h.a { href = "tel:" .. person.phone:gsub("[^%d+]", ""),
            person.phone } } }
      end
    end
  end
  return #list > 0 and h.section { h.h2 { "Speakers" }, h.ul { class = "speakers", list } } or nil
end

local function row_of(one, zones)
  local item, cells = one.item, {}
  for i, zone in ipairs(zones) do
    local text = one.starts and clock_text(one.starts, zone) or i == 1 and "\u{2013}" or ""
    local moved = i == 1 and item.starts and one.starts and one.starts - item.starts.utc or 0
    cells[i] = h.td { data_name = calendar.place(zone), text, moved >= MINUTE_MS
      and h.div { class = "hint", ("planned %s"):format(clock_text(item.starts.utc, zone)) } or nil }
  end
  local by = given(item)
  return h.tr { class = one.phase, aria_current = one.phase == "now" and "step" or false, cells,
    h.td { data_name = "What", h.strong { item.title }, by ~= "" and h.div { class = "hint", by } or nil,
      not item.starts and h.div { class = "hint", "no time of its own" } or nil } }
end

local function order_of_the_day(plan)
  local zones, seen, head, rows = { facts.event.zone }, { [facts.event.zone] = true }, {}, {}
  for _, person in ipairs(facts.people) do
    if not seen[person.zone] and #zones < 4 then seen[person.zone], zones[#zones + 1] = true, person.zone end
  end
  for i, zone in ipairs(zones) do head[i] = h.th { scope = "col", calendar.place(zone) } end
  head[#head + 1] = h.th { scope = "col", "What" }
  for i, one in ipairs(plan.list) do rows[i] = row_of(one, zones) end
  return h.section { h.h2 { "The order of the day" },
    h.table { class = "rows order", h.caption { class = "unseen", "Times as the day goes" },
      h.thead { h.tr(head) }, h.tbody(rows) } }
end

-- -- routes

local function page(request)
  local visitor, answer = admit(request)
  if not visitor then return answer end
  local now = usher.now()
  local plan = show_clock.plan(now)
  local logged_in = request.params.token == facts.event.id
  return frame.office { title = "Run of show \u{00B7} " .. facts.event.title, class = "run",
    nav = logged_in and office.navigation(visitor, "run") or nil,
    tools = logged_in and office.tools(visitor) or nil,
    refresh = REFRESH_S,
    live = "/run/" .. request.params.token .. "/live",
    body = h.list {
      now_card(plan, now, visitor), buttons(plan, request, visitor), next_card(plan, now), end_line(plan),
      clocks(now), speakers(plan), #plan.list > 0 and order_of_the_day(plan) or nil,
    } }
end

local function press(request)
  local visitor, answer = admit(request)
  if not visitor then return answer end
  local form = request.form or {}
  if not roles.may(visitor.has, "steer") or not session.holds(visitor, "run", request) then
    return { redirect = "/run/" .. request.params.token }
  end
  show_steer.press(form.press or "", math.tointeger(tonumber(form.n or "")), visitor.name)
  return { redirect = "/run/" .. request.params.token }
end

local function stream(request)
  local visitor, answer = admit(request)
  if not visitor then return answer end
  return { stream = live.show() }
end

-- Called once, by the word `event`.
function show_page.register()
  usher.http.route("GET", links.route "run", page)
  usher.http.route("POST", links.route "run", press)
  usher.http.route("GET", links.route("run", "/live"), stream)
  office.link("Run of show", "show", function() return "/run/" .. facts.event.id end, "run")
end

return show_page
