-- SPDX-License-Identifier: MIT
-- texts: the ready-made mails, by the name of their rule or letter: name -> { subject = { en = , dz = },
-- text = { en = , dz = } }. A rule that says its own subject or text uses that.
local texts <const> = {}

local codes <const> = { "en", "dz" }

for _, code in ipairs(codes) do
  for name, ready in pairs(require(("usher.lang.%s.texts"):format(code))) do
    texts[name] = texts[name] or { subject = {}, text = {} }
    texts[name].subject[code], texts[name].text[code] = ready.subject, ready.text
  end
end

-- ---- surveys and interest forms (survey.lua, interest.lua) --------------------------------------------

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

{organisers}
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

The survey is anonymous. Your link is your own, so that you answer once and are reminded only until you have;
what you answer is kept apart from it, without name and time, and nobody can bring the two together again.

With respect,

{organisers}
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

{organisers}
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

{organisers}
]],
}

texts["survey-nudge"] = {
  subject = "Your feedback is still welcome: {title}",
  text = [[
Dear {full_name},

we would still like to know how **{title}** was for you:

{survey_link}

With respect,

{organisers}
]],
}

texts["survey-nudge-anonymous"] = {
  subject = texts["survey-nudge"].subject,
  text = [[
Dear {full_name},

we would still like to know how **{title}** was for you. The survey is anonymous: we know that you have not
answered yet, and nothing else.

{survey_link}

With respect,

{organisers}
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

{organisers}
]],
}

texts["interest-nudge"] = {
  subject = "Would you like to hear more? {title}",
  text = texts["interest-opens"].text,
}

return texts
