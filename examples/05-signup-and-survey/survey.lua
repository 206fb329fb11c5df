-- SPDX-License-Identifier: MIT
-- What the webinar is followed by. webinar.lua takes these rules with  use "survey".

-- Questions to the speaker, from one's own link, before it begins and while it lasts.
question_box { to = coming, per_guest = 3, closes = "at the end" }

-- With names: whoever answers may come back and change it until it closes. An anonymous one is in example 03.
survey "feedback" {
  to = present,
  title = "How was the webinar?",
  closes = "3 working days after, 17:00",
  nudges = { "1 working day after, 10:00" }, -- to whoever has not answered
  ask = {
    rating "How useful was it for your office?" { "not at all", "very", required = true },
    matrix "How good was ..." { "the sound", "the picture", "the pace", low = "poor", high = "good" },
    choice "What do you use already?" { "Facebook", "Telegram", "YouTube", "none of these", several = true },
    text "What should the next one be about?" { long = true },
  },
}

-- Who would like to hear of the next ones. The last page of the survey leads there, so it needs no mail.
interest "next-webinars" {
  to = present,
  quiet = true,
  choose = { "Data protection", "Writing for the web", "Artificial intelligence" },
  purpose = "to invite me to webinars of the ministry",
}
