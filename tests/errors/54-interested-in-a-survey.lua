-- SPDX-License-Identifier: MIT
-- Broken on purpose: an anonymous survey is no interest form.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
  organisers = { "office" },
}

people { { key = "office", name = "Karma Tshering", mail = "office@office.example" } }
guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

survey "feedback" { to = coming, anonymous = true, ask = { choice "What next?" { "Data", "Social media" } } }

mail "trainings" { to = interested.feedback,
  at = "2 weeks after, 10:00", subject = "Trainings", text = "Dear {name}" }
