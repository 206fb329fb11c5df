-- SPDX-License-Identifier: MIT
-- Broken on purpose: {deputy} is known where a guest is told who comes in their place, and nowhere else.
event "travel-form" {
  title = "The new travel form",
  when = "Wed 5 Mar 2031 14:00-15:30 Asia/Thimphu",
  where = "Meeting room 2",
  from = "Training unit <training@office.example>",
}

guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

mail "deputy-sent" { text = "Dear {name}, we expect {deputy}." }
mail "confirmation" { text = "Dear {name}, we expect you, or {deputy}." }
