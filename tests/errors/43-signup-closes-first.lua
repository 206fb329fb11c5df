-- SPDX-License-Identifier: MIT
-- Broken on purpose: the sign-up closes before it opens.
event "webinar" {
  title = "Webinar",
  when = "Thu 25 Feb 2021 14:00-15:30 Asia/Thimphu",
  where = "Online",
  from = "Office <office@office.example>",
}

people { { name = "Office", role = "organiser", mail = "office@office.example" } }

signup { opens = "2 days before, 09:00", closes = "3 days before, 17:00" }
