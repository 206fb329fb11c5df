-- SPDX-License-Identifier: MIT
-- Broken on purpose: the guests of an event of which this database has never heard.
event "series" {
  title = "Trainings on social media",
  when = "Tue 6 Apr 2021 14:00-16:00 Asia/Thimphu",
  from = "Office <office@office.example>",
}

guests { interested_in = "briefing/trainings", choice = "Social media" }
