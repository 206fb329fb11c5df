-- SPDX-License-Identifier: MIT
-- briefing-calendar-days: the house rules counted in calendar days, for places that work every day. Elsewhere
-- a rehearsal shows what that means: mails at weekends, on holidays and at night.

mail "invitation" { to = invited, at = "14 days before, 09:00", catch_up = true }
mail "please-answer" { to = not_answered, at = "5 days before, 10:00", late = "within 4h" }
mail "please-answer-again" { to = not_answered, at = "2 days before, 10:00", late = "within 4h" }
mail "joining" { to = coming, at = "1 day before, 15:00" }
mail "starting" { to = coming, at = "30 minutes before" }

mail "speaker-briefing" { to = speakers, at = "4 days before, 10:00" }
mail "speaker-reminder" { to = speakers, at = "1 day before, 18:30" }
cue "you-are-next" { at = "10 minutes before" }

-- What those who run it write to themselves nobody needs to approve.
mail "who-is-coming" { to = organisers, at = "3 days before, 11:00", approve = false }
mail "run-of-show" { to = host, at = "2 hours before", late = "until start", approve = false }
