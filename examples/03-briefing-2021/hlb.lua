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
