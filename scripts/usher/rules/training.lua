-- SPDX-License-Identifier: MIT
-- training: the house rules of a training series, counted in working days. Those for the invited go once for
-- the whole series; those for whoever comes, before and after each session. A script takes them with
-- use "training"  and leaves some out with  use("training", { except = { "thank-you" } }).

-- Once for the series. The answers are asked for twice and then by telephone: a third mail is no courtesy.
mail "invitation" { to = invited, at = "10 working days before, 09:00", catch_up = true }
mail "please-answer" { to = not_answered, at = "5 working days before, 10:00", late = "within 4h" }
mail "please-answer-again" { to = not_answered, at = "2 working days before, 10:00", late = "within 4h" }

-- Before each session.
mail "joining" { to = coming, at = "1 working day before, 15:00", attach = "calendar" }
mail "starting" { to = coming, at = "30 minutes before" }

-- Those who teach and those who run it, before each session.
mail "speaker-briefing" { to = speakers, at = "4 working days before, 10:00", zone = "theirs" }
mail "speaker-reminder" { to = speakers, at = "1 working day before, 10:00", zone = "theirs" }
mail "who-is-coming" { to = organisers, at = "1 working day before, 11:00", zone = "theirs", approve = false }
