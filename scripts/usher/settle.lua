-- SPDX-License-Identifier: MIT
-- settle: what an event brings with it: the handlers that answer for it, and, when the script has said
-- everything, the description with the zones of all who take part.
local approval = require "usher.approval"
local approval_ask = require "usher.approval_ask"
local answer_page = require "usher.answer_page"
local answers = require "usher.answers"
local attendance = require "usher.attendance"
local attendance_desk = require "usher.attendance_desk"
local attendance_zoom = require "usher.attendance_zoom"
local ask = require "usher.ask"
local calendar = require "usher.calendar"
local cancel = require "usher.cancel"
local check = require "usher.check"
local deputy_page = require "usher.deputy_page"
local editions = require "usher.editions"
local facts = require "usher.facts"
local feed = require "usher.feed"
local frame = require "usher.frame"
local handed = require "usher.handed"
local handover = require "usher.handover"
local invite = require "usher.invite"
local invite_now = require "usher.invite_now"
local join_page = require "usher.join_page"
local lang = require "usher.lang"
local letters = require "usher.letters"
local login = require "usher.login"
local office = require "usher.office"
local office_pages = require "usher.office.pages"
local mailbox = require "usher.mailbox"
local outbox = require "usher.outbox"
local people = require "usher.people"
local personal = require "usher.personal"
local pretend = require "usher.pretend"
local programme = require "usher.programme"
local report = require "usher.report"
local show_page = require "usher.show_page"
local show_steer = require "usher.show_steer"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local test_mail = require "usher.test_mail"
local timeline = require "usher.timeline"
local undecided = require "usher.undecided"
local unsubscribe_page = require "usher.unsubscribe_page"
local zoom_place = require "usher.zoom_place"
require "usher.personal_books"

local settle = {}

