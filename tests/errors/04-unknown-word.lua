-- SPDX-License-Identifier: MIT
-- Broken on purpose: the word is programme.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}

programe {
  { "14:00-14:05", "Welcome" },
}
