-- SPDX-License-Identifier: MIT
-- Broken on purpose: the survey is called feedback.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
  organisers = { "office" },
}

people { { key = "office", name = "Karma Tshering", mail = "office@office.example" } }
guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

survey "feedback" { to = coming, ask = { text "What should we do better?" } }

mail "thanks" { to = answered.feedbak,
  at = "2 weeks after, 10:00", subject = "Thank you", text = "Dear {name}" }
