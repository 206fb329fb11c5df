-- SPDX-License-Identifier: MIT
-- signup: people who are on no list sign up on a page of the event: seats, a wait-list, questions. The word
-- itself: what it takes, and what is wrong with it. seats.lua says who sits; signup_acts.lua what can happen
-- to a sign-up; signup_mail.lua who is written what; signup_form.lua and signup_page.lua are the pages;
-- signup_pretend.lua is who signs up in a rehearsal.
--
--   facts.signup = { path, opens, closes = moments, questions, confirm, zones, languages, limit, intro,
--     groups = list (one without a name when nobody asks), asks_group, room = as in seats.lua, room_text,
--     seats = how many in all or nil, waitlist, offer, listed = address -> key of a guest, samples = list of
--     whoever may sign up, invented }
local acts = require "usher.signup_acts"
local aims = require "usher.aims"
local answers = require "usher.answers"
local check = require "usher.check"
local facts = require "usher.facts"
local form = require "usher.signup_form"
local lang = require "usher.lang"
local mails = require "usher.signup_mail"
local moments = require "usher.moments"
local own_page = require "usher.signup_page"
local pretend = require "usher.signup_pretend"
local settle = require "usher.settle"

local signup = {}

local NOBODY_ASKS <const> = "all" -- the group of everybody when there are no groups
local FREE <const> = "free"       -- among the seats: for any group
local SEATS_MAX <const> = 1000000
local GROUP_MAX <const> = 80
local LIMIT <const> = 100 -- forms an hour from one network: a ministry behind one address is many people

local known <const> = { seats = "any?", groups = "list?", waitlist = "yes_no?", offer = "text?",
  opens = "text?", closes = "text?", ask = "list?", confirm = "yes_no?", zones = "list?",
  languages = "list?", limit = "any?", intro = "texts?", mails = "list?" }

-- ---- seats and groups ---------------------------------------------------------------------------------

local function is_count(value)
  return math.type(value) == "integer" and value >= 1 and value <= SEATS_MAX
end

local function check_count(what, value)
  if is_count(value) then return end
  check.refuse("signup: %s must be a whole number of seats, at least 1, not %s", what,
    type(value) == "number" and tostring(value) or "a " .. type(value))
end

local function check_group(name)
  if type(name) ~= "string" or not name:find("%S") or #name > GROUP_MAX or name:find("[%c|#]") then
    check.refuse("signup: a group has a name of 1 to %d letters, without | and #", GROUP_MAX)
  end
  if name == FREE then check.refuse('signup: "free" is no group: it is the word for seats of any group') end
end

