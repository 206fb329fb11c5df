-- SPDX-License-Identifier: MIT
-- series_texts: the ready-made mails of a series. Those named "series/..." take the place of the ones that
-- any event has (texts.lua).
local texts <const> = {}

texts["series/invitation"] = {
  subject = "Invitation: {title}",
  text = [[
Dear {full_name},

{organisers} would like to invite you to the training series

**{title}**

{sessions}

{venue}

The series aims to:

{objectives}

{how_to_answer}

With respect,

{organisers}
]],
}

texts["series/joining"] = {
  subject = "How to join: {title}",
  text = [[
Dear {full_name},

this is how to join the next session.

**{title}**

{when_both}

{how_to_join}

Please join ten minutes early, with your full name shown, so that we can greet you.

{how_to_change}

With respect,

{organisers}
]],
}

texts["series/speaker-briefing"] = {
  subject = "Your session: {title}",
  text = [[
Dear {full_name},

thank you for your session.

**{title}**

{when_both}

{where}

If you show slides, please send them to us two working days before, so that they are at hand if a line fails.
We will offer you ten minutes to try sound and screen.

With respect,

{organisers}
]],
}

texts["series/speaker-reminder"] = {
  subject = "Next: {title}",
  text = [[
Dear {full_name},

we look forward to your session.

**{title}**

{when_both}

{where}

Please join fifteen minutes before the start.

With respect,

{organisers}
]],
}

texts["series/thank-you"] = {
  subject = "Thank you: {title}",
  text = [[
Dear {full_name},

thank you for having been with us.

**{title}**

{when_both}

With respect,

{organisers}
]],
}

texts["series/passed"] = {
  subject = "You have completed the series: {series}",
  text = [[
Dear {full_name},

you have completed the training series

**{series}**

Thank you for your time and your questions.

With respect,

{organisers}
]],
}

texts["session-off"] = {
  subject = "Does not take place: {title}",
  text = [[
Dear {full_name},

we are sorry to tell you that this session does not take place:

**{title}**

{when_both}

All other sessions stay as they are.

With respect,

{signature}
]],
}

return texts
