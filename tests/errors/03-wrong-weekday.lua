-- SPDX-License-Identifier: MIT
-- Broken on purpose: 25 Feb 2021 is a Thursday.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Fri 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}
