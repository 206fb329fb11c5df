-- SPDX-License-Identifier: MIT
-- interest: who would like to hear of what comes next. A form with names and consent, apart from any
-- anonymous survey; whoever sends it becomes the audience `interested.NAME`, and the list of a later event.
--
--   facts.interests: list of { name, title, intro, purpose = texts, parts, opens, closes = moments,
--     questions, wishes = the question for what there is to choose, or nil }
--   book "interest-NAME": person's key -> { answers = question -> answer, consent = what for, at = ms }
local audience = require "usher.audience"
local check = require "usher.check"
local csv_out = require "usher.csv_out"
local facts = require "usher.facts"
local handed = require "usher.handed"
local lang = require "usher.lang"
local mail = require "usher.mail"
local moments = require "usher.moments"
local page = require "usher.interest_page"
local pretend = require "usher.interest_pretend"
local questions = require "usher.questions"
local roster = require "usher.roster"
local sending = require "usher.sending"
local texts = require "usher.texts"

local interest = {}

local known <const> = { to = "any", opens = "text?", closes = "text?", choose = "list?", text = "texts?",
  ask = "list?", purpose = "texts?", title = "texts?", intro = "texts?", at = "text?", quiet = "yes_no?",
  nudges = "list?", subject = "texts?", file = "texts?", from = "text?", reply_to = "text?",
  approve = "yes_no?" }

-- ---- declaring it -------------------------------------------------------------------------------------

local function moment_of(title, option, phrase)
  local fine, moment = pcall(moments.of, { at = phrase }, {}, facts.event)
  if not fine then check.refuse("%s: %s: %s", title, option, check.clean(moment)) end
  return moment
end

local function in_all_languages(key)
  local by_code = {}
  for code in pairs(lang.all()) do by_code[code] = lang.text(code, "interest." .. key) end
  return by_code
end

