-- SPDX-License-Identifier: MIT
-- signup_pretend: who signs up in a rehearsal. Invented people fill in the form and press the buttons of
-- their pages, through the same routes as everybody; so a rehearsal shows the mails, the wait-list and what
-- becomes of the seats. Always the same people at the same times.
--
-- With --guest accepts (as usual) they confirm after two hours. Once somebody waits, the first of those who
-- have a seat gives it up a day later, and for the second who waits the second; the first who is offered a
-- seat takes it, the second lets the offer pass. Who declines cancels after a day; who is silent does not
-- open the link; who is late comes the day before the start, or an hour before it closes.
local calendar = require "usher.calendar"
local facts = require "usher.facts"
local links = require "usher.links"
local pretend = require "usher.pretend"
local seats = require "usher.seats"
local session_choice = require "usher.session_choice"

local signup_pretend = {}

local STRANGERS_MAX <const> = 60 -- with more seats than that, a rehearsal does not fill them
local WAITING <const> = 4
local UNLIMITED <const> = 5
local HOUR_MS <const> = 3600 * 1000
local DAY_MS <const> = 24 * HOUR_MS
local PERIOD_MAX_MS <const> = 30 * DAY_MS

local first_names <const> = { "Tashi", "Pema", "Sonam", "Karma", "Dechen", "Kinley", "Ugyen", "Jigme" }
local last_names <const> = { "Dorji", "Wangmo", "Tshering", "Choden", "Norbu", "Lhamo", "Penjor", "Yangzom" }

local function plan() return facts.signup end

-- ---- who comes ----------------------------------------------------------------------------------------

