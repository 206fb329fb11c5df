-- SPDX-License-Identifier: MIT
-- Broken on purpose: the option is called subject.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}

guests { { name = "Karma Tshering", mail = "karma@office.example" } }

mail "reminder" {
  to = coming,
  at = "1 day before, 09:00",
  subjekt = "Tomorrow: {title}",
  text = "Dear {name}, we meet tomorrow.",
}
