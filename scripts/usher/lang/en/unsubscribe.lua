-- SPDX-License-Identifier: MIT
-- unsubscribe: the page on which somebody says which mails they want no more.
return {
  title = "Mails from us",
  lead = "Which mails to {mail} shall stop?",
  stop_event = "Mails about this event",
  stop_trainings = "All mails about events and trainings",
  stop_all = "Every mail from us",
  undo_hint = "You can take it back on this page.",
  off_event = "{mail} gets no more mails about this event.",
  off_trainings = "{mail} gets no more mails about events and trainings.",
  off_all = "{mail} gets no more mails from us.",
  undo = "I want mails again",
  still_comes = "You have said that you come, so what you need for that still reaches you: how to join, "
    .. "and changes.",
  nothing_comes = "You have said that you come. How to join, and changes, do not reach you either.",
  not_coming = "If you do not come, please tell us here.",
  one_click = "Done: no more mails about this event.",
}
