-- SPDX-License-Identifier: MIT
-- Broken on purpose: the second survey lacks a rating of the first.
event "e" { title = "T", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", from = "a@b.example" }
guests { { key = "g1", name = "G", mail = "g@b.example" } }
objectives { "Know it" }
survey "before" { to = invited, opens = "5 days before, 10:00", closes = "at the start",
  ask = { objectives, rating "How sure are you?" { "not", "very" } } }
survey "feedback" { to = invited, ask = { objectives } }
compare { "before", "feedback" }
