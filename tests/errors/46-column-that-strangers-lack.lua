-- SPDX-License-Identifier: MIT
-- Broken on purpose: whoever signs up has no ministry, so that their mail would have a hole in it.
event "webinar" {
  title = "Webinar",
  when = "Thu 25 Feb 2021 14:00-15:30 Asia/Thimphu",
  where = "Online",
  from = "Office <office@office.example>",
}

people { { name = "Office", role = "organiser", mail = "office@office.example" } }
guests { { name = "Karma Dorji", mail = "karma@office.example", ministry = "MoIC" } }

signup { seats = 40 }

mail "hello" { to = coming, at = "1 day before, 09:00", subject = "Hello", text = "Hello, {ministry}" }
