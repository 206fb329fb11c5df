-- SPDX-License-Identifier: MIT
-- A public webinar: people sign up on a page, the seats are shared out among groups, and who finds none
-- waits. Try it:  usher rehearse webinar.lua
-- transcript: usher rehearse webinar.lua

event "ict-webinar" {
  title = "Webinar: Social Media in the Public Service",
  when = "Thu 25 Feb 2021 14:00-15:30 Asia/Thimphu",
  where = zoom { link = "https://zoom.example/j/94512345678", code = "250221" },
  organisers = "office",
  from = "Webinars <webinars@moic.example>",
}

people {
  { key = "office", name = "DoIM", role = "organiser", mail = "doim@moic.example" },
  { key = "speaker", name = "Karma Tshering", role = "speaker", mail = "karma.tshering@moic.example" },
}

holidays "bt 2021"

programme {
  { "14:00-14:10", "Welcome", by = "office" },
  { "14:10-15:00", "Social media in the public service", by = "speaker" },
  { "15:00-15:30", "Questions and answers" },
}

-- ---- the sign-up --------------------------------------------------------------------------------------

signup {
  opens = "20 working days before, 09:00",
  closes = "1 working day before, 17:00",
  seats = { Ministries = 6, Dzongkhags = 4, free = 2 }, -- free: for either
  offer = "2 days", -- so long a seat that came free is kept for who is next
  intro = "An hour and a half on what social media can do for a public office, and what they can't. "
    .. "It is free of charge. There are twelve seats.",
  ask = {
    text "Your office" { required = true },
    choice "Will you join alone?" { "Alone", "With colleagues at one screen" },
    rating "How much do you know about it?" { low = "nothing", high = "a lot" },
  },
  zones = { "Asia/Thimphu", "Asia/Seoul" },
}

mail "joining" { to = coming, at = "1 working day before, 10:00" }
mail "starting" { to = coming, at = "30 minutes before" }
mail "still-full" {
  to = waiting,
  at = "1 working day before, 12:00",
  subject = "Still full: {title}",
  text = "Dear {full_name},\n\nno seat has come free so far. We ask you until the webinar begins.",
}
mail "who-is-coming" { to = organisers, at = "1 working day before, 17:30" }

use "survey" -- what comes after it: survey.lua
