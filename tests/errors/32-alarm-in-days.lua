-- SPDX-License-Identifier: MIT
-- Broken on purpose: an alarm that rings days ahead, which no clock time tells exactly.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  alarm = "2 days",
  from = "Office <office@office.example>",
}

guests { { name = "Karma Tshering", mail = "karma@office.example" } }
