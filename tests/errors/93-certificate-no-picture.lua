-- SPDX-License-Identifier: MIT
-- Broken on purpose: the logo is a list of guests.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}

guests { { key = "a", name = "Dechen", mail = "a@health.example" } }

certificate { to = present, logo = "04-unknown-word.lua" }
