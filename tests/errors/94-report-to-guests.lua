-- SPDX-License-Identifier: MIT
-- Broken on purpose: the report would go to a guest.
event "e" { title = "T", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", from = "a@b.example" }
people { { key = "office", name = "Office", mail = "office@b.example", role = "organiser" } }
guests { { key = "g1", name = "Dasho Karma", mail = "g@b.example" } }
report { to = coming, at = "5 working days after, 09:00" }
