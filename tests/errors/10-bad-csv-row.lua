-- SPDX-License-Identifier: MIT
-- Broken on purpose: line 3 of the list has an address without @.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}

guests "10-bad-csv-row.csv"
