-- SPDX-License-Identifier: MIT
-- Broken on purpose: the second table belongs into the first.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
} {
  from = "Office <office@office.example>",
}
