-- SPDX-License-Identifier: MIT
-- approval_ask: the approvers are asked by mail while something waits for their word: a working day before
-- the first moment of a rule, or at once when that is nearer, and once more two hours before. One mail names
-- everything that waits, so that one sitting is enough; whoever has approved in advance hears nothing.
--
-- It is one flow for the event. A step of it is named after the marks of what it asks about, so that a script
-- with another text in it asks anew, at once when the moment has passed.
local approval = require "usher.approval"
local calendar = require "usher.calendar"
local facts = require "usher.facts"
local parts = require "usher.office.parts"
local pretend = require "usher.pretend"
local sample = require "usher.sample"
local template = require "usher.template"

local ask = {}

local HOUR_MS <const> = 3600 * 1000
local FLOW <const> = parts.APPROVAL_FLOW
local KEY <const> = "approvers"
local LAST_CALL_MS <const> = 2 * HOUR_MS
local TOGETHER_MS <const> = 4 * HOUR_MS -- what is asked within that time is asked in one mail
local LISTED_MAX <const> = 40

-- ---- when ---------------------------------------------------------------------------------------------

-- A working day before, by the clock and the calendar of the event.
local function day_before(ms)
  local zone = facts.event.zone
  local moment = usher.time.at(usher.time.format(ms, zone, "%Y-%m-%d %H:%M"), zone, { clock = "earlier" })
  return usher.time.phrase("1 working day before", { starts = moment, ends = moment, zone = zone,
    weekend = facts.event.weekend, holidays = calendar.days(zone) }).utc
end

-- Every moment at which somebody is asked about one rule. Mails that people cause have no moment: at once.
local function moments_of_all(rules)
  local list = {}
  for _, rule in ipairs(rules) do
    if rule.hash then
      local first = rule.due and rule.due.first
      list[#list + 1] = { at = first and day_before(first) or 0, name = rule.name, hash = rule.hash }
      list[#list + 1] = first and { at = first - LAST_CALL_MS, name = rule.name, hash = rule.hash,
        last = true } or nil
    end
  end
  table.sort(list, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.name < b.name
  end)
  return list
end

-- The same in few mails: { at = ms (0: at once), names of rules, marks }. A last call waits for nobody.
local function asks_of(rules)
  local asks, open = {}, nil
  for _, one in ipairs(moments_of_all(rules)) do
    if not open or one.last or one.at - open.at >= TOGETHER_MS then
      open = { at = one.at, names = {}, marks = { one.last and "last" or "first" } }
      asks[#asks + 1] = open
    end
    open.names[#open.names + 1], open.marks[#open.marks + 1] = one.name, one.hash
  end
  return asks
end

-- When nothing of it is of use any more.
local function end_of(rules)
  local last = facts.event.ends.utc
  for _, rule in ipairs(rules) do
    local due = rule.hash and rule.due
    if due then last = math.max(last, due.ends < math.maxinteger and due.ends or due.last) end
  end
  return last
end

-- ---- the mail -----------------------------------------------------------------------------------------

-- Inside usher.decide: names of everything that waits, when one of `names` does; or nothing.
local function what_waits(names)
  local waiting, meant = {}, {}
  for _, name in ipairs(names) do meant[name] = true end
  local is_asked = false
  for _, rule in ipairs(sample.rules()) do
    if approval.waits(rule) and (not rule.due or rule.due.ends > usher.now()) then
      waiting[#waiting + 1] = rule.name
      is_asked = is_asked or meant[rule.name] == true
    end
  end
  return is_asked and waiting or {}
end

local function line_of(rule, zone)
  local when = rule.due and template.clock(rule.due.first, zone, "en") or "when somebody's act causes it"
  local whom = #rule.parts > 0 and "to " .. parts.audience(rule) or "to whom it concerns"
  return ("- **%s** %s: %s"):format(template.escape(rule.name), template.escape(whom), when)
end

local function by_moment(a, b)
  local first, other = a.due and a.due.first or 0, b.due and b.due.first or 0
  if first ~= other then return first < other end
  return a.name < b.name
end

local function lines_of(names, zone)
  local is_meant, list, lines = {}, {}, {}
  for _, name in ipairs(names) do is_meant[name] = true end
  for _, rule in ipairs(sample.rules()) do
    if is_meant[rule.name] then list[#list + 1] = rule end
  end
  table.sort(list, by_moment)
  for i = 1, math.min(#list, LISTED_MAX) do lines[i] = line_of(list[i], zone) end
  if #names > #lines then lines[#lines + 1] = ("- and %d more"):format(#names - #lines) end
  return table.concat(lines, "\n")
end

local function text_of(person, names)
  local page, id = usher.http.url(parts.path "outbox"), facts.event.id
  local where = page and ("Here you see each as it will look, and to whom it goes:\n\n<%s>\n\n"
    .. "Or in a window: "):format(page) or "In a window: "
  return ([[
Dear %s,

before the first mail of a rule leaves for **%s**, somebody reads it. These wait for the word of %s:

%s

%s`usher outbox %s` and `usher approve %s RULE`.

Until then they are held and not sent. A mail that is held until it would come too late is not sent at all.
]]):format(template.escape(facts.full_name(person)), template.escape(facts.event.title),
    template.escape(approval.names()), lines_of(names, person.zone), where, id, id)
end

local function send(names, mark)
  local event, people = facts.event, approval.approvers()
  local sender = event.from or usher.sender()
  usher.each(people, { by = "key" }, function(person)
    usher.mail { "please approve " .. mark, to = template.address(person), as = person.key, from = sender,
      lang = "en", reply_to = event.reply_to, zone = event.zone, unsure = "resend",
      subject = ("Please approve %s: %s"):format(#names == 1 and names[1] or parts.count(#names, "mail"),
        event.title:gsub("%s+", " ")),
      text = text_of(person, names), about = { rule = FLOW, person = person.key,
        whom = facts.full_name(person), what = "mail", names = names } }
  end)
end

-- The flow. What fell due while nobody looked is asked about together. It lasts as long as a text may be
-- edited: then it asks anew.
local function life()
  local rules = sample.rules()
  local asks, i = asks_of(rules), 1
  while i <= #asks do
    local mark, names = usher.hash(table.unpack(asks[i].marks)):sub(1, 8), {}
    if asks[i].at > 0 then usher.due("ask " .. mark, asks[i].at) end
    repeat
      table.move(asks[i].names, 1, #asks[i].names, #names + 1, names)
      i = i + 1
    until i > #asks or asks[i].at > usher.now()
    local waiting = usher.decide("waits " .. mark, what_waits, names)
    if #waiting > 0 then send(waiting, mark) end
  end
  usher.due("end", end_of(rules))
  return { done = true }
end

-- ---- in a rehearsal -----------------------------------------------------------------------------------

-- The first of those who are asked reads it within the hour, unless the rehearsal is one of silence.
local function on_mail(mail)
  local about, _, told = mail.args and mail.args.about or {}, usher.rehearsing()
  local first = facts.event.approvers[1]
  if about.rule ~= FLOW or about.person ~= first or told and told.approver == "silent" then return nil end
  return { { after = "1 hour", call = "approve", with = { rules = about.names, who = first } } }
end

-- ask.register(): by the word `event`.
function ask.register()
  usher.flow(FLOW, life)
  pretend.add(on_mail)
end

-- ask.begin(): once every rule has its mark.
function ask.begin()
  if #moments_of_all(sample.rules()) == 0 then return end
  usher.start(FLOW, { key = KEY, label = approval.names() })
end

return ask
