-- SPDX-License-Identifier: MIT
-- Broken on purpose: how long somebody must be there, in words that are no length.
event "hall" {
  title = "In the hall", when = "Thu 25 Feb 2021 14:00-16:00 Asia/Thimphu",
  from = "o@x.example",
  attended = "most of it",
}
