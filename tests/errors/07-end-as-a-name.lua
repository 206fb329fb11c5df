-- SPDX-License-Identifier: MIT
-- Broken on purpose: end is a word of Lua itself.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00 Asia/Thimphu",
  end = "16:30",
  from = "Office <office@office.example>",
}
