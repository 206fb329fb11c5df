-- SPDX-License-Identifier: MIT
-- series: an event of several sessions, on pages and in mails.
return {
  titled = "{n}. {title}",
  untitled = "Session {n}",
  makes_up = "Make-up session",
  title = "{series}, session {n} of {all}",
  title_titled = "{series}, {n} of {all}: {title}",
  title_made_up = "{series}: {title}",
  sessions = "Sessions",
  next = "next",
  over = "over",
  you_came = "you were there",
  not_yours = "you do not come",
  choose = "To which sessions do you come?",
  choose_one = "Please choose at least one session.",
}
