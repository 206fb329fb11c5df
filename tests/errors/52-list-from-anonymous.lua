-- SPDX-License-Identifier: MIT
-- Broken on purpose: a mail to whoever has answered an anonymous survey.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
  organisers = { "office" },
}

people { { key = "office", name = "Karma Tshering", mail = "office@office.example" } }
guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

survey "feedback" { to = coming, anonymous = true, ask = { rating "How was it?" { "bad", "good" } } }

mail "thanks" {
  to = answered.feedback,
  at = "1 week after, 10:00",
  subject = "Thank you",
  text = "Dear {full_name}, thank you for your answers.",
}
