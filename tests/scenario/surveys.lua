-- SPDX-License-Identifier: MIT
-- A survey before and after, its nudges, and the form for what comes next: who has answered is left alone.
-- transcript: usher rehearse surveys.lua --from "2021-02-01 09:00 Asia/Thimphu"
event "surveys" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = "Hall 2",
  from = "Office <office@office.example>",
}

guests {
  { key = "karma", name = "Karma Tshering", mail = "karma@office.example", group = "Teachers" },
  { key = "sonam", name = "Sonam Wangmo", mail = "sonam@office.example", group = "Teachers" },
  { key = "dorji", name = "Dorji Wangchuk", mail = "dorji@office.example", group = "Officers" },
  { key = "pema", name = "Pema Lhamo", mail = "pema@office.example", group = "Officers" },
  { key = "tashi", name = "Tashi Dema", mail = "tashi@office.example", group = "Officers" },
  { key = "kinley", name = "Kinley Dorji", mail = "kinley@office.example", group = "Officers" },
}

objectives { "Know what the new tools can do", "Know what the law says about them" }

survey "feedback" {
  to = invited,
  anonymous = true,
  before = { opens = "2 working days before, 10:00", nudges = { "5 hours before the end" } },
  ask = {
    objectives,
    rating "How useful was it?" { "not at all", "very" },
    choice "What next?" { "Data protection", "Social media", several = true },
    text "What should we do better?" { long = true },
  },
}

survey "hotel" {
  to = invited.Officers,
  title = "Your night in Thimphu",
  opens = "1 working day after, 16:00",
  closes = "4 working days after, 12:00",
  nudges = { "1 working day after, 16:00", "on the last day, 09:00" },
  subject = "How was your hotel?",
  text = "Dear {name}, please tell us: {survey_link}",
  ask = { matrix "How good was" { "the room", "the food", low = "poor", high = "good" } },
}

interest "more" { to = invited, choose = { "Data protection", "Social media" } }

mail "trainings" {
  to = interested.more,
  at = "15 working days after, 10:00",
  subject = "Trainings begin soon",
  text = "Dear {full_name}, we thought of you.",
}
