-- SPDX-License-Identifier: MIT
-- survey: the pages of surveys.
return {
  title = "Your feedback",
  title_before = "Before we begin",
  intro = "A few questions about {title}. It takes some minutes.",
  free = "Leave out what you would rather not answer.",
  open_until = "You can answer until {when}.",
  opens = "This survey opens on {when}. The same link leads to it then.",
  early_title = "Not open yet",
  closed_title = "This survey has closed",
  closed = "It closed on {when}. Thank you for your interest.",
  closed_answered = "It closed on {when}. Your answers have been counted. Thank you.",
  not_yours_title = "Nothing to answer here",
  not_yours = "There is no survey for you here just now. If there should be one, please write to us.",
  several_title = "Your surveys",
  answered = "answered",

  anonymous_title = "This survey is anonymous",
  anonymous = "Your answers are kept without your name, without the time and apart from the note that you "
    .. "have answered. We note that only so that we do not remind you again.",
  anonymous_texts = "What you write is read by the organisers: please write nothing that tells who you are.",
  anonymous_group = "Your answers are counted with those of a group of at least five people: {group}.",
  anonymous_others = "of several small groups together",
  anonymous_final = "Once sent, your answers can't be changed or taken back: nobody can find them among the "
    .. "others.",
  named = "Your answers are kept with your name: {name}.",
  named_changeable = "You can change them until {when}.",

  objectives = "How far was each of these aims reached, for you?",
  objectives_low = "not at all",
  objectives_high = "fully",
  objectives_level = "Where do you stand on each of these today?",
  objectives_level_low = "at the very beginning",
  objectives_level_high = "confident",

  send = "Send my answers",
  send_anonymous = "Send anonymously",
  change = "Send the changed answers",
  save = "Save and go on later",
  saved = "Saved. They count once you send them.",
  wrong = "Something is missing. Please look at what is marked.",
  nothing = "Please answer at least one question.",

  thanks_title = "Thank you",
  thanks = "Your answers have been counted.",
  thanks_anonymous = "Your answers have been counted. They can't be changed any more, and no reminder will "
    .. "reach you.",
  thanks_change = "Change my answers",

  outside_title = "To the survey",
  outside = "This survey is on another site, {site}. The link carries a number for you; it tells neither "
    .. "your name nor your address.",
  outside_go = "Open the survey",
  interest = "Would you like to hear of further trainings? That is a form of its own, with your name:",
}