-- The event's zone first, then those of the people, then those of the guests, each once.
local function zones()
  local list, seen = {}, {}
  local function add(zone)
    if seen[zone] then return end
    seen[zone] = true
    list[#list + 1] = { name = calendar.place(zone), zone = zone }
  end
  add(facts.event.zone)
  for _, person in ipairs(facts.everybody()) do add(person.zone) end
  for _, zone in ipairs(facts.signup and facts.signup.zones or {}) do add(zone) end
  return list
end

-- The days themselves against the calendars of those who take part.
local function check_day(session, add)
  local told = {}
  for _, person in ipairs(facts.everybody()) do
    local date = usher.time.format(session.starts, person.zone, "%Y-%m-%d")
    local off = calendar.day_off(date, person.zone)
    local whom = person.guest and "the guests" or facts.full_name(person)
    if off and not told[whom .. person.zone] then
      told[whom .. person.zone] = true
      add("%s is a non-working day for %s in %s: %s", usher.time.format(session.starts, person.zone,
        "%a %d %b %Y"), whom, calendar.place(person.zone), off)
    end
  end
end

-- Words that a machine made go to nobody before somebody has read them.
local function check_languages(add)
  local counts = {}
  for _, guest in ipairs(facts.guests) do
    local name = lang.unread(guest.language)
    if name then counts[name] = (counts[name] or 0) + 1 end
  end
  for name, count in pairs(counts) do
    add("%d %s %s: usher's own %s texts and pages were made by a machine, so let a speaker read them first",
      count, count == 1 and "guest reads" or "guests read", name, name)
  end
end

-- Sentences that are no errors, but that somebody should read before the first mail.
local function sentences()
  local list = table.move(facts.notes, 1, #facts.notes, 1, {})
  local function add(sentence, ...) list[#list + 1] = sentence:format(...) end
  programme.check(add)
  for _, session in ipairs(sessions.all()) do check_day(session, add) end
  calendar.check(add)
  check_languages(add)
  return list
end

local function guests_text(n) return n == 1 and "1 guest" or n .. " guests" end

-- What the event begins with: "24 guests, 16 of them from hlb-2021/trainings (Data protection)".
local function opening()
  local counts, order = {}, {}
  for _, guest in ipairs(facts.guests) do
    local from = guest.wish and handed.from(guest.wish)
    if from and not counts[from] then order[#order + 1] = from end
    if from then counts[from] = (counts[from] or 0) + 1 end
  end
  local parts = { guests_text(#facts.guests) }
  for _, from in ipairs(order) do
    local all = counts[from] == #facts.guests
    parts[#parts + 1] = all and "from " .. from or ("%d of them from %s"):format(counts[from], from)
  end
  return table.concat(parts, ", ")
end

-- settle.about() -> the event as timeline and plan want to know it; nil: the script uses no words.
function settle.about()
  if not facts.event then return nil end
  return {
    title = facts.event.title, starts = facts.event.starts, ends = facts.event.ends,
    zone = facts.event.zone, zones = zones(), notes = sentences(),
    day_off = calendar.day_off, sessions = sessions.is_series() and #sessions.all() or nil,
    person = roster.person, opening = opening(), approval = #facts.event.approvers > 0,
  }
end

local function rehearsed(request)
  return timeline.report(request, settle.about())
end

local LEAST_MAILS <const> = 100
local MOST_MAILS <const> = 1000000 -- the greatest number that usher.describe takes
local OPEN_MAILS <const> = 2000 -- whoever finds the page may sign up, and be put on the wait-list

-- How many mails may leave within an hour before somebody must look: two for everybody on the lists, as many
-- for each assistant, who gets copies, and two for whoever may sign up.
local function mails_an_hour()
  local signup, most = facts.signup, 2 * (#facts.people + #facts.guests)
  for _, guest in ipairs(facts.guests) do most = most + (guest.assistant and 2 or 0) end
  if signup then most = most + OPEN_MAILS + 2 * (signup.seats or 0) end
  return math.min(math.max(most, LEAST_MAILS), MOST_MAILS)
end

-- Whom the event names must be there, whether or not a rule writes to them.
local function check_keys()
  for _, key in ipairs(facts.event.organisers) do people.need('event: organisers', key) end
  if facts.event.host then people.need('event: host', facts.event.host) end
  approval.check_keys()
end

local last <const> = {}

-- settle.at_end(fn): fn() is called when the script has said everything, before usher.describe.
function settle.at_end(fn) last[#last + 1] = fn end

local function finish()
  check.nothing_waits()
  facts.need_dates("event")
  check_keys()
  pretend.check()
  for _, fn in ipairs(last) do fn() end
  letters.register()
  zoom_place.register()
  approval.seal(facts.rules)
  approval.seal(letters.rules())
  approval_ask.begin()
  attendance_zoom.register()
  local event = facts.event
  usher.describe { id = event.id, title = event.title, zone = event.zone, zones = zones(),
    mails_an_hour_max = event.mails_an_hour or mails_an_hour(), hands_on = handed.declared() }
end

local registered = false

-- Called by the word `event` as soon as it has a name.
function settle.register()
  if registered then return end
  registered = true
  frame.register()
  feed.register()
  answer_page.register()
  deputy_page.register()
  join_page.register()
  ask.register()
  unsubscribe_page.register()
  login.register()
  office.register()
  office_pages.register()
  show_page.register()
  show_steer.register()
  mailbox.register()
  approval_ask.register()
  outbox.register()
  test_mail.register()
  report.register()
  editions.register()
  cancel.register()
  personal.register()
  usher.on("answer", answers.by_office)
  usher.on("deputy", answers.deputy_by_office)
  usher.on("hand-over", handover.by_office)
  usher.on("attended", attendance.mark)
  attendance_desk.register()
  usher.on("invite-now", invite_now.invite)
  usher.on("who", answers.who)
  usher.on("pretend", pretend.acts)
  usher.on("pretend-begin", pretend.first_acts)
  usher.on("decide", undecided.decide)
  usher.on("ics", invite.show)
  usher.on("rehearsed", rehearsed)
  usher.at_end(check.word(finish))
end

return settle
