-- SPDX-License-Identifier: MIT
-- Broken on purpose: a confirmation goes out when somebody says yes; the script gives it a moment of its own.
event "travel-form" {
  title = "The new travel form",
  when = "Wed 5 Mar 2031 14:00-15:30 Asia/Thimphu",
  where = "Meeting room 2",
  from = "Training unit <training@office.example>",
}

guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

mail "confirmation" {
  to = coming,
  at = "10 working days before, 09:00",
  text = "Dear {name}, see you soon.",
}
