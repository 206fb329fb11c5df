-- SPDX-License-Identifier: MIT
-- approval_ask: the approvers are asked by mail while something waits for their word: a working day before
-- the first moment of a rule, or at once when that is nearer, and once more two hours before. One mail names
-- everything that waits, so that one sitting is enough; whoever has approved in advance hears nothing.
--
-- It is one flow, whose key is a mark of all that is to be approved and when. A script that says something
-- else has another key and so a flow of its own; the older one sees that and ends.
--   input { asks = list of { at = ms, 0: at once; names of rules } in order of time }
--   book "approval asks": "newest" -> key
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
      list[#list + 1] = { at = first and day_before(first) or 0, name = rule.name }
      list[#list + 1] = first and { at = first - LAST_CALL_MS, name = rule.name, last = true } or nil
    end
  end
  table.sort(list, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.name < b.name
  end)
  return list
end

-- The same in few mails. A last call waits for nobody.
local function together(list)
  local asks, open = {}, nil
  for _, one in ipairs(list) do
    if not open or one.last or one.at - open.at >= TOGETHER_MS then
      open = { at = one.at, names = {} }
      asks[#asks + 1] = open
    end
    open.names[#open.names + 1] = one.name
  end
  return asks
end

-- ---- the mail -----------------------------------------------------------------------------------------

-- Inside usher.decide: names of everything that waits, when one of `names` does; or nothing.
local function what_waits(key, names)
  local newest, waiting, meant = usher.book("approval asks"):get "newest", {}, {}
  if newest ~= key then return { over = true } end
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

local function send(names)
  local event, people = facts.event, approval.approvers()
  local sender = event.from or usher.sender()
  usher.each(people, { by = "key" }, function(person)
    usher.mail { "please approve", to = template.address(person), as = person.key, from = sender, lang = "en",
      reply_to = event.reply_to, zone = event.zone, unsure = "resend", text = text_of(person, names),
      subject = ("Please approve %s: %s"):format(#names == 1 and names[1] or parts.count(#names, "mail"),
        event.title:gsub("%s+", " ")),
      about = { rule = FLOW, person = person.key, what = "mail", names = names } }
  end)
end

local function begin(key)
  usher.book("approval asks"):set("newest", key)
  return true
end

-- The flow. What fell due while nobody looked is asked about together.
local function life(input)
  local key, i, n = usher.self().key, 1, 0
  usher.decide("begin", begin, key)
  while i <= #input.asks do
    n = n + 1
    if input.asks[i].at > 0 then usher.due(("ask %d"):format(n), input.asks[i].at) end
    local names = {}
    repeat
      table.move(input.asks[i].names, 1, #input.asks[i].names, #names + 1, names)
      i = i + 1
    until i > #input.asks or input.asks[i].at > usher.now()
    local waiting = usher.decide(("waits %d"):format(n), what_waits, key, names)
    if waiting.over then return { skipped = "the script says something else by now" } end
    if #waiting > 0 then send(waiting) end
  end
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
  local list, marks = moments_of_all(sample.rules()), {}
  if #list == 0 then return end
  for i, one in ipairs(list) do marks[i] = ("%s %d"):format(one.name, one.at) end
  for _, rule in ipairs(sample.rules()) do marks[#marks + 1] = rule.hash end
  usher.start(FLOW, { key = usher.hash(table.unpack(marks)):sub(1, 16), label = approval.names(),
    input = { asks = together(list) } })
end

return ask
