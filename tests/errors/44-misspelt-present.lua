-- SPDX-License-Identifier: MIT
-- Broken on purpose: an audience of those who were there, misspelt.
event "travel-form" {
  title = "The new travel form",
  when = "Wed 5 Mar 2031 14:00-15:30 Asia/Thimphu",
  from = "Training unit <training@office.example>",
}

guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

mail "thank-you" { to = presnt, at = "1 hour after end", subject = "Thank you", text = "Dear {name}" }
