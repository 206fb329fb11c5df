-- SPDX-License-Identifier: MIT
-- Broken on purpose: a mail with an entry that is given and taken back at once.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}

guests { { name = "Karma Tshering", mail = "karma@office.example" } }

mail "changed" {
  to = invited,
  at = "1 day before, 09:00",
  subject = "A change: {title}",
  text = "Dear {name}",
  attach = { "cancellation", "calendar" },
}
