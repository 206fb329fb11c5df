-- SPDX-License-Identifier: MIT
-- Broken on purpose: a secret that stands in the script.
event "hall" {
  title = "In the hall", when = "Thu 25 Feb 2021 14:00-16:00 Asia/Thimphu", from = "o@x.example",
  where = zoom { link = "https://zoom.example/j/94512345678", webhook = "s3cr3t" },
}
