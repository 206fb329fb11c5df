-- SPDX-License-Identifier: MIT
-- Broken on purpose: quotes as a word processor makes them.
event "briefing" {
  title = “Briefing on digital trends”,
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}
