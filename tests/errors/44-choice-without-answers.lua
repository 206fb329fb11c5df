-- SPDX-License-Identifier: MIT
-- Broken on purpose: a question to choose from, and nothing to choose.
event "webinar" {
  title = "Webinar",
  when = "Thu 25 Feb 2021 14:00-15:30 Asia/Thimphu",
  where = "Online",
  from = "Office <office@office.example>",
}

people { { name = "Office", role = "organiser", mail = "office@office.example" } }

signup {
  seats = 40,
  ask = { "Your office", choice "Lunch" },
}
