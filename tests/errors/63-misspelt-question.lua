-- SPDX-License-Identifier: MIT
-- Broken on purpose: the option of the matrix is called high.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
  organisers = { "office" },
}

people { { key = "office", name = "Karma Tshering", mail = "office@office.example" } }
guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

survey "feedback" { to = coming,
  ask = { matrix "How was" { "the sound", "the picture", low = "bad", hihg = "good" } } }
