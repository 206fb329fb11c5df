-- SPDX-License-Identifier: MIT
-- pretend: what people do in a rehearsal about the mails that they get. Words add what their guests would do;
-- the virtual world asks after each mail, and carries the acts out when their time comes.
--   act = { after = "1 day", call = handler, with = request }
--      or { after = "1 day", visit = { method = "POST", path = "/a/TOKEN", form = { answer = "yes" } } }
--      or { after = "1 day", arrive = a mail that comes into the mailbox, as core/mail/incoming.h has it }
-- instead of after: at = milliseconds since 1970. about = { person = key, did = "answered yes" }: for whoever
-- reads what that person gets and does.
--
-- What a guest does in a rehearsal is one of these (--guest):
--   accepts   answers yes the day after the first mail that asks, is there, answers the survey
--   declines  answers no then
--   silent    does nothing at all
--   late      answers yes the day before the start; whoever signs up does so then, or an hour before that
--             closes
--   cancels   accepts, and answers no two days before the start, or an hour later when that is past
--   no-show   accepts, and is not there
--   bounces   mail to them comes back: the address takes none
-- A mixture gives each guest theirs by their key, so that it is the same in every rehearsal.
local check = require "usher.check"
local facts = require "usher.facts"
local roster = require "usher.roster"

local pretend = {}

local people <const>, strangers <const> = {}, {}

local MINUTE_MS <const> = 60 * 1000
local HOUR_MS <const> = 60 * MINUTE_MS
local DAY_MS <const> = 24 * HOUR_MS
local CANCELS_BEFORE_MS <const> = 2 * DAY_MS

-- pretend.add(fn): fn(mail) -> list of acts, or nil. mail = { args = as usher.mail took them, guest = what
-- its reader does, ... }
function pretend.add(fn)
  people[#people + 1] = fn
end

-- pretend.begin(fn): fn(request) -> list of acts of people who come without having been written to. Asked
-- once, when a rehearsal begins. request = { now = ms }
function pretend.begin(fn)
  strangers[#strangers + 1] = fn
end

-- ---- who does what ------------------------------------------------------------------------------------

-- A number from 0 to 9999 that follows from the text: FNV-1a, and MurmurHash3's last step, because keys are
-- often numbers that follow each other.
local function lot(text)
  local h = 0x811c9dc5
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x01000193 & 0xffffffff end
  h = (h ~ h >> 16) * 0x85ebca6b & 0xffffffff
  h = (h ~ h >> 13) * 0xc2b2ae35 & 0xffffffff
  return (h ~ h >> 16) % 10000
end

local function said()
  local _, told = usher.rehearsing()
  return told and told.guests
end

-- pretend.how(id) -> what somebody does: id is the key of whoever is on a list, else the mail address
function pretend.how(id)
  local guests = said()
  if not guests then return "accepts" end
  if guests.people[id] then return guests.people[id] end
  local left = lot(id)
  for _, part in ipairs(guests.mix) do
    left = left - 100 * part.share
    if left < 0 then return part.how end
  end
  return "accepts"
end

local function how_of(key)
  if not key then return "accepts" end
  local person, entry = roster.person(key), roster.signup(key)
  if entry then return pretend.how((person and person.mail or entry.form.mail):lower()) end
  return person and person.guest and pretend.how(key) or "accepts"
end

-- pretend.check(): refuses a rehearsal with words about people who are not there. Whoever will sign up is
-- on no list, and is meant by an address. In a story they may be somebody of another event.
function pretend.check()
  local _, told = usher.rehearsing()
  local guests = said()
  if told and told.several then return end
  for key in pairs(guests and guests.people or {}) do
    local person = facts.by_key[key]
    if not (person and person.guest) and not (facts.signup and key:find("@", 1, true)) then
      local keys = {}
      for i, guest in ipairs(facts.guests) do keys[i] = guest.key end
      error(("--guest: no guest has the key '%s'%s"):format(key, check.meant(key, keys)), 0)
    end
  end
end

local likely <const> = { accepts = true, late = true, cancels = true, ["no-show"] = true }
local there <const> = { accepts = true, late = true }

-- pretend.comes(how): says yes at first. pretend.is_there(how): and goes in, and answers what is asked later.
function pretend.comes(how) return likely[how or "accepts"] == true end
function pretend.is_there(how) return there[how or "accepts"] == true end

-- ---- when they do it ----------------------------------------------------------------------------------

-- pretend.late_at() -> ms: when somebody does who is late: the day before the start, or soon when that is
-- past
function pretend.late_at()
  return math.max(facts.event.starts.utc - DAY_MS, usher.now() + HOUR_MS)
end

-- pretend.cancels_at(yes_at) -> ms, or nil: when somebody cancels who says yes then; nil: it begins before
function pretend.cancels_at(yes_at)
  local at = math.max(facts.event.starts.utc - CANCELS_BEFORE_MS, yes_at + HOUR_MS)
  return at < facts.event.starts.utc and at or nil
end

-- ---- mails that come back -----------------------------------------------------------------------------

-- A server's report, as it would come into the mailbox.
local function bounce(mail)
  local args = mail.args
  local about = { person = args.about.person, did = "the mail came back", came_back = true }
  return { { after = "2 minutes", about = about,
    arrive = { id = "bounce." .. args.id, from = "mailer-daemon@mx.example",
      subject = "Undelivered Mail Returned to Sender", text = "The address takes no mail.",
      original = { id = args.id },
      reports = { { action = "failed", status = "5.1.1",
        ["diagnostic-code"] = "smtp; 550 5.1.1 no such user" } } } } }
end

-- ---- the handlers ---------------------------------------------------------------------------------------

-- The handler "pretend-begin".
function pretend.first_acts(request)
  local all = {}
  for _, fn in ipairs(strangers) do
    for _, act in ipairs(fn(request) or {}) do all[#all + 1] = act end
  end
  return all
end

-- The handler "pretend": what everybody does about this mail. An assistant's copy reaches the assistant.
function pretend.acts(mail)
  local about, all = mail.args and mail.args.about or {}, {}
  mail.guest = mail.guest or how_of(about.person)
  if mail.guest == "bounces" and about.what ~= "copy" then return bounce(mail) end
  for _, fn in ipairs(people) do
    for _, act in ipairs(fn(mail) or {}) do
      act.about = act.about or { person = about.person, did = "wrote to the office" }
      all[#all + 1] = act
    end
  end
  return all
end

return pretend
