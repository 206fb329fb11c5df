-- SPDX-License-Identifier: MIT
-- Several reminders that fell due while nothing ran: a guest gets the latest, not all of them; a rule that
-- says missed = "each" is sent all the same; a rule newer than its moment is sent with catch_up only.
-- transcript: usher rehearse latest-only.lua --from "2021-02-24 12:00 Asia/Thimphu"
event "latest-only" {
  title = "Briefing",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}
guests {
  { name = "Karma Dorji", mail = "karma@office.example" },
  { name = "Sonam Wangmo", mail = "sonam@office.example" },
}

mail "too-new" { to = invited, at = "10 days before, 09:00", subject = "Too new", text = "Dear {name}" }
mail "first" {
  to = invited,
  at = "5 days before, 09:00",
  catch_up = true,
  subject = "First",
  text = "Dear {name}",
}
mail "second" {
  to = invited,
  at = "2 days before, 09:00",
  catch_up = true,
  subject = "Second",
  text = "Dear {name}",
}
mail "always-told" {
  to = invited,
  at = "3 days before, 09:00",
  catch_up = true,
  missed = "each",
  subject = "Told",
  text = "Dear {name}",
}
mail "tomorrow" { to = invited, at = "1 day before, 15:00", subject = "Tomorrow", text = "Dear {name}" }
