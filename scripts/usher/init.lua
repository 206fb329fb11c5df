-- SPDX-License-Identifier: MIT
-- The words that every script sees, beside the primitives in `usher`.
local aims = require "usher.aims"
local ask = require "usher.ask"
local audience = require "usher.audience"
local before_after = require "usher.before_after"
local calendar = require "usher.calendar"
local certificate = require "usher.certificate"
local chat = require "usher.chat"
local cues = require "usher.cues"
local event = require "usher.event"
local interest = require "usher.interest"
local mail = require "usher.mail"
local people = require "usher.people"
local programme = require "usher.programme"
local plan = require "usher.plan"
local questions = require "usher.questions"
local report = require "usher.report"
local resend = require "usher.resend"
local series = require "usher.series"
local settle = require "usher.settle"
local signup = require "usher.signup"
local story = require "usher.story"
local sms = require "usher.sms"
local survey = require "usher.survey"
local telegram = require "usher.telegram"
local timeline = require "usher.timeline"
local undecided = require "usher.undecided"
local use = require "usher.use"
local zoom = require "usher.zoom"

-- What a rehearsal shows of a script that uses no words.
usher.on("timeline", function(request) return timeline.report(request) end)
-- The same of several scripts that are one story: what each is, then the whole.
usher.on("chapter", function(request) return timeline.chapter(request, settle.about()) end)
usher.on("story", story.tell)
-- What an edit means.
usher.on("usher plan", function(request) return plan.report(request, settle.about()) end)
resend.register()

local words = {
  event = event.event, zoom = zoom.zoom, secret = event.secret, file = event.file,
  objectives = aims.objectives, people = people.people, guests = people.guests, groups = people.groups,
  programme = programme.programme, undecided = undecided.undecided, holidays = calendar.holidays,
  mail = mail.mail, cue = cues.cue, cues = cues.cues, use = use.use, signup = signup.signup,
  series = series.series, session = series.session,
  certificate = certificate.certificate,
  sms = sms.sms, telegram = telegram.telegram, chat = chat.chat,
  survey = survey.survey, interest = interest.interest, question_box = ask.question_box,
  compare = before_after.compare, report = report.report,
}
for word, question in pairs(questions.words) do words[word] = question end
for word, who in pairs(audience.words) do words[word] = who end

return words
