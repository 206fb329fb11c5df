-- SPDX-License-Identifier: MIT
-- Broken on purpose: a certificate has two lines to sign on.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}

guests { { key = "a", name = "Dechen", mail = "a@health.example" } }

certificate {
  to = present,
  signed_by = { "Karma Dorji", "Sonam Wangmo", "Kinley Penjor" },
}
