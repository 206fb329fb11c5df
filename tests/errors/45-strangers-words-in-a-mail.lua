-- SPDX-License-Identifier: MIT
-- Broken on purpose: the first mail would carry to an address what anybody typed about it.
event "webinar" {
  title = "Webinar",
  when = "Thu 25 Feb 2021 14:00-15:30 Asia/Thimphu",
  where = "Online",
  from = "Office <office@office.example>",
}

people { { name = "Office", role = "organiser", mail = "office@office.example" } }

signup {
  seats = 40,
  mails = { check = { text = "Dear {full_name}, please confirm: {signup_link}" } },
}
