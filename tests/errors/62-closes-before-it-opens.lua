-- SPDX-License-Identifier: MIT
-- Broken on purpose: it would never be open.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
  organisers = { "office" },
}

people { { key = "office", name = "Karma Tshering", mail = "office@office.example" } }
guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

survey "feedback" { to = coming, opens = "2 days after, 10:00", closes = "1 day after, 17:00",
  ask = { text "Why?" } }
