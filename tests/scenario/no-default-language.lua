-- SPDX-License-Identifier: MIT
-- Texts by language need one for everybody else.
-- transcript: usher check no-default-language.lua
event "no-default-language" {
  title = "Briefing",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}
guests { { name = "Karma Dorji", mail = "karma@office.example" } }
mail "x" { to = invited, at = "1 day before", subject = { dz = "x" }, text = { dz = "x", en = "y" } }
