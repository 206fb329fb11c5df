-- SPDX-License-Identifier: MIT
-- ask: the question box.
return {
  title = "Your questions",
  intro = "What would you like to ask the speakers of {title}? You can ask before it begins and "
    .. "while it lasts.",
  question = "Your question",
  unnamed = "Ask without my name",
  unnamed_hint = "Then your name is not kept with the question. We count only how many you have asked.",
  send = "Send the question",
  sent = "Thank you. Your question has been passed on.",
  left = "You can ask {n} more.",
  left_one = "You can ask one more.",
  enough = "You have asked {n} questions. So that everybody has their turn, this is as many as we take.",
  yours = "What you have asked with your name",
  answered = "answered",
  missing = "Please write your question.",
  too_long = "A question has at most {n} letters.",
  early_title = "Not open yet",
  early = "Questions are taken from {when} on. The same link leads to them then.",
  closed_title = "Questions are no longer taken",
  closed = "This box closed on {when}. Please write to us instead.",
  not_yours_title = "Nothing to ask here",
  not_yours = "The question box is for whoever takes part. If you do, please write to us.",
}
