-- SPDX-License-Identifier: MIT
-- mails: what stands around and between the values that placeholders put into mails. Markdown.
return {
  copy = "A copy of what {name} gets.",
  answer_here = "Please tell us here whether you will come, or who comes in your place: {link}",
  answer_for = "Please tell us here whether {name} will come, or who comes instead: {link}",
  answer_by_reply = "Please let us know whether you will come: a reply to this mail with *yes* or *no* is "
    .. "enough. If somebody comes in your place, please name them.",
  join_here = "Your link for the day: {link}\n\nIt opens half an hour before we begin, and shows the "
    .. "programme until then.",
  change_here = "If anything changes, please tell us here: {link}",
  certificate_here = "Your page for it, to look at it, to print it, and to correct the "
    .. "spelling of your name: "
    .. "{link}",
  certificate_kept = "Please keep it: it is made only once.",
  change_by_reply = "If anything changes, a reply to this mail is enough.",
  which_is = "{own}, which is {theirs}",
  times_of = "Times of {place}:",
  run_page = "The page for the day, with the clock and its buttons, on your telephone: {link}",
  floating = "{item}: no time of its own, straight after the item before",
  from_to = "{first} to {last}",
  list_and = "{list} and {last}",
  and_then = ", then ",
  programme_ends = "the end of the programme",
  undecided = "to be announced",
  meeting_id = ", meeting ID {id}",
  passcode = ", passcode {code}",
  guests = "Guests",
  counts = "{group}: {yes} coming, {no} declined, {none} without an answer",
  counts_tentative = ", {n} tentative",
  counts_waiting = ", {n} on the wait-list",
  more = "and {n} more",
  report_answers = "{all} invited: {yes} said yes, {no} said no, {none} did not answer",
  report_came = "{n} came",
  report_page = "As it stands now, behind your log-in: {link}",
}