-- Which groups there are: those that are said, or those that have seats of their own.
local function read_groups(o)
  local list, seen = {}, {}
  local own = type(o.seats) == "table" and o.seats or {}
  for _, name in ipairs(o.groups or {}) do
    check_group(name)
    if seen[name] then check.refuse("signup: groups: '%s' is there twice", name) end
    list[#list + 1], seen[name] = name, true
  end
  for name in pairs(own) do
    if name ~= FREE then
      if type(name) == "number" then
        check.refuse('signup: seats is a number, or one for each group: seats = { ["Local offices"] = 10 }')
      end
      check_group(name)
      if o.groups and not seen[name] then
        check.refuse("signup: seats: no group is called '%s'%s", name, check.meant(name, list))
      end
      if not o.groups then list[#list + 1] = name end
    end
  end
  if o.groups and #list == 0 then check.refuse("signup: groups is an empty list") end
  return list
end

local function read_room(o)
  if o.seats == nil then return nil end
  local room = { own = {}, free = 0 }
  if type(o.seats) ~= "table" then
    check_count("seats", o.seats)
    room.free = o.seats
    return room
  end
  for name, count in pairs(o.seats) do
    check_count(("seats for '%s'"):format(tostring(name)), count)
    if name == FREE then room.free = count else room.own[name] = count end
  end
  return room
end

local function add_seats(plan)
  if not plan.room then return end
  local numbers = { tostring(plan.room.free) }
  plan.seats = plan.room.free
  for _, count in pairs(plan.room.own) do
    plan.seats = plan.seats + count
    numbers[#numbers + 1] = tostring(count)
  end
  plan.room_text = table.concat(numbers, "+"):sub(1, 100)
end

-- Groups of sign-ups are groups like those of the guest list: `coming.Teachers` works.
local function join_groups(plan)
  local there = {}
  for _, name in ipairs(facts.groups) do there[name] = true end
  for _, name in ipairs(plan.asks_group and plan.groups or {}) do
    if not there[name] and facts.groups_were_said then
      check.refuse("signup: no group is called '%s'%s", name, check.meant(name, facts.groups))
    end
    if not there[name] then facts.groups[#facts.groups + 1] = name end
  end
end

-- ---- time ---------------------------------------------------------------------------------------------

local function read_moment(option, phrase)
  local fine, moment = pcall(moments.of, { at = phrase }, {}, facts.event)
  if not fine then check.refuse("signup: %s: %s", option, check.clean(moment)) end
  return moment
end

local function read_times(plan, o)
  plan.opens = o.opens and read_moment("opens", o.opens)
  plan.closes = o.closes and read_moment("closes", o.closes) or facts.event.starts
  if plan.opens and plan.opens.utc >= plan.closes.utc then
    check.refuse("signup: it closes on %s, which is not after it opens on %s", plan.closes.wall,
      plan.opens.wall)
  end
  if plan.closes.utc > facts.event.starts.utc then
    facts.note("the sign-up closes on %s, after the event has begun", plan.closes.wall)
  end
end

local function read_offer(plan, o)
  if not plan.room then
    for _, option in ipairs { "waitlist", "offer" } do
      if o[option] ~= nil then
        check.refuse("signup: %s has no meaning while there is room for everybody: say  seats = ...", option)
      end
    end
    return
  end
  plan.waitlist = o.waitlist ~= false
  if not plan.waitlist and o.offer then
    check.refuse("signup: offer says how long a seat is kept for who waits, and waitlist = false")
  end
  plan.offer = o.offer or "2 days"
  local fine, ends = pcall(usher.time.shift, facts.event.starts, plan.offer)
  if not fine then check.refuse("signup: offer: %s", check.clean(ends)) end
  if ends.utc <= facts.event.starts.utc or plan.offer:find("working") then
    check.refuse('signup: offer is how long a seat is kept for somebody, as in  offer = "2 days"')
  end
  local kept, open = ends.utc - facts.event.starts.utc, plan.opens and
    facts.event.starts.utc - plan.opens.utc
  if open and kept > open // 2 then
    facts.note("an offered seat is kept for %s, and from the opening of the sign-up to the event there are "
      .. "%s: the wait-list will hardly move", plan.offer, usher.time.span_text(open))
  end
end

-- ---- the rest -----------------------------------------------------------------------------------------

local function read_limit(o)
  if o.limit == nil then return LIMIT end
  if o.limit == false or math.type(o.limit) == "integer" and o.limit >= 1 then return o.limit end
  check.refuse("signup: limit is how many forms come in from one network in an hour, or false: no limit")
end

-- The clocks that people may choose from: those that are said, or those of who takes part.
local function read_zones(o)
  local list, seen = {}, {}
  local function add(zone)
    local fine, problem = pcall(usher.time.zone, zone)
    if not fine then check.refuse("signup: zones: %s", check.clean(problem)) end
    if not seen[zone] then list[#list + 1], seen[zone] = zone, true end
  end
  add(facts.event.zone)
  for _, zone in ipairs(o.zones or {}) do add(zone) end
  if not o.zones then
    for _, person in ipairs(facts.everybody()) do add(person.zone) end
  end
  return list
end

local function read_languages(o)
  local list = {}
  for i, code in ipairs(o.languages or { facts.event.language }) do
    if not lang.has(code) then
      check.refuse("signup: languages: the pages are not there in '%s'%s", tostring(code),
        check.meant(tostring(code), lang.codes()))
    end
    list[i] = code
  end
  return #list > 0 and list or { "en" }
end

local function listed_addresses()
  local listed = {}
  for _, guest in ipairs(facts.guests) do
    if guest.mail then listed[guest.mail:lower()] = guest.key end
  end
  return listed
end

-- A key of a list that looks like one of ours would be two people at once.
local function check_keys()
  for _, person in ipairs(facts.everybody()) do
    if person.key:find("^signup%-%d+$") then
      check.refuse("%s: the key '%s' is one that sign-ups have: choose another", person.where, person.key)
    end
  end
end

local function read_plan(o)
  local groups = read_groups(o)
  local plan = {
    path = "/signup/" .. facts.event.id, groups = #groups > 0 and groups or { NOBODY_ASKS },
    asks_group = #groups > 0, room = read_room(o), confirm = o.confirm ~= false, waitlist = false,
    questions = aims.questions("signup", o.ask, true), zones = read_zones(o), languages = read_languages(o),
    limit = read_limit(o), intro = o.intro, listed = listed_addresses(),
  }
  add_seats(plan)
  read_times(plan, o)
  read_offer(plan, o)
  return plan
end

local function declare(given)
  facts.need_event("signup")
  facts.need_no_rules("signup")
  if facts.signup then check.refuse("signup: an event has one sign-up, and there is one already") end
  local o = check.options("signup", given, known)
  check_keys()
  facts.signup = read_plan(o)
  join_groups(facts.signup)
  mails.declare(o.mails or {})
  form.register()
  own_page.register()
  pretend.register()
  answers.follow(acts.follow)
  settle.at_end(mails.begin)
end

--- signup { seats = 40, ask = { "Your office" } } -> nothing
--- Lets people sign up on a page, whose address is /signup/ and the event's id ({signup_page} in mails).
--- It stands above the first rule. Who signs up has a page of their own, is told by mail how it stands, and
--- is in one of the audiences `coming`, `waiting` and `declined`. All of these may be left out:
---   seats      how many, or how many for each group: { Teachers = 10, free = 5 }, the free ones for all
---   groups     what to choose from: { "Teachers", "Students" }
---   waitlist   false: who finds no seat can't sign up; else they wait, in the order of arrival
---   offer      how long a seat that came free is kept for who is next ("2 days")
---   opens, closes   phrases as in `at`; it closes when the event begins
---   ask        questions: { "Your office", choice "Lunch" { "Rice", "Red rice" }, yes_no "First time?" }
---   confirm    false: counts without the link in the mail, for forms that strangers do not see
---   intro      a text above the form
---   zones, languages   what people choose from
---   limit      how many forms come in from one network in an hour (100); false: as many as like
---   mails      other texts for check, seat, waiting, offer, expired, cancelled or known:
---              { seat = { subject = "...", text = "..." } }
--- Example: event "talk" { title = "Talk", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
---   where = "Hall 2", from = "Office <office@office.example>" }
--- people { { name = "The office", role = "organiser", mail = "office@office.example" } }
--- signup { seats = 40, ask = { "Your office" } }
signup.signup = check.word(declare)

return signup
