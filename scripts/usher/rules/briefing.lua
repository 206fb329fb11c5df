-- SPDX-License-Identifier: MIT
-- briefing: the house rules of a briefing, counted in working days. A script takes them with  use "briefing"
-- and leaves some out with  use("briefing", { except = { "please-answer-again" } }).

-- Guests. The answers are asked for twice and then by telephone: a third mail is no courtesy.
mail "invitation" { to = invited, at = "10 working days before, 09:00", catch_up = true }
mail "please-answer" { to = not_answered, at = "5 working days before, 10:00", late = "within 4h" }
mail "please-answer-again" { to = not_answered, at = "2 working days before, 10:00", late = "within 4h" }
mail "joining" { to = coming, at = "1 working day before, 15:00" }
mail "starting" { to = coming, at = "30 minutes before" }

-- Those who speak, by their own clock and calendar.
mail "speaker-briefing" { to = speakers, at = "4 working days before, 10:00", zone = "theirs" }
mail "speaker-reminder" { to = speakers, at = "1 working day before, 10:00", zone = "theirs" }
cue "you-are-next" { at = "10 minutes before" }

-- Those who run it. What they write to themselves nobody needs to approve.
mail "who-is-coming" { to = organisers, at = "1 working day before, 11:00", zone = "theirs", approve = false }
mail "run-of-show" { to = host, at = "2 hours before", late = "until start", approve = false }