-- As many as there are seats and a few more. Each group fills its own; then come those for the free ones.
local function groups_in_order()
  local order, room = {}, plan().room
  local own = room and room.own or {}
  for _, group in ipairs(plan().groups) do
    for _ = 1, own[group] or 0 do order[#order + 1] = group end
  end
  local more = room and room.free or UNLIMITED
  if plan().waitlist then more = more + WAITING end
  for n = 1, more do order[#order + 1] = plan().groups[(n - 1) % #plan().groups + 1] end
  return order
end

local function answer_to(question, n)
  if question.kind == "choice" then return question.options[(n - 1) % #question.options + 1] end
  if question.kind == "rating" then
    return tostring(question.from + (n - 1) % (question.to - question.from + 1))
  end
  if question.kind == "yes_no" then return n % 2 == 1 and "yes" or "no" end
  return "Office " .. n
end

local function name_of(n)
  return ("%s %s"):format(first_names[(n - 1) % #first_names + 1],
    last_names[((n - 1) // #first_names + n - 1) % #last_names + 1])
end

local function mail_of(n)
  return ("%s.%d@guest.example"):format(name_of(n):lower():gsub(" ", "."), n)
end

local function add_answers(form, n)
  for _, question in ipairs(plan().questions) do
    form["ask: " .. question.key] = answer_to(question, n)
  end
  return form
end

local function form_of(n, group, at)
  return add_answers({
    name = name_of(n), mail = mail_of(n), group = group,
    zone = plan().zones[(n - 1) % #plan().zones + 1], lang = plan().languages[1],
    note = usher.link.make("door", tostring(at - 60000)),
  }, n)
end

-- ---- when they come -----------------------------------------------------------------------------------

-- Ten in the morning of the event's clock, of the first working day from there; or then, when that is too
-- late.
local function morning_of(ms, last)
  local zone = facts.event.zone
  for day = 0, 9 do
    local date = usher.time.format(ms + day * DAY_MS, zone, "%Y-%m-%d")
    local morning = usher.time.at(date .. " 10:00", zone).utc
    if morning >= ms and not calendar.day_off(date, zone) then
      return morning < last and morning or ms
    end
  end
  return ms
end

-- Most come when it opens, the others half-way.
local function arrivals(from)
  local first = math.max(from, plan().opens and plan().opens.utc or from)
  local last = math.min(plan().closes.utc, first + PERIOD_MAX_MS)
  if last <= first then return nil end
  return morning_of(first, last), morning_of(first + (last - first) // 3, last)
end

-- Those who are late come when there is hardly any time left.
local function arrival_of(mail, usual)
  if pretend.how(mail) ~= "late" then return usual end
  return math.max(usual, math.min(pretend.late_at(), plan().closes.utc - HOUR_MS))
end

-- pretend.begin's function: { now } -> list of acts
local function strangers(request)
  local early, later = arrivals(request.now)
  if not early then return {} end
  local groups, list = groups_in_order(), {}
  local count = math.min(#groups, STRANGERS_MAX)
  for n = 1, count do
    local at = arrival_of(mail_of(n), n <= count * 2 // 3 and early or later)
    list[n] = { at = at, visit = { method = "POST", path = plan().path, form = form_of(n, groups[n], at),
      form_all = session_choice.pretended(),
      address = ("192.0.2.%d"):format(n) } } -- a block for examples (RFC 5737)
  end
  return list
end

-- ---- what they do about their mails -------------------------------------------------------------------

local did <const> = { confirm = "confirmed the sign-up", cancel = "gave the seat up",
  take = "took the seat that was offered" }

-- when = { after = } or { at = }
local function press(key, when, act, form)
  form = form or {}
  form.act = act
  return { after = when.after, at = when.at, about = { person = key, did = did[act] },
    visit = { method = "POST", path = links.path("signup", key), form = form,
      form_all = session_choice.pretended() } }
end

-- So many days from now, and never on a day off: else a rehearsal would warn of what nobody planned.
local function days_from_now(days)
  local zone, ms = facts.event.zone, usher.now() + days * DAY_MS
  for _ = 1, 9 do
    if not calendar.day_off(usher.time.format(ms, zone, "%Y-%m-%d"), zone) then break end
    ms = ms + DAY_MS
  end
  return { at = ms }
end

local function confirm(key)
  local entry = seats.entry(key)
  if not entry or entry.state ~= "pending" then return nil end
  local form = { name = entry.form.name }
  for _, question in ipairs(plan().questions) do
    form["ask: " .. question.key] = entry.answers[question.key]
  end
  return press(key, { after = "2 hours" }, "confirm", form)
end

local function key_of_place(place)
  for key, entry in usher.book("signup"):each() do
    if entry.place == place and entry.state == "seat" then return key end
  end
end

-- Somebody who has a seat makes room for the one who waits.
local function make_room(entry)
  local number = seats.number(entry)
  local key = number and number <= 2 and key_of_place(number)
  return key and press(key, days_from_now(number), "cancel")
end

local function cancel_in_time(key)
  local at = pretend.cancels_at(usher.now())
  return at and press(key, { at = at }, "cancel")
end

local reactions <const> = {
  check = function(key, how)
    if how ~= "silent" then return confirm(key) end
  end,
  seat = function(key, how)
    if how == "declines" then return press(key, { after = "1 day" }, "cancel") end
    if how == "cancels" then return cancel_in_time(key) end
  end,
  waiting = function(_, how, entry)
    if how ~= "declines" and entry.state == "waiting" then return make_room(entry) end
  end,
  offer = function(key, how, entry)
    if how == "declines" then return press(key, { after = "3 hours" }, "cancel") end
    if entry.place ~= plan().seats + 2 then return press(key, { after = "3 hours" }, "take") end
  end,
}

local function react(mail)
  local about = mail.args and mail.args.about or {}
  local kind = tostring(about.rule):match("^signup%-(%a+)$")
  local entry = kind and about.person and seats.entry(about.person)
  if not entry or not reactions[kind] then return nil end
  local act = reactions[kind](about.person, mail.guest or "accepts", entry)
  return act and { act }
end

function signup_pretend.register()
  pretend.begin(strangers)
  pretend.add(react)
end

return signup_pretend
