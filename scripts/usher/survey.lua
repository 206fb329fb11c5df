-- SPDX-License-Identifier: MIT
-- survey: a few questions after the event (or before it), with names or without. The word itself: what it
-- takes, its mails, and what is wrong with it. survey_answers.lua keeps what was answered, survey_page.lua is
-- where guests answer, survey_results.lua what the office sees, survey_outside.lua a survey on another site.
--
--   facts.surveys: list of { name, title, intro, anonymous, parts, opens, closes = moments, questions,
--     groups, by_group, before = the survey that asks the objectives before, after = of such a one: the
--     survey that asks them again, level = its objectives ask where people stand, url, hook }
local aims = require "usher.aims"
local audience = require "usher.audience"
local before_after = require "usher.before_after"
local check = require "usher.check"
local facts = require "usher.facts"
local h = require "usher.html"
local mail = require "usher.mail"
local moments = require "usher.moments"
local outside = require "usher.survey_outside"
local page = require "usher.survey_page"
local pretend = require "usher.survey_pretend"
local results = require "usher.survey_results"
local sending = require "usher.sending"
local settle = require "usher.settle"
local store = require "usher.survey_answers"
local texts = require "usher.texts"

local survey = {}

local last_day <const> = { "^on the last day, *(%d%d?:%d%d)$", "^on the last day +at +(%d%d?:%d%d)$" }

local known <const> = { to = "any", anonymous = "yes_no?", opens = "text?", closes = "text?", ask = "list?",
  title = "texts?", intro = "texts?", nudges = "list?", before = "any?", by_group = "yes_no?",
  subject = "texts?", text = "texts?", file = "texts?", from = "text?", reply_to = "text?",
  url = "text?", hook = "text?", approve = "yes_no?" }
local known_before <const> = { to = "any?", opens = "text?", closes = "text?", nudges = "list?",
  title = "texts?", intro = "texts?", subject = "texts?", text = "texts?", file = "texts?" }

-- ---- when it is open ----------------------------------------------------------------------------------

local function moment_of(title, option, phrase)
  local fine, moment = pcall(moments.of, { at = phrase }, {}, facts.event)
  if not fine then check.refuse("%s: %s: %s", title, option, check.clean(moment)) end
  return moment
end

local function read_times(title, s, o, opens, closes)
  s.opens = moment_of(title, "opens", o.opens or opens)
  s.closes = moment_of(title, "closes", o.closes or closes)
  if s.opens.utc >= s.closes.utc then
    check.refuse("%s: it closes on %s, which is not after it opens on %s", title, s.closes.wall, s.opens.wall)
  end
end

-- ---- what it asks -------------------------------------------------------------------------------------

local function read_questions(title, asked, twice)
  local list = aims.questions(title, asked, twice)
  if #list == 0 then
    check.refuse('%s: it asks nothing: add  ask = { rating "How useful was it?" }', title)
  end
  return list
end

-- ---- its mails ----------------------------------------------------------------------------------------

-- Why somebody gets no mail about it now, or true. Asked in usher.decide.
local function is_wanted(s)
  return function(person)
    if usher.now() >= s.closes.utc then return "the survey has closed" end
    return not store.has_answered(s, person.key) or "has answered"
  end
end

-- A rule for the people of a survey. Its clock is the survey's: "the start" is when it opens, "the end" when
-- it closes.
local function add_rule(s, name, o)
  local rule = mail.rule("survey", name, o, s.parts)
  rule.anchor = { starts = o.starts or s.opens, ends = s.closes }
  rule.also, rule.about, rule.personal, rule.what = is_wanted(s), s.name, true, "mail"
  local units = {}
  for i, person in ipairs(audience.candidates(s.parts)) do
    units[i] = { person = person, key = person.key }
  end
  sending.declare(rule, units)
end

local function ready_text(s, kind)
  return texts[("survey-%s%s"):format(kind, s.anonymous and "-anonymous" or "")]
end