-- What may be chosen, then what else is asked, then a text.
local function read_questions(title, form, o)
  local list = {}
  if o.choose then
    if type(o.choose[1]) ~= "string" then
      check.refuse('%s: choose: list what there is, as in  choose = { "Data protection", "Social media" }',
        title)
    end
    form.wishes = questions.choice(in_all_languages "choose")
    local options = table.move(o.choose, 1, #o.choose, 1, { several = true, required = true })
    if #o.choose == 1 then options[2] = lang.text("en", "interest.undecided") end
    list[1] = form.wishes(options)
  end
  for _, one in ipairs(questions.list(title, o.ask)) do list[#list + 1] = one end
  if o.text then list[#list + 1] = questions.text(o.text) { long = true } end
  return questions.list(title, list)
end

local function is_wanted(form)
  return function(person)
    if usher.now() >= form.closes.utc then return "the form has closed" end
    return not interest.entry(form.name, person.key) or "has said so already"
  end
end

local function add_rule(form, name, o)
  local rule = mail.rule("interest", name, o, form.parts)
  rule.anchor = { starts = form.opens, ends = form.closes }
  rule.also, rule.about, rule.personal, rule.what = is_wanted(form), form.name, true, "mail"
  local units = {}
  for i, person in ipairs(audience.candidates(form.parts)) do
    units[i] = { person = person, key = person.key }
  end
  sending.declare(rule, units)
end

local function add_mails(form, o)
  local ready = texts["interest-opens"]
  add_rule(form, form.name, { at = o.at or "1 working day after, 14:00", late = "until end",
    unsure = "ask", from = o.from, reply_to = o.reply_to, approve = o.approve, file = o.file,
    subject = o.subject or ready.subject,
    text = not o.file and ready.text or nil })
  for i, phrase in ipairs(o.nudges or {}) do
    local nudge = texts["interest-nudge"]
    add_rule(form, ("%s-nudge-%d"):format(form.name, i), { at = phrase, late = "until end", from = o.from,
      reply_to = o.reply_to, approve = o.approve, subject = nudge.subject, text = nudge.text })
  end
end

local function declare(name, given)
  local title = ('interest "%s"'):format(name)
  local o = check.options(title, given, known)
  if facts.interest_named[name] then
    check.refuse("%s: there is an interest form of this name already", title)
  end
  if mail.is_left_out(name) then return end
  local form = { name = name, title = o.title, intro = o.intro, purpose = o.purpose,
    parts = audience.parts(title, o.to), opens = moment_of(title, "opens", o.opens or "at the end"),
    closes = moment_of(title, "closes", o.closes or "10 working days after, 17:00") }
  if form.opens.utc >= form.closes.utc then
    check.refuse("%s: it closes on %s, which is not after it opens on %s", title, form.closes.wall,
      form.opens.wall)
  end
  form.questions = read_questions(title, form, o)
  facts.interest_named[name], facts.interests[#facts.interests + 1] = form, form
  if #facts.interests == 1 then
    page.register()
    pretend.register()
    interest.register()
  end
  if not o.quiet then add_mails(form, o) end
end

--- interest "trainings" { to =, choose = { ... } } -> nothing
--- A form, with names, in which people say what they would like to hear of: what they choose, and that their
--- name and address may be kept for it (purpose: for what). Whoever sends it is in the audience
--- interested.trainings, until they take it back, and on the guest list of what comes next (see guests).
--- choose: what there is; text: a question that is answered in words; ask: further questions.
--- opens ("at the end"), closes ("10 working days after, 17:00"). A mail with the link goes at `at` ("1
--- working day after, 14:00": after it opens) to whoever has not come by it on the last page of a survey;
--- quiet = true: no mail. nudges as in survey. title, intro; subject, file, from, reply_to, approve of
--- the mails.
--- Example: interest "trainings" { to = coming, choose = { "Social media", "Data protection" } }
interest.interest = check.word(function(name)
  facts.need_event("interest")
  check.name("interest", name)
  return check.options_follow("interest", name, function(given) declare(name, given) end)
end)

-- ---- who has said what --------------------------------------------------------------------------------

-- interest.entry(name, key) -> what somebody has said, or nil. In usher.decide, handlers and routes.
function interest.entry(name, key)
  return usher.book("interest-" .. name):get(key)
end

local function need(name)
  local form = facts.interest_named[tostring(name)]
  if form then return form end
  error(("no interest form is called '%s'%s"):format(tostring(name),
    check.meant(tostring(name), check.names(facts.interest_named))), 0)
end

-- interest.list(name) -> list of { key, name, salutation, group, mail, phone, zone, language, chosen = list,
-- answers to what else was asked, consent, at }: everybody who is interested, by their keys.
function interest.list(name)
  local form, list = need(name), {}
  for key, entry in usher.book("interest-" .. name):each() do
    local person = roster.person(key)
    if person then
      local row = handed.row(form, person, entry)
      row.key = key
      list[#list + 1] = row
    end
  end
  return list
end

-- interest.table(name) -> table of table_out: as a file the word `guests` of a later event reads it as it
-- is. Only behind the office's login.
function interest.table(name)
  local columns, rows = handed.cells(need(name), interest.list(name))
  return { file = ("%s-%s"):format(facts.event.id, name), title = name, columns = columns, rows = rows }
end

-- interest.file(name) -> how the file with that list is called
function interest.file(name) return ("%s-%s.csv"):format(facts.event.id, name) end

-- interest.csv(name) -> response
function interest.csv(name) return csv_out.of(interest.table(name)) end

-- interest.names() -> list of names, in the script's order
function interest.names()
  local names = {}
  for i, form in ipairs(facts.interests) do names[i] = form.name end
  return names
end

-- What a rehearsal hands on to the events after it: list of { file, csv }.
local function all_lists()
  local lists = {}
  for i, name in ipairs(interest.names()) do
    local t = interest.table(name)
    lists[i] = { file = ("lists/%s.csv"):format(t.file), csv = csv_out.text(t.columns, t.rows) }
  end
  return lists
end

-- Handlers, for commands and programs on the control socket: interest{ name }, lists{}.
function interest.register()
  usher.on("interest", function(request) return interest.list(request and request.name) end)
  usher.on("lists", all_lists)
end

return interest
