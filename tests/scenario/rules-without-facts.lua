-- SPDX-License-Identifier: MIT
-- The house rules need an organiser for their texts: the sentence names this script's line, and the cure.
-- transcript: usher check rules-without-facts.lua
event "rules-without-facts" {
  title = "Briefing",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>",
}
guests { { name = "Karma Dorji", mail = "karma@office.example" } }
use "briefing"
