-- SPDX-License-Identifier: MIT
-- Broken on purpose: a meeting that usher makes has no number yet.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = zoom { create = true, id = "945 1234 5678" },
  from = "Office <office@office.example>",
}