local function add_opening(s, o)
  local ready = ready_text(s, s.after and "before" or "opens")
  add_rule(s, s.name, { at = "at the start", late = "within 2 days", unsure = "ask",
    subject = o.subject or ready.subject, text = o.text or not o.file and ready.text or nil,
    file = o.file, from = o.from, reply_to = o.reply_to, approve = o.approve })
end

-- "on the last day, 10:00" is a day of the survey's own, so its phrase is read on another clock.
local function nudge_of(title, s, phrase)
  if type(phrase) ~= "string" then
    check.refuse('%s: nudges: list when, as in  nudges = { "2 days after, 10:00" }', title)
  end
  local clock = phrase:match(last_day[1]) or phrase:match(last_day[2])
  local nudge = clock and { at = "on the day at " .. clock, starts = s.closes } or { at = phrase }
  local fine, moment = pcall(moments.of, nudge, {}, { starts = nudge.starts or s.opens, ends = s.closes })
  if not fine then check.refuse('%s: nudges: %s', title, check.clean(moment)) end
  nudge.moment = moment
  return nudge
end

local ready_nudges <const> = { "1 working day after, 10:00", "on the last day, 10:00" }

-- Ready-made nudges that do not fit into a short survey are left out; those that somebody wrote are refused.
local function add_nudges(title, s, o)
  local n = 0
  for _, phrase in ipairs(o.nudges or ready_nudges) do
    local nudge = nudge_of(title, s, phrase)
    local fits = nudge.moment.utc > s.opens.utc and nudge.moment.utc < s.closes.utc
    if not fits and o.nudges then
      check.refuse('%s: nudges: "%s" is %s, and it is open from %s to %s', title, phrase, nudge.moment.wall,
        s.opens.wall, s.closes.wall)
    end
    if fits then
      n = n + 1
      local ready = ready_text(s, nudge.starts and "last" or "nudge")
      add_rule(s, ("%s-nudge-%d"):format(s.name, n), { at = nudge.at, starts = nudge.starts,
        late = "until end", subject = ready.subject, text = ready.text, from = o.from,
        reply_to = o.reply_to, approve = o.approve })
    end
  end
end

-- ---- declaring it -------------------------------------------------------------------------------------

