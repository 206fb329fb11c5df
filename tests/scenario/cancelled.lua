-- SPDX-License-Identifier: MIT
-- An event that is cancelled when invitations and the first answers are there: who hears of it, and that
-- nothing else leaves.
-- transcript: usher rehearse cancelled.lua --cancel-at "2021-02-17 12:00" --guest pema=declines
event "cancelled" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = "Hall 2",
  from = "Office <office@office.example>",
}

people {
  { key = "minjun", name = "Min-jun Park", role = "speaker", mail = "park@un.example", zone = "Asia/Seoul" },
}

guests {
  { key = "karma", name = "Karma Tshering", mail = "karma@office.example", assistant = "pa@office.example" },
  { key = "pema", name = "Pema Lhamo", mail = "pema@office.example" },
  { key = "ugyen", name = "Ugyen Dorji", mail = "ugyen@office.example" },
}

mail "invitation" { to = invited, at = "10 days before, 09:00", attach = "calendar", text = "Dear {name}",
  subject = "Invitation" }
mail "to-speaker" { to = speakers, at = "9 days before, 09:00", text = "Dear {name}", subject = "Speaking" }
mail "reminder" { to = coming, at = "1 day before, 09:00", text = "Dear {full_name}", subject = "Tomorrow" }
mail "thanks" { to = present, at = "1 day after, 09:00", text = "Dear {full_name}", subject = "Thank you" }
