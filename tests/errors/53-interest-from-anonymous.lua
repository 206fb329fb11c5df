-- SPDX-License-Identifier: MIT
-- Broken on purpose: an interest form for whoever has answered an anonymous survey.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
  organisers = { "office" },
}

people { { key = "office", name = "Karma Tshering", mail = "office@office.example" } }
guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

survey "feedback" { to = coming, anonymous = true, ask = { text "What should we do better?" } }

interest "trainings" { to = answered.feedback, choose = { "Data protection", "Social media" } }
