-- SPDX-License-Identifier: MIT
-- Broken on purpose: a comma is missing behind the title.
event "briefing" {
  title = "Briefing on digital trends"
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}
