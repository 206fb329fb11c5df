-- SPDX-License-Identifier: MIT
-- Broken on purpose: half a seat.
event "webinar" {
  title = "Webinar",
  when = "Thu 25 Feb 2021 14:00-15:30 Asia/Thimphu",
  where = "Online",
  from = "Office <office@office.example>",
}

people { { name = "Office", role = "organiser", mail = "office@office.example" } }

signup {
  seats = { Teachers = 10, Students = 2.5 },
}
