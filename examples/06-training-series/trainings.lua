-- SPDX-License-Identifier: MIT
-- The training series that the briefing of 25 February 2021 announces: six Tuesdays, for whoever said in the
-- briefing's form that they would like to learn more about it. Try it alone:  usher rehearse trainings.lua
-- or as the one story that it is:  usher rehearse ../03-briefing-2021/hlb.lua trainings.lua
-- transcript: usher rehearse trainings.lua

event "social-media-2021" {
  title = "Social Media for Public Offices",
  zone = "Asia/Thimphu", -- the dates come from the series
  where = zoom { link = "https://zoom.example/j/95512345678", id = "955 1234 5678", code = "060421" },
  organisers = { "doim", "apcict" },
  host = "host",
  attended = "60 minutes", -- who was there for less was not there, where something tells the minutes
  from = "MoIC Trainings <trainings@moic.example>",
}

people "people.csv"
-- The list of the briefing's form, from the same database; alone, from the file.
guests {
  interested_in = "hlb-2021/trainings",
  choice = "Social media for public offices",
  file = "interested.csv",
}

holidays { Thimphu = "bt 2021", Manila = "ph 2021" } -- above the series, which leaves them out

series {
  every = "Tuesday 14:00-16:00",
  from = "6 Apr 2021",
  sessions = 6, -- six that are held
  except = { "2021-05-04" }, -- the yearly plan is discussed in Parliament
  titles = {
    "Who reads what we write",
    "A voice for the office",
    "Pictures and short films",
    "Rumours, and how to answer them",
    "When it goes wrong",
    "A plan for the next year",
  },
  pass = "5 of 6",
}
session "4" { speakers = { "lallana", "dema" } }
session "make-up" { when = "Thu 20 May 2021 14:00-16:00", makes_up = "any", title = "For whoever missed one" }

objectives {
  "Know who reads what a public office writes, and where",
  "Answer citizens quickly, kindly and within the law",
  "Plan a year of communication with the people and means that there are",
}

-- The house rules of a series: what is for the invited goes once, what is for whoever comes, each session.
use "training"

mail "materials" {
  to = present,
  at = "1 working day after, 10:00",
  subject = "Materials: {title}",
  text = [[
Dear {full_name},

thank you for having been with us. The slides and the exercises of **{session}** are in the folder of the
series.

With respect,

{organisers}
]],
}

mail "we-missed-you" {
  to = absent,
  at = "1 working day after, 10:00",
  subject = "We missed you: {title}",
  text = [[
Dear {full_name},

we missed you at **{session}**. Five of six sessions are needed, and one more is held for whoever missed one.

With respect,

{organisers}
]],
}

-- At the end of the series, once.
survey "feedback" {
  to = present,
  anonymous = true,
  opens = "at the end",
  closes = "5 working days after, 17:00",
  nudges = { "2 working days after, 10:00" },
  ask = {
    objectives,
    rating "How much of it will you use at work?" { low = "nothing", high = "all" },
    text "What should the next series be about?",
  },
}

-- A page with a code that anybody can check, for whoever was at five of six.
certificate {
  to = passed,
  at = "2 working days after, 10:00",
  text = "has completed the training series",
  signed_by = "Tshering Dema\nHead of Communication, DoIM",
}

-- What became of it, for both organisers.
report { to = organisers, at = "6 working days after, 09:00", zone = "theirs" }
