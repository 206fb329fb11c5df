-- SPDX-License-Identifier: MIT
-- Broken on purpose: a confirmation is to wait for approval, and the event names nobody who could approve it.
event "travel-form" {
  title = "The new travel form",
  when = "Wed 5 Mar 2031 14:00-15:30 Asia/Thimphu",
  where = "Meeting room 2",
  from = "Training unit <training@office.example>",
}

people { { key = "deki", name = "Deki Pelden", role = "organiser", mail = "deki@office.example" } }
guests { { name = "Sonam Wangmo", mail = "sonam@office.example" } }

mail "confirmation" { text = "Dear {name}, see you soon.", approve = true }
