-- SPDX-License-Identifier: MIT
-- Broken on purpose: the zone is Asia/Thimphu.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Timphu",
  from = "Office <office@office.example>",
}
