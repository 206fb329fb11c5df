-- SPDX-License-Identifier: MIT
-- What one person gets from the first mail to the last, and does between.
-- transcript: usher rehearse one-person.lua --guest kim=cancels --person kim
event "one-person" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = zoom { link = "https://zoom.example/j/77" },
  from = "Office <office@office.example>",
}

guests {
  { key = "dorji", name = "Dorji Wangchuk", mail = "dorji@office.example" },
  { key = "karma", name = "Karma Tshering", mail = "karma@office.example" },
  { key = "kim", name = "Kim Min-su", mail = "kim@office.example", zone = "Asia/Seoul" },
  { key = "pema", name = "Pema Lhamo", mail = "pema@office.example" },
  { key = "sonam", name = "Sonam Wangmo", mail = "sonam@office.example" },
  { key = "tashi", name = "Tashi Dema", mail = "tashi@office.example" },
}

mail "invitation" { to = invited, at = "10 working days before, 09:00", subject = "Please come: {title}",
  text = "Dear {full_name},\n\nwill you come?\n\n{answer_link}" }
mail "please-answer" { to = not_answered, at = "3 working days before, 10:00", subject = "Please answer",
  text = "Dear {full_name}, please answer: {answer_link}" }
mail "starting" { to = coming, at = "30 minutes before", subject = "Soon", text = "Dear {full_name}, soon." }
mail "thank-you" { to = present, at = "1 working day after, 10:00", subject = "Thanks",
  text = "Thanks, {name}." }
mail "missed" { to = absent, at = "1 working day after, 10:00", subject = "A pity", text = "A pity, {name}." }
