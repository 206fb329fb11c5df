-- SPDX-License-Identifier: MIT
-- The High-Level Briefing of 25 February 2021, for the Secretaries and Executives of the Royal Government of
-- Bhutan. Facts first, then the people, then the rules. Try it:  usher rehearse hlb.lua
-- transcript: usher rehearse hlb.lua

event "hlb-2021" {
  title = "High-Level Briefing on Social Media and Emerging Technologies in the New Normal",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", -- the weekday is checked
  where = zoom { link = "https://zoom.example/j/94512345678", id = "945 1234 5678", code = "250221" },
  organisers = { "doim", "apcict" },
  host = "host",
  approver = { "doim", "apcict" }, -- either may let the mails of a rule go: usher outbox hlb-2021
  from = "MoIC Briefings <briefings@moic.example>",
}

groups { "Secretaries", "Dzongdas", "Heads of Department" }
people "people.csv"
guests "guests.csv"

-- Who lives where does not work on these days.
holidays { Thimphu = "bt 2021", Seoul = "kr 2021", Manila = "ph 2021" }

programme "programme.txt" -- as it stands in the letter, pasted

objectives {
  "Increase awareness of government leaders and policymakers on emerging digital technologies and the role "
    .. "of social media for promoting governance and development",
  "Enhance understanding of the implications for national policy and program formulation emerging from the "
    .. "role of social media in promoting governance and development",
  "Increase understanding of enabling policy environment for digital transformation",
}

-- The house rules, but an invitation of our own: it carries the calendar entry.
use("briefing", { except = { "invitation" } })

mail "invitation" {
  to = invited,
  at = "10 working days before, 09:00",
  catch_up = true, -- who is put on the list later still gets it
  attach = "calendar",
  subject = "Invitation: {title}",
  file = "invitation.md",
}

-- After the event. Whoever was there is asked what it was worth; nobody can tell who answered what.
survey "feedback" {
  to = present,
  anonymous = true,
  opens = "at the end",
  closes = "5 working days after, 17:00",
  nudges = { "2 working days after, 10:00", "on the last day, 10:00" }, -- to whoever has not answered
  ask = {
    objectives, -- one rating for each
    rating "How useful was the briefing for your work?" { low = "not at all", high = "very" },
    text "What should the trainings that follow be about?",
  },
}

-- The form that the letter announces: with names, apart from the survey. Its list is who is invited next.
interest "trainings" {
  to = invited,
  choose = { "Social media for public offices", "Data protection", "Digital transformation" },
  purpose = "invitations to the trainings that follow this briefing",
}

mail "thank-you" { to = present, at = "1 working day after, 10:00", subject = "Thank you: {title}",
  text = [[
Dear {full_name},

thank you for joining us. The slides of the presentation are with your office.

With respect,

{organisers}
]] }
mail "we-missed-you" { to = absent, at = "1 working day after, 10:00", subject = "We missed you: {title}",
  text = [[
Dear {full_name},

we are sorry that we missed you. The slides of the presentation are with your office.

With respect,

{organisers}
]] }
