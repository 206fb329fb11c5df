-- SPDX-License-Identifier: MIT
-- A list inside a sentence would be no list any more in the mail.
-- transcript: usher check list-in-a-sentence.lua
event "list-in-a-sentence" {
  title = "Briefing",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}
guests { { name = "Karma Dorji", mail = "karma@office.example" } }
objectives { "Know the law" }
mail "x" { to = invited, at = "1 day before", subject = "x", text = "Dear {name},\n\nwe shall: {objectives}" }
