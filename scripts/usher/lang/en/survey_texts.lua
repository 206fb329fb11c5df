-- SPDX-License-Identifier: MIT
-- survey_texts: the ready-made mails of surveys and interest forms. Markdown, as in texts.lua.
local texts <const> = {}

texts["survey-opens"] = {
  subject = "Your feedback, please: {title}",
  text = [[
Dear {full_name},

thank you for having been with us at

**{title}**

Please tell us how it was for you. It takes some minutes:

{survey_link}

Until it closes you can change your answers by the same link.

With respect,

{signature}
]],
}

texts["survey-opens-anonymous"] = {
  subject = texts["survey-opens"].subject,
  text = [[
Dear {full_name},

thank you for having been with us at

**{title}**

Please tell us how it was for you. It takes some minutes:

{survey_link}

The survey is anonymous. Your link is your own, so that you answer once and are reminded only until you have.
What you answer is kept apart from that, without name and time, and nobody can bring the two together again.

With respect,

{signature}
]],
}

texts["survey-before"] = {
  subject = "Before we begin: {title}",
  text = [[
Dear {full_name},

so that **{title}** is of use to you, please tell us where you stand today. It takes a minute:

{survey_link}

After the event we ask the same once more.

With respect,

{signature}
]],
}

texts["survey-before-anonymous"] = {
  subject = texts["survey-before"].subject,
  text = [[
Dear {full_name},

so that **{title}** is of use to you, please tell us where you stand today. It takes a minute:

{survey_link}

This is anonymous: what you answer is kept without name and time, apart from the note that you have answered.
After the event we ask the same once more.

With respect,

{signature}
]],
}

texts["survey-nudge"] = {
  subject = "Your feedback is still welcome: {title}",
  text = [[
Dear {full_name},

we would still like to know how **{title}** was for you:

{survey_link}

With respect,

{signature}
]],
}

texts["survey-nudge-anonymous"] = {
  subject = texts["survey-nudge"].subject,
  text = [[
Dear {full_name},

we would still like to know how **{title}** was for you:

{survey_link}

The survey is anonymous: we know that you have not answered yet, and nothing else.

With respect,

{signature}
]],
}

texts["survey-last"] = {
  subject = "Today is the last day: your feedback on {title}",
  text = texts["survey-nudge"].text,
}

texts["survey-last-anonymous"] = {
  subject = texts["survey-last"].subject,
  text = texts["survey-nudge-anonymous"].text,
}

texts["interest-opens"] = {
  subject = "What next? {title}",
  text = [[
Dear {full_name},

if you would like to hear of what follows

**{title}**

please tell us here, with your name:

{interest_link}

With respect,

{signature}
]],
}

texts["interest-nudge"] = {
  subject = "Would you like to hear more? {title}",
  text = texts["interest-opens"].text,
}

return texts
