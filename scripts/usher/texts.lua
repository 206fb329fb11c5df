-- SPDX-License-Identifier: MIT
-- texts: the ready-made texts of the house rules, by the name of the rule. A rule that says its own subject
-- or text uses that. Markdown; each line ends where a reader would breathe.
local texts <const> = {}

texts["invitation"] = {
  subject = "Invitation: {title}",
  text = [[
Dear {full_name},

{organisers} would like to invite you to

**{title}**

{when_both}

{where}

The programme aims to:

{objectives}

{programme}

Please let us know whether you will come: a reply to this mail with *yes* or *no* is enough, and your office
may answer for you.

With respect,

{organisers}
]],
}

texts["please-answer"] = {
  subject = "Your answer, please: {title}",
  text = [[
Dear {full_name},

we have not heard yet whether you will join us for

**{title}**

{when_both}

A reply to this mail with *yes* or *no* is enough. If somebody comes in your place, please name them.

With respect,

{organisers}
]],
}

texts["please-answer-again"] = {
  subject = "Once more, your answer, please: {title}",
  text = texts["please-answer"].text,
}

texts["joining"] = {
  subject = "How to join: {title}",
  text = [[
Dear {full_name},

thank you for coming. This is how to join.

**{title}**

{when_both}

{where}

Please join ten minutes early, with your full name shown, so that we can greet you.

{programme}

With respect,

{organisers}
]],
}

texts["starting"] = {
  subject = "Starting soon: {title}",
  text = [[
Dear {full_name},

we begin soon: {when_both}.

{where}
]],
}

texts["speaker-briefing"] = {
  subject = "Your part in: {title}",
  text = [[
Dear {full_name},

thank you for your part in

**{title}**

{when_both}

{where}

Your part, by your own clock:

{own_items}

If you show slides, please send them to us two working days before, so that they are at hand if a line fails.
We will offer you ten minutes to try sound and screen.

{programme}

With respect,

{organisers}
]],
}

texts["speaker-reminder"] = {
  subject = "Next: {title}",
  text = [[
Dear {full_name},

we look forward to your part on {when_both}:

{own_items}

{where}

Please join fifteen minutes before the start. Ten minutes before your part you get a short mail from us.

With respect,

{organisers}
]],
}

texts["run-of-show"] = {
  subject = "Run of show: {title}",
  text = [[
Dear {full_name},

the order of the day, {when_both}:

{run_of_show}

Who is coming:

{answers}

Before the start, please check: waiting room on, recording agreed and tested, a second host who can take over,
telephone numbers of the speakers at hand, cameras on for the group photo.

{where}
]],
}

texts["who-is-coming"] = {
  subject = "Who is coming: {title}",
  text = [[
Dear colleagues,

these are the answers so far:

{answers}

Whoever has not answered is better telephoned than written to again.
]],
}

texts["you-are-next"] = {
  subject = "In {minutes} minutes: {item}",
  text = [[
Dear {full_name},

you are next: **{item}**, {item_when}.

After it comes {item_next}.

{where}
]],
}

texts["undecided-ask"] = {
  subject = "Still open: who gives '{item}'?",
  text = [[
Dear {full_name},

for **{title}** nobody is named yet for *{item}*, {item_when}.

Please reply with the name. Until then the programme says "to be announced".
]],
}

texts["undecided-nudge"] = {
  subject = "Today, please: who gives '{item}'?",
  text = texts["undecided-ask"].text,
}

return texts
