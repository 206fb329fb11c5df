-- SPDX-License-Identifier: MIT
-- interest_pretend: two of three guests of a rehearsal say in an interest form that they would like to hear
-- more, the same in every rehearsal, through the same page as live.
local facts = require "usher.facts"
local links = require "usher.links"
local pretend = require "usher.pretend"
local survey_pretend = require "usher.survey_pretend"

local interest_pretend = {}

local function on_mail(mail)
  local rule, person = survey_pretend.reader(mail, "interest")
  if not rule or survey_pretend.pick(person.key, 3) == 1 then return nil end
  local form, form_all = survey_pretend.form(facts.interest_named[rule.about].questions, person.key)
  form.consent = "yes"
  return { { after = "3 hours", about = { person = person.key, did = ("filled in '%s'"):format(rule.about) },
    visit = { method = "POST", form = form, form_all = form_all,
      path = ("%s/%s"):format(links.path("interest", person), rule.about) } } }
end

-- interest_pretend.register(): once, with the first form.
function interest_pretend.register() pretend.add(on_mail) end

return interest_pretend