-- What depends on whether people may sign up, which the script may say below.
local function settle_audience(s)
  local people = audience.candidates(s.parts)
  local may_grow = facts.signup ~= nil and audience.takes_sign_ups(s.parts)
  s.groups = s.by_group and store.groups(people, may_grow) or nil
  if may_grow then return end
  if #people == 0 then
    facts.note('survey "%s": nobody is in its audience, %s', s.name, audience.text(s.parts))
  elseif s.anonymous and #people < store.STEP then
    facts.note('survey "%s": of fewer than %d anonymous answers nothing is ever shown, and %d %s asked',
      s.name, store.STEP, #people, #people == 1 and "person is" or "people are")
  end
end

local function remember(title, s)
  if facts.survey_named[s.name] then check.refuse("%s: there is a survey of this name already", title) end
  facts.survey_named[s.name], facts.surveys[#facts.surveys + 1] = s, s
  settle.at_end(function() settle_audience(s) end)
  if #facts.surveys == 1 then
    page.register()
    pretend.register()
    survey.register()
  end
end

local function check_by_group(title, s)
  if s.by_group and #facts.groups == 0 then
    check.refuse("%s: by_group: the guest list has no column group", title)
  end
end

local function check_outside(title, o)
  if o.url then return outside.check(title, o) end
  if o.hook then check.refuse("%s: hook is for a survey on another site: say its  url = ...", title) end
  if not o.ask then check.refuse('%s: ask is missing: add  ask = { rating "How useful was it?" }', title) end
end

-- The same objectives, asked before: a survey of its own, so that nobody's answers go together.
local function declare_before(title, s, o)
  if type(o.before) ~= "table" then
    check.refuse('%s: before: say when, as in  before = { opens = "3 working days before, 10:00" }', title)
  end
  local b = check.options(title .. ": before", o.before, known_before)
  local list = aims.of(s.questions)
  if #list == 0 then
    check.refuse("%s: before: it asks the objectives before the event, too: put  objectives  into ask", title)
  end
  local before = { name = s.name .. "-before", anonymous = s.anonymous, title = b.title, intro = b.intro,
    parts = b.to and audience.parts(title .. ": before", b.to) or s.parts, questions = list, level = true,
    after = s, by_group = s.by_group }
  read_times(title .. ": before", before, b, "3 working days before, 10:00", "at the start")
  check_by_group(title, before)
  s.before = before
  remember(title, before)
  before_after.add(before, s)
  add_opening(before, { subject = b.subject, text = b.text, file = b.file, from = o.from,
    reply_to = o.reply_to, approve = o.approve })
  add_nudges(title .. ": before", before, { nudges = b.nudges or {}, from = o.from, reply_to = o.reply_to,
    approve = o.approve })
end

local function declare(name, given)
  local title = ('survey "%s"'):format(name)
  local o = check.options(title, given, known)
  check_outside(title, o)
  if mail.is_left_out(name) then return end
  local s = { name = name, anonymous = o.anonymous == true, title = o.title, intro = o.intro, url = o.url,
    hook = o.hook, parts = audience.parts(title, o.to), by_group = o.by_group }
  read_times(title, s, o, "at the end", "5 working days after, 17:00")
  if not o.url then s.questions = read_questions(title, o.ask, o.before ~= nil) end
  check_by_group(title, s)
  if o.before then declare_before(title, s, o) end
  remember(title, s)
  if o.url then outside.register(s) end
  add_opening(s, o)
  add_nudges(title, s, o)
end

--- survey "feedback" { to =, ask = { ... } } -> nothing
--- Asks people a few questions. to: an audience. ask: questions (text, choice, rating, matrix, yes_no), and
--- `objectives` for one rating of each. anonymous = true: nobody can tell who answered what, and answers are
--- final. opens ("at the end"), closes ("5 working days after, 17:00"). A mail goes out when it opens, and
--- nudges = { "1 working day after, 10:00", "on the last day, 10:00" } to whoever has not answered: "after"
--- counts from the opening, "before the end" from the closing. before = { opens = , closes = }: the
--- objectives are asked before the event, too. by_group: results for each group. url: it is on another site,
--- whose address has {token} in it; hook = secret "NAME": that site tells by a webhook who has answered.
--- title, intro; subject, text or file, from, reply_to of the mail, as in mail; approve of all its mails.
--- Example: survey "feedback" { to = coming, anonymous = true,
--- ask = { rating "How useful was it?" { "not at all", "very" }, text "What should we do better?" } }
survey.survey = check.word(function(name)
  facts.need_event("survey")
  check.name("survey", name)
  return check.options_follow("survey", name, function(given) declare(name, given) end)
end)

-- ---- for the office -----------------------------------------------------------------------------------

local function need(name)
  local s = facts.survey_named[tostring(name)]
  if s then return s end
  error(("no survey is called '%s'%s"):format(tostring(name),
    check.meant(tostring(name), check.names(facts.survey_named))), 0)
end

-- survey.names() -> list of names, in the script's order
function survey.names()
  local names = {}
  for i, s in ipairs(facts.surveys) do names[i] = s.name end
  return names
end

-- survey.results(name) -> data, as the head of survey_results.lua says; compare = list, as before_after.lua
-- says, of what was asked before as well
function survey.results(name)
  local r = results.of(need(name))
  r.compare = before_after.after(r.name)
  return r
end

-- survey.node(name) -> node: the same as a part of an office page
function survey.node(name)
  local r, nodes = survey.results(name), {}
  nodes[1] = results.node(r)
  for i, data in ipairs(r.compare) do nodes[i + 1] = before_after.node(data) end
  return h.list(nodes)
end

-- survey.csv(name) -> response: the same as a file. Only behind the office's login.
function survey.csv(name) return results.csv(need(name)) end

-- Handlers, for commands and programs on the control socket: survey{ name } and surveys{}.
function survey.register()
  usher.on("survey", function(request) return survey.results(request and request.name) end)
  usher.on("surveys", function() return survey.names() end)
end

return survey
