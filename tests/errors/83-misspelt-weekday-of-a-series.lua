-- SPDX-License-Identifier: MIT
-- Broken on purpose: the weekday of a series is misspelt.
event "course" {
  title = "Social media for public offices",
  zone = "Asia/Thimphu",
  from = "Office <office@office.example>",
}

series { every = "Teusday 14:00-16:00", from = "6 Apr 2021", sessions = 6 }
